"""Every function that kernels have of their own, of awkward and of random operands, for `test_cuda_math`: prints the results' bits.

The CPU computes these loops in lanes; a device must give the same bits."""

import math
import warnings
from typing import Any

import numpy as np


def ones(x, out):
    # pragma parallel for simd target(cuda)
    for i in range(len(x)):
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
        out[17, i] = np.sqrt(x[i])
        out[18, i] = x[i] ** 2
        out[19, i] = np.arcsinh(x[i])
        out[20, i] = np.arccosh(x[i])
        out[21, i] = np.arctanh(x[i])


def errors(x, out):
    # pragma parallel for simd target(cuda)
    for i in range(len(x)):
        out[0, i] = math.erf(x[i])
        out[1, i] = math.erfc(x[i])


def twos(x, y, out):
    # pragma parallel for simd target(cuda)
    for i in range(len(x)):
        out[0, i] = x[i] ** y[i]
        out[1, i] = np.arctan2(x[i], y[i])
        out[2, i] = np.hypot(x[i], y[i])
        out[3, i] = np.fmod(x[i], y[i])
        out[4, i] = np.logaddexp(x[i], y[i])


AWKWARD = [
    *(0.0, 5e-324, 2.2250738585072014e-308, 1e-300, 1e-150, 1e-20, 0.29, 0.41, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 3.5),
    *(5.999, 20.0, 27.4, 36.9, 690.0, 709.782712893384, 745.13, 1e16, 1e22, 1e150, 1.7976931348623157e308, np.inf),
    *(7 / 16, 16 / 7, np.pi / 2, np.pi, 22.0, 2.0**19, 2.0**20 + 0.5, np.nan),
]


def operands(kind: Any) -> tuple[Any, Any]:
    """Pairs: all of the awkward ones, numbers near 1, and random bits."""
    rng = np.random.default_rng(7)
    awkward = np.array(AWKWARD + [-value for value in AWKWARD])
    near = rng.standard_normal(3000) * np.exp(rng.uniform(-8, 8, 3000))
    bits = rng.integers(0, 2**64, 3000, dtype=np.uint64).view(np.float64)
    x = np.concatenate([awkward.repeat(len(awkward)), near, bits, near])
    y = np.concatenate([np.tile(awkward, len(awkward)), rng.permutation(near), near, rng.integers(-40, 40, 3000)])
    return x.astype(kind), y.astype(kind)


def main() -> None:
    """Prints a line for each function and kind: NaN is one, whatever its bits are."""
    for kind, word in ((np.float64, np.uint64), (np.float32, np.uint32)):
        x, y = operands(kind)
        out = np.zeros((29, len(x)), kind)
        ones(x, out)
        errors(x, out[22:])
        twos(x, y, out[24:])
        out[np.isnan(out)] = np.nan
        for number, row in enumerate(out.view(word)):
            weights = np.arange(1, len(row) + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
            print(kind.__name__, number, int((row.astype(np.uint64) * weights).sum()), row[:: len(row) // 20].tolist())


if __name__ == "__main__":
    warnings.simplefilter("ignore", RuntimeWarning)
    main()
