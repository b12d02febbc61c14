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
