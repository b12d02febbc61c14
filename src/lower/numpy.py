"""NumPy's functions that are written in the language itself: a call of one is inlined like a call of any function.

Conditions on arguments (`axis is None`, `mode == "same"`) and on numbers of axes (`np.ndim(a) == 1`) are decided before anything is
computed, and choose between bodies of which the others need not make sense. A function returns once, or at places between which such
conditions choose. `raise NotImplementedError("…")` says why a call is not translated. What NumPy raises, Python raises: `raise
Exception` leaves the launch to it, and so does `raise RuntimeError("…")`, where NumPy's answer depends on how it is built.
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
    if axis is None:
        total = np.sum(weights)
        if total == 0.0:
            raise Exception
        return np.sum(np.multiply(a, weights)) / total
    if np.ndim(a) != 2 or np.ndim(weights) != 1:
        raise NotImplementedError("`np.average` can be translated along an axis of a matrix, with a weight for each place")
    total = np.sum(weights)
    if total == 0.0:
        raise Exception
    if axis == 0:
        if len(weights) != a.shape[0]:
            raise Exception
        return np.sum(np.multiply(a, weights[:, np.newaxis]), axis=0) / total
    if axis == 1 or axis == -1:
        if len(weights) != a.shape[1]:
            raise Exception
        return np.sum(np.multiply(a, weights), axis=1) / total
    raise NotImplementedError("the axis of `np.average` must be a constant here")


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


def nancumsum(a, axis=None):
    return np.cumsum(np.where(np.isnan(a), 0, a), axis=axis)


def nancumprod(a, axis=None):
    return np.cumprod(np.where(np.isnan(a), 1, a), axis=axis)


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
    if np.ndim(x) == 0:
        edges = np.array([x, x, x])
    else:
        edges = np.empty(3, dtype=x.dtype)
    # Of the greatest numbers of floats, the one that is finite in the type of the elements; integers are all finite.
    edges[0] = 0.5
    if edges[0] == 0.5:
        edges[0] = nan
        edges[1] = 65504.0
        edges[2] = 3.4028234663852886e38
        if not np.isinf(edges[2]):
            edges[1] = edges[2]
            edges[2] = 1.7976931348623157e308
            if not np.isinf(edges[2]):
                edges[1] = edges[2]
        edges[2] = -edges[1]
        if posinf is not None:
            edges[1] = posinf
        if neginf is not None:
            edges[2] = neginf
    return np.where(np.isnan(x), edges[0], np.where(np.isinf(x), np.where(x > 0, edges[1], edges[2]), x))


def isposinf(x):
    return np.isinf(x) & (x > 0)


def isneginf(x):
    return np.isinf(x) & (x < 0)


def float_power(x1, x2):
    # Of two equal numbers, the greater: complex ones, which NumPy raises in another way here, have none.
    return np.power(np.multiply(np.maximum(x1, x1), np.float64(1.0)), np.maximum(x2, x2))


def gcd(x1, x2):
    if np.ndim(x1) != 0 or np.ndim(x2) != 0:
        raise NotImplementedError("`np.gcd` of arrays cannot be translated; write the loop over the elements")
    # Of the type to which both promote; `|` is of integers only, as NumPy's function is.
    divisor = np.empty(1, dtype=np.subtract(x1, x2).dtype)
    divisor[0] = math.gcd(int(x1 | 0), int(x2 | 0))
    return divisor[0]


def lcm(x1, x2):
    if np.ndim(x1) != 0 or np.ndim(x2) != 0:
        raise NotImplementedError("`np.lcm` of arrays cannot be translated; write the loop over the elements")
    multiple = np.empty(1, dtype=np.subtract(x1, x2).dtype)
    multiple[0] = math.lcm(int(x1 | 0), int(x2 | 0))
    return multiple[0]


def sinc(x):
    scaled = np.pi * x
    return np.where(scaled == 0, 1.0, np.sin(scaled) / scaled)


def fix(x):
    return np.trunc(x)


def isreal(x):
    return np.imag(x) == 0


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
    if np.ndim(a) == 1 and np.ndim(b) == 1:
        out = np.ravel(np.outer(a, b)).copy()
    elif np.ndim(a) == 2 and np.ndim(b) == 2:
        height, width = a.shape
        rows, columns = b.shape
        out = np.empty((height * rows, width * columns), dtype=(a[:1, :1] * b[:1, :1]).dtype)
        for i in range(height):
            for j in range(width):
                out[i * rows : (i + 1) * rows, j * columns : (j + 1) * columns] = a[i, j] * b
    else:
        raise NotImplementedError("`np.kron` of other than two vectors or two matrices cannot be translated")
    return out


def cross(a, b):
    if np.ndim(a) == 1 and np.ndim(b) == 1:
        if len(a) != 3 or len(b) != 3:
            raise Exception
        out = np.array([a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]])
    elif np.ndim(a) <= 2 and np.ndim(b) <= 2:
        if a.shape[-1] != 3 or b.shape[-1] != 3:
            raise Exception
        x, y, z = a[..., 0], a[..., 1], a[..., 2]
        u, v, w = b[..., 0], b[..., 1], b[..., 2]
        out = np.column_stack((y * w - z * v, z * u - x * w, x * v - y * u))
    else:
        raise NotImplementedError("`np.cross` of more than two axes cannot be translated; call it for each row")
    return out


def vecdot(x1, x2):
    if np.ndim(x1) == 1 and np.ndim(x2) == 1:
        product = np.dot(np.conj(x1), x2)
    else:
        product = np.sum(np.conj(x1) * x2, axis=-1)
    return product


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


def _tiled(a, down, across):
    rows, columns = a.shape
    down, across = max(down, 0), max(across, 0)
    out = np.empty((rows * down, columns * across), dtype=a.dtype)
    for i in range(down):
        for j in range(across):
            out[i * rows : (i + 1) * rows, j * columns : (j + 1) * columns] = a
    return out


def tile(a, reps):
    counts = np.asarray(reps)
    if np.ndim(a) == 1 and np.ndim(counts) == 0:
        tiled = np.ravel(np.repeat(a[np.newaxis], max(counts, 0), 0)).copy()
    elif np.ndim(a) == 1 and np.ndim(counts) == 1:
        if len(counts) != 2:
            raise Exception
        tiled = _tiled(a[np.newaxis], counts[0], counts[1])
    elif np.ndim(a) == 2 and np.ndim(counts) == 0:
        tiled = _tiled(a, 1, counts)
    elif np.ndim(a) == 2 and np.ndim(counts) == 1:
        if len(counts) != 2:
            raise Exception
        tiled = _tiled(a, counts[0], counts[1])
    else:
        raise NotImplementedError("`np.tile` of more than two axes cannot be translated; use `np.repeat`")
    return tiled


def append(arr, values, axis=None):
    if axis is None:
        return np.concatenate((np.ravel(arr), np.ravel(np.atleast_1d(values))))
    return np.concatenate((arr, values), axis=axis)


def tri(N, M=None, k=0):
    if M is None:
        return np.tril(np.ones((N, N)), k)
    return np.tril(np.ones((N, M)), k)


def vander(x, N=None, increasing=False):
    if N is None:
        return _powers(x, len(x), increasing)
    return _powers(x, N, increasing)


def _powers(x, n, increasing):
    out = np.empty((len(x), n), dtype=(x[:1] + np.zeros(1, dtype=np.int64)).dtype)
    for k in range(n):
        at = k if increasing else n - 1 - k
        if k == 0:
            out[:, at] = 1
        elif increasing:
            out[:, at] = out[:, at - 1] * x
        else:
            out[:, at] = out[:, at + 1] * x
    return out


def logspace(start, stop, num=50, endpoint=True, base=10.0):
    return np.power(base, np.linspace(start, stop, num, endpoint=endpoint))


def _place(at, n, limit):
    """A place that may be counted from the end."""
    if at < -n or at >= limit:
        raise Exception
    return at + n if at < 0 else at


def delete(arr, obj, axis=None):
    gone = np.asarray(obj)
    if np.ndim(arr) == 1 and np.ndim(gone) == 1:
        stays = np.ones(len(arr), dtype=np.bool_)
        for k in range(len(gone)):
            stays[_place(gone[k], len(arr), len(arr))] = False
        out = arr[stays]
    elif np.ndim(arr) == 1 and np.ndim(gone) == 0:
        at = _place(gone, len(arr), len(arr))
        out = np.concatenate((arr[:at], arr[at + 1 :]))
    elif np.ndim(arr) == 2 and np.ndim(gone) == 0:
        out = _deleted(arr, gone, axis)
    else:
        raise NotImplementedError("`np.delete` can be translated for a vector, and for a row or column of a matrix")
    return out


def _deleted(arr, obj, axis):
    if axis is None:
        flat = np.ravel(arr)
        at = _place(obj, len(flat), len(flat))
        return np.concatenate((flat[:at], flat[at + 1 :]))
    if axis == 0 or axis == -2:
        at = _place(obj, arr.shape[0], arr.shape[0])
        return np.concatenate((arr[:at], arr[at + 1 :]))
    if axis == 1 or axis == -1:
        at = _place(obj, arr.shape[1], arr.shape[1])
        return np.concatenate((arr[:, :at], arr[:, at + 1 :]), axis=1)
    raise NotImplementedError("the axis of `np.delete` must be a constant here")


def insert(arr, obj, values, axis=None):
    if np.ndim(arr) != 1 or np.ndim(obj) != 0 or np.ndim(values) > 1:
        raise NotImplementedError("`np.insert` can be translated at one place of a vector")
    elif np.ndim(values) == 1:
        at = _place(obj, len(arr), len(arr) + 1)
        out = np.concatenate((arr[:at], values.astype(arr.dtype), arr[at:]))
    else:
        n = len(arr)
        at = _place(obj, n, n + 1)
        out = np.empty(n + 1, dtype=arr.dtype)
        out[:at] = arr[:at]
        out[at] = values
        out[at + 1 :] = arr[at:]
    return out


def diagflat(v, k=0):
    flat = np.ravel(v)
    n = len(flat)
    out = np.zeros((n + abs(k), n + abs(k)), dtype=flat.dtype)
    for i in range(n):
        out[i + max(-k, 0), i + max(k, 0)] = flat[i]
    return out


def diag_indices(n, ndim=2):
    if ndim == 2:
        return np.arange(n), np.arange(n)
    raise NotImplementedError("`np.diag_indices` can be translated for matrices")


def tril_indices(n, k=0, m=None):
    below = np.tri(n, n if m is None else m, k)
    return np.nonzero(below)[0], np.nonzero(below)[1]


def triu_indices(n, k=0, m=None):
    above = 1.0 - np.tri(n, n if m is None else m, k - 1)
    return np.nonzero(above)[0], np.nonzero(above)[1]



def fill_diagonal(a, val, wrap=False):
    if np.ndim(a) != 2 or np.ndim(val) != 0:
        raise NotImplementedError("`np.fill_diagonal` of other than a matrix by a number cannot be translated")
    if wrap and a.shape[0] > a.shape[1]:
        raise Exception
    for k in range(min(a.shape[0], a.shape[1])):
        a[k, k] = val


def bartlett(M):
    n = np.arange(1 - M, M, 2)
    return np.where(n <= 0, 1 + n / max(M - 1, 1), 1 - n / max(M - 1, 1))


def size(a, axis=None):
    if axis is not None:
        raise NotImplementedError("`np.size` along an axis cannot be translated; use `shape`")
    return np.ravel(a).size


def array_equal(a1, a2):
    if np.ndim(a1) == 1 and np.ndim(a2) == 1:
        equal = False
        if len(a1) == len(a2):
            equal = True
            for k in range(len(a1)):
                equal = equal and bool(a1[k] == a2[k])
    elif np.ndim(a1) == 2 and np.ndim(a2) == 2:
        rows, columns = a1.shape
        height, width = a2.shape
        equal = False
        if rows == height and columns == width:
            equal = True
            for i in range(rows):
                for j in range(columns):
                    equal = equal and bool(a1[i, j] == a2[i, j])
    else:
        raise NotImplementedError("`np.array_equal` of other than two vectors or two matrices cannot be translated")
    return equal


def hanning(M):
    return 0.5 + 0.5 * np.cos(np.pi * np.arange(1 - M, M, 2) / max(M - 1, 1))


def hamming(M):
    return 0.54 + 0.46 * np.cos(np.pi * np.arange(1 - M, M, 2) / max(M - 1, 1))


def blackman(M):
    n = np.arange(1 - M, M, 2)
    return 0.42 + 0.5 * np.cos(np.pi * n / max(M - 1, 1)) + 0.08 * np.cos(2.0 * np.pi * n / max(M - 1, 1))


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
