"""Scalars whose value passes from one iteration to another, and their twins that stay within one."""

import numpy as np


# label: racy
# arguments: floats(20), zeros(20)
# why: t is read before this iteration assigns it
def used_before_assigned(a: "f64[:]", b: "f64[:]"):
    t = 0.0
    # pragma parallel for
    for i in range(len(a)):
        b[i] = t
        t = a[i]


# label: safe-affine
# arguments: floats(20), zeros(20)
def assigned_before_used(a: "f64[:]", b: "f64[:]"):
    t = 0.0
    # pragma parallel for
    for i in range(len(a)):
        t = a[i]
        b[i] = t * t
    return t


# label: racy
# arguments: floats(20), zeros(20)
# why: t keeps the value of the last iteration that took the branch
def assigned_in_one_branch(a: "f64[:]", b: "f64[:]"):
    t = 0.0
    # pragma parallel for
    for i in range(len(a)):
        if i % 3 == 0:
            t = a[i]
        b[i] = t


# label: safe-affine
# arguments: floats(20), zeros(20)
def assigned_in_both_branches(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        if a[i] > 0.5:
            t = a[i]
        else:
            t = -a[i]
        b[i] = t


# label: safe-affine
# arguments: floats(20), zeros(20)
# why: assigned and used under the same condition
def assigned_and_used_in_branch(a: "f64[:]", b: "f64[:]"):
    t = 0.0
    # pragma parallel for
    for i in range(len(a)):
        if a[i] > 0.5:
            t = a[i] * 2.0
            b[i] = t


# label: racy
# arguments: floats(20), zeros(20)
# why: a counter that is used as a subscript
def running_position(a: "f64[:]", b: "f64[:]"):
    k = 0
    # pragma parallel for
    for i in range(len(a)):
        if a[i] > 0.3:
            b[k] = a[i]
            k += 1
    return k


# label: racy
# arguments: floats(20), zeros(20)
# why: TSVC's induction variable, which iterations advance one after the other
def induction_variable(a: "f64[:]", b: "f64[:]"):
    k = -1
    # pragma parallel for
    for i in range(len(a) // 2):
        k += 2
        b[k] = a[i]


# label: safe-affine
# arguments: floats(20), zeros(40)
# why: the same position computed from i
def induction_variable_replaced(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        k = 2 * i + 1
        b[k] = a[i]


# label: racy
# arguments: floats(20), zeros(20)
# why: the previous element carried in a scalar
def carried_neighbour(a: "f64[:]", b: "f64[:]"):
    x = a[len(a) - 1]
    # pragma parallel for
    for i in range(len(a)):
        b[i] = 0.5 * (a[i] + x)
        x = a[i]


# label: racy
# arguments: floats(20), zeros(20)
def carried_twice(a: "f64[:]", b: "f64[:]"):
    x = a[0]
    y = a[1]
    # pragma parallel for
    for i in range(2, len(a)):
        b[i] = (a[i] + x + y) / 3.0
        x = y
        y = a[i]


# label: racy
# arguments: floats(20)
# why: x is multiplied and stored: a running product
def running_product(a: "f64[:]"):
    x = 1.0
    # pragma parallel for
    for i in range(len(a)):
        x *= a[i]
        a[i] = x


# label: racy
# arguments: 0.3, zeros(20)
# why: the state of a random number generator
def logistic_map(x: float, out: "f64[:]"):
    # pragma parallel for
    for i in range(len(out)):
        x = 3.7 * x * (1.0 - x)
        out[i] = x


# label: racy
# arguments: 7, counts(20)
def linear_congruence(seed: int, out: "i64[:]"):
    # pragma parallel for
    for i in range(len(out)):
        seed = (seed * 1103515245 + 12345) % 2147483648
        out[i] = seed


# label: racy
# arguments: floats(20), zeros(20)
# why: a flag set by one iteration changes what the next ones do
def sticky_flag(a: "f64[:]", b: "f64[:]"):
    seen = False
    # pragma parallel for
    for i in range(len(a)):
        if seen:
            b[i] = a[i]
        if a[i] > 0.2:
            seen = True


# label: safe-affine
# arguments: floats(20)
# why: which iterations found something does not depend on their order
def any_flag(a: "f64[:]"):
    found = False
    # pragma parallel for
    for i in range(len(a)):
        if a[i] > 0.9:
            found = True
    return found


# label: racy
# arguments: floats(20), zeros(20)
def exchanged_scalars(a: "f64[:]", b: "f64[:]"):
    p, q = 1.0, 2.0
    # pragma parallel for
    for i in range(len(a)):
        b[i] = p * a[i]
        p, q = q, p


# label: racy
# arguments: floats(20, 5), zeros(20)
# why: s is set once, before the loop over rows
def sum_not_reset(a: "f64[:, :]", b: "f64[:]"):
    s = 0.0
    # pragma parallel for
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            s += a[i, j]
        b[i] = s


# label: safe-affine
# arguments: floats(20, 5), zeros(20)
def sum_reset(a: "f64[:, :]", b: "f64[:]"):
    # pragma parallel for
    for i in range(a.shape[0]):
        s = 0.0
        for j in range(a.shape[1]):
            s += a[i, j]
        b[i] = s


# label: racy
# arguments: floats(20, 5), zeros(20)
# why: the inner loop may leave t unassigned
def assigned_in_inner_loop(a: "f64[:, :]", b: "f64[:]"):
    t = 0.0
    # pragma parallel for
    for i in range(a.shape[0]):
        for j in range(i % 2):
            t = a[i, j] + 1.0
        b[i] = t


# label: safe-affine
# arguments: floats(20), zeros(20)
# why: the last iteration's value is used after the loop
def last_value(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        t = a[i] + 1.0
        b[i] = t
    return t, i


# label: safe-affine
# arguments: floats(20)
# why: the last iteration that took the branch wins, whichever runs first
def last_value_under_condition(a: "f64[:]"):
    t = -1.0
    # pragma parallel for
    for i in range(len(a)):
        if a[i] > 0.5:
            t = a[i]
    return t


# label: racy
# arguments: floats(20), zeros(20)
# why: a clause cannot make a value that passes on private
def wrong_private(a: "f64[:]", b: "f64[:]"):
    t = 0.0
    # pragma parallel for private(t)
    for i in range(len(a)):
        b[i] = t + a[i]
        t = a[i]


# label: racy
# arguments: floats(20), zeros(20)
# why: the exponential moving average of a signal
def moving_average(a: "f64[:]", b: "f64[:]"):
    m = 0.0
    # pragma parallel for
    for i in range(len(a)):
        m = 0.9 * m + 0.1 * a[i]
        b[i] = m


# label: racy
# arguments: floats(20)
# why: Horner's rule
def horner(c: "f64[:]"):
    p = 0.0
    # pragma parallel for
    for i in range(len(c)):
        p = p * 0.5 + c[i]
    return p


# label: racy
# arguments: floats(20)
# why: alternating sign carried in a scalar
def alternating_sign(a: "f64[:]"):
    sign = 1.0
    # pragma parallel for
    for i in range(len(a)):
        a[i] = sign * a[i]
        sign = -sign


# label: safe-affine
# arguments: floats(20)
def sign_from_position(a: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        sign = 1.0 if i % 2 == 0 else -1.0
        a[i] = sign * a[i]


# label: racy
# arguments: floats(20), zeros(20)
# why: the position of the last peak so far
def distance_to_last_peak(a: "f64[:]", b: "f64[:]"):
    last = 0
    # pragma parallel for
    for i in range(len(a)):
        if a[i] > 0.7:
            last = i
        b[i] = i - last


# label: racy
# arguments: floats(20), 0.0
# why: Kahan's compensation passes on with the sum
def kahan_sum(a: "f64[:]", s: float):
    c = 0.0
    # pragma parallel for
    for i in range(len(a)):
        y = a[i] - c
        t = s + y
        c = (t - s) - y
        s = t
    return s


# label: racy
# arguments: floats(30)
# why: a while loop in every iteration moves a shared position on
def shared_cursor(a: "f64[:]"):
    k = 0
    # pragma parallel for
    for i in range(10):
        while k < 2 * i:
            a[k] = np.float64(i)
            k += 1


# label: racy
# arguments: floats(20), zeros(20)
# why: the walrus assigns too
def walrus_carried(a: "f64[:]", b: "f64[:]"):
    t = 0.0
    # pragma parallel for
    for i in range(len(a)):
        b[i] = t + (t := a[i])


# label: safe-affine
# arguments: floats(20), zeros(20)
def walrus_private(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        if (t := a[i] * 2.0) > 1.0:
            b[i] = t
