"""Complex numbers against CPython and NumPy: the same bits, natively run."""

from typing import Any

import numpy as np
import pytest
from harness import EMULATED, LAYOUTS, SIZES, MakePair, of_functions

KINDS = ["complex64", "complex128"]
PARTS = [0.0, -0.0, 1.0, -2.5, np.inf, -np.inf, np.nan]


def sample(kind: str, n: int, seed: int = 0, special: bool = True) -> np.ndarray:
    """Numbers of all sizes, and where there is room every pair of special parts."""
    rng = np.random.default_rng(seed)
    data = rng.normal(size=n) * 10.0 ** rng.integers(-3, 4, n) + 1j * rng.normal(size=n) * 10.0 ** rng.integers(
        -3, 4, n
    )
    if special and n >= 1000:
        pairs = [complex(re, im) for re in PARTS for im in PARTS]
        at = rng.permutation(n)[: len(pairs)]
        data[at] = pairs
    result: np.ndarray = data.astype(kind)
    return result


ARITHMETIC = """
def arithmetic(x, y, out):
    # pragma parallel for
    for i in range(len(x)):
        out[i] = x[i] * y[i] - x[i] + -y[i]

def divide(x, y, out):
    # pragma parallel for simd
    for i in range(len(x)):
        out[i] = x[i] / y[i]

def power(x, y, out):
    # pragma parallel for
    for i in range(len(x)):
        out[i] = x[i] ** y[i]

def whole_powers(x, out):
    # pragma parallel for
    for i in range(len(x)):
        out[i, 0] = x[i] ** 2
        out[i, 1] = x[i] ** 3
        out[i, 2] = x[i] ** -1
        out[i, 3] = x[i] ** 7
        out[i, 4] = x[i] ** -12
        out[i, 5] = x[i] ** 0
        out[i, 6] = x[i] ** 99

def other_powers(x, out):
    # pragma parallel for
    for i in range(len(x)):
        out[i, 0] = x[i] ** 100
        out[i, 1] = x[i] ** 0.5

def equal(x, y, out):
    # pragma parallel for
    for i in range(len(x)):
        out[i] = (x[i] == y[i]) + 2 * (x[i] != y[i]) + 4 * (x[i] == 1.0) + 8 * (not x[i]) + 16 * bool(y[i])

def update(x, y, out):
    # pragma parallel for
    for i in range(len(x)):
        out[i] += x[i]
        out[i] *= y[i]
        out[i] /= 2
"""


@pytest.mark.parametrize("kind", KINDS)
def test_operators(pair: MakePair, kind: str) -> None:
    both = pair(ARITHMETIC)
    for n in SIZES:
        for layout in LAYOUTS.values():

            def arguments(n: int = n, layout: Any = layout) -> tuple[Any, ...]:
                return tuple(layout(sample(kind, n, seed)) for seed in (1, 2, 3))

            for function in ("arithmetic", "divide", "update"):
                both.call(function, arguments)
            both.call("equal", lambda: (*arguments()[:2], np.zeros(n, int)))
            both.call("whole_powers", lambda: (arguments()[0], np.zeros((n, 7), kind)))
            # On a GPU closer than the C library's, whose error is the exponent's times that of the angle.
            if not EMULATED:
                both.call("power", arguments)
                both.call("other_powers", lambda: (arguments()[0], np.zeros((n, 2), kind)))


FUNCTIONS = """
import numpy as np

def parts(x, out):
    # pragma parallel for
    for i in range(len(x)):
        out[i, 0] = x[i].real
        out[i, 1] = x[i].imag
        out[i, 2] = abs(x[i])
        out[i, 3] = np.real(x[i]) - np.imag(x[i])

def conjugates(x, out):
    # pragma parallel for
    for i in range(len(x)):
        out[i, 0] = x[i].conjugate()
        out[i, 1] = np.conj(x[i])
        out[i, 2] = np.conjugate(x[i]) * x[i].conj()
        out[i, 3] = np.negative(x[i])
        out[i, 4] = np.reciprocal(x[i])

def library(x, out):
    # pragma parallel for
    for i in range(len(x)):
        out[i, 0] = np.exp(x[i])
        out[i, 1] = np.sqrt(x[i])
        out[i, 2] = np.log(x[i])
        out[i, 3] = np.sin(x[i])
        out[i, 4] = np.cos(x[i])
        out[i, 5] = np.tan(x[i])
        out[i, 6] = np.sinh(x[i])
        out[i, 7] = np.cosh(x[i])
        out[i, 8] = np.tanh(x[i])
        out[i, 9] = np.arctan(x[i])
        out[i, 10] = np.arcsin(x[i])
        out[i, 11] = np.arccos(x[i])
        out[i, 12] = np.arcsinh(x[i])
        out[i, 13] = np.arccosh(x[i])
        out[i, 14] = np.arctanh(x[i])
        out[i, 15] = np.exp2(x[i])
        out[i, 16] = np.expm1(x[i])
        out[i, 17] = np.log2(x[i])
        out[i, 18] = np.log10(x[i])
        out[i, 19] = np.log1p(x[i])
        out[i, 20] = np.sign(x[i])
        out[i, 21] = np.rint(x[i])

def close(x, out):
    # pragma parallel for
    for i in range(len(x)):
        out[i, 0] = np.abs(x[i])
        out[i, 1] = np.angle(x[i])

def tests(x, out):
    # pragma parallel for
    for i in range(len(x)):
        out[i] = np.isnan(x[i]) + 2 * np.isinf(x[i]) + 4 * np.isfinite(x[i])

def products(x, y, out):
    # pragma parallel for
    for i in range(len(x)):
        out[i, 0] = np.multiply(x[i], y[i])
        out[i, 1] = np.square(x[i])
"""


@pytest.mark.parametrize("kind", KINDS)
def test_functions(pair: MakePair, kind: str) -> None:
    both = pair(FUNCTIONS)
    real = np.empty(0, kind).real.dtype
    n = 1000
    both.call("parts", lambda: (sample(kind, n), np.zeros((n, 4), real)), tolerance=of_functions(kind))
    both.call("conjugates", lambda: (sample(kind, n), np.zeros((n, 5), kind)))
    both.call("library", lambda: (sample(kind, n), np.zeros((n, 22), kind)), tolerance=100 * of_functions(kind))
    both.call("tests", lambda: (sample(kind, n), np.zeros(n, int)))
    # NumPy's own last digits depend on the instruction set here.
    both.call("close", lambda: (sample(kind, n, special=False), np.zeros((n, 2), real)), ulps=4)


@pytest.mark.parametrize("kind", KINDS)
def test_products_by_function(pair: MakePair, kind: str) -> None:
    """`np.multiply` of complex numbers contracts where the machine can; each part is within an ulp of its larger product."""
    both = pair(FUNCTIONS)
    x, y, out = sample(kind, 500, 1, special=False), sample(kind, 500, 2, special=False), np.zeros((500, 2), kind)
    both.native.products(x, y, out)
    assert both.launches() == {"fast": 1, "careful": 0, "gpu": 0, "python": 0}
    for got, want, size in ((out[:, 0], x * y, np.abs(x) * np.abs(y)), (out[:, 1], x * x, np.abs(x) ** 2)):
        assert np.all(np.abs(got - want) <= 2 * np.spacing(size))


PYTHON = """
def operators(re, im, zr, zi, out):
    # pragma parallel for
    for i in range(len(out)):
        z = complex(float(re[i]), float(im[i]))
        w = complex(float(zr[i]), float(zi[i]))
        out[i, 0] = z * w + z - w
        out[i, 1] = z / w
        out[i, 2] = z ** w
        out[i, 3] = z ** 5
        out[i, 4] = z ** -3
        out[i, 5] = -z.conjugate() * 2 + 1.5 / z + (3 - 4j)
        out[i, 6] = z.real + z.imag * 1j
        out[i, 7] = (z == w) + 2.0 * (z == 3) + 4.0 * (z != 0) + abs(z)

def last(n, step):
    z = 1 + 0j
    # pragma sequential for
    for k in range(n):
        z = z * step
    return z

def divide(n, zero):
    z = 1j
    # pragma sequential for
    for k in range(n):
        z = z / zero
    return z

def raised(n, base, exponent):
    z = 0j
    # pragma sequential for
    for k in range(n):
        z += base ** exponent
    return z

def size(n, z):
    s = 0.0
    # pragma parallel for
    for k in range(n):
        s += abs(z)
    return s

def types(z, w):
    a = b = c = d = None
    # pragma sequential for
    for k in range(3):
        a = z + k
        b = z * w
        c = abs(z)
        d = z.imag
    return a, b, c, d
"""


def test_python_complex(pair: MakePair) -> None:
    both = pair(PYTHON)
    rng = np.random.default_rng(5)

    def arguments() -> tuple[Any, ...]:
        parts = rng.normal(scale=3, size=(4, 500)).round(2)
        return (*parts, np.zeros((500, 8), complex))

    fixed = arguments()
    both.call("operators", lambda: tuple(part.copy() for part in fixed), tolerance=10 * of_functions())
    both.call("last", lambda: (50, 0.9 + 0.3j), ran=None)
    both.call("last", lambda: (0, 0.9 + 0.3j), ran=None)
    both.call("last", lambda: (5, np.complex64(0.9 + 0.3j)), ran=None)
    both.call("size", lambda: (9, 3 + 4j))


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        ("divide", (3, 0j)),
        ("divide", (3, 0.0)),
        ("divide", (3, np.complex128(0))),
        ("divide", (3, 2)),
        ("raised", (3, 0j, -1 + 0j)),
        ("raised", (3, 0j, 2 + 0j)),
        ("raised", (3, 0j, 1j)),
        ("raised", (3, 1e200 + 0j, 2 + 0j)),
        ("raised", (3, 1e200 + 0j, 2.5 + 1j)),
        ("raised", (3, complex(np.inf, 0), 0.5 + 0j)),
        ("raised", (3, complex(np.inf, 0), 2 + 0j)),
        ("raised", (3, 1.5 - 0.7j, complex(-np.inf, 0))),
        ("raised", (3, 1.5 - 0.7j, complex(np.nan, 0))),
        ("size", (3, complex(1.5e308, 1.5e308))),
        ("size", (3, complex(np.inf, np.nan))),
        ("size", (3, np.complex128(complex(1.5e308, 1.5e308)))),
    ],
)
def test_python_complex_raises(pair: MakePair, function: str, arguments: tuple[Any, ...]) -> None:
    both = pair(PYTHON)
    both.call(function, lambda: arguments, ran=None)
    # A power that is NaN is left to Python.
    native = both.launches()["fast"] + both.launches()["careful"]
    assert native == 1 or function == "raised", both.launches()


SCALARS: list[Any] = [
    *(1.5 - 2j, 2.0, 3, True, np.complex64(1 - 2j), np.complex128(0.1 + 2j), np.float16(0.1), np.float32(0.1)),
    *(np.float64(0.1), np.int8(3), np.uint64(7), np.bool_(True)),
]


@pytest.mark.parametrize("left", SCALARS, ids=lambda value: type(value).__name__)
def test_results_have_the_type_of_numpy(pair: MakePair, left: Any) -> None:
    both = pair(PYTHON)
    for right in (2 - 1j, np.complex64(0.1 + 3j), np.complex128(0.1 - 2j), np.float16(2.5)):
        both.call("types", lambda right=right: (left, right))


REDUCTIONS = """
def total(z, s):
    # pragma parallel for
    for i in range(len(z)):
        s += z[i]
    return s

def product(z):
    p = 1 + 0j
    # pragma parallel for
    for i in range(len(z)):
        p *= z[i]
    return p

def energy(z):
    s = 0.0
    # pragma parallel for
    for i in range(len(z)):
        s += z[i].real ** 2 + z[i].imag ** 2
    return s

def bins(z, index, out):
    # pragma parallel for
    for i in range(len(z)):
        out[index[i]] += z[i]

def rows(a, out):
    # pragma parallel for
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            out[i] += a[i, j]
"""


@pytest.mark.parametrize("kind", KINDS)
def test_reductions(pair: MakePair, kind: str) -> None:
    both = pair(REDUCTIONS)
    for n in (0, 1, 7, 1000, 40000):
        # Whole numbers: every order of summation gives the same bits.
        whole = (np.arange(n) % 7 - 3 + 1j * (np.arange(n) % 5)).astype(kind)
        for start in (0j, np.dtype(kind).type(2)):
            both.call("total", lambda whole=whole, start=start: (whole, start))
        units = np.array([1, 1j, -1, -1j], kind)[np.arange(n) % 4]
        both.call("product", lambda units=units: (units,))
        both.call("energy", lambda whole=whole: (whole,))
        index = np.arange(n) * 7 % 13
        both.call("bins", lambda whole=whole, index=index: (whole, index, np.zeros(13, kind)))
        both.call("rows", lambda whole=whole, n=n: (whole.reshape(n, 1), np.zeros(n, kind)))


PROGRAMS = """
import numpy as np

def mandelbrot(xs, ys, limit, out):
    # pragma parallel for
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            c = xs[j] + 1j * ys[i]
            z = 0j * c
            n = 0
            while n < limit:
                z = z * z + c
                if abs(z) > 2:
                    break
                n += 1
            out[i, j] = n

def mandelbrot_python(xs, ys, limit, out):
    # pragma parallel for simd
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            c = complex(xs[j], ys[i])
            z = 0j
            for n in range(limit):
                z = z * z + c
                if abs(z) > 2:
                    out[i, j] = n
                    break

def fft(x, roots):
    n = len(x)
    half = 1
    while half < n:
        # pragma parallel for
        for start in range(0, n, 2 * half):
            for k in range(half):
                t = roots[k * (n // (2 * half))] * x[start + k + half]
                u = x[start + k]
                x[start + k] = u + t
                x[start + k + half] = u - t
        half *= 2

def into_parts(z, re, im):
    # pragma parallel for
    for i in range(len(z)):
        re[i] = z[i].real
        im[i] = z[i].imag

def from_reals(x, y, z):
    # pragma parallel for
    for i in range(len(z)):
        z[i] = x[i]
        z[i] = z[i] + complex(0, y[i])

def views(z, out):
    # pragma parallel for
    for i in range(len(out)):
        out[i] = z.real[i] * 2 + z.imag[i]

def late(z, out):
    # pragma parallel for
    for i in range(len(z)):
        w = i
        if w == 1.5 or w < 3:
            w = w + 1
        if w != 2 and 4 >= w:
            out[i] = w
        w = z[i]
        out[i] += w

def convert(z, x, narrow, wide):
    # pragma parallel for
    for i in range(len(z)):
        narrow[i] = np.complex64(z[i]) + np.complex64(x[i])
        wide[i] = np.complex128(z[i]) * complex(x[i])
"""


def test_programs(pair: MakePair) -> None:
    both = pair(PROGRAMS)
    xs, ys = np.linspace(-2, 1, 61), np.linspace(-1.2, 1.2, 47)
    both.call("mandelbrot", lambda: (xs, ys, 40, np.zeros((47, 61), int)))
    both.call("mandelbrot_python", lambda: (xs, ys, 40, np.zeros((47, 61), int)))
    for kind in KINDS:
        n = 64
        roots = np.exp(-2j * np.pi * np.arange(n // 2) / n).astype(kind)
        both.call("fft", lambda kind=kind, roots=roots, n=n: (sample(kind, n), roots))
        real = np.empty(0, kind).real.dtype
        both.call("into_parts", lambda kind=kind, real=real: (sample(kind, 1000), np.zeros(1000, real), np.zeros(1000)))
        both.call("from_reals", lambda kind=kind: (np.arange(50.0), np.arange(50), np.zeros(50, kind)))
        both.call("late", lambda kind=kind: (sample(kind, 99), np.zeros(99, kind)))
        both.call("views", lambda kind=kind: (sample(kind, 1000), np.zeros(1000)))
        both.call(
            "convert", lambda kind=kind: (sample(kind, 99), np.arange(99.0), np.zeros(99, "F"), np.zeros(99, "D"))
        )


REFUSED = """
import numpy as np

def into_real(z, out):
    # pragma parallel for
    for i in range(len(out)):
        out[i] = z[i]

def order(z, out):
    # pragma parallel for
    for i in range(len(out)):
        out[i] = z[i] < z[0]
"""


@pytest.mark.filterwarnings("ignore::numpy.exceptions.ComplexWarning")
def test_what_is_refused_runs_as_python(pair: MakePair) -> None:
    both = pair(REFUSED)
    both.call("into_real", lambda: (sample("complex128", 9), np.zeros(9)), ran="python")
    both.call("order", lambda: (sample("complex128", 9), np.zeros(9, bool)), ran="python")
