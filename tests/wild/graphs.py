"""Graphs as matrices: Dijkstra from every vertex, triangles, colouring, union-find, and label propagation."""

import numpy as np


def dijkstra_all(w):
    n = w.shape[0]
    dist = np.full((n, n), np.inf)
    # pragma parallel for
    for source in range(n):
        done = np.zeros(n, dtype=bool)
        dist[source, source] = 0.0
        for _ in range(n):
            u = -1
            for v in range(n):
                if not done[v] and (u == -1 or dist[source, v] < dist[source, u]):
                    u = v
            if u == -1 or np.isinf(dist[source, u]):
                break
            done[u] = True
            for v in range(n):
                if w[u, v] > 0:
                    alt = dist[source, u] + w[u, v]
                    if alt < dist[source, v]:
                        dist[source, v] = alt
    return dist


def triangles(adj):
    count = 0
    n = len(adj)
    # pragma parallel for
    for i in range(n):
        for j in range(i):
            if adj[i, j]:
                count += np.count_nonzero(adj[i, :j] & adj[j, :j])
    return count


def greedy_colours(adj):
    n = len(adj)
    colour = np.full(n, -1)
    # pragma sequential for
    for v in range(n):
        used = {int(colour[u]) for u in range(n) if adj[v, u] and colour[u] >= 0}
        c = 0
        while c in used:
            c += 1
        colour[v] = c
    return colour


def components(n, edges):
    parent = list(range(n))

    def find(x):
        while parent[x] != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    # pragma sequential for
    for a, b in edges:
        ra, rb = find(a), find(b)
        if ra != rb:
            parent[max(ra, rb)] = min(ra, rb)
    return parent


def propagate(indptr, indices, labels, rounds):
    n = len(labels)
    for _ in range(rounds):
        new = labels.copy()
        # pragma parallel for
        for v in range(n):
            neighbours = indices[indptr[v] : indptr[v + 1]]
            if len(neighbours) == 0:
                continue
            counts = np.bincount(labels[neighbours], minlength=n)
            new[v] = counts.argmax()
        if np.array_equal(new, labels):
            break
        labels = new
    return labels


def cases():
    rng = np.random.default_rng(4)
    adj = rng.random((14, 14)) < 0.3
    adj = np.triu(adj, 1)
    adj = adj | adj.T
    w = np.where(adj, rng.integers(1, 9, (14, 14)), 0).astype(float)
    yield dijkstra_all, (w,)
    yield dijkstra_all, (w[:0, :0],)
    yield triangles, (adj,)
    yield greedy_colours, (adj,)
    edges = [(int(a), int(b)) for a, b in zip(*np.nonzero(np.triu(adj)))]
    yield components, (14, edges)
    rows, cols = np.nonzero(adj)
    indptr = np.concatenate(([0], np.cumsum(np.bincount(rows, minlength=14))))
    yield propagate, (indptr, cols, np.arange(14), 5)
