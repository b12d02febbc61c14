"""DBSCAN: neighbour counts, core points, and labels spread by sweeps until nothing changes."""

import numpy as np

NOISE = -1


def neighbour_counts(X, eps):
    n, d = X.shape
    counts = np.zeros(n, dtype=np.int32)
    eps2 = eps * eps
    # pragma parallel for
    for i in range(n):
        c = 0
        for j in range(n):
            dist = 0.0
            for k in range(d):
                diff = X[i, k] - X[j, k]
                dist += diff * diff
                if dist > eps2:
                    break
            else:
                c += 1
        counts[i] = c
    return counts


def dbscan(X, eps, min_pts):
    counts = neighbour_counts(X, eps)
    core = []
    # pragma sequential for
    for i, c in enumerate(counts):
        if c >= min_pts:
            core.append(i)
    labels = np.full(len(X), NOISE)
    for i in core:
        labels[i] = i
    changed = True
    while changed:
        changed = False
        # pragma sequential for
        for i in range(len(X)):
            for j in core:
                if np.hypot(X[i, 0] - X[j, 0], X[i, 1] - X[j, 1]) <= eps and labels[j] > labels[i]:
                    labels[i] = labels[j]
                    changed = True
    return core, labels


def cases():
    X = np.random.default_rng(10).normal(size=(25, 2))
    yield dbscan, (X, 0.6, 3)
    yield dbscan, (X[:1], 0.6, 3)
