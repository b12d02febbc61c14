"""The rows: expressions of one, two or three numbers `a`, `b`, `c`."""

import ast
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One expression, and whether it is licensed to differ from the exact result by less than a unit in the last place."""

    section: str
    text: str
    ulp: int = 0

    @property
    def names(self) -> list[str]:
        """The operands that occur."""
        used = {node.id for node in ast.walk(ast.parse(self.text)) if isinstance(node, ast.Name)}
        return [name for name in "abc" if name in used]


def section(title: str, *texts: str, ulp: int = 0) -> list[Row]:
    """Several rows."""
    return [Row(title, text, ulp) for text in texts]


OPERATORS = [
    *section("Operators", "-a", "+a", "~a", "not a"),
    *section("Operators", "a + b", "a - b", "a * b", "a / b", "a // b", "a % b"),
    *section("Operators", "a ** 2", "a ** 3", "a ** 0.5", "a ** b", ulp=1),
    *section("Operators", "a << b", "a >> b", "a & b", "a | b", "a ^ b"),
    *section("Operators", "a == b", "a != b", "a < b", "a <= b", "a > b", "a >= b"),
    *section("Operators", "a < b <= c", "a and b", "a or b", "a if b else c"),
    *section("Operators", "a + 1", "a * 2.5", "a // 3", "a % 3", "7 // a", "1 - a"),
]

BUILTINS = [
    *section("Builtins", "abs(a)", "min(a, b)", "max(a, b)", "min(a, b, c)", "max(a, b, c)"),
    *section("Builtins", "round(a)", "round(a, 1)", "round(a, -1)"),
    *section("Builtins", "bool(a)", "int(a)", "float(a)", "complex(a, b)"),
    *section("Builtins", "divmod(a, b)[0]", "divmod(a, b)[1]"),
    *section("Builtins", "pow(a, b)", ulp=1),
    *section("Builtins", "pow(a, b, c)"),
]

CASTS = [
    *section("Casts", *(f"np.{kind}(a)" for kind in ("bool_", "int8", "int16", "int32", "int64"))),
    *section("Casts", *(f"np.{kind}(a)" for kind in ("uint8", "uint16", "uint32", "uint64"))),
    *section("Casts", *(f"np.{kind}(a)" for kind in ("float16", "float32", "float64", "complex64", "complex128"))),
]

NUMPY = [
    *section("NumPy, one operand", "np.abs(a)", "np.fabs(a)", "np.negative(a)", "np.positive(a)", "np.sign(a)"),
    *section("NumPy, one operand", "np.square(a)", "np.sqrt(a)", "np.reciprocal(a)", "np.invert(a)"),
    *section("NumPy, one operand", "np.floor(a)", "np.ceil(a)", "np.trunc(a)", "np.rint(a)", "np.round(a)"),
    *section(
        "NumPy, one operand", "np.isnan(a)", "np.isinf(a)", "np.isfinite(a)", "np.signbit(a)", "np.logical_not(a)"
    ),
    *section("NumPy, one operand", "np.isposinf(a)", "np.isneginf(a)"),
    *section("NumPy, one operand", "np.float_power(a, 2)", ulp=1),
    *section("NumPy, one operand", "np.spacing(a)", "np.conj(a)", "np.real(a)", "np.imag(a)", "np.angle(a)"),
    *section("NumPy, one operand", "np.deg2rad(a)", "np.rad2deg(a)", "np.nan_to_num(a)", "np.bitwise_count(a)"),
    *section("NumPy, one operand", "np.exp(a)", "np.exp2(a)", "np.expm1(a)", ulp=1),
    *section("NumPy, one operand", "np.log(a)", "np.log2(a)", "np.log10(a)", "np.log1p(a)", ulp=1),
    *section("NumPy, one operand", "np.sin(a)", "np.cos(a)", "np.tan(a)", "np.arcsin(a)", "np.arccos(a)", ulp=1),
    *section("NumPy, one operand", "np.arctan(a)", ulp=1),
    *section("NumPy, one operand", "np.sinh(a)", "np.cosh(a)", "np.tanh(a)", "np.cbrt(a)", ulp=2),
    *section("NumPy, one operand", "np.arcsinh(a)", "np.arccosh(a)", "np.arctanh(a)", "np.sinc(a)", ulp=2),
    *section("NumPy, two operands", "np.add(a, b)", "np.subtract(a, b)", "np.multiply(a, b)", "np.divide(a, b)"),
    *section("NumPy, two operands", "np.floor_divide(a, b)", "np.remainder(a, b)", "np.fmod(a, b)"),
    *section("NumPy, two operands", "np.minimum(a, b)", "np.maximum(a, b)", "np.fmin(a, b)", "np.fmax(a, b)"),
    *section("NumPy, two operands", "np.bitwise_and(a, b)", "np.bitwise_or(a, b)", "np.bitwise_xor(a, b)"),
    *section("NumPy, two operands", "np.left_shift(a, b)", "np.right_shift(a, b)", "np.gcd(a, b)", "np.lcm(a, b)"),
    *section("NumPy, two operands", "np.logical_and(a, b)", "np.logical_or(a, b)", "np.logical_xor(a, b)"),
    *section("NumPy, two operands", "np.equal(a, b)", "np.not_equal(a, b)", "np.less(a, b)", "np.less_equal(a, b)"),
    *section("NumPy, two operands", "np.greater(a, b)", "np.greater_equal(a, b)", "np.copysign(a, b)"),
    *section("NumPy, two operands", "np.nextafter(a, b)", "np.heaviside(a, b)", "np.ldexp(a, 3)", "np.isclose(a, b)"),
    *section("NumPy, two operands", "np.power(a, b)", "np.arctan2(a, b)", "np.hypot(a, b)", ulp=1),
    *section("NumPy, two operands", "np.logaddexp(a, b)", "np.logaddexp2(a, b)", ulp=1),
    *section("NumPy, three operands", "np.clip(a, b, c)", "np.where(a, b, c)"),
]

MATH = [
    *section("math", "math.fabs(a)", "math.sqrt(a)", "math.floor(a)", "math.ceil(a)", "math.trunc(a)"),
    *section("math", "math.isnan(a)", "math.isinf(a)", "math.isfinite(a)", "math.degrees(a)", "math.radians(a)"),
    *section("math", "math.copysign(a, b)", "math.fmod(a, b)", "math.remainder(a, b)", "math.nextafter(a, b)"),
    *section("math", "math.gcd(a, b)", "math.lcm(a, b)", "math.isqrt(a)", "math.ulp(a)", "math.ldexp(a, 3)"),
    *section("math", "math.exp(a)", "math.exp2(a)", "math.expm1(a)", ulp=1),
    *section("math", "math.log(a)", "math.log2(a)", "math.log10(a)", "math.log1p(a)", ulp=1),
    *section(
        "math", "math.sin(a)", "math.cos(a)", "math.tan(a)", "math.asin(a)", "math.acos(a)", "math.atan(a)", ulp=1
    ),
    *section("math", "math.sinh(a)", "math.cosh(a)", "math.tanh(a)", "math.cbrt(a)", ulp=2),
    *section("math", "math.asinh(a)", "math.acosh(a)", "math.atanh(a)", "math.erf(a)", "math.erfc(a)", ulp=2),
    *section(
        "math", "math.gamma(a)", "math.lgamma(a)", "math.pow(a, b)", "math.atan2(a, b)", "math.hypot(a, b)", ulp=1
    ),
]

# NumPy's vectors give the absolute value and the angle of complex numbers within a unit in the last place of the exact ones.
COMPLEX_ULPS = {"np.abs(a)": 1, "np.angle(a)": 1}

ROWS = [*OPERATORS, *BUILTINS, *CASTS, *NUMPY, *MATH]

# What mixed operands are tried with, for the promotion matrix.
MIXED = section("Mixed", "a + b", "a / b", "a // b", "a % b", "a < b", "a == b", "a & b")
