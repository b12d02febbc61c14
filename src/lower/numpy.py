"""NumPy's functions that are written in the language itself: a call of one is inlined like a call of any function.

Conditions on arguments (`axis is None`, `mode == "same"`) and on numbers of axes (`np.ndim(a) == 1`) are decided before anything is
computed, and choose between bodies of which the others need not make sense. A function returns once, or at places between which such
conditions choose. `raise NotImplementedError("…")` says why a call is not translated. What NumPy raises, Python raises: `raise
Exception` leaves the launch to it.
"""

import math

import numpy as np


# Reductions


def ptp(a, axis=None, out=None, keepdims=False):
    if out is not None:
        raise NotImplementedError("`np.ptp` cannot be translated with `out=`")
    return np.max(a, axis=axis, keepdims=keepdims) - np.min(a, axis=axis, keepdims=keepdims)


def average(a, axis=None, weights=None):
    if weights is None:
        return np.mean(a, axis=axis)
    if axis is not None:
        raise NotImplementedError("`np.average` cannot be translated with weights along an axis")
    total = np.sum(weights)
    if total == 0.0:
        raise Exception
    return np.sum(np.multiply(a, weights)) / total


def nansum(a, axis=None, keepdims=False):
    return np.sum(np.where(np.isnan(a), 0, a), axis=axis, keepdims=keepdims)


def nanprod(a, axis=None, keepdims=False):
    return np.prod(np.where(np.isnan(a), 1, a), axis=axis, keepdims=keepdims)


def _count(a, axis, keepdims):
    """How many elements are numbers, in the type of the elements."""
    missing = np.isnan(a)
    return np.sum(np.where(missing, 0, np.where(missing, a, 1)), axis=axis, keepdims=keepdims)


def nanmean(a, axis=None, keepdims=False):
    return nansum(a, axis, keepdims) / _count(a, axis, keepdims)


def nanvar(a, axis=None, ddof=0, keepdims=False):
    centre = nansum(a, axis, True) / _count(a, axis, True)
    missing = np.isnan(a)
    distance = np.where(missing, 0, a - centre)
    squares = np.real(distance * np.conj(distance))
    # In the type of the squares, which are real.
    count = np.sum(np.where(missing, 0, np.where(missing, squares, 1)), axis=axis, keepdims=keepdims)
    return np.sum(squares, axis=axis, keepdims=keepdims) / (count - ddof)


def nanstd(a, axis=None, ddof=0, keepdims=False):
    return np.sqrt(nanvar(a, axis, ddof, keepdims))


def nanmin(a, axis=None, keepdims=False):
    if axis is None:
        return np.fmin.reduce(np.ravel(a))
    return np.fmin.reduce(a, axis=axis, keepdims=keepdims)


def nanmax(a, axis=None, keepdims=False):
    if axis is None:
        return np.fmax.reduce(np.ravel(a))
    return np.fmax.reduce(a, axis=axis, keepdims=keepdims)


def median(a, axis=None):
    if axis is not None:
        raise NotImplementedError("`np.median` along an axis cannot be translated; call it for each row")
    ordered = np.sort(np.ravel(a))
    n = len(ordered)
    if n == 0:
        raise Exception
    half = n // 2
    middle = ordered[half] if n % 2 == 1 else np.mean(ordered[half - 1 : half + 1])
    return np.positive(ordered[n - 1] if np.isnan(ordered[n - 1]) else middle)


def _quantile(a, q, divisor, limit):
    """Between the two elements around the place of a share, which is a number of the elements' type if they are floats."""
    if np.ndim(q) != 0:
        raise NotImplementedError("several percentages cannot be translated; call it for each")
    ordered = np.sort(np.ravel(a))
    n = len(ordered)
    if n == 0 or not 0.0 <= q <= limit:
        raise Exception
    share = np.empty(1, dtype=(ordered[:1] / 1.0).dtype)
    share[0] = q
    place = share[0] / divisor * (n - 1)
    below = int(math.floor(place))
    above = min(below + 1, n - 1)
    part = place - below
    low, high = ordered[below], ordered[above]
    value = low + (high - low) * part if part < 0.5 else high - (high - low) * (1 - part)
    return ordered[n - 1] * part if np.isnan(ordered[n - 1]) else value


def quantile(a, q, axis=None):
    if axis is not None:
        raise NotImplementedError("`np.quantile` along an axis cannot be translated; call it for each row")
    return _quantile(a, q, 1.0, 1.0)


def percentile(a, q, axis=None):
    if axis is not None:
        raise NotImplementedError("`np.percentile` along an axis cannot be translated; call it for each row")
    return _quantile(a, q, 100.0, 100.0)


# Element by element


def isclose(a, b, rtol=1e-05, atol=1e-08, equal_nan=False):
    # As a float, since the least integer has no absolute value.
    wanted = b + 0.0
    near = (np.abs(a - wanted) <= atol + rtol * np.abs(wanted)) & np.isfinite(wanted) | (a == wanted)
    if equal_nan:
        return near | np.isnan(a) & np.isnan(wanted)
    return near


def allclose(a, b, rtol=1e-05, atol=1e-08, equal_nan=False):
    return bool(np.all(isclose(a, b, rtol, atol, equal_nan)))


def nan_to_num(x, copy=True, nan=0.0, posinf=None, neginf=None):
    if posinf is None:
        raise NotImplementedError("`np.nan_to_num` needs `posinf=` and `neginf=` here")
    return np.where(np.isnan(x), nan, np.where(x == math.inf, posinf, np.where(x == -math.inf, neginf, x)))


def sinc(x):
    scaled = np.pi * x
    return np.where(scaled == 0, 1.0, np.sin(scaled) / scaled)


def fix(x):
    return np.trunc(x)


def isreal(x):
    return np.imag(x) == 0


def polyval(p, x):
    value = x * False
    for k in range(len(p)):
        value = value * x + p[k]
    return value


def trapezoid(y, x=None, dx=1.0):
    if x is None:
        return np.sum(dx * (y[1:] + y[:-1]) / 2.0)
    return np.sum(np.diff(x) * (y[1:] + y[:-1]) / 2.0)


def gradient(f, h=1.0):
    if np.ndim(f) != 1:
        raise NotImplementedError("`np.gradient` of more than one axis cannot be translated; write the differences")
    if np.ndim(h) != 0:
        raise NotImplementedError("`np.gradient` of samples at other than equal distances cannot be translated")
    n = len(f)
    if n < 2:
        raise Exception
    out = np.empty(n, dtype=(f[:1] / 2.0).dtype)
    # Bools have no difference; that of integers is taken of floats.
    out[:1] = f[:1] - f[:1]
    out[1:-1] = (f[2:] * 1.0 - f[:-2] * 1.0) / (2.0 * h)
    out[0] = (f[1] * 1.0 - f[0] * 1.0) / h
    out[-1] = (f[-1] * 1.0 - f[-2] * 1.0) / h
    return out


def ediff1d(ary):
    return np.diff(np.ravel(ary))


def divmod(x1, x2):
    return np.floor_divide(x1, x2), np.remainder(x1, x2)


def modf(x):
    whole = np.trunc(x)
    return np.copysign(np.where(np.isinf(x), 0.0, x - whole), x), whole


# Updates by index arrays, in which every occurrence of an index counts


def add_at(a, indices, b):
    if np.ndim(indices) == 0:
        a[indices] += b
    elif np.ndim(indices) == 1:
        if np.ndim(b) == 0:
            for k in range(len(indices)):
                a[indices[k]] += b
        else:
            for k in range(len(indices)):
                a[indices[k]] += b[k]
    else:
        raise NotImplementedError("`np.add.at` by other than one vector of indices cannot be translated")


def subtract_at(a, indices, b):
    if np.ndim(indices) == 0:
        a[indices] -= b
    elif np.ndim(indices) == 1:
        if np.ndim(b) == 0:
            for k in range(len(indices)):
                a[indices[k]] -= b
        else:
            for k in range(len(indices)):
                a[indices[k]] -= b[k]
    else:
        raise NotImplementedError("`np.subtract.at` by other than one vector of indices cannot be translated")


def maximum_at(a, indices, b):
    if np.ndim(indices) != 1:
        raise NotImplementedError("`np.maximum.at` by other than one vector of indices cannot be translated")
    elif np.ndim(b) == 0:
        for k in range(len(indices)):
            a[indices[k]] = np.maximum(a[indices[k]], b)
    else:
        for k in range(len(indices)):
            a[indices[k]] = np.maximum(a[indices[k]], b[k])


def minimum_at(a, indices, b):
    if np.ndim(indices) != 1:
        raise NotImplementedError("`np.minimum.at` by other than one vector of indices cannot be translated")
    elif np.ndim(b) == 0:
        for k in range(len(indices)):
            a[indices[k]] = np.minimum(a[indices[k]], b)
    else:
        for k in range(len(indices)):
            a[indices[k]] = np.minimum(a[indices[k]], b[k])


# Products


def vdot(a, b):
    return np.dot(np.conj(np.ravel(a)), np.ravel(b))


def kron(a, b):
    if np.ndim(a) != 1 or np.ndim(b) != 1:
        raise NotImplementedError("`np.kron` of other than vectors cannot be translated; write the loops")
    return np.ravel(np.outer(a, b)).copy()


def cross(a, b):
    if np.ndim(a) != 1 or np.ndim(b) != 1:
        raise NotImplementedError("`np.cross` of arrays of vectors cannot be translated; call it for each pair")
    if len(a) != 3 or len(b) != 3:
        raise Exception
    return np.array([a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]])


def _slide(a, v, first, length):
    """The products of `a` and the reversed `v`, from a shift on."""
    n, m = len(a), len(v)
    if n == 0 or m == 0:
        raise Exception
    out = np.zeros(length, dtype=(a[:1] * v[:1]).dtype)
    for k in range(length):
        at = k + first
        for j in range(max(0, at - m + 1), min(at + 1, n)):
            out[k] += a[j] * v[at - j]
    return out


def convolve(a, v, mode="full"):
    n, m = len(a), len(v)
    if mode == "full":
        return _slide(a, v, 0, n + m - 1)
    if mode == "same":
        return _slide(a, v, (min(n, m) - 1) // 2, max(n, m))
    if mode == "valid":
        return _slide(a, v, min(n, m) - 1, max(n, m) - min(n, m) + 1)
    raise NotImplementedError("the mode of `np.convolve` must be a constant here")


def correlate(a, v, mode="valid"):
    n, m = len(a), len(v)
    if n < m:
        raise Exception
    if mode == "full":
        return _slide(a, v[::-1].conj(), 0, n + m - 1)
    if mode == "same":
        return _slide(a, v[::-1].conj(), (m - 1) // 2, n)
    if mode == "valid":
        return _slide(a, v[::-1].conj(), m - 1, n - m + 1)
    raise NotImplementedError("the mode of `np.correlate` must be a constant here")


def linalg_norm(x, ord=None, axis=None, keepdims=False):
    if ord is not None and axis is not None:
        raise NotImplementedError("`np.linalg.norm` cannot be translated with both `ord` and `axis`")
    if ord == 1 or ord == math.inf:
        if np.ndim(x) != 1:
            raise NotImplementedError("this norm of a matrix cannot be translated; write the sum or the maximum")
        if ord == 1:
            return np.sum(np.abs(x))
        return np.max(np.abs(x))
    if ord == 2:
        if np.ndim(x) != 1:
            raise NotImplementedError("this norm of a matrix cannot be translated")
    elif ord is not None and ord != "fro":
        raise NotImplementedError('`np.linalg.norm` can be translated with `ord` 1, 2, `np.inf` and "fro" only')
    if axis is None:
        return np.sqrt(np.sum(np.real(x * np.conj(x))))
    return np.sqrt(np.sum(np.real(x * np.conj(x)), axis=axis, keepdims=keepdims))


def _factorised(a, signs, singular=False):
    """The factors L and U of a square matrix, rows exchanged as LAPACK does, which `signs` is told: where each row came from."""
    n = len(a)
    if a.shape[1] != n or n == 0:
        raise Exception
    lu = a.copy()
    for i in range(n):
        signs[i] = i
    largest = 0.0
    for i in range(n):
        for j in range(n):
            largest = max(largest, abs(float(lu[i, j])))
    for k in range(n):
        p = k
        for i in range(k + 1, n):
            if abs(lu[i, k]) > abs(lu[p, k]):
                p = i
        # Nearly singular: whether NumPy raises depends on its very roundings.
        if not singular and not abs(lu[p, k]) > 1e-6 * largest:
            raise Exception
        if p != k:
            signs[k], signs[p] = signs[p], signs[k]
            for j in range(n):
                kept = lu[k, j]
                lu[k, j] = lu[p, j]
                lu[p, j] = kept
        for i in range(k + 1, n):
            if not singular or lu[k, k] != 0:
                lu[i, k] = lu[i, k] / lu[k, k]
            for j in range(k + 1, n):
                lu[i, j] = lu[i, j] - lu[i, k] * lu[k, j]
    return lu


def linalg_det(a):
    if np.ndim(a) != 2:
        raise NotImplementedError("`np.linalg.det` of several matrices cannot be translated; call it for each")
    n = len(a)
    came = np.zeros(n, dtype=np.int64)
    lu = _factorised(a * 1.0, came, True)
    result = lu[0, 0]
    for k in range(1, n):
        result = result * lu[k, k]
    odd = False
    for i in range(n):
        for j in range(i):
            if came[j] > came[i]:
                odd = not odd
    # A zero has no sign.
    return result * result if result == 0 else -result if odd else result


def linalg_solve(a, b):
    if np.ndim(a) != 2 or np.ndim(b) > 2:
        raise NotImplementedError("`np.linalg.solve` of several systems cannot be translated; call it for each")
    n = len(a)
    if len(b) != n:
        raise Exception
    came = np.zeros(n, dtype=np.int64)
    ones = np.ones_like(b)
    if np.ndim(b) == 1:
        one = ones[0]
    else:
        one = ones[0, 0]
    # Both sides in the type that holds either.
    lu = _factorised(a * 1.0 * one, came)
    x = np.empty_like(b * lu[0, 0])
    for i in range(n):
        x[i] = b[came[i]]
        for k in range(i):
            x[i] -= lu[i, k] * x[k]
    for i in range(n - 1, -1, -1):
        for k in range(i + 1, n):
            x[i] -= lu[i, k] * x[k]
        x[i] /= lu[i, i]
    return x


def linalg_inv(a):
    if np.ndim(a) != 2:
        raise NotImplementedError("`np.linalg.inv` of several matrices cannot be translated; call it for each")
    n = len(a)
    came = np.zeros(n, dtype=np.int64)
    lu = _factorised(a * 1.0, came)
    x = np.zeros_like(lu)
    for i in range(n):
        x[i, came[i]] = 1.0
        for k in range(i):
            x[i] -= lu[i, k] * x[k]
    for i in range(n - 1, -1, -1):
        for k in range(i + 1, n):
            x[i] -= lu[i, k] * x[k]
        x[i] /= lu[i, i]
    return x


# Searching and sorting


def flatnonzero(a):
    return np.nonzero(np.ravel(a))[0]


def compress(condition, a, axis=None):
    if axis is not None or np.ndim(a) != 1:
        raise NotImplementedError("`np.compress` of other than vectors cannot be translated; use a mask")
    return a[condition]


def extract(condition, arr):
    return np.ravel(arr)[np.nonzero(np.ravel(condition))[0]]


def take(a, indices, axis=None):
    if axis is None:
        return np.ravel(a)[indices]
    if axis == 0:
        return a[indices]
    if axis == 1:
        return a[:, indices]
    if axis == -1:
        return a[..., indices]
    if axis == 2:
        return a[:, :, indices]
    raise NotImplementedError("the axis of `np.take` must be a constant here")


def _before(a, b):
    """NumPy's order: NaN comes last."""
    return a < b or (b != b and a == a)


def _left(a, v):
    low, high = 0, len(a)
    while low < high:
        middle = (low + high) // 2
        if _before(a[middle], v):
            low = middle + 1
        else:
            high = middle
    return low


def _right(a, v):
    low, high = 0, len(a)
    while low < high:
        middle = (low + high) // 2
        if _before(v, a[middle]):
            high = middle
        else:
            low = middle + 1
    return low


def searchsorted(a, v, side="left"):
    if np.ndim(v) == 0:
        if side == "left":
            place = np.int64(_left(a, v))
        else:
            place = np.int64(_right(a, v))
    elif np.ndim(v) == 1:
        place = np.empty(len(v), dtype=np.int64)
        for k in range(len(v)):
            if side == "left":
                place[k] = _left(a, v[k])
            else:
                place[k] = _right(a, v[k])
    else:
        raise NotImplementedError("`np.searchsorted` of more than one axis cannot be translated; call it for each row")
    return place


def digitize(x, bins, right=False):
    if bins[0] > bins[-1]:
        raise Exception
    if right:
        return searchsorted(bins, x, "left")
    return searchsorted(bins, x, "right")


def sort(a, axis=-1, kind=None):
    if np.ndim(a) != 1:
        raise NotImplementedError("`np.sort` of more than one axis cannot be translated; call it for each row")
    source = a.copy()
    n = len(source)
    target = np.empty_like(source)
    width = 1
    while width < n:
        for low in range(0, n, 2 * width):
            middle, high = min(low + width, n), min(low + 2 * width, n)
            i, j = low, middle
            for k in range(low, high):
                if i < middle and (j >= high or not _before(source[j], source[i])):
                    target[k] = source[i]
                    i += 1
                else:
                    target[k] = source[j]
                    j += 1
        source[...] = target
        width = 2 * width
    return source


def _distinct(s):
    count = 0
    for i in range(len(s)):
        if i == 0 or _before(s[i - 1], s[i]):
            count += 1
    return count


def unique(ar, return_index=False, return_inverse=False, return_counts=False, axis=None):
    if return_index or return_inverse or axis is not None:
        raise NotImplementedError("`np.unique` can be translated with `return_counts=` only")
    s = np.sort(np.ravel(ar))
    count = _distinct(s)
    values = np.empty_like(s[:count])
    counts = np.zeros(count, dtype=np.int64)
    at = -1
    for i in range(len(s)):
        if i == 0 or _before(s[i - 1], s[i]):
            at += 1
            values[at] = s[i]
        counts[at] += 1
    if return_counts:
        return values, counts
    return values


def argsort(a, axis=-1, kind=None):
    if kind != "stable":
        raise NotImplementedError(
            '`np.argsort` can be translated with `kind="stable"` only: the order of equal elements is open else'
        )
    if np.ndim(a) != 1:
        raise NotImplementedError("`np.argsort` of more than one axis cannot be translated; call it for each row")
    n = len(a)
    source = np.arange(n)
    target = np.empty(n, dtype=np.int64)
    width = 1
    while width < n:
        for low in range(0, n, 2 * width):
            middle, high = min(low + width, n), min(low + 2 * width, n)
            i, j = low, middle
            for k in range(low, high):
                if i < middle and (j >= high or not _before(a[source[j]], a[source[i]])):
                    target[k] = source[i]
                    i += 1
                else:
                    target[k] = source[j]
                    j += 1
        source[...] = target
        width = 2 * width
    return source


def _interpolated(x, xp, fp):
    n = len(xp)
    j = _right(xp, x) - 1
    if x != x:
        value = x
    elif j < 0:
        value = fp[0]
    elif j >= n - 1:
        value = fp[n - 1]
    elif xp[j] == x:
        value = fp[j]
    else:
        slope = (fp[j + 1] - fp[j]) / (xp[j + 1] - xp[j])
        value = slope * (x - xp[j]) + fp[j]
        if value != value:
            value = slope * (x - xp[j + 1]) + fp[j + 1]
            if value != value and fp[j] == fp[j + 1]:
                value = fp[j]
    return np.float64(value)


def interp(x, xp, fp):
    if len(xp) == 0 or len(xp) != len(fp):
        raise Exception
    if np.ndim(x) == 0:
        value = _interpolated(np.float64(x), xp, fp)
    elif np.ndim(x) == 1:
        value = np.empty(len(x))
        for k in range(len(x)):
            value[k] = _interpolated(np.float64(x[k]), xp, fp)
    else:
        raise NotImplementedError(
            "`np.interp` at more than one axis of places cannot be translated; call it for each row"
        )
    return value


def bincount(x, weights=None, minlength=0):
    length = max(minlength, int(np.max(x)) + 1 if len(x) > 0 else 0)
    if weights is None:
        counts = np.zeros(length, dtype=np.int64)
        for k in range(len(x)):
            if x[k] < 0:
                raise Exception
            counts[x[k]] += 1
        return counts
    sums = np.zeros(length)
    if len(weights) != len(x):
        raise Exception
    for k in range(len(x)):
        if x[k] < 0:
            raise Exception
        sums[x[k]] += weights[k]
    return sums


# Shapes


def expand_dims(a, axis):
    if axis == 0:
        return a[np.newaxis]
    if axis == 1:
        return a[:, np.newaxis]
    if axis == -1:
        return a[..., np.newaxis]
    if axis == 2:
        return a[:, :, np.newaxis]
    raise NotImplementedError("the axis of `np.expand_dims` must be a constant here")


def atleast_1d(a):
    if np.ndim(a) == 0:
        wide = np.array([a])
    else:
        wide = a
    return wide


def atleast_2d(a):
    if np.ndim(a) == 0:
        wide = np.array([[a]])
    elif np.ndim(a) == 1:
        wide = a[np.newaxis]
    else:
        wide = a
    return wide


def rot90(m, k=1):
    if k == 1:
        return np.flip(np.transpose(m), 0)
    if k == -1:
        return np.transpose(np.flip(m, 0))
    if k == 2:
        return np.flip(np.flip(m, 0), 1)
    raise NotImplementedError("the number of turns of `np.rot90` must be 1, 2 or -1 here")


def meshgrid(x, y, indexing="xy"):
    if indexing == "ij":
        return _across(x, len(y)), _down(y, len(x))
    return _down(x, len(y)), _across(y, len(x))


def _down(row, count):
    return np.repeat(row[np.newaxis], count, 0).copy()


def _across(column, count):
    return np.repeat(column[:, np.newaxis], count, 1).copy()


def tile(a, reps):
    if np.ndim(a) != 1 or np.ndim(reps) != 0:
        raise NotImplementedError("`np.tile` of other than a vector by a number cannot be translated; use `np.repeat`")
    count = max(reps, 0)
    return np.ravel(np.repeat(a[np.newaxis], count, 0)).copy()


def append(arr, values):
    return np.concatenate((np.ravel(arr), np.ravel(np.atleast_1d(values))))


def tri(N, M=None, k=0):
    if M is not None:
        raise NotImplementedError("`np.tri` of a rectangle cannot be translated; use `np.tril` of `np.ones`")
    return np.tril(np.ones((N, N)), k)


def vander(x):
    n = len(x)
    out = np.empty((n, n), dtype=x.dtype)
    out[:, n - 1] = 1
    for k in range(n - 1, 0, -1):
        out[:, k - 1] = out[:, k] * x
    return out


def logspace(start, stop, num=50):
    return np.power(10.0, np.linspace(start, stop, num))


def hanning(M):
    return 0.5 + 0.5 * np.cos(np.pi * np.arange(1 - M, M, 2) / (M - 1))


def hamming(M):
    return 0.54 + 0.46 * np.cos(np.pi * np.arange(1 - M, M, 2) / (M - 1))


def blackman(M):
    n = np.arange(1 - M, M, 2)
    return 0.42 + 0.5 * np.cos(np.pi * n / (M - 1)) + 0.08 * np.cos(2.0 * np.pi * n / (M - 1))


def _outside(at, n, mode):
    """The place from which an element beyond an end comes."""
    if mode == "edge":
        return min(max(at, 0), n - 1)
    if mode == "wrap":
        return at % n
    if mode == "reflect":
        turn = at % max(2 * n - 2, 1)
        return turn if turn < n else 2 * n - 2 - turn
    if mode == "symmetric":
        turn = at % (2 * n)
        return turn if turn < n else 2 * n - 1 - turn
    raise NotImplementedError(
        "the mode of `np.pad` must be a constant here: constant, edge, wrap, reflect or symmetric"
    )


def pad(array, pad_width, mode="constant", constant_values=0):
    widths = np.asarray(pad_width)
    if np.ndim(array) == 1:
        if np.ndim(widths) == 0:
            before, after = widths, widths
        elif np.ndim(widths) == 1:
            before, after = widths[0], widths[1]
        else:
            before, after = widths[0, 0], widths[0, 1]
        n = len(array)
        if before < 0 or after < 0 or n == 0:
            raise Exception
        out = np.empty(n + before + after, dtype=array.dtype)
        if mode == "constant":
            out[:before] = constant_values
            out[before + n :] = constant_values
            out[before : before + n] = array
        else:
            for k in range(len(out)):
                out[k] = array[_outside(k - before, n, mode)]
    elif np.ndim(array) == 2:
        if np.ndim(widths) == 0:
            top, bottom, left, right = widths, widths, widths, widths
        elif np.ndim(widths) == 1:
            top, bottom, left, right = widths[0], widths[1], widths[0], widths[1]
        else:
            top, bottom, left, right = widths[0, 0], widths[0, 1], widths[1, 0], widths[1, 1]
        rows, columns = array.shape
        if top < 0 or bottom < 0 or left < 0 or right < 0 or rows == 0 or columns == 0:
            raise Exception
        out = np.empty((rows + top + bottom, columns + left + right), dtype=array.dtype)
        if mode == "constant":
            out[...] = constant_values
            out[top : top + rows, left : left + columns] = array
        else:
            for i in range(rows + top + bottom):
                for j in range(columns + left + right):
                    out[i, j] = array[_outside(i - top, rows, mode), _outside(j - left, columns, mode)]
    else:
        raise NotImplementedError("`np.pad` of more than two axes cannot be translated; write the loops")
    return out
