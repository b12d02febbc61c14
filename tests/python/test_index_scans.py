"""Index arrays that are looked at once, so that nothing need be copied for undoing; and what happens where they are not all in bounds."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from harness import Pair

FERROKEET = Path(sys.executable).with_name("ferrokeet")

SOURCE = """
def gather(a, idx, v):
    # pragma parallel for
    for i in range(len(idx)):
        v[i] = a[idx[i]]

def scatter(a, idx, v):
    # pragma parallel for
    for i in range(len(idx)):
        a[idx[i]] = v[i]

def whole(a, idx, v):
    # pragma parallel
    a[idx] = v

def rows(a, idx, v):
    # pragma sequential for
    for t in range(2):
        a[idx[t]] = v[t]

def beside(a, idx, v):
    # pragma parallel for
    for i in range(len(idx)):
        j = idx[i]
        v[i] = a[j] + a[idx[i] - 1] * a[1 + idx[i]]

def some(a, idx, v):
    # pragma parallel for
    for i in range(len(idx)):
        if idx[i] < 1000:
            v[i] = a[idx[i]]

def twice(a, idx, v):
    # pragma parallel for
    for i in range(len(idx)):
        v[i] = a[idx[idx[i]]]

def itself(a):
    # pragma sequential for
    for i in range(len(a)):
        a[a[i]] = i

def rewritten(a, idx, v):
    # pragma sequential for
    for i in range(len(idx)):
        idx[i] -= 1
        v[i] = a[idx[i]]

def narrow(a, idx, v):
    # pragma parallel for
    for i in range(len(idx)):
        v[i] = a[idx[i] + 1]

def roots(a, idx, v):
    # pragma parallel for
    for i in range(len(idx)):
        v[i] = 1 / int(a[idx[i]])
"""

SCANS = {
    "gather": 1,
    "scatter": 1,
    "whole": 1,
    "rows": 1,
    "beside": 3,
    "some": 1,
    "twice": 2,
    "itself": 0,
    "rewritten": 0,
    "narrow": 1,
    "roots": 0,
}


def arguments(kind: str, change: Callable[[Any], Any] = lambda idx: idx, shape: Any = (12,)) -> Any:
    def make() -> tuple[Any, ...]:
        idx = np.array([3, 9, 1, 7, 2, 11, 5, 8, 10, 6, 4, 12], dtype=kind).reshape(shape)
        return np.arange(14.0) + 1, change(idx), np.full(shape, 0.5)

    return make


def put(*places: tuple[int | tuple[int, int], int]) -> Callable[[Any], Any]:
    def change(idx: Any) -> Any:
        for place, value in places:
            idx[place] = value
        return idx

    return change


def wide() -> tuple[Any, ...]:
    """In eight bits 127 + 1 is -128, which is in bounds."""
    return np.arange(200.0), np.array([3, 127, -1, 126], "i1"), np.zeros(4)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    first = [(name, arguments("i8")) for name in SCANS if name not in ("rows", "itself")]
    first += [("rows", arguments("i8", shape=(2, 6))), ("itself", lambda: (np.arange(5),))]
    first += [("gather", arguments(kind)) for kind in ("i1", "u1", "i4", "u8")]
    first += [("narrow", wide)]
    return Pair(tmp_path_factory.mktemp("scans"), SOURCE, first)


@pytest.mark.parametrize("function", [name for name in SCANS if name not in ("rows", "itself")])
def test_in_bounds_and_not(pair: Pair, function: str) -> None:
    pair.call(function, arguments("i8"), ran=None if function == "twice" else "fast")
    pair.call(function, arguments("i8", lambda idx: idx[:0]), ran=None)
    below = arguments("i8", put((0, -1), (5, -14)))
    pair.call(function, below, ran=None if function in ("beside", "twice", "rewritten") else "fast")
    pair.call(function, arguments("i8", lambda idx: np.repeat(idx, 2)[::2]), ran=None)
    for place in (0, 4, 11):
        for value in (14, -15, 10**12, -(2**63)):
            ran = "fast" if function == "some" and value > 1000 else None
            pair.call(function, arguments("i8", put((place, value))), ran=ran)
    # The exception of the first of several, and what came before it.
    pair.call(function, arguments("i8", put((3, 99), (7, 55))), ran=None)


@pytest.mark.parametrize("kind", ["i1", "u1", "i4", "u8"])
def test_kinds_of_integers(pair: Pair, kind: str) -> None:
    pair.call("gather", arguments(kind))
    extreme = int(np.iinfo(kind).max)
    pair.call("gather", arguments(kind, put((6, extreme))), ran=None)
    if kind.startswith("i"):
        pair.call("gather", arguments(kind, put((6, -3))))
        pair.call("gather", arguments(kind, put((2, int(np.iinfo(kind).min)))), ran=None)


def test_rows_of_an_index_array(pair: Pair) -> None:
    pair.call("rows", arguments("i8", shape=(2, 6)))
    pair.call("rows", arguments("i8", put(((1, 3), -14), ((0, 2), -1)), shape=(2, 6)))
    for place in ((0, 0), (1, 5)):
        pair.call("rows", arguments("i8", put((place, 14)), shape=(2, 6)), ran=None)
    pair.call("rows", arguments("i8", np.asfortranarray, shape=(2, 6)))


def test_sums_in_few_bits(pair: Pair) -> None:
    pair.call("narrow", wide)
    for length in (127, 128, 129):
        pair.call("narrow", lambda n=length: (np.arange(float(n)), *wide()[1:]), ran=None)  # type: ignore[misc]


def test_an_index_array_that_is_written(pair: Pair) -> None:
    pair.call("itself", lambda: (np.array([4, 2, 0, 1, 3]),), ran=None)
    pair.call("itself", lambda: (np.array([4, 2, 9, 1, 3]),), ran=None)

    def shared() -> tuple[Any, ...]:
        memory = np.array([4, 2, 0, 1, 3, 6, 5, 7])
        return np.arange(9), memory, memory[::-1]

    pair.call("gather", shared, ran=None)


def test_which_kernels_look(tmp_path: Path) -> None:
    lines = SOURCE.replace("(a, idx, v)", '(a: "f64[:]", idx: "i64[:]", v: "f64[:]")').splitlines()
    row = next(row for row, line in enumerate(lines) if line.startswith("def rows"))
    lines[row] = 'def rows(a: "f64[:]", idx: "i64[:, :]", v: "f64[:, :]"):'
    lines = [line.replace("itself(a)", 'itself(a: "i64[:]")') for line in lines]
    path = tmp_path / "scans.py"
    path.write_text("\n".join(lines) + "\n")
    for name, scans in SCANS.items():
        row = next(index for index, line in enumerate(lines) if line.startswith(f"def {name}")) + 2
        text = subprocess.run(
            [FERROKEET, "show", f"{path}:{row}", "--emit", "rust"], capture_output=True, text=True, check=True
        ).stdout
        assert text.count("all_between(launch") == scans, (name, text)
