"""The benchmarks that are written twice: as loops over elements and as row and array expressions."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

Rng = np.random.Generator
Arguments = tuple[Any, ...]
HERE = Path(__file__).parent
KERNELS = HERE.parent / "verdicts" / "kernels"


@dataclass(frozen=True)
class Form:
    """One benchmark: its two sources, its arguments, and how far results may differ."""

    name: str
    loops: Path
    arrays: Path
    make: Callable[..., Arguments]
    small: tuple[tuple[int, ...], ...]
    large: tuple[int, ...]
    tolerance: float  # relative above 1, absolute below

    def arguments(self, size: tuple[int, ...]) -> Arguments:
        return self.make(np.random.default_rng(sum(size)), *size)


FORMS: dict[str, Form] = {}


def form(
    loops: Path, arrays: str, small: list[tuple[int, ...]], large: tuple[int, ...], tolerance: float = 1e-12
) -> Callable[[Callable[..., Arguments]], Callable[..., Arguments]]:
    """Registers a benchmark under the name of its maker of arguments."""

    def register(make: Callable[..., Arguments]) -> Callable[..., Arguments]:
        name = make.__name__
        FORMS[name] = Form(name, loops, HERE / arrays, make, tuple(small), large, tolerance)
        return make

    return register


def dominant(rng: Rng, n: int) -> np.ndarray:
    """A symmetric positive definite matrix."""
    matrix = rng.random((n, n))
    return matrix @ matrix.T + n * np.eye(n)


BLAS, DATA = KERNELS / "blas.py", KERNELS / "data.py"
SOLVERS, STENCILS = KERNELS / "solvers.py", KERNELS / "stencils.py"


@form(DATA, "appy.py", [(40, 7), (1, 1), (0, 3), (129, 16)], (200_000, 32))
def azimint(rng: Rng, n: int, bins: int) -> Arguments:
    return rng.random(n), rng.random(n), bins, np.zeros(bins)


@form(SOLVERS, "appy.py", [(1,), (2,), (17,), (33,)], (500,))
def cholesky(rng: Rng, n: int) -> Arguments:
    return (dominant(rng, n),)


@form(DATA, "appy.py", [(20, 12), (2, 1), (33, 17)], (1000, 400))
def covariance(rng: Rng, n: int, m: int) -> Arguments:
    return rng.random((n, m)), np.zeros(m), np.zeros((m, m))


@form(STENCILS, "appy.py", [(3, 9, 10), (1, 1, 1), (2, 17, 2)], (10, 700, 700), 0.0)
def fdtd_2d(rng: Rng, steps: int, n: int, m: int) -> Arguments:
    return *(rng.random((n, m)) for _ in range(3)), rng.random(steps)


@form(SOLVERS, "appy.py", [(8,), (1,), (33,)], (300,), 0.0)
def floyd_warshall_with_copy(rng: Rng, n: int) -> Arguments:
    return rng.integers(1, 100, (n, n)), np.zeros(n, np.int64)


@form(BLAS, "appy.py", [(7, 8, 9), (1, 1, 1), (33, 2, 17)], (500, 500, 500))
def gemm(rng: Rng, ni: int, nj: int, nk: int) -> Arguments:
    return 1.5, 0.5, rng.random((ni, nj)), rng.random((ni, nk)), rng.random((nk, nj))


@form(BLAS, "appy.py", [(8,), (1,), (33,)], (2000,))
def gemver(rng: Rng, n: int) -> Arguments:
    return 1.5, 0.5, rng.random((n, n)), *rng.random((8, n)).copy()


@form(BLAS, "appy.py", [(8,), (1,), (33,)], (2000,))
def gesummv(rng: Rng, n: int) -> Arguments:
    return 1.5, 0.5, rng.random((n, n)), rng.random((n, n)), rng.random(n), np.zeros(n)


@form(SOLVERS, "appy.py", [(8, 5), (1, 1), (33, 17)], (300, 200), 1e-9)
def gramschmidt(rng: Rng, n: int, m: int) -> Arguments:
    return rng.random((n, m)), np.zeros((n, m)), np.zeros((m, m))


@form(STENCILS, "appy.py", [(6, 6, 3), (1, 1, 1), (17, 3, 2)], (128, 128, 80), 0.0)
def hdiff(rng: Rng, i: int, j: int, k: int) -> Arguments:
    work = (np.zeros((i + 2, j + 2, k)), np.zeros((i + 1, j, k)), np.zeros((i, j + 1, k)))
    return rng.random((i + 4, j + 4, k)), np.zeros((i, j, k)), rng.random((i, j, k)), *work


@form(STENCILS, "appy.py", [(2, 6), (1, 3), (1, 2), (2, 17)], (5, 100), 0.0)
def heat_3d(rng: Rng, steps: int, n: int) -> Arguments:
    return steps, rng.random((n, n, n)), rng.random((n, n, n))


@form(STENCILS, "appy.py", [(2, 9), (1, 3), (1, 2), (2, 33)], (10, 1000), 0.0)
def jacobi_2d(rng: Rng, steps: int, n: int) -> Arguments:
    return steps, rng.random((n, n)), rng.random((n, n))


@form(DATA, "appy.py", [(9,), (1,), (33,)], (2000,))
def go_fast(rng: Rng, n: int) -> Arguments:
    return rng.random((n, n)), np.zeros((n, n))


@form(DATA, "appy.py", [(7, 9), (1, 1), (33, 17)], (1000, 1000))
def softmax(rng: Rng, n: int, m: int) -> Arguments:
    return rng.random((n, m)), np.zeros((n, m))


@form(DATA, "appy.py", [(10, 12), (1, 1), (33, 5)], (40_000, 40_000))
def spmv(rng: Rng, n: int, m: int) -> Arguments:
    row = np.concatenate(([0], np.cumsum(rng.integers(0, 60, n))))
    return row, rng.integers(0, m, row[-1]), rng.random(row[-1]), rng.random(m), np.zeros(n)


@form(BLAS, "appy.py", [(7, 9), (1, 1), (17, 33)], (300, 300))
def symm(rng: Rng, n: int, m: int) -> Arguments:
    return 1.5, 0.5, rng.random((n, m)), rng.random((n, n)), rng.random((n, m))


@form(BLAS, "appy.py", [(8, 6), (1, 1), (17, 9)], (300, 200))
def syr2k(rng: Rng, n: int, m: int) -> Arguments:
    return 1.5, 0.5, rng.random((n, n)), rng.random((n, m)), rng.random((n, m))


@form(BLAS, "appy.py", [(8, 6), (1, 1), (17, 9)], (300, 200))
def syrk(rng: Rng, n: int, m: int) -> Arguments:
    return 1.5, 0.5, rng.random((n, n)), rng.random((n, m))


@form(SOLVERS, "appy.py", [(8,), (1,), (33,)], (2000,))
def trisolv(rng: Rng, n: int) -> Arguments:
    return np.tril(dominant(rng, n)), rng.random(n), np.zeros(n)


@form(BLAS, "appy.py", [(7, 9), (1, 1), (17, 33)], (300, 300))
def trmm(rng: Rng, n: int, m: int) -> Arguments:
    return 0.5, rng.random((n, n)) / n, rng.random((n, m))


LOOPS = HERE / "loops.py"


@form(LOOPS, "arrays.py", [(9,), (1,), (33,)], (2000,))
def nbody(rng: Rng, n: int) -> Arguments:
    return *rng.normal(size=(3, n)).copy(), rng.random(n), *np.zeros((3, n)).copy(), 0.01


@form(LOOPS, "arrays.py", [(7, 8, 9), (1, 1, 1), (33, 2, 17), (3, 0, 2)], (600, 600, 600))
def matmul(rng: Rng, ni: int, nk: int, nj: int) -> Arguments:
    return rng.normal(size=(ni, nk)), rng.normal(size=(nk, nj)), np.empty((ni, nj))


@form(LOOPS, "arrays.py", [(9,), (1,), (0,), (1000,)], (4_000_000,))
def dot(rng: Rng, n: int) -> Arguments:
    return rng.random(n), rng.random(n), np.zeros(1)


@form(LOOPS, "arrays.py", [(9,), (1,), (0,), (1000,)], (4_000_000,))
def total(rng: Rng, n: int) -> Arguments:
    return rng.random(n), np.zeros(1)


@form(LOOPS, "arrays.py", [(9,), (1,), (1000,)], (4_000_000,), 0.0)
def argmin(rng: Rng, n: int) -> Arguments:
    return rng.random(n), np.zeros(1, np.int64)


@form(LOOPS, "arrays.py", [(9,), (1,), (0,), (1000,)], (1_000_000,), 1e-12)
def black_scholes(rng: Rng, n: int) -> Arguments:
    return rng.uniform(10, 50, n), rng.uniform(10, 50, n), rng.uniform(0.1, 2, n), 0.02, 0.3, np.zeros(n)


@form(LOOPS, "arrays.py", [(9, 10), (1, 1), (3, 33)], (200, 100), 0.0)
def mandelbrot(rng: Rng, n: int, limit: int) -> Arguments:
    return np.zeros((n, n), np.int64), -2.0, -1.25, 2.5 / n, limit


@form(LOOPS, "arrays.py", [(20, 3, 2), (1, 1, 1), (33, 30, 17)], (50_000, 10, 8), 0.0)
def kmeans(rng: Rng, n: int, k: int, d: int) -> Arguments:
    return rng.random((n, d)), rng.random((k, d)), np.zeros(n, np.int64)


@form(LOOPS, "arrays.py", [(9,), (3,), (2,), (17,)], (150,), 0.0)
def laplacian_3d(rng: Rng, n: int) -> Arguments:
    return rng.random((n, n, n)), np.zeros((n, n, n))


@form(LOOPS, "arrays.py", [(9,), (3,), (2,), (17,)], (120,), 0.0)
def divergence(rng: Rng, n: int) -> Arguments:
    return *(rng.random((n, n, n)) for _ in range(3)), np.zeros((n, n, n))


@form(LOOPS, "arrays.py", [(9, 3), (1, 1), (33, 2)], (1000, 3))
def pairwise(rng: Rng, n: int, d: int) -> Arguments:
    return rng.random((n, d)), np.zeros((n, n))


@form(LOOPS, "arrays.py", [(9, 3), (3, 3), (33, 5)], (500, 5))
def convolution(rng: Rng, n: int, k: int) -> Arguments:
    return rng.random((n, n)), rng.random((k, k)), np.zeros((n - k + 1, n - k + 1))


@form(LOOPS, "arrays.py", [(9,), (2,), (1000,)], (2_000_000,))
def normalise(rng: Rng, n: int) -> Arguments:
    return rng.random(n), np.zeros(n)


@form(LOOPS, "arrays.py", [(9,), (3,), (2,), (33,)], (1000,), 0.0)
def life(rng: Rng, n: int) -> Arguments:
    return rng.integers(0, 2, (n, n)), np.zeros((n, n), np.int64)
