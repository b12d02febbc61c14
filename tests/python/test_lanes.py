"""Loops in lanes: masks, steps, tails, reductions, several groups at a time; against CPython, and native."""

from functools import partial
from typing import Any

import numpy as np
import pytest
from harness import LAYOUTS, MakePair, Pair, given, sample

# Around the width of a group (8 or 16), of the four groups of a reduction, of a block.
SIZES = [0, 1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 1000]


def plain(kind: str, shape: tuple[int, ...], seed: int) -> np.ndarray:
    """Values without infinities and NaNs, whose sums mean something."""
    return np.random.default_rng(seed).normal(scale=2.0, size=shape).astype(kind)


def rounding(kind: str, terms: int) -> float:
    """What adding so many terms in another order may change."""
    return 40.0 * max(terms, 1) * float(np.finfo(kind).eps)


CONTROL = """
import numpy as np

def branches(x, out):
    # pragma parallel for simd
    for i in range(len(x)):
        if x[i] > 0.5:
            t = x[i] * 2.0
            if x[i] > 1.5:
                continue
            out[i] = t
        elif i % 3 == 0:
            out[i] = -1.0
        out[i] += 1.0

def iterate(x, out):
    # pragma simd
    for i in range(len(x)):
        v = abs(x[i])
        n = 0
        while v < 50.0:
            v = v * 1.5 + 0.25
            n += 1
            if n == 7:
                v = v + 60.0
                continue
            if n > 8:
                break
        out[i] = v + n

def search(x, table, out):
    # pragma parallel for simd
    for i in range(len(x)):
        place = -1
        for k in range(len(table)):
            if table[k] < 0.0:
                continue
            if table[k] > x[i]:
                place = k
                break
        out[i] = place

def choices(x, y, out):
    # pragma simd
    for i in range(len(x)):
        out[i] = (x[i] if x[i] < y[i] and y[i] > 0.0 else y[i]) + (0.25 if not x[i] < 0.0 else -x[i])

def integers(k, out):
    # pragma simd
    for i in range(len(k)):
        m = int(k[i]) % 7
        out[i] = m * m - (i // 2) + (m if m & 1 else -m)
"""


@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_control_flow(pair: MakePair, kind: str) -> None:
    both = pair(CONTROL)
    table = np.array([-1.0, 0.25, -3.0, 0.5, 1.0, 2.0])
    for n in SIZES:
        for layout in LAYOUTS.values():

            def one(seed: int, n: int = n, layout: Any = layout) -> Any:
                return layout(sample(kind, (n,), seed))

            both.call("branches", lambda: (one(1), one(2)))
            both.call("iterate", lambda: (one(3), one(4).astype(np.float64)))
            both.call("search", lambda: (one(5), table.copy(), layout(np.zeros(n, np.int64))))
            both.call("choices", lambda: (one(6), one(7), one(8).astype(np.float64)))
            both.call("integers", lambda: (layout(sample("int32", (n,), 9)), layout(np.zeros(n, np.int64))))


MEMORY = """
def steps(x, out):
    # pragma simd
    for i in range(1, len(out) - 1, 2):
        out[i] = x[3 * i] + x[len(out) - i] - x[i - 1]

def backwards(x, out):
    # pragma parallel for simd
    for i in range(len(out) - 1, -1, -1):
        out[i] = x[-1 - i] * 2.0

def picked(x, where, out):
    # pragma parallel for simd
    for i in range(len(out)):
        out[i] = x[where[i]] + x[where[i] // 2 - 1]

def columns(a, out):
    # pragma parallel for simd
    for j in range(a.shape[1]):
        s = 0.0
        for i in range(a.shape[0]):
            s += a[i, j]
        out[j] = s + a[0, j]

def diagonal(a, out):
    # pragma simd
    for i in range(len(out)):
        out[i] = a[i, i] - a[i, -1 - i]

def flags(x, b, out):
    # pragma simd
    for i in range(len(out)):
        out[i] = (x[i] > 0.0) != b[i]
        b[i] = b[i] and x[i] < 0.5
"""


@pytest.mark.parametrize("kind", ["float64", "float32", "int16", "uint8"])
def test_memory(pair: MakePair, kind: str) -> None:
    both = pair(MEMORY)
    for n in SIZES:
        for layout in LAYOUTS.values():

            def array(seed: int, *shape: int, kind: str = kind, layout: Any = layout) -> Any:
                return layout(sample(kind, shape, seed))

            double = layout(np.zeros(n))
            if n > 2:
                both.call("steps", lambda: (array(1, 3 * n), array(2, n)))
            both.call("backwards", lambda: (array(1, n), double.copy()))
            where = np.random.default_rng(n).integers(-n, max(n, 1), n).astype(np.int32)
            if n > 1:
                both.call("picked", lambda: (array(1, n), layout(where), array(2, n)))
            if kind.startswith("float"):
                both.call("columns", lambda: (layout(plain(kind, (5, n), 1)), np.zeros(n)), tolerance=rounding(kind, 5))
            both.call("diagonal", lambda: (array(1, n, n), array(2, n)))
            both.call("flags", lambda: (array(1, n), layout(sample("bool", (n,), 3)), layout(np.zeros(n, bool))))


REDUCTIONS = """
import numpy as np

def add(x, s):
    # pragma parallel for simd
    for i in range(len(x)):
        s += x[i]
    return s

def add_some(x, s):
    # pragma simd
    for i in range(len(x)):
        if x[i] > 0.25:
            s += 1.0 / x[i]
    return s

def subtract_products(x, s):
    # pragma simd
    for i in range(len(x)):
        s -= x[i] * x[i]
    return s

def multiply(x, s):
    # pragma parallel for
    for i in range(len(x)):
        s *= 1.0 + x[i] / 64.0
    return s

def least(x, s):
    # pragma simd
    for i in range(len(x)):
        s = min(s, x[i])
    return s

def greatest(x, s):
    # pragma parallel for simd
    for i in range(len(x)):
        if x[i] > s:
            s = x[i]
    return s

def numpy_greatest(x, s):
    # pragma simd
    for i in range(len(x)):
        s = np.maximum(s, x[i])
    return s

def count(x):
    n = 0
    every = True
    some = False
    # pragma parallel for simd
    for i in range(len(x)):
        if x[i] > 0.0:
            n += 1
        every = every and x[i] > -9.0
        some = some or x[i] > 1.9
    return n, every, some

def last(x, t):
    # pragma simd
    for i in range(len(x)):
        t = x[i] * 2.0
        u = t + 1.0
    return t

def last_of_rows(x, j, t):
    # pragma parallel for
    for i in range(3):
        # A row may be empty: then nothing is assigned.
        for j in range(len(x)):
            t = x[j] + i
    return j, t
"""


@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_reductions(pair: MakePair, kind: str) -> None:
    starts: list[Any] = [0.0, 0, np.dtype(kind).type(2.5)]
    started = ("add", "add_some", "subtract_products", "multiply", "least", "greatest", "numpy_greatest", "last")
    first = [(name, given(np.ones(1, kind), start)) for name in started for start in starts]
    both = pair(REDUCTIONS, first)
    for n in [*SIZES, 30_000]:
        for layout in LAYOUTS.values():

            def values(n: int = n, layout: Any = layout) -> Any:
                return layout(sample(kind, (n,), n))

            for start in starts:
                for name in started[:4]:
                    both.call(
                        name, partial(lambda s: (layout(plain(kind, (n,), n)), s), start), tolerance=rounding(kind, n)
                    )
                for name in started[4:]:
                    both.call(name, partial(lambda s: (values(), s), start))
            both.call("count", lambda: (values(),))
            both.call("last_of_rows", lambda: (values(), -7, np.dtype(kind).type(0.5)))


BITS = """
def all_bits(x, a, o, e):
    # pragma parallel for simd
    for i in range(len(x)):
        a &= x[i]
        o |= x[i]
        e ^= x[i]
    return a, o, e

def total(x, s):
    # pragma simd
    for i in range(len(x)):
        s += x[i]
    return s
"""


@pytest.mark.parametrize("kind", ["int8", "uint16", "int32", "uint64", "int64"])
def test_integer_reductions(pair: MakePair, kind: str) -> None:
    both = pair(BITS)
    scalar = np.dtype(kind).type
    for n in SIZES:
        both.call("all_bits", lambda: (sample(kind, (n,), n), scalar(127), scalar(0), scalar(1)))
        both.call("total", lambda: (sample(kind, (n,), n), scalar(3)))


PYTHON_INTS = """
def power(base, n):
    p = 1
    # pragma parallel for
    for i in range(n):
        p *= base
    return p

def add_up(step, n):
    s = 0
    # pragma parallel for simd
    for i in range(n):
        s += step * step
    return s
"""


def test_python_ints_that_leave_64_bits(pair: MakePair) -> None:
    both = pair(PYTHON_INTS)
    for n in (1, 8, 32, 33, 39, 40, 64, 100):
        both.call("power", lambda: (3, n), ran=None)
        both.call("add_up", lambda: (2_000_000_000, n), ran=None)


BLOCKS = """
def product(a, b, c):
    # pragma parallel for
    for i in range(a.shape[0]):
        for j in range(b.shape[1]):
            total = 0.0
            for k in range(a.shape[1]):
                total += a[i, k] * b[k, j]
            c[i, j] = total

def two(a, b, c):
    # pragma parallel for
    for i in range(a.shape[0]):
        # pragma simd
        for j in range(b.shape[1]):
            total = c[i, j]
            least = c[i, j]
            for k in range(a.shape[1]):
                if a[i, k] > 0.5:
                    total -= a[i, k] * b[k, j]
                least = min(least, b[k, j])
            c[i, j] = total + least

def lower(a, b, c):
    # pragma parallel for
    for i in range(a.shape[0]):
        for j in range(b.shape[1]):
            total = 0.0
            for k in range(i):
                total += a[i, k] * b[k, j]
            c[i, j] = total
"""


@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_blocks(pair: MakePair, kind: str) -> None:
    both = pair(BLOCKS)
    for rows, inner, columns in [(0, 3, 3), (3, 0, 40), (1, 1, 1), (4, 5, 32), (5, 7, 33), (9, 6, 71), (13, 20, 7)]:
        for layout in LAYOUTS.values():

            def arguments(
                shapes: Any = ((rows, inner), (inner, columns), (rows, columns)), layout: Any = layout
            ) -> Any:
                return tuple(layout(plain(kind, shape, seed)) for seed, shape in enumerate(shapes))

            both.call("product", arguments, tolerance=rounding(kind, inner))
            both.call("two", arguments, tolerance=rounding(kind, inner))
            if inner >= rows:
                both.call("lower", arguments, tolerance=rounding(kind, inner))


ELEMENTS = """
def rows(a, x, y):
    # pragma parallel for
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            y[i] += a[i, j] * x[j]

def some(a, x, y):
    # pragma parallel for
    for i in range(a.shape[0]):
        y[i] *= 2.0
        for j in range(a.shape[1]):
            if x[j] > 0.0:
                y[i] -= a[i, j]

def product(a, b, c):
    # pragma parallel for
    for i in range(a.shape[0]):
        for j in range(b.shape[1]):
            for k in range(a.shape[1]):
                c[i, j] += a[i, k] * b[k, j]

def outer_first(a, b, c):
    # pragma parallel for
    for i in range(a.shape[0]):
        for k in range(a.shape[1]):
            for j in range(b.shape[1]):
                c[i, j] -= a[i, k] * b[k, j]

def one(x, total):
    # pragma simd
    for i in range(len(x)):
        total[0] += x[i]
"""


@pytest.mark.parametrize("kind", ["float32", "float64", "int32"])
def test_elements_that_collect(pair: MakePair, kind: str) -> None:
    both = pair(ELEMENTS)
    slack = rounding(kind, 80) if kind.startswith("float") else 0.0
    for n, m, k in [(1, 1, 1), (3, 0, 2), (0, 3, 1), (5, 8, 33), (9, 70, 40), (4, 33, 7)]:
        for layout in LAYOUTS.values():

            def array(seed: int, *shape: int, layout: Any = layout) -> Any:
                values = plain("float64", shape, seed)
                return layout(values.astype(kind) if kind.startswith("float") else (values * 10).astype(kind))

            both.call("rows", lambda: (array(1, n, m), array(2, m), array(3, n)), tolerance=slack)
            if kind.startswith("float"):
                both.call("some", lambda: (array(1, n, m), array(2, m), array(3, n)), tolerance=slack)
            both.call("product", lambda: (array(1, n, k), array(2, k, m), array(3, n, m)), tolerance=slack)
            both.call("outer_first", lambda: (array(1, n, k), array(2, k, m), array(3, n, m)), tolerance=slack)
            both.call("one", lambda: (array(1, m), array(2, 1)), tolerance=slack)


ROOTS = """
import numpy as np

def roots(x, out):
    # pragma simd
    for i in range(len(x)):
        out[i] = np.sqrt(x[i])
"""


@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_roots_are_rounded_correctly(pair: MakePair, kind: str) -> None:
    """Random numbers of all sizes, squares and their neighbours, and numbers next to the squares of midpoints."""
    both = pair(ROOTS)
    rng = np.random.default_rng(5)
    root = rng.uniform(1.0, 2.0, 200_000)
    squares = np.concatenate([root * root, root * root + root * np.finfo(np.float64).eps])
    steps = rng.integers(-2, 3, squares.size)
    near = (squares.view(np.int64) + steps).view(np.float64)
    spread = np.ldexp(rng.uniform(1.0, 2.0, 200_000), rng.integers(-1073, 1024, 200_000))
    special = [0.0, -0.0, np.inf, -np.inf, np.nan, -1.0, 5e-324, 1.0, 4.0]
    with np.errstate(all="ignore"):
        values = np.concatenate([near, spread, special]).astype(kind)
    both.call("roots", lambda: (values.copy(), np.zeros_like(values)))


DIVIDENDS = """
def quotients(x, b, out, s):
    # pragma parallel for simd
    for i in range(len(x)):
        t = float(x[i])
        out[i, 0] = (t if b[i] else -1.02) / (1.5 + abs(t))
        out[i, 1] = (t if b[i] else -1.02) / s
        out[i, 2] = max(t, 0.5) / (1.5 + abs(t))
        out[i, 3] = t**2 / s
        out[i, 4] = (float(x[i // 2]) - 1.0 if b[i] else -1.0) / s
"""


def quotients(x: np.ndarray, s: float) -> tuple[Any, ...]:
    return x, x > 0.1, np.zeros((len(x), 5)), s


@pytest.mark.parametrize("s", [2.0, 0.0])
def test_dividends_of_python_floats(pair: MakePair, s: float) -> None:
    """Whatever text an operand of a division that may raise is."""
    both = pair(DIVIDENDS)
    for n in (0, 9, 40):
        x = plain("float64", (n,), 1)
        ran = "fast" if s or not n else None
        both.call("quotients", partial(quotients, x, s), ran=ran)


SHARED = """
def shift(x, y):
    # pragma parallel for
    for i in range(y.shape[0]):
        for j in range(1, y.shape[1]):
            y[i, j] = x[i, j - 1] + 1.0

def product(a, b, c):
    # pragma parallel for
    for i in range(a.shape[0]):
        for j in range(b.shape[1]):
            total = 0.0
            for k in range(a.shape[1]):
                total += a[i, k] * b[k, j]
            c[i, j] = total

def scale(x, y):
    # pragma parallel for
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = 2.0 * x[i, j]
"""


@pytest.mark.parametrize("n", [3, 8, 40])
def test_one_array_under_two_names(pair: MakePair, n: int) -> None:
    """What is independent with two arrays may not be with one: lanes must not see half-written rows."""
    both = pair(SHARED)

    def same(*seeds: int) -> tuple[Any, ...]:
        first = plain("float64", (n, n), 1)
        return tuple(first if seed == 1 else plain("float64", (n, n), seed) for seed in seeds)

    both.call("shift", lambda: same(1, 1), ran=None)
    both.call("scale", lambda: same(1, 1), ran="fast")
    for names in [(1, 2, 1), (2, 1, 1), (1, 1, 1), (1, 1, 2)]:
        both.call("product", partial(same, *names), ran=None, tolerance=rounding("float64", n))
    both.call("shift", lambda: (rows := plain("float64", (n + 1, n), 3), (rows[1:], rows[:-1]))[1], ran=None)
    both.call("scale", lambda: (rows := plain("float64", (n + 1, n), 3), (rows[:-1], rows[1:]))[1], ran=None)


@pytest.mark.parametrize("n", [1, 8, 29])
def test_conditions_of_values_that_are_made_lane_by_lane(pair: MakePair, n: int) -> None:
    """`x if a and not b else i`: a conditional of a float and an int is done lane by lane, its condition, too."""
    both = pair(
        """
        def chosen(x, y, w, out):
            # pragma simd
            for i in range(len(out)):
                out[i] = x[i] if -1 < (y[i] - x[i]) <= w[i] else i
                out[i] += y[i] if not (x[i] < 0 or w[i] < 0) else i
        """
    )
    rng = np.random.default_rng(n)
    x, y, w = rng.uniform(-2, 2, (3, n))
    both.call("chosen", lambda: (x.copy(), y.copy(), w.copy(), np.zeros(n)))


WHOLE = {
    "added": "v + w",
    "subtracted": "v - w",
    "multiplied": "v * w",
    "tripled": "-3 * v + 1",
    "negated": "-v",
    "divided": "v // w",
    "remainder": "v % w",
    "halved": "v // 2 + v % 2",
    "thousands": "v // 1000",
    "clock": "v % 24 - (v % -7)",
    "into": "1000 // w",
    "shifted": "(v << 3) + (v >> 2)",
    "moved": "v >> (w & 63)",
}


def whole(name: str, expression: str) -> str:
    """Of Python ints and of NumPy's, in all lanes and in some."""
    return f"""
def {name}_python(x, y, out):
    # pragma parallel for simd
    for i in range(len(x)):
        v, w = int(x[i]), int(y[i])
        out[i] = {expression}

def {name}_some(x, y, out):
    # pragma parallel for simd
    for i in range(len(x)):
        v, w = int(x[i]), int(y[i])
        if -(2**60) < v < 2**60 and 0 < w < 8:
            out[i] = {expression}

def {name}_numpy(x, y, out):
    # pragma parallel for simd
    for i in range(len(x)):
        v, w = x[i], y[i]
        out[i] = {expression}
"""


def kinds(name: str) -> list[str]:
    """The elements that an expression is tried with: the short ones and those without a sign where lanes do without a division."""
    return ["int64", "int32", *(["int16", "uint64"] if name in ("halved", "shifted") else [])]


def integers(kind: str, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of integers, the extreme ones and neighbours of powers of two among them."""
    limits = np.iinfo(kind)
    edges = {limits.min, limits.min + 1, limits.max, limits.max - 1}
    edges |= {sign * (2**power + off) for power in (0, 1, 4, 15, 31, 51, 53) for off in (-1, 0, 1) for sign in (-1, 1)}
    fit = np.array(sorted(one for one in edges if limits.min <= one <= limits.max), kind)
    rng = np.random.default_rng(size)
    return rng.choice(fit, size), rng.choice(fit, size)


def into_integers(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, ...]:
    return x.copy(), y.copy(), np.zeros(len(x), np.int64)


@pytest.fixture(scope="module")
def wholes(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    def given(kind: str) -> tuple[np.ndarray, ...]:
        return np.arange(1, 9).astype(kind), np.arange(1, 9).astype(kind), np.zeros(8, np.int64)

    first = [(f"{name}_numpy", partial(given, kind)) for name in WHOLE for kind in kinds(name)]
    first += [(f"{name}_{way}", partial(given, "int64")) for name in WHOLE for way in ("python", "some")]
    return Pair(tmp_path_factory.mktemp("wholes"), "".join(whole(*one) for one in WHOLE.items()), first)


@pytest.mark.parametrize("name", WHOLE)
def test_whole_numbers(wholes: Pair, name: str) -> None:
    """Python's integers and NumPy's, at the ends of their ranges; what does not fit, and divisors of 0, are Python's to handle."""
    for size in (1, 8, 17, 300):
        for kind in kinds(name):
            x, y = integers(kind, size)
            wholes.call(f"{name}_numpy", partial(into_integers, x, y), ran=None if kind == "uint64" else "fast")
        x, y = integers("int64", size)
        wholes.call(f"{name}_some", partial(into_integers, x, y))
        wholes.call(f"{name}_python", partial(into_integers, x, y), ran=None)
        for v, w in zip(x, y, strict=True):
            once = np.full(size, 5), np.full(size, 7)
            once[0][size // 2], once[1][size // 2] = v, w
            wholes.call(f"{name}_python", partial(into_integers, *once), ran=None)
    launches = wholes.launches()
    assert launches["fast"] > 200, launches


SETTLED = {
    "distance": "math.sqrt(x[i] * x[i] + (y[i] - 1.0) ** 2)",
    "inverse": "1.0 / (1.0 + float(x[i] * x[i]))",
    "logarithm": "math.log(2.0 + abs(x[i])) + math.log1p(x[i] * x[i])",
    "root": "math.sqrt(math.sqrt(1.0 + float(y[i] * y[i])) + math.exp(x[i]))",
    "power": "(float(x[i]) ** 2) ** 0.5 + max(float(y[i]), 0.5) ** -1.5 / max(0.25, float(y[i]))",
    "least": "math.sqrt(min(abs(x[i]), abs(y[i]), 2.0) / 3.0)",
}
OPEN = {
    "difference": "math.sqrt(x[i] * x[i] - y[i] * y[i])",
    "divided": "1.0 / float(x[i] * x[i])",
    "nothing": "math.log(max(float(x[i]), 0.0))",
    "other": "math.sqrt(x[i] * y[i])",
    "quotient": "math.sqrt(float(x[i]) / (1.0 + abs(float(x[i]))))",
    "by_any": "math.sqrt(abs(x[i]) / (y[i] + 0.125))",
    "product": "1.0 / (math.exp(x[i]) * math.exp(x[i]))",
}


def of_signs(name: str, expression: str) -> str:
    """The expression itself, and by way of variables."""
    return f"""
def {name}(x, y, out):
    # pragma parallel for simd
    for i in range(len(x)):
        out[i] = {expression}

def {name}_kept(x, y, out):
    # pragma parallel for
    for i in range(len(x)):
        s, t = 1.0, 0.0
        for k in range(2):
            s += {expression}
            t += s * s
        out[i] = math.sqrt(s) + math.sqrt(t)
"""


def into_floats(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, ...]:
    return x.copy(), y.copy(), np.zeros(len(x))


@pytest.fixture(scope="module")
def signs(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    both = SETTLED | OPEN
    source = "import math\nimport numpy as np\n" + "".join(of_signs(*one) for one in both.items())
    first = [
        (f"{name}{kept}", partial(into_floats, np.ones(3), np.full(3, 0.5))) for name in both for kept in ("", "_kept")
    ]
    return Pair(tmp_path_factory.mktemp("signs"), source, first)


@pytest.mark.parametrize("name", SETTLED | OPEN)
def test_checks_that_signs_settle(signs: Pair, name: str) -> None:
    """What cannot fail by the signs of its parts runs fast whatever the values are; what may fail still raises."""
    values = [0.0, -0.0, 1.5, -2.5, np.nan, 5e-324, 1e-200, -1e-170]
    # The results of others would be too large for Python.
    if name not in ("root", "product", "power"):
        values += [1e200, np.inf, -np.inf]
    pairs = np.array([(x, y) for x in values for y in values])
    for kept in "", "_kept":
        settled = name in SETTLED and not kept
        for x, y in [pairs.T, *(np.full((2, 1), 0.0) + pair[:, None] for pair in pairs)]:
            ran = "fast" if settled else None
            signs.call(f"{name}{kept}", partial(into_floats, x, y), ulps=8, ran=ran)


PLACES = """
def beside(x, out):
    # pragma parallel for simd
    for i in range(len(x)):
        if x[i] > 3:
            out[2 * i] = x[i]
        else:
            out[2 * i + 1] = 7

def same(x, out):
    # pragma parallel for simd
    for i in range(len(x)):
        if x[i] > 3:
            out[2 * i] = x[i]
        elif x[i] == 2:
            out[2 * i] = x[i] // 2
        else:
            out[2 * i] = -1 if i % 2 else 5

def once(x, out):
    # pragma parallel for simd
    for i in range(len(x)):
        if x[i] > 3:
            if x[i] < 9:
                out[i] = 100 // (x[i] - 3)
            else:
                out[i] = 3
        else:
            out[i] = x[2]

def flags(x, out):
    # pragma parallel for simd
    for i in range(len(x)):
        if x[i] > 3:
            out[i] = True
        else:
            out[i] = x[i] == 2
"""


@pytest.mark.parametrize("kind", ["uint8", "int8", "int16", "uint16", "int32", "int64", "float32", "float64"])
def test_stores_on_all_ways(pair: MakePair, kind: str) -> None:
    """Both ways of a condition store: into one element, which is one store of what is chosen, or into two."""
    program = pair(PLACES)
    for size in (3, 16, 37, 200):
        x = np.random.default_rng(size).integers(0, 12, size).astype(kind)
        for name in ("beside", "same", "once", "flags"):
            if name == "once" and kind.startswith("float"):
                continue
            for step in (1, 3):
                elements = partial(
                    lambda x, step, name: (
                        np.repeat(x, step)[::step],
                        np.full(2 * len(x) * step, 9, bool if name == "flags" else x.dtype)[::step],
                    ),
                    x,
                    step,
                    name,
                )
                # An unsigned element is never -1, which raises.
                raises = name == "same" and kind.startswith("uint")
                program.call(name, elements, ran=None if raises else "fast")
