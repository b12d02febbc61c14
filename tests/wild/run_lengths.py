"""Run-length encoding, gaps above a threshold, and zero crossings: lists that grow in loops."""

import numpy as np


def rle(values):
    if len(values) == 0:
        return np.array([]), np.array([])
    symbols, counts = [], []
    i, n = 0, len(values)
    current, run = values[0], 0
    # pragma sequential for
    for v in values:
        if v == current:
            run += 1
        else:
            symbols.append(current)
            counts.append(run)
            current, run = v, 1
    symbols.append(current)
    counts.append(run)
    return np.array(symbols), np.array(counts)


def bursts(signal, threshold=1.0):
    """Start, stop and peak of every stretch above the threshold."""
    found = []
    start = None
    inside = False
    peak = -np.inf
    # pragma sequential for
    for i in range(len(signal)):
        if signal[i] > threshold:
            if not inside:
                inside = True
                start = i
                peak = signal[i]
            elif signal[i] > peak:
                peak = signal[i]
        elif inside:
            found.append((start, i, peak))
            inside = False
    return found


def crossings(x, dt=0.5):
    times = []
    # pragma parallel for
    for i in range(1, len(x)):
        if x[i - 1] * x[i] < 0:
            times.append(dt * (i - 1 + x[i - 1] / (x[i - 1] - x[i])))
    return np.array(times)


def cases():
    rng = np.random.default_rng(15)
    yield rle, (rng.integers(0, 2, 30),)
    yield rle, (rng.integers(0, 2, 1),)
    signal = rng.normal(size=40) + 0.5
    yield bursts, (signal,)
    yield bursts, (signal, 9.0)
    yield crossings, (signal,)
    yield crossings, (signal[:0],)
