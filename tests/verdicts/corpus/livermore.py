"""The Livermore loops, as plain loops."""

import math


# label: safe-affine
# arguments: zeros(30), floats(30), floats(50), 0.5, 0.3, 0.2
def hydro_fragment(x: "f64[:]", y: "f64[:]", z: "f64[:]", q: float, r: float, t: float):
    # pragma parallel for
    for k in range(len(x)):
        x[k] = q + y[k] * (r * z[k + 10] + t * z[k + 11])


# label: safe-affine
# arguments: floats(65), floats(65)
# why: one level of the incomplete Cholesky's halving: the written half lies behind the read one
def incomplete_cholesky_level(x: "f64[:]", v: "f64[:]"):
    # pragma parallel for
    for i in range(16):
        k = 2 * i + 1
        x[32 + i] = x[k] - v[k] * x[k - 1] - v[k + 1] * x[k + 1] if k + 1 < 32 else x[k]


# label: safe-affine
# arguments: floats(30), floats(30)
def inner_product(z: "f64[:]", x: "f64[:]"):
    q = 0.0
    # pragma parallel for
    for k in range(len(z)):
        q += z[k] * x[k]
    return q


# label: safe-affine
# arguments: floats(70), floats(70)
# why: row l is changed by what lies behind it
def banded_equations(x: "f64[:]", y: "f64[:]"):
    # pragma parallel for
    for l in range(6, 60, 20):
        t = x[l - 1]
        for j in range(4, 20, 5):
            t -= x[l + j - 4] * y[j]
        y[l] = t


# label: racy
# arguments: floats(30), floats(30), floats(30)
def tridiagonal_elimination(x: "f64[:]", y: "f64[:]", z: "f64[:]"):
    # pragma parallel for
    for i in range(1, len(x)):
        x[i] = z[i] * (y[i] - x[i - 1])


# label: racy
# arguments: floats(15), floats(15, 15)
def linear_recurrence(w: "f64[:]", b: "f64[:, :]"):
    # pragma parallel for
    for i in range(1, len(w)):
        for k in range(i):
            w[i] += b[i, k] * w[i - k - 1]


# label: safe-affine
# arguments: zeros(20), floats(30), floats(30), floats(30), 0.5, 0.3
def equation_of_state(x: "f64[:]", y: "f64[:]", z: "f64[:]", u: "f64[:]", r: float, t: float):
    # pragma parallel for simd
    for k in range(len(x)):
        x[k] = (
            u[k]
            + r * (z[k] + r * y[k])
            + t * (u[k + 3] + r * (u[k + 2] + r * u[k + 1]) + t * (u[k + 6] + r * (u[k + 5] + r * u[k + 4])))
        )


# label: safe-affine
# arguments: floats(2, 12, 5), floats(2, 12, 5)
# why: one time level is read, the other one written
def adi_integration(u: "f64[:, :, :]", v: "f64[:, :, :]"):
    # pragma parallel for
    for y in range(1, 11):
        for x in range(1, 4):
            d = u[0, y + 1, x] - u[0, y - 1, x]
            u[1, y, x] = u[0, y, x] + 0.5 * d + v[0, y, x]


# label: safe-affine
# arguments: floats(13, 20)
def integrate_predictors(p: "f64[:, :]"):
    # pragma parallel for
    for i in range(p.shape[1]):
        p[0, i] = p[2, i] + 0.1 * p[4, i] + 0.2 * p[5, i] + 0.3 * (p[6, i] + p[7, i]) + 0.4 * (p[8, i] + p[12, i])


# label: safe-affine
# arguments: floats(14, 20), floats(14, 20)
def difference_predictors(p: "f64[:, :]", c: "f64[:, :]"):
    # pragma parallel for
    for i in range(p.shape[1]):
        value = c[4, i]
        for k in range(4, 13):
            old = p[k, i]
            p[k, i] = value
            value = value - old
        p[13, i] = value


# label: racy
# arguments: floats(20), zeros(20)
def first_sum(y: "f64[:]", x: "f64[:]"):
    # pragma parallel for
    for k in range(1, len(x)):
        x[k] = x[k - 1] + y[k]


# label: safe-affine
# arguments: floats(21), zeros(20)
def first_difference(y: "f64[:]", x: "f64[:]"):
    # pragma parallel for
    for k in range(len(x)):
        x[k] = y[k + 1] - y[k]


# label: safe
# arguments: floats(40, 4), floats(8, 8), zeros(8, 8)
# why: particles add to the charge of their cells
def particle_in_cell(p: "f64[:, :]", field: "f64[:, :]", charge: "f64[:, :]"):
    # pragma parallel for
    for n in range(p.shape[0]):
        i, j = int(p[n, 0] * 7.0), int(p[n, 1] * 7.0)
        p[n, 2] += field[i, j]
        p[n, 3] += field[j, i]
        p[n, 0] = 0.5 * (p[n, 0] + p[n, 2])
        charge[i, j] += 1.0


# label: safe
# arguments: floats(40), floats(40), floats(40), zeros(30)
def particle_in_line(position: "f64[:]", speed: "f64[:]", mass: "f64[:]", rho: "f64[:]"):
    # pragma parallel for
    for k in range(len(position)):
        speed[k] += 0.1 * mass[k]
        position[k] += speed[k]
        cell = int(position[k] * 5.0)
        rho[cell] += mass[k] - 0.5
        rho[cell + 1] += mass[k]


# label: racy
# arguments: floats(20), floats(20)
# why: an implicit form: the carried value decides the branch as well
def implicit_conditional(x: "f64[:]", y: "f64[:]"):
    e = 0.5
    # pragma parallel for
    for i in range(len(x)):
        if e > x[i]:
            e = 0.9 * e + y[i]
        x[i] = e


# label: safe-affine, safe-affine
# arguments: floats(9, 9), floats(9, 9), floats(9, 9)
def hydrodynamics_2d(za: "f64[:, :]", zr: "f64[:, :]", zu: "f64[:, :]"):
    # pragma parallel for
    for k in range(1, 8):
        for j in range(1, 8):
            zu[k, j] += 0.2 * (za[k, j] * (zr[k, j] - zr[k, j + 1]) - za[k - 1, j] * (zr[k, j] - zr[k - 1, j]))
    # pragma parallel for
    for k in range(1, 8):
        for j in range(1, 8):
            zr[k, j] += 0.1 * zu[k, j]


# label: racy
# arguments: floats(20), floats(20), floats(20)
def general_recurrence(sa: "f64[:]", sb: "f64[:]", b: "f64[:]"):
    s = 0.5
    # pragma parallel for
    for k in range(len(b)):
        b[k] = sa[k] + s * sb[k]
        s = b[k] - s
    return s


# label: racy
# arguments: floats(20), floats(20), floats(21)
def discrete_ordinates(y: "f64[:]", u: "f64[:]", x: "f64[:]"):
    # pragma parallel for
    for k in range(len(y)):
        d = y[k] - 0.1 / (x[k] + 0.5)
        x[k + 1] = (x[k] * u[k] + d) / (u[k] + 1.0)


# label: safe-affine
# arguments: floats(7, 8), floats(8, 9), zeros(7, 9)
def matrix_product(a: "f64[:, :]", b: "f64[:, :]", c: "f64[:, :]"):
    # pragma parallel for
    for j in range(c.shape[1]):
        for k in range(a.shape[1]):
            for i in range(c.shape[0]):
                c[i, j] += a[i, k] * b[k, j]


# label: safe-affine
# arguments: floats(20), floats(20), floats(20), zeros(20)
def planckian(u: "f64[:]", v: "f64[:]", x: "f64[:]", w: "f64[:]"):
    # pragma parallel for simd
    for k in range(len(u)):
        w[k] = x[k] / (math.exp(u[k] / v[k]) - 1.0)


# label: racy
# arguments: floats(9, 9), floats(9, 9)
def implicit_hydrodynamics(za: "f64[:, :]", zb: "f64[:, :]"):
    # pragma parallel for
    for j in range(1, 8):
        for k in range(1, 8):
            q = za[k, j + 1] * zb[k, j] + za[k, j - 1] + za[k + 1, j] + za[k - 1, j]
            za[k, j] += 0.175 * (q - za[k, j])


# label: safe-affine
# reductions: smallest, m
# arguments: floats(20)
def first_minimum(x: "f64[:]"):
    m = 0
    smallest = x[0]
    # pragma parallel for
    for k in range(1, len(x)):
        if x[k] < smallest:
            smallest = x[k]
            m = k
    return m
