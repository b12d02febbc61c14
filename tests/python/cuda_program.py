"""What kernels of a GPU do beyond independent iterations, to be run in CPython and on an emulated device; see test_cuda_emulation."""

import math

import numpy as np


def argmin(x):
    best = x[0]
    where = 0
    # pragma parallel for target(cuda)
    for i in range(len(x)):
        if x[i] < best:
            best = x[i]
            where = i
    return best, where


def last_max(x):
    best = -1.0
    where = -1
    # pragma parallel for target(cuda)
    for i in range(len(x)):
        if x[i] >= best:
            best = x[i]
            where = i
    return best, where


def last_negative(x):
    found = 0.0
    # pragma parallel for target(cuda)
    for i in range(len(x)):
        if x[i] < 0:
            found = x[i] * 2.0
    return found


def positive(x):
    s = 0.0
    # pragma parallel for target(cuda)
    for i in range(len(x)):
        if x[i] > 0:
            s += x[i]
    return s, type(s)


def highest(x):
    m = 0.0
    # pragma parallel for target(cuda)
    for i in range(len(x)):
        m = max(m, x[i])
    return m, type(m)


def weighted(b, w, h):
    # pragma parallel for target(cuda)
    for i in range(len(b)):
        h[b[i]] += w[i]


def smallest(b, w, h):
    # pragma parallel for target(cuda)
    for i in range(len(b)):
        if w[i] < h[b[i]]:
            h[b[i]] = w[i]


def counts(b, h):
    # pragma parallel for target(cuda)
    for i in range(len(b)):
        h[b[i]] += 1


def bits(b, h):
    # pragma parallel for target(cuda)
    for i in range(len(b)):
        h[b[i]] ^= b[i]


def marks(b, x, all_of, some, product):
    # pragma parallel for target(cuda)
    for i in range(len(b)):
        all_of[b[i]] &= x[i]
        some[b[i]] |= x[i]
        product[b[i]] *= x[i]


def extremes(b, x, low, high, ends):
    # pragma parallel for target(cuda)
    for i in range(len(b)):
        low[b[i]] = min(low[b[i]], x[i])
        if high[b[i]] < x[i]:
            high[b[i]] = x[i]
        ends[-1, b[i]] = np.maximum(x[i], ends[-1, b[i]])


def columns(a, out):
    # pragma parallel for target(cuda)
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            out[j] += a[i, j]


def rows(a, out):
    # pragma parallel for target(cuda)
    for i in range(a.shape[0]):
        t = a[i] * 2.0
        t[0] = 1.0
        u = np.empty(a.shape[1])
        for j in range(a.shape[1]):
            u[j] = t[j] + 1.0
        s = 0.0
        for j in range(a.shape[1]):
            s += t[j] * u[-1 - j]
        out[i] = s


def places(a, out):
    # pragma parallel for target(cuda)
    for i in range(a.shape[0]):
        out[i] = np.argmax(a[i]) * 1000 + np.argmin(a[i])


def work(a, w, out):
    # pragma parallel for target(cuda) private(w)
    for i in range(a.shape[0]):
        # The first element is read, and stays as it is.
        for j in range(1, a.shape[1]):
            w[j] = a[i, j] + 1.0
        for j in range(a.shape[1]):
            out[i, j] = w[a.shape[1] - 1 - j]


def between(a, b, n):
    # pragma sequential for target(cuda)
    for t in range(n):
        c = a[t] * 0.5
        a[t] = c + 1.0
        # pragma parallel for
        for i in range(len(b)):
            b[i] = b[i] * 0.5 + c
        a[t + 1] += b[0]
        for k in range(3):
            a[k] += 0.25
    return c


def fresh(a):
    # pragma parallel target(cuda) types(a: f64[:, :])
    b = a * 2.0 + 1.0
    return b, b[0]


def softmax(a, out):
    # pragma parallel for target(cuda)
    for i in range(a.shape[0]):
        top = a[i, 0]
        # pragma simd
        for j in range(a.shape[1]):
            top = max(top, a[i, j])
        total = 0.0
        # pragma simd
        for j in range(a.shape[1]):
            out[i, j] = math.floor(a[i, j] - top)
            total += out[i, j]
        out[i, 0] = total
        # pragma simd
        for j in range(a.shape[1]):
            out[i, j] = out[i, j] * 2.0 - total


def segments(start, x, out):
    # pragma parallel for target(cuda)
    for i in range(len(out)):
        total = 0
        if start[i] > 2:
            # pragma simd
            for k in range(start[i], start[i + 1]):
                total += x[k]
        out[i] = total


def gesummv(a, b, x, y):
    # pragma parallel for target(cuda)
    for i in range(a.shape[0]):
        t = 0.0
        s = 0.0
        for j in range(a.shape[1]):
            t += a[i, j] * x[j]
            s += b[i, j] * x[j]
        y[i] = 0.5 * t + 0.25 * s


def spmv(start, col, val, x, y):
    # pragma parallel for target(cuda)
    for i in range(len(y)):
        s = 0.0
        for k in range(start[i], start[i + 1]):
            s += val[k] * x[col[k]]
        y[i] = s


def covariance(data, cov):
    # pragma parallel for target(cuda)
    for i in range(data.shape[1]):
        for j in range(i, data.shape[1]):
            c = 0.0
            for k in range(data.shape[0]):
                c += data[k, i] * data[k, j]
            cov[i, j] = c
            cov[j, i] = c


def worst_row(a, total, where):
    worst = np.float64(-1.0)
    # pragma parallel for target(cuda)
    for i in range(a.shape[0]):
        s = np.float64(0.0)
        for j in range(a.shape[1]):
            s += a[i, j] * a[i, j]
        total += s
        if s > worst:
            worst = s
            where = i
    return total, worst, where


def planes(a, x, s, out):
    # pragma parallel for collapse(2) target(cuda)
    for i in range(a.shape[0] - 1, -1, -1):
        for j in range(0, a.shape[1], 2):
            top = a[i, j, 0]
            for k in range(a.shape[2]):
                top = max(top, a[i, j, k] + x[k])
            for k in range(a.shape[2]):
                out[i, j, k] = a[i, j, k] - top
                s += x[k]
    return s


def scaled(a, scale, out):
    # pragma parallel for target(cuda)
    for i in range(a.shape[0]):
        before = scale[i]
        scale[i] = before * 2.0 + 1.0
        for j in range(a.shape[1]):
            out[i, j] = a[i, j] * scale[i] + before


def cells(a, total):
    # pragma parallel for target(cuda)
    for b in range(a.shape[0]):
        for i in range(a.shape[1]):
            for j in range(a.shape[2]):
                for k in range(a.shape[3]):
                    total += a[b, i, j, k] * (b + 2 * i + 3 * j)
    return total


def row_counts(start, x, h):
    # pragma parallel for target(cuda)
    for i in range(len(start) - 1):
        h[0] += 1
        for k in range(start[i], start[i + 1]):
            h[x[k]] += 1


def functions(x, k, out):
    # pragma parallel for target(cuda) if(len(out) > 10)
    for i in range(len(out)):
        out[i] = (
            round(float(x[i]), 2)
            + round(x[i], 1)
            + math.gcd(int(k[i]), 12)
            + math.isqrt(int(abs(k[i])))
            + np.heaviside(x[i], 0.5)
            + pow(3, int(abs(k[i])), 7)
            + round(float(k[i]) * 1.5, -1)
        )


def of_sizes(b, out):
    # pragma parallel for target(cuda) types(b: i64[:], out: f64[:])
    for i in range(len(b)):
        u = np.zeros(b[i] + 2)
        for j in range(len(u)):
            u[j] += j * 0.5
        out[i] = u[-1] + u[0]


def until(a, n, limit):
    # pragma sequential for target(cuda) types(a: f64[:], n: i64[:])
    for _ in range(20):
        if a[0] > limit:
            break
        # pragma parallel for
        for i in range(n[0]):
            a[i] += 1.5
        n[0] -= 1


def seen(b, x, found):
    # pragma parallel for target(cuda) types(b: i64[:], x: f64[:], found: bool[:])
    for i in range(len(b)):
        found[b[i]] |= x[i] > 1.0


def show(*results):
    for result in results:
        print(result.tobytes().hex() if isinstance(result, np.ndarray) else result)


def main():
    rng = np.random.default_rng(5)

    def eighths(*shape):
        """Numbers whose sums are exact in any order, many of them equal."""
        return np.round(rng.standard_normal(shape) * 8) / 8

    x = eighths(1000)
    for data in (x, x[:1], x[:0], np.abs(x) + 1, np.full(77, np.nan), np.array([0.0, -0.0] * 40)):
        if len(data):
            show(*argmin(data))
        show(*last_max(data), last_negative(data), *positive(data), *highest(data))
    b, w = rng.integers(0, 9, 3000), eighths(3000)
    for collect in (weighted, smallest):
        h = np.zeros(9)
        collect(b, w, h)
        show(h)
    h = np.zeros(9, "u2")
    counts(b, h)
    show(h)
    for n in (9, 5000):
        h = np.zeros(n, "i8")
        bits(b * (n // 9), h)
        show(h)
    for kind in ("i4", "u8"):
        wide = rng.integers(2**30, 2**31 - 1, 3000).astype(kind)
        collected = np.full(9, 2**31 - 1, kind), np.zeros(9, kind), np.full(9, 3, kind)
        marks(b, wide, *collected)
        show(*collected)
    for kind, size, middle in (("i4", 9, 9000), ("i8", 9, -9000), ("u8", 5000, 0), ("u1", 9, 0)):
        around = (eighths(3000) * 1000 + middle).astype("i8").astype(kind)
        collected = np.full(size, middle + 77, kind), np.full(size, middle, kind), np.full((2, size), middle + 3, kind)
        extremes(b * (size // 9), around, *collected)
        show(*collected)
    for n, m in ((70, 33), (1, 1), (5, 100), (3, 1100)):
        a = eighths(n, m)
        sums, results, rest, reversed_ = np.zeros(m), np.zeros(n), np.full(m + 7, 0.5), np.zeros((n, m))
        columns(a, sums)
        rows(a, results)
        work(a, rest, reversed_)
        out = np.zeros((n, m))
        softmax(a, out)
        show(sums, results, rest, reversed_, fresh(a)[0], out)
        # The first of equals, and the first NaN before all.
        a[::2, m // 2 :] = np.nan
        places(a, results)
        show(results)
    sizes, lengths, marked = np.zeros(3000), np.array([300]), np.zeros(9, bool)
    of_sizes(b, sizes)
    until(sizes, lengths, 9.0)
    seen(b, w, marked)
    show(sizes, lengths, marked)
    left, right = np.arange(20.0), np.arange(50.0)
    show(between(left, right, 9), left, right)
    start, numbers, totals = np.sort(rng.integers(0, 400, 60)), rng.integers(0, 2**50, 500), np.zeros(59, np.int64)
    segments(start, numbers, totals)
    show(totals)
    # Rows for a thread, for a warp, for a block; none.
    for n, m in ((9, 5), (70, 40), (3, 1100), (0, 7), (7, 0)):
        a, x, y, cov = eighths(n, m), eighths(m), np.zeros(n), np.zeros((n, n))
        gesummv(a, eighths(n, m), x, y)
        scale, out = eighths(n), np.zeros((n, m))
        scaled(a, scale, out)
        covariance(a.T, cov)
        show(y, scale, out, cov, *worst_row(a, np.float64(1.0), -1))
        start, col = np.sort(rng.integers(0, n * m + 1, n + 1)), rng.integers(0, max(m, 1), n * m)
        h = np.zeros(max(m, 1), "i4")
        spmv(start, col, eighths(n * m), x, y)
        row_counts(start, col, h)
        show(y, h)
    # The same of nests of several loops.
    for n, m, k in ((3, 5, 6), (4, 9, 40), (2, 3, 1100), (0, 3, 20), (2, 0, 20)):
        a, out = eighths(n, m, k), np.zeros((n, m, k))
        found = (
            planes(a, eighths(k), np.float64(0.5), out),
            cells(a[None], np.float64(0.25)),
            cells(a[:, :, :, None], 0.5),
        )
        show(*found, out)
    special = [2.675, 1e16, -1e300, np.inf, np.nan, 0.0, -0.0, 5e-324, 4503599627370497.5]
    wide = np.concatenate([rng.standard_normal(2000) * 100, np.arange(-200, 200) / 8 + 0.005, special])
    whole, values = rng.integers(-10000, 10000, len(wide)), np.zeros(len(wide))
    functions(wide, whole, values)
    show(values)
    functions(wide[:5], whole, values[:5])
    show(values)


if __name__ == "__main__":
    main()
