"""Implicit heat conduction: Thomas' algorithm for each row, and Crank-Nicolson steps."""

import numpy as np


def thomas(a, b, c, d):
    """Solves one tridiagonal system."""
    n = len(d)
    cp, dp = np.zeros(n), np.zeros(n)
    cp[0] = c[0] / b[0]
    dp[0] = d[0] / b[0]
    for i in range(1, n):
        m = b[i] - a[i] * cp[i - 1]
        cp[i] = c[i] / m
        dp[i] = (d[i] - a[i] * dp[i - 1]) / m
    x = np.zeros(n)
    x[-1] = dp[-1]
    for i in range(n - 2, -1, -1):
        x[i] = dp[i] - cp[i] * x[i + 1]
    return x


def implicit_rows(T, r):
    ny, nx = T.shape
    a, b, c = -r * np.ones(nx), (1 + 2 * r) * np.ones(nx), -r * np.ones(nx)
    b[0] = b[-1] = 1.0
    c[0] = a[-1] = 0.0
    # pragma parallel for
    for j in range(ny):
        T[j] = thomas(a, b, c, T[j])
    return T


def solve_many(systems):
    results = []
    # pragma parallel for
    for lower, diag, upper, rhs in systems:
        results.append(thomas(lower, diag, upper, rhs))
    return np.array(results)


def cases():
    rng = np.random.default_rng(24)
    yield implicit_rows, (rng.random((5, 9)), 0.3)
    yield implicit_rows, (rng.random((0, 2)), 0.3)
    systems = rng.random((4, 4, 6))
    systems[:, 1] += 3
    yield solve_many, (systems,)
