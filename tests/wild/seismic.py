"""Acoustic waves with a fourth-order stencil and a sponge, Ricker's source, and the STA/LTA trigger."""

import numpy as np


def ricker(t, f):
    a = (np.pi * f * (t - 1.0 / f)) ** 2
    return (1 - 2 * a) * np.exp(-a)


def shot(velocity, dt, dx, steps, source, receivers):
    nz, nx = velocity.shape
    prev = np.zeros((nz, nx))
    cur = np.zeros((nz, nx))
    nxt = np.zeros((nz, nx))
    factor = (velocity * dt / dx) ** 2
    sponge = np.ones((nz, nx))
    width = 4
    # pragma parallel for
    for i in range(nz):
        for j in range(nx):
            edge = min(i, j, nz - 1 - i, nx - 1 - j)
            if edge < width:
                sponge[i, j] = np.exp(-((0.05 * (width - edge)) ** 2))
    records = np.zeros((steps, len(receivers)))
    # pragma sequential for
    for it in range(steps):
        # pragma parallel for
        for i in range(2, nz - 2):
            for j in range(2, nx - 2):
                lap = (
                    -cur[i, j + 2]
                    + 16 * cur[i, j + 1]
                    - 30 * cur[i, j]
                    + 16 * cur[i, j - 1]
                    - cur[i, j - 2]
                    - cur[i + 2, j]
                    + 16 * cur[i + 1, j]
                    - 30 * cur[i, j]
                    + 16 * cur[i - 1, j]
                    - cur[i - 2, j]
                ) / 12.0
                nxt[i, j] = 2 * cur[i, j] - prev[i, j] + factor[i, j] * lap
        nxt[source] += ricker(it * dt, 15.0) * dt**2
        nxt *= sponge
        cur *= sponge
        records[it] = nxt[2, receivers]
        prev, cur, nxt = cur, nxt, prev
    return records, cur


def sta_lta(trace, short, long):
    ratio = np.zeros(len(trace))
    energy = trace**2
    # pragma parallel for
    for i in range(long, len(trace)):
        sta = energy[i - short : i].mean()
        lta = energy[i - long : i].mean()
        ratio[i] = sta / lta if lta > 0 else 0.0
    on, picks = False, []
    # pragma sequential for
    for i, r in enumerate(ratio):
        if not on and r > 3.0:
            on = True
            picks.append(i)
        elif on and r < 1.0:
            on = False
    return ratio, picks


TOLERANCE = 1e-11  # exp is within an ulp, and sums are added in another order


def cases():
    rng = np.random.default_rng(2)
    velocity = 1500 + 500 * rng.random((20, 24))
    for steps in (0, 1, 2, 12):
        yield shot, (velocity, 1e-3, 10.0, steps, (8, 10), np.array([3, 9, 15]))
    trace = rng.normal(size=200) * 0.1
    trace[120:140] += 2 * np.sin(np.arange(20))
    yield sta_lta, (trace, 5, 40)
    yield sta_lta, (trace[:30], 5, 40)
