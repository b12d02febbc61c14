"""Offsets, strides and bounds that the arguments decide."""


# label: run-time
# independent: floats(40), 20
# dependent: floats(40), 1
def shift(a: "f64[:]", off: int):
    # pragma parallel for
    for i in range(20):
        a[i + off] = a[i] + 1.0


# label: run-time
# independent: floats(40), 0
# dependent: floats(40), 3
def shift_by_zero(a: "f64[:]", off: int):
    # pragma parallel for
    for i in range(len(a) - off):
        a[i + off] = a[i] + 1.0


# label: run-time
# independent: floats(40), 20, 20
# dependent: floats(40), 20, 19
def shift_back(a: "f64[:]", n: int, off: int):
    # pragma parallel for
    for i in range(n):
        a[i] = a[i + off] * 2.0


# label: run-time
# independent: floats(60), 20, 0, 40
# dependent: floats(60), 20, 10, 15
def two_offsets(a: "f64[:]", n: int, p: int, q: int):
    # pragma parallel for
    for i in range(n):
        a[i + p] = a[i + q] + 1.0


# label: run-time
# independent: floats(40), 2
# dependent: floats(40), 0
def symbolic_stride(a: "f64[:]", k: int):
    # pragma parallel for
    for i in range(20):
        a[i * k] = i + 1.0


# label: run-time
# independent: floats(100), 3, 1
# dependent: floats(100), 1, 1
# why: with stride 1 and offset 1 each iteration reads what the one before writes
def symbolic_stride_and_offset(a: "f64[:]", k: int, off: int):
    # pragma parallel for
    for i in range(20):
        a[i * k + off] = a[i * k] + 1.0


# label: run-time
# independent: floats(40), 20, 40
# dependent: floats(40), 10, 40
# why: ALPyNA's example
def disjoint_ranges(a: "f64[:]", k: int, n: int):
    # pragma parallel for
    for i in range(k, n):
        a[i] = a[i - k] + 1.0


# label: run-time
# independent: floats(10, 10), 3, 4
# dependent: floats(10, 10), 3, 3
def rows_copied(a: "f64[:, :]", p: int, q: int):
    # pragma parallel for
    for j in range(1, 10):
        a[p, j] = a[q, j - 1]


# label: run-time
# independent: floats(12, 10), 6
# dependent: floats(12, 10), 2
def rows_at_a_distance(a: "f64[:, :]", d: int):
    # pragma parallel for
    for i in range(d, len(a)):
        for j in range(a.shape[1]):
            a[i, j] = a[i - d, j] * 0.5


# label: run-time
# independent: floats(20), -1
# dependent: floats(20), 5
def read_element(a: "f64[:]", k: int):
    # pragma parallel for
    for i in range(len(a) - 1):
        a[i] = a[k] + 1.0


# label: run-time
# independent: floats(20), 15, 10
# dependent: floats(20), 5, 10
def element_beyond_the_range(a: "f64[:]", k: int, n: int):
    # pragma parallel for
    for i in range(n):
        a[i] += a[k]


# label: run-time
# independent: floats(40), 40, 2
# dependent: floats(40), 40, 1
# why: the step decides
def symbolic_step(a: "f64[:]", n: int, step: int):
    # pragma parallel for
    for i in range(1, n, step):
        a[i] = a[i - 1] + 1.0


# label: run-time
# independent: zeros(40), 30, 30
# dependent: zeros(40), 30, 7
def symbolic_modulus(a: "f64[:]", n: int, m: int):
    # pragma parallel for
    for i in range(n):
        a[i % m] = i * 2.0


# label: run-time
# independent: floats(64), 8, 8
# dependent: floats(64), 8, 7
# why: rows of a matrix stored flat; the width must not be smaller than what is written
def symbolic_row_length(a: "f64[:]", n: int, width: int):
    # pragma parallel for
    for i in range(8):
        for j in range(n):
            a[i * width + j] = i + j * 1.0


# label: run-time
# independent: floats(40), 20, True
# dependent: floats(40), 20, False
def chosen_offset(a: "f64[:]", n: int, far: bool):
    off = 20 if far else 1
    # pragma parallel for
    for i in range(n):
        a[i] = a[i + off]


# label: run-time
# independent: floats(40), 20
# dependent: floats(40), -1
# why: both signs
def signed_offset(a: "f64[:]", off: int):
    # pragma parallel for
    for i in range(10, 20):
        a[i] = a[i + off] + 1.0


# label: run-time
# independent: floats(9, 9, 9), 0, 1
# dependent: floats(9, 9, 9), 1, 0
def offset_in_a_cube(a: "f64[:, :, :]", p: int, q: int):
    # pragma parallel for
    for i in range(8):
        for j in range(8):
            for k in range(8):
                a[i, j, k] = a[i + p, j + q, k] + 1.0


# label: run-time
# independent: floats(50), 10, 25
# dependent: floats(50), 10, 5
def mirrored_about(a: "f64[:]", n: int, centre: int):
    # pragma parallel for
    for i in range(n):
        a[i] = a[2 * centre - 1 - i] + 1.0


# label: run-time
# independent: zeros(20, 20), 1, 20
# dependent: zeros(20, 20), 0, 0
def coupled_by_factors(a: "f64[:, :]", p: int, q: int):
    # pragma parallel for
    for i in range(20):
        a[p * i, (q * i) % 20] = i


# label: run-time
# independent: floats(40), zeros(40), 5, 20
# dependent: floats(40), zeros(40), 5, 5
# why: the parts that are written and read may touch
def split_point(a: "f64[:]", b: "f64[:]", low: int, high: int):
    # pragma parallel for
    for i in range(20):
        if i < low:
            a[i] = b[i]
        if i >= high:
            a[i] = a[i - high]


# label: run-time
# independent: floats(10, 10), 9
# dependent: floats(10, 10), 3
# why: the factorisation's step with the pivot row outside or inside the rows that change
def pivot_row(a: "f64[:, :]", k: int):
    # pragma parallel for
    for i in range(9):
        for j in range(10):
            a[i, j] -= 0.5 * a[k, j]


# label: run-time
# lanes: 4
# independent: floats(40), 8
# dependent: floats(40), 2
# why: four lanes need a distance of four
def lanes_at_a_distance(a: "f64[:]", d: int):
    # pragma simd simdlen(4)
    for i in range(8, len(a)):
        a[i] = a[i - d] + 1.0


# label: run-time
# independent: floats(40), floats(40), 5, 0
# dependent: floats(40), floats(40), 0, 1
def offset_through_local(a: "f64[:]", b: "f64[:]", p: int, q: int):
    # pragma parallel for
    for i in range(5):
        j = i + p
        a[j] = a[i + q] + b[i]


# label: run-time
# independent: floats(41), 41
# dependent: floats(41), 3
def window_at_the_end(a: "f64[:]", w: int):
    # pragma parallel for
    for i in range(len(a) - 1):
        a[i] = a[(i + w) % 41] + 1.0
