"""Dynamic time warping of every pair of series, with a window, and the warping path of one."""

import numpy as np


def dtw(s, t, window=4):
    n, m = len(s), len(t)
    w = max(window, abs(n - m))
    D = np.full((n + 1, m + 1), np.inf)
    D[0, 0] = 0
    for i in range(1, n + 1):
        for j in range(max(1, i - w), min(m, i + w) + 1):
            cost = abs(s[i - 1] - t[j - 1])
            D[i, j] = cost + min(D[i - 1, j], D[i, j - 1], D[i - 1, j - 1])
    return D[n, m]


def pairwise(series):
    k = len(series)
    out = np.zeros((k, k))
    # pragma parallel for
    for i in range(k):
        for j in range(i):
            out[i, j] = dtw(series[i], series[j])
            out[j, i] = out[i, j]
    return out


def warp_path(s, t):
    n, m = len(s), len(t)
    cost = np.empty((n, m))
    # pragma sequential for
    for i in range(n):
        for j in range(m):
            d = (s[i] - t[j]) ** 2
            if i == 0 and j == 0:
                cost[i, j] = d
            elif i == 0:
                cost[i, j] = d + cost[i, j - 1]
            elif j == 0:
                cost[i, j] = d + cost[i - 1, j]
            else:
                cost[i, j] = d + min(cost[i - 1, j], cost[i, j - 1], cost[i - 1, j - 1])
    path = []
    i, j = n - 1, m - 1
    while (i, j) != (0, 0):
        path.append((i, j))
        moves = [(cost[a, b], a, b) for a, b in ((i - 1, j), (i, j - 1), (i - 1, j - 1)) if a >= 0 and b >= 0]
        _, i, j = min(moves)
    return path[::-1], cost[-1, -1]


def cases():
    rng = np.random.default_rng(30)
    yield pairwise, (rng.normal(size=(5, 9)),)
    yield warp_path, (rng.normal(size=6), rng.normal(size=8))
