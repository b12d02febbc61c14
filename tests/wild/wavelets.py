"""Haar's wavelet transform of every row, and its inverse."""

import numpy as np

SQRT2 = 2**0.5


def haar_rows(data):
    out = data.astype(np.float64)
    # pragma parallel for
    for r in range(out.shape[0]):
        n = out.shape[1]
        while n > 1:
            half = n // 2
            tmp = out[r, :n].copy()
            for i in range(half):
                out[r, i] = (tmp[2 * i] + tmp[2 * i + 1]) / SQRT2
                out[r, half + i] = (tmp[2 * i] - tmp[2 * i + 1]) / SQRT2
            n = half
    return out


def inverse(coefficients):
    out = np.array(coefficients)
    # pragma parallel for
    for row in out:
        n = 1
        while n < len(row):
            a, d = row[:n].copy(), row[n : 2 * n].copy()
            row[0 : 2 * n : 2] = (a + d) / SQRT2
            row[1 : 2 * n : 2] = (a - d) / SQRT2
            n *= 2
    return out


def cases():
    data = np.random.default_rng(5).integers(0, 100, (5, 16))
    yield haar_rows, (data,)
    yield haar_rows, (data[:, :1],)
    yield inverse, (data / 7.0,)
