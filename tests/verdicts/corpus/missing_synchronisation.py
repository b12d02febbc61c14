"""Accumulations whose running value is used, so that no reduction can stand for them."""


# label: racy
# arguments: floats(20), zeros(20)
def running_sum(a: "f64[:]", b: "f64[:]"):
    s = 0.0
    # pragma parallel for
    for i in range(len(a)):
        s += a[i]
        b[i] = s


# label: racy
# arguments: floats(20), zeros(20)
def exclusive_scan(a: "f64[:]", b: "f64[:]"):
    s = 0.0
    # pragma parallel for
    for i in range(len(a)):
        b[i] = s
        s += a[i]


# label: racy
# arguments: floats(20), zeros(20)
def running_maximum(a: "f64[:]", b: "f64[:]"):
    m = 0.0
    # pragma parallel for
    for i in range(len(a)):
        m = max(m, a[i])
        b[i] = m


# label: racy
# arguments: floats(20)
# why: the sum so far decides what is added
def sum_with_limit(a: "f64[:]"):
    s = 0.0
    # pragma parallel for
    for i in range(len(a)):
        if s < 3.0:
            s += a[i]
    return s


# label: racy
# arguments: floats(20)
# why: two operators on one variable do not commute
def sum_and_product(a: "f64[:]"):
    s = 0.0
    # pragma parallel for
    for i in range(len(a)):
        s += a[i]
        s *= 0.5
    return s


# label: racy
# arguments: floats(20)
def difference_the_wrong_way(a: "f64[:]"):
    s = 0.0
    # pragma parallel for
    for i in range(len(a)):
        s = a[i] - s
    return s


# label: racy
# arguments: floats(20)
def quotient_chain(a: "f64[:]"):
    s = 1.0
    # pragma parallel for
    for i in range(len(a)):
        s = a[i] / s
    return s


# label: racy
# arguments: floats(20)
# why: reset by one iteration, added to by the others
def sum_with_reset(a: "f64[:]"):
    s = 0.0
    # pragma parallel for
    for i in range(len(a)):
        if i % 5 == 0:
            s = 0.0
        s += a[i]
    return s


# label: racy
# arguments: floats(20), zeros(3)
# why: an element that is added to is read by all
def element_sum_read(a: "f64[:]", total: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        total[0] += a[i]
        a[i] = total[0]


# label: racy
# arguments: floats(20), zeros(3)
def element_sum_decides(a: "f64[:]", total: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        if total[0] < 2.0:
            total[0] += a[i]


# label: racy
# arguments: floats(20), zeros(3)
# why: added to by all, set by some
def element_sum_set(a: "f64[:]", total: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        if i % 5 == 0:
            total[1] = a[i]
        total[1] += 1.0


# label: safe-affine
# arguments: floats(20), zeros(3)
# private: total
# why: set before it is added to, so that each iteration may have its own
def element_set_then_summed(a: "f64[:]", total: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        total[1] = a[i]
        total[1] += 1.0
        a[i] = total[1] * 2.0


# label: racy
# arguments: zeros(20), floats(20)
# why: a sum into the neighbour, which reads it
def push_to_neighbour(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(len(a) - 1):
        a[i + 1] += b[i]
        b[i] = a[i]


# label: safe-affine
# arguments: zeros(20), floats(20)
# why: additions alone commute
def push_to_both_sides(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(len(a) - 1):
        a[i + 1] += b[i]
        a[i] += b[i]


# label: racy
# arguments: zeros(20), floats(20)
# why: a sum to the left, a product to the right
def push_two_operators(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(len(a) - 1):
        a[i + 1] *= b[i]
        a[i] += b[i]


# label: racy
# arguments: floats(20)
# why: the loop counts with a variable that it also tests
def counter_tested(a: "f64[:]"):
    n = 0
    # pragma parallel for
    for i in range(len(a)):
        if n % 2 == 0:
            a[i] = 0.0
        n += 1
    return n


# label: racy
# arguments: floats(20)
# why: the second smallest needs the smallest so far
def two_smallest(a: "f64[:]"):
    first, second = 2.0, 2.0
    # pragma parallel for
    for i in range(len(a)):
        if a[i] < first:
            second = first
            first = a[i]
        elif a[i] < second:
            second = a[i]
    return first, second


# label: racy
# arguments: floats(20)
# why: the length of the longest run of growing values
def longest_run(a: "f64[:]"):
    length, best = 1, 1
    # pragma parallel for
    for i in range(1, len(a)):
        length = length + 1 if a[i] > a[i - 1] else 1
        best = max(best, length)
    return best


# label: racy
# arguments: floats(20)
# why: maximum subarray sum (Kadane)
def kadane(a: "f64[:]"):
    here, best = 0.0, 0.0
    # pragma parallel for
    for i in range(len(a)):
        here = max(0.0, here + a[i] - 0.5)
        best = max(best, here)
    return best


# label: racy
# arguments: floats(20, 4), zeros(4)
# why: the sums of the rows so far are written into the matrix
def column_scan(a: "f64[:, :]", s: "f64[:]"):
    # pragma parallel for
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            s[j] += a[i, j]
            a[i, j] = s[j]


# label: racy
# arguments: counts(10), ints(30)
# why: the count so far is stored, as in a stable counting sort
def histogram_with_rank(h: "i64[:]", b: "i64[:]"):
    # pragma parallel for
    for i in range(len(b)):
        h[0] += b[i]
        b[i] = h[0]


# label: racy
# arguments: floats(20), np.array([0.5])
def atomic_does_not_order(a: "f64[:]", m: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        # pragma atomic
        m[0] += a[i]
        a[i] = m[0]


# label: racy
# arguments: floats(20)
# why: the operator of the clause is not what the loop does
def wrong_operator(a: "f64[:]"):
    s = 1.0
    # pragma parallel for reduction(+: s)
    for i in range(len(a)):
        s = s * 0.5 + a[i]
    return s


# label: racy
# arguments: floats(20), zeros(20)
def running_any(a: "f64[:]", b: "f64[:]"):
    seen = False
    # pragma parallel for
    for i in range(len(a)):
        seen = seen or a[i] > 0.9
        if seen:
            b[i] = 1.0


# label: racy
# arguments: floats(20), counts(20)
def running_argmax(a: "f64[:]", k: "i64[:]"):
    best, where = a[0], 0
    # pragma parallel for
    for i in range(len(a)):
        if a[i] > best:
            best = a[i]
            where = i
        k[i] = where


# label: racy
# arguments: np.zeros(1), 20
def shared_cell(cell: "f64[:]", n: int):
    # pragma parallel for
    for i in range(n):
        cell[0] = cell[0] * 0.5 + i
