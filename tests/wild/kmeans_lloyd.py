"""Lloyd's k-means with restarts until no label changes."""

import numpy as np


def assign(points, centroids):
    labels = np.empty(len(points), dtype=np.intp)
    # pragma parallel for
    for i, p in enumerate(points):
        labels[i] = np.argmin(np.linalg.norm(centroids - p, axis=1))
    return labels


def kmeans(points, k, max_iter=20):
    n, dim = points.shape
    centroids = points[:k].copy()
    labels = np.full(n, -1)
    for it in range(max_iter):
        new = assign(points, centroids)
        if (new == labels).all():
            break
        labels = new
        sums = np.zeros((k, dim))
        counts = [0] * k
        # pragma parallel for
        for i in range(n):
            sums[labels[i]] += points[i]
            counts[labels[i]] += 1
        for c in range(k):
            if counts[c]:
                centroids[c] = sums[c] / counts[c]
    return labels, centroids, it


TOLERANCE = 1e-12  # sums are added in another order


def cases():
    rng = np.random.default_rng(9)
    yield kmeans, (rng.normal(size=(40, 2)), 3)
    yield kmeans, (rng.normal(size=(2, 3)), 2)
