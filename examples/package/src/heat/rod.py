"""The loops. Their annotations are what `ferrokeet build` knows the types from."""

import numpy as np
from numpy.typing import NDArray


def step(old: NDArray[np.float64], new: NDArray[np.float64], rate: float) -> None:
    """One step in time; the ends keep their temperature."""
    # pragma parallel for simd
    for i in range(1, len(old) - 1):
        new[i] = old[i] + rate * (old[i - 1] - 2.0 * old[i] + old[i + 1])


def energy(rod: NDArray[np.float64]) -> float:
    """The sum of the temperatures."""
    total = 0.0
    # pragma parallel for simd
    for i in range(len(rod)):
        total += rod[i]
    return total
