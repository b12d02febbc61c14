"""Statistics, sampling and irregular kernels (azimint, covariance, correlation, go_fast, softmax, spmv, mandelbrot, nbody, crc16,
arc_distance, compute, lenet's dense layers)."""

import math

import numpy as np


# label: safe-affine
# arguments: floats(40), floats(40), 8, zeros(8)
def azimint(data: "f64[:]", radius: "f64[:]", bins: int, out: "f64[:]"):
    # pragma parallel for
    for b in range(bins):
        low, high = b / bins, (b + 1) / bins
        total, count = 0.0, 0
        for i in range(len(data)):
            if low <= radius[i] < high:
                total += data[i]
                count += 1
        out[b] = total / count if count > 0 else 0.0


# label: safe
# arguments: floats(40), floats(40), counts(8), zeros(8)
# why: histograms are reductions of elements
def azimint_hist(data: "f64[:]", radius: "f64[:]", count: "i64[:]", total: "f64[:]"):
    # pragma parallel for
    for i in range(len(data)):
        b = min(int(radius[i] * len(count)), len(count) - 1)
        count[b] += 1
        total[b] += data[i]


# label: safe-affine, safe-affine, safe-affine
# arguments: floats(12, 6), zeros(6), zeros(6, 6)
def covariance(data: "f64[:, :]", mean: "f64[:]", out: "f64[:, :]"):
    n, m = data.shape[0], data.shape[1]
    # pragma parallel for
    for j in range(m):
        mean[j] = 0.0
        for i in range(n):
            mean[j] += data[i, j]
        mean[j] /= n
    # pragma parallel for
    for i in range(n):
        for j in range(m):
            data[i, j] -= mean[j]
    # pragma parallel for
    for i in range(m):
        for j in range(i, m):
            s = 0.0
            for k in range(n):
                s += data[k, i] * data[k, j]
            out[i, j] = s / (n - 1.0)
            out[j, i] = s / (n - 1.0)


# label: safe-affine, safe-affine
# arguments: floats(12, 6), zeros(6, 6), zeros(6), zeros(6)
def correlation(data: "f64[:, :]", out: "f64[:, :]", mean: "f64[:]", deviation: "f64[:]"):
    n, m = data.shape[0], data.shape[1]
    # pragma parallel for
    for j in range(m):
        s = 0.0
        for i in range(n):
            s += data[i, j]
        mean[j] = s / n
        q = 0.0
        for i in range(n):
            q += (data[i, j] - mean[j]) * (data[i, j] - mean[j])
        d = math.sqrt(q / n)
        deviation[j] = d if d > 0.1 else 1.0
        for i in range(n):
            data[i, j] = (data[i, j] - mean[j]) / (math.sqrt(n) * deviation[j])
    # pragma parallel for
    for i in range(m):
        out[i, i] = 1.0
        for j in range(i + 1, m):
            s = 0.0
            for k in range(n):
                s += data[k, i] * data[k, j]
            out[i, j] = s
            out[j, i] = s


# label: safe-affine, safe-affine
# arguments: floats(9, 9), zeros(9, 9)
def go_fast(a: "f64[:, :]", out: "f64[:, :]"):
    trace = 0.0
    # pragma parallel for
    for i in range(len(a)):
        trace += np.tanh(a[i, i])
    # pragma parallel for
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            out[i, j] = a[i, j] + trace


# label: safe-affine
# arguments: floats(7, 9), zeros(7, 9)
def softmax(x: "f64[:, :]", out: "f64[:, :]"):
    # pragma parallel for
    for i in range(x.shape[0]):
        m = x[i, 0]
        for j in range(1, x.shape[1]):
            m = max(m, x[i, j])
        s = 0.0
        for j in range(x.shape[1]):
            out[i, j] = math.exp(x[i, j] - m)
            s += out[i, j]
        for j in range(x.shape[1]):
            out[i, j] /= s


# label: safe
# arguments: pointers(10, 3), ints(30, below=12), floats(30), floats(12), zeros(10)
def spmv(row: "i64[:]", column: "i64[:]", value: "f64[:]", x: "f64[:]", y: "f64[:]"):
    # pragma parallel for
    for i in range(len(row) - 1):
        s = 0.0
        for k in range(row[i], row[i + 1]):
            s += value[k] * x[column[k]]
        y[i] = s


# label: safe-affine
# arguments: 9, 8, counts(8, 9)
def mandelbrot1(width: int, height: int, out: "i64[:, :]"):
    # pragma parallel for
    for row in range(height):
        for column in range(width):
            cx = -2.0 + 2.5 * column / width
            cy = -1.25 + 2.5 * row / height
            x, y = 0.0, 0.0
            for n in range(60):
                if x * x + y * y > 4.0:
                    break
                x, y = x * x - y * y + cx, 2.0 * x * y + cy
                out[row, column] = n


# label: safe-affine
# arguments: floats(9), floats(9), counts(9)
def mandelbrot2(re: "f64[:]", im: "f64[:]", out: "i64[:]"):
    # pragma parallel for simd
    for i in range(len(re)):
        x, y, n = 0.0, 0.0, 0
        while n < 60 and x * x + y * y <= 4.0:
            x, y = x * x - y * y + re[i], 2.0 * x * y + im[i]
            n += 1
        out[i] = n


# label: safe-affine, safe-affine
# arguments: floats(9, 3), floats(9, 3), floats(9), zeros(9, 3)
def nbody(position: "f64[:, :]", velocity: "f64[:, :]", mass: "f64[:]", acceleration: "f64[:, :]"):
    # pragma parallel for
    for i in range(len(mass)):
        ax, ay, az = 0.0, 0.0, 0.0
        for j in range(len(mass)):
            dx = position[j, 0] - position[i, 0]
            dy = position[j, 1] - position[i, 1]
            dz = position[j, 2] - position[i, 2]
            inverse = (dx * dx + dy * dy + dz * dz + 0.01) ** -1.5
            ax += dx * inverse * mass[j]
            ay += dy * inverse * mass[j]
            az += dz * inverse * mass[j]
        acceleration[i, 0] = ax
        acceleration[i, 1] = ay
        acceleration[i, 2] = az
    # pragma parallel for
    for i in range(len(mass)):
        for k in range(3):
            velocity[i, k] += 0.01 * acceleration[i, k]
            position[i, k] += 0.01 * velocity[i, k]


# label: racy
# arguments: ints(20, below=256)
# why: every byte goes into the checksum of the bytes before it
def crc16(data: "i64[:]"):
    crc = 0xFFFF
    # pragma parallel for
    for i in range(len(data)):
        byte = data[i] & 0xFF
        for _ in range(8):
            if (crc & 1) ^ (byte & 1):
                crc = (crc >> 1) ^ 0x8408
            else:
                crc >>= 1
            byte >>= 1
    return crc


# label: safe-affine
# arguments: floats(20), floats(20), floats(20), floats(20), zeros(20)
def arc_distance(t1: "f64[:]", p1: "f64[:]", t2: "f64[:]", p2: "f64[:]", out: "f64[:]"):
    # pragma parallel for simd
    for i in range(len(out)):
        s = math.sin((t2[i] - t1[i]) / 2.0) ** 2
        t = s + math.cos(t1[i]) * math.cos(t2[i]) * math.sin((p2[i] - p1[i]) / 2.0) ** 2
        out[i] = 2.0 * math.atan2(math.sqrt(t), math.sqrt(1.0 - t))


# label: safe-affine
# arguments: ints(7, 8), ints(7, 8, seed=1), 4, 3, 9, counts(7, 8)
def compute(x: "i64[:, :]", y: "i64[:, :]", a: int, b: int, c: int, out: "i64[:, :]"):
    # pragma parallel for
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            out[i, j] = min(max(x[i, j], 2), 10) * a + y[i, j] * b + c


# label: safe-affine
# arguments: floats(4, 9), floats(9, 5), floats(5), zeros(4, 5)
def lenet_dense(x: "f64[:, :]", w: "f64[:, :]", bias: "f64[:]", out: "f64[:, :]"):
    # pragma parallel for
    for n in range(x.shape[0]):
        for o in range(w.shape[1]):
            s = bias[o]
            for k in range(w.shape[0]):
                s += x[n, k] * w[k, o]
            out[n, o] = max(s, 0.0)


# label: safe-affine
# arguments: floats(4, 6, 5, 3), zeros(4, 90)
# why: flattening numbers the elements of an image row by row
def lenet_flatten(x: "f64[:, :, :, :]", out: "f64[:, :]"):
    # pragma parallel for
    for n in range(4):
        for i in range(6):
            for j in range(5):
                for c in range(3):
                    out[n, (i * 5 + j) * 3 + c] = x[n, i, j, c]


# label: safe-affine, safe-affine
# arguments: floats(4, 9), floats(9, 5), floats(5), zeros(4, 5), zeros(4, 5)
def mlp(x: "f64[:, :]", w: "f64[:, :]", bias: "f64[:]", hidden: "f64[:, :]", out: "f64[:, :]"):
    # pragma parallel for
    for n in range(x.shape[0]):
        for o in range(w.shape[1]):
            s = bias[o]
            for k in range(w.shape[0]):
                s += x[n, k] * w[k, o]
            hidden[n, o] = max(s, 0.0)
    # pragma parallel for
    for n in range(x.shape[0]):
        total = 0.0
        for o in range(hidden.shape[1]):
            out[n, o] = math.exp(hidden[n, o])
            total += out[n, o]
        for o in range(hidden.shape[1]):
            out[n, o] /= total


# label: safe-affine, safe-affine
# arguments: floats(3, 4, 4, 5), zeros(4, 4, 5), zeros(4, 4, 5)
# why: resnet's batch normalisation
def resnet_batchnorm(x: "f64[:, :, :, :]", mean: "f64[:, :, :]", deviation: "f64[:, :, :]"):
    # pragma parallel for
    for i in range(x.shape[1]):
        for j in range(x.shape[2]):
            for c in range(x.shape[3]):
                s, q = 0.0, 0.0
                for n in range(x.shape[0]):
                    s += x[n, i, j, c]
                mean[i, j, c] = s / x.shape[0]
                for n in range(x.shape[0]):
                    q += (x[n, i, j, c] - mean[i, j, c]) ** 2
                deviation[i, j, c] = math.sqrt(q / x.shape[0])
    # pragma parallel for
    for n in range(x.shape[0]):
        for i in range(x.shape[1]):
            for j in range(x.shape[2]):
                for c in range(x.shape[3]):
                    x[n, i, j, c] = (x[n, i, j, c] - mean[i, j, c]) / math.sqrt(deviation[i, j, c] + 1e-5)
