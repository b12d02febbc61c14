

# Random numbers: the methods of a generator that are written in the language itself. This goes on where `numpy.py` ends.
#
# What draws several numbers is given the method that draws one, which takes the parameters and gives the same numbers one after
# the other. NumPy looks at the parameters even where it draws nothing: then Python is left to say what is wrong with them.


def _filled(one, size, dtype, looks=False):
    out = np.empty(size, dtype=dtype)
    if looks and out.size == 0:
        raise Exception
    if np.ndim(out) == 1:
        for i in range(len(out)):
            out[i] = one()
    elif np.ndim(out) == 2:
        for i in range(out.shape[0]):
            for j in range(out.shape[1]):
                out[i, j] = one()
    elif np.ndim(out) == 3:
        for i in range(out.shape[0]):
            for j in range(out.shape[1]):
                for k in range(out.shape[2]):
                    out[i, j, k] = one()
    else:
        raise NotImplementedError("random arrays of this many axes cannot be translated; write the loops")
    return out


def random_floats(draw, size):
    return _filled(draw, size, np.float64)


def _filled_1(draw, a, size, dtype):
    if np.ndim(a) != 0:
        raise NotImplementedError("arrays of parameters cannot be translated; draw one number at a time, in a loop")
    return _filled(lambda: draw(a), size, dtype, True)


def _filled_2(draw, a, b, size, dtype):
    if np.ndim(a) != 0 or np.ndim(b) != 0:
        raise NotImplementedError("arrays of parameters cannot be translated; draw one number at a time, in a loop")
    return _filled(lambda: draw(a, b), size, dtype, True)


def random_floats_low_high(draw, low=0.0, high=1.0, size=None):
    return _filled_2(draw, low, high, size, np.float64)


def random_floats_loc_scale(draw, loc=0.0, scale=1.0, size=None):
    return _filled_2(draw, loc, scale, size, np.float64)


def random_floats_mean_sigma(draw, mean=0.0, sigma=1.0, size=None):
    return _filled_2(draw, mean, sigma, size, np.float64)


def random_floats_mean_scale(draw, mean, scale, size=None):
    return _filled_2(draw, mean, scale, size, np.float64)


def random_floats_shape_scale(draw, shape, scale=1.0, size=None):
    return _filled_2(draw, shape, scale, size, np.float64)


def random_floats_a_b(draw, a, b, size=None):
    return _filled_2(draw, a, b, size, np.float64)


def random_floats_mu_kappa(draw, mu, kappa, size=None):
    return _filled_2(draw, mu, kappa, size, np.float64)


def random_floats_scale(draw, scale=1.0, size=None):
    return _filled_1(draw, scale, size, np.float64)


def random_floats_shape(draw, shape, size=None):
    return _filled_1(draw, shape, size, np.float64)


def random_floats_df(draw, df, size=None):
    return _filled_1(draw, df, size, np.float64)


def random_floats_a(draw, a, size=None):
    return _filled_1(draw, a, size, np.float64)


def random_floats_left_mode_right(draw, left, mode, right, size=None):
    if np.ndim(left) != 0 or np.ndim(mode) != 0 or np.ndim(right) != 0:
        raise NotImplementedError("arrays of parameters cannot be translated; draw one number at a time, in a loop")
    return _filled(lambda: draw(left, mode, right), size, np.float64, True)


def random_counts_lam(draw, lam=1.0, size=None):
    return _filled_1(draw, lam, size, np.int64)


def random_counts_p(draw, p, size=None):
    return _filled_1(draw, p, size, np.int64)


def random_counts_n_p(draw, n, p, size=None):
    return _filled_2(draw, n, p, size, np.int64)


def _typed(draw, low, high, size, dtype, endpoint):
    return _filled(lambda: draw(low, high, dtype=dtype, endpoint=endpoint), size, dtype)


def random_integers(draw, low, high=None, size=None, dtype=None, endpoint=False):
    if np.ndim(low) != 0:
        raise NotImplementedError("arrays of bounds cannot be translated; draw one number at a time, in a loop")
    if dtype is None:
        if high is None:
            return _typed(draw, 0, low, size, np.int64, endpoint)
        return _typed(draw, low, high, size, np.int64, endpoint)
    if high is None:
        return _typed(draw, 0, low, size, dtype, endpoint)
    return _typed(draw, low, high, size, dtype, endpoint)


def random_shuffle(rng, x, axis=0):
    if axis != 0:
        raise NotImplementedError("`shuffle` along another axis than the first cannot be translated")
    if np.ndim(x) == 1:
        if len(x) > 4294967295:
            raise Exception
        mask = 1
        while mask < len(x) - 1:
            mask = 2 * mask + 1
        for i in range(len(x) - 1, 0, -1):
            # The lowest bits that may do, of 32, until they do.
            while mask // 2 >= i:
                mask = mask // 2
            j = rng.integers(0, 4294967295, endpoint=True) & mask
            while j > i:
                j = rng.integers(0, 4294967295, endpoint=True) & mask
            kept = x[j]
            x[j] = x[i]
            x[i] = kept
    else:
        raise NotImplementedError("`shuffle` of other than a vector cannot be translated")


def random_permutation(rng, x, axis=0):
    if axis != 0:
        raise NotImplementedError("`permutation` along another axis than the first cannot be translated")
    if np.ndim(x) == 0:
        order = np.arange(x, dtype=np.int64)
    elif np.ndim(x) == 1:
        order = x.copy()
    else:
        raise NotImplementedError("`permutation` of other than a vector cannot be translated")
    random_shuffle(rng, order)
    return order


def _accumulated(p, n):
    """The sums of the probabilities up to each place, divided by the last one."""
    if len(p) != n:
        raise Exception
    total, lost = 0.0, 0.0
    for k in range(n):
        if not p[k] >= 0:
            raise Exception
        more = float(p[k]) - lost
        wider = total + more
        lost = (wider - total) - more
        total = wider
    # NumPy's bound is the square root of the precision of the probabilities, if they are floats of 32 or 64 bits.
    if not abs(total - 1.0) <= 1.4e-8:
        raise Exception
    sums = np.empty(n)
    running = 0.0
    for k in range(n):
        running = running + float(p[k])
        sums[k] = running
    last = sums[n - 1]
    for k in range(n):
        sums[k] = sums[k] / last
    return sums


def _chosen(rng, n, size, p):
    if n <= 0:
        raise Exception
    if p is None:
        return _filled(lambda: rng.integers(0, n), size, np.int64)
    sums = _accumulated(p, n)
    return _filled(lambda: _right(sums, rng.random()), size, np.int64)


def _exchanged(rng, places, first):
    for i in range(len(places) - 1, first - 1, -1):
        j = rng.integers(0, i, endpoint=True)
        kept = places[j]
        places[j] = places[i]
        places[i] = kept


def _distinct_places(rng, n, size, shuffle):
    if np.ndim(size) != 0:
        raise NotImplementedError("a choice without replacement of more than one axis cannot be translated")
    if n <= 0 or size > n or size < 0:
        raise Exception
    chosen = np.empty(size, dtype=np.int64)
    if n > 10000 and size > n // (50 if shuffle else 20):
        places = np.arange(n)
        _exchanged(rng, places, max(n - size, 1))
        chosen[...] = places[n - size :]
    else:
        # Floyd's algorithm.
        seen = np.zeros(n, dtype=np.bool_)
        for j in range(n - size, n):
            place = rng.integers(0, j, endpoint=True)
            if seen[place]:
                place = np.int64(j)
            seen[place] = True
            chosen[j - n + size] = place
        if shuffle:
            _exchanged(rng, chosen, 1)
    return chosen


def random_choice(rng, a, size=None, replace=True, p=None, axis=0, shuffle=True):
    if axis != 0:
        raise NotImplementedError("`choice` along another axis than the first cannot be translated")
    population = np.asarray(a)
    if np.ndim(population) == 0:
        n = int(population)
    else:
        n = len(population)
    if size is None:
        if n <= 0:
            raise Exception
        if p is None:
            place = int(rng.integers(0, n))
        else:
            place = _right(_accumulated(p, n), rng.random())
        if np.ndim(population) == 0:
            chosen = place
        else:
            chosen = population[place]
        return chosen
    if replace:
        places = _chosen(rng, n, size, p)
    else:
        if p is not None:
            raise NotImplementedError("a choice without replacement by probabilities cannot be translated")
        places = _distinct_places(rng, n, size, shuffle)
    if np.ndim(population) == 0:
        several = places
    else:
        several = population[places]
    return several
