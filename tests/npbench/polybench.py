"""The programs that come from PolyBench: linear algebra, solvers, stencils, statistics."""

import numpy as np
from registry import Arguments, program

Rng = np.random.Generator
SUMS = "sums of products are added in another order"


def dominant(rng: Rng, n: int) -> np.ndarray:
    """A symmetric positive definite matrix."""
    matrix = rng.random((n, n))
    return matrix @ matrix.T + n * np.eye(n)


@program("polybench/adi/adi", "kernel", {"kernel for 0": "sequential for"}, [(3, 20), (1, 3), (2, 17)])
def adi(rng: Rng, steps: int, n: int) -> Arguments:
    return steps, n, rng.random((n, n))


@program("polybench/atax/atax", "kernel", {"kernel return 0": "parallel"}, [(19, 23), (1, 1), (5, 40)], 1e-13, SUMS)
def atax(rng: Rng, m: int, n: int) -> Arguments:
    return rng.random((m, n)), rng.random(n)


@program("polybench/bicg/bicg", "kernel", {"kernel return 0": "parallel"}, [(19, 23), (1, 1), (40, 5)], 1e-13, SUMS)
def bicg(rng: Rng, m: int, n: int) -> Arguments:
    return rng.random((n, m)), rng.random(m), rng.random(n)


@program(
    "polybench/cholesky/cholesky", "kernel", {"kernel for 0": "sequential for"}, [(20,), (1,), (2,), (33,)], 1e-12, SUMS
)
def cholesky(rng: Rng, n: int) -> Arguments:
    return (dominant(rng, n),)


@program(
    "polybench/cholesky2/cholesky2",
    "kernel",
    {"kernel assign 0": "parallel"},
    [(20,), (1,), (33,)],
    1e-12,
    "LAPACK's order of sums",
)
def cholesky2(rng: Rng, n: int) -> Arguments:
    return (dominant(rng, n),)


@program(
    "polybench/correlation/correlation",
    "kernel",
    {"kernel assign 0": "parallel", "kernel for 0": "parallel for"},
    [(12, 20), (2, 3), (9, 33)],
    1e-12,
    SUMS,
)
def correlation(rng: Rng, m: int, n: int) -> Arguments:
    return m, float(n), rng.random((n, m))


@program(
    "polybench/covariance/covariance",
    "kernel",
    {"kernel assign 0": "parallel", "kernel for 0": "parallel for"},
    [(12, 20), (1, 2), (9, 33)],
    1e-12,
    SUMS,
)
def covariance(rng: Rng, m: int, n: int) -> Arguments:
    return m, float(n), rng.random((n, m))


@program(
    "polybench/covariance2/covariance2", "kernel", {"kernel return 0": "parallel"}, [(12, 20), (2, 3)], 1e-12, SUMS
)
def covariance2(rng: Rng, m: int, n: int) -> Arguments:
    return m, float(n), rng.random((n, m))


@program(
    "polybench/deriche/deriche",
    "kernel",
    {
        "kernel assign 9": "parallel",
        "kernel for 0": "parallel for",
        "kernel assign 13": "parallel",
        "kernel for 1": "parallel for",
        "kernel assign 16": "parallel",
        "kernel assign 17": "parallel",
        "kernel for 2": "parallel for",
        "kernel assign 20": "parallel",
        "kernel for 3": "parallel for",
        "kernel assign 23": "parallel",
    },
    [(20, 30), (3, 3), (17, 9)],
)
def deriche(rng: Rng, h: int, w: int) -> Arguments:
    return 0.25, rng.random((h, w))


@program(
    "polybench/doitgen/doitgen",
    "kernel",
    {"kernel assign 0": "parallel"},
    [(7, 8, 9), (1, 1, 1), (3, 2, 17)],
    1e-13,
    SUMS,
)
def doitgen(rng: Rng, nr: int, nq: int, np_: int) -> Arguments:
    return nr, nq, np_, rng.random((nr, nq, np_)), rng.random((np_, np_))


@program("polybench/durbin/durbin", "kernel", {"kernel for 0": "sequential for"}, [(20,), (1,), (33,)], 1e-9, SUMS)
def durbin(rng: Rng, n: int) -> Arguments:
    return (rng.random(n) * 0.1,)


@program(
    "polybench/fdtd_2d/fdtd_2d", "kernel", {"kernel for 0": "sequential for"}, [(4, 20, 21), (1, 1, 1), (3, 17, 2)]
)
def fdtd_2d(rng: Rng, steps: int, n: int, m: int) -> Arguments:
    return steps, rng.random((n, m)), rng.random((n, m)), rng.random((n, m)), rng.random(steps)


@program("polybench/floyd_warshall/floyd_warshall", "kernel", {"kernel for 0": "sequential for"}, [(20,), (1,), (33,)])
def floyd_warshall(rng: Rng, n: int) -> Arguments:
    path = rng.integers(1, 100, (n, n)).astype(np.int32)
    np.fill_diagonal(path, 0)
    return (path,)


@program(
    "polybench/gemm/gemm",
    "kernel",
    {"kernel assign 0": "parallel"},
    [(19, 20, 21), (1, 1, 1), (33, 2, 17)],
    1e-13,
    SUMS,
)
def gemm(rng: Rng, ni: int, nj: int, nk: int) -> Arguments:
    return 1.5, 1.2, rng.random((ni, nj)), rng.random((ni, nk)), rng.random((nk, nj))


@program("polybench/gemver/gemver", "kernel", {"kernel assign 0": "parallel"}, [(20,), (1,), (33,)], 1e-12, SUMS)
def gemver(rng: Rng, n: int) -> Arguments:
    return 1.5, 1.2, rng.random((n, n)), *rng.random((8, n)).copy()


@program("polybench/gesummv/gesummv", "kernel", {"kernel return 0": "parallel"}, [(20,), (1,), (33,)], 1e-13, SUMS)
def gesummv(rng: Rng, n: int) -> Arguments:
    return 1.5, 1.2, rng.random((n, n)), rng.random((n, n)), rng.random(n)


@program(
    "polybench/gramschmidt/gramschmidt",
    "kernel",
    {"kernel for 0": "sequential for", "kernel for 1": "parallel for"},
    [(20, 12), (1, 1), (33, 17)],
    1e-9,
    SUMS + ", and the vectors come close to each other",
)
def gramschmidt(rng: Rng, m: int, n: int) -> Arguments:
    return (rng.random((m, n)),)


@program("polybench/heat_3d/heat_3d", "kernel", {"kernel for 0": "sequential for"}, [(4, 9), (2, 3), (3, 17)])
def heat_3d(rng: Rng, steps: int, n: int) -> Arguments:
    return steps, rng.random((n, n, n)), rng.random((n, n, n))


@program("polybench/jacobi_1d/jacobi_1d", "kernel", {"kernel for 0": "sequential for"}, [(4, 30), (2, 3), (3, 129)])
def jacobi_1d(rng: Rng, steps: int, n: int) -> Arguments:
    return steps, rng.random(n), rng.random(n)


@program("polybench/jacobi_2d/jacobi_2d", "kernel", {"kernel for 0": "sequential for"}, [(4, 20), (2, 3), (3, 33)])
def jacobi_2d(rng: Rng, steps: int, n: int) -> Arguments:
    return steps, rng.random((n, n)), rng.random((n, n))


@program("polybench/k2mm/k2mm", "kernel", {"kernel assign 0": "parallel"}, [(9, 10, 11, 12), (1, 1, 1, 1)], 1e-13, SUMS)
def k2mm(rng: Rng, ni: int, nj: int, nk: int, nl: int) -> Arguments:
    a, b, c, d = (rng.random(shape) for shape in ((ni, nk), (nk, nj), (nj, nl), (ni, nl)))
    return 1.5, 1.2, a, b, c, d


@program(
    "polybench/k3mm/k3mm",
    "kernel",
    {"kernel return 0": "parallel"},
    [(9, 10, 11, 12, 13), (1, 1, 1, 1, 1)],
    1e-13,
    SUMS,
)
def k3mm(rng: Rng, ni: int, nj: int, nk: int, nl: int, nm: int) -> Arguments:
    return rng.random((ni, nk)), rng.random((nk, nj)), rng.random((nj, nm)), rng.random((nm, nl))


@program(
    "polybench/lu/lu",
    "kernel",
    {"kernel for 0": "sequential for", "kernel for 2": "parallel for"},
    [(20,), (1,), (33,)],
    1e-12,
    SUMS,
)
def lu(rng: Rng, n: int) -> Arguments:
    return (dominant(rng, n),)


@program(
    "polybench/ludcmp/ludcmp",
    "kernel",
    {
        "kernel for 0": "sequential for",
        "kernel for 2": "parallel for",
        "kernel for 3": "sequential for",
        "kernel for 4": "sequential for",
    },
    [(20,), (1,), (33,)],
    1e-12,
    SUMS,
)
def ludcmp(rng: Rng, n: int) -> Arguments:
    return dominant(rng, n), rng.random(n)


@program("polybench/mvt/mvt", "kernel", {"kernel assign 0": "parallel"}, [(20,), (1,), (33,)], 1e-13, SUMS)
def mvt(rng: Rng, n: int) -> Arguments:
    return *rng.random((4, n)).copy(), rng.random((n, n))


@program("polybench/nussinov/nussinov", "kernel", {"kernel for 0": "sequential for"}, [(20,), (1,), (33,)])
def nussinov(rng: Rng, n: int) -> Arguments:
    return n, rng.integers(0, 4, n)


@program("polybench/seidel_2d/seidel_2d", "kernel", {"kernel for 0": "sequential for"}, [(4, 20), (2, 3), (3, 33)])
def seidel_2d(rng: Rng, steps: int, n: int) -> Arguments:
    return steps, n, rng.random((n, n))


@program(
    "polybench/symm/symm",
    "kernel",
    {"kernel assign 1": "parallel", "kernel for 0": "sequential for", "kernel for 1": "parallel for"},
    [(20, 12), (1, 1), (17, 33)],
    1e-12,
    SUMS,
)
def symm(rng: Rng, m: int, n: int) -> Arguments:
    return 1.5, 1.2, rng.random((m, n)), rng.random((m, m)), rng.random((m, n))


@program("polybench/syr2k/syr2k", "kernel", {"kernel for 0": "parallel for"}, [(12, 20), (1, 1), (17, 9)], 1e-13, SUMS)
def syr2k(rng: Rng, m: int, n: int) -> Arguments:
    return 1.5, 1.2, rng.random((n, n)), rng.random((n, m)), rng.random((n, m))


@program("polybench/syrk/syrk", "kernel", {"kernel for 0": "parallel for"}, [(12, 20), (1, 1), (17, 9)], 1e-13, SUMS)
def syrk(rng: Rng, m: int, n: int) -> Arguments:
    return 1.5, 1.2, rng.random((n, n)), rng.random((n, m))


@program("polybench/trisolv/trisolv", "kernel", {"kernel for 0": "sequential for"}, [(20,), (1,), (33,)], 1e-12, SUMS)
def trisolv(rng: Rng, n: int) -> Arguments:
    return np.tril(dominant(rng, n)), rng.random(n), rng.random(n)


@program(
    "polybench/trmm/trmm",
    "kernel",
    {"kernel for 0": "sequential for", "kernel for 1": "parallel for", "kernel assign 1": "parallel"},
    [(20, 12), (1, 1), (17, 33)],
    1e-12,
    SUMS,
)
def trmm(rng: Rng, m: int, n: int) -> Arguments:
    return 1.5, rng.random((m, m)), rng.random((m, n))
