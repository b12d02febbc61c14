

# Series: what looks at neighbouring elements, and what is fitted to or counted of samples. This goes on where `sets.py` ends.


def corrcoef(x, y=None, rowvar=True):
    if y is None:
        return _matrix_corrcoef(x, rowvar)
    if np.ndim(x) != 1 or np.ndim(y) != 1:
        raise NotImplementedError("`np.corrcoef` of other than two vectors cannot be translated")
    n = len(x)
    if n < 2 or len(y) != n:
        raise Exception
    left, right = x.astype(np.float64), y.astype(np.float64)
    left = left - np.mean(left)
    right = right - np.mean(right)
    share = 1.0 / (n - 1)
    first = np.sqrt(np.dot(left, left) * share)
    second = np.sqrt(np.dot(right, right) * share)
    across = np.dot(left, right) * share
    if not (first > 0.0 and second > 0.0 and np.isfinite(across)):
        raise Exception
    out = np.empty((2, 2))
    out[0, 0] = min(first * first / first / first, 1.0)
    out[0, 1] = max(min(across / first / second, 1.0), -1.0)
    out[1, 0] = max(min(across / second / first, 1.0), -1.0)
    out[1, 1] = min(second * second / second / second, 1.0)
    return out


def _matrix_corrcoef(x, rowvar):
    if np.ndim(x) != 2:
        raise NotImplementedError("`np.corrcoef` of one vector cannot be translated")
    if rowvar:
        out = _correlated(np.cov(x))
    else:
        out = _correlated(np.cov(x, rowvar=False))
    return out


def _correlated(covariance):
    spread = np.sqrt(np.diagonal(covariance))
    out = covariance / spread[:, np.newaxis] / spread[np.newaxis]
    return np.clip(out, -1.0, 1.0)


def polyval(p, x):
    value = x * False
    for k in range(len(p)):
        value = value * x + p[k]
    return value


def _derived(p):
    return p[:-1] * np.arange(1, len(p))[::-1]


def polyder(p, m=1):
    if m == 1:
        return _derived(p)
    if m == 2:
        return _derived(_derived(p))
    raise NotImplementedError("`np.polyder` can be translated for the first and the second derivative")


def polyint(p, m=1, k=0):
    if m != 1 or np.ndim(k) != 0:
        raise NotImplementedError("`np.polyint` can be translated for one integral with one constant")
    n = len(p)
    terms = p / np.arange(1, n + 1)[::-1]
    out = np.empty(n + 1, dtype=terms.dtype)
    out[:n] = terms
    out[n] = k
    return out


def polyadd(a1, a2):
    n = max(len(a1), len(a2))
    out = np.zeros(n, dtype=(a1[:1] + a2[:1]).dtype)
    for k in range(len(a1)):
        out[n - len(a1) + k] = a1[k]
    for k in range(len(a2)):
        out[n - len(a2) + k] += a2[k]
    return out


def polymul(a1, a2):
    product = convolve(a1, a2)
    if np.any(a1[:1] == 0) or np.any(a2[:1] == 0):
        # NumPy leaves out leading zeros.
        raise Exception
    return product


def trapezoid(y, x=None, dx=1.0, axis=-1):
    if axis == -1 or axis == 1:
        if x is None:
            return np.sum(dx * (y[..., 1:] + y[..., :-1]) / 2.0, axis=axis)
        return np.sum(np.diff(x) * (y[..., 1:] + y[..., :-1]) / 2.0, axis=axis)
    if axis == 0:
        if x is None:
            return np.sum(dx * (y[1:] + y[:-1]) / 2.0, axis=0)
        if np.ndim(x) != 1 or np.ndim(y) > 2:
            raise NotImplementedError("`np.trapezoid` along the first axis can be translated for a matrix at places")
        elif np.ndim(y) == 1:
            area = np.sum(np.diff(x) * (y[1:] + y[:-1]) / 2.0)
        else:
            area = np.sum(np.diff(x)[:, np.newaxis] * (y[1:] + y[:-1]) / 2.0, axis=0)
        return area
    raise NotImplementedError("the axis of `np.trapezoid` must be a constant here")


def _gradient_at(f, x):
    n = len(f)
    if n < 2 or len(x) != n:
        raise Exception
    step = x[1] - x[0]
    even = True
    for k in range(1, n):
        even = even and x[k] - x[k - 1] == step
    out = np.empty(n, dtype=(f[:1] / 2.0).dtype)
    for k in range(1, n - 1):
        before, after = x[k] - x[k - 1], x[k + 1] - x[k]
        if even:
            out[k] = (f[k + 1] - f[k - 1]) / (2.0 * step)
        else:
            left = -after / (before * (before + after))
            middle = (after - before) / (before * after)
            right = before / (after * (before + after))
            out[k] = left * f[k - 1] + middle * f[k] + right * f[k + 1]
    out[0] = (f[1] - f[0]) / (x[1] - x[0])
    out[-1] = (f[-1] - f[-2]) / (x[-1] - x[-2])
    return out


def gradient(f, h=1.0, *, axis=None, edge_order=1):
    if edge_order != 1 and edge_order != 2:
        raise NotImplementedError("`edge_order` of `np.gradient` must be 1 or 2")
    if np.ndim(f) == 1:
        if np.ndim(h) == 1 and edge_order == 1:
            out = _gradient_at(f * 1.0, h * 1.0)
        elif np.ndim(h) == 0:
            out = _gradient_by(f, h, edge_order)
        else:
            raise NotImplementedError("`np.gradient` at places can be translated with `edge_order=1`")
    elif np.ndim(f) == 2 and np.ndim(h) == 0:
        if axis is None:
            raise NotImplementedError("`np.gradient` of a matrix needs `axis=` here")
        elif axis == 0 or axis == -2:
            out = _gradient_by(f, h, edge_order)
        else:
            out = np.transpose(_gradient_by(np.transpose(f), h, edge_order)).copy()
    else:
        raise NotImplementedError("`np.gradient` of more than two axes cannot be translated; write the differences")
    return out


def _gradient_by(f, h, edge_order):
    """Along the first axis."""
    n = len(f)
    if n <= edge_order:
        raise Exception
    out = np.empty_like(f / 2.0)
    # Bools have no difference; that of integers is taken of floats.
    out[:1] = f[:1] - f[:1]
    out[1:-1] = (f[2:] * 1.0 - f[:-2] * 1.0) / (2.0 * h)
    if edge_order == 1:
        out[0] = (f[1] * 1.0 - f[0] * 1.0) / h
        out[-1] = (f[-1] * 1.0 - f[-2] * 1.0) / h
    else:
        out[0] = -1.5 / h * f[0] + 2.0 / h * f[1] + -0.5 / h * f[2]
        out[-1] = 0.5 / h * f[-3] + -2.0 / h * f[-2] + 1.5 / h * f[-1]
    return out


def ediff1d(ary):
    return np.diff(np.ravel(ary))


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


# Histograms, of which the one of bins of equal width over all values is no function of the language


def histogram(a, bins=10, range=None, density=None, weights=None):
    given = np.asarray(bins)
    if np.ndim(given) == 1:
        edges = given
        if weights is None:
            counts = _counted_between(np.ravel(a), edges)
        else:
            raise NotImplementedError("`np.histogram` cannot be translated with both edges and weights")
    elif range is None:
        counts, edges = np.histogram(a, given, weights=weights)
    else:
        edges = _edges_within(a, given, range[0], range[1])
        counts = _counted_within(np.ravel(a), edges, weights)
    if density:
        return counts / np.diff(edges) / np.sum(counts), edges
    return counts, edges


def _counted_between(a, edges):
    n = len(edges) - 1
    for k in range(n):
        if edges[k] > edges[k + 1]:
            raise Exception
    counts = np.zeros(n, dtype=np.int64)
    for i in range(len(a)):
        # The last bin has both its edges.
        at = _right(edges[:-1], a[i]) - 1
        if at >= 0 and a[i] <= edges[n]:
            counts[at] += 1
    return counts


def _edges_within(a, n, low, high):
    tenth = np.empty(1, dtype=(a[:1] / 1.0).dtype)
    tenth[0] = 0.1
    if float(tenth[0]) != 0.1:
        raise RuntimeError("the edges of a histogram in single precision are in single precision")
    first, last = float(low), float(high)
    if n < 1 or not first <= last or not math.isfinite(last - first):
        raise Exception
    if first == last:
        first, last = first - 0.5, last + 0.5
    return np.linspace(first, last, n + 1)


def _bin_within(value, edges, n):
    """NumPy's method: the place among bins of equal width, put right by comparison with the edges, which are rounded."""
    bin = min(int((value - edges[0]) / (edges[n] - edges[0]) * n), n - 1)
    if value < edges[bin]:
        bin -= 1
    if value >= edges[bin + 1] and bin != n - 1:
        bin += 1
    return bin


def _counted_within(a, edges, weights):
    n = len(edges) - 1
    if weights is None:
        counts = np.zeros(n, dtype=np.int64)
        for i in range(len(a)):
            if edges[0] <= a[i] <= edges[n]:
                counts[_bin_within(float(a[i]), edges, n)] += 1
        return counts
    heavy = np.ravel(weights)
    if len(heavy) != len(a):
        raise Exception
    sums = np.zeros(n)
    for i in range(len(a)):
        if edges[0] <= a[i] <= edges[n]:
            sums[_bin_within(float(a[i]), edges, n)] += heavy[i]
    return sums.astype(heavy.dtype)
