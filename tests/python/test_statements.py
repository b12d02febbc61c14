"""Statements against CPython: `else` of loops, `match`, `del`, functions defined in the region, closures that assign, unpacking."""

# mypy: disable-error-code="misc"

from typing import Any

import numpy as np
import pytest
from harness import KINDS, LAYOUTS, SIZES, MakePair, given, sample

NUMBERS = ["int8", "int32", "int64", "uint8", "float32", "float64"]

ELSE = """
def first_negative(x, out):
    # pragma parallel for
    for i in range(len(out)):
        for j in range(x.shape[1]):
            if x[i, j] < 0:
                out[i] = j
                break
        else:
            out[i] = -1

def halvings(x, out):
    # pragma parallel for
    for i in range(len(x)):
        n = int(x[i])
        k = 0
        while n > 1:
            if n % 7 == 0:
                k += 100
                break
            n = n // 2
            k += 1
        else:
            k += 1000
        out[i] = k

def whole(x):
    s = 0.0
    # pragma sequential for
    for i in range(len(x)):
        if x[i] > 5:
            break
        s += x[i]
    else:
        s += 1000.0
    return s, i

def nested(x, out):
    # pragma parallel for
    for i in range(x.shape[0]):
        k = 0
        for j in range(x.shape[1]):
            while k < j:
                if x[i, j] < 0:
                    break
                k += 1
            else:
                continue
            break
        else:
            k = -k
        out[i] = k
"""


@pytest.mark.parametrize("kind", NUMBERS)
def test_else_of_loops(pair: MakePair, kind: str) -> None:
    both = pair(ELSE)
    for n in SIZES[:7]:
        for layout in LAYOUTS.values():

            def arguments(n: int = n, layout: Any = layout) -> tuple[Any, ...]:
                return layout(sample(kind, (n, 6), 1)), np.zeros(n, np.int64)

            both.call("first_negative", arguments)
            both.call("nested", arguments)
        values = np.abs(np.arange(n) * 3 % 120).astype(kind)
        both.call("halvings", lambda values=values, n=n: (values.copy(), np.zeros(n, np.int64)))
    both.call("whole", lambda: (np.arange(1, 12).astype(kind),), ran="python" if kind == "float32" else "fast")
    both.call("whole", lambda: (np.arange(1, 4).astype(kind),), ran="python" if kind == "float32" else "fast")


MATCH = """
import math
LIMITS = __import__("types").SimpleNamespace(low=-1, high=40)

def names(x, out):
    # pragma parallel for
    for i in range(len(out)):
        match x[i]:
            case 0:
                out[i] = 100.0
            case 1 | 2 | -3:
                out[i] = 200.0
            case 4.5:
                out[i] = 250.0
            case v if v < 0:
                out[i] = -v
            case None | "text":
                out[i] = 1.0
            case 7 | 8 as w:
                out[i] = w * 2.0
            case w:
                out[i] = w + 0.5

def guards(x, out):
    # pragma parallel for
    for i in range(len(out)):
        k = 1.0
        match i % 5:
            case k if k > 2:
                out[i] = k
            case 1 if x[i] > 0:
                out[i] = 10.0
            case _ if x[i] > 1:
                out[i] = 20.0
            case 0:
                pass
        out[i] += k

def pairs(x, out):
    # pragma parallel for
    for i in range(len(out)):
        match i % 3, i % 5:
            case 0, 0:
                out[i] = 15.0
            case (0, _):
                out[i] = 3.0
            case [a, (0 | 1) as b] if a + b > 0:
                out[i] = 5.0 + a + b
            case (a, b, c):
                out[i] = 99.0
            case other, 3:
                out[i] = other

def truths(x, out):
    # pragma parallel for
    for i in range(len(out)):
        match not x[i] > 0:
            case True:
                out[i] = 1.0
            case False:
                out[i] = 2.0
        match bool(x[i]) and not x[i] > 2:
            case False:
                out[i] += 10.0

def classify(v):
    match v:
        case 0:
            return 0.0
        case 1 | 2:
            return 10.0
        case w if w < 0:
            return -1.0
        case _:
            return 5.0

def returned(x, out):
    # pragma parallel for
    for i in range(len(out)):
        out[i] = classify(x[i])

def attribute(x, out, limits):
    # pragma parallel for
    for i in range(len(out)):
        match x[i]:
            case limits.low:
                out[i] = 1.0
            case limits.high:
                out[i] = 2.0
            case _:
                out[i] = 3.0

def swapped(x, out):
    # pragma parallel for
    for i in range(len(out)):
        a, b = i % 4, i % 3
        match a:
            case 1:
                a = 9
            case b if b > 2:
                a = b * 10
        out[i] = a * 100 + b
"""


class Limits:
    """Constants for value patterns."""

    low, high = -1, 4


@pytest.mark.parametrize("kind", [*NUMBERS, "bool"])
def test_match(pair: MakePair, kind: str) -> None:
    both = pair(MATCH)
    for n in SIZES:
        values = (np.arange(n) % 13 - 4).astype(kind)
        if kind.startswith("float"):
            values = values + np.where(np.arange(n) % 4 == 0, 0.5, 0).astype(kind)
            values[n // 2 : n // 2 + 1] = np.nan

        def arguments(values: np.ndarray = values, n: int = n) -> tuple[Any, ...]:
            return values.copy(), np.zeros(n)

        for name in ["guards", "pairs", "truths", "returned", "swapped"]:
            both.call(name, arguments)
        if kind != "bool":  # NumPy's bools have no minus
            both.call("names", arguments)
        both.call("attribute", lambda arguments=arguments: (*arguments(), Limits()))


def test_match_that_is_python_s(pair: MakePair) -> None:
    both = pair(
        """
        def identity(x, out):
            # pragma parallel for
            for i in range(len(out)):
                match x[i] > 0:
                    case True:
                        out[i] = 1.0
                    case _:
                        out[i] = 2.0

        def classes(x, out):
            # pragma parallel for
            for i in range(len(out)):
                match x[i]:
                    case float():
                        out[i] = 1.0
        """
    )
    for name in ["identity", "classes"]:
        both.call(name, lambda: (np.arange(-3.0, 3.0), np.zeros(6)), ran=None)
    assert both.launches() == {"fast": 0, "careful": 0, "gpu": 0, "python": 0}


NESTED = """
import math

def lambdas(x, out):
    # pragma parallel for
    for i in range(len(out)):
        t = x[i] * 2
        double = lambda v, k=t: v * 2 + k
        t = t + 1
        def add(a, b=t, *, c=3):
            \"\"\"A docstring.\"\"\"
            u = a + b
            return u * c + t
        t = t + 1
        out[i] = double(t) + add(x[i]) + add(x[i], c=2) + add(b=1, a=t)

def late(x, out):
    # pragma parallel for
    for i in range(len(out)):
        scale = 1.0
        times = lambda v: v * scale
        first = times(x[i])
        scale = 3.0
        out[i] = first + times(x[i])

def apply(f, v):
    return f(f(v))

def higher(x, out):
    # pragma parallel for
    for i in range(len(out)):
        out[i] = apply(lambda v: v * 0.5 + i, x[i]) + apply(math.floor, x[i])

def counting(x, out):
    calls = 0
    total = 0.0
    def note(v):
        nonlocal calls, total
        calls += 1
        total = total + float(v)
        return v * 2
    # pragma sequential for
    for i in range(len(out)):
        if x[i] > 0:
            out[i] = note(x[i]) + note(1.0)
    return calls, total

def inside(x, out):
    s = 0.0
    # pragma sequential for
    for i in range(len(out)):
        k = 0.0
        def bump(by):
            nonlocal k, s
            k = k + by
            s += k
        for j in range(3):
            bump(j)
        bump(float(x[i]))
        out[i] = k
    return s

def helper(v):
    acc = v * 1.0
    def step():
        nonlocal acc
        acc = acc * 0.5 + 1
    for _ in range(4):
        step()
    return acc

def nested_in_helper(x, out):
    # pragma parallel for
    for i in range(len(out)):
        out[i] = helper(x[i])

def swapping(x, out):
    a, b = x.dtype.type(0) * 1.0, x.dtype.type(1) * 1.0
    def turn(v):
        nonlocal a, b
        a, b = b, a + v
        return a
    # pragma sequential for
    for i in range(len(out)):
        before = a
        out[i] = turn(x[i]) - before
    return a, b

def aliased(x, out):
    s = 1.0
    def reset(v):
        nonlocal s
        s = 0.0
        return v
    # pragma sequential for
    for i in range(len(out)):
        s = s + 1
        out[i] = reset(s) + s + x[i]

def moved(n):
    i = 0
    def skip():
        nonlocal i
        i = i + 100
    seen = 0
    # pragma sequential for
    for i in range(n):
        skip()
        seen += i
    return i, seen

TOTAL = 0.0
COUNT = 0

def count(v):
    global COUNT
    COUNT += 1
    return v

def with_globals(x):
    global TOTAL, COUNT
    TOTAL, COUNT = 0.0, 0
    # pragma sequential for
    for i in range(len(x)):
        TOTAL += float(count(x[i]))
    return TOTAL, COUNT

def outer(x):
    kept = 0.0
    def run():
        nonlocal kept
        # pragma sequential for
        for i in range(len(x)):
            kept += float(x[i])
    run()
    return kept

def sums(x):
    total = 0.0
    def add(v):
        nonlocal total
        total += v
    # pragma parallel for
    for i in range(len(x)):
        add(float(x[i]))
    return total
"""


@pytest.mark.parametrize("kind", ["int32", "int64", "float32", "float64"])
def test_nested_functions(pair: MakePair, kind: str) -> None:
    values = np.ones(1, kind)
    first = [(name, given(values, values)) for name in ["lambdas", "late", "higher", "nested_in_helper"]]
    first += [(name, given(values, np.zeros(1))) for name in ["counting", "inside", "swapping", "aliased"]]
    first += [(name, given(values)) for name in ["with_globals", "outer", "sums"]]
    both = pair(NESTED, first)
    for n in SIZES[:8]:
        values = (np.arange(n) % 7 - 2).astype(kind)

        def arguments(values: np.ndarray = values, n: int = n) -> tuple[Any, ...]:
            return values.copy(), np.zeros(n)

        for name in ["lambdas", "late", "higher", "nested_in_helper"]:
            both.call(name, arguments)
        for name in ["counting", "inside", "swapping", "aliased"]:
            both.call(name, arguments)
        for name in ["with_globals", "outer", "sums"]:
            both.call(name, lambda arguments=arguments: arguments()[:1])
        both.call("moved", lambda n=n: (n,))
    assert both.plain["TOTAL"] == both.native.TOTAL
    assert both.plain["COUNT"] == both.native.COUNT


DELETED = """
def deletes(x, out):
    # pragma parallel for
    for i in range(len(out)):
        t = x[i] * 2
        u, v = t, t + 1
        out[i] = u + v
        del t, (u, v)
        t = x[i]
        out[i] += t
        del t

def clean(v):
    w = v * 2
    r = w + 1
    del w
    return r

def in_helper(x, out):
    # pragma parallel for
    for i in range(len(out)):
        out[i] = clean(x[i])
"""

MISSING = """
def gone(x, out):
    # pragma sequential for
    for i in range(len(out)):
        t = x[i]
        out[i] = t
        del t
        out[i] += t

def once(x, out):
    t = 3.0
    # pragma sequential for
    for i in range(len(out)):
        out[i] = t
        del t

def sometimes(x, out):
    # pragma sequential for
    for i in range(len(out)):
        t = x[i]
        if i == 2:
            del t
        out[i] = t

def unbound(x, out):
    # pragma sequential for
    for i in range(len(out)):
        out[i] = later
        later = x[i]

def conditional(x, out):
    # pragma sequential for
    for i in range(len(out)):
        if x[i] > 100:
            flag = 1.0
        out[i] = flag

def after(x, out):
    # pragma sequential for
    for i in range(len(out)):
        last = x[i]
    return i, last

def nowhere(x, out):
    # pragma sequential for
    for i in range(len(out)):
        out[i] = undefined_name
"""


def test_del(pair: MakePair) -> None:
    both = pair(DELETED)
    for n in SIZES:
        both.call("deletes", lambda n=n: (sample("float64", (n,)), np.zeros(n)))
        both.call("in_helper", lambda n=n: (sample("float64", (n,)), np.zeros(n)))


@pytest.mark.parametrize("name", ["gone", "once", "sometimes", "unbound", "conditional", "after", "nowhere"])
def test_names_without_value(pair: MakePair, name: str) -> None:
    """`UnboundLocalError` and `NameError` are Python's to raise, with its messages and partial effects."""
    both = pair(MISSING)
    for n in [0, 1, 5]:
        both.call(name, lambda n=n: (np.arange(float(n)), np.zeros(n)), ran=None)
    assert both.launches()["fast"] == 0 or name == "after"


UNPACKING = """
def swap(x, out):
    # pragma parallel for
    for i in range(len(out)):
        a, b, c = x[i], i, 1
        a, b = b, a
        [b, c] = [c, b]
        (a, (b, c)) = c, (a, b)
        out[i] = a + 10 * b + 100 * c

def elements(x, y):
    # pragma parallel for
    for i in range(len(x)):
        x[i], y[i] = y[i], x[i]

def chained(x, out):
    # pragma parallel for
    for i in range(len(out)):
        a = b = out[i] = x[i] + 1
        a += 1
        out[i] += a * b

def walrus(x, out):
    # pragma parallel for
    for i in range(len(out)):
        n = 9
        s = 0.0
        while (n := n - 2) > 0:
            s += n
        if (y := x[i]) > 0 and (z := y * 2) > 1:
            s += z
        out[i] = (y := y + 1) * y + (n := 3) - n + s

def fibonacci(n):
    a, b = 0, 1
    # pragma sequential for
    for i in range(n):
        a, b = b, a + b
    return a, b

def docstring(x, out):
    # pragma parallel for
    for i in range(len(out)):
        "A string that does nothing."
        pass
        ...
        out[i] = x[i]
"""


@pytest.mark.parametrize("kind", ["int64", "float32", "float64"])
def test_unpacking(pair: MakePair, kind: str) -> None:
    both = pair(UNPACKING)
    for n in SIZES:
        values = (np.arange(n) % 5 - 1).astype(kind)
        for name in ["swap", "chained", "walrus", "docstring"]:
            both.call(name, lambda values=values, n=n: (values.copy(), np.zeros(n)))
        both.call("elements", lambda n=n: (sample(kind, (n,), 1), sample(kind, (n,), 2)))
    for n in [0, 1, 2, 50]:
        both.call("fibonacci", lambda n=n: (n,))
    both.call("fibonacci", lambda: (200,), ran="python")


HELPERS = """
import math

SCALE = 0.25
BIAS = SCALE * 2 + 1
LIMITS = (0.0, -2.5)

def keywords(v, k=2, /, m=3, *, p=BIAS, q=-1.5):
    return v * k + m * p - q

def constants(v, w=SCALE, limits=LIMITS, pi=math.pi, n=2**4 - 1):
    lo, hi = limits
    return v * w + lo - hi + pi + n

def several(v):
    return v + 1, (v * 2, v - 1)

def early(v, rows):
    for i in range(5):
        for j in range(rows):
            if i * j > v:
                return i * 10 + j
            if j > 7:
                break
        else:
            if i == 3:
                return -i
    return -1

def forever(v):
    n = 0
    w = v * 1.0
    while True:
        w = w * 0.5 - 1
        n += 1
        if w < 0:
            return n
        if n > 20:
            return -n

def nothing(x, i):
    if x[i] < 0:
        x[i] = 0
        return
    x[i] += 1

def run(x, out):
    # pragma parallel for
    for i in range(len(out)):
        v = x[i]
        out[i] = keywords(v) + keywords(v, 5) + keywords(v, q=0.5, m=i) + keywords(v, 1, 2, p=3.0)
        a, (b, c) = several(v)
        out[i] += constants(v) + constants(v, limits=(1.0, 2.0)) + a * b - c
        out[i] += early(v, 3) + early(v, 9) + forever(v)

def effects(x):
    # pragma parallel for
    for i in range(len(x)):
        nothing(x, i)
"""


@pytest.mark.parametrize("kind", ["int32", "int64", "float32", "float64"])
def test_helpers(pair: MakePair, kind: str) -> None:
    both = pair(HELPERS)
    for n in SIZES:
        values = (np.arange(n) % 41 - 8).astype(kind)
        both.call("run", lambda values=values, n=n: (values.copy(), np.zeros(n)))
        both.call("effects", lambda values=values: (values.copy(),))


def test_kinds_are_kept(pair: MakePair) -> None:
    """What `match` and nested functions hand on has the type that it has in Python."""
    both = pair(
        """
        def kinds(x):
            s = 0
            t = 0
            # pragma sequential for
            for i in range(len(x)):
                match x[i]:
                    case w if w > 2:
                        s = w
                    case _:
                        t = (lambda v, k=i: v + k)(x[i]) if False else i
            return s, t
        """
    )
    for kind in KINDS:
        both.call("kinds", lambda kind=kind: (np.arange(5).astype(kind),), ran=None)
