import numpy as np
from numpy.random import Generator, Philox


def step(rng, p):
    return 1 if rng.random() < p else -1


def walk(places: "i64[:]", seed: int, steps: int, scale: float):
    # pragma parallel for
    for i in range(len(places)):
        rng = Generator(Philox(key=seed, counter=[0, i, 0, 0]))
        position = 0
        for _ in range(steps):
            position += step(rng, 0.5)
            if rng.integers(0, 10) == 0 and rng.normal(0.0, scale) > 1.0:
                position += int(rng.integers(-3, 3, endpoint=True))
        places[i] = position
