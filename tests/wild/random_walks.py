"""Random walks, percolation and pi, with a generator of its own for every run."""

import logging

import numpy as np

log = logging.getLogger(__name__)


def walk_ends(n_walkers: int, n_steps: int, seed: int = 42) -> tuple[np.ndarray, float]:
    ends = np.zeros((n_walkers, 2), dtype=int)
    moves = [(1, 0), (-1, 0), (0, 1), (0, -1)]
    # pragma parallel for
    for w in range(n_walkers):
        rng = np.random.Generator(np.random.Philox(key=seed, counter=[0, 0, 0, w]))
        x = y = 0
        for _ in range(n_steps):
            dx, dy = moves[rng.integers(4)]
            x += dx
            y += dy
        ends[w] = x, y
    log.info("walked %d", n_walkers)
    return ends, np.sqrt((ends**2).sum(axis=1)).mean()


def first_passage(walkers, target, cap=200):
    times = []
    lost = 0
    # pragma parallel for
    for w in range(walkers):
        rng = np.random.Generator(np.random.Philox(w))
        position = 0
        for t in range(cap):
            position += 1 if rng.random() < 0.5 else -1
            if position == target:
                times.append(t)
                break
        else:
            lost += 1
    return times, lost


def pi_batches(batches, size=50):
    hits = 0
    # pragma parallel for
    for b in range(batches):
        g = np.random.Generator(np.random.Philox(key=b))
        xy = g.random((size, 2))
        hits += np.count_nonzero((xy**2).sum(axis=1) <= 1)
    return 4 * hits / (batches * size)


def cases():
    yield walk_ends, (5, 20)
    yield first_passage, (6, 3)
    yield pi_batches, (4,)
