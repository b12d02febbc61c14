"""Every kind of element, layout and size against CPython: results bit for bit, and the fast variant ran."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from harness import KINDS, LAYOUTS, SIZES, Arguments, MakePair, Pair, sample

INTEGERS = [kind for kind in KINDS if "int" in kind]
FLOATS = ["float32", "float64"]
RIGHT = ["bool", "int8", "uint8", "int32", "uint64", "float32", "float64"]

ELEMENTWISE = """
import numpy as np

def arithmetic(x, y, out):
    # pragma parallel for simd
    for i in range(len(out)):
        out[i] = x[i] * y[i] - x[i] + y[i]

def choose(x, y, out):
    # pragma parallel for
    for i in range(len(out)):
        if x[i] < y[i]:
            out[i] = x[i]
        elif x[i] == y[i]:
            out[i] += y[i]
        else:
            out[i] = y[i]

def grid(a, b):
    # pragma parallel for
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            b[i, j] = a[i, j] + a[i, -1 - j] + b[i, j]

def backwards(x, out):
    # pragma simd
    for i in range(len(x) - 1, -1, -1):
        out[len(x) - 1 - i] = x[i] + x[i]
"""


@pytest.mark.parametrize("kind", INTEGERS + FLOATS)
def test_elementwise(both: Pair, kind: str) -> None:
    for n in SIZES:
        for name, layout in LAYOUTS.items():

            def arguments(n: int = n, layout: Any = layout) -> tuple[Any, ...]:
                return tuple(layout(sample(kind, (n,), seed)) for seed in (1, 2, 3))

            both.call("arithmetic", arguments)
            both.call("choose", arguments)
            both.call("backwards", lambda: arguments()[:2])
            shape = (n % 37, 11)
            both.call("grid", lambda: tuple(layout(sample(kind, shape, seed)) for seed in (4, 5)))
            assert name in LAYOUTS


MIXED = """
def add(x, y, out):
    # pragma parallel for
    for i in range(len(out)):
        out[i] = x[i] + y[i]

def compare(x, y, out):
    # pragma parallel for simd
    for i in range(len(out)):
        out[i] = (x[i] < y[i]) or (x[i] == y[i])
"""


def promotions(left: str, right: str) -> Iterator[tuple[str, Arguments]]:
    """Calls with elements of two kinds."""
    result = (np.zeros(1, left) + np.zeros(1, right)).dtype
    if result != np.float16:
        yield "add", lambda: (sample(left, (41,), 1), sample(right, (41,), 2), np.zeros(41, result))
    yield "compare", lambda: (sample(left, (41,), 1), sample(right, (41,), 2), np.zeros(41, bool))


@pytest.mark.parametrize("left", KINDS)
@pytest.mark.parametrize("right", RIGHT)
def test_promotion(both: Pair, left: str, right: str) -> None:
    for function, arguments in promotions(left, right):
        both.call(function, arguments)


DIVISION = """
def floor(x, y, out):
    # pragma parallel for simd
    for i in range(len(out)):
        out[i] = x[i] // y[i]

def modulo(x, y, out):
    # pragma parallel for
    for i in range(len(out)):
        out[i] = x[i] % y[i]

def true(x, y, out):
    # pragma parallel for simd
    for i in range(len(out)):
        out[i] = x[i] / y[i]
"""


@pytest.mark.parametrize("kind", INTEGERS + FLOATS)
def test_division(both: Pair, kind: str) -> None:
    values = sample(kind, (64,), 3)
    divisors = sample(kind, (64,), 4)
    divisors[::7] = 0
    quotient = np.float32 if kind == "float32" else np.float64
    both.call("floor", lambda: (values.copy(), divisors.copy(), np.zeros(64, kind)))
    both.call("modulo", lambda: (values.copy(), divisors.copy(), np.zeros(64, kind)))
    both.call("true", lambda: (values.copy(), divisors.copy(), np.zeros(64, quotient)))


BITS = """
def bits(x, y, out):
    # pragma parallel for simd
    for i in range(len(out)):
        out[i] = (x[i] & y[i]) ^ (x[i] | ~y[i])

def shifts(x, out, k):
    # pragma parallel for
    for i in range(len(out)):
        out[i] = (x[i] << k) ^ (x[i] >> k)
"""


@pytest.mark.parametrize("kind", INTEGERS)
def test_bits(both: Pair, kind: str) -> None:
    both.call("bits", lambda: (sample(kind, (100,), 1), sample(kind, (100,), 2), np.zeros(100, kind)))
    for k in (0, 1, 5, 7):
        both.call("shifts", lambda k=k: (sample(kind, (100,), 1), np.zeros(100, kind), k))


REDUCTIONS = """
import numpy as np

def total(x, s):
    # pragma parallel for simd
    for i in range(len(x)):
        s += x[i]
    return s

def extremes(x, low, high):
    # pragma parallel for
    for v in x:
        low = min(low, v)
        high = np.maximum(high, v)
    return low, high

def greatest(x, m):
    # pragma parallel for simd
    for i in range(len(x)):
        if x[i] > m:
            m = x[i]
    return m

def count(x, y):
    c = 0
    # pragma parallel for
    for i in range(len(x)):
        if x[i] < y[i]:
            c += 1
    return c

def logic(x):
    every = True
    # pragma parallel for
    for i in range(len(x)):
        every = every and x[i] < 1000
    return every
"""


@pytest.mark.parametrize("kind", INTEGERS + FLOATS)
def test_reductions(both: Pair, kind: str) -> None:
    strong = np.dtype(kind).type
    for n in [1, 7, 8, 9, 1000]:
        # whole numbers: every order of summation gives the same bits
        whole = sample(kind, (n,), n) if kind in INTEGERS else np.round(np.nan_to_num(sample(kind, (n,), n), posinf=9))
        whole = np.clip(whole, -100, 100).astype(kind) if kind in FLOATS else whole
        both.call("total", lambda whole=whole: (whole, strong(1)))
        both.call("extremes", lambda whole=whole: (whole, strong(5), strong(5)))
        both.call("greatest", lambda whole=whole: (whole, strong(1)))
        both.call("count", lambda n=n: (sample(kind, (n,), 1), sample(kind, (n,), 2)))
        both.call("logic", lambda n=n: (sample(kind, (n,), 1),))


@pytest.mark.parametrize("n", [0, 1, 3])
def test_result_types_when_nothing_changes(both: Pair, n: int) -> None:
    both.call("total", lambda: (np.ones(n), 0.5))
    both.call("total", lambda: (np.ones(n), 1))
    both.call("greatest", lambda: (np.zeros(n), 7.0))
    both.call("greatest", lambda: (np.ones(n), 0.0))
    both.call("extremes", lambda: (np.ones(n), -np.inf, 4.0), ran=None)
    both.call("logic", lambda: (np.ones(n),))


SOURCE = ELEMENTWISE + MIXED + DIVISION + BITS + REDUCTIONS


def of_kind(kind: str) -> Iterator[tuple[str, Arguments]]:
    """A small call of every function whose operands are of one kind."""
    one = np.dtype(kind).type(1)
    quotient = np.float32 if kind == "float32" else np.float64

    def arrays(count: int, *others: Any) -> Arguments:
        return lambda: (*(np.ones(5, kind) for _ in range(count)), *others)

    yield from [("arithmetic", arrays(3)), ("choose", arrays(3)), ("backwards", arrays(2))]
    yield "grid", lambda: (np.ones((2, 3), kind), np.ones((2, 3), kind))
    yield from [("floor", arrays(3)), ("modulo", arrays(3)), ("true", arrays(2, np.ones(5, quotient)))]
    if kind in INTEGERS:
        yield from [("bits", arrays(3)), ("shifts", arrays(2, 1))]
    yield from [("total", arrays(1, one)), ("extremes", arrays(1, one, one)), ("greatest", arrays(1, one))]
    yield from [("count", arrays(2)), ("logic", arrays(1))]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """The functions above, compiled for all kinds together."""
    first = [call for kind in INTEGERS + FLOATS for call in of_kind(kind)]
    first += [call for left in KINDS for right in RIGHT for call in promotions(left, right)]
    return Pair(tmp_path_factory.mktemp("differential"), SOURCE, first)


OVERLAP = """
def shift(x, y):
    # pragma parallel for
    for i in range(len(x)):
        y[i] = x[i] + 1.0
"""


@pytest.mark.parametrize("offset", [-3, -1, 0, 1, 3])
def test_overlapping_views(pair: MakePair, offset: int) -> None:
    both = pair(OVERLAP)

    def arguments() -> tuple[Any, ...]:
        base = np.arange(40.0)
        return base[5:30], base[5 + offset : 30 + offset], base

    source = OVERLAP.replace("def shift(x, y)", "def shift(x, y, base)")
    both = pair(source)
    both.call("shift", arguments, ran="fast" if offset == 0 else "careful")


def test_interleaved_views_do_not_overlap(pair: MakePair) -> None:
    both = pair(OVERLAP.replace("def shift(x, y)", "def shift(x, y, base)"))

    def arguments() -> tuple[Any, ...]:
        base = np.arange(40.0)
        return base[0::2], base[1::2], base

    both.call("shift", arguments)


def test_readonly_source_runs_and_readonly_target_raises(pair: MakePair) -> None:
    both = pair(OVERLAP)

    def frozen(position: int) -> tuple[Any, ...]:
        arrays = (np.arange(9.0), np.zeros(9))
        arrays[position].setflags(write=False)
        return arrays

    both.call("shift", lambda: frozen(0))
    both.call("shift", lambda: frozen(1), ran="python")


NAMES = """
def kernel(ARRAY, x):
    SCALAR = 0.0
    # pragma parallel for
    for i in range(len(x)):
        VALUE = x[i] / 3.0
        if VALUE > 0.5:
            ARRAY[i] = VALUE - x[-1 - i]
        SCALAR += VALUE
    return SCALAR
"""
ROLES = ["ARRAY", "SCALAR", "VALUE"]
WORDS = [
    *("output", "ensure", "fits", "combine", "finish", "finished", "wrap", "wrapped", "sound", "compare", "failed"),
    *("attempt", "finite", "infinite", "unit", "by", "none", "choose", "row", "rows", "crew", "lanes", "groups", "at"),
    *("Sum", "Full", "And", "Product", "Minimum", "match", "range_", "self", "team", "control", "pulse", "launch"),
    *("value", "found", "iterations", "F64x8", "Steps", "Mask8", "element_0", "on_1", "test_1", "host", "before"),
]


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """A function for every word and role, whose kernels are compiled quickly: what they are called is the point."""
    source = ""
    for word in WORDS:
        for role in ROLES:
            text = NAMES.replace(role, "match_" if word == "match" else word)
            text = text.replace("ARRAY", "a_1").replace("SCALAR", "b_1").replace("VALUE", "c_1")
            source += text.replace("kernel", f"kernel_{word}_{role}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FERROKEET_OPT_LEVEL", "0")
        first = [(f"kernel_{word}_{role}", naming) for word in WORDS for role in ROLES]
        return Pair(tmp_path_factory.mktemp("named"), source, first)


def naming() -> tuple[Any, ...]:
    """What each of them is called with."""
    return np.zeros(50), np.arange(-20.0, 30.0)


@pytest.mark.parametrize("word", WORDS)
def test_names_that_generated_code_uses_itself(named: Pair, word: str) -> None:
    for role in ROLES:
        named.call(f"kernel_{word}_{role}", naming, tolerance=1e-12)
