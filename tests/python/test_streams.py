"""Stores around the caches: loops that write more than the caches hold, here told to be every loop with long rows."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from harness import Pair

FERROKEET = Path(sys.executable).with_name("ferrokeet")

SOURCE = """
def scale(x, y, a):
    # pragma parallel for simd
    for i in range(len(x)):
        y[i] = a * x[i] + 1

def both(x, y, z):
    # pragma simd
    for i in range(len(x)):
        y[i] = x[i] - 1
        z[i] = x[i] + y[i] + x[0 * i]

def two(x, y, z):
    # pragma parallel for simd
    for i in range(len(x)):
        y[i] = x[i] * 2
        z[i] = x[i] + 3

def plate(steps, a, b):
    # pragma sequential for
    for t in range(steps):
        # pragma parallel for
        for i in range(1, a.shape[0] - 1):
            for j in range(1, a.shape[1] - 1):
                b[i, j] = 0.2 * (a[i, j] + a[i, j - 1] + a[i, j + 1] + a[i + 1, j] + a[i - 1, j])
        # pragma parallel for
        for i in range(1, a.shape[0] - 1):
            for j in range(1, a.shape[1] - 1):
                a[i, j] = 0.2 * (b[i, j] + b[i, j - 1] + b[i, j + 1] + b[i + 1, j] + b[i - 1, j])

def joined(a, b):
    # pragma parallel for collapse(2)
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            b[i, j] = a[i, j] - i

def again(x, y):
    # pragma parallel for
    for i in range(y.shape[0]):
        for t in range(3):
            for j in range(len(x)):
                y[i, j] = x[j] * t

def whole(a, b):
    # pragma parallel
    b[1:, :] = a[:-1, :] + 0.5

def total(a, b):
    s = 0.0
    # pragma parallel for
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            b[i, j] = a[i, j] + 1.0
        s += a[i, 0]
    return s
"""

LENGTHS = (0, 1, 767, 768, 775, 1000, 1601)


def numbers(kind: str, *shape: int) -> Any:
    return np.arange(np.prod(shape)).reshape(shape).astype(kind)


def line(kind: str, length: int, start: int, step: int = 1) -> Callable[[], tuple[Any, ...]]:
    def make() -> tuple[Any, ...]:
        x, y = numbers(kind, 4000), numbers(kind, 4000)
        return x[start + 1 :: step][:length], y[start::step][:length], x.dtype.type(3)

    return make


def rows(*shape: int) -> tuple[Any, Any]:
    return numbers("f8", *shape), numbers("f8", *shape)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder: Path = tmp_path_factory.mktemp("streams")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FERROKEET_STREAM_FROM", "1")
        first = [
            *(("scale", line(kind, 5, 0)) for kind in ("f8", "f4", "i8", "i4")),
            ("both", lambda: (*rows(5), np.zeros(5))),
            ("two", lambda: (*rows(5), np.zeros(5))),
            ("plate", lambda: (1, *rows(3, 3))),
            *((name, lambda: rows(3, 3)) for name in ("joined", "whole", "total")),
            ("again", lambda: (np.ones(3), np.ones((3, 3)))),
        ]
        yield Pair(folder, SOURCE, first)


@pytest.mark.parametrize("kind", ["f8", "f4", "i8", "i4"])
def test_a_line_from_anywhere_on(pair: Pair, kind: str) -> None:
    for length in LENGTHS:
        for start in range(0, 9, 1 if length == 1000 else 4):
            pair.call("scale", line(kind, length, start))
    pair.call("scale", line(kind, 1000, 1, 2))


def test_the_same_array_on_both_sides(pair: Pair) -> None:
    def same() -> tuple[Any, ...]:
        x = numbers("f8", 2000)[3:]
        return x, x, 2.0

    pair.call("scale", same)


@pytest.mark.parametrize("function", ["both", "two"])
def test_several_targets(pair: Pair, function: str) -> None:
    for length in LENGTHS[1:]:

        def arguments(n: int = length) -> tuple[np.ndarray, ...]:
            return numbers("f8", n), numbers("f8", n + 2)[1:-1], numbers("f8", n + 3)[3:]

        pair.call(function, arguments)


@pytest.mark.parametrize("shape", [(3, 771), (5, 802), (4, 1025)])
def test_rows(pair: Pair, shape: tuple[int, int]) -> None:
    pair.call("plate", lambda: (3, *rows(*shape)))
    for function in ("joined", "whole", "total"):
        pair.call(function, lambda: rows(*shape))
    pair.call("again", lambda: (numbers("f8", shape[1]), np.zeros(shape)))


CHOSEN = """
def plain(x, y):  # 1
    # pragma parallel for simd
    for i in range(len(x)):
        y[i] = x[i] * 2

def sometimes(x, y):  # 0
    # pragma parallel for simd
    for i in range(len(x)):
        if x[i] > 1:
            y[i] = x[i]

def updated(x, y):  # 0
    # pragma parallel for simd
    for i in range(len(x)):
        y[i] = y[i] + x[i]

def counted(x, y):  # 0
    s = 0.0
    # pragma parallel for simd
    for i in range(len(x)):
        y[i] = x[i]
        s += x[i]
    return s

def left(x, y):  # 0
    # pragma sequential for
    for i in range(len(x)):
        if x[i] > 9:
            break
        y[i] = x[i]
"""


def test_which_stores_go_around_the_caches(tmp_path: Path) -> None:
    """Not those under a condition, into an array that is read, or beside a reduction: their lines are wanted, or not filled."""
    path = tmp_path / "chosen.py"
    path.write_text(CHOSEN.replace("(x, y)", '(x: "f64[:]", y: "f64[:]")'))
    for row, line in enumerate(CHOSEN.splitlines(), 1):
        if line.startswith("def "):
            command: list[str] = [str(FERROKEET), "show", f"{path}:{row + 2}", "--emit", "rust"]
            text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            assert ("store_around(" in text or ".stream(" in text) == ("# 1" in line), text
