def square(v):
    return v * v


def scan(c, x):
    # pragma parallel for
    for i in range(1, len(c)):
        c[i] = c[i - 1] + x[-1]


def shifted(a, off, n):
    # pragma parallel for
    for i in range(n):
        a[i + off] = a[i] * 2.0


def scattered(a, index, b):
    # pragma parallel for
    for i in range(len(index)):
        a[index[i]] = square(b[i])


def trailing(a):
    # pragma simd
    for i in range(8, len(a)):
        a[i] = a[i - 8] * 0.5


def search(a, h, limit):
    # pragma sequential for
    for i in range(len(a)):
        for j in range(3, 10):
            a[i] = max(
                a[i],
                h[
                    j
                ],
            )
            if a[i] > limit:
                break
        assert a[i] > 0.0


def extremes(x, low, high):
    # pragma parallel for
    for v in x:
        low = min(low, v)
        if v > high:
            high = v
    return low, high


def last(x, y):
    t = 0.0
    # pragma parallel for
    for i in range(len(x)):
        t = x[i] * 2.0
        y[i] = t + 1.0
    return t
