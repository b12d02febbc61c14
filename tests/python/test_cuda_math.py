"""Elementary functions, float16 and complex numbers on a device: the bits that the CPU computes in lanes, and NumPy's."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from harness import sample
from test_cuda_emulation import NEEDS_COMPILER, DevicePair, MakePair

FERROKEET = os.environ.get("FERROKEET_BIN", Path(sys.executable).with_name("ferrokeet"))
pytestmark = NEEDS_COMPILER


def test_functions_have_the_bits_of_the_lanes(tmp_path: Path) -> None:
    script = Path(__file__).with_name("cuda_math_program.py")
    printed = []
    for mode, way in (("off", "fast"), ("emulate", "gpu")):
        stats = tmp_path / f"{mode}.json"
        command = [str(FERROKEET), "run", "--stats", str(stats), str(script)]
        environment = {**os.environ, "FERROKEET_CUDA": mode, "FERROKEET_OPT_LEVEL": "0"}
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
        kernels = json.loads(stats.read_text())["kernels"]
        assert [(kernel[way], kernel["python"]) for kernel in kernels] == [(1, 0)] * 6, kernels
        printed.append(done.stdout.splitlines())
    assert len(printed[0]) == 50
    for lanes, device in zip(*printed, strict=True):
        assert lanes == device


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MakePair:
    """Makes a `DevicePair` from a module's source."""
    monkeypatch.setenv("FERROKEET_CUDA", "emulate")
    return lambda source: DevicePair(tmp_path, source, set())


HALVES = """
import numpy as np

def arithmetic(x, y, out, flags):
    # pragma parallel for
    for i in range(len(x)):
        a, b = x[i], y[i]
        out[0, i] = a + b * 2.0
        out[1, i] = a - b
        out[2, i] = a / b
        out[3, i] = a // b
        out[4, i] = a % b
        out[5, i] = -abs(a)
        out[6, i] = np.sqrt(a)
        out[7, i] = np.where(a > b, a, b) ** 2
        out[8, i] = np.maximum(a, b)
        out[9, i] = np.floor(a) + 1
        flags[i] = a == b or a < 0.5

def mixed(x, y, n, out, single, whole):
    # pragma parallel for
    for i in range(len(x)):
        out[i] = x[i] * y[i] + n
        single[i] = x[i]
        whole[i] = int(x[i] * 8.0)

def extremes(x):
    low, high = np.float16(100.0), np.float16(-100.0)
    # pragma parallel for
    for i in range(len(x)):
        low = min(low, x[i])
        high = max(high, x[i])
    return low, high
"""


def halves(count: int, seed: int) -> np.ndarray:
    """All magnitudes, subnormal numbers included, and the special values."""
    bits = np.random.default_rng(seed).integers(0, 2**16, count, dtype=np.uint16)
    bits[:7] = [0, 0x8000, 0x7C00, 0xFC00, 0x7E00, 1, 0x7BFF][: len(bits)]
    return bits.view(np.float16)


def test_float16(pair: MakePair) -> None:
    both = pair(HALVES)
    for count in (1, 500):
        x, y = halves(count, 1), halves(count, 2)
        both.call("arithmetic", lambda x=x, y=y: (x, y, np.zeros((10, len(x)), np.float16), np.zeros(len(x), bool)))
    x = np.random.default_rng(3).standard_normal(300).astype(np.float16)
    y = np.arange(-150, 150).astype(np.float16)
    both.call(
        "mixed",
        lambda: (x[::-1], y, np.float16(2.5), *(np.zeros(300, kind) for kind in "efi")),
    )


COMPLEX = """
import numpy as np

def arithmetic(x, y, out, parts, flags):
    # pragma parallel for
    for i in range(len(x)):
        a, b = x[i], y[i]
        out[0, i] = a * b + a - 1j * b
        out[1, i] = a / b
        out[2, i] = np.conj(a) + (-b)
        out[3, i] = a ** 2 - b ** 3
        out[4, i] = a ** 5 + b ** -2
        out[5, i] = np.where(a == b, a, 2.0)
        parts[i] = a.real * b.imag - abs(a)
        flags[i] = a != b or np.isnan(a)

def python_numbers(n, c, out):
    # pragma parallel for
    for i in range(n):
        z = complex(i, 1) / c + c ** 2
        out[i] = z * i + z.conjugate()

def mandelbrot(c, out):
    # pragma parallel for
    for i in range(len(c)):
        z, n = 0j, 0
        while abs(z) < 2.0 and n < 50:
            z = z * z + c[i]
            n += 1
        out[i] = n

def total(x):
    s = 0j
    # pragma parallel for
    for i in range(len(x)):
        s += x[i]
    return s

def spread(x, out):
    # pragma parallel for
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            out[j] += x[i, j]
"""


def numbers(kind: str, count: int, seed: int) -> np.ndarray:
    """Complex numbers, zeros and infinite parts among them."""
    parts = sample("float64", (2, count), seed)
    return (parts[0] + 1j * np.roll(parts[1], 3)).astype(kind)


@pytest.mark.parametrize("kind", ["complex64", "complex128"])
def test_complex_numbers(pair: MakePair, kind: str) -> None:
    both = pair(COMPLEX)
    part = np.zeros(1, kind).real.dtype
    for count in (1, 90):
        x, y = (numbers(kind, count, seed) for seed in (1, 2))
        both.call(
            "arithmetic",
            lambda x=x, y=y: (x, y[::-1], np.zeros((6, len(x)), kind), np.zeros(len(x), part), np.zeros(len(x), bool)),
            ulps=1,
        )
    if kind == "complex128":
        both.call("python_numbers", lambda: (40, 1.5 - 2j, np.zeros(40, kind)))
        both.call("mandelbrot", lambda: (np.linspace(-2 - 1j, 1 + 1j, 99), np.zeros(99, int)))
    both.call("total", lambda: (np.arange(700).astype(kind) * (1 - 2j),))
    both.call("spread", lambda: (np.arange(120).astype(kind).reshape(40, 3) * 1j, np.zeros(3, kind)))


EPSILON = 2.0**-30
FAST = """
import numpy as np

def fused(x, y, out):
    # pragma parallel for fastmath
    for i in range(len(x)):
        out[i] = x[i] * x[i] - y[i]

def strict(x, y, out):
    # pragma parallel for
    for i in range(len(x)):
        out[i] = x[i] * x[i] - y[i]
"""


def test_products_are_fused_where_fastmath_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FERROKEET_CUDA", "emulate")
    both = DevicePair(tmp_path, FAST, set())
    x, y = np.full(9, 1.0 + EPSILON), np.full(9, 1.0 + 2 * EPSILON)
    both.call("strict", lambda: (x, y, np.zeros(9)))
    both.call("fused", lambda: (x, y, np.zeros(9)), tolerance=1e-15)
    out = np.zeros(9)
    both.native.fused(x, y, out)
    assert out.tolist() == [EPSILON * EPSILON] * 9
