"""The benchmarked loops, as a user writes them."""

from math import erf, exp, log, sqrt


def normal(x):
    return 0.5 * (1.0 + erf(x / sqrt(2.0)))


def black_scholes(price, strike, years, rate, volatility, call, put):
    # pragma parallel for simd
    for i in range(len(price)):
        spread = volatility * sqrt(years[i])
        d1 = (log(price[i] / strike[i]) + (rate + 0.5 * volatility * volatility) * years[i]) / spread
        d2 = d1 - spread
        discounted = strike[i] * exp(-rate * years[i])
        call[i] = price[i] * normal(d1) - discounted * normal(d2)
        put[i] = discounted * normal(-d2) - price[i] * normal(-d1)


def mandelbrot(counts, left, bottom, pixel, limit):
    # pragma parallel for
    for row in range(counts.shape[0]):
        # pragma simd
        for column in range(counts.shape[1]):
            re = left + column * pixel
            im = bottom + row * pixel
            x = 0.0
            y = 0.0
            steps = 0
            while x * x + y * y <= 4.0 and steps < limit:
                x, y = x * x - y * y + re, 2.0 * x * y + im
                steps += 1
            counts[row, column] = steps


def nbody(x, y, z, mass, ax, ay, az, softening):
    # pragma parallel for
    for i in range(len(x)):
        sx = sy = sz = 0.0
        for j in range(len(x)):
            dx = x[j] - x[i]
            dy = y[j] - y[i]
            dz = z[j] - z[i]
            square = dx * dx + dy * dy + dz * dz + softening
            pull = mass[j] / (square * sqrt(square))
            sx += dx * pull
            sy += dy * pull
            sz += dz * pull
        ax[i] = sx
        ay[i] = sy
        az[i] = sz


def matmul(a, b, c):
    # pragma parallel for
    for i in range(a.shape[0]):
        for j in range(b.shape[1]):
            total = 0.0
            for k in range(a.shape[1]):
                total += a[i, k] * b[k, j]
            c[i, j] = total


def jacobi_2d(steps, a, b):
    n = a.shape[0]
    # pragma sequential for
    for t in range(steps):
        # pragma parallel for
        for i in range(1, n - 1):
            for j in range(1, n - 1):
                b[i, j] = 0.2 * (a[i, j] + a[i, j - 1] + a[i, j + 1] + a[i + 1, j] + a[i - 1, j])
        # pragma parallel for
        for i in range(1, n - 1):
            for j in range(1, n - 1):
                a[i, j] = 0.2 * (b[i, j] + b[i, j - 1] + b[i, j + 1] + b[i + 1, j] + b[i - 1, j])


def heat_3d(steps, a, b):
    n = a.shape[0]
    # pragma sequential for
    for t in range(steps):
        # pragma parallel for
        for i in range(1, n - 1):
            for j in range(1, n - 1):
                for k in range(1, n - 1):
                    b[i, j, k] = (
                        0.125 * (a[i + 1, j, k] - 2.0 * a[i, j, k] + a[i - 1, j, k])
                        + 0.125 * (a[i, j + 1, k] - 2.0 * a[i, j, k] + a[i, j - 1, k])
                        + 0.125 * (a[i, j, k + 1] - 2.0 * a[i, j, k] + a[i, j, k - 1])
                        + a[i, j, k]
                    )
        # pragma parallel for
        for i in range(1, n - 1):
            for j in range(1, n - 1):
                for k in range(1, n - 1):
                    a[i, j, k] = (
                        0.125 * (b[i + 1, j, k] - 2.0 * b[i, j, k] + b[i - 1, j, k])
                        + 0.125 * (b[i, j + 1, k] - 2.0 * b[i, j, k] + b[i, j - 1, k])
                        + 0.125 * (b[i, j, k + 1] - 2.0 * b[i, j, k] + b[i, j, k - 1])
                        + b[i, j, k]
                    )


def dot(x, y):
    s = 0.0
    # pragma parallel for
    for i in range(len(x)):
        s += x[i] * y[i]
    return s


def total(x):
    s = 0.0
    # pragma parallel for
    for i in range(len(x)):
        s += x[i]
    return s


def spmv(start, column, value, x, y):
    # pragma parallel for
    for i in range(len(start) - 1):
        s = 0.0
        for k in range(start[i], start[i + 1]):
            s += value[k] * x[column[k]]
        y[i] = s


def histogram(counts, bins, weights):
    # pragma parallel for
    for i in range(len(bins)):
        counts[bins[i]] += weights[i]


def argmin(x):
    best, where = x[0], 0
    # pragma parallel for
    for i in range(len(x)):
        if x[i] < best:
            best, where = x[i], i
    return where
