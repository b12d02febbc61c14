"""Reductions without clauses: the answers of CPython, the same bits for any number of threads, and really in parallel."""

import array
import functools
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from harness import KINDS, LAYOUTS, SIZES, MakePair, Pair, compare, large, sample

FERROKEET = os.environ.get("FERROKEET_BIN", Path(sys.executable).with_name("ferrokeet"))
THREADS = [1, 2, 3, 8]


def given(*values: Any) -> Callable[[], tuple[Any, ...]]:
    """A factory of the arguments: arrays are copied, in their layout."""
    return lambda: tuple(again(value) if isinstance(value, np.ndarray) else value for value in values)


def again(one: np.ndarray) -> np.ndarray:
    """The array once more, with the same strides."""
    owner = one if one.base is None else one.base
    if not isinstance(owner, np.ndarray):
        owner = np.frombuffer(owner, np.uint8)
    offset = one.ctypes.data - owner.ctypes.data
    return np.ndarray(one.shape, one.dtype, bytearray(owner.tobytes("A")), offset, one.strides)


# name: (body under `for i in range(len(x)):`, what it starts from, results)
EXTREMA = {
    "first_least": ("if x[i] < m:\n            m = x[i]\n            w = i", "m, w = x[0], 0", "m, w"),
    "last_least": ("if x[i] <= m:\n            m = x[i]\n            w = i", "m, w = x[0], 0", "m, w"),
    "first_greatest": ("if m < x[i]:\n            w = i\n            m = x[i]", "m, w = x[-1], -1", "m, w"),
    "last_greatest": ("if x[i] >= m:\n            m, w = x[i], i", "m, w = x[0], 0", "m, w"),
    "from_infinity": ("if x[i] < m:\n            m, w = x[i], i", "m, w = np.inf, -1", "m, w"),
    "down_from_infinity": ("if x[i] >= m:\n            m, w = x[i], i", "m, w = -np.inf, -1", "m, w"),
    "several": (
        "v = x[i]\n        if i % 3 != 1 and v > m:\n            k = i // 2\n            m, w, u, b = v, k, y[i], v > 0",
        "m, w, u, b = x[0], 0, y[0], False",
        "m, w, u, b",
    ),
    "ternary": ("m = x[i] if x[i] > m else m", "m = x[0]", "m"),
    "ternary_least": ("m = x[i] if m >= x[i] else m", "m = x[0]", "m"),
    "kept": ("m = m if m > x[i] else x[i]", "m = x[0]", "m"),
    "call": ("m = max(m, x[i])", "m = x[0]", "m"),
    "call_last": ("m = max(x[i], m)", "m = x[0]", "m"),
    "call_least_last": ("m = min(x[i], m)", "m = x[0]", "m"),
    "three": ("m = min(m, x[i], y[i])", "m = x[0]", "m"),
    "three_last": ("m = max(x[i], y[i], m)", "m = x[0]", "m"),
    "minimum": ("m = np.minimum(m, x[i])", "m = x[0]", "m"),
    "maximum": ("m = np.maximum(x[i], m)", "m = x[0]", "m"),
    "fmin": ("m = np.fmin(m, x[i])", "m = x[0]", "m"),
    "fmax": ("m = np.fmax(x[i], m)", "m = x[0]", "m"),
    "from_int": ("m = max(m, x[i])", "m = 5", "m"),
    "from_int_last": ("m = max(x[i], m)", "m = 5", "m"),
    "from_int_unless_equal": ("if x[i] >= m:\n            m, w = x[i], y[i]", "m, w = 5, 2", "m, w"),
    "from_float_last": ("m = min(x[i], y[i], m)", "m = 0.5", "m"),
    "from_float_three": ("m = min(m, x[i], y[i])", "m = 0.5", "m"),
    "both": (
        "lo = min(lo, x[i])\n        if x[i] > hi:\n            hi, w = x[i], i",
        "lo, hi, w = x[0], x[0], 0",
        "lo, hi, w",
    ),
}


WAYS = {"threads": "parallel for num_threads(t)", "lanes": "simd", "both": "parallel for simd"}
START = "import numpy as np\n"


def extremum(name: str, way: str) -> str:
    """A function of the table."""
    body, start, results = EXTREMA[name]
    return f"""
def {name}_{way}(x, y, t):
    {start}
    # pragma {WAYS[way]}
    for i in range(len(x)):
        {body}
    return {results}
"""


def kinds(name: str, way: str) -> list[str]:
    """The elements that a function of the table is tried with."""
    return [kind for kind in ["float64", "float32", "int64" if way == "threads" else "int32"] if startable(name, kind)]


@pytest.fixture(scope="module")
def extrema(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """All functions of the table, in all ways."""
    pairs = [(name, way) for name in EXTREMA for way in WAYS]
    first = [
        (f"{name}_{way}", given(np.ones(3, kind), np.ones(3, kind), 2))
        for name, way in pairs
        for kind in kinds(name, way)
    ]
    return Pair(tmp_path_factory.mktemp("extrema"), START + "".join(extremum(*one) for one in pairs), first)


@pytest.mark.parametrize("name", EXTREMA)
def test_extrema(extrema: Pair, name: str) -> None:
    for kind in kinds(name, "threads"):
        for size in [*SIZES[1:], large(40_000)]:
            x, y = sample(kind, (size,), size), sample(kind, (size,), size + 1)
            for variant in variants(x):
                extrema.call(f"{name}_threads", given(variant, y), threads=THREADS)


def startable(name: str, kind: str) -> bool:
    """Whether start value and elements have one kind."""
    if "int" in name:
        return kind == "int64"
    return kind.startswith("float") or not any(start in name for start in ("infinity", "float"))


def variants(x: np.ndarray) -> list[np.ndarray]:
    """The array, one with ties only, and of floats some with NaNs at all places that matter."""
    ties = np.full_like(x, x[len(x) // 2])
    found = [x, ties, x[::-1]]
    if x.dtype.kind == "f":
        nans = np.full_like(x, np.nan)
        first, last = x.copy(), x.copy()
        first[0] = last[-1] = np.nan
        middle = np.where(np.arange(len(x)) % 5 == 2, np.nan, np.round(x))
        found += [nans, first, last, middle.astype(x.dtype), np.full_like(x, np.inf), np.full_like(x, -np.inf)]
    return found


def positive_zeros(x: np.ndarray) -> np.ndarray:
    """The array without negative zeros."""
    return np.where(x == 0, np.zeros_like(x), x)


@pytest.mark.parametrize("name", EXTREMA)
def test_extrema_in_lanes(extrema: Pair, name: str) -> None:
    for kind in kinds(name, "lanes"):
        for size in [*SIZES[1:], 33, 63, large(40_000)]:
            x, y = sample(kind, (size,), size), sample(kind, (size,), size + 1)
            for variant in variants(x):
                # Lanes do not tell apart zeros that compare equal.
                arguments = given(positive_zeros(variant), positive_zeros(y), 2)
                for lanes in "lanes", "both":
                    extrema.call(f"{name}_{lanes}", arguments)


def test_empty_loops_keep_their_variables(extrema: Pair) -> None:
    for way in WAYS:
        found = extrema.call(f"from_infinity_{way}", lambda: (np.empty(0), np.empty(0), 2), ran=None)
        assert found == (np.inf, -1)


def test_argmin_over_a_matrix(pair: MakePair) -> None:
    program = pair("""
        import numpy as np

        def f(a, t):
            best = np.inf
            row = col = -1
            # pragma parallel for num_threads(t)
            for i in range(a.shape[0]):
                for j in range(a.shape[1]):
                    d = abs(a[i, j] - 0.25)
                    if d < best:
                        best = d
                        row = i
                        col = j
            return best, row, col

        def last(a, t):
            best, row, col = a[0, 0], 0, 0
            # pragma parallel for num_threads(t)
            for i in range(a.shape[0]):
                for j in range(a.shape[1]):
                    if a[i, j] >= best:
                        best, row, col = a[i, j], i, j
            return best, row, col
    """)
    rng = np.random.default_rng(0)
    for shape in [(1, 1), (3, 7), (300, 200), (5, 4001)]:
        a = np.round(rng.normal(size=shape), 2)
        for layout in LAYOUTS.values():
            for function in "f", "last":
                program.call(function, given(layout(a)), threads=THREADS)
    program.call("f", lambda: (np.full((30, 40), np.nan), 2))


# Histograms and accumulators

COLLECT = """
import numpy as np

def count(h, b, t):
    # pragma parallel for num_threads(t)
    for i in range(len(b)):
        h[b[i]] += 1

def weigh(h, b, w, t):
    # pragma parallel for num_threads(t)
    for i in range(len(b)):
        h[b[i]] -= w[i]

def some(h, b, w, t):
    n = 0
    # pragma parallel for num_threads(t)
    for i in range(len(b)):
        if w[i] > 0:
            h[b[i]] += w[i]
            n += 1
        h[b[-1 - i]] += w[i]
    return n

def greatest(h, b, w, t):
    # pragma parallel for num_threads(t)
    for i in range(len(b)):
        h[b[i]] = max(h[b[i]], w[i])

def least(h, b, w, t):
    # pragma parallel for num_threads(t)
    for i in range(len(b)):
        if w[i] < h[b[i]]:
            h[b[i]] = w[i]

def minimum(h, b, w, t):
    # pragma parallel for num_threads(t)
    for i in range(len(b)):
        h[b[i]] = np.minimum(w[i], h[b[i]])

def fmax(h, b, w, t):
    # pragma parallel for num_threads(t)
    for i in range(len(b)):
        h[b[i]] = np.fmax(h[b[i]], w[i])

def product(h, b, w, t):
    # pragma parallel for num_threads(t)
    for i in range(len(b)):
        h[b[i]] *= w[i]

def bits(h, g, k, b, w, t):
    # pragma parallel for num_threads(t)
    for i in range(len(b)):
        h[b[i]] |= w[i]
        g[b[i]] &= w[i]
        k[b[i]] ^= w[i]

def joint(h, b, c, t):
    # pragma parallel for num_threads(t)
    for i in range(len(b)):
        h[b[i], c[i]] += 1

def columns(y, a, t):
    # pragma parallel for num_threads(t)
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            y[j] += a[i, j]

def outer(c, a, b, t):
    # pragma parallel for num_threads(t)
    for k in range(a.shape[1]):
        for i in range(a.shape[0]):
            for j in range(b.shape[1]):
                c[i, j] += a[i, k] * b[k, j]

def convolve(y, x, k, t):
    # pragma parallel for num_threads(t)
    for i in range(len(x)):
        for j in range(len(k)):
            y[i + j] += x[i] * k[j]

def pairs(f, x, t):
    # pragma parallel for num_threads(t)
    for i in range(len(x)):
        for j in range(i + 1, len(x)):
            d = x[j] - x[i]
            f[i] += d
            f[j] -= d

def total(s, x, t):
    # pragma parallel for simd num_threads(t)
    for i in range(len(x)):
        s[0] += x[i]
"""


@pytest.fixture(scope="module")
def collect(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return Pair(tmp_path_factory.mktemp("collect"), COLLECT)


def same_bits(program: Pair, function: str, arguments: Callable[[], tuple[Any, ...]], tolerance: float) -> None:
    """CPython's answer, up to rounding, for any number of threads; the same bits for all of them."""
    program.call(function, arguments, tolerance=tolerance, threads=THREADS)
    results = [arguments() for _ in THREADS]
    for made, threads in zip(results, THREADS, strict=True):
        getattr(program.native, function)(*made, threads)
    for other in results[1:]:
        for left, right in zip(results[0], other, strict=True):
            compare(left, right, 0)


def places(size: int, bins: int) -> np.ndarray:
    """Subscripts, some of them from the end."""
    rng = np.random.default_rng(size)
    return rng.integers(-bins, bins, size)


CASES = [(0, 5), (1, 1), (7, 3), (1000, 16), (large(60_000), 13), (large(60_000), large(40_000))]


@pytest.mark.parametrize("kind", ["int8", "int32", "uint64", "float32", "float64"])
@pytest.mark.parametrize("function", ["count", "weigh", "some", "greatest", "least", "minimum", "fmax", "product"])
def test_histograms(collect: Pair, function: str, kind: str) -> None:
    exact = not kind.startswith("float") or function not in ("weigh", "some", "product")
    for size, bins in CASES:
        b, w = places(size, bins), sample(kind, (size,), size)
        if not exact:
            w = np.where(np.isfinite(w), np.clip(w, -1, 1), 1).astype(kind)
        elif kind.startswith("float"):
            w = np.where(w == 0, abs(w), w)
        h = np.ones(2 * bins, dtype=kind)[::2]
        weights = () if function == "count" else (w,)
        tolerance = 0.0 if exact else 1e-12 if kind == "float64" else 1e-4
        same_bits(collect, function, given(h, b, *weights), tolerance)


@pytest.mark.parametrize("kind", KINDS)
def test_bits(collect: Pair, kind: str) -> None:
    if kind.startswith("float"):
        return
    for size, bins in CASES:
        b, w, h = places(size, bins), sample(kind, (size,), size), sample(kind, (bins,), 1)
        same_bits(collect, "bits", given(h, h, h, b, w), 0.0)


def test_accumulators(collect: Pair) -> None:
    rng = np.random.default_rng(1)
    for rows, columns in [(0, 3), (1, 1), (17, 9), (2000, 31), (31, 2000), (300, 300)]:
        a = rng.normal(size=(rows, columns))
        for layout in LAYOUTS.values():
            same_bits(collect, "columns", given(np.ones(layout(a).shape[1]), layout(a)), 1e-12)
        c, d = rng.normal(size=(rows % 40, 60)), rng.normal(size=(60, 7))
        same_bits(collect, "outer", given(np.ones((len(c), 7)), c, d), 1e-12)
        x = a.ravel()[:3000]
        same_bits(collect, "convolve", given(np.zeros(len(x) + 40), x, x[:41] if len(x) > 41 else np.ones(3)), 1e-12)
        same_bits(collect, "pairs", given(np.zeros(len(x[:400])), x[:400]), 1e-10)
        same_bits(collect, "total", given(np.ones(1), a.ravel()), 1e-12)
    h = np.zeros((5, 4), np.int32).T
    b, c = places(50_000, 4), places(50_001, 5)[1:]
    same_bits(collect, "joint", lambda: (h.copy(), b, c), 0.0)


def test_partial_effects_of_a_subscript_out_of_bounds(collect: Pair) -> None:
    for bins in 5, 100_000:
        b = places(60_000, bins)
        b[41_234] = bins
        collect.call("count", given(np.zeros(bins, np.int64), b), ran="careful", threads=THREADS)
        collect.call("weigh", given(np.zeros(bins), b, np.ones(len(b)), 2), ran="careful")


def test_arrays_that_overlap(collect: Pair) -> None:
    def one() -> tuple[Any, ...]:
        h = np.arange(2000) % 7
        return h, h, 2

    collect.call("count", one, ran="careful")

    def shifted() -> tuple[Any, ...]:
        x = np.arange(3000.0)
        return x[:1000], np.arange(2000) % 1000, x[500:2500], 2

    collect.call("weigh", shifted, ran="careful")


def test_a_read_only_histogram(collect: Pair) -> None:
    def arguments() -> tuple[Any, ...]:
        h = np.zeros(5, np.int64)
        h.flags.writeable = False
        return h, places(50, 5), 2

    collect.call("count", arguments, ran=None)


def test_what_truncates_in_between_keeps_its_order(collect: Pair) -> None:
    collect.call("weigh", lambda: (np.full(3, 50), places(500, 3), np.full(500, 0.75), 2), ran="careful")


# Flags and sums

FLAGS = {
    "ok = ok and x[i] < 2": "ok = True",
    "ok = ok and bool(x[i] < 2)": "ok = True",
    "ok &= x[i] < 2": "ok = True",
    "ok = ok & (x[i] < 2)": "ok = np.True_",
    "ok = ok or x[i] > 2": "ok = False",
    "ok |= x[i] > 2": "ok = False",
    "ok ^= x[i] > 2": "ok = False",
    "ok = ok or i > 900": "ok = False",
    "ok |= i > 900": "ok = False",
    "ok ^= i > 900": "ok = True",
}


@pytest.mark.parametrize("update", FLAGS)
def test_flags(pair: MakePair, update: str) -> None:
    program = pair(f"""
        import numpy as np

        def f(x, t):
            {FLAGS[update]}
            # pragma parallel for num_threads(t)
            for i in range(len(x)):
                {update}
            return ok

        def some(x, t):
            {FLAGS[update]}
            # pragma parallel for num_threads(t)
            for i in range(len(x)):
                if x[i] == 3:
                    {update}
            return ok
    """)
    for size in [1, 8, 1000, 50_000]:
        for value in (0, 1, 3):
            x = np.full(size, 1.0)
            x[size // 2] = value
            program.call("f", given(x), threads=THREADS)
            program.call("some", given(x), threads=THREADS)


SOMETIMES = {
    "if x[i] > 1:\n            t = x[i]": "t = 0.5",
    "if x[i] > 1:\n            t, u = i, x[i] > 2": "t, u = -1, False",
    "if x[i] > 1:\n            t = True\n        elif x[i] < -1:\n            t = False": "t = False",
    "if x[i] > 1:\n            continue\n        t = x[i] * 2": "t = 7",
    "for k in range(i % 3):\n            t = k + x[i]": "t = 7.0",
}


@pytest.mark.parametrize("body", SOMETIMES)
def test_values_of_the_last_iteration_that_assigns(pair: MakePair, body: str) -> None:
    program = pair(f"""
        def f(x, n):
            u = t = 0
            {SOMETIMES[body]}
            # pragma parallel for num_threads(n)
            for i in range(len(x)):
                {body.replace(chr(10), chr(10) + "        ")}
            return t, u
    """)
    for size in [1, 8, 1000, 50_000]:
        x = np.random.default_rng(size).normal(size=size)
        for variant in x, np.where(np.arange(size) < 0.7 * size, x, 0), abs(x) % 1:
            program.call("f", given(variant), threads=THREADS)


def test_chains(pair: MakePair) -> None:
    program = pair("""
        def f(x, n):
            s, p, c = 0.0, 1.0, 0
            # pragma parallel for num_threads(n)
            for i in range(1, len(x) - 1):
                s = s + x[i - 1] - x[i] + x[i + 1]
                p = x[i] * (0.5 * p) * 2.0
                c = i + (c - 1) + 2
            return s, p, c
    """)
    x = np.random.default_rng(0).normal(size=30_000)
    x[5:] = 1.0
    program.call("f", given(x), tolerance=1e-10, threads=THREADS)


def test_sums_that_leave_64_bits(pair: MakePair) -> None:
    program = pair("""
        def f(x, t):
            s = 10
            # pragma parallel for num_threads(t)
            for i in range(len(x)):
                s += int(x[i])
            return s
    """)
    program.call("f", given(np.full(30_000, 2**62)), ran="python", threads=THREADS)
    program.call("f", given(np.arange(30_000)), threads=THREADS)


# What is said

SAID = """
import numpy as np

def running(x: "f64[:]", y: "f64[:]"):
    s = 0.0
    # pragma parallel for
    for i in range(len(x)):
        s += x[i]
        y[i] = s

def reassigned(x: "f64[:]"):
    s = 0.0
    # pragma parallel for
    for i in range(len(x)):
        s += x[i]
        if s > 10.0:
            s = 0.0
    return s

def mixed(x: "f64[:]"):
    s = 0.0
    # pragma parallel for
    for i in range(len(x)):
        s += x[i]
        s *= 2.0
    return s

def chained(x: "f64[:]"):
    lo = hi = x[0]
    # pragma parallel for
    for i in range(len(x)):
        if x[i] < lo:
            lo = x[i]
        elif x[i] > hi:
            hi = x[i]
    return lo, hi

def second(x: "f64[:]"):
    best = other = x[0]
    # pragma parallel for
    for i in range(len(x)):
        if x[i] < best:
            other = best
            best = x[i]
    return best, other

def counted(x: "f64[:]"):
    best = x[0]
    n = 0
    # pragma parallel for
    for i in range(len(x)):
        if x[i] < best:
            best = x[i]
            n += 1
    return best, n

def flagged(x: "f64[:]"):
    best = x[0]
    # pragma parallel for
    for i in range(len(x)):
        new = 0.0
        if x[i] < best:
            best = x[i]
            new = 1.0
        x[i] = new
    return best
"""


def test_what_only_looks_like_a_reduction(pair: MakePair, tmp_path: Path) -> None:
    program = pair(SAID)
    x = np.random.default_rng(3).normal(size=5000)
    for name in ["running", "reassigned", "mixed", "chained", "second", "counted", "flagged"]:
        extra = [np.empty(5000)] if name == "running" else []
        program.call(name, given(x, *extra), ran="careful")
    (tmp_path / "said.py").write_text(SAID)
    result = subprocess.run(
        [FERROKEET, "check", "--output-format", "json", tmp_path / "said.py"],
        capture_output=True,
        text=True,
        check=False,
    )
    regions = json.loads(result.stdout)["regions"]
    assert [region["verdict"] for region in regions] == ["refuted"] * len(regions)


def test_plans_say_so(tmp_path: Path) -> None:
    path = tmp_path / "plans.py"
    path.write_text(COLLECT)
    signature = "h: i64[:], b: i64[:], t: int"
    command = [FERROKEET, "show", f"{path}:5", "--emit", "plan", "--signature", signature]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "loop i: Parallel" in result.stdout


# As programs have them

PROGRAMS = """
import numpy as np

def count(x, t):
    c = 0
    # pragma parallel for num_threads(t)
    for i in range(len(x)):
        c += x[i] > 0
    return c

def count32(x, t):
    c = np.int32(0)
    # pragma parallel for num_threads(t)
    for i in range(len(x)):
        c += np.int32(x[i] > 0)
    return c

def hist(h, b, t):
    # pragma parallel for num_threads(t)
    for i in range(len(b)):
        h[b[i]] += 1

def seen(h, b, t):
    # pragma parallel for num_threads(t)
    for i in range(len(b)):
        h[b[i]] |= b[i] > 2

def image(h, a, t):
    # pragma parallel for num_threads(t)
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            h[a[i, j]] += 1

def assumed(h, b, w, t):
    # pragma parallel for num_threads(t) assume(independent)
    for i in range(len(b)):
        h[b[i]] += w[i]

def clause(h, b, t):
    # pragma parallel for num_threads(t) reduction(+: h)
    for i in range(len(b)):
        h[b[i]] += 1

def atomic(h, b, t):
    # pragma parallel for num_threads(t)
    for i in range(len(b)):
        h[b[i]] += 1  # pragma atomic

def spmv_t(start, col, val, x, y, t):
    # pragma parallel for num_threads(t)
    for i in range(len(start) - 1):
        for k in range(start[i], start[i + 1]):
            y[col[k]] += val[k] * x[i]

def steps(h, b, n, t):
    # pragma sequential for
    for s in range(n):
        # pragma parallel for num_threads(t)
        for i in range(len(b)):
            h[b[i]] += s

def any_all(x, t):
    every, some = True, False
    # pragma parallel for num_threads(t)
    for i in range(len(x)):
        if not x[i] > -10:
            every = False
        if x[i] > 3:
            some = True
    return every, some

def weighted_center(a, t):
    total = sx = sy = 0.0
    hi = -1.0
    r = c = -1
    # pragma parallel for num_threads(t)
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            v = a[i, j]
            total += v
            sx += v * j
            sy += v * i
            if v > hi:
                hi, r, c = v, i, j
    return total, sx, sy, hi, r, c
"""


def test_programs(pair: MakePair) -> None:
    check = functools.partial(pair(PROGRAMS).call, threads=THREADS)
    rng = np.random.default_rng(0)
    size = 60_000
    x, b = rng.normal(size=size), rng.integers(0, 7, size)
    for function in "count", "count32", "any_all":
        check(function, given(x))
    for h in np.zeros(7), np.zeros(7, np.uint16):
        check("hist", given(h, b))
    check("hist", lambda: (array.array("d", [0.0] * 7), b))
    # Elements that may not leave 64 bits are added in order.
    check("hist", lambda: (array.array("q", [0] * 7), b), ran="careful")
    check("hist", lambda: (memoryview(bytearray(56)).cast("q"), b), ran="careful")
    check("seen", given(np.zeros(7, bool), b))
    picture = rng.integers(0, 256, (300, 400)).astype(np.uint8)
    check("image", given(np.zeros(256, np.int64), picture))
    check("image", given(np.zeros(256, np.float32), np.asfortranarray(picture)))
    check("assumed", given(np.zeros(size), rng.permutation(size), x))
    check("clause", given(np.zeros(7, np.int64), b))
    check("atomic", given(np.zeros(7, np.int64), b))
    start, column = np.arange(0, size + 1, 10), rng.integers(0, 500, size)
    check("spmv_t", given(start, column, x, x, np.zeros(500)), tolerance=1e-11)
    check("steps", given(np.zeros(7, np.int64), b, 5))
    check("weighted_center", given(abs(x).reshape(300, 200)), tolerance=1e-10)
