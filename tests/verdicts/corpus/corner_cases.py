"""Almost a reduction, almost private, almost an argmax: where a checker that matches forms goes wrong."""

import numpy as np

TABLE = np.zeros(64)


# label: racy
# arguments: floats(20)
def sum_of_itself(a: "f64[:]"):
    s = 1.0
    # pragma parallel for
    for i in range(len(a)):
        s += s * a[i]
    return s


# label: racy
# arguments: floats(20)
def maximum_of_itself(a: "f64[:]"):
    m = 1.0
    # pragma parallel for
    for i in range(len(a)):
        m = max(m, m * a[i] + 0.5)
    return m


# label: racy
# arguments: floats(20)
# why: clamped from both sides, in order
def clamped_running(a: "f64[:]"):
    m = 0.5
    # pragma parallel for
    for i in range(len(a)):
        m = max(m, a[i] - 0.2)
        m = min(m, a[i] + 0.2)
    return m


# label: racy
# arguments: floats(20)
def logic_crossed(a: "f64[:]"):
    p, q = True, False
    # pragma parallel for
    for i in range(len(a)):
        p = p and a[i] > 0.2
        q = p or q
    return p, q


# label: racy
# arguments: counts(10), ints(30)
# why: the histogram reads its own first bin
def histogram_of_itself(h: "i64[:]", b: "i64[:]"):
    # pragma parallel for
    for i in range(len(b)):
        h[0] += 1
        h[b[i]] += h[0]


# label: run-time
# independent: counts(30), permutation(30)
# dependent: counts(30), repeats(30)
# why: the count is taken back by an assignment, so that it is no reduction
def histogram_with_limit(h: "i64[:]", b: "i64[:]"):
    # pragma parallel for
    for i in range(len(b)):
        h[b[i]] += 1
        if h[b[i]] > 5:
            h[b[i]] = 5


# label: racy
# arguments: floats(20)
# why: the variable bounds an inner loop
def sum_bounds_inner_loop(a: "f64[:]"):
    n = 1
    # pragma parallel for
    for i in range(len(a)):
        for _ in range(n):
            a[i] += 1.0
        n += 1
    return n


# label: racy
# arguments: floats(20), zeros(40)
def sum_as_subscript(a: "f64[:]", b: "f64[:]"):
    n = 0
    # pragma parallel for
    for i in range(len(a)):
        n += 1
        b[n] = a[i]
    return n


# label: racy
# arguments: floats(20)
# why: the place is of the last larger element, not of the largest
def argmax_without_maximum(a: "f64[:]"):
    best, where = 0.3, 0
    # pragma parallel for
    for i in range(1, len(a)):
        if a[i] > a[where]:
            where = i
    return where + best


# label: racy
# arguments: floats(20)
# why: what is kept is not what is compared
def argmax_of_another(a: "f64[:]"):
    best, where = a[0], 0
    # pragma parallel for
    for i in range(1, len(a)):
        if a[i] > best:
            best = a[i] * 0.9
            where = i
    return best, where


# label: racy
# arguments: floats(20)
# why: the count of improvements depends on the order
def argmax_with_count(a: "f64[:]"):
    best, times = a[0], 0
    # pragma parallel for
    for i in range(1, len(a)):
        if a[i] > best:
            best = a[i]
            times += 1
    return best, times


# label: safe-affine
# reductions: best, where
# arguments: floats(20), ints(20)
# why: what goes with the maximum may be any value of the iteration
def argmax_with_payload(a: "f64[:]", b: "i64[:]"):
    best, where = a[0], b[0]
    # pragma parallel for
    for i in range(1, len(a)):
        if a[i] > best:
            best = a[i]
            where = b[i]
    return best, where


# label: safe-affine
# reductions: best, where
# arguments: np.array([0.5, np.nan, 0.7, 0.7, np.nan, 0.2])
# why: NaN compares false
def argmax_with_nan(a: "f64[:]"):
    best, where = a[0], 0
    # pragma parallel for
    for i in range(1, len(a)):
        if a[i] > best:
            best = a[i]
            where = i
    return best, where


# label: racy
# arguments: floats(20), zeros(20), zeros(3)
# why: afterwards each element of w must hold what its own last iteration wrote
def work_array_in_turn(a: "f64[:]", b: "f64[:]", w: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        w[i % 3] = a[i]
        b[i] = w[i % 3] * 2.0


# label: racy
# arguments: floats(20), zeros(20), zeros(3)
# why: afterwards w must hold what the last iteration that took the branch wrote
def work_array_conditional(a: "f64[:]", b: "f64[:]", w: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        if a[i] > 0.8:
            w[0] = a[i]
            w[1] = a[i] * 2.0
            b[i] = w[0] + w[1]


# label: racy
# arguments: floats(20), zeros(20), zeros(3)
def work_array_written_sometimes(a: "f64[:]", b: "f64[:]", w: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        if i % 2 == 0:
            w[0] = a[i]
        b[i] = w[0]


# label: racy
# arguments: floats(20), zeros(20), zeros(8)
# why: the row is one longer than what was written
def work_array_too_short(a: "f64[:]", b: "f64[:]", w: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        for k in range(7):
            w[k] = a[i] + k
        for k in range(8):
            b[i] += w[k]
        w[7] = a[i]


# label: racy
# arguments: floats(20), zeros(20), zeros(8)
# why: w[-1] is the last element, which was not written
def work_array_wraps(a: "f64[:]", b: "f64[:]", w: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        for k in range(7):
            w[k] = a[i] + w[k - 1]
        w[7] = a[i]
        b[i] = w[3]


# label: safe
# private: w
# arguments: floats(20), zeros(20), zeros(8)
# why: a stack that every iteration fills before it empties it
def work_stack(a: "f64[:]", b: "f64[:]", w: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        top = 0
        while top < 1 + i % 5:
            w[top] = a[i] + top
            top += 1
        while top > 0:
            top -= 1
            b[i] += w[top]


# label: safe
# arguments: floats(20), zeros(20)
# why: t is read only where it was assigned
def correlated_conditions(a: "f64[:]", b: "f64[:]"):
    t = 0.0
    # pragma parallel for
    for i in range(len(a)):
        if a[i] > 0.5:
            t = a[i] * 2.0
        b[i] = 1.0
        if a[i] > 0.5:
            b[i] = t


# label: racy
# arguments: floats(20), zeros(20)
# why: the second condition is wider than the first
def conditions_apart(a: "f64[:]", b: "f64[:]"):
    t = 0.0
    # pragma parallel for
    for i in range(len(a)):
        if a[i] > 0.5:
            t = a[i] * 2.0
        if a[i] > 0.2:
            b[i] = t


# label: racy
# arguments: floats(20), zeros(20)
# why: continue leaves before the assignment
def skipped_assignment(a: "f64[:]", b: "f64[:]"):
    t = 0.0
    # pragma parallel for
    for i in range(len(a)):
        b[i] = t
        if a[i] < 0.5:
            continue
        t = a[i]


# label: racy
# arguments: floats(20, 5), zeros(20)
# why: break may come before the assignment
def broken_off_assignment(a: "f64[:, :]", b: "f64[:]"):
    t = 0.0
    # pragma parallel for
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            if a[i, j] < 0.6:
                break
            t = a[i, j]
        b[i] = t


# label: racy
# arguments: floats(20)
# why: `and` decides whether the walrus assigns
def walrus_behind_and(a: "f64[:]"):
    t = 0.0
    # pragma parallel for
    for i in range(len(a)):
        if a[i] > 0.5 and (t := a[i] * 0.5) > 0.1:
            a[i] = t
        a[i] = a[i] + t
    return t


# label: safe-affine
# arguments: floats(20)
def local_copy(a: "f64[:]"):
    b = a.copy()
    # pragma parallel for
    for i in range(len(a) - 1):
        a[i] = b[i + 1] * 0.5


# label: racy
# arguments: 30
def global_table(n: int):
    # pragma parallel for
    for i in range(1, n):
        TABLE[i] = TABLE[i - 1] + 1.0


# label: safe-affine
# arguments: 30
def global_table_own(n: int):
    # pragma parallel for
    for i in range(n):
        TABLE[i] = i * 2.0


# label: racy
# arguments: floats(20)
# why: a function of the function that writes a neighbour
def local_function(a: "f64[:]"):
    def push(k):
        a[k + 1] = a[k] * 0.5

    # pragma parallel for
    for i in range(len(a) - 1):
        push(i)


# label: safe-affine
# arguments: floats(20)
def local_lambda(a: "f64[:]"):
    half = lambda x: 0.5 * x  # noqa: E731
    # pragma parallel for
    for i in range(len(a)):
        a[i] = half(a[i])


# label: racy
# arguments: zeros(20), permutation(20)
# why: the index array is rewritten while it is used
def index_rewritten(a: "f64[:]", index: "i64[:]"):
    # pragma parallel for
    for i in range(len(index) - 1):
        index[i + 1] = index[i]
        a[index[i]] = i


# label: safe-affine
# arguments: floats(20), zeros(20)
# why: the last assignment before the read counts
def assigned_twice(a: "f64[:]", b: "f64[:]"):
    t = 0.0
    # pragma parallel for
    for i in range(len(a)):
        t = a[i]
        if t > 0.5:
            t = t - 0.5
        b[i] = t
    return t


# label: racy
# arguments: floats(20)
# why: an int that becomes a sum of what it is compared with
def threshold_moves(a: "f64[:]"):
    limit = 0.1
    # pragma parallel for
    for i in range(len(a)):
        if a[i] > limit:
            limit = limit + 0.1
    return limit


# label: racy
# arguments: floats(20)
# why: the sum is subtracted from, then replaced
def replaced_in_the_end(a: "f64[:]"):
    s = 0.0
    # pragma parallel for
    for i in range(len(a)):
        s += a[i]
        if i == 10:
            s = 1.0
    return s


# label: racy
# arguments: floats(20), np.zeros(1)
# why: a sum into one element by two operators
def element_by_two_operators(a: "f64[:]", s: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        s[0] += a[i]
        s[0] *= 0.99


# label: racy
# arguments: floats(20), np.zeros(2)
# why: the other element's sum is read
def sums_crossed(a: "f64[:]", s: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        s[0] += a[i]
        s[1] += s[0]


# label: racy
# arguments: floats(20), np.zeros(2)
# why: a[i] += is a reduction, a[i] //= is none
def floor_divided(a: "f64[:]", s: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        s[0] = s[0] // 2.0 + a[i]


# label: racy
# arguments: floats(20), np.ones(1)
def powers(a: "f64[:]", s: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        s[0] **= a[i]
