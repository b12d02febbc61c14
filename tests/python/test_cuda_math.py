"""Elementary functions, float16 and complex numbers on a device: the bits that the CPU computes in lanes, and NumPy's."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from harness import sample
from test_cuda_emulation import NEEDS_COMPILER, DevicePair, MakePair, on_both

pytestmark = NEEDS_COMPILER


def test_functions_have_the_bits_of_the_lanes(tmp_path: Path) -> None:
    script = Path(__file__).with_name("cuda_math_program.py")
    printed = []
    for way, lines, kernels in on_both(script, tmp_path):
        assert [(kernel[way], kernel["python"]) for kernel in kernels] == [(1, 0)] * 6, kernels
        printed.append(lines)
    assert len(printed[0]) == 58
    for lanes, device in zip(*printed, strict=True):
        assert lanes == device


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MakePair:
    """Makes a `DevicePair` from a module's source."""
    monkeypatch.setenv("FERROKEET_CUDA", "emulate")
    return lambda source: DevicePair(tmp_path, source)


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

def functions(x, out):
    # pragma parallel for
    for i in range(len(x)):
        out[0, i] = np.exp(x[i])
        out[1, i] = np.log(x[i])
        out[2, i] = np.sqrt(x[i])
        out[3, i] = np.sin(x[i])
        out[4, i] = np.cos(x[i])
        out[5, i] = np.tan(x[i])
        out[6, i] = np.sinh(x[i])
        out[7, i] = np.cosh(x[i])
        out[8, i] = np.tanh(x[i])
        out[9, i] = np.arcsin(x[i])
        out[10, i] = np.arccos(x[i])
        out[11, i] = np.arctan(x[i])
        out[12, i] = np.arcsinh(x[i])
        out[13, i] = np.arccosh(x[i])
        out[14, i] = np.arctanh(x[i])

def powers(x, n, out, angles):
    # pragma parallel for
    for i in range(len(x)):
        out[0, i] = x[i] ** n
        out[1, i] = np.power(x[i], n - 3)
        angles[i] = np.angle(x[i].real)

def other_powers(x, y, out):
    # pragma parallel for
    for i in range(len(x)):
        out[0, i] = x[i] ** y[i]
        out[1, i] = np.power(x[i], 0.3)

def python_power(z, n, out):
    # pragma parallel for
    for i in range(len(out)):
        out[i] = z ** (n + i)

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
    together: np.ndarray = parts[0] + 1j * np.roll(parts[1], 3)
    return together.astype(kind)


def special(kind: str) -> np.ndarray:
    """All pairs of what is special to some function, and numbers of all sizes."""
    parts = np.array(
        [0.0, -0.0, 0.5, -1.0, 3.0, 100.0, -800.0, 1e-310, 1e160, np.inf, -np.inf, np.nan, 1e-20, 2.0**20 + 0.5]
    )
    rng = np.random.default_rng(9)
    pairs = np.array([complex(re, im) for re in parts for im in parts])
    turned = np.exp(2j * np.pi * rng.random(300))
    spread = (rng.standard_normal(600) * np.exp(rng.uniform(-9, 6, 600))).view(complex)
    with np.errstate(all="ignore"):
        return np.concatenate([pairs, turned, spread]).astype(kind)


def within_an_ulp(both: DevicePair) -> None:
    """Asserts that of each part, against the C library's functions of `long double`, where that has more digits."""
    if np.finfo(np.longdouble).nmant < 60:
        return
    rng = np.random.default_rng(4)
    turned = np.exp(2j * np.pi * rng.random(800))
    x = np.concatenate([turned * (1.0 + 1e-9 * rng.standard_normal(800)), special("complex128")[-600:], turned])
    out = np.zeros((15, len(x)), complex)
    both.native.functions(x, out)
    functions: list[Any] = [np.exp, np.log, np.sqrt, np.sin, np.cos, np.tan, np.sinh, np.cosh, np.tanh]
    functions += [np.arcsin, np.arccos, np.arctan, np.arcsinh, np.arccosh, np.arctanh]
    with np.errstate(all="ignore"):
        exact = np.array([function(x.astype(np.clongdouble)) for function in functions])
    for got, wanted in ((out.real, exact.real), (out.imag, exact.imag)):
        held = (abs(wanted) > 1e-300) & (abs(wanted) < 1e300)
        off = abs(got[held] - wanted[held]) / np.spacing(abs(wanted[held].astype(float)))
        assert off.max() < 1.0, off.max()


@pytest.mark.parametrize("kind", ["complex64", "complex128"])
def test_functions_of_complex_numbers(pair: MakePair, kind: str) -> None:
    both = pair(COMPLEX)
    for count in (0, 1, 500, 10_000):
        x = special(kind)[:count]
        # The C library, which NumPy calls, is within 5 units in the last place itself.
        both.call("functions", lambda x=x: (x, np.zeros((15, len(x)), kind)), ulps=6)
    x = special(kind)
    part = np.zeros(1, kind).real.dtype
    for n in (-2, 0, 1, 7):
        both.call("powers", lambda n=n: (x, n, np.zeros((2, len(x)), kind), np.zeros(len(x), part)))
    both.call("python_power", lambda: (0.75 - 0.5j, -9, np.zeros(40, complex)))
    if kind == "complex128":
        within_an_ulp(both)
    # Those that are no products: the C library's error is the exponent's times that of the angle.
    tolerance = 1e-3 if kind == "complex64" else 1e-12
    both.call("powers", lambda: (x[200:400], 120, np.zeros((2, 200), kind), np.zeros(200, part)), tolerance=tolerance)
    y = (np.random.default_rng(2).standard_normal(2 * len(x[200:])) * 0.7).view(complex).astype(kind)
    both.call("other_powers", lambda: (x[200:], y, np.zeros((2, len(y)), kind)), tolerance=tolerance)
    both.call("python_power", lambda: (0.75 - 0.5j, 0.25, np.zeros(40, complex)), tolerance=1e-13)
    both.call("python_power", lambda: (0.75 - 0.5j, 1.5j, np.zeros(40, complex)), tolerance=1e-13)
    both.call("python_power", lambda: (-2.0 - 0j, 0.5 + 0j, np.zeros(5, complex)), tolerance=1e-13)
    # What raises is the CPU's.
    both.call("python_power", lambda: (0j, -9, np.zeros(40, complex)), ran="careful")
    both.call("python_power", lambda: (0j, 1.5j, np.zeros(40, complex)), ran="careful")
    both.call("python_power", lambda: (1e200 + 1j, -9, np.zeros(40, complex)), ran=None)
    both.call("python_power", lambda: (1e200 + 1j, 2.5 + 0j, np.zeros(40, complex)), ran="careful")


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
    both = DevicePair(tmp_path, FAST)
    x, y = np.full(9, 1.0 + EPSILON), np.full(9, 1.0 + 2 * EPSILON)
    both.call("strict", lambda: (x, y, np.zeros(9)))
    both.call("fused", lambda: (x, y, np.zeros(9)), tolerance=1e-15)
    out = np.zeros(9)
    both.native.fused(x, y, out)
    assert out.tolist() == [EPSILON * EPSILON] * 9


DRAWS = """
import numpy as np

def exact(key, out, whole):
    # pragma parallel for
    for i in range(len(out)):
        rng = np.random.Generator(np.random.Philox(key=key, counter=i))
        out[i] = rng.random() + rng.uniform(-1.0, 3.0)
        whole[0, i] = rng.integers(0, 7)
        whole[1, i] = rng.integers(-2**62, 2**62)
        whole[2, i] = rng.integers(0, 200, dtype=np.uint8)
        whole[3, i] = rng.integers(0, 2**31, dtype=np.int32, endpoint=False)
        whole[4, i] = rng.integers(5, 5 + i % 3 + 1)
        out[i] += rng.standard_normal() * 0.5

def spread(words, out):
    # pragma parallel for
    for i in range(out.shape[1]):
        rng = np.random.Generator(np.random.Philox(key=[3, words], counter=[0, i, 0, 1]))
        for k in range(20):
            out[0, i] += rng.normal(1.0, 2.0)
            out[1, i] += rng.exponential(3.0)
            out[2, i] += rng.rayleigh(2.0)
        out[3, i] = rng.lognormal(0.0, 0.5)
        out[4, i] = rng.laplace(0.0, 1.5)
        out[5, i] = rng.gumbel(1.0, 2.0)
        out[6, i] = rng.logistic(1.0, 2.0)
        out[7, i] = rng.standard_cauchy()

def hashed(seed, out, whole):
    # pragma parallel for
    for i in range(len(out)):
        sequence = np.random.SeedSequence(seed, spawn_key=(i,))
        rng = np.random.default_rng([seed, i])
        other = np.random.Generator(np.random.Philox(sequence, counter=i))
        more = np.random.Generator(np.random.PCG64(sequence))
        out[i] = rng.random() + other.random() + more.triangular(0.0, 1.0, 3.0)
        whole[0, i] = rng.integers(0, 7) + other.integers(0, 2**40)

def shaped(seed, out, whole):
    # pragma parallel for
    for i in range(out.shape[1]):
        rng = np.random.default_rng([seed, i])
        out[0, i] = rng.gamma(2.5, 3.0) + rng.standard_gamma(0.5)
        out[1, i] = rng.beta(2.0, 3.0) + rng.beta(0.5, 0.25)
        out[2, i] = rng.chisquare(3.0) + rng.standard_t(4.0)
        out[3, i] = rng.weibull(1.5) + rng.pareto(3.0) + rng.power(2.0)
        out[4, i] = rng.wald(1.0, 2.0)
        out[5, i] = rng.vonmises(0.5, 4.0)
        whole[0, i] = rng.poisson(3.0)
        whole[1, i] = rng.poisson(70.0)
        whole[2, i] = rng.binomial(20, 0.3)
        whole[3, i] = rng.binomial(9000, 0.6)
        whole[4, i] = rng.geometric(0.5) + rng.geometric(0.01)

def refused(n, out):
    # pragma parallel for
    for i in range(n):
        rng = np.random.Generator(np.random.Philox(key=1, counter=i))
        out[i] = rng.integers(i, 30)
"""


def test_random_numbers(pair: MakePair) -> None:
    """NumPy's, whose `exp` and logarithms are the C library's where a distribution takes them."""
    both = pair(DRAWS)
    for count in (0, 1, 700):
        both.call("exact", lambda count=count: (41, np.zeros(count), np.zeros((5, count), np.int64)))
        both.call("spread", lambda count=count: (2**40, np.zeros((8, count))), tolerance=1e-14)
    both.call("hashed", lambda: (41, np.zeros(700), np.zeros((5, 700), np.int64)))
    both.call("shaped", lambda: (41, np.zeros((6, 700)), np.zeros((5, 700), np.int64)), tolerance=1e-13)
    both.call("refused", lambda: (30, np.zeros(40)))
    both.call("refused", lambda: (31, np.zeros(40)), ran="careful")


NEWEST = """
def greatest(x, m):
    # pragma parallel for
    for i in range(len(x)):
        m = max(x[i], m)
    return m

def least(x):
    m = x[0]
    # pragma parallel for
    for i in range(len(x)):
        m = min(x[i] * 0.5, m)
    return m
"""


def test_the_newest_of_equal_extremes(pair: MakePair) -> None:
    """The last of equals stays, which zeros tell, and a NaN undoes what came before."""
    both = pair(NEWEST)
    x = np.random.default_rng(2).permutation(np.r_[-np.ones(300), [0.0, -0.0] * 40])
    for values in (x, -x, x[:1], np.sort(-x), np.full(70, -np.inf)):
        both.call("greatest", lambda values=values: (values, np.float64(-1.0)))
        both.call("least", lambda values=values: (values,))
    x[50] = np.nan
    both.call("greatest", lambda: (x, np.float64(-1.0)))
