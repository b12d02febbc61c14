# Clauses that say how a loop is to run.


def joined(a: "f64[:, :]", s: float):
    # pragma parallel for collapse(2)
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            s += a[i, j]
    return s


def tiled(a: "f64[:, :]", b: "f64[:, :]"):
    # pragma parallel for tile(32, 32)
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            b[j, i] = a[i, j]


def swept(a: "f64[:, :]"):
    # pragma sequential for tile(16, 64)
    for i in range(1, a.shape[0]):
        for j in range(1, a.shape[1]):
            a[i, j] += a[i - 1, j] + a[i, j - 1]


def unrolled(a: "f64[:]"):
    # pragma sequential for unroll(3)
    for i in range(1, len(a)):
        a[i] = 0.5 * a[i - 1] + a[i]


def narrow(a: "f64[:]"):
    # pragma simd simdlen(4)
    for i in range(4, len(a)):
        a[i] += a[i - 4]


def relaxed(x: "f64[:]", y: "f64[:]", c: float):
    # pragma parallel for simd fastmath simdlen(16)
    for i in range(len(x)):
        y[i] = c * x[i] * 2.0 + x[i] / c - x[i] * y[i]


def triangle(a: "f64[:, :]"):
    # pragma parallel for collapse(2)
    for i in range(a.shape[0]):
        for j in range(i):
            a[i, j] = 0.0


def corner(a: "f64[:, :]"):
    # pragma sequential for tile(8, 8)
    for i in range(1, a.shape[0]):
        for j in range(a.shape[1] - 1):
            a[i, j] += a[i - 1, j + 1]


def gathered(a: "f64[:, :]", b: "f64[:, :]", c: "f64[:, :]"):
    # pragma parallel for collapse(3)
    for i in range(c.shape[0]):
        for j in range(c.shape[1]):
            for k in range(a.shape[1]):
                c[i, j] += a[i, k] * b[k, j]


def early(a: "f64[:]"):
    # pragma sequential for unroll(4)
    for i in range(len(a)):
        if a[i] > 1.0:
            break
        a[i] = 1.0
