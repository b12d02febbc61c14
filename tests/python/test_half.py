"""float16 against NumPy: the same bits, natively run."""

from typing import Any

import numpy as np
import pytest
from harness import LAYOUTS, SIZES, MakePair


def sample(n: int, seed: int = 0) -> np.ndarray:
    """Any bit patterns, where there is room; else small numbers."""
    rng = np.random.default_rng(seed)
    if n >= 1000:
        return rng.integers(0, 1 << 16, n).astype(np.uint16).view(np.float16)
    return rng.normal(scale=5, size=n).astype(np.float16)


SOURCE = """
import numpy as np

def arithmetic(x, y, out):
    # pragma parallel for simd
    for i in range(len(x)):
        out[i] = x[i] * y[i] - x[i] + -y[i]

def divide(x, y, out):
    # pragma parallel for
    for i in range(len(x)):
        out[i, 0] = x[i] / y[i]
        out[i, 1] = x[i] // y[i]
        out[i, 2] = x[i] % y[i]
        out[i, 3] = x[i] ** y[i]

def weak(x, out):
    # pragma parallel for
    for i in range(len(x)):
        out[i, 0] = x[i] * 0.1 + 3
        out[i, 1] = 1 / x[i] - 2.5
        out[i, 2] = 2049 - x[i]
        out[i, 3] = x[i] ** 2

def compare(x, y, out):
    # pragma parallel for
    for i in range(len(x)):
        out[i] = (x[i] < y[i]) + 2 * (x[i] == y[i]) + 4 * (x[i] >= 0.1) + 8 * (not x[i]) + 16 * (x[i] != 2)

def functions(x, y, out):
    # pragma parallel for
    for i in range(len(x)):
        out[i, 0] = np.sqrt(x[i])
        out[i, 1] = abs(x[i])
        out[i, 2] = np.floor(x[i])
        out[i, 3] = np.maximum(x[i], y[i])
        out[i, 4] = np.fmin(x[i], y[i])
        out[i, 5] = np.rint(x[i])
        out[i, 6] = np.square(x[i])
        out[i, 7] = np.reciprocal(x[i])
        out[i, 8] = np.sign(x[i])
        out[i, 9] = np.clip(x[i], -1, 1)
        out[i, 10] = np.where(x[i] < y[i], x[i], y[i])
        out[i, 11] = np.copysign(x[i], y[i])
        out[i, 12] = np.trunc(x[i]) - np.ceil(y[i])
        out[i, 13] = min(x[i], y[i])

def smooth(x, out):
    # pragma parallel for
    for i in range(len(x)):
        out[i, 0] = np.exp(x[i])
        out[i, 1] = np.log(x[i])
        out[i, 2] = np.sin(x[i])
        out[i, 3] = np.tanh(x[i])
        out[i, 4] = np.arctan(x[i])

def tests(x, out):
    # pragma parallel for
    for i in range(len(x)):
        out[i] = np.isnan(x[i]) + 2 * np.isinf(x[i]) + 4 * np.isfinite(x[i]) + 8 * np.signbit(x[i])

def convert(d, s, k, out):
    # pragma parallel for
    for i in range(len(d)):
        out[i, 0] = np.float16(d[i])
        out[i, 1] = d[i]
        out[i, 2] = s[i]
        out[i, 3] = k[i]
        out[i, 4] = np.float16(k[i]) + np.float16(s[i])
        out[i, 5] = d[i].astype(np.float16)

def widen(x, wide, single, whole):
    # pragma parallel for
    for i in range(len(x)):
        wide[i] = x[i]
        single[i] = np.float32(x[i]) * x[i]
        whole[i] = int(x[i]) + round(x[i])

def small(b, out):
    # pragma parallel for
    for i in range(len(b)):
        out[i] = np.sqrt(b[i])

def total(x, s):
    # pragma parallel for
    for i in range(len(x)):
        s += x[i]
    return s

def extremes(x, low, high):
    # pragma parallel for
    for i in range(len(x)):
        low = min(low, x[i])
        high = np.maximum(high, x[i])
    return low, high

def bins(x, index, out):
    # pragma parallel for
    for i in range(len(x)):
        out[index[i]] += x[i]

def whole(x, y, m, b):
    # pragma parallel
    s0, s1, s2, s3 = np.sum(x), np.sum(x * 2.0), np.sum(np.sqrt(b)), np.add.reduce(x)
    m0, m1, m2, m3 = np.mean(x), np.var(x), np.std(y, ddof=1), np.average(x)
    p0, p1, p2, p3 = np.prod(y), np.dot(x, y), np.inner(x, y), m @ x
    r0, r1, r2, r3 = np.sum(m, axis=1), np.mean(m, axis=0), np.var(m, axis=1), np.prod(m, axis=1, keepdims=True)
    c0, c1 = np.cumsum(y), np.cumprod(y)
    return s0, s1, s2, s3, m0, m1, m2, m3, p0, p1, p2, p3, r0, r1, r2, r3, c0, c1

def stepwise(x, m, b):
    # pragma parallel
    c, s = np.sum(m, axis=0), np.sum(x, where=b)
    return c, s

def argmax(x):
    best, where = np.float16(-1), -1
    # pragma parallel for
    for i in range(len(x)):
        if x[i] > best:
            best = x[i]
            where = i
    return best, where
"""


def test_operators(pair: MakePair) -> None:
    both = pair(SOURCE)
    for n in SIZES:
        for layout in LAYOUTS.values():

            def arguments(n: int = n, layout: Any = layout) -> tuple[Any, ...]:
                return tuple(layout(sample(n, seed)) for seed in (1, 2, 3))

            both.call("arithmetic", arguments)
            both.call("divide", lambda: (*arguments()[:2], np.zeros((n, 4), np.float16)))
            both.call("weak", lambda: (arguments()[0], np.zeros((n, 4), np.float16)))
            both.call("compare", lambda: (*arguments()[:2], np.zeros(n, int)))


def test_every_pair_of_a_sample(pair: MakePair) -> None:
    both = pair(SOURCE)
    every = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
    for seed in range(3):
        other = np.random.default_rng(seed).permutation(every)
        both.call("arithmetic", lambda other=other: (every, other, np.zeros(1 << 16, np.float16)))
        both.call("divide", lambda other=other: (every, other, np.zeros((1 << 16, 4), np.float16)))


def test_functions(pair: MakePair) -> None:
    both = pair(SOURCE)
    every = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
    other = sample(1 << 16, 3)
    both.call("functions", lambda: (every, other, np.zeros((1 << 16, 14), np.float16)))
    both.call("weak", lambda: (every, np.zeros((1 << 16, 4), np.float16)))
    both.call("tests", lambda: (every, np.zeros(1 << 16, int)))
    both.call("smooth", lambda: (every, np.zeros((1 << 16, 5), np.float16)), ulps=1)
    both.call("small", lambda: (np.arange(100, dtype=np.uint8), np.zeros(100, np.float16)))
    both.call("small", lambda: (np.arange(100) % 2 == 0, np.zeros(100, np.float32)))


def test_conversions(pair: MakePair) -> None:
    both = pair(SOURCE)
    rng = np.random.default_rng(7)
    halves = np.arange(0, 0x7C00, dtype=np.uint16).view(np.float16).astype(float)
    # Midpoints between neighbours, and what lies just beside them.
    middle = (halves[1:] + halves[:-1]) / 2
    doubles = np.concatenate([middle, np.nextafter(middle, 0), np.nextafter(middle, np.inf), [6e4, 7e4, 1e300, np.nan]])
    doubles = np.concatenate([doubles, -doubles])
    count = len(doubles)
    whole = rng.integers(-80000, 80000, count)
    both.call("convert", lambda: (doubles, doubles.astype(np.float32), whole, np.zeros((count, 6), np.float16)))
    finite = halves.astype(np.float16)
    both.call("widen", lambda: (finite, np.zeros(len(finite)), np.zeros(len(finite), "f"), np.zeros(len(finite), int)))
    bad = np.array([1, np.nan], np.float16)
    both.call("widen", lambda: (bad, np.zeros(2), np.zeros(2, "f"), np.zeros(2, int)), ran=None)


def test_reductions(pair: MakePair) -> None:
    both = pair(SOURCE)
    half = np.float16
    for n in (1, 7, 100, 1500):
        # Sums that stay below 2048 are exact in any order.
        whole = (np.arange(n) % 3 - 1).astype(half)
        for start in (0.0, 0, half(5)):
            both.call("total", lambda whole=whole, start=start: (whole, start))
        both.call("extremes", lambda n=n: (sample(n, 4), half(0), half(0)))
        both.call("argmax", lambda n=n: (sample(n, 5),))
        index = np.arange(n) % 5
        both.call("bins", lambda whole=whole, index=index: (whole, index, np.zeros(5, half)))


def test_sums_are_kept_in_float32(pair: MakePair) -> None:
    """NumPy adds, multiplies and contracts halves in float32 and rounds once; in variances it rounds after each step."""
    both = pair(SOURCE)
    rng = np.random.default_rng(11)
    for n in (1, 3, 7, 8, 9, 100, 5000):
        x, m = rng.uniform(0, 1, n).astype(np.float16), rng.uniform(0, 1, (6, n)).astype(np.float16)
        y = rng.uniform(0.9, 1.1, n).astype(np.float16)
        # Other orders in float32 round to the same half, or, seldom, to its neighbour.
        both.call("whole", lambda x=x, y=y, m=m: (x, y, m, x > 0.25), ulps=0 if n < 8 else 1)
        # Here NumPy rounds after each addition, or each run of what is chosen.
        both.call("stepwise", lambda x=x, m=m: (x[:9], m, x[:9] > 0.25), ulps=3)
    assert (
        both.native.whole(*(np.ones(5000, np.float16),) * 2, np.ones((2, 5000), np.float16), np.ones(5000, bool))[0]
        == 5000
    )


@pytest.mark.parametrize("value", [np.float16(0.1), np.float16(np.inf), np.float16(-0.0)])
def test_scalars(pair: MakePair, value: np.float16) -> None:
    both = pair(SOURCE)
    both.call("total", lambda: (np.zeros(3, np.float16), value))
    both.call("total", lambda: (np.zeros(0, np.float16), value))
