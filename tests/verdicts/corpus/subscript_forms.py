"""Ways of writing a subscript: bit operations, roundings, conditionals, clamps, narrow integers."""


# label: safe-affine
# arguments: zeros(40), floats(20)
def shifted_left(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(20):
        a[i << 1] = b[i]


# label: racy
# arguments: zeros(40), floats(20)
def shifted_right(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(20):
        a[i >> 1] = b[i]


# label: racy
# arguments: zeros(40), floats(20)
def masked_bits(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(20):
        a[i & 7] = b[i]


# label: safe
# arguments: zeros(40), floats(20)
# why: pairs are exchanged
def flipped_bit(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(20):
        a[i ^ 1] = b[i]


# label: safe-affine
# arguments: zeros(40), floats(20)
# why: ~i is -1 - i
def inverted(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(20):
        a[~i] = b[i]


# label: run-time
# independent: zeros(20), floats(20)
# dependent: zeros(19), floats(20)
# why: 0, -1, -2, ... are elements 0, n - 1, n - 2, ...; -n is 0 again
def negated(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(20):
        a[-i] = b[i]


# label: racy
# arguments: zeros(40), floats(20)
def absolute_value(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(20):
        a[abs(i - 10)] = b[i]


# label: racy
# arguments: zeros(40), floats(20)
def clamped_above(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(20):
        a[min(i, 12)] = b[i]


# label: racy
# arguments: zeros(40), floats(20)
def clamped_below(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(20):
        a[max(i, 3)] = b[i]


# label: safe-affine
# arguments: zeros(40), floats(20)
# why: the clamp never applies
def clamp_without_effect(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(20):
        a[min(i, 30)] = b[i]


# label: racy
# arguments: zeros(40)
# why: the clamped read meets a write
def clamped_read(a: "f64[:]"):
    # pragma parallel for
    for i in range(20):
        a[i] = a[min(i + 1, 19)] * 0.5


# label: safe
# arguments: zeros(400), floats(20)
def squared(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(20):
        a[i * i] = b[i]


# label: safe-affine
# arguments: zeros(20), floats(20)
# why: 7 has an inverse modulo 20
def scaled_modulo(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(20):
        a[7 * i % 20] = b[i]


# label: racy
# arguments: zeros(20), floats(20)
# why: 6 and 20 share the factor 2
def scaled_modulo_with_factor(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(20):
        a[6 * i % 20] = b[i]


# label: safe-affine
# arguments: zeros(20), floats(20)
# why: i itself, in parts
def taken_apart(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(20):
        a[i // 4 * 4 + i % 4] = b[i]


# label: racy
# arguments: floats(20)
def rounded_down_to_even(a: "f64[:]"):
    # pragma parallel for
    for i in range(20):
        a[i - i % 2] = a[i] + 1.0


# label: safe-affine
# arguments: floats(20)
# why: written where i % 4 < 2, read where it is not
def pairs_from_pairs(a: "f64[:]"):
    # pragma parallel for
    for i in range(18):
        if i % 4 < 2:
            a[i] = a[i + 2] + 1.0


# label: racy
# arguments: floats(20)
def pairs_from_next_pairs(a: "f64[:]"):
    # pragma parallel for
    for i in range(16):
        if i % 4 < 2:
            a[i] = a[i + 4] + 1.0


# label: safe-affine
# arguments: floats(20, 2)
def other_column(a: "f64[:, :]"):
    # pragma parallel for
    for i in range(a.shape[0]):
        a[i, i % 2] = a[i, 1 - i % 2]


# label: racy
# arguments: floats(20, 2)
def other_column_of_next_row(a: "f64[:, :]"):
    # pragma parallel for
    for i in range(a.shape[0] - 1):
        a[i, i % 2] = a[i + 1, 1 - i % 2]


# label: safe-affine
# arguments: zeros(20), floats(20)
# why: a rotation by a conditional
def rotated_by_ternary(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(20):
        a[i + 5 if i < 15 else i - 15] = b[i]


# label: racy
# arguments: zeros(20), floats(20)
def folded_by_ternary(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(20):
        a[i if i < 10 else i - 10] = b[i]


# label: safe-affine
# arguments: zeros(20), floats(20)
def rotated_by_if(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(20):
        j = i + 5
        if j >= 20:
            j -= 20
        a[j] = b[i]


# label: racy
# arguments: zeros(20), floats(20)
# why: truncation to a whole number
def truncated_half(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(20):
        a[int(i * 0.5)] = b[i]


# label: run-time
# independent: zeros(40), 20, np.int8(2)
# dependent: zeros(40), 20, np.int8(64)
# why: the product is an int8: 64 * 4 wraps around to 0
def narrow_stride(a: "f64[:]", n: int, k: "i8"):
    # pragma parallel for
    for i in range(n):
        a[i * k % 40] = i


# label: run-time
# independent: zeros(300), np.arange(20, dtype=np.uint8)
# dependent: zeros(300), np.array([0, 10, 128, 138], dtype=np.uint8)
# why: twice 128 is 0 in uint8
def narrow_index(a: "f64[:]", index: "u8[:]"):
    # pragma parallel for
    for i in range(len(index)):
        a[index[i] + index[i]] = i


# label: run-time
# independent: zeros(20), np.array([0, 5, 10, -1, -2])
# dependent: zeros(20), np.array([0, 5, 19, -1, -2])
# why: 19 and -1 are different numbers and the same element
def negative_index(a: "f64[:]", index: "i64[:]"):
    # pragma parallel for
    for i in range(len(index)):
        a[index[i]] = i


# label: run-time
# independent: np.array([-3, 0, 3]), zeros(20)
# dependent: np.array([-3, 0, 3]), zeros(5)
# why: rows before the start wrap around to the end, and may reach what the others write
def negative_pointers(start: "i64[:]", a: "f64[:]"):
    # pragma parallel for
    for i in range(len(start) - 1):
        for k in range(start[i], start[i + 1]):
            a[k] = i


# label: safe-affine
# arguments: floats(20, 20)
# why: one subscript after the other
def chained(a: "f64[:, :]"):
    # pragma parallel for
    for i in range(1, 20):
        for j in range(20):
            a[i][j] = a[i][j] * 0.5


# label: racy
# arguments: floats(20, 20)
def chained_flow(a: "f64[:, :]"):
    # pragma parallel for
    for i in range(1, 20):
        for j in range(20):
            a[i][j] = a[i - 1][j] * 0.5


# label: racy
# arguments: floats(20)
# why: two neighbours change places
def bubbles(a: "f64[:]"):
    # pragma parallel for
    for i in range(19):
        a[i], a[i + 1] = a[i + 1], a[i]


# label: safe-affine
# arguments: floats(20)
def bubbles_apart(a: "f64[:]"):
    # pragma parallel for
    for i in range(0, 19, 2):
        a[i], a[i + 1] = a[i + 1], a[i]


# label: racy
# arguments: floats(20)
# why: the first iteration writes what all read
def first_iteration_only(a: "f64[:]"):
    # pragma parallel for
    for i in range(1, 20):
        if i == 5:
            a[0] = 2.0
        a[i] = a[i] * a[0]


# label: safe-affine
# arguments: floats(20)
# why: j never equals i
def never_equal(a: "f64[:]"):
    # pragma parallel for
    for i in range(20):
        for j in range(i):
            if i == j:
                a[0] = i


# label: safe-affine
# arguments: floats(20, 20)
# why: only the diagonal of each row is written
def equal_only(a: "f64[:, :]"):
    # pragma parallel for
    for i in range(20):
        for j in range(20):
            if i == j:
                a[j, 0] = i


# label: racy
# arguments: floats(20)
# why: elements are read backwards while written forwards
def enumerate_backwards(a: "f64[:]"):
    # pragma parallel for
    for i, x in enumerate(a):
        a[len(a) - 1 - i] = x


# label: safe-affine
# arguments: floats(20, 4)
def rows_as_items(a: "f64[:, :]"):
    # pragma parallel for
    for row in a:
        for j in range(4):
            row[j] = row[j] * 0.5


# label: safe-affine
# arguments: zeros(20, 20)
# why: collapsed, every point is an iteration
def collapsed_points(a: "f64[:, :]"):
    # pragma parallel for collapse(2)
    for i in range(20):
        for j in range(20):
            a[j, i] = i - j


# label: racy
# arguments: zeros(20, 20)
# why: collapsed, the points of a row are apart no more
def collapsed_row_flow(a: "f64[:, :]"):
    # pragma parallel for collapse(2)
    for i in range(20):
        for j in range(1, 20):
            a[i, j] = a[i, j - 1] + 1.0


# label: safe-affine
# arguments: floats(20, 20), zeros(20)
def collapsed_sums(a: "f64[:, :]", s: "f64[:]"):
    # pragma parallel for collapse(2)
    for i in range(20):
        for j in range(20):
            s[i] += a[i, j]
