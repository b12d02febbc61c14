"""Functions of single numbers, and draws, in regions that ask for a GPU, for `test_cuda_bits`: prints the results' bits.

Inner loops of different lengths have no lanes: the CPU computes one number after the other. A device must give the same bits, and so
must the careful variant, in which a loop runs again that raises."""

import math
import warnings
from typing import Any

import numpy as np
from cuda_math_program import AWKWARD, operands


def reals(x, y, out):
    # pragma parallel for target(cuda)
    for i in range(len(x)):
        for _ in range(1 + i % 2):
            out[0, i] = np.exp(x[i])
            out[1, i] = np.exp2(x[i])
            out[2, i] = np.expm1(x[i])
            out[3, i] = np.sinh(x[i])
            out[4, i] = np.cosh(x[i])
            out[5, i] = np.tanh(x[i])
            out[6, i] = np.log(x[i])
            out[7, i] = np.log2(x[i])
            out[8, i] = np.log10(x[i])
            out[9, i] = np.log1p(x[i])
            out[10, i] = np.sin(x[i])
            out[11, i] = np.cos(x[i])
            out[12, i] = np.tan(x[i])
            out[13, i] = np.arcsin(x[i])
            out[14, i] = np.arccos(x[i])
            out[15, i] = np.arctan(x[i])
            out[16, i] = np.cbrt(x[i])
            out[17, i] = np.arcsinh(x[i])
            out[18, i] = np.arccosh(x[i])
            out[19, i] = np.arctanh(x[i])
            out[20, i] = x[i] ** y[i]
            out[21, i] = np.power(x[i], y[i])
            out[22, i] = np.arctan2(x[i], y[i])
            out[23, i] = np.hypot(x[i], y[i])
            out[24, i] = np.fmod(x[i], y[i])
            out[25, i] = np.logaddexp(x[i], y[i])
            out[26, i] = x[i] ** 2 + np.power(y[i], 2.0)
            out[27, i] = x[i] ** 0.5 + x[i] ** -3
            out[28, i] = np.angle(x[i])
            out[29, i] = np.sqrt(x[i]) + np.heaviside(x[i], y[i])


def errors(x, out):
    # pragma parallel for target(cuda)
    for i in range(len(x)):
        for _ in range(1 + i % 2):
            out[0, i] = math.erf(x[i])
            out[1, i] = math.erfc(x[i])


def whole(n, out):
    # pragma parallel for target(cuda)
    for i in range(len(n)):
        for _ in range(1 + i % 2):
            out[0, i] = np.exp(n[i])
            out[1, i] = np.sqrt(n[i]) + np.log1p(n[i])
            out[2, i] = np.hypot(n[i], 3)
            out[3, i] = n[i] ** 0.3


def floats(a, x, out):
    # pragma parallel for target(cuda)
    for i in range(len(x)):
        for _ in range(1 + i % 2):
            t = a + float(x[i])
            out[0, i] = math.exp(t) + math.expm1(t) + math.cosh(t) + math.sinh(t) + math.tanh(t)
            out[1, i] = math.log(t) + math.log2(t) + math.log10(t) + math.log1p(t)
            out[2, i] = math.sin(t) + math.cos(t) + math.tan(t) + math.atan(t) + math.atan2(t, a)
            out[3, i] = math.asin(t) + math.acos(t) + math.atanh(t) + math.asinh(t) + math.acosh(t + 1.0)
            out[4, i] = math.pow(t, a) + t**a + t**i + 2.0**t + math.hypot(t, a) + t**2
            out[5, i] = math.erf(t) + math.erfc(t) + math.gcd(i, 6) + math.degrees(t)


def of_complex(x, y, out, parts, i):
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
    out[15, i] = x[i] ** y[i]
    out[16, i] = np.power(y[i], x[i])
    out[17, i] = x[i] ** 0.5
    out[18, i] = x[i] ** -3
    out[19, i] = np.exp2(x[i])
    out[20, i] = np.expm1(x[i])
    out[21, i] = np.log2(x[i])
    out[22, i] = np.log10(x[i])
    out[23, i] = np.log1p(x[i])
    out[24, i] = np.sign(x[i])
    out[25, i] = np.rint(x[i])
    parts[0, i] = abs(x[i])
    parts[1, i] = np.angle(x[i])
    parts[2, i] = np.absolute(y[i]) if abs(y[i]) < 1.0 else abs(x[i].imag)


def complex_numbers(x, y, out, parts):
    # pragma parallel for target(cuda)
    for i in range(len(x)):
        for _ in range(1 + i % 2):
            of_complex(x, y, out, parts, i)


def complex_numbers_in_lanes(x, y, out, parts):
    # pragma parallel for simd target(cuda)
    for i in range(len(x)):
        of_complex(x, y, out, parts, i)


def complexes(z, c, out):
    # pragma parallel for target(cuda)
    for i in range(len(out)):
        out[i] = (z * i + 0.5) ** c + (z + i) ** 0.75 + (0.5 + i) ** (c / 3) + z**i + abs(z + i)


def draws(key, out, whole):
    # pragma parallel for target(cuda)
    for i in range(out.shape[1]):
        rng = np.random.Generator(np.random.Philox(key=key, counter=i))
        shape = 0.05 + 0.001 * (i % 3000)
        out[0, i] = rng.standard_normal() + rng.normal(1.0, 2.0)
        out[1, i] = rng.standard_exponential() + rng.exponential(shape)
        out[2, i] = rng.lognormal(0.0, shape)
        out[3, i] = rng.laplace(0.0, 1.5)
        out[4, i] = rng.gumbel(1.0, 2.0)
        out[5, i] = rng.logistic(1.0, 2.0)
        out[6, i] = rng.rayleigh(2.0) + rng.standard_cauchy()
        out[7, i] = rng.standard_gamma(shape) + rng.gamma(3.0, shape)
        out[8, i] = rng.beta(shape, 0.5) + rng.beta(0.01, 0.01 * shape)
        out[9, i] = rng.chisquare(shape) + rng.standard_t(shape)
        out[10, i] = rng.weibull(shape)
        out[11, i] = rng.pareto(shape)
        out[12, i] = rng.power(shape)
        out[13, i] = rng.wald(shape, 2.0)
        out[14, i] = rng.vonmises(0.5, shape) + rng.vonmises(-1.0, 1e7)
        out[15, i] = rng.triangular(0.0, 1.0, 3.0) + rng.uniform(-1.0, 3.0)
        whole[0, i] = rng.poisson(shape)
        whole[1, i] = rng.poisson(20.0 * shape + 10.0)
        whole[2, i] = rng.binomial(20, 0.3) + rng.binomial(9000, 0.6)
        whole[3, i] = rng.binomial(1000 + i, 0.1)
        whole[4, i] = rng.geometric(0.5) + rng.geometric(0.01)
        whole[5, i] = rng.integers(0, 7)


def seeded(seed, out):
    # pragma parallel for target(cuda)
    for i in range(len(out)):
        rng = np.random.default_rng([seed, i])
        out[i] = rng.normal() + rng.gamma(0.5) + rng.lognormal()


def words(numbers: Any) -> Any:
    """The bits, as integers; NaN is one, whatever its bits are."""
    numbers = numbers.copy().view(numbers.real.dtype)
    numbers[np.isnan(numbers)] = np.nan
    return numbers.view(f"u{numbers.itemsize}")


def show(name: str, rows: Any) -> None:
    """Prints a line for each row."""
    for number, row in enumerate(words(rows)):
        weights = np.arange(1, len(row) + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        print(name, number, int((row.astype(np.uint64) * weights).sum()), row[:: max(len(row) // 20, 1)].tolist())


def of_complex_numbers() -> None:
    """All pairs of what is special to some function, numbers of all sizes, and powers of Python's numbers."""
    parts = np.array([*AWKWARD, *(-value for value in AWKWARD), 1e60, 1e-60])
    rng = np.random.default_rng(5)
    spread = (rng.standard_normal(3000) * np.exp(rng.uniform(-9, 6, 3000))).view(complex)
    turned = np.exp(2j * np.pi * rng.random(500)) * (1.0 + 1e-9 * rng.standard_normal(500))
    bits = rng.integers(0, 2**64, 2000, dtype=np.uint64).view(complex)
    pairs = np.empty((len(parts), len(parts)), complex)
    pairs.real, pairs.imag = parts[:, None], parts
    both = np.concatenate([pairs.ravel(), spread, turned, bits])
    for kind, part in ((np.complex128, np.float64), (np.complex64, np.float32)):
        x, y = both.astype(kind), rng.permutation(both).astype(kind)
        for function in (complex_numbers, complex_numbers_in_lanes):
            out, real = np.zeros((26, len(x)), kind), np.zeros((3, len(x)), part)
            function(x, y, out, real)
            show(f"{function.__name__} {kind.__name__}", out)
            show(f"{function.__name__} {kind.__name__} parts", real)
    result = np.zeros(90, complex)
    for c in (0.3 - 0.7j, -1.5 + 0j, 2j):
        complexes(0.75 - 0.5j, c, result)
        show("complexes", result[None])


def random_numbers() -> None:
    """Enough draws of each distribution that all ways of rejection are taken."""
    out, whole = np.zeros((16, 6000)), np.zeros((6, 6000), np.int64)
    draws(41, out, whole)
    show("draws", out)
    show("counts", whole.astype(float))
    seeded(7, out[0])
    show("seeded", out[:1])


def real_numbers() -> None:
    """All pairs of what is awkward, numbers of all sizes, random bits."""
    for kind in (np.float64, np.float32, np.float16):
        x, y = operands(kind)
        out = np.zeros((30, len(x)), kind)
        reals(x, y, out)
        show(kind.__name__, out)
        if kind != np.float16:
            errors(x, out)
            show(f"{kind.__name__} errors", out[:2])
    for integers in (np.int64, np.uint8):
        n = np.arange(100).astype(integers)
        out = np.zeros((4, len(n)))
        whole(n, out)
        show(integers.__name__, out)


def python_floats() -> None:
    """What raises at its end leaves the elements before, as the careful variant computes them: the same as where nothing raises."""
    x = np.random.default_rng(3).uniform(0.0, 0.5, 500)
    out, again = np.zeros((2, 6, len(x)))
    floats(0.25, x, out)
    show("floats", out)
    x[-1] = -7.0
    try:
        floats(0.25, x, again)
    except ValueError as error:
        print(error, bool((words(out)[:, :-1] == words(again)[:, :-1]).all()))


if __name__ == "__main__":
    warnings.simplefilter("ignore", RuntimeWarning)
    real_numbers()
    of_complex_numbers()
    random_numbers()
    python_floats()
