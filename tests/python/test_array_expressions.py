"""Property tests of array expressions: slices, broadcasting, overlapping assignments, and generated statements, against NumPy.

A kernel takes seconds to compile in bulk, a call microseconds; so most kernels here have slice bounds and shapes that vary at run
time and are called with many examples. `test_share_native` holds the share of calls that ran natively: bounds of slices that turn out
negative at run time, and arguments that overlap, are cases for the second kernel, which supposes nothing.
"""

import os
from collections import Counter
from functools import cache
from itertools import product
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
import pytest
from harness import Arguments, Pair, compare, outcome, sample
from harness import given as copies
from hypothesis import HealthCheck, assume, given, seed, settings
from hypothesis import strategies as st

ALL = os.environ.get("FERROKEET_ALL") == "1"
MANY = settings(
    max_examples=1000 if ALL else 120,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
CALLS: Counter[str] = Counter()
STEPS = ["", ":1", ":2", ":-1", ":3", ":-2"]
KINDS = ["float64", "int32", "uint8", "float32", "bool"]
SHORT = KINDS if ALL else KINDS[:2]


@cache
def module(source: str) -> Pair:
    """A source, plain and translated, once; kernels for the calls of `FIRST` are compiled together."""
    return Pair(Path(mkdtemp(prefix="arrays_")), source, FIRST.get(source, []), unusual=True)


# By source.
FIRST: dict[str, list[tuple[str, Arguments]]] = {}


def call(pair: Pair, function: str, make: Any, tolerance: float = 0.0) -> None:
    """Calls both and compares results, arguments afterwards and exceptions; counts how the kernels ran."""
    before = pair.launches()
    expected_arguments, actual_arguments = make(), make()
    # NumPy makes no temporary for overlapping parts of one axis whose steps differ but have one sign: there, what it ought to do.
    expected = outcome(pair.plain.get(f"{function}_expected", pair.plain[function]), expected_arguments)
    actual = outcome(getattr(pair.native, function), actual_arguments)
    after = pair.launches()
    assert expected[0] == actual[0], f"CPython {expected}, translated {actual}"
    compare(expected[1], actual[1], 0, tolerance)
    for left, right in zip(expected_arguments, actual_arguments, strict=True):
        compare(left, right, 0, tolerance)
    ways = {way for way in after if after[way] > before[way]}
    # What raises is run again as Python by design.
    python = (not ways or "python" in ways) and expected[0] == "returns"
    CALLS[f"{'python' if python else 'native'}: {function}"] += 1


def bound(n: int) -> st.SearchStrategy[int]:
    return st.integers(-n - 2, n + 2)


SLICES = "".join(
    f"""
def read{index}(out, a, lo, hi):
    # pragma parallel
    out[:] = a[lo:hi{step}]


def write{index}(out, a, lo, hi):
    # pragma parallel
    out[lo:hi{step}] = a


def update{index}(out, a, lo, hi):
    # pragma parallel
    out[lo:hi{step}] += a


def tail{index}(out, a, lo, hi):
    # pragma parallel
    out[:] = a[lo:{step}]


def head{index}(out, a, lo, hi):
    # pragma parallel
    out[:] = a[:hi{step}]
"""
    for index, step in enumerate(STEPS)
)
SIDE = {"read": "lo:hi", "write": "lo:hi", "update": "lo:hi", "tail": "lo:", "head": ":hi"}
FIRST[SLICES] = [
    (f"{form}{index}", copies(sample(kind, (3,)), sample(kind, (3,)), 0, 3))
    for form, index, kind in product(SIDE, range(len(STEPS)), SHORT)
    if (form, kind) != ("update", "bool")
]


@pytest.mark.parametrize("kind", SHORT)
@pytest.mark.parametrize("form", SIDE)
@pytest.mark.parametrize("index", range(len(STEPS)))
def test_slices(form: str, index: int, kind: str) -> None:
    """Any bounds, in and out of range, of either sign; sometimes a length that does not fit."""
    if form == "update" and kind == "bool":
        return
    pair = module(SLICES)

    @MANY
    @seed(0)
    @given(st.data())
    def check(data: st.DataObject) -> None:
        n = data.draw(st.integers(0, 12), label="n")
        lo, hi = data.draw(bound(n), label="lo"), data.draw(bound(n), label="hi")
        whole = sample(kind, (n,))
        part = eval(f"whole[{SIDE[form]}{STEPS[index]}]", {"whole": whole, "lo": lo, "hi": hi})
        length = len(part) + data.draw(st.sampled_from([0, 0, 0, 0, 0, 0, 1]), label="longer by")
        other = sample(kind, (length,), 1)
        if form in ("write", "update"):
            call(pair, f"{form}{index}", lambda: (whole.copy(), other.copy(), lo, hi))
        else:
            call(pair, f"{form}{index}", lambda: (other.copy(), whole.copy(), lo, hi))

    check()


OPERATORS = {"+": "plus", "*": "times", "-": "minus", "/": "over"}
BROADCASTS = "".join(
    f"""
def {name}(out, a, b):
    # pragma parallel
    out[...] = a {sign} b
"""
    for sign, name in OPERATORS.items()
)


def shapes(rank: int, base: tuple[int, ...], data: st.DataObject) -> tuple[int, ...]:
    """A shape that broadcasts to the end of `base`: some axes of length 1."""
    return tuple(data.draw(st.sampled_from([n, n, n, 1])) for n in base[len(base) - rank :])


RANKS = [(1, 1), (2, 1), (1, 2), (2, 2), (3, 1), (3, 2), (2, 3)]
SIGNS = list(OPERATORS) if ALL else ["+", "/"]
FIRST[BROADCASTS] = [
    (OPERATORS[sign], copies(np.ones((1,) * max(ranks)), np.ones((1,) * ranks[0], kind), np.ones((1,) * ranks[1])))
    for sign, ranks, kind in product(SIGNS, RANKS, ["float64", "int32"])
]


@pytest.mark.parametrize("ranks", RANKS, ids=str)
@pytest.mark.parametrize("sign", SIGNS)
def test_broadcasting(ranks: tuple[int, int], sign: str) -> None:
    """Axes of length 1 and missing axes are repeated; shapes that do not fit raise NumPy's error."""
    pair = module(BROADCASTS)

    @MANY
    @seed(0)
    @given(st.data())
    def check(data: st.DataObject) -> None:
        base = tuple(data.draw(st.integers(0, 4)) for _ in range(max(ranks)))
        left, right = shapes(ranks[0], base, data), shapes(ranks[1], base, data)
        if data.draw(st.integers(0, 9), label="spoil") == 0:
            right = (right[0] + 1, *right[1:])
        try:
            fit = np.broadcast_shapes(left, right)
        except ValueError:
            fit = base
        kinds = data.draw(st.sampled_from([("float64", "float64"), ("int32", "float64")]), label="kinds")
        a, b = sample(kinds[0], left), sample(kinds[1], right, 1)
        call(pair, OPERATORS[sign], lambda: (np.zeros(fit), a.copy(), b.copy()))

    check()


AXES = """
def outer(out, a, b):
    # pragma parallel
    out[:] = a[:, None] * b[None, :]


def columns(out, a, b):
    # pragma parallel
    out[:] = a.T - b[:, np.newaxis]


def planes(out, a, b):
    # pragma parallel
    out[:] = a[..., None] + b


def inner(out, a, b):
    # pragma parallel
    out[1:-1, ::2] = a[1:-1, ::2] * 2 + b[2:, ::2] - b[:-2, ::2]


def chosen(out, a, b):
    # pragma parallel
    out[:] = np.where(a > b, a, b * 2)


def rows(out, a, b):
    # pragma parallel for
    for i in range(len(out)):
        out[i] = a[i] * b[i, ::-1]


def clipped(out, a, b):
    # pragma parallel
    out[:] = np.clip(a, -5, 5) + np.minimum(a, b)
"""
AXES = "import numpy as np\n" + AXES


@pytest.mark.parametrize("kind", SHORT)
@pytest.mark.parametrize("function", ["outer", "columns", "planes", "inner", "chosen", "rows", "clipped"])
def test_axes(function: str, kind: str) -> None:
    """New axes, transposes, strides and choices over many shapes and layouts."""
    pair = module(AXES)

    @MANY
    @seed(0)
    @given(st.integers(0, 9), st.integers(0, 9), st.booleans(), st.booleans())
    def check(n: int, m: int, fortran: bool, backwards: bool) -> None:
        made = {
            "outer": ((n, m), (n,), (m,)),
            "columns": ((m, n), (n, m), (m,)),
            "planes": ((n, m, 2), (n, m), (2,)),
        }.get(function, ((n, m), (n, m), (n, m)))
        order: Any = "F" if fortran else "C"

        def make() -> tuple[np.ndarray, ...]:
            out, a, b = (np.array(sample(kind, shape, at), order=order) for at, shape in enumerate(made))
            return out, a[::-1] if backwards else a, b

        call(pair, function, make)

    check()


OVERLAPS = """
import numpy as np


def move(a, i, j, n):
    # pragma parallel
    a[i : i + n] = a[j : j + n]


def scaled(a, i, j, n):
    # pragma parallel
    a[i : i + n] = 2 * a[j : j + n] + a[i : i + n]


def added(a, i, j, n):
    # pragma parallel
    a[i : i + n] += a[j : j + n]


def reversed_onto(a, i, j, n):
    # pragma parallel
    a[i : i + n] = a[j : j + n][::-1]


def smoothed(a, i, j, n):
    # pragma parallel
    a[1:-1] = a[:-2] + a[1:-1] + a[2:]


def stretched(a, i, j, n):
    # pragma parallel
    a[i : i + 2 * n : 2] = a[j : j + n]


def stretched_expected(a, i, j, n):
    a[i : i + 2 * n : 2] = a[j : j + n].copy()


def two_rows(a, i, j, n):
    # pragma parallel
    a[i : i + n] += a[j : j + n]
    a[j : j + n] -= a[i : i + n]


def broadcast_own(a, i, j, n):
    # pragma parallel
    a[:] = a - a[i]


def in_loop(a, i, j, n):
    # pragma sequential for
    for _ in range(3):
        a[i : i + n] = a[j : j + n] + 1
"""


@pytest.mark.parametrize("kind", SHORT)
@pytest.mark.parametrize(
    "function",
    ["move", "scaled", "added", "reversed_onto", "smoothed", "stretched", "two_rows", "broadcast_own", "in_loop"],
)
def test_overlaps(function: str, kind: str) -> None:
    """The right side is evaluated before anything is stored, however source and target overlap."""
    pair = module(OVERLAPS)

    @MANY
    @seed(0)
    @given(st.integers(1, 40), st.data())
    def check(size: int, data: st.DataObject) -> None:
        n = data.draw(st.integers(0, size // 2), label="n")
        i, j = (data.draw(st.integers(0, size - n), label=label) for label in "ij")
        assume(function != "stretched" or i + 2 * n <= size + 1)
        assume(function != "broadcast_own" or i < size)
        call(pair, function, lambda: (sample(kind, (size,)), i, j, n))

    check()


PLANE_OVERLAPS = """
import numpy as np


def shift(a, i, j):
    # pragma parallel
    a[i : i + 4, j : j + 4] = a[2:6, 2:6] + 1


def transpose(a, i, j):
    # pragma parallel
    a[:] = a.T


def add_transpose(a, i, j):
    # pragma parallel
    a += a.T


def mirror(a, i, j):
    # pragma parallel
    a[:, :] = a[::-1, ::-1]


def row_from_column(a, i, j):
    # pragma parallel
    a[i] = a[:, j]


def row_from_column_expected(a, i, j):
    a[i] = a[:, j].copy()


def column_from_row(a, i, j):
    # pragma parallel
    a[:, j] += a[i]


def subtract_row(a, i, j):
    # pragma parallel
    a -= a[i]


def subtract_column(a, i, j):
    # pragma parallel
    a -= a[:, j, None]
"""


@pytest.mark.parametrize("kind", SHORT)
@pytest.mark.parametrize(
    "function",
    [
        "shift",
        "transpose",
        "add_transpose",
        "mirror",
        "row_from_column",
        "column_from_row",
        "subtract_row",
        "subtract_column",
    ],
)
def test_overlaps_in_a_plane(function: str, kind: str) -> None:
    """The same with two axes, transposes and reversals, in every layout."""
    pair = module(PLANE_OVERLAPS)

    @MANY
    @seed(0)
    @given(st.integers(0, 4), st.integers(0, 4), st.sampled_from(["C", "F", "reversed", "strided"]))
    def check(i: int, j: int, layout: str) -> None:
        def make() -> tuple[Any, ...]:
            whole = sample(kind, (16, 16))
            views = {"C": whole[:8, :8].copy(), "F": np.asfortranarray(whole[:8, :8])}
            views |= {"reversed": whole[7::-1, 7::-1], "strided": whole[::2, ::2]}
            return views[layout], i, j

        call(pair, function, make)

    check()


ALIASES = """
def combine(out, a, b):
    # pragma parallel
    out[:] = a + 2 * b


def successive(out, a, b):
    # pragma parallel
    out[:] = a * 3
    b[:] = out - 1
"""


@pytest.mark.parametrize("kind", SHORT)
@pytest.mark.parametrize("function", ["combine", "successive"])
def test_aliases(function: str, kind: str) -> None:
    """Arguments that are views of one array."""
    pair = module(ALIASES)

    @MANY
    @seed(0)
    @given(st.integers(0, 20), st.tuples(*[st.integers(0, 9)] * 3), st.tuples(*[st.sampled_from([1, 2, -1])] * 3))
    def check(n: int, starts: tuple[int, ...], steps: tuple[int, ...]) -> None:
        def make() -> tuple[np.ndarray, ...]:
            whole = sample(kind, (80,))
            parts = zip(starts, steps, strict=True)
            return tuple(
                (whole[start : start + abs(step) * n] if n else whole[:0])[::step][:n] for start, step in parts
            )

        call(pair, function, make)

    check()


CARRIED = """
import numpy as np


def swapped(out, n):
    # pragma parallel for
    for r in range(len(out)):
        x = np.zeros(3)
        y = np.ones(3)
        for i in range(n):
            x, y = y, x
            y = y + i
        out[r] = x
        out[r] += 10 * y


def reversed_each_time(out, n):
    # pragma parallel for
    for r in range(len(out)):
        x = np.full(3, 1.0)
        x[0] = 5.0
        for i in range(n):
            x = x[::-1]
            x[1] += i
        out[r] = x


def frozen(out, n):
    # pragma parallel for
    for r in range(len(out)):
        x = np.zeros(3)
        for i in range(n):
            inside = x <= 2.0
            new = np.where(inside, x + 1.0, x)
            x = new
            out[r] += inside


def while_loop(out, n):
    # pragma parallel for
    for r in range(len(out)):
        x = np.zeros(3)
        i = 0
        while i < n:
            new = x + i
            x = new
            i += 1
        out[r] = x


def kept(out, n):
    # pragma parallel for
    for r in range(len(out)):
        x = np.ones(3)
        for i in range(n):
            old = x
            x = old * 2 + 1
            out[r] += old
        out[r] += x


def mirrored(out, n):
    # pragma parallel for
    for r in range(len(out)):
        x = np.arange(out.shape[1]) * 1.5
        for i in range(n):
            new = x[::-1] - i
            x = new
        out[r] = x


def averaged(out, n):
    # pragma parallel for
    for r in range(len(out)):
        x = np.arange(out.shape[1]) * 1.5
        for i in range(n):
            old = x
            x = 0.5 * (np.roll(old, 1) + old[::-1])
        out[r] = x


def chosen(out, n):
    # pragma parallel for
    for r in range(len(out)):
        x = np.ones(3)
        for i in range(n):
            new = x + 1
            if i % 2 == 0:
                x = new
        out[r] = x


def skipped(out, n):
    # pragma parallel for
    for r in range(len(out)):
        x = np.ones(3)
        for i in range(n):
            new = x + 1
            if i == 3:
                continue
            x = new
        out[r] = x
"""


@pytest.mark.parametrize(
    "function", ["swapped", "reversed_each_time", "frozen", "while_loop", "kept", "mirrored", "averaged"]
)
def test_names_carried_around_a_loop(function: str) -> None:
    """A name that holds another array at the end of a loop's body than at its head."""
    for n in (0, 1, 2, 5, 6):
        module(CARRIED).call(function, lambda n=n: (np.zeros((4, 3)), n))


@pytest.mark.filterwarnings("ignore::ferrokeet.FerrokeetWarning")
@pytest.mark.parametrize("function", ["chosen", "skipped"])
def test_names_that_may_hold_either_array(function: str) -> None:
    """Which array it is depends on the way the program took: these run as Python."""
    for n in (0, 1, 5):
        module(CARRIED).call(function, lambda n=n: (np.zeros((4, 3)), n), ran=None)


BOUNDS = """
import numpy as np


def directly(out, row, a, n):
    # pragma parallel for
    for i in range(len(row) - 1):
        out[i] = np.sum(a[row[i] : row[i + 1]]) + np.sum(a[:n])


def by_name(out, row, a, n):
    # pragma parallel for
    for i in range(len(row) - 1):
        first = row[i]
        last = row[i + 1]
        out[i] = np.sum(a[first:last]) + np.sum(a[n:])
"""


@pytest.mark.parametrize("kind", [np.int32, np.uint32, np.uint64, np.uint8])
@pytest.mark.parametrize("function", ["directly", "by_name"])
def test_bounds_of_any_integer_type(function: str, kind: type) -> None:
    """Rows of a compressed matrix, whose starts are integers of any width; negative and too large ones as in NumPy."""
    starts = [0, 2, 3, 3, 9] if kind is not np.int32 else [-5, -2, 3, 2, 9]
    for n in (2, kind(3)):
        module(BOUNDS).call(function, lambda n=n: (np.zeros(4), np.array(starts, kind), np.arange(5.0), n))


def subscripts(data: st.DataObject, rank: int) -> str:
    """A literal subscript of an array with axes of length 6 whose outcome has axes of length 2."""
    parts = []
    for _ in range(rank):
        start, step = data.draw(st.integers(0, 3)), data.draw(st.sampled_from([1, 2, -1, -2]))
        first = start if step > 0 else start + 2
        last = first + 2 * step
        parts.append(
            data.draw(
                st.sampled_from(
                    [
                        f"{first}:{last if last >= 0 else ''}:{step}",
                        f"{first - 6}:{last if last >= 0 else ''}:{step}",
                        f"{start}:{start + 2}",
                        f"{start - 6 or ''}:{start - 4 or ''}",
                    ]
                )
            )
        )
    return ", ".join(parts)


def operand(data: st.DataObject, depth: int = 2) -> str:
    """An expression of shape (2, 2) or what broadcasts to it."""
    choice = data.draw(st.integers(0, 9)) if depth else data.draw(st.integers(0, 4))
    if choice <= 1:
        return f"{data.draw(st.sampled_from('ab'))}[{subscripts(data, 2)}]"
    if choice == 2:
        return f"a[{data.draw(st.integers(-6, 5))}, {subscripts(data, 1)}]"
    if choice == 3:
        return f"b[{subscripts(data, 1)}, {data.draw(st.integers(-6, 5))}, None]"
    if choice == 4:
        return data.draw(st.sampled_from(["2", "k", "0.5", "a[1, -1]", "b.T[2:4, 4:]"]))
    left, right = operand(data, depth - 1), operand(data, depth - 1)
    if choice <= 7:
        return f"({left} {data.draw(st.sampled_from('+-*'))} {right})"
    if choice == 8:
        return f"np.where({left} < {right}, {left}, {right})"
    return f"np.{data.draw(st.sampled_from(['maximum', 'minimum', 'add', 'multiply']))}({left}, {right})"


def statement(data: st.DataObject) -> str:
    target = data.draw(st.sampled_from(["out", "out", "a", "b"]))
    sign = data.draw(st.sampled_from(["=", "=", "+=", "-="]))
    return f"{target}[{subscripts(data, 2)}] {sign} {operand(data)}"


@settings(MANY, max_examples=25 if ALL else 3)
@seed(0)
@given(st.data())
def test_generated_statements(data: st.DataObject) -> None:
    """Batches of statements with literal subscripts over arrays that the statements also read."""
    texts = [statement(data) for _ in range(16)]
    functions = [f"def f{n}(out, a, b, k):\n    # pragma parallel\n    {text}\n" for n, text in enumerate(texts)]
    values = [np.arange(36.0).reshape(6, 6) * factor - 7 for factor in (1, -0.5, 3)]
    made = {kind: copies(*(a.astype(kind) for a in values), 3) for kind in ("float64", "int64")}
    first = [(f"f{n}", made[kind]) for n in range(len(texts)) for kind in made]
    pair = Pair(Path(mkdtemp(prefix="arrays_")), "import numpy as np\n\n\n" + "\n\n".join(functions), first)
    for n, text in enumerate(texts):
        for kind in made:
            try:
                call(pair, f"f{n}", made[kind])
            except AssertionError as error:
                raise AssertionError(f"{text}, {kind}: {error}") from error


REDUCTIONS = "import numpy as np\n" + "".join(
    f"""

def {name}{index}(out, a):
    # pragma parallel
    out[...] = np.{name}(a{arguments})
"""
    for name in ("sum", "max", "min", "mean", "prod", "any", "all")
    for index, arguments in enumerate(
        [", axis=None", ", axis=0", ", axis=1", ", axis=-1, keepdims=True", ", axis=(0, 2)"]
    )
)


def result(name: str) -> type:
    """The type of what a reduction gives."""
    return bool if name in ("any", "all") else float


SHAPES = [lambda s: (1,), lambda s: s[1:], lambda s: (s[0], s[2]), lambda s: (s[0], s[1], 1), lambda s: (s[1],)]


NAMES = ["sum", "max", "min", "mean", "prod", "any", "all"]
FIRST[REDUCTIONS] = [
    (f"{name}{index}", copies(np.zeros(SHAPES[index]((1, 1, 1)), result(name)), np.ones((1, 1, 1))))
    for name, index in product(NAMES, range(5))
]


@pytest.mark.parametrize("index", range(5))
@pytest.mark.parametrize("name", NAMES)
def test_reductions(name: str, index: int) -> None:
    """Along each axis, over shapes with axes of length 0 and 1."""
    pair = module(REDUCTIONS)

    @settings(MANY, max_examples=40)
    @seed(0)
    @given(st.tuples(*[st.integers(0, 5)] * 3), st.booleans())
    def check(shape: tuple[int, int, int], fortran: bool) -> None:
        a = np.array(np.random.default_rng(1).normal(size=shape), order="F" if fortran else "C")
        call(pair, f"{name}{index}", lambda: (np.zeros(SHAPES[index](shape), result(name)), a.copy(order="K")), 1e-14)

    check()


def share_native(broadcasting: bool) -> float:
    """The share of the calls above that ran natively."""
    names = OPERATORS.values()
    own = {key: count for key, count in CALLS.items() if (key.rpartition(": ")[2] in names) == broadcasting}
    assert own, "no calls: run the whole file"
    return sum(count for key, count in own.items() if key.startswith("native")) / sum(own.values())


def test_share_native() -> None:
    assert share_native(broadcasting=False) >= 0.98, CALLS


def test_share_native_of_broadcasting() -> None:
    assert share_native(broadcasting=True) >= 0.98, CALLS
