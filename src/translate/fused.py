import numpy as np


def chain(a: "f64[:]", b: "f64[:]", out: "f64[:]"):
    # pragma parallel
    d = a - b
    s = d * d
    out[:] = np.sqrt(s) + d


def two_sums(x: "f64[:]", m: "f64[:]", out: "f64[:, :]"):
    # pragma parallel for
    for i in range(len(x)):
        d = x - x[i]
        w = m / (d * d + 1.0)
        out[i, 0] = np.sum(d * w)
        out[i, 1] = np.sum(w)


def shifted(a: "f64[:]", out: "f64[:]"):
    # pragma parallel
    d = a * a
    out[1:] = d[1:] - d[:-1]
