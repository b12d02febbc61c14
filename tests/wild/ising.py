"""The Ising model: checkerboard Metropolis updates with prepared random numbers, energy, and a chain for each temperature."""

import math

import numpy as np
from numpy.random import Generator, Philox


def sweep(spins, beta, uniforms):
    n = spins.shape[0]
    for colour in (0, 1):
        # pragma parallel for
        for i in range(n):
            for j in range((i + colour) % 2, n, 2):
                nb = spins[(i + 1) % n, j] + spins[i - 1, j] + spins[i, (j + 1) % n] + spins[i, j - 1]
                dE = 2 * spins[i, j] * nb
                if dE <= 0 or uniforms[i, j] < math.exp(-beta * dE):
                    spins[i, j] *= -1
    return spins


def energy(spins):
    E = 0
    rows, cols = spins.shape
    # pragma parallel for
    for i in range(rows):
        for j in range(cols):
            E -= spins[i, j] * (spins[(i + 1) % rows, j] + spins[i, (j + 1) % cols])
    return E / spins.size


def magnetisation(temperatures, n=6, sweeps=10):
    result = np.zeros(len(temperatures))
    # pragma parallel for
    for k, T in enumerate(temperatures):
        rng = Generator(Philox(key=k))
        spins = np.ones((n, n), dtype=np.int8)
        for _ in range(sweeps * n * n):
            i, j = rng.integers(0, n), rng.integers(0, n)
            nb = spins[(i + 1) % n, j] + spins[i - 1, j] + spins[i, (j + 1) % n] + spins[i, j - 1]
            dE = 2 * int(spins[i, j]) * int(nb)
            if dE <= 0 or rng.random() < math.exp(-dE / T):
                spins[i, j] = -spins[i, j]
        result[k] = abs(spins.sum()) / (n * n)
    return result


def cases():
    rng = np.random.default_rng(18)
    spins = rng.choice(np.array([-1, 1]), (8, 8))
    yield sweep, (spins.astype(np.int8), 0.44, rng.random((8, 8)))
    yield energy, (spins,)
    yield magnetisation, (np.array([1.0, 2.3, 4.0]),)
