"""Correlation matrix with missing values, autocorrelation, and rank correlation."""

import numpy as np


def pearson(a, b):
    ok = ~(np.isnan(a) | np.isnan(b))
    a, b = a[ok], b[ok]
    if len(a) < 2:
        return np.nan
    da, db = a - a.mean(), b - b.mean()
    return (da * db).sum() / np.sqrt((da**2).sum() * (db**2).sum())


def corr_matrix(data):
    _, m = data.shape
    C = np.eye(m)
    # pragma parallel for
    for i in range(m):
        for j in range(i + 1, m):
            C[i, j] = C[j, i] = pearson(data[:, i], data[:, j])
    return C


def autocorr(x, max_lag):
    x = x - np.mean(x)
    denominator = np.sum(x * x)
    # pragma parallel
    acf = [np.sum(x[: len(x) - lag] * x[lag:]) / denominator for lag in range(max_lag)]
    return np.array(acf)


def ranks(x):
    r = np.empty(len(x))
    # pragma parallel for
    for i in range(len(x)):
        below = np.sum(x < x[i])
        equal = np.count_nonzero(x == x[i])
        r[i] = below + (equal + 1) / 2
    return r


TOLERANCE = 1e-12  # sums are added in another order


def cases():
    rng = np.random.default_rng(14)
    data = rng.normal(size=(20, 4))
    data[3, 1] = data[7, 2] = np.nan
    yield corr_matrix, (data,)
    yield corr_matrix, (data[:1],)
    yield autocorr, (data[:, 0].copy(), 5)
    yield ranks, (rng.integers(0, 5, 15),)
