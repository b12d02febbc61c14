"""Functions of Python's own modules that are written in the language itself, as CPython computes them: a call of one is inlined like
a call of any function.

A name is that of the module and the function. `raise Exception` leaves the launch to Python: where CPython looks up what it gives
for infinities and NaNs, and where it raises in words that a kernel does not know.
"""

import math

import numpy as np

# math


def math_isclose(a, b, *, rel_tol=1e-09, abs_tol=0.0):
    if rel_tol < 0.0 or abs_tol < 0.0:
        raise ValueError("tolerances must be non-negative")
    x, y = float(a), float(b)
    apart = abs(x - y)
    finite = not (math.isinf(x) or math.isinf(y))
    return x == y or (finite and (apart <= abs(rel_tol * y) or apart <= abs(rel_tol * x) or apart <= abs_tol))


def math_modf(x):
    value = float(x)
    whole = float(np.trunc(value))
    part = 0.0 if math.isinf(value) else value - whole
    return math.copysign(part, value), whole


def math_remainder(x, y):
    value, divisor = float(x), float(y)
    if math.isnan(value) or math.isnan(divisor):
        return value + divisor
    if math.isinf(value) or divisor == 0.0:
        raise ValueError("math domain error")
    if math.isinf(divisor):
        return value
    size, step = abs(value), abs(divisor)
    rest = math.fmod(size, step)
    other = step - rest
    if rest < other:
        near = rest
    elif rest > other:
        near = -other
    else:
        near = rest - 2.0 * math.fmod(0.5 * (size - rest), step)
    return math.copysign(1.0, value) * near


def math_frexp(x):
    value = float(x)
    if value == 0.0 or not math.isfinite(value):
        return value, 0
    size, exponent = abs(value), 1
    if size < 2.2250738585072014e-308:
        size, exponent = size * 2.0**54, -53
    # By powers of two, without rounding, until it lies between 1 and 2.
    step = 512
    while step > 0:
        if size >= 2.0**step:
            size, exponent = size * 2.0**-step, exponent + step
        if size < 2.0 ** (1 - step):
            size, exponent = size * 2.0**step, exponent - step
        step = step // 2
    return math.copysign(size / 2.0, value), exponent


def math_ldexp(x, i):
    # 1, for ints of Python's: those of NumPy's have no such power, and CPython refuses them here.
    one = pow(i, 0, 2)
    return _scaled(x, one * i)


def _scaled(x, by):
    fraction, exponent = math_frexp(x)
    if fraction == 0.0 or not math.isfinite(fraction):
        return fraction
    power = exponent + min(max(by, -5000), 5000)
    if power > 1024:
        raise OverflowError("math range error")
    if power < -1080:
        return math.copysign(0.0, fraction)
    if power < -1021:
        # Only the last step rounds.
        return fraction * 2.0**-1021 * 2.0 ** (power + 1021)
    return fraction * 2.0 * 2.0 ** (power - 1)


def math_ulp(x):
    value = abs(float(x))
    if not math.isfinite(value):
        return value
    if value < 2.2250738585072014e-308:
        return 5e-324
    # The least one has 53 bits less than the least normal number.
    return _scaled(1.0, math_frexp(value)[1] - 53)


def math_nextafter(x, y):
    value, goal = float(x), float(y)
    if math.isnan(value) or math.isnan(goal):
        return value + goal
    if value == goal:
        return goal
    if value == 0.0:
        return math.copysign(5e-324, goal)
    if math.isinf(value):
        return math.copysign(1.7976931348623157e308, value)
    size, away = abs(value), (goal > value) == (value > 0.0)
    unit = math_ulp(size)
    if not away and size > 2.2250738585072014e-308 and math_frexp(size)[0] == 0.5:
        unit = unit / 2.0
    return math.copysign(size + unit if away else size - unit, value)


def _length(parts, largest):
    """The length of a vector, as CPython adds it up: the halves of each part squared without rounding."""
    total, first, second, third = 1.0, 0.0, 0.0, 0.0
    scale = 2.0 ** -math_frexp(largest)[1]
    for k in range(len(parts)):
        part = parts[k] * scale
        spread = part * 134217729.0
        high = spread - (spread - part)
        low = part - high
        square = high * high
        before = total
        total += square
        first += (before - total) + square
        square = 2.0 * high * low
        before = total
        total += square
        second += (before - total) + square
        third += low * low
    length = math.sqrt(total - 1.0 + (first + second + third))
    spread = length * 134217729.0
    high = spread - (spread - length)
    low = length - high
    square = -high * high
    before = total
    total += square
    first += (before - total) + square
    square = -2.0 * high * low
    before = total
    total += square
    second += (before - total) + square
    third += -low * low
    rest = total - 1.0 + (first + second + third)
    return (length + rest / (2.0 * length)) / scale


def _length_of(parts):
    largest, missing = 0.0, False
    for k in range(len(parts)):
        parts[k] = abs(parts[k])
        missing = missing or math.isnan(parts[k])
        largest = max(largest, parts[k])
    if math.isinf(largest):
        return largest
    if missing:
        return math.nan
    if largest == 0.0 or len(parts) < 2:
        return largest
    if largest < 2.2250738585072014e-308:
        raise Exception
    return _length(parts, largest)


def math_dist(p, q):
    a, b = np.asarray(p), np.asarray(q)
    if len(a) != len(b):
        raise ValueError("both points must have the same number of dimensions")
    parts = np.empty(len(a))
    for k in range(len(a)):
        parts[k] = float(a[k]) - float(b[k])
    return _length_of(parts)


def math_hypot_of_three(x, y, z):
    return _length_of(np.array([float(x), float(y), float(z)]))


def math_gcd_of_three(a, b, c):
    return math.gcd(math.gcd(a, b), c)


def math_lcm_of_three(a, b, c):
    return math_lcm(math_lcm(a, b), c)


def math_fsum(seq):
    values = np.asarray(seq)
    # Parts that do not overlap, of which there are never more.
    parts = np.empty(48)
    count = 0
    for k in range(len(values)):
        x = float(values[k])
        if not math.isfinite(x):
            raise Exception
        kept = 0
        for j in range(count):
            y = parts[j]
            if abs(x) < abs(y):
                x, y = y, x
            high = x + y
            low = y - (high - x)
            if low != 0.0:
                parts[kept] = low
                kept += 1
            x = high
        count = kept
        if x != 0.0:
            if not math.isfinite(x):
                raise Exception
            parts[count] = x
            count += 1
    if count == 0:
        return 0.0
    at = count - 1
    high, low = parts[at], 0.0
    while at > 0 and low == 0.0:
        at -= 1
        x, y = high, parts[at]
        high = x + y
        low = y - (high - x)
    if at > 0 and ((low < 0.0 and parts[at - 1] < 0.0) or (low > 0.0 and parts[at - 1] > 0.0)):
        # Halfway between two numbers, and there is more: it is rounded to that side.
        double = low * 2.0
        rounded = high + double
        if double == rounded - high:
            high = rounded
    return high


def math_lcm(a, b):
    divisor = math.gcd(a, b)
    return 0 if divisor == 0 else abs(int(a) // divisor * int(b))


def math_factorial(n):
    if n < 0:
        raise ValueError("factorial() not defined for negative values")
    product = 1
    for i in range(2, n + 1):
        product *= i
    return product


def math_perm(n, k=None):
    if k is None:
        return math_factorial(n)
    if n < 0:
        raise ValueError("n must be a non-negative integer")
    if k < 0:
        raise ValueError("k must be a non-negative integer")
    product = 1
    if k > n:
        product = 0
    else:
        for i in range(n - k + 1, n + 1):
            product *= i
    return product


def math_comb(n, k):
    if n < 0:
        raise ValueError("n must be a non-negative integer")
    if k < 0:
        raise ValueError("k must be a non-negative integer")
    count = 1
    if k > n:
        count = 0
    else:
        for i in range(min(k, n - k)):
            count = count * (n - i) // (i + 1)
    return count


# bisect


def bisect_bisect_left(a, x, lo=0, hi=None):
    if lo < 0:
        raise ValueError("lo must be non-negative")
    low = lo
    high = len(a) if hi is None else hi
    while low < high:
        middle = (low + high) // 2
        if a[middle] < x:
            low = middle + 1
        else:
            high = middle
    return low


def bisect_bisect_right(a, x, lo=0, hi=None):
    if lo < 0:
        raise ValueError("lo must be non-negative")
    low = lo
    high = len(a) if hi is None else hi
    while low < high:
        middle = (low + high) // 2
        if x < a[middle]:
            high = middle
        else:
            low = middle + 1
    return low


def bisect_bisect(a, x, lo=0, hi=None):
    return bisect_bisect_right(a, x, lo, hi)


# operator


def operator_add(a, b):
    return a + b


def operator_sub(a, b):
    return a - b


def operator_mul(a, b):
    return a * b


def operator_truediv(a, b):
    return a / b


def operator_floordiv(a, b):
    return a // b


def operator_mod(a, b):
    return a % b


def operator_pow(a, b):
    return a**b


def operator_and_(a, b):
    return a & b


def operator_or_(a, b):
    return a | b


def operator_xor(a, b):
    return a ^ b


def operator_lshift(a, b):
    return a << b


def operator_rshift(a, b):
    return a >> b


def operator_neg(a):
    return -a


def operator_pos(a):
    return +a


def operator_inv(a):
    return ~a


def operator_invert(a):
    return ~a


def operator_abs(a):
    return abs(a)


def operator_not_(a):
    return not a


def operator_truth(a):
    return bool(a)


def operator_lt(a, b):
    return a < b


def operator_le(a, b):
    return a <= b


def operator_gt(a, b):
    return a > b


def operator_ge(a, b):
    return a >= b


def operator_eq(a, b):
    return a == b


def operator_ne(a, b):
    return a != b


def operator_getitem(a, b):
    return a[b]


# cmath: numbers whose parts are finite


def _is_large(x):
    """Whether the exponential of a number is computed in two steps: it is above log(DBL_MAX / 4)."""
    return abs(x) > 708.3964185322641


def _finite(z):
    """A complex number with finite parts."""
    value = complex(z)
    if not (math.isfinite(value.real) and math.isfinite(value.imag)):
        raise Exception
    return value


def _in_range(re, im):
    if math.isinf(re) or math.isinf(im):
        raise OverflowError("math range error")
    return complex(re, im)


def cmath_isfinite(z):
    value = complex(z)
    return math.isfinite(value.real) and math.isfinite(value.imag)


def cmath_isinf(z):
    value = complex(z)
    return math.isinf(value.real) or math.isinf(value.imag)


def cmath_isnan(z):
    value = complex(z)
    return math.isnan(value.real) or math.isnan(value.imag)


def cmath_isclose(a, b, *, rel_tol=1e-09, abs_tol=0.0):
    if rel_tol < 0.0 or abs_tol < 0.0:
        raise ValueError("tolerances must be non-negative")
    x, y = _finite(a), _finite(b)
    apart = math.hypot(x.real - y.real, x.imag - y.imag)
    least = rel_tol * math.hypot(x.real, x.imag)
    other = rel_tol * math.hypot(y.real, y.imag)
    return x == y or apart <= other or apart <= least or apart <= abs_tol


def cmath_phase(z):
    value = complex(z)
    return math.atan2(value.imag, value.real)


def cmath_polar(z):
    value = _finite(z)
    size = math.hypot(value.real, value.imag)
    if math.isinf(size):
        raise OverflowError("math range error")
    return size, math.atan2(value.imag, value.real)


def cmath_rect(r, phi):
    size, angle = float(r), float(phi)
    if not (math.isfinite(size) and math.isfinite(angle)):
        raise Exception
    return complex(size * math.cos(angle), size * angle if angle == 0.0 else size * math.sin(angle))


def cmath_exp(z):
    value = _finite(z)
    if value.real > 0.0 and _is_large(value.real):
        size, scale = math.exp(value.real - 1.0), math.e
    else:
        size, scale = math.exp(value.real), 1.0
    return _in_range(size * math.cos(value.imag) * scale, size * math.sin(value.imag) * scale)


def _log(value):
    if value.real == 0.0 and value.imag == 0.0:
        raise ValueError("math domain error")
    a, b = abs(value.real), abs(value.imag)
    big, small = max(a, b), min(a, b)
    if big > 4.49423283715579e307:
        size = math.log(math.hypot(a / 2.0, b / 2.0)) + 0.6931471805599453
    elif big < 2.2250738585072014e-308:
        size = math.log(math.hypot(a * 2.0**53, b * 2.0**53)) - 53 * 0.6931471805599453
    else:
        distance = math.hypot(a, b)
        if 0.71 <= distance <= 1.73:
            size = math.log1p((big - 1.0) * (big + 1.0) + small * small) / 2.0
        else:
            size = math.log(distance)
    return complex(size, math.atan2(value.imag, value.real))


def cmath_log(z, base=None):
    if base is None:
        return _log(_finite(z))
    value, other = _log(_finite(z)), _log(_finite(base))
    if other == 0.0:
        raise ValueError("math domain error")
    return value / other


def cmath_log10(z):
    value = _log(_finite(z))
    return complex(value.real / 2.302585092994046, value.imag / 2.302585092994046)


def cmath_sqrt(z):
    value = _finite(z)
    a, b = abs(value.real), abs(value.imag)
    if a == 0.0 and b == 0.0:
        root, other = 0.0, b
    else:
        if a < 2.2250738585072014e-308 and b < 2.2250738585072014e-308:
            scaled = a * 2.0**53
            root = math.sqrt(scaled + math.hypot(scaled, b * 2.0**53)) * 2.0**-27
        else:
            eighth = a / 8.0
            root = 2.0 * math.sqrt(eighth + math.hypot(eighth, b / 8.0))
        other = b / (2.0 * root)
    if value.real >= 0.0:
        return complex(root, math.copysign(other, value.imag))
    return complex(other, math.copysign(root, value.imag))


def _cosh(re, im):
    less = re - math.copysign(1.0, re) if _is_large(re) else re
    scale = math.e if _is_large(re) else 1.0
    return _in_range(math.cos(im) * math.cosh(less) * scale, math.sin(im) * math.sinh(less) * scale)


def _sinh(re, im):
    less = re - math.copysign(1.0, re) if _is_large(re) else re
    scale = math.e if _is_large(re) else 1.0
    return _in_range(math.cos(im) * math.sinh(less) * scale, math.sin(im) * math.cosh(less) * scale)


def _tanh(re, im):
    if _is_large(re):
        return complex(math.copysign(1.0, re), 4.0 * math.sin(im) * math.cos(im) * math.exp(-2.0 * abs(re)))
    x, y = math.tanh(re), math.tan(im)
    narrow = 1.0 / math.cosh(re)
    product = x * y
    divisor = 1.0 + product * product
    return complex(x * (1.0 + y * y) / divisor, y / divisor * narrow * narrow)


def cmath_cosh(z):
    value = _finite(z)
    return _cosh(value.real, value.imag)


def cmath_sinh(z):
    value = _finite(z)
    return _sinh(value.real, value.imag)


def cmath_tanh(z):
    value = _finite(z)
    return _tanh(value.real, value.imag)


def cmath_cos(z):
    value = _finite(z)
    return _cosh(-value.imag, value.real)


def cmath_sin(z):
    value = _finite(z)
    turned = _sinh(-value.imag, value.real)
    return complex(turned.imag, -turned.real)


def cmath_tan(z):
    value = _finite(z)
    turned = _tanh(-value.imag, value.real)
    return complex(turned.imag, -turned.real)
