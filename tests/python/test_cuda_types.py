"""Values on a device whose type depends on the data: a Python float or NumPy's, by the way taken."""

import keyword
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_cuda_emulation import NEEDS_COMPILER, DevicePair

pytestmark = NEEDS_COMPILER
HEADERS = Path(__file__).resolve().parents[2] / "runtime" / "cuda"

TYPES = """
def total(a, s):
    # pragma parallel for
    for i in range(len(a)):
        s += a[i]
    return s

def terms(a, s):
    # pragma parallel for
    for i in range(len(a)):
        if a[i] > 100:
            s = 1.0 + s
        else:
            s += a[i]
    return s

def least(a, m):
    # pragma parallel for
    for i in range(len(a)):
        m = min(m, a[i])
    return m

def limited(a, m):
    # pragma parallel for
    for i in range(len(a)):
        m = max(m, a[i] if i % 2 else 0.5)
    return m

def last(a, t):
    # pragma parallel for
    for i in range(len(a)):
        t = a[i] if a[i] > 0 else 2.0
    return t

def sometimes(a, t):
    # pragma parallel for
    for i in range(len(a)):
        if a[i] > 0.5:
            t = a[i] if i % 2 else 7.0
    return t

def with_place(a, m):
    k = 0
    # pragma parallel for
    for i in range(len(a)):
        if a[i] > m:
            m = a[i]
            k = i
    return m, k

def logic(a, ok):
    # pragma parallel for
    for i in range(len(a)):
        ok = ok and a[i] > -1.0
    return ok

def between(a, n):
    t = 0.0
    # pragma sequential for target(cuda)
    for r in range(2):
        # pragma parallel for
        for i in range(len(a)):
            a[i] = a[i] * 0.5
        if r < n:
            t = a[0]
    return t

def handed_in(a, s, out):
    t = s
    # pragma sequential for target(cuda)
    for r in range(2):
        # pragma parallel for
        for i in range(len(a)):
            out[i] = a[i] + (t if t > 0.5 else 0.25)
        if r == 0:
            t = out[0]
    return t
"""


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> DevicePair:
    """The functions, in CPython and on an emulated GPU."""
    return DevicePair(Path(tmp_path_factory.mktemp("types")), TYPES)


@pytest.fixture(autouse=True)
def emulated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kernels for a GPU run on the CPU."""
    monkeypatch.setenv("FERROKEET_CUDA", "emulate")


def given(a: np.ndarray, *others: Any) -> tuple[Any, ...]:
    """Arguments that nobody has written to."""
    return (a.copy(), *others)


def test_types_are_pythons(both: DevicePair) -> None:
    x = np.random.default_rng(1).standard_normal(300) * 3
    call: Callable[..., Any] = both.call
    for a in (x, x[:1], x[::-1][:33], -abs(x), abs(x[:50]) + 1, x[:50] * 1000):
        for start in (0.0, np.float64(5.0), -99.0):
            for name in ("total", "terms", "least", "last", "sometimes", "with_place"):
                call(name, partial(given, a, start), tolerance=1e-12)
        for ok in (True, False, np.True_):
            call("logic", partial(given, a, ok))
        for n in (0, 1, 2):
            call("between", partial(given, a, n))
        call("handed_in", partial(given, a, 0.75, np.zeros(len(a))))


def test_what_only_the_order_of_iterations_tells(both: DevicePair) -> None:
    """Of equal values and of objects of several types only the CPU knows which one stays."""
    for a in (np.full(300, 0.5), np.arange(300.0), -np.arange(9.0)):
        for start in (0.0, 0.5, np.float64(0.5)):
            both.call("limited", partial(given, a, start), ran=None)
    for name in ("total", "least", "last", "with_place", "logic"):
        both.call(name, partial(given, np.zeros(0), 1.0), ran=None)


def header_names() -> list[str]:
    """What the headers of kernels define for all, and parameters of kernels' own: those that are names in Python."""
    found = {"report", "turn", "turns", "failed"}
    for header in HEADERS.glob("*.cuh"):
        text = re.sub("//.*", "", header.read_text())
        found.update(re.findall(r"^(?:template <[^\n]*> )?(?:INLINE|MATH) [^\n(=;]*?(\w+)\(", text, re.MULTILINE))
        found.update(re.findall(r"^(?:template <[^\n]*> )?struct (\w+)", text, re.MULTILINE))
        found.update(re.findall(r"^#define (\w+)", text, re.MULTILINE))
    return sorted(name for name in found if not (name.startswith("operator") or keyword.iskeyword(name)))


def test_names_of_the_headers(tmp_path: Path) -> None:
    names = header_names()
    assert len(names) > 200
    # Each one lives across all others.
    body = "".join(f"            {name} = x[i, j] + {number}.0\n" for number, name in enumerate(names))
    body += "            out[i, j] = np.sqrt(x[i, j])\n" + "".join(
        f"            out[i, j] += {name}\n" for name in names
    )
    source = (
        "import numpy as np\n\ndef every(x, out):\n    # pragma parallel for\n    for i in range(x.shape[0]):\n"
        "        for j in range(x.shape[1]):\n"
        + body
        + "\ndef given(report, first_x, work, INSIDE, told, certain, checked, extent):\n    # pragma parallel for\n    for width_x in range(len(report)):\n"
        "        report[width_x] = work[width_x] * first_x + INSIDE[0] + told[0] + certain[0] + checked[0] + extent[0]\n"
    )
    both = DevicePair(tmp_path, source)
    x = np.arange(12.0).reshape(3, 4)
    both.call("every", lambda: (x, np.zeros((3, 4))))
    both.call("given", lambda: (np.zeros(4), 2.0, *(x[0] + number for number in range(6))))
