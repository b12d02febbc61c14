"""Radix-2 FFT of many signals: bit reversal with swaps, then butterflies; and a plain DFT to compare."""

import cmath
import math

import numpy as np


def fft_inplace(x):
    n = len(x)
    j = 0
    for i in range(1, n):
        bit = n >> 1
        while j & bit:
            j ^= bit
            bit >>= 1
        j |= bit
        if i < j:
            x[i], x[j] = x[j], x[i]
    length = 2
    while length <= n:
        ang = -2 * math.pi / length
        wlen = complex(math.cos(ang), math.sin(ang))
        for i in range(0, n, length):
            w = 1 + 0j
            for k in range(length // 2):
                u = x[i + k]
                v = x[i + k + length // 2] * w
                x[i + k] = u + v
                x[i + k + length // 2] = u - v
                w *= wlen
        length <<= 1


def fft_batch(signals):
    out = signals.astype(complex)
    # pragma parallel for
    for s in range(len(out)):
        fft_inplace(out[s])
    return out


def dft(signal):
    n = len(signal)
    spectrum = []
    # pragma parallel for
    for k in range(n):
        acc = 0j
        for t in range(n):
            acc += signal[t] * cmath.exp(-2j * cmath.pi * k * t / n)
        spectrum.append(abs(acc))
    return np.array(spectrum)


TOLERANCE = 1e-11  # sums are added in another order, and sin and cos are within an ulp


def cases():
    rng = np.random.default_rng(6)
    yield fft_batch, (rng.random((4, 16)),)
    yield fft_batch, (rng.random((2, 1)),)
    yield dft, (rng.random(13),)
