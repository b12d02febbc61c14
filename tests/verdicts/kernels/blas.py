"""PolyBench's matrix and vector products (gemm, gemver, gesummv, symm, syrk, syr2k, trmm, atax, bicg, mvt, 2mm, 3mm, doitgen)."""


# label: safe-affine
# arguments: 1.5, 0.5, floats(7, 9), floats(7, 8), floats(8, 9)
def gemm(alpha: float, beta: float, c: "f64[:, :]", a: "f64[:, :]", b: "f64[:, :]"):
    # pragma parallel for
    for i in range(c.shape[0]):
        for j in range(c.shape[1]):
            c[i, j] *= beta
        for k in range(a.shape[1]):
            for j in range(c.shape[1]):
                c[i, j] += alpha * a[i, k] * b[k, j]


# label: safe-affine, safe-affine, safe-affine, safe-affine
# arguments: 1.5, 0.5, floats(8, 8), floats(8), floats(8), floats(8), floats(8), zeros(8), zeros(8), floats(8), floats(8)
def gemver(
    alpha: float,
    beta: float,
    a: "f64[:, :]",
    u1: "f64[:]",
    v1: "f64[:]",
    u2: "f64[:]",
    v2: "f64[:]",
    w: "f64[:]",
    x: "f64[:]",
    y: "f64[:]",
    z: "f64[:]",
):
    # pragma parallel for
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            a[i, j] += u1[i] * v1[j] + u2[i] * v2[j]
    # pragma parallel for
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            x[i] += beta * a[j, i] * y[j]
    # pragma parallel for
    for i in range(a.shape[0]):
        x[i] += z[i]
    # pragma parallel for
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            w[i] += alpha * a[i, j] * x[j]


# label: safe-affine
# arguments: 1.5, 0.5, floats(8, 8), floats(8, 8), floats(8), zeros(8)
def gesummv(alpha: float, beta: float, a: "f64[:, :]", b: "f64[:, :]", x: "f64[:]", y: "f64[:]"):
    # pragma parallel for
    for i in range(len(y)):
        s = 0.0
        t = 0.0
        for j in range(len(x)):
            s += a[i, j] * x[j]
            t += b[i, j] * x[j]
        y[i] = alpha * s + beta * t


# label: safe-affine
# arguments: 1.5, 0.5, floats(7, 9), floats(7, 7), floats(7, 9)
# why: a column of c depends on that column alone
def symm(alpha: float, beta: float, c: "f64[:, :]", a: "f64[:, :]", b: "f64[:, :]"):
    # pragma parallel for
    for j in range(c.shape[1]):
        for i in range(c.shape[0]):
            s = 0.0
            for k in range(i):
                c[k, j] += alpha * b[i, j] * a[i, k]
                s += b[k, j] * a[i, k]
            c[i, j] = beta * c[i, j] + alpha * b[i, j] * a[i, i] + alpha * s


# label: racy
# arguments: 1.5, 0.5, floats(7, 9), floats(7, 7), floats(7, 9)
# why: as PolyBench orders the loops, row i adds to the rows above it
def symm_by_rows(alpha: float, beta: float, c: "f64[:, :]", a: "f64[:, :]", b: "f64[:, :]"):
    # pragma parallel for
    for i in range(c.shape[0]):
        for j in range(c.shape[1]):
            s = 0.0
            for k in range(i):
                c[k, j] += alpha * b[i, j] * a[i, k]
                s += b[k, j] * a[i, k]
            c[i, j] = beta * c[i, j] + alpha * b[i, j] * a[i, i] + alpha * s


# label: safe-affine
# arguments: 1.5, 0.5, floats(8, 8), floats(8, 6)
def syrk(alpha: float, beta: float, c: "f64[:, :]", a: "f64[:, :]"):
    # pragma parallel for
    for i in range(a.shape[0]):
        for j in range(i + 1):
            c[i, j] *= beta
        for k in range(a.shape[1]):
            for j in range(i + 1):
                c[i, j] += alpha * a[i, k] * a[j, k]


# label: safe-affine
# arguments: 1.5, 0.5, floats(8, 8), floats(8, 6), floats(8, 6)
def syr2k(alpha: float, beta: float, c: "f64[:, :]", a: "f64[:, :]", b: "f64[:, :]"):
    # pragma parallel for
    for i in range(a.shape[0]):
        for j in range(i + 1):
            c[i, j] *= beta
        for k in range(a.shape[1]):
            for j in range(i + 1):
                c[i, j] += a[j, k] * alpha * b[i, k] + b[j, k] * alpha * a[i, k]


# label: safe-affine
# arguments: 1.5, floats(7, 7), floats(7, 9)
# why: rows are taken from top to bottom within each column
def trmm(alpha: float, a: "f64[:, :]", b: "f64[:, :]"):
    # pragma parallel for
    for j in range(b.shape[1]):
        for i in range(b.shape[0]):
            for k in range(i + 1, b.shape[0]):
                b[i, j] += a[k, i] * b[k, j]
            b[i, j] *= alpha


# label: racy
# arguments: 1.5, floats(7, 7), floats(7, 9)
# why: row i reads the rows below it, which later iterations change
def trmm_by_rows(alpha: float, a: "f64[:, :]", b: "f64[:, :]"):
    # pragma parallel for
    for i in range(b.shape[0]):
        for j in range(b.shape[1]):
            for k in range(i + 1, b.shape[0]):
                b[i, j] += a[k, i] * b[k, j]
            b[i, j] *= alpha


# label: safe-affine, safe-affine
# arguments: floats(7, 9), floats(9), zeros(7), zeros(9)
def atax(a: "f64[:, :]", x: "f64[:]", t: "f64[:]", y: "f64[:]"):
    # pragma parallel for
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            t[i] += a[i, j] * x[j]
    # pragma parallel for
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            y[j] += a[i, j] * t[i]


# label: safe-affine
# arguments: floats(7, 9), floats(9), floats(7), zeros(9), zeros(7)
def bicg(a: "f64[:, :]", p: "f64[:]", r: "f64[:]", s: "f64[:]", q: "f64[:]"):
    # pragma parallel for
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            s[j] += r[i] * a[i, j]
            q[i] += a[i, j] * p[j]


# label: safe-affine, safe-affine
# arguments: floats(8), floats(8), floats(8), floats(8), floats(8, 8)
def mvt(x1: "f64[:]", x2: "f64[:]", y1: "f64[:]", y2: "f64[:]", a: "f64[:, :]"):
    # pragma parallel for
    for i in range(len(x1)):
        for j in range(len(x1)):
            x1[i] += a[i, j] * y1[j]
    # pragma parallel for
    for i in range(len(x2)):
        for j in range(len(x2)):
            x2[i] += a[j, i] * y2[j]


# label: safe-affine, safe-affine
# arguments: 1.5, 0.5, floats(5, 6), floats(6, 7), floats(7, 8), floats(5, 8), zeros(5, 7)
def k2mm(
    alpha: float,
    beta: float,
    a: "f64[:, :]",
    b: "f64[:, :]",
    c: "f64[:, :]",
    d: "f64[:, :]",
    t: "f64[:, :]",
):
    # pragma parallel for
    for i in range(t.shape[0]):
        for j in range(t.shape[1]):
            t[i, j] = 0.0
            for k in range(a.shape[1]):
                t[i, j] += alpha * a[i, k] * b[k, j]
    # pragma parallel for
    for i in range(d.shape[0]):
        for j in range(d.shape[1]):
            d[i, j] *= beta
            for k in range(c.shape[0]):
                d[i, j] += t[i, k] * c[k, j]


# label: safe-affine, safe-affine, safe-affine
# arguments: floats(5, 6), floats(6, 7), floats(7, 4), floats(4, 8), zeros(5, 7), zeros(7, 8), zeros(5, 8)
def k3mm(
    a: "f64[:, :]",
    b: "f64[:, :]",
    c: "f64[:, :]",
    d: "f64[:, :]",
    e: "f64[:, :]",
    f: "f64[:, :]",
    g: "f64[:, :]",
):
    # pragma parallel for
    for i in range(e.shape[0]):
        for j in range(e.shape[1]):
            for k in range(a.shape[1]):
                e[i, j] += a[i, k] * b[k, j]
    # pragma parallel for
    for i in range(f.shape[0]):
        for j in range(f.shape[1]):
            for k in range(c.shape[1]):
                f[i, j] += c[i, k] * d[k, j]
    # pragma parallel for
    for i in range(g.shape[0]):
        for j in range(g.shape[1]):
            for k in range(e.shape[1]):
                g[i, j] += e[i, k] * f[k, j]


# label: safe-affine
# arguments: floats(4, 5, 6), floats(6, 6), zeros(6)
# private: s
# why: one work array for all iterations
def doitgen(a: "f64[:, :, :]", c4: "f64[:, :]", s: "f64[:]"):
    # pragma parallel for
    for r in range(a.shape[0]):
        for q in range(a.shape[1]):
            for p in range(a.shape[2]):
                s[p] = 0.0
                for k in range(a.shape[2]):
                    s[p] += a[r, q, k] * c4[k, p]
            for p in range(a.shape[2]):
                a[r, q, p] = s[p]
