

# Linear algebra: members of `np.linalg`, after the prefix `linalg_`. This goes on where `numpy.py` ends.


def linalg_norm(x, ord=None, axis=None, keepdims=False):
    if ord is None:
        return _euclidean(x, axis, keepdims)
    if axis is not None:
        return linalg_vector_norm(x, axis=axis, keepdims=keepdims, ord=ord)
    if ord == "fro":
        return _euclidean(x, None, False)
    if ord == 1:
        if np.ndim(x) == 1:
            length = np.sum(np.abs(x * 1.0))
        else:
            length = linalg_matrix_norm(x, ord=1)
        return length
    if ord == math.inf:
        if np.ndim(x) == 1:
            length = linalg_vector_norm(x, ord=math.inf)
        else:
            length = linalg_matrix_norm(x, ord=math.inf)
        return length
    if np.ndim(x) != 1:
        raise NotImplementedError('`np.linalg.norm` of a matrix can be translated with `ord` 1, `np.inf` and "fro" only')
    return linalg_vector_norm(x, ord=ord)


def _euclidean(x, axis, keepdims):
    floats = x * 1.0
    return np.sqrt(np.sum(np.real(floats * np.conj(floats)), axis=axis, keepdims=keepdims))


def linalg_vector_norm(x, *, axis=None, keepdims=False, ord=2):
    if ord == "fro" or ord == "nuc":
        raise NotImplementedError("this norm is that of a matrix")
    if ord == 2:
        return _euclidean(x, axis, keepdims)
    sizes = np.abs(x * 1.0)
    if ord == 1:
        return np.sum(sizes, axis=axis, keepdims=keepdims)
    if ord == math.inf:
        if sizes.size == 0:
            raise RuntimeError("the greatest of no elements is 0 for some releases of NumPy, and an error for others")
        return np.max(sizes, axis=axis, keepdims=keepdims)
    if ord == -math.inf:
        return np.min(sizes, axis=axis, keepdims=keepdims)
    if ord == 0:
        return np.sum(np.where(sizes != 0, sizes * 0 + 1, sizes * 0), axis=axis, keepdims=keepdims)
    power = float(ord)
    if power == 0.0 or math.isinf(power):
        raise Exception
    return np.sum(sizes**power, axis=axis, keepdims=keepdims) ** (1.0 / power)


def linalg_matrix_norm(x, *, ord="fro"):
    if ord == "fro":
        return _euclidean(x, None, False)
    if ord == 1:
        return linalg_vector_norm(np.sum(np.abs(x * 1.0), axis=0), ord=math.inf)
    if ord == math.inf:
        return linalg_vector_norm(np.sum(np.abs(x * 1.0), axis=1), ord=math.inf)
    raise NotImplementedError("this norm of a matrix cannot be translated")


def linalg_trace(x, *, offset=0):
    return np.trace(x, offset)


def linalg_outer(x1, x2):
    return np.outer(x1, x2)


def linalg_cross(x1, x2):
    return cross(x1, x2)


def linalg_diagonal(x, *, offset=0):
    return np.diagonal(x, offset)


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


def _substitute(lu, x):
    """Forward, then back: the solutions of triangular systems, in place of the right sides (Golub and Van Loan, section 3.1)."""
    n = len(lu)
    for i in range(n):
        for k in range(i):
            x[i] -= lu[i, k] * x[k]
    for i in range(n - 1, -1, -1):
        for k in range(i + 1, n):
            x[i] -= lu[i, k] * x[k]
        x[i] /= lu[i, i]


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
    _substitute(lu, x)
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
    _substitute(lu, x)
    return x


def linalg_slogdet(a):
    if np.ndim(a) != 2:
        raise NotImplementedError("`np.linalg.slogdet` of several matrices cannot be translated; call it for each")
    n = len(a)
    came = np.zeros(n, dtype=np.int64)
    lu = _factorised(a * 1.0, came)
    sign = np.sign(lu[0, 0])
    logarithm = np.log(np.abs(lu[0, 0]))
    for k in range(1, n):
        sign = sign * np.sign(lu[k, k])
        logarithm = logarithm + np.log(np.abs(lu[k, k]))
    for i in range(n):
        for j in range(i):
            if came[j] > came[i]:
                sign = -sign
    return sign, logarithm


def linalg_cholesky(a):
    if np.ndim(a) != 2:
        raise NotImplementedError("`np.linalg.cholesky` of several matrices cannot be translated; call it for each")
    n = len(a)
    if a.shape[1] != n or n == 0:
        raise Exception
    lower = np.zeros_like(a * 1.0)
    # The distance from 1 to the next number.
    step = np.ones_like(lower[:1, 0])
    while step[0] / 2.0 + 1.0 != 1.0:
        step[0] = step[0] / 2.0
    for j in range(n):
        rest = a[j, j] * 1.0
        for k in range(j):
            rest = rest - lower[j, k] * lower[j, k]
        # Whether NumPy raises for what is nearly zero depends on its very roundings.
        if not rest > 64.0 * n * step[0] * a[j, j]:
            raise Exception
        lower[j, j] = np.sqrt(rest)
        for i in range(j + 1, n):
            below = a[i, j] * 1.0
            for k in range(j):
                below = below - lower[i, k] * lower[j, k]
            lower[i, j] = below / lower[j, j]
    return lower


def linalg_matrix_power(a, n):
    if np.ndim(a) != 2:
        raise NotImplementedError("`np.linalg.matrix_power` of several matrices cannot be translated; call it for each")
    if n < 0 or a.shape[0] != a.shape[1]:
        raise Exception
    # By repeated squaring, in NumPy's order; the third power has an order of its own.
    power = np.zeros_like(a)
    square = a.copy()
    if n == 3:
        power[...] = (a @ a) @ a
    else:
        for k in range(a.shape[0]):
            power[k, k] = 1
        left = n
        first = True
        while left > 0:
            if left % 2 == 1:
                if first:
                    power[...] = square
                else:
                    power[...] = power @ square
                first = False
            left = left // 2
            if left > 0:
                square[...] = square @ square
    return power
