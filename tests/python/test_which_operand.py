"""Which of several objects an expression gives, and of which type: `and`, `or`, `min`, `max` and conditional expressions among
Python's and NumPy's numbers, as values that are stored, returned and computed with."""

from functools import partial
from itertools import product
from typing import Any

import numpy as np
import pytest
from harness import MakePair, Pair

STORED = {
    "chosen": "x[i] if c[i] else 0",
    "chosen_too_large": "x[i] if c[i] else 300",
    "either_way": "3 if c[i] else x[i]",
    "or_int": "x[i] or 3",
    "and_int": "x[i] and 7",
    "greatest": "max(x[i], 0)",
    "least": "min(4, x[i], 9)",
    "cast": "np.int8(x[i] if c[i] else 5)",
}
STORES = "import numpy as np\n" + "".join(
    f"""
def {name}(x, c, out):
    # pragma parallel for
    for i in range(len(out)):
        out[i] = {value}


def {name}_by_name(x, c, out):
    # pragma parallel for
    for i in range(len(out)):
        v = {value}
        out[i] = v
"""
    for name, value in STORED.items()
)


def stores(of: str, into: str) -> tuple[Any, ...]:
    """Numbers that fit every type, what chooses among them, and room for them."""
    x = np.array([1, 0, 3, 0, 100, 2, 7], dtype=of)
    return x, np.array([1, 0, 1, 1, 1, 0, 0]), np.zeros(len(x), dtype=into)


@pytest.mark.parametrize("into", ["int8", "int64", "uint16", "uint64", "float32", "bool"])
def test_stored_numbers_that_may_be_ints(tmp_path: Any, into: str) -> None:
    """An int that is kept as a float, because it may be one, is stored into integers as an int is."""
    functions = [name + suffix for name, suffix in product(STORED, ("", "_by_name"))]
    calls = [(name, partial(stores, of, into)) for name in functions for of in ("float64", "float32", "int16")]
    pair = Pair(tmp_path, STORES, calls)
    for name, arguments in calls:
        raises = name.startswith("chosen_too_large") and into == "int8"
        pair.call(name, arguments, ran=None if raises else "fast")


def test_operands_that_are_constants(pair: MakePair) -> None:
    """`x and True` gives `True`, and no test of `x` asks for it; a constant that cannot decide goes from tests only."""
    program = pair("""
    def anded(x, out):
        # pragma parallel for
        for i in range(len(out)):
            out[i] = 7 + (x[i] > 1 and True)

    def ored(x, out):
        # pragma sequential for
        for i in range(len(out)):
            t = x[i] > 1 and True
            u = True and x[i] > 2
            out[i] = t + u
        return t, u

    def of_arguments(value, flag=True, base=None):
        return (value > 2 and flag) + (base or value) + (flag and value > 0)

    def inlined(x, out):
        # pragma parallel for
        for i in range(len(out)):
            out[i] = of_arguments(x[i]) + of_arguments(x[i], flag=False)

    def tested(x, out):
        # pragma parallel for
        for i in range(len(out)):
            if (x[i] and True) or (False or x[i] == 0 and True):
                out[i] = 2
            elif not (x[i] or False):
                out[i] = 3

    def typed(x, out):
        # pragma parallel for
        for i in range(len(out)):
            out[i] = (x[i] and True) + 5
    """)
    for function in ("anded", "ored", "inlined", "tested"):
        program.call(function, lambda: (np.array([1, 2, 5, 0]), np.zeros(4, dtype=np.int64)))
    # The sum of a bool and an int is no int16: it depends on the data of which type it is.
    program.call("typed", lambda: (np.array([1, 2, 5, 0], dtype=np.int16), np.zeros(4, dtype=np.int64)), ran="python")


KEPT = {
    "and_other": "x[i] and w",
    "and_own": "w and x[i]",
    "or_other": "x[i] or w",
    "or_own": "w or x[i]",
    "nested": "x[i] and (w if x[i] > 2 else w)",
    "chosen": "(w if x[i] > 1 else x[i]) if x[i] < 4 else w",
    "greatest": "max(w, x[i]) if x[i] > 1 else w",
    "among_three": "max(x[i], w, x[0])",
}
KEEPS = "".join(
    f"""
def {name}(x):
    w = 0
    # pragma sequential for
    for i in range(len(x)):
        w = {value}
    return w
"""
    for name, value in KEPT.items()
)


@pytest.mark.parametrize("kind", ["float64", "int64", "int8"])
def test_names_that_keep_their_object(tmp_path: Any, kind: str) -> None:
    """A name that is given the object that it holds has its type after the loop: Python's int, not NumPy's zero."""
    lists = [[1, 1], [], [0], [0, 1], [1, 0], [5, 0, 3], [3, 1, 1, 2], [2, 0, 2, 5]]
    calls = [(name, partial(lambda items: (np.array(items, dtype=kind),), items)) for name in KEPT for items in lists]
    pair = Pair(tmp_path, KEEPS, calls)
    for name, arguments in calls:
        pair.call(name, arguments)


@pytest.mark.parametrize("function", ["gcd", "lcm"])
def test_divisors_of_floats(pair: MakePair, function: str) -> None:
    """NumPy has none, also where the result is not wanted."""
    program = pair(f"""
    import numpy as np

    def divisor(x, out):
        # pragma parallel for
        for i in range(len(out)):
            v = np.{function}(x[i], out[i])
            out[i] = x[i]
    """)
    program.call("divisor", lambda: (np.array([1.0, 2.0]), np.zeros(2)), ran="python")
    program.call("divisor", lambda: (np.array([1, 2]), np.zeros(2, dtype=np.int8)))


GUARDED = {
    "conditional": "out[i] = w.max() if len(w) > 0 else -1",
    "other_side": "out[i] = 0 if not len(w) else int(np.max(w)) + 1",
    "conjunction": "out[i] = len(w) > 0 and w.max() > 2",
    "disjunction": "out[i] = 2 if len(w) == 0 or w.min() > 2 else w[0]",
    "chain": "out[i] = 1 if 0 < len(w) < w.max() + 3 else 0",
    "nested": "out[i] = np.max(w) - np.min(w) if len(w) > 1 else (np.max(w) if len(w) else 7)",
    "masked": "out[i] = w[w > 2].max() if (w > 2).any() else 0",
    "array": "out[i] = ((w - w.max()) if len(w) else w).sum()",
    "argument": "out[i] = max(2, w.max() if len(w) else 0)",
    "row": "out[i] = x[s[i] + 5 : s[i] + 6].max() if s[i] < 2 else -1",
    "counted": "out[i] = np.bincount(w, minlength=3)[1]",
    "test": "n = 0\n        while len(w) and w[n:].size and w[n:].max() > 2:\n            n += 1\n        out[i] = n",
    "asserted": "assert len(w) == 0 or w.max() < 100\n        out[i] = 1",
    "unguarded": "out[i] = w.max()",
}


def parts(kind: str, copies: int) -> tuple[Any, ...]:
    """Parts of an array, of which one in five is empty."""
    starts = np.repeat(np.array([0, 2, 2, 3, 7, 7]), copies)
    return np.array([1, 5, 3, 9, 2, 2, 7], dtype=kind), starts, np.zeros(len(starts) - 1)


@pytest.mark.parametrize("kind", ["int64", "float32"])
def test_extremes_of_parts_that_may_be_empty(tmp_path: Any, kind: str) -> None:
    """What an operand raises that is not evaluated is not raised: `w.max() if len(w) else 0`."""
    source = "import numpy as np\n" + "".join(
        f"""
def {name}(x, s, out):
    # pragma parallel for
    for i in range(len(out)):
        w = x[s[i] : s[i + 1]]
        {statement}
"""
        for name, statement in GUARDED.items()
        if not (name == "counted" and kind == "float32")
    )
    calls = [(name, partial(parts, kind, copies)) for name in GUARDED if f"def {name}(" in source for copies in (1, 20)]
    pair = Pair(tmp_path, source, calls)
    for name, arguments in calls:
        raises = name == "unguarded" or name == "array"
        pair.call(name, arguments, ran=None if raises else "fast")


def test_extremes_in_array_statements(pair: MakePair) -> None:
    """The same where the array as a whole may be empty."""
    program = pair("""
    import numpy as np

    def scaled(x, n):
        # pragma parallel
        y = x - (x.max() if n else 0)
        return y

    def counts(x):
        # pragma parallel
        y = np.bincount(x, minlength=4)
        return y

    def shifted(m, out):
        # pragma parallel for
        for i in range(len(m)):
            out[i] = m[i].max() if m.shape[1] > 0 else -1
    """)
    for x in (np.array([1, 5, 2]), np.zeros(0, dtype=np.int64)):
        program.call("scaled", partial(lambda x: (x, len(x)), x))
        program.call("counts", partial(lambda x: (x,), x))
        program.call("shifted", partial(lambda x: (np.stack([x, x]), np.zeros(2)), x))
    program.call("scaled", lambda: (np.zeros(0), 1), ran=None)
