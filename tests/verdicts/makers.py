"""What the headers of corpus items make their arguments with. Every call makes new arrays of the same values."""

import numpy as np


def floats(*shape: int, seed: int = 0) -> np.ndarray:
    """Positive numbers below 1."""
    return np.random.default_rng(seed).uniform(0.1, 1.0, shape)


def ints(*shape: int, below: int = 10, seed: int = 0) -> np.ndarray:
    """Whole numbers from 0 to `below` - 1."""
    return np.random.default_rng(seed).integers(0, below, shape)


def zeros(*shape: int) -> np.ndarray:
    return np.zeros(shape)


def counts(*shape: int) -> np.ndarray:
    """Zeros of int64."""
    return np.zeros(shape, np.int64)


def permutation(n: int, seed: int = 0) -> np.ndarray:
    """Every index below n once."""
    return np.random.default_rng(seed).permutation(n)


def repeats(n: int, distinct: int = 5) -> np.ndarray:
    """n indices, all below `distinct`."""
    return np.arange(n) % distinct


def pointers(rows: int, width: int) -> np.ndarray:
    """The row pointers of a sparse matrix with `width` entries in each row."""
    return np.arange(rows + 1) * width


def views(n: int, distance: int, step: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Two views of n elements of one array; the second starts `distance` elements after the first."""
    base = floats(n * step + abs(distance))
    start = max(0, -distance)
    return base[start : start + n * step : step], base[start + distance : start + distance + n * step : step]


def dominant(n: int) -> np.ndarray:
    """A symmetric, diagonally dominant matrix."""
    a = floats(n, n)
    symmetric: np.ndarray = a + a.T
    return symmetric + 2 * n * np.eye(n)
