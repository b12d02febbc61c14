"""Every iteration has elements of its own."""

import math

import numpy as np


# label: safe-affine
# arguments: 2.0, floats(20), floats(20)
def axpy(alpha: float, x: "f64[:]", y: "f64[:]"):
    # pragma parallel for simd
    for i in range(len(x)):
        y[i] = alpha * x[i] + y[i]


# label: safe-affine
# arguments: floats(20), floats(20), zeros(20)
def triad(b: "f64[:]", c: "f64[:]", a: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        a[i] = b[i] + 3.0 * c[i]


# label: safe-affine
# arguments: floats(20), zeros(20)
def enumerate_elements(x: "f64[:]", y: "f64[:]"):
    # pragma parallel for
    for i, value in enumerate(x):
        y[i] = value * value


# label: safe-affine
# arguments: floats(20), floats(20), zeros(20)
def zipped(x: "f64[:]", y: "f64[:]", out: "f64[:]"):
    # pragma parallel for
    for i, (a, b) in enumerate(zip(x, y)):
        out[i] = a * b


# label: safe-affine
# arguments: floats(20), zeros(21)
def enumerate_from_one(x: "f64[:]", y: "f64[:]"):
    # pragma parallel for
    for i, value in enumerate(x, 1):
        y[i] = value


# label: racy
# outside: a slice as iterable
# arguments: floats(20)
# why: enumerate reads x while the loop writes ahead of it
def enumerate_writes_ahead(x: "f64[:]"):
    # pragma parallel for
    for i, value in enumerate(x[:-1]):
        x[i + 1] = value


# label: safe-affine
# arguments: floats(10, 12)
def grid_by_ndindex(a: "f64[:, :]"):
    # pragma parallel for
    for i, j in np.ndindex(a.shape):
        a[i, j] = i * 10.0 + j


# label: safe-affine
# arguments: floats(10, 12), zeros(10, 12)
def grid_copy(a: "f64[:, :]", b: "f64[:, :]"):
    # pragma parallel for
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            b[i, j] = a[i, j]


# label: safe-affine
# arguments: floats(10, 12), zeros(12, 10)
def transpose(a: "f64[:, :]", b: "f64[:, :]"):
    # pragma parallel for
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            b[j, i] = a[i, j]


# label: safe-affine
# arguments: floats(10, 12)
def collapsed(a: "f64[:, :]"):
    # pragma parallel for collapse(2)
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            a[i, j] = a[i, j] * 2.0


# label: racy
# arguments: floats(10, 12)
# why: collapse takes in the inner loop, which carries the dependence
def collapsed_flow(a: "f64[:, :]"):
    # pragma parallel for collapse(2)
    for i in range(1, a.shape[0]):
        for j in range(a.shape[1]):
            a[i, j] = a[i - 1, j] * 2.0


# label: safe-affine
# arguments: floats(12, 12)
def lower_triangle(a: "f64[:, :]"):
    # pragma parallel for
    for i in range(len(a)):
        for j in range(i + 1):
            a[i, j] = i - j


# label: safe-affine
# arguments: floats(78)
# why: the triangle packed row after row: i(i + 1)/2 + j
def full_rows_packed(a: "f64[:]"):
    # pragma parallel for
    for i in range(6):
        for j in range(13):
            a[13 * i + j] = i + j


# label: safe
# arguments: zeros(78)
# why: packed triangular storage is quadratic in i
def packed_triangle(a: "f64[:]"):
    # pragma parallel for
    for i in range(12):
        for j in range(i + 1):
            a[i * (i + 1) // 2 + j] = i + j


# label: safe-affine
# arguments: floats(30), zeros(30)
def symmetric_window(x: "f64[:]", y: "f64[:]"):
    # pragma parallel for
    for i in range(2, len(x) - 2):
        y[i] = (x[i - 2] + x[i - 1] + x[i] + x[i + 1] + x[i + 2]) / 5.0


# label: safe-affine
# arguments: floats(30), zeros(30)
# why: min and max clamp the window
def clamped_window(x: "f64[:]", y: "f64[:]"):
    # pragma parallel for
    for i in range(len(x)):
        s = 0.0
        for k in range(max(0, i - 2), min(len(x), i + 3)):
            s += x[k]
        y[i] = s


# label: safe-affine
# arguments: floats(30), zeros(30)
# why: reading the left neighbour wraps around at i = 0, in an array that is not written
def periodic_read(x: "f64[:]", y: "f64[:]"):
    # pragma parallel for
    for i in range(len(x)):
        y[i] = x[i] - x[i - 1]


# label: safe-affine
# arguments: floats(30), zeros(30)
def periodic_by_modulo(x: "f64[:]", y: "f64[:]"):
    # pragma parallel for
    for i in range(30):
        y[i] = x[(i + 1) % 30] - x[i]


# label: safe
# arguments: floats(30), zeros(30)
# why: the modulus is known at run time only; the reads don't matter
def periodic_by_symbolic_modulo(x: "f64[:]", y: "f64[:]"):
    # pragma parallel for
    for i in range(len(x)):
        y[i] = x[(i + 1) % len(x)] - x[i]


# label: safe
# arguments: floats(30), zeros(30), permutation(30)
def gather(x: "f64[:]", y: "f64[:]", index: "i64[:]"):
    # pragma parallel for
    for i in range(len(y)):
        y[i] = x[index[i]]


# label: safe
# arguments: floats(100, 3), floats(100), ints(100, below=100)
def table_lookup(x: "f64[:, :]", y: "f64[:]", index: "i64[:]"):
    # pragma parallel for
    for i in range(len(y)):
        y[i] += x[index[i], 1] * x[index[i], 2]


# label: safe
# arguments: pointers(10, 3), ints(30, below=12), floats(30), floats(12), zeros(10)
def csr_product(start: "i64[:]", column: "i64[:]", value: "f64[:]", x: "f64[:]", y: "f64[:]"):
    # pragma parallel for
    for i in range(len(y)):
        s = 0.0
        for k in range(start[i], start[i + 1]):
            s += value[k] * x[column[k]]
        y[i] = s


# label: safe-affine
# arguments: floats(30), zeros(30)
def black_scholes_like(s: "f64[:]", out: "f64[:]"):
    # pragma parallel for simd
    for i in range(len(s)):
        d = (math.log(s[i]) + 0.5) / math.sqrt(s[i])
        out[i] = s[i] * math.exp(-d * d)


# label: safe-affine
# arguments: 12, 12, counts(12, 12)
def mandelbrot(width: int, height: int, out: "i64[:, :]"):
    # pragma parallel for
    for row in range(height):
        for column in range(width):
            cx, cy = 3.0 * column / width - 2.0, 2.0 * row / height - 1.0
            x, y, n = 0.0, 0.0, 0
            while n < 50 and x * x + y * y < 4.0:
                x, y = x * x - y * y + cx, 2.0 * x * y + cy
                n += 1
            out[row, column] = n


# label: safe-affine
# arguments: counts(30)
def collatz_lengths(out: "i64[:]"):
    # pragma parallel for
    for start in range(1, len(out)):
        n, steps = start, 0
        while n != 1:
            n = n // 2 if n % 2 == 0 else 3 * n + 1
            steps += 1
        out[start] = steps


# label: safe-affine
# arguments: floats(30)
def two_level_helpers(a: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        a[i] = quartic(a[i])


def square(x):
    return x * x


def quartic(x):
    return square(square(x))


# label: safe-affine
# arguments: floats(20, 3), zeros(20)
def norms(p: "f64[:, :]", out: "f64[:]"):
    # pragma parallel for
    for i in range(p.shape[0]):
        out[i] = math.sqrt(p[i, 0] ** 2 + p[i, 1] ** 2 + p[i, 2] ** 2)


# label: safe-affine
# outside: slices
# arguments: floats(10, 8), zeros(10)
def row_sums_by_slice(a: "f64[:, :]", out: "f64[:]"):
    # pragma parallel for
    for i in range(a.shape[0]):
        out[i] = np.sum(a[i, :])


# label: safe-affine
# arguments: floats(20), zeros(20), ints(20, below=2)
def masked_update(x: "f64[:]", y: "f64[:]", mask: "i64[:]"):
    # pragma parallel for
    for i in range(len(x)):
        if mask[i] != 0:
            y[i] = x[i]


# label: safe-affine
# arguments: floats(20, 20)
def diagonal(a: "f64[:, :]"):
    # pragma parallel for
    for i in range(min(a.shape[0], a.shape[1])):
        a[i, i] = 1.0


# label: safe-affine
# arguments: floats(20, 20)
# why: antidiagonals have one element in every row
def antidiagonal(a: "f64[:, :]"):
    # pragma parallel for
    for i in range(20):
        a[i, 19 - i] = 0.0


# label: safe-affine
# arguments: floats(20, 20)
# why: i - j and i + j together name a point, whatever the size of the grid
def rotated_coordinates(a: "f64[:, :]"):
    # pragma parallel for
    for i in range(9):
        for j in range(9):
            a[i + j, i - j + 9] = i


# label: racy
# arguments: floats(20, 20)
# why: (i + j, 2i + 2j) repeats itself
def degenerate_coordinates(a: "f64[:, :]"):
    # pragma parallel for
    for i in range(5):
        for j in range(5):
            a[i + j, 2 * i + 2 * j] = i


# label: safe-affine
# arguments: floats(6, 40)
def interleaved(a: "f64[:, :]"):
    # pragma parallel for
    for i in range(a.shape[0]):
        for k in range(10):
            a[i, 4 * k] = a[i, 4 * k + 1]
            a[i, 4 * k + 2] = a[i, 4 * k + 3]


# label: safe-affine
# arguments: floats(64)
# why: blocks of eight
def blocked(a: "f64[:]"):
    # pragma parallel for
    for block in range(0, len(a), 8):
        for i in range(block, min(block + 8, len(a))):
            a[i] = a[i] + block


# label: racy
# arguments: floats(64)
# why: the blocks overlap by one
def blocked_overlapping(a: "f64[:]"):
    # pragma parallel for
    for block in range(0, len(a) - 8, 8):
        for i in range(block, block + 9):
            a[i] = a[i] * 0.5 + block


# label: safe-affine
# arguments: floats(3, 4, 5), zeros(3, 4, 5)
def cube(a: "f64[:, :, :]", b: "f64[:, :, :]"):
    # pragma parallel for
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            for k in range(a.shape[2]):
                b[i, j, k] = a[i, j, k] * 2.0


# label: safe-affine
# arguments: floats(12), zeros(12, 12)
def outer_product(x: "f64[:]", a: "f64[:, :]"):
    # pragma parallel for
    for i in range(len(x)):
        for j in range(len(x)):
            a[i, j] = x[i] * x[j]


# label: safe-affine, safe-affine
# arguments: floats(12, 12), zeros(12, 12)
def nested_pragmas(a: "f64[:, :]", b: "f64[:, :]"):
    # pragma parallel for
    for i in range(a.shape[0]):
        # pragma simd
        for j in range(a.shape[1]):
            b[i, j] = a[i, j] + 1.0


# label: safe-affine
# arguments: floats(20)
# why: a loop with nothing to do is as safe as any
def empty_loop(a: "f64[:]"):
    # pragma parallel for
    for i in range(5, 5):
        a[0] = a[1] + i


# label: safe-affine
# arguments: floats(20)
# why: one iteration has no other to conflict with
def single_iteration(a: "f64[:]"):
    # pragma parallel for
    for i in range(3, 4):
        a[i] = a[i - 1] + a[i + 1]
        a[0] = a[i]


# label: safe-affine
# arguments: floats(20), zeros(10)
def reversed_range(x: "f64[:]", y: "f64[:]"):
    # pragma parallel for
    for i in reversed(range(len(y))):
        y[i] = x[2 * i]


# label: safe-affine
# arguments: floats(20), zeros(20)
def mirrored_copy(x: "f64[:]", y: "f64[:]"):
    # pragma parallel for
    for i in range(len(x)):
        y[len(x) - 1 - i] = x[i]


# label: safe-affine
# arguments: floats(20), zeros(20)
# why: -1 - i counts from the end
def mirrored_by_negative_index(x: "f64[:]", y: "f64[:]"):
    # pragma parallel for
    for i in range(len(x)):
        y[-1 - i] = x[i]
