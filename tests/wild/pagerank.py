"""PageRank on a graph in compressed rows, and products of a sparse matrix with vectors."""

from dataclasses import dataclass

import numpy as np


@dataclass
class CSR:
    indptr: np.ndarray
    indices: np.ndarray
    data: np.ndarray
    shape: tuple[int, int]

    def dot(self, x):
        y = np.zeros(self.shape[0])
        # pragma parallel for
        for i in range(self.shape[0]):
            s = 0.0
            for k in range(self.indptr[i], self.indptr[i + 1]):
                s += self.data[k] * x[self.indices[k]]
            y[i] = s
        return y


def matvec(indptr, indices, data, n, x):
    return CSR(indptr, indices, data, (len(indptr) - 1, n)).dot(x)


def pagerank(indptr, indices, damping=0.85, tol=1e-10, max_iter=100):
    n = len(indptr) - 1
    out_degree = np.bincount(indices, minlength=n)
    rank = np.full(n, 1.0 / n)
    new = np.zeros(n)
    iterations = 0
    # pragma sequential for
    for iterations in range(max_iter):
        dangling = 0.0
        for v in range(n):
            if out_degree[v] == 0:
                dangling += rank[v]
        for v in range(n):
            acc = 0.0
            for u in indices[indptr[v] : indptr[v + 1]]:
                acc += rank[u] / out_degree[u]
            new[v] = (1 - damping) / n + damping * (acc + dangling / n)
        delta = np.abs(new - rank).sum()
        rank, new = new, rank
        if delta < tol:
            break
    return rank, iterations


TOLERANCE = 1e-12  # sums are added in another order


def cases():
    rng = np.random.default_rng(13)
    n = 20
    indptr = np.concatenate([[0], rng.integers(0, 6, n).cumsum()])
    indices = rng.integers(0, n, indptr[-1])
    yield matvec, (indptr, indices, rng.random(indptr[-1]), n, rng.random(n))
    yield pagerank, (indptr, indices)
    yield pagerank, (indptr, indices, 0.5, 0.0, 4)
