"""Stencils (jacobi_1d, jacobi_2d, seidel_2d, heat_3d, fdtd_2d, adi, hdiff, vadv, conv2d, channel_flow, cavity_flow, deriche)."""

import math


# label: safe-affine, safe-affine
# arguments: 3, floats(20), floats(20)
def jacobi_1d(steps: int, a: "f64[:]", b: "f64[:]"):
    for _ in range(steps):
        # pragma parallel for
        for i in range(1, len(a) - 1):
            b[i] = 0.33333 * (a[i - 1] + a[i] + a[i + 1])
        # pragma parallel for
        for i in range(1, len(a) - 1):
            a[i] = 0.33333 * (b[i - 1] + b[i] + b[i + 1])


# label: safe-affine, safe-affine
# arguments: 3, floats(9, 9), floats(9, 9)
def jacobi_2d(steps: int, a: "f64[:, :]", b: "f64[:, :]"):
    for _ in range(steps):
        # pragma parallel for
        for i in range(1, a.shape[0] - 1):
            for j in range(1, a.shape[1] - 1):
                b[i, j] = 0.2 * (a[i, j] + a[i, j - 1] + a[i, j + 1] + a[i + 1, j] + a[i - 1, j])
        # pragma parallel for
        for i in range(1, a.shape[0] - 1):
            for j in range(1, a.shape[1] - 1):
                a[i, j] = 0.2 * (b[i, j] + b[i, j - 1] + b[i, j + 1] + b[i + 1, j] + b[i - 1, j])


# label: racy
# arguments: floats(9, 9)
# why: every point needs four points of the same sweep
def seidel_2d(a: "f64[:, :]"):
    # pragma parallel for
    for i in range(1, a.shape[0] - 1):
        for j in range(1, a.shape[1] - 1):
            a[i, j] = (
                a[i - 1, j - 1]
                + a[i - 1, j]
                + a[i - 1, j + 1]
                + a[i, j - 1]
                + a[i, j]
                + a[i, j + 1]
                + a[i + 1, j - 1]
                + a[i + 1, j]
                + a[i + 1, j + 1]
            ) / 9.0


# label: safe-affine
# arguments: floats(9, 9)
# why: skewed: points with equal 2i + j don't need each other
def seidel_2d_skewed(a: "f64[:, :]"):
    n, m = a.shape[0], a.shape[1]
    for t in range(3, 2 * n + m - 5):
        # pragma parallel for
        for i in range(max(1, (t - m + 3) // 2), min(n - 2, (t - 1) // 2) + 1):
            a[i, t - 2 * i] = (
                a[i - 1, t - 2 * i - 1]
                + a[i - 1, t - 2 * i]
                + a[i - 1, t - 2 * i + 1]
                + a[i, t - 2 * i - 1]
                + a[i, t - 2 * i]
                + a[i, t - 2 * i + 1]
                + a[i + 1, t - 2 * i - 1]
                + a[i + 1, t - 2 * i]
                + a[i + 1, t - 2 * i + 1]
            ) / 9.0


# label: safe-affine, safe-affine
# arguments: 2, floats(6, 6, 6), floats(6, 6, 6)
def heat_3d(steps: int, a: "f64[:, :, :]", b: "f64[:, :, :]"):
    for _ in range(steps):
        # pragma parallel for
        for i in range(1, a.shape[0] - 1):
            for j in range(1, a.shape[1] - 1):
                for k in range(1, a.shape[2] - 1):
                    b[i, j, k] = (
                        0.125 * (a[i + 1, j, k] - 2.0 * a[i, j, k] + a[i - 1, j, k])
                        + 0.125 * (a[i, j + 1, k] - 2.0 * a[i, j, k] + a[i, j - 1, k])
                        + 0.125 * (a[i, j, k + 1] - 2.0 * a[i, j, k] + a[i, j, k - 1])
                        + a[i, j, k]
                    )
        # pragma parallel for
        for i in range(1, a.shape[0] - 1):
            for j in range(1, a.shape[1] - 1):
                for k in range(1, a.shape[2] - 1):
                    a[i, j, k] = (
                        0.125 * (b[i + 1, j, k] - 2.0 * b[i, j, k] + b[i - 1, j, k])
                        + 0.125 * (b[i, j + 1, k] - 2.0 * b[i, j, k] + b[i, j - 1, k])
                        + 0.125 * (b[i, j, k + 1] - 2.0 * b[i, j, k] + b[i, j, k - 1])
                        + b[i, j, k]
                    )


# label: safe-affine, safe-affine, safe-affine, safe-affine
# arguments: floats(8, 9), floats(8, 9), floats(8, 9), floats(4)
def fdtd_2d(ex: "f64[:, :]", ey: "f64[:, :]", hz: "f64[:, :]", fict: "f64[:]"):
    for t in range(len(fict)):
        # pragma parallel for
        for j in range(ey.shape[1]):
            ey[0, j] = fict[t]
        # pragma parallel for
        for i in range(1, ey.shape[0]):
            for j in range(ey.shape[1]):
                ey[i, j] -= 0.5 * (hz[i, j] - hz[i - 1, j])
        # pragma parallel for
        for i in range(ex.shape[0]):
            for j in range(1, ex.shape[1]):
                ex[i, j] -= 0.5 * (hz[i, j] - hz[i, j - 1])
        # pragma parallel for
        for i in range(hz.shape[0] - 1):
            for j in range(hz.shape[1] - 1):
                hz[i, j] -= 0.7 * (ex[i, j + 1] - ex[i, j] + ey[i + 1, j] - ey[i, j])


# label: safe-affine, safe-affine
# arguments: floats(8, 8), floats(8, 8), zeros(8, 8), zeros(8, 8)
# why: lines are solved independently of each other
def adi(u: "f64[:, :]", v: "f64[:, :]", p: "f64[:, :]", q: "f64[:, :]"):
    n = len(u)
    # pragma parallel for
    for i in range(1, n - 1):
        v[0, i] = 1.0
        p[i, 0] = 0.0
        q[i, 0] = v[0, i]
        for j in range(1, n - 1):
            p[i, j] = -0.3 / (0.2 * p[i, j - 1] + 1.6)
            q[i, j] = (u[j, i - 1] + u[j, i] + u[j, i + 1] - 0.2 * q[i, j - 1]) / (0.2 * p[i, j - 1] + 1.6)
        v[n - 1, i] = 1.0
        for j in range(n - 2, 0, -1):
            v[j, i] = p[i, j] * v[j + 1, i] + q[i, j]
    # pragma parallel for
    for i in range(1, n - 1):
        u[i, 0] = 1.0
        p[i, 0] = 0.0
        q[i, 0] = u[i, 0]
        for j in range(1, n - 1):
            p[i, j] = -0.3 / (0.2 * p[i, j - 1] + 1.6)
            q[i, j] = (v[i - 1, j] + v[i, j] + v[i + 1, j] - 0.2 * q[i, j - 1]) / (0.2 * p[i, j - 1] + 1.6)
        u[i, n - 1] = 1.0
        for j in range(n - 2, 0, -1):
            u[i, j] = p[i, j] * u[i, j + 1] + q[i, j]


# label: safe-affine, safe-affine, safe-affine, safe-affine
# arguments: floats(10, 10, 3), zeros(6, 6, 3), floats(6, 6, 3), zeros(8, 8, 3), zeros(7, 6, 3), zeros(6, 7, 3)
def hdiff(
    field: "f64[:, :, :]",
    out: "f64[:, :, :]",
    coefficient: "f64[:, :, :]",
    lap: "f64[:, :, :]",
    flx: "f64[:, :, :]",
    fly: "f64[:, :, :]",
):
    # pragma parallel for
    for i in range(lap.shape[0]):
        for j in range(lap.shape[1]):
            for k in range(lap.shape[2]):
                lap[i, j, k] = 4.0 * field[i + 1, j + 1, k] - (
                    field[i + 2, j + 1, k] + field[i, j + 1, k] + field[i + 1, j + 2, k] + field[i + 1, j, k]
                )
    # pragma parallel for
    for i in range(flx.shape[0]):
        for j in range(flx.shape[1]):
            for k in range(flx.shape[2]):
                d = lap[i + 1, j + 1, k] - lap[i, j + 1, k]
                flx[i, j, k] = 0.0 if d * (field[i + 2, j + 2, k] - field[i + 1, j + 2, k]) > 0.0 else d
    # pragma parallel for
    for i in range(fly.shape[0]):
        for j in range(fly.shape[1]):
            for k in range(fly.shape[2]):
                d = lap[i + 1, j + 1, k] - lap[i + 1, j, k]
                fly[i, j, k] = 0.0 if d * (field[i + 2, j + 2, k] - field[i + 2, j + 1, k]) > 0.0 else d
    # pragma parallel for
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            for k in range(out.shape[2]):
                flux = flx[i + 1, j, k] - flx[i, j, k] + fly[i, j + 1, k] - fly[i, j, k]
                out[i, j, k] = field[i + 2, j + 2, k] - coefficient[i, j, k] * flux


# label: safe-affine
# arguments: floats(5, 6, 8), floats(6, 6, 8), zeros(5, 6, 8), zeros(5, 6, 8)
# why: a column of the atmosphere needs itself alone
def vadv(u: "f64[:, :, :]", wcon: "f64[:, :, :]", c: "f64[:, :, :]", d: "f64[:, :, :]"):
    # pragma parallel for
    for i in range(u.shape[0]):
        for j in range(u.shape[1]):
            for k in range(1, u.shape[2]):
                g = 0.25 * (wcon[i + 1, j, k] + wcon[i, j, k])
                divided = 1.0 / (3.0 - c[i, j, k - 1] * g)
                c[i, j, k] = g * divided
                d[i, j, k] = (u[i, j, k] - d[i, j, k - 1] * g) * divided
            for k in range(u.shape[2] - 2, -1, -1):
                d[i, j, k] -= c[i, j, k] * d[i, j, k + 1]


# label: safe-affine
# arguments: floats(2, 7, 7, 3), floats(3, 3, 3, 4), zeros(2, 5, 5, 4)
def conv2d(image: "f64[:, :, :, :]", weight: "f64[:, :, :, :]", out: "f64[:, :, :, :]"):
    # pragma parallel for
    for n in range(out.shape[0]):
        for i in range(out.shape[1]):
            for j in range(out.shape[2]):
                for o in range(out.shape[3]):
                    s = 0.0
                    for y in range(weight.shape[0]):
                        for x in range(weight.shape[1]):
                            for c in range(weight.shape[2]):
                                s += image[n, i + y, j + x, c] * weight[y, x, c, o]
                    out[n, i, j, o] = s


# label: safe-affine
# arguments: floats(2, 8, 8, 3), zeros(2, 4, 4, 3)
def lenet_maxpool(x: "f64[:, :, :, :]", out: "f64[:, :, :, :]"):
    # pragma parallel for
    for n in range(out.shape[0]):
        for i in range(out.shape[1]):
            for j in range(out.shape[2]):
                for c in range(out.shape[3]):
                    m = x[n, 2 * i, 2 * j, c]
                    for y in range(2):
                        for z in range(2):
                            m = max(m, x[n, 2 * i + y, 2 * j + z, c])
                    out[n, i, j, c] = m


# label: safe-affine, safe-affine
# arguments: floats(9, 9), floats(9, 9), floats(9, 9)
# why: the columns of a channel are periodic
def channel_flow(p: "f64[:, :]", pn: "f64[:, :]", b: "f64[:, :]"):
    # pragma parallel for
    for i in range(p.shape[0]):
        for j in range(p.shape[1]):
            pn[i, j] = p[i, j]
    # pragma parallel for
    for i in range(1, 8):
        for j in range(9):
            east, west = pn[i, (j + 1) % 9], pn[i, j - 1]
            p[i, j] = 0.25 * (east + west + pn[i + 1, j] + pn[i - 1, j]) - b[i, j]


# label: safe-affine, safe-affine
# arguments: floats(9, 9), floats(9, 9), floats(9, 9)
def cavity_flow(p: "f64[:, :]", pn: "f64[:, :]", b: "f64[:, :]"):
    # pragma parallel for
    for i in range(1, p.shape[0] - 1):
        for j in range(1, p.shape[1] - 1):
            p[i, j] = 0.25 * (pn[i, j + 1] + pn[i, j - 1] + pn[i + 1, j] + pn[i - 1, j]) - b[i, j]
    # pragma parallel for
    for i in range(p.shape[0]):
        p[i, p.shape[1] - 1] = p[i, p.shape[1] - 2]
        p[i, 0] = p[i, 1]


# label: safe-affine, safe-affine
# arguments: floats(8, 9), zeros(8, 9), zeros(8, 9), zeros(8, 9)
# why: the recursive filter runs along a row or down a column
def deriche(image: "f64[:, :]", y1: "f64[:, :]", y2: "f64[:, :]", out: "f64[:, :]"):
    w, h = image.shape[0], image.shape[1]
    # pragma parallel for
    for i in range(w):
        before, twice, last = 0.0, 0.0, 0.0
        for j in range(h):
            y1[i, j] = 0.3 * image[i, j] + 0.2 * last + 0.5 * before - 0.1 * twice
            last = image[i, j]
            twice = before
            before = y1[i, j]
    # pragma parallel for
    for j in range(h):
        before, twice = 0.0, 0.0
        for i in range(w - 1, -1, -1):
            y2[i, j] = 0.3 * y1[i, j] + 0.5 * before - 0.1 * twice
            twice = before
            before = y2[i, j]
            out[i, j] = math.sqrt(y1[i, j] * y1[i, j] + y2[i, j] * y2[i, j])
