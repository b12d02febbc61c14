"""Reductions of which it matters which iteration a value is from, to be run in CPython and on an emulated device; see test_cuda_orders."""

import math

import numpy as np


def greatest_last(x, m):
    # pragma parallel for target(cuda)
    for i in range(len(x)):
        m = max(x[i], m)
    return m


def least_last(x, m):
    # pragma parallel for target(cuda)
    for i in range(len(x)):
        m = min(x[i], m)
    return m


def chosen(x, m):
    # pragma parallel for target(cuda)
    for i in range(len(x)):
        m = m if m < x[i] else x[i]
    return m


def of_several(x, y, m):
    # pragma parallel for target(cuda)
    for i in range(len(x)):
        m = max(x[i], y[i], m)
    return m


def sometimes(x, m):
    # pragma parallel for target(cuda)
    for i in range(len(x)):
        if i % 3 == 1:
            continue
        m = min(x[i], m)
    return m


def twice(x, y, m, out):
    k = 0
    # pragma parallel for target(cuda)
    for i in range(len(x)):
        m = max(x[i], m)
        out[i] += x[i]
        m = max(y[i], m)
        k = i
    return m, k


def both_ways(x, low, high):
    # pragma parallel for target(cuda)
    for i in range(len(x)):
        low = min(x[i], low)
        high = max(x[i], high)
    return low, high


def of_two_types(x, m):
    # pragma parallel for target(cuda)
    for i in range(len(x)):
        m = max(x[i] if i % 2 else float(x[i]), m)
    return m


def of_ints(b, m):
    # pragma parallel for target(cuda)
    for i in range(len(b)):
        m = max(b[i], m)
    return m


def in_rows(a, m):
    # pragma parallel for target(cuda)
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            m = max(a[i, j], m)
    return m


def of_totals(a, m):
    # pragma parallel for target(cuda)
    for i in range(a.shape[0]):
        total = 0.0
        for j in range(a.shape[1]):
            total += a[i, j]
        m = min(total, m)
    return m


def rows(a, out):
    # pragma parallel for target(cuda)
    for i in range(a.shape[0]):
        m = a[i, 0]
        for j in range(a.shape[1]):
            m = max(a[i, j], m)
        n = a[i, 0]
        for j in range(a.shape[1]):
            if n == n and not (a[i, j] >= n):
                n = a[i, j]
        k = 0
        for j in range(a.shape[1]):
            if a[i, j] >= a[i, k]:
                k = j
        out[i] = m * 3.0 + n + k


def last_of_equals(x, m):
    # pragma parallel for target(cuda)
    for i in range(len(x)):
        m = x[i] if x[i] >= m else m
    return m


def last_place(x, m):
    k = -1
    # pragma parallel for target(cuda)
    for i in range(len(x)):
        if x[i] <= m:
            m = x[i]
            k = i
    return m, k


def first_nan(x, m):
    # pragma parallel for target(cuda)
    for i in range(len(x)):
        if m == m and not (x[i] <= m):
            m = x[i]
    return m


def place_of_nan(x, y, m):
    k, beside = -1, 0.0
    # pragma parallel for target(cuda)
    for i in range(len(x)):
        if m == m and not (x[i] >= m):
            m = x[i]
            k = i
            beside = y[i]
    return m, k, beside


def place_of_greatest(x, m):
    k = -1
    # pragma parallel for target(cuda)
    for i in range(len(x)):
        if m == m and not (x[i] <= m):
            m = x[i]
            k = i
    return m, k


def at_most(x):
    # pragma parallel target(cuda)
    k = np.argmax(x)
    # pragma parallel target(cuda)
    j = np.argmin(x)
    return k, j


def bits(*values):
    """Types and bits; one NaN is as good as another."""
    for value in values:
        if isinstance(value, tuple):
            bits(*value)
        elif isinstance(value, np.ndarray):
            print(np.where(np.isnan(value), np.nan, value).tobytes().hex())
        elif isinstance(value, (float, np.floating)):
            text = "nan" if math.isnan(value) else float(value).hex()
            print(type(value).__name__, text)
        else:
            print(type(value).__name__, value)


def vectors(n):
    """Arrays of so many elements with ties, zeros of both signs, and NaNs at the start, in the middle, at the end, and in many places."""
    rng = np.random.default_rng(n)
    x = rng.integers(-40, 40, n) / 8.0
    yield x
    yield np.where(rng.random(n) < 0.5, 0.0, -0.0)
    for places in ([0], [n // 2], [n - 1], [0, n - 1], [n // 3, n // 3 + 1, n // 2], list(range(0, n, 5))):
        y = x.copy()
        y[[place for place in places if 0 <= place < n]] = np.nan
        yield y
    # What comes after the NaN is worse than all before.
    yield np.concatenate([x[: n // 2] + 100.0, [np.nan], x[n // 2 :]])[:n]
    yield np.concatenate([x[: n // 2] - 100.0, [np.nan], x[n // 2 :]])[:n]
    yield np.full(n, -np.inf)
    yield np.full(n, np.nan)


STARTS = [0.0, np.float64(-0.0), float("nan"), -math.inf, np.float64(4.0)]

if __name__ == "__main__":
    for n in [0, 1, 33, 1500]:
        for x in list(vectors(n))[:: 2 if n > 300 else 1]:
            y = x[::-1]
            for m in STARTS[: 2 if n > 300 else 5]:
                bits(greatest_last(x, m), least_last(x, m), first_nan(x, m), last_of_equals(x, m), last_place(x, m))
                bits(place_of_nan(x, y, m), place_of_greatest(x, m))
            bits(chosen(x, 1.0), of_several(x, y, -9.0), sometimes(x, np.float64(2.0)), both_ways(x, 1.0, -1.0))
            if n:
                out = np.ones(n)
                bits(twice(x, y, 0.0, out), out, at_most(x))
            bits(
                greatest_last(x.astype(np.float32), np.float32(0.5)), least_last(x.astype(np.float16), np.float16(0.5))
            )
            bits(first_nan(x.astype(np.float32), np.float32(-9.0)))
            known = np.where(np.isnan(x) | np.isinf(x), 0, x * 8).astype(np.int16)
            bits(of_ints(known, 3), of_ints(known, np.int16(-60)))
            if not np.isnan(x).any():
                bits(of_two_types(x + np.arange(n), -1.0))
    # More iterations than a grid has threads: each does several, before and after the NaN.
    for x in list(vectors(100_000))[3::4]:
        bits(greatest_last(x, 0.0), least_last(x, 0.0), first_nan(x, 0.0), place_of_nan(x, x, 0.0))
        bits(of_totals(np.repeat(x[20_000:80_000, None], 2, 1), 0.0))
    for place in (33_333, 44_831, 50_070, 99_997):
        x = np.arange(100_000.0)[::-1].copy()
        x[place] = np.nan
        # The first one after the NaN is the best, and worse than all before.
        bits(greatest_last(x, 0.0), least_last(-x, 0.0), of_totals(-np.repeat(x[:, None], 2, 1), 0.0))
    x = np.arange(100_000.0)
    x[[5, 32_768, 65_536]] = np.nan
    # The first NaN is not that of the first thread.
    bits(at_most(x), place_of_nan(x, x, 9.0), place_of_greatest(x, 9.0))
    for shape in [(0, 3), (1, 1), (40, 5), (33, 70), (300, 12)]:
        for x in vectors(shape[0] * shape[1]):
            a = x.reshape(shape)
            bits(in_rows(a, 0.0), of_totals(a, np.float64(100.0)))
            out = np.zeros(shape[0])
            rows(a, out)
            bits(out)
