

# Orders: what sorts, searches and counts, and the statistics of order. This goes on where `numpy.py` ends.


def _middle(a):
    """The median of a vector."""
    ordered = _sorted(a)
    n = len(ordered)
    if n == 0:
        raise Exception
    half = n // 2
    middle = ordered[half] / 1.0 if n % 2 == 1 else np.mean(ordered[half - 1 : half + 1])
    return np.positive(ordered[n - 1] / 1.0 if np.isnan(ordered[n - 1]) else middle)


def median(a, axis=None, *, keepdims=False):
    if keepdims:
        return _kept(_medians(a, axis), axis)
    return _medians(a, axis)


def _medians(a, axis):
    if axis is None:
        return _middle(np.ravel(a))
    if np.ndim(a) != 2:
        raise NotImplementedError("`np.median` along an axis can be translated for matrices; call it for each row")
    if axis == 0 or axis == -2:
        return _middles(np.transpose(a))
    if axis == 1 or axis == -1:
        return _middles(a)
    raise NotImplementedError("the axis of `np.median` must be a constant here")


def _kept(a, axis):
    """What was reduced along an axis of a matrix, with that axis."""
    if axis == 0 or axis == -2:
        return a[np.newaxis]
    if axis == 1 or axis == -1:
        return a[:, np.newaxis]
    raise NotImplementedError("`keepdims=` needs an axis here, which must be a constant")


def _middles(rows):
    out = np.empty(len(rows), dtype=(rows[:1, :1] / 1.0).dtype)
    for i in range(len(rows)):
        out[i] = _middle(rows[i])
    return out


def _present(a):
    """What is no NaN: there must be something."""
    flat = np.ravel(a)
    present = flat[~np.isnan(flat)]
    if len(present) == 0:
        raise Exception
    return present


def nanmedian(a, axis=None, *, keepdims=False):
    if keepdims:
        return _kept(_present_medians(a, axis), axis)
    return _present_medians(a, axis)


def _present_medians(a, axis):
    if axis is None:
        return _middle(_present(a))
    if np.ndim(a) != 2:
        raise NotImplementedError("`np.nanmedian` along an axis can be translated for matrices; call it for each row")
    if axis == 0 or axis == -2:
        return _present_middles(np.transpose(a))
    if axis == 1 or axis == -1:
        return _present_middles(a)
    raise NotImplementedError("the axis of `np.nanmedian` must be a constant here")


def _present_middles(rows):
    out = np.empty(len(rows), dtype=(rows[:1, :1] / 1.0).dtype)
    for i in range(len(rows)):
        out[i] = _middle(_present(rows[i]))
    return out


def _quantile(ordered, q, divisor, limit):
    """Between the two elements around the place of a share, which is a number of the elements' type if they are floats."""
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


def _quantiles(a, q, divisor, limit):
    ordered = _sorted(a)
    shares = np.asarray(q)
    if np.ndim(shares) == 0:
        several = _quantile(ordered, shares, divisor, limit)
    elif np.ndim(shares) == 1:
        # NumPy computes in float64, whatever floats the elements are.
        tenth = np.empty(1, dtype=(ordered[:1] / 1.0).dtype)
        tenth[0] = 0.1
        if float(tenth[0]) != 0.1:
            raise RuntimeError("several percentages of elements in single precision are computed in double precision")
        several = np.empty(len(shares))
        for k in range(len(shares)):
            several[k] = _quantile(ordered, shares[k], divisor, limit)
    else:
        raise NotImplementedError("percentages of more than one axis cannot be translated; call it for each")
    return several


def quantile(a, q, axis=None, *, keepdims=False):
    if keepdims:
        return _kept(_shares(a, q, axis, 1.0), axis)
    return _shares(a, q, axis, 1.0)


def percentile(a, q, axis=None, *, keepdims=False):
    if keepdims:
        return _kept(_shares(a, q, axis, 100.0), axis)
    return _shares(a, q, axis, 100.0)


def _shares(a, q, axis, whole):
    """What lies below shares of a whole."""
    if axis is None:
        return _quantiles(np.ravel(a), q, whole, whole)
    if np.ndim(a) != 2:
        raise NotImplementedError("quantiles along an axis can be translated for matrices; call for each row")
    if axis == 0 or axis == -2:
        return _row_quantiles(np.transpose(a), q, whole)
    if axis == 1 or axis == -1:
        return _row_quantiles(a, q, whole)
    raise NotImplementedError("the axis of quantiles must be a constant here")


def _row_quantiles(rows, q, whole):
    if rows.shape[1] == 0:
        raise Exception
    shares = np.asarray(q)
    if np.ndim(shares) == 0:
        out = np.empty(len(rows), dtype=(rows[:1, :1] / 1.0).dtype)
        for i in range(len(rows)):
            out[i] = _quantile(_sorted(rows[i]), shares, whole, whole)
    elif np.ndim(shares) == 1:
        out = np.empty((len(shares), len(rows)))
        for i in range(len(rows)):
            out[:, i] = _quantiles(rows[i], shares, whole, whole)
    else:
        raise NotImplementedError("percentages of more than one axis cannot be translated; call it for each")
    return out


def nanquantile(a, q, axis=None, *, keepdims=False):
    if keepdims:
        return _kept(_present_shares(a, q, axis, 1.0), axis)
    return _present_shares(a, q, axis, 1.0)


def nanpercentile(a, q, axis=None, *, keepdims=False):
    if keepdims:
        return _kept(_present_shares(a, q, axis, 100.0), axis)
    return _present_shares(a, q, axis, 100.0)


def _present_shares(a, q, axis, whole):
    if axis is None:
        return _quantiles(_present(a), q, whole, whole)
    if np.ndim(a) != 2 or np.ndim(q) != 0:
        raise NotImplementedError("along an axis, one percentage of a matrix can be translated; call it for each row")
    if axis == 0 or axis == -2:
        return _present_row_quantiles(np.transpose(a), q, whole)
    if axis == 1 or axis == -1:
        return _present_row_quantiles(a, q, whole)
    raise NotImplementedError("the axis of quantiles must be a constant here")


def _present_row_quantiles(rows, q, whole):
    if rows.shape[1] == 0:
        raise Exception
    out = np.empty(len(rows), dtype=(rows[:1, :1] / 1.0).dtype)
    for i in range(len(rows)):
        out[i] = _quantile(_sorted(_present(rows[i])), q, whole, whole)
    return out


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
    if np.ndim(a) == 1:
        ordered = _sorted(a)
    elif np.ndim(a) == 2:
        ordered = _sorted_along(a, axis)
    else:
        raise NotImplementedError("`np.sort` of more than two axes cannot be translated; call it for each row")
    return ordered


def _sorted_along(a, axis):
    ordered = np.empty_like(a)
    if axis == 0 or axis == -2:
        for j in range(a.shape[1]):
            ordered[:, j] = _sorted(a[:, j])
    else:
        for i in range(a.shape[0]):
            ordered[i] = _sorted(a[i])
    return ordered


def _sorted(a):
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


def argsort(a, axis=-1, kind=None, *, stable=None):
    if np.ndim(a) == 1:
        places = _argsorted(a)
        if not (kind == "stable" or kind == "mergesort" or stable):
            _require_distinct(a, places)
    elif np.ndim(a) == 2:
        places = _argsorted_along(a, axis)
        if not (kind == "stable" or kind == "mergesort" or stable):
            _require_distinct_along(a, places, axis)
    else:
        raise NotImplementedError("`np.argsort` of more than two axes cannot be translated; call it for each row")
    return places


def _argsorted(a):
    """The places of the elements in their order, those of equal ones as they came."""
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


def _argsorted_along(a, axis):
    places = np.empty(a.shape, dtype=np.int64)
    if axis == 0 or axis == -2:
        for j in range(a.shape[1]):
            places[:, j] = _argsorted(a[:, j])
    else:
        for i in range(a.shape[0]):
            places[i] = _argsorted(a[i])
    return places


def _require_distinct(a, places):
    for k in range(1, len(places)):
        if not _before(a[places[k - 1]], a[places[k]]):
            raise RuntimeError('`np.argsort` without `kind="stable"` orders equal elements as it happens')


def _require_distinct_along(a, places, axis):
    if axis == 0 or axis == -2:
        for j in range(a.shape[1]):
            _require_distinct(a[:, j], places[:, j])
    else:
        for i in range(a.shape[0]):
            _require_distinct(a[i], places[i])


def lexsort(keys, axis=-1):
    if len(keys) == 2:
        return _refined(_argsorted(keys[0]), keys[1])
    if len(keys) == 3:
        return _refined(_refined(_argsorted(keys[0]), keys[1]), keys[2])
    raise NotImplementedError("`np.lexsort` can be translated with two or three keys")


def _refined(places, key):
    """Places in the order of a key, those of equal ones as they were."""
    if len(key) != len(places):
        raise Exception
    return places[_argsorted(key[places])]


def take_along_axis(arr, indices, axis=-1):
    if np.ndim(arr) == 1 and np.ndim(indices) == 1:
        taken = arr[indices]
    elif np.ndim(arr) == 2 and np.ndim(indices) == 2:
        taken = _taken_along(arr, indices, axis)
    else:
        raise NotImplementedError("`np.take_along_axis` of more than two axes cannot be translated")
    return taken


def _taken_along(arr, indices, axis):
    taken = np.empty(indices.shape, dtype=arr.dtype)
    if axis == 0 or axis == -2:
        if indices.shape[1] != arr.shape[1]:
            raise Exception
        for j in range(arr.shape[1]):
            taken[:, j] = arr[indices[:, j], j]
    else:
        if indices.shape[0] != arr.shape[0]:
            raise Exception
        for i in range(arr.shape[0]):
            taken[i] = arr[i, indices[i]]
    return taken


def put_along_axis(arr, indices, values, axis):
    if np.ndim(arr) != 2 or np.ndim(indices) != 2 or np.ndim(values) != 0:
        raise NotImplementedError("`np.put_along_axis` can be translated for a matrix and one value")
    else:
        _put_along(arr, indices, values, axis)


def _put_along(arr, indices, values, axis):
    if axis == 0 or axis == -2:
        if indices.shape[1] != arr.shape[1]:
            raise Exception
        for j in range(arr.shape[1]):
            arr[indices[:, j], j] = values
    else:
        if indices.shape[0] != arr.shape[0]:
            raise Exception
        for i in range(arr.shape[0]):
            arr[i, indices[i]] = values


def nanargmax(a, axis=None):
    if axis is not None:
        raise NotImplementedError("`np.nanargmax` along an axis cannot be translated; call it for each row")
    return _first_extreme(np.ravel(a), True)


def nanargmin(a, axis=None):
    if axis is not None:
        raise NotImplementedError("`np.nanargmin` along an axis cannot be translated; call it for each row")
    return _first_extreme(np.ravel(a), False)


def _first_extreme(a, greatest):
    """The first place of the greatest element, or of the least. What is missing counts as an infinity, as in NumPy."""
    best = 0
    missing, some = True, False
    for k in range(len(a)):
        here = a[k] != a[k]
        some = some or not here
        if k == 0:
            missing = here
        elif not here:
            if greatest:
                more = a[k] > -math.inf if missing else a[k] > a[best]
            else:
                more = a[k] < math.inf if missing else a[k] < a[best]
            if more:
                best = k
                missing = False
    if not some:
        raise Exception
    return np.int64(best)


def partition_element(a, kth):
    """`np.partition(a, kth)[kth]`"""
    if np.ndim(a) != 1 or np.ndim(kth) != 0:
        raise NotImplementedError("`np.partition` of other than a vector by a number cannot be translated")
    ordered = np.sort(a)
    n = len(ordered)
    if kth < -n or kth >= n:
        raise Exception
    value = ordered[kth]
    if value == 0:
        for k in range(n):
            if ordered[k] == 0 and np.copysign(1.0, ordered[k]) != np.copysign(1.0, value):
                raise RuntimeError("`np.partition` orders zeros of either sign as it happens")
    return value


def _interpolated(x, xp, fp, before, after):
    n = len(xp)
    j = _right(xp, x) - 1
    if x != x:
        value = x
    elif j < 0:
        value = before
    elif x > xp[n - 1]:
        value = after
    elif j >= n - 1:
        value = np.float64(fp[n - 1])
    elif xp[j] == x:
        value = np.float64(fp[j])
    else:
        low, high = np.float64(fp[j]), np.float64(fp[j + 1])
        left, right = np.float64(xp[j]), np.float64(xp[j + 1])
        slope = (high - low) / (right - left)
        value = slope * (x - left) + low
        if value != value:
            value = slope * (x - right) + high
            if value != value and low == high:
                value = low
    return np.float64(value)


def interp(x, xp, fp, left=None, right=None):
    if len(xp) == 0 or len(xp) != len(fp):
        raise Exception
    before = np.float64(fp[0] if left is None else left)
    after = np.float64(fp[len(fp) - 1] if right is None else right)
    if np.ndim(x) == 0:
        value = _interpolated(np.float64(x), xp, fp, before, after)
    elif np.ndim(x) == 1:
        value = np.empty(len(x))
        for k in range(len(x)):
            value[k] = _interpolated(np.float64(x[k]), xp, fp, before, after)
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
