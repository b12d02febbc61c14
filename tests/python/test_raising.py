"""Exceptions with their messages: of the lowest iteration, with CPython's partial effects, in sequential and parallel loops."""

# mypy: disable-error-code="misc"

import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from harness import LAYOUTS, SIZES, MakePair, given

MESSAGES = '''
class Trouble(Exception):
    def __init__(self, where, value, *, unit="m"):
        super().__init__(where, value)
        self.unit = unit

    def __str__(self):
        return f"{self.args[1]!r} {self.unit} at {self.args[0]}"

class Worse(Trouble, KeyError):
    pass

READY = LookupError("made before the loop", 7)

def formatted(x, out):
    # pragma DIRECTIVE
    for i in range(len(x)):
        if x[i] < 0:
            raise ValueError(f"bad value {x[i]} at {i}: {x[i]!r:>20} {i + 1:04d} {out[i - 1]}")
        out[i] = x[i] * 2

def custom(x, out):
    # pragma DIRECTIVE
    for i in range(len(x)):
        if x[i] < 0:
            raise Trouble(i, x[i], unit="kg")
        out[i] = x[i] * 2

def worse(x, out):
    # pragma DIRECTIVE
    for i in range(len(x)):
        t = x[i] + 1
        if t < 1:
            raise Worse(i, t)
        out[i] = t

def chained(x, out):
    # pragma DIRECTIVE
    for i in range(len(x)):
        if x[i] < 0:
            raise RuntimeError("no good", i) from ZeroDivisionError(i)
        out[i] = x[i] * 2

def other_classes(x, out):
    # pragma DIRECTIVE
    for i in range(len(x)):
        if x[i] < -2:
            raise KeyError("key")
        if x[i] < -1:
            raise NotImplementedError
        if x[i] < 0:
            raise READY
        out[i] = x[i] * 2

def braces(x, out):
    # pragma DIRECTIVE
    for i in range(len(x)):
        if x[i] < 0:
            raise ValueError("a set {a} and {b}, {c}")
        out[i] = x[i] * 2

def number(x, out):
    # pragma DIRECTIVE
    for i in range(len(x)):
        if x[i] < 0:
            raise ValueError(i * 10, x[i], "of %d" % len(x))
        out[i] = x[i] * 2

def asserted(x, out):
    # pragma DIRECTIVE
    for i in range(len(x)):
        assert x[i] >= 0, f"element {i} is {x[i]}"
        out[i] = x[i] * 2

def asserted_tuple(x, out):
    # pragma DIRECTIVE
    for i in range(len(x)):
        assert x[i] >= 0, (i, "negative")
        out[i] = x[i] * 2

def asserted_plainly(x, out):
    # pragma DIRECTIVE
    for i in range(len(x)):
        assert x[i] > -3
        assert x[i] >= 0, "negative"
        out[i] = x[i] * 2

def constant(x, out):
    # pragma DIRECTIVE
    for i in range(len(x)):
        if x[i] < -2:
            raise OverflowError
        if x[i] < 0:
            raise ValueError("always the same")
        out[i] = x[i] * 2

def check(v, i):
    """Raises."""
    if v < 0:
        raise Trouble(f"item {i}", v)
    return v * 2

def helper(x, out):
    # pragma DIRECTIVE
    for i in range(len(x)):
        out[i] = check(x[i], i)

def nested(x, out):
    # pragma DIRECTIVE
    for i in range(len(x)):
        def require(v):
            if v < 0:
                raise ValueError(f"{v} in iteration {i}")
            return v
        out[i] = require(x[i]) * 2

def summed(x, out):
    s = 0.0
    # pragma DIRECTIVE
    for i in range(len(x)):
        if x[i] < 0:
            raise ValueError(f"{i} after {'some' if i else 'none'}")
        s += 1.0
        out[i] = x[i]
    return s

def caught(x, out):
    i = last = -1
    try:
        # pragma DIRECTIVE
        for i in range(len(x)):
            last = x[i]
            if x[i] < 0:
                raise Trouble(i, last)
            out[i] = last
    except Trouble as error:
        return i, last, str(error)
    return i, last
'''
FUNCTIONS = [
    "formatted",
    "custom",
    "worse",
    "chained",
    "other_classes",
    "braces",
    "number",
    "asserted",
    "asserted_tuple",
    "asserted_plainly",
    "constant",
    "helper",
    "nested",
    "summed",
    "caught",
]
DIRECTIVES = ["parallel for", "parallel for simd", "simd", "sequential for"]


def values(kind: str, n: int, bad: list[tuple[int, int]]) -> np.ndarray:
    """Numbers that are not negative, but at some places."""
    x = (np.arange(n) % 5).astype(kind)
    for place, value in bad:
        x[place] = value
    return x


@pytest.mark.parametrize("directive", DIRECTIVES)
@pytest.mark.parametrize("kind", ["int32", "float64"])
def test_messages(pair: MakePair, directive: str, kind: str) -> None:
    first = [(name, given(values(kind, 9, []), np.zeros(9, kind))) for name in FUNCTIONS]
    both = pair(MESSAGES.replace("DIRECTIVE", directive), first)
    for name in FUNCTIONS:
        for n in [0, 1, 9, 17]:
            both.call(name, lambda n=n: (values(kind, n, []), np.zeros(n, kind)))
        own = name in ("constant", "asserted_plainly")
        for bad in [[(0, -1)], [(11, -2), (12, -1)], [(5, -1), (15, -4)], [(16, -3)]]:
            for layout in [LAYOUTS["C"], LAYOUTS["strided"], LAYOUTS["reversed"]]:

                def arguments(bad: Any = bad, layout: Any = layout) -> tuple[Any, ...]:
                    return layout(values(kind, 17, bad)), np.zeros(17, kind)

                both.call(name, arguments, ran="careful" if own else "python")


@pytest.mark.parametrize("directive", DIRECTIVES)
def test_the_lowest_iteration_wins(pair: MakePair, directive: str) -> None:
    both = pair(MESSAGES.replace("DIRECTIVE", directive))
    n = 20_000
    for bad in [[(n - 1, -1)], [(n // 2, -1), (3, -2)], [(1, -1), (n // 3, -3)]]:
        for name in ["formatted", "custom", "constant"]:
            both.call(name, lambda bad=bad: (values("float64", n, bad), np.zeros(n)), ran=None)


def raised(function: Callable[..., Any], *arguments: Any) -> BaseException:
    try:
        function(*arguments)
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


def test_everything_about_the_exception(pair: MakePair) -> None:
    """Class, arguments, attributes, cause and traceback are those of the original statement."""
    both = pair(MESSAGES.replace("DIRECTIVE", "parallel for"))
    x = values("float64", 9, [(4, -1)])
    for name in ["custom", "chained", "worse", "helper", "formatted"]:
        expected = raised(both.plain[name], x, np.zeros(9))
        actual = raised(getattr(both.native, name), x, np.zeros(9))
        assert type(actual).__mro__[-3:] == type(expected).__mro__[-3:]
        assert repr(actual.args) == repr(expected.args)
        assert getattr(actual, "unit", None) == getattr(expected, "unit", None)
        assert repr(actual.__cause__) == repr(expected.__cause__)
        frames = [
            [(frame.name, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)[1:]]
            for error in (expected, actual)
        ]
        assert frames[0] == frames[1]


EFFECTS = """
log = []

def make(i):
    log.append(i)
    return ValueError(f"made for {i}")

def effects(x):
    # pragma sequential for
    for i in range(len(x)):
        x[i] += 1
        if x[i] > 5:
            raise make(i)

def again(x):
    try:
        raise KeyError("before")
    except KeyError:
        # pragma sequential for
        for i in range(len(x)):
            if x[i] > 3:
                raise
            x[i] += 1
"""


def test_arguments_are_evaluated_once(pair: MakePair) -> None:
    both = pair(EFFECTS)
    both.call("effects", lambda: (np.arange(9.0),), ran="python")
    assert both.native.log == both.plain["log"] == [5]
    both.call("effects", lambda: (np.arange(4.0),))
    both.call("again", lambda: (np.arange(9.0),), ran="python")
    both.call("again", lambda: (np.arange(3.0),))


SCOPES = """
def leaves_variable(n):
    # pragma parallel for
    for i in range(n):
        pass
    return i

def variable_from_before(n):
    i = "before"
    # pragma sequential for
    for i in range(n):
        pass
    return i

def stepped(n, out):
    i = -5
    # pragma parallel for
    for i in range(10, 10 - 3 * n, -3):
        out[i % 4] += 0
    return i

def last_element(x):
    v = None
    # pragma sequential for
    for v in x:
        pass
    return v

def both_loops(n, m):
    i = j = -1
    # pragma sequential for
    for i in range(n):
        for j in range(m):
            pass
    return i, j

def assigned_in_body(n):
    # pragma sequential for
    for i in range(n):
        i = i * 10
    return i

def same_name(n):
    s = 0
    # pragma sequential for
    for i in range(n):
        for i in range(3):
            s += i
        s += i
    return s, i

def enumerated(x):
    k = v = -1
    # pragma sequential for
    for k, v in enumerate(x, 5):
        pass
    return k, v

def only_later(n):
    # pragma sequential for
    for i in range(n):
        t = i
    return t

def argument(n, i):
    # pragma parallel for
    for i in range(i, n):
        pass
    return i
"""


@pytest.mark.parametrize("n", [0, 1, 2, 7])
def test_loop_variables(pair: MakePair, n: int) -> None:
    """What a loop variable is after the loop, also when it never ran; `UnboundLocalError` where it has no value."""
    both = pair(SCOPES)
    both.call("leaves_variable", lambda: (n,))
    both.call("stepped", lambda: (n, np.zeros(4)))
    both.call("both_loops", lambda: (n, 3))
    both.call("both_loops", lambda: (3, n), ran=None)
    both.call("assigned_in_body", lambda: (n,))
    both.call("same_name", lambda: (n,), ran=None)
    both.call("only_later", lambda: (n,))
    both.call("argument", lambda: (n, 2))
    both.call("enumerated", lambda: (np.arange(float(n)),), ran=None)
    for name in ["variable_from_before", "last_element"]:
        values = n if name == "variable_from_before" else np.arange(float(n))
        both.call(name, lambda values=values: (values,), ran=None)


def test_sizes(pair: MakePair) -> None:
    both = pair(MESSAGES.replace("DIRECTIVE", "parallel for simd"))
    for n in SIZES:
        if n > 1:
            both.call("formatted", lambda n=n: (values("float64", n, [(n - 1, -1)]), np.zeros(n)), ran="python")


WORDLESS = """
def plain(x, out):
    # pragma parallel for
    for i in range(len(x)):
        if x[i] < 0:
            raise CLASS
        out[i] = x[i]

def called(x, out):
    # pragma sequential for
    for i in range(len(x)):
        if x[i] < 0:
            raise CLASS()
        out[i] = x[i]

def braces(x, out):
    # pragma parallel for
    for i in range(len(x)):
        if x[i] < 0:
            raise CLASS("{a}, {b} and {c}")
        out[i] = x[i]
"""


@pytest.mark.parametrize("name", ["IndexError", "ValueError", "AssertionError"])
def test_messages_that_are_missing_or_look_like_the_runtimes(pair: MakePair, name: str) -> None:
    both = pair(WORDLESS.replace("CLASS", name))
    for function, ran in [("plain", "careful"), ("called", "careful"), ("braces", "python")]:
        both.call(function, lambda: (values("float64", 9, [(4, -1)]), np.zeros(9)), ran=ran)


LARGE = """
import math

def roots(x, out, wide):
    # pragma parallel for
    for i in range(len(x)):
        out[i] = math.sqrt(x[i])
        wide[i, 1] = x[i]
"""


def test_large_arrays_are_undone(pair: MakePair) -> None:
    """Copies for undoing are in memory that launches take turns in; two in one, of different sizes, and by several threads."""
    both = pair(LARGE)
    for n in [20_000, 9_000, 30_000]:
        for bad in [[], [(n - 1, -1)], [(n // 2, -4), (n // 3, -9)], [(0, -1)]]:
            both.call(
                "roots",
                lambda n=n, bad=bad: (values("float64", n, bad), np.full(n, 7.0), np.ones((n, 3))),
                ran="careful" if bad else "fast",
            )

    def turns(n: int) -> None:
        for _ in range(5):
            x, out, wide = values("float64", n, [(n - 1, -1)]), np.full(n, 7.0), np.ones((n, 3))
            with pytest.raises(ValueError):
                both.native.roots(x, out, wide)
            assert (out[:-1] == np.sqrt(x[:-1])).all()
            assert (wide[:-1, 1] == x[:-1]).all()
            assert (out[-1], wide[-1, 1]) == (7.0, 1.0)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(turns, [20_000, 30_000, 9_000, 20_001]))
