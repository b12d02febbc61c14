"""Iterations that need each other's elements, and their twins that only look as if they did."""

import numpy as np


# label: racy
# arguments: floats(20)
def anti_dependence(a: "f64[:]"):
    # pragma parallel for
    for i in range(len(a) - 1):
        a[i] = a[i + 1] + 1.0


# label: racy
# arguments: floats(20)
def flow_dependence(a: "f64[:]"):
    # pragma parallel for
    for i in range(1, len(a)):
        a[i] = a[i - 1] + 1.0


# label: racy
# arguments: floats(20, 6)
def flow_between_rows(a: "f64[:, :]"):
    # pragma parallel for
    for i in range(1, a.shape[0]):
        for j in range(a.shape[1]):
            a[i, j] = 0.5 * a[i - 1, j]


# label: safe-affine
# arguments: floats(20, 6)
# why: the dependence is carried by the inner loop
def flow_within_rows(a: "f64[:, :]"):
    # pragma parallel for
    for i in range(a.shape[0]):
        for j in range(1, a.shape[1]):
            a[i, j] = 0.5 * a[i, j - 1]


# label: racy
# arguments: floats(20, 6)
def anti_dependence_of_columns(a: "f64[:, :]"):
    # pragma parallel for
    for j in range(a.shape[1] - 1):
        for i in range(a.shape[0]):
            a[i, j] = a[i, j] + a[i, j + 1]


# label: racy
# arguments: floats(10, 10)
def diagonal_flow(a: "f64[:, :]"):
    # pragma parallel for
    for i in range(a.shape[0] - 1):
        for j in range(a.shape[1] - 1):
            a[i + 1, j + 1] = a[i, j] + 1.0


# label: racy
# arguments: floats(10, 10)
# why: a wavefront needs the row above and the column before
def wavefront_by_rows(a: "f64[:, :]"):
    # pragma parallel for
    for i in range(1, a.shape[0]):
        for j in range(1, a.shape[1]):
            a[i, j] = (a[i - 1, j] + a[i, j - 1] + a[i - 1, j - 1]) / 3.0


# label: safe-affine
# arguments: floats(10, 10), 7
# why: the elements of one antidiagonal do not need each other
def wavefront_by_diagonals(a: "f64[:, :]", d: int):
    # pragma parallel for
    for i in range(1, d):
        a[i, d - i] = (a[i - 1, d - i] + a[i, d - i - 1]) / 2.0


# label: racy
# arguments: floats(30)
def distance_two(a: "f64[:]"):
    # pragma parallel for
    for i in range(2, len(a)):
        a[i] = a[i - 2] * 0.5


# label: racy
# arguments: floats(300)
# why: a long distance is a dependence all the same
def distance_hundred(a: "f64[:]"):
    # pragma parallel for
    for i in range(100, 300):
        a[i] = a[i - 100] + 1.0


# label: safe-affine
# arguments: floats(200)
# why: the distance is the number of iterations
def distance_as_long_as_the_loop(a: "f64[:]"):
    # pragma parallel for
    for i in range(100, 200):
        a[i] = a[i - 100] + 1.0


# label: racy
# arguments: floats(201)
# why: one iteration more than the distance
def distance_shorter_by_one(a: "f64[:]"):
    # pragma parallel for
    for i in range(100, 201):
        a[i] = a[i - 100] + 1.0


# label: safe-affine
# arguments: floats(41)
def even_from_odd(a: "f64[:]"):
    # pragma parallel for
    for i in range(20):
        a[2 * i] = a[2 * i + 1] + 1.0


# label: safe-affine
# arguments: floats(40)
def even_positions_by_step(a: "f64[:]"):
    # pragma parallel for
    for i in range(1, len(a), 2):
        a[i] = a[i - 1] + 1.0


# label: racy
# arguments: floats(40)
def step_two_distance_two(a: "f64[:]"):
    # pragma parallel for
    for i in range(2, len(a), 2):
        a[i] = a[i - 2] + 1.0


# label: safe-affine
# arguments: floats(40)
def step_three_distance_two(a: "f64[:]"):
    # pragma parallel for
    for i in range(2, len(a), 3):
        a[i] = a[i - 2] + 1.0


# label: racy
# arguments: floats(40)
# why: 2i meets i at i = 0, 2, 4, ...
def doubled_subscript(a: "f64[:]"):
    # pragma parallel for
    for i in range(20):
        a[2 * i] = a[i] + 1.0


# label: racy
# arguments: floats(40)
def doubled_subscript_read(a: "f64[:]"):
    # pragma parallel for
    for i in range(20):
        a[i] = a[2 * i] + 1.0


# label: safe-affine
# arguments: floats(60)
# why: 6i + 1 is odd and 2j + 4 is even
def parity_apart(a: "f64[:]"):
    # pragma parallel for
    for i in range(9):
        for j in range(9):
            a[6 * i + 1] = a[2 * j + 4] + 1.0


# label: safe-affine
# arguments: floats(70)
# why: 3i and 3i + 1 never meet
def residues_apart(a: "f64[:]"):
    # pragma parallel for
    for i in range(20):
        a[3 * i] = a[3 * i + 1] + a[3 * i + 2]


# label: racy
# arguments: floats(100)
# why: 2i = 3k + 1 has solutions (i = 2, k = 1)
def strides_that_meet(a: "f64[:]"):
    # pragma parallel for
    for i in range(30):
        a[2 * i] = a[3 * i + 1] + 1.0


# label: safe-affine
# arguments: floats(100)
# why: 4i + 2 = 6k + 1 has no whole solution
def strides_that_miss(a: "f64[:]"):
    # pragma parallel for
    for i in range(15):
        a[4 * i + 2] = a[6 * i + 1] + 1.0


# label: safe-affine
# arguments: floats(50)
# why: the written half and the read half are apart
def halves_apart(a: "f64[:]"):
    # pragma parallel for
    for i in range(25):
        a[i] = a[i + 25] * 2.0


# label: racy
# arguments: floats(50)
# why: reversed in place: i and n - 1 - i swap roles
def reverse_in_place(a: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        a[i] = a[len(a) - 1 - i]


# label: safe-affine
# arguments: floats(51)
# why: each pair is exchanged by one iteration
def reverse_by_exchange(a: "f64[:]"):
    # pragma parallel for
    for i in range(len(a) // 2):
        a[i], a[len(a) - 1 - i] = a[len(a) - 1 - i], a[i]


# label: racy
# arguments: floats(12, 12)
def transpose_in_place_wrong(a: "f64[:, :]"):
    # pragma parallel for
    for i in range(len(a)):
        for j in range(len(a)):
            a[i, j] = a[j, i]


# label: safe-affine
# arguments: floats(12, 12)
# why: the triangle below the diagonal is exchanged with the one above
def transpose_in_place(a: "f64[:, :]"):
    # pragma parallel for
    for i in range(len(a)):
        for j in range(i):
            a[i, j], a[j, i] = a[j, i], a[i, j]


# label: safe-affine
# arguments: floats(12, 12)
# why: reads stay above the diagonal, writes below it
def mirror_triangle(a: "f64[:, :]"):
    # pragma parallel for
    for i in range(len(a)):
        for j in range(i):
            a[i, j] = a[j, i]


# label: racy
# arguments: floats(23)
# why: i + j names an element of several iterations
def coupled_sum_subscript(a: "f64[:]"):
    # pragma parallel for
    for i in range(12):
        for j in range(12):
            a[i + j] = a[i + j] * 0.5 + i


# label: safe-affine
# arguments: floats(144)
# why: row-major numbering
def flattened_rows(a: "f64[:]"):
    # pragma parallel for
    for i in range(12):
        for j in range(12):
            a[12 * i + j] = a[12 * i + j] * 0.5 + i


# label: racy
# arguments: floats(144)
# why: rows of 12 numbered as if they had 11 elements
def flattened_rows_too_short(a: "f64[:]"):
    # pragma parallel for
    for i in range(12):
        for j in range(12):
            a[11 * i + j] = a[11 * i + j] * 0.5 + i


# label: safe
# arguments: floats(60), 6, 10
# why: row-major numbering with a width known at run time
def flattened_rows_symbolic(a: "f64[:]", n: int, m: int):
    # pragma parallel for
    for i in range(n):
        for j in range(m):
            a[i * m + j] = a[i * m + j] * 0.5 + i


# label: racy
# arguments: floats(20)
def both_neighbours(a: "f64[:]"):
    # pragma parallel for
    for i in range(1, len(a) - 1):
        a[i] = (a[i - 1] + a[i] + a[i + 1]) / 3.0


# label: racy
# arguments: floats(20)
# why: iteration i writes its right neighbour
def writes_neighbour(a: "f64[:]"):
    # pragma parallel for
    for i in range(len(a) - 1):
        a[i] = 1.0
        a[i + 1] = 2.0


# label: racy
# arguments: floats(20)
# why: descending is as bound to an order as ascending
def descending_flow(a: "f64[:]"):
    # pragma parallel for
    for i in range(len(a) - 2, -1, -1):
        a[i] = a[i + 1] * 0.5


# label: safe-affine
# arguments: floats(20)
def descending_elementwise(a: "f64[:]"):
    # pragma parallel for
    for i in range(len(a) - 1, -1, -1):
        a[i] = a[i] * 0.5


# label: racy
# arguments: floats(20)
def last_element_read(a: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        a[i] = a[len(a) - 1] + 1.0


# label: safe-affine
# arguments: floats(20)
# why: the loop stops before the element that all read
def last_element_kept(a: "f64[:]"):
    # pragma parallel for
    for i in range(len(a) - 1):
        a[i] = a[len(a) - 1] + 1.0


# label: racy
# arguments: floats(20), 3
# why: every iteration writes one element
def one_element_written(a: "f64[:]", k: int):
    # pragma parallel for
    for i in range(len(a)):
        a[k] = i * 2.0


# label: racy
# arguments: floats(20), floats(20)
# why: the dependence passes through a second array
def through_second_array(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(1, len(a)):
        b[i] = a[i - 1] * 2.0
        a[i] = b[i] + 1.0


# label: racy
# arguments: floats(30)
# why: an element is written where i is even and read by its successor
def conditional_write(a: "f64[:]"):
    # pragma parallel for
    for i in range(1, len(a)):
        if i % 2 == 0:
            a[i] = a[i - 1]
        else:
            a[i] = a[i - 1] + 1.0


# label: safe-affine
# arguments: floats(30)
# why: odd elements are written from even ones, which stay
def conditional_odd(a: "f64[:]"):
    # pragma parallel for
    for i in range(1, len(a)):
        if i % 2 == 1:
            a[i] = a[i - 1] * 0.5


# label: safe-affine
# arguments: floats(30)
# why: the red half of a Gauss-Seidel sweep
def red_points(a: "f64[:]"):
    # pragma parallel for
    for i in range(1, len(a) - 1):
        if i % 2 == 1:
            a[i] = 0.5 * (a[i - 1] + a[i + 1])


# label: safe-affine
# arguments: floats(14, 14)
def red_points_of_a_grid(a: "f64[:, :]"):
    # pragma parallel for
    for i in range(1, a.shape[0] - 1):
        for j in range(1, a.shape[1] - 1):
            if (i + j) % 2 == 0:
                a[i, j] = 0.25 * (a[i - 1, j] + a[i + 1, j] + a[i, j - 1] + a[i, j + 1])


# label: safe-affine
# arguments: floats(14, 14)
# why: the same by steps
def red_points_by_steps(a: "f64[:, :]"):
    # pragma parallel for
    for i in range(1, 13):
        for j in range(1 + i % 2, 13, 2):
            a[i, j] = 0.25 * (a[i - 1, j] + a[i + 1, j] + a[i, j - 1] + a[i, j + 1])


# label: racy
# arguments: floats(14, 14)
# why: the diagonal neighbours have the same colour
def red_points_nine_point(a: "f64[:, :]"):
    # pragma parallel for
    for i in range(1, a.shape[0] - 1):
        for j in range(1, a.shape[1] - 1):
            if (i + j) % 2 == 0:
                a[i, j] = 0.5 * (a[i - 1, j - 1] + a[i + 1, j + 1])


# label: racy
# arguments: floats(30)
# why: two iterations share each element
def halved_subscript(a: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        a[i // 2] = a[i // 2] * 0.5 + 1.0


# label: safe-affine
# arguments: floats(30), floats(15)
# why: only reads are shared
def halved_subscript_read(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(2 * len(b)):
        a[i] = b[i // 2]


# label: racy
# arguments: floats(30), zeros(7)
def cyclic_write(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        b[i % 7] = a[i]


# label: safe-affine
# arguments: floats(7), zeros(7)
# why: fewer iterations than the modulus
def cyclic_write_short(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(7):
        b[(i + 3) % 7] = a[i]


# label: safe-affine
# arguments: floats(4, 10), zeros(40)
# why: quotient and remainder together name each element once
def quotient_and_remainder(a: "f64[:, :]", b: "f64[:]"):
    # pragma parallel for
    for k in range(40):
        a[k // 10, k % 10] = b[k] * 2.0


# label: racy
# arguments: floats(4, 10), zeros(60)
# why: the remainder is of another width than the quotient
def quotient_and_remainder_mixed(a: "f64[:, :]", b: "f64[:]"):
    # pragma parallel for
    for k in range(40):
        a[k // 10, k % 5] = b[k] * 2.0


# label: racy
# arguments: floats(3, 20)
# why: two time levels in turn, but all iterations write level 1
def time_levels_in_parallel(a: "f64[:, :]"):
    # pragma parallel for
    for t in range(5):
        for i in range(1, 19):
            a[(t + 1) % 2, i] = a[t % 2, i - 1] + a[t % 2, i + 1]


# label: safe-affine
# arguments: floats(3, 20)
def time_levels_sequential(a: "f64[:, :]"):
    for t in range(5):
        # pragma parallel for
        for i in range(1, 19):
            a[(t + 1) % 2, i] = a[t % 2, i - 1] + a[t % 2, i + 1]


# label: racy
# arguments: floats(5, 20)
def time_loop(a: "f64[:, :]"):
    # pragma parallel for
    for t in range(a.shape[0] - 1):
        for i in range(1, a.shape[1] - 1):
            a[t + 1, i] = 0.5 * (a[t, i - 1] + a[t, i + 1])


# label: safe-affine
# arguments: floats(12, 12)
# why: row k is read, the rows below it are written
def elimination_step(a: "f64[:, :]"):
    for k in range(len(a) - 1):
        # pragma parallel for
        for i in range(k + 1, len(a)):
            factor = a[i, k] / a[k, k]
            for j in range(k, len(a)):
                a[i, j] -= factor * a[k, j]


# label: racy
# arguments: floats(12, 12)
def elimination_by_pivots(a: "f64[:, :]"):
    # pragma parallel for
    for k in range(len(a) - 1):
        for i in range(k + 1, len(a)):
            factor = a[i, k] / a[k, k]
            for j in range(k, len(a)):
                a[i, j] -= factor * a[k, j]


# label: racy
# arguments: floats(12, 12), floats(12)
def forward_substitution(a: "f64[:, :]", x: "f64[:]"):
    # pragma parallel for
    for i in range(len(x)):
        for j in range(i):
            x[i] -= a[i, j] * x[j]
        x[i] /= a[i, i]


# label: safe-affine
# arguments: floats(12, 12), floats(12)
# why: column-oriented: a solved unknown is taken from the rows below
def forward_substitution_by_columns(a: "f64[:, :]", x: "f64[:]"):
    for j in range(len(x)):
        x[j] /= a[j, j]
        # pragma parallel for
        for i in range(j + 1, len(x)):
            x[i] -= a[i, j] * x[j]


# label: racy
# arguments: floats(20), floats(20), floats(20)
def tridiagonal(a: "f64[:]", b: "f64[:]", d: "f64[:]"):
    # pragma parallel for
    for i in range(1, len(d)):
        d[i] = (d[i] - a[i] * d[i - 1]) / b[i]


# label: racy
# arguments: floats(20)
def fibonacci(a: "f64[:]"):
    # pragma parallel for
    for i in range(2, len(a)):
        a[i] = a[i - 1] + a[i - 2]


# label: racy
# arguments: floats(20)
# why: a prefix sum is a scan
def prefix_sum(a: "f64[:]"):
    # pragma parallel for
    for i in range(1, len(a)):
        a[i] += a[i - 1]


# label: racy
# arguments: floats(8, 8), floats(8)
# why: each row starts from the last element of the previous one
def snake(a: "f64[:, :]", x: "f64[:]"):
    # pragma parallel for
    for i in range(1, 8):
        a[i, 0] = a[i - 1, 7] + x[i]
        for j in range(1, 8):
            a[i, j] = a[i, j - 1] + 1.0


# label: racy
# arguments: floats(40), zeros(40)
def helper_reads_neighbour(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(1, len(a)):
        a[i] = average(a, i) + b[i]


# label: safe-affine
# arguments: floats(40), zeros(40)
def helper_reads_other_array(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(1, len(a)):
        b[i] = average(a, i)


def average(a, i):
    return 0.5 * (a[i - 1] + a[i])


# label: racy
# arguments: floats(40), zeros(40)
def helper_writes_neighbour(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(len(a) - 1):
        spread(a, i, b[i])


# label: safe-affine
# arguments: floats(40), zeros(40)
def helper_writes_own(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        put(a, i, b[i])


def spread(a, i, value):
    a[i] = value
    a[i + 1] = value


def put(a, i, value):
    a[i] = value


# label: racy
# outside: slices
# arguments: floats(10, 6), zeros(6)
# why: whole rows depend as their elements do
def row_slices(a: "f64[:, :]", x: "f64[:]"):
    # pragma parallel for
    for i in range(1, a.shape[0]):
        a[i, :] = a[i - 1, :] + x


# label: safe-affine
# outside: slices
# arguments: floats(10, 6), zeros(6)
def row_slices_own(a: "f64[:, :]", x: "f64[:]"):
    # pragma parallel for
    for i in range(a.shape[0]):
        a[i, :] = a[i, :] + x


# label: racy
# outside: slices
# arguments: floats(60)
def overlapping_blocks(a: "f64[:]"):
    # pragma parallel for
    for i in range(9):
        a[5 * i : 5 * i + 6] = np.float64(i)


# label: safe-affine
# outside: slices
# arguments: floats(60)
def adjacent_blocks(a: "f64[:]"):
    # pragma parallel for
    for i in range(10):
        a[5 * i : 5 * i + 5] = np.float64(i)


# label: racy
# arguments: floats(6, 6, 6)
def cube_anti_dependence(a: "f64[:, :, :]"):
    # pragma parallel for
    for i in range(5):
        for j in range(6):
            for k in range(5):
                a[i, j, k] = a[i + 1, j, k + 1] + 1.0


# label: safe-affine
# arguments: floats(6, 6, 6)
# why: only the second dimension carries it
def cube_inner_dependence(a: "f64[:, :, :]"):
    # pragma parallel for
    for i in range(6):
        for j in range(1, 6):
            for k in range(1, 6):
                a[i, j, k] = a[i, j - 1, k - 1] + 1.0


# label: racy
# arguments: floats(40)
# why: every two iterations meet at the middle
def scissors(a: "f64[:]"):
    # pragma parallel for
    for i in range(20):
        for j in range(20):
            a[i - j + 19] = a[i - j + 19] * 0.5 + j
