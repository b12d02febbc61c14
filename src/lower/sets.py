

# Sets: vectors whose elements are distinct, and whether something is among them. This goes on where `orders.py` ends.


def isin(element, test_elements, assume_unique=False, invert=False):
    ordered = _sorted(np.ravel(test_elements))
    if np.ndim(element) == 0:
        found = np.bool_(_is_among(ordered, element) != invert)
    elif np.ndim(element) == 1:
        found = np.empty(len(element), dtype=np.bool_)
        for k in range(len(element)):
            found[k] = _is_among(ordered, element[k]) != invert
    elif np.ndim(element) == 2:
        found = _each_among(ordered, element, invert)
    else:
        raise NotImplementedError("`np.isin` of more than two axes cannot be translated; call it for each row")
    return found


def _each_among(ordered, element, invert):
    found = np.empty(element.shape, dtype=np.bool_)
    for i in range(element.shape[0]):
        for j in range(element.shape[1]):
            found[i, j] = _is_among(ordered, element[i, j]) != invert
    return found


def _is_among(ordered, v):
    place = _left(ordered, v)
    return bool(place < len(ordered) and ordered[place] == v)


def _distinct(s):
    count = 0
    for i in range(len(s)):
        if i == 0 or _before(s[i - 1], s[i]):
            count += 1
    return count


def _runs(s):
    """Where in a sorted vector each of its values starts, and the end."""
    starts = np.empty(_distinct(s) + 1, dtype=np.int64)
    at = 0
    for i in range(len(s)):
        if i == 0 or _before(s[i - 1], s[i]):
            starts[at] = i
            at += 1
    starts[at] = len(s)
    return starts


def _run_numbers(places, starts):
    """For each element, the number of its value."""
    numbers = np.empty(len(places), dtype=np.int64)
    for at in range(len(starts) - 1):
        for i in range(starts[at], starts[at + 1]):
            numbers[places[i]] = at
    return numbers


def unique(ar, return_index=False, return_inverse=False, return_counts=False, axis=None):
    if axis is not None:
        raise NotImplementedError("`np.unique` along an axis cannot be translated")
    if not return_index and not return_inverse:
        s = np.sort(np.ravel(ar))
        starts = _runs(s)
        if return_counts:
            return s[starts[:-1]], np.diff(starts)
        return s[starts[:-1]]
    if np.ndim(ar) != 1:
        raise NotImplementedError("the indices of `np.unique` can be translated for a vector only")
    places = _argsorted(ar)
    t = ar[places]
    starts = _runs(t)
    if return_index and return_inverse and return_counts:
        return t[starts[:-1]], places[starts[:-1]], _run_numbers(places, starts), np.diff(starts)
    if return_index and return_inverse:
        return t[starts[:-1]], places[starts[:-1]], _run_numbers(places, starts)
    if return_index and return_counts:
        return t[starts[:-1]], places[starts[:-1]], np.diff(starts)
    if return_inverse and return_counts:
        return t[starts[:-1]], _run_numbers(places, starts), np.diff(starts)
    if return_index:
        return t[starts[:-1]], places[starts[:-1]]
    return t[starts[:-1]], _run_numbers(places, starts)


def union1d(ar1, ar2):
    return unique(np.concatenate((np.ravel(ar1), np.ravel(ar2))))


def intersect1d(ar1, ar2):
    s = np.sort(np.concatenate((unique(ar1), unique(ar2))))
    return s[:-1][s[1:] == s[:-1]]


def setdiff1d(ar1, ar2):
    left = unique(ar1)
    return left[isin(left, ar2, invert=True)]


def setxor1d(ar1, ar2):
    s = np.sort(np.concatenate((unique(ar1), unique(ar2))))
    n = len(s)
    alone = np.ones(n, dtype=np.bool_)
    for i in range(n - 1):
        if s[i] == s[i + 1]:
            alone[i] = False
            alone[i + 1] = False
    return s[alone]
