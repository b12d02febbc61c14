"""Neurons: an ensemble of Hodgkin and Huxley's, a network that integrates and fires, and correlations of spike trains."""

import numpy as np


def alpha_beta(v):
    an = 0.01 * (10 - v) / (np.exp((10 - v) / 10) - 1) if abs(v - 10) > 1e-7 else 0.1
    bn = 0.125 * np.exp(-v / 80)
    am = 0.1 * (25 - v) / (np.exp((25 - v) / 10) - 1) if abs(v - 25) > 1e-7 else 1.0
    bm = 4 * np.exp(-v / 18)
    ah = 0.07 * np.exp(-v / 20)
    bh = 1 / (np.exp((30 - v) / 10) + 1)
    return an, bn, am, bm, ah, bh


def hodgkin_huxley(currents, dt, steps):
    peaks = np.zeros(len(currents))
    spikes = np.zeros(len(currents), dtype=int)
    # pragma parallel for
    for c in range(len(currents)):
        v, n, m, h = 0.0, 0.318, 0.053, 0.596
        above = False
        peak = -np.inf
        for _ in range(steps):
            an, bn, am, bm, ah, bh = alpha_beta(v)
            ionic = 120 * m**3 * h * (v - 115) + 36 * n**4 * (v + 12) + 0.3 * (v - 10.6)
            v += dt * (currents[c] - ionic)
            n += dt * (an * (1 - n) - bn * n)
            m += dt * (am * (1 - m) - bm * m)
            h += dt * (ah * (1 - h) - bh * h)
            if v > 50 and not above:
                spikes[c] += 1
            above = v > 50
            peak = max(peak, v)
        peaks[c] = peak
    return peaks, spikes


def lif_network(weights, drive, steps, dt=0.1, tau=10.0, threshold=1.0):
    n = len(drive)
    v = np.zeros(n)
    last = np.zeros(n, dtype=bool)
    raster = []
    # pragma sequential for
    for t in range(steps):
        fired = np.zeros(n, dtype=bool)
        # pragma parallel for
        for i in range(n):
            synaptic = 0.0
            for j in range(n):
                if last[j]:
                    synaptic += weights[i, j]
            v[i] += dt * (-v[i] + drive[i]) / tau + synaptic
            if v[i] >= threshold:
                v[i] = 0.0
                fired[i] = True
        for i in np.flatnonzero(fired):
            raster.append((t, int(i)))
        last = fired
    return v, raster


def cross_correlogram(a, b, window, bins):
    hist = np.zeros(bins, dtype=int)
    width = 2 * window / bins
    start = 0
    # pragma sequential for
    for ta in a:
        while start < len(b) and b[start] < ta - window:
            start += 1
        k = start
        while k < len(b) and b[k] < ta + window:
            hist[min(int((b[k] - ta + window) / width), bins - 1)] += 1
            k += 1
    return hist


TOLERANCE = 1e-7  # exp is within an ulp; spikes amplify it


def cases():
    rng = np.random.default_rng(9)
    yield hodgkin_huxley, (np.linspace(0, 20, 5), 0.01, 400)
    yield lif_network, (rng.normal(size=(12, 12)) * 0.05, rng.uniform(0.5, 2.5, 12), 150)
    yield cross_correlogram, (np.sort(rng.uniform(0, 10, 30)), np.sort(rng.uniform(0, 10, 40)), 0.5, 10)
