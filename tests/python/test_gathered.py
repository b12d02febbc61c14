"""`found = [f(x) for x in xs if …]` under `# pragma parallel`: a list that the region makes and hands back."""

import ferrokeet
import numpy as np
import pytest
from harness import Pair, given

SOURCE = """
import numpy as np

def perfect(limit):
    # pragma parallel
    found = [n for n in range(2, limit) if sum(d for d in range(1, n // 2 + 1) if n % d == 0) == n]
    return found

def pairs(x, limit):
    # pragma parallel
    near = [(i, j) for i in range(len(x)) for j in range(i) if abs(x[i] - x[j]) < limit]
    return near

def several(x):
    # pragma parallel
    y = [v * v for v in x]
    z = [[v, 0.5] for v in x]
    w = [[v + k for k in range(3)] for v in x]
    return y, z, w

def after(x, n):
    # pragma parallel
    y = x * 2
    z = [v + n if v > 0 else 0 for v in y]
    return y, z

def backwards(x):
    # pragma parallel
    y = [x[i] for i in range(len(x) - 1, -1, -2)]
    return y

def again(x):
    for k in range(2):
        # pragma parallel
        y = [v + k for v in x]
    return y

def raising(x):
    y = None
    try:
        # pragma parallel
        y = [1 // v for v in x]
    except ZeroDivisionError:
        return "raised", y
    return y

def itself(x):
    # pragma parallel
    x = [v * 2 for v in x]
    return x

def shared(x):
    global kept
    # pragma parallel
    kept = [v * 2 for v in x]
    return kept
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return Pair(tmp_path_factory.mktemp("made"), SOURCE)


@pytest.mark.parametrize("kind", ["float64", "float32", "int64", "list", "ints"])
@pytest.mark.parametrize("size", [0, 1, 5])
def test_comprehensions(made: Pair, kind: str, size: int) -> None:
    """Items stand in order and have CPython's types, also where the iterations run at once."""
    x = np.array([1.5, -2.0, 3.0, 0.0, 4.25])[:size]
    numbers = x.tolist() if kind == "list" else x.astype(int).tolist() if kind == "ints" else x.astype(kind)
    before = made.launches()["python"]
    for name in ("backwards", "again"):
        made.call(name, given(numbers), ran=None)
    made.call("pairs", lambda: (numbers, 2.0), ran=None)
    if kind not in ("ints", "int64", "float32") and (size or kind != "list"):
        made.call("several", lambda: (numbers,), ran=None)
    if kind == "float64":
        made.call("after", lambda: (x, 3), ran=None)
    # Without iterations there is nothing to be done: Python makes the list.
    assert made.launches()["python"] == before, ferrokeet.stats()


def test_conditions(made: Pair) -> None:
    """What the conditions leave out has no place."""
    for limit in (0, 3, 30, 500):
        made.call("perfect", given(limit))


def test_left_to_python(made: Pair) -> None:
    """Lists that someone could see before they are made, or that are made of what they replace."""
    made.call("raising", lambda: ([1, 2],), ran=None)
    made.call("raising", lambda: ([1, 0],), ran=None)
    for name in ("itself", "shared"):
        made.call(name, given([1.0, 2.0]), ran=None)
    own = [one for one in ferrokeet.stats()["kernels"] if one["filename"] == str(made.path)]
    names = ("raising", "itself", "shared")
    assert not any(one["name"].startswith(names) and one["fast"] + one["careful"] for one in own)
