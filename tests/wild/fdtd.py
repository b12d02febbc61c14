"""Maxwell's equations in one dimension with absorbing ends, and a wave in two with a boolean mask of walls."""

import numpy as np


def fdtd_1d(steps: int, ke: int = 60) -> tuple[np.ndarray, np.ndarray]:
    ex = np.zeros(ke)
    hy = np.zeros(ke)
    low = [0.0, 0.0]
    high = [0.0, 0.0]
    t0, spread = 12.0, 4.0
    # pragma sequential for
    for t in range(steps):
        for k in range(1, ke):
            ex[k] += 0.5 * (hy[k - 1] - hy[k])
        ex[ke // 2] += np.exp(-0.5 * ((t0 - t) / spread) ** 2)
        ex[0], low[0], low[1] = low[0], low[1], ex[1]
        ex[-1], high[0], high[1] = high[0], high[1], ex[-2]
        for k in range(ke - 1):
            hy[k] += 0.5 * (ex[k] - ex[k + 1])
    return ex, hy


def wave_2d(u, walls, steps, c2=0.25):
    prev = u.copy()
    nxt = np.zeros_like(u)
    # pragma sequential for
    for _ in range(steps):
        nxt[1:-1, 1:-1] = (
            2 * u[1:-1, 1:-1]
            - prev[1:-1, 1:-1]
            + c2 * (u[2:, 1:-1] + u[:-2, 1:-1] + u[1:-1, 2:] + u[1:-1, :-2] - 4 * u[1:-1, 1:-1])
        )
        nxt[walls] = 0.0
        prev, u, nxt = u, nxt, prev
    return u


TOLERANCE = 1e-13  # exp is within an ulp


def cases():
    rng = np.random.default_rng(21)
    yield fdtd_1d, (30,)
    yield fdtd_1d, (0, 5)
    yield wave_2d, (rng.random((9, 8)), rng.random((9, 8)) < 0.2, 4)
    yield wave_2d, (rng.random((9, 8)), rng.random((9, 8)) < 0.2, 0)
