import numpy as np


def halves(x: "f16[:]", y: "f16[:]", out: "f16[:]"):
    # pragma parallel for
    for i in range(len(x)):
        out[i] = np.sqrt(x[i]) * 2.0 + y[i] // x[i]


def complex_numbers(x: "c64[:]", c: complex, out: "c128[:]", size: "f32[:]"):
    total = np.complex64(0)
    # pragma parallel for
    for i in range(len(x)):
        out[i] = x[i] ** 2 / c + np.conj(x[i]).imag
        size[i] = abs(x[i])
        total += x[i]
    return total


def drawn(key: int, out: "f64[:]", faces: "i64[:]"):
    # pragma parallel for
    for i in range(len(out)):
        rng = np.random.Generator(np.random.Philox(key=key, counter=i))
        out[i] = rng.normal(1.0, 2.0) + rng.random()
        faces[i] = rng.integers(1, 7)


def newest(x: "f32[:]"):
    m = x[0]
    # pragma parallel for
    for i in range(len(x)):
        m = max(x[i], m)
    return m


def fast(x: "f64[:]", y: "f64[:]", c: float, out: "f64[:]"):
    # pragma parallel for fastmath
    for i in range(len(x)):
        out[i] = x[i] * y[i] - np.exp(x[i]) / c


def strict(x: "f64[:]", out: "f64[:]"):
    # pragma parallel for
    for i in range(len(x)):
        out[i] = np.exp(x[i]) ** 1.5 + np.arctan2(x[i], x[i] ** 2)
