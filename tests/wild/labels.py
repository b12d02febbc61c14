"""Connected components by sweeps without union-find, and a flood of distances."""

import numpy as np


def connected(mask):
    labels = np.where(mask, np.arange(1, mask.size + 1).reshape(mask.shape), 0)
    h, w = mask.shape
    changed = True
    passes = 0
    while changed:
        changed = False
        passes += 1
        # pragma sequential for
        for i in range(h):
            for j in range(w):
                if not labels[i, j]:
                    continue
                best = labels[i, j]
                for di, dj in [(-1, 0), (1, 0), (0, -1), (0, 1)]:
                    if 0 <= i + di < h and 0 <= j + dj < w and 0 < labels[i + di, j + dj] < best:
                        best = labels[i + di, j + dj]
                if best != labels[i, j]:
                    labels[i, j] = best
                    changed = True
    return labels, passes


def component_sizes(labels):
    names = np.unique(labels[labels > 0])
    sizes = np.zeros(len(names), dtype=int)
    # pragma parallel for
    for k, name in enumerate(names):
        sizes[k] = (labels == name).sum()
    return names, sizes


def distance_transform(mask):
    h, w = mask.shape
    big = h + w
    dist = np.where(mask, big, 0)
    # pragma sequential for
    for i, j in np.ndindex(h, w):
        if i > 0:
            dist[i, j] = min(dist[i, j], dist[i - 1, j] + 1)
        if j > 0:
            dist[i, j] = min(dist[i, j], dist[i, j - 1] + 1)
    # pragma sequential for
    for i in reversed(range(h)):
        for j in reversed(range(w)):
            if i + 1 < h:
                dist[i, j] = min(dist[i, j], dist[i + 1, j] + 1)
            if j + 1 < w:
                dist[i, j] = min(dist[i, j], dist[i, j + 1] + 1)
    return dist


def cases():
    mask = np.random.default_rng(34).random((10, 12)) < 0.6
    yield connected, (mask,)
    yield component_sizes, (np.random.default_rng(35).integers(0, 4, (6, 6)),)
    yield distance_transform, (mask,)
    yield distance_transform, (mask[:1, :0],)
