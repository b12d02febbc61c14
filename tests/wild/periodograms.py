"""Variable stars: the Lomb-Scargle periodogram, string lengths of folded curves, and box least squares."""

import math

import numpy as np


def lomb_scargle(t, y, freqs):
    power = np.empty(len(freqs))
    y = y - y.mean()
    # pragma parallel for
    for k, f in enumerate(freqs):
        w = 2 * math.pi * f
        s2 = c2 = 0.0
        for ti in t:
            s2 += math.sin(2 * w * ti)
            c2 += math.cos(2 * w * ti)
        tau = math.atan2(s2, c2) / (2 * w)
        num_c = num_s = den_c = den_s = 0.0
        for ti, yi in zip(t, y):
            c, s = math.cos(w * (ti - tau)), math.sin(w * (ti - tau))
            num_c += yi * c
            num_s += yi * s
            den_c += c * c
            den_s += s * s
        power[k] = 0.5 * (num_c**2 / den_c + num_s**2 / den_s)
    return power


def string_length(t, y, periods):
    lengths = []
    # pragma parallel for
    for p in periods:
        phase = (t / p) % 1.0
        order = np.argsort(phase)
        ph, yy = phase[order], y[order]
        length = np.sum(np.hypot(np.diff(ph), np.diff(yy)))
        lengths.append(float(length))
    return lengths


def box_least_squares(t, y, periods, nbins):
    best_power, best_period = 0.0, None
    # pragma sequential for
    for p in periods:
        counts = np.zeros(nbins, dtype=int)
        sums = np.zeros(nbins)
        for i in range(len(t)):
            b = int((t[i] / p % 1.0) * nbins)
            counts[b] += 1
            sums[b] += y[i]
        for lo in range(nbins):
            n, s = 0, 0.0
            for width in range(1, nbins // 4):
                b = (lo + width) % nbins
                n += counts[b]
                s += sums[b]
                if 0 < n < len(t):
                    power = s * s / (n * (len(t) - n))
                    if power > best_power:
                        best_power, best_period = power, p
    return best_power, best_period


TOLERANCE = 1e-10  # sin, cos, atan2 and hypot are within an ulp, and sums are added in another order


def cases():
    rng = np.random.default_rng(7)
    t = np.sort(rng.uniform(0, 20, 60))
    y = np.sin(2 * np.pi * t / 2.7) + 0.1 * rng.normal(size=60)
    yield lomb_scargle, (t, y, np.linspace(0.1, 1.0, 25))
    yield string_length, (t, y, np.linspace(2, 3, 9))
    yield box_least_squares, (t, y - y.mean(), np.linspace(2, 3, 9), 16)
    yield box_least_squares, (t[:0], y[:0], np.linspace(2, 3, 9), 16)
