"""Where other languages leave the behaviour open, Python raises or wraps around; wrapping can make iterations meet."""

import math

import numpy as np


# label: safe-affine
# arguments: floats(20), zeros(20)
# why: the last iteration raises IndexError
def reads_past_the_end(x: "f64[:]", y: "f64[:]"):
    # pragma parallel for
    for i in range(len(x)):
        y[i] = x[i + 1]


# label: safe-affine
# arguments: zeros(20)
def writes_past_the_end(x: "f64[:]"):
    # pragma parallel for
    for i in range(len(x) + 1):
        x[i] = i * 2.0


# label: racy
# arguments: floats(20)
# why: a[-1] is the last element, which the last iteration writes
def wraps_at_the_start(a: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        a[i] = a[i - 1] + 1.0


# label: racy
# arguments: floats(20)
# why: only the wrapped access meets another iteration
def wrapped_read_only(a: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        a[i] = a[-1] * 0.5


# label: safe-affine
# arguments: floats(20)
# why: the loop stops before the element that a[-1] names
def wrapped_read_kept_apart(a: "f64[:]"):
    # pragma parallel for
    for i in range(len(a) - 1):
        a[i] = a[-1] * 0.5


# label: racy
# arguments: floats(20)
# why: the same position counted from both ends
def both_ends_write(a: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        a[i] = 1.0
        a[-1 - i] = 2.0


# label: safe-affine
# arguments: floats(20)
# why: each pair of mirrored elements belongs to one iteration
def both_ends_half(a: "f64[:]"):
    # pragma parallel for
    for i in range(len(a) // 2):
        a[i] = 1.0
        a[-1 - i] = 2.0


# label: racy
# arguments: floats(20)
# why: i - 10 wraps for the first ten iterations, which thereby meet the second ten
def wraps_half_way(a: "f64[:]"):
    # pragma parallel for
    for i in range(20):
        a[i - 10] = a[i] * 0.5


# label: run-time
# independent: zeros(20), floats(20)
# dependent: zeros(15), floats(20)
# why: a full circle names each element once, unless the array is smaller than the circle
def full_circle(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(-10, 10):
        a[i] = b[i + 10]


# label: safe-affine
# arguments: zeros(20), floats(20)
def negative_range(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(-1, -21, -1):
        a[i] = b[i] + 1.0


# label: run-time
# independent: zeros(40)
# dependent: zeros(20)
# why: -20 and 0 are the same element of 20, not of 40
def more_than_a_circle(a: "f64[:]"):
    # pragma parallel for
    for i in range(-20, 20):
        a[i] = i * 1.0


# label: safe-affine
# arguments: floats(5, 6), zeros(5)
# why: in Python b[i][-1] stays in its row
def last_of_each_row(b: "f64[:, :]", out: "f64[:]"):
    # pragma parallel for
    for i in range(b.shape[0]):
        out[i] = b[i][-1]


# label: safe-affine
# arguments: floats(5, 6)
# why: C would read the end of the row before
def row_start_minus_one(b: "f64[:, :]"):
    # pragma parallel for
    for i in range(b.shape[0]):
        for j in range(b.shape[1] - 1):
            b[i, j] = b[i, j - 1] + 1.0


# label: safe-affine
# arguments: floats(20), zeros(20)
# why: ZeroDivisionError at i = 10
def divides_by_zero(x: "f64[:]", y: "f64[:]"):
    # pragma parallel for
    for i in range(len(x)):
        y[i] = x[i] + 1 / (i - 10)


# label: safe-affine
# arguments: floats(20), zeros(20)
# why: ValueError of math.sqrt
def square_root_of_negative(x: "f64[:]", y: "f64[:]"):
    # pragma parallel for
    for i in range(len(x)):
        y[i] = math.sqrt(0.8 - x[i])


# label: safe-affine
# arguments: floats(20), zeros(20)
def square_root_by_numpy(x: "f64[:]", y: "f64[:]"):
    # pragma parallel for
    for i in range(len(x)):
        y[i] = np.sqrt(0.8 - x[i])


# label: safe-affine
# arguments: counts(70)
# why: Python integers leave 64 bits
def shifted_out(a: "i64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        a[i] = (1 << i) % 1000003


# label: racy
# arguments: floats(20)
# why: an exception does not make the iterations before it independent
def raises_at_the_end(a: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        a[i] = a[i + 1]


# label: safe-affine
# arguments: ints(20), zeros(20)
def integer_division(x: "i64[:]", y: "f64[:]"):
    # pragma parallel for
    for i in range(len(x)):
        y[i] = x[i] // 3 + x[i] % 3


# label: safe
# arguments: floats(20), zeros(20), ints(20, below=30)
# why: a gather whose index may be too large
def gather_out_of_range(x: "f64[:]", y: "f64[:]", index: "i64[:]"):
    # pragma parallel for
    for i in range(len(y)):
        y[i] = x[index[i]]


# label: safe-affine
# arguments: np.array([200, 100, 50], np.uint8), np.zeros(3, np.uint8)
def narrow_integers_wrap(x: "u8[:]", y: "u8[:]"):
    # pragma parallel for
    for i in range(len(x)):
        y[i] = x[i] + x[i]


# label: safe-affine
# arguments: zeros(20)
# why: one name for the loop's variable inside and outside
def variable_reassigned(a: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        a[i] = i
        i = 7
    return i


# label: racy
# arguments: zeros(20)
# why: the reassigned variable names one element for all
def variable_reassigned_before(a: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        j = i
        i = 7
        a[i] = j


# label: safe-affine
# arguments: zeros(20)
# why: the range is evaluated once, before n changes
def bound_changes(a: "f64[:]"):
    n = 10
    # pragma parallel for
    for i in range(n):
        n = 3
        a[i] = n


# label: racy
# arguments: floats(20)
# why: NumPy integers wrap around like Python's as subscripts
def far_wrap(a: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        a[i] = a[i - len(a)] + a[0]
