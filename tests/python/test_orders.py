"""`np.argsort` without a kind and `np.partition`: native where NumPy's answer does not depend on how it is built, Python's elsewhere."""

from functools import partial
from pathlib import Path
from typing import Any

import ferrokeet
import numpy as np
import pytest
from harness import Arguments, Pair

SOURCE = """
import numpy as np

def ordered(out, x):
    # pragma parallel for
    for i in range(len(x)):
        out[i] = np.argsort(x[i])

def method(out, x, k):
    # pragma parallel for
    for i in range(len(x)):
        near = x[i].argsort()[:k]
        for j in range(len(near)):
            out[i, j] = near[j]

def descending(out, x):
    # pragma parallel for
    for i in range(len(x)):
        out[i] = np.argsort(-x[i])[::-1]

def smallest(out, x, k):
    # pragma parallel for
    for i in range(len(x)):
        out[i, 0] = np.partition(x[i] * 2, k)[k]

def second(out, x):
    # pragma parallel for
    for i in range(len(x)):
        out[i, 0] = np.partition(x[i], 1)[1] - np.partition(x[i], kth=-1)[-1]

def kept_order(out, x, k):
    # pragma parallel for
    for i in range(len(x)):
        near = np.argsort(x[i], kind="stable")
        out[i, 0] = near[:k].sum() + near[k:].sum() * 100
"""
KINDS = ["float64", "int64", "uint8"]


def rows(n: int, m: int, kind: str) -> Any:
    rng = np.random.default_rng(n + m)
    each = [rng.permutation(m + 3)[:m] for _ in range(n)]
    return np.array(each).reshape(n, m).astype(kind)


def copies(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    return arguments[0].copy(), *arguments[1:]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    first: list[tuple[str, Arguments]] = []
    for kind in KINDS:
        two: tuple[Any, ...] = (np.zeros((3, 5)), rows(3, 5, kind))
        three = (*two, 2)
        first += [(name, partial(copies, two)) for name in ("ordered", "descending", "second")]
        first += [(name, partial(copies, three)) for name in ("method", "smallest", "kept_order")]
    folder: Path = tmp_path_factory.mktemp("orders")
    return Pair(
        folder, SOURCE, [one for one in first if not (one[0] == "descending" and one[1]()[1].dtype == np.uint8)]
    )


@pytest.mark.parametrize("kind", KINDS)
def test_orders(pair: Pair, kind: str) -> None:
    for n, m in [(4, 9), (3, 2), (2, 1), (0, 4), (5, 70)]:
        x = rows(n, m, kind)
        pair.call("ordered", lambda x=x: (np.zeros(x.shape), x))  # type: ignore[misc]
        if kind != "uint8":
            pair.call("descending", lambda x=x: (np.zeros(x.shape), x))  # type: ignore[misc]
        for k in [0, 1, m]:
            pair.call("method", lambda x=x, k=k: (np.zeros(x.shape), x, k))  # type: ignore[misc]
            pair.call("kept_order", lambda x=x, k=k: (np.zeros(x.shape), x, k))  # type: ignore[misc]
        pair.call("smallest", lambda x=x, k=m // 2: (np.zeros(x.shape), x, k))  # type: ignore[misc]
    pair.call("ordered", lambda: (np.zeros((6, 4)), np.asfortranarray(rows(6, 4, kind))[::-1, ::-1]))
    pair.call("second", lambda: (np.zeros((4, 9)), rows(4, 9, kind)))


def test_elements_beside_a_place(pair: Pair) -> None:
    """Counted from the end, and beyond an end."""
    x = rows(4, 9, "float64")
    for k in [-1, -9]:
        pair.call("smallest", lambda k=k: (np.zeros(x.shape), x, k), ran=None)  # type: ignore[misc]
        pair.call("method", lambda k=k: (np.zeros(x.shape), x, k), ran=None)  # type: ignore[misc]
    for k in [9, -10]:
        pair.call("smallest", lambda k=k: (np.zeros(x.shape), x, k), ran=None)  # type: ignore[misc]


@pytest.mark.parametrize("kind", KINDS[:2])
def test_equal_elements_are_left_to_numpy(pair: Pair, kind: str) -> None:
    x = rows(4, 30, kind)
    x[2, 3] = x[2, 20]
    pair.call("ordered", lambda: (np.zeros(x.shape), x), ran="python")
    pair.call("method", lambda: (np.zeros(x.shape), x, 3), ran="python")
    pair.call("smallest", lambda: (np.zeros(x.shape), x, 3))
    own = [kernel for kernel in ferrokeet.stats()["kernels"] if kernel["filename"] == str(pair.path)]
    reasons = {reason for kernel in own for reason in kernel["reasons"]}
    assert any("orders equal elements as it happens" in reason for reason in reasons), reasons


def test_missing_numbers_and_zeros(pair: Pair) -> None:
    x = rows(4, 30, "float64")
    x[1, 4] = np.nan
    pair.call("ordered", lambda: (np.zeros(x.shape), x))
    pair.call("smallest", lambda: (np.zeros(x.shape), x, 29))
    y = x.copy()
    y[1, 5] = np.nan
    pair.call("ordered", lambda: (np.zeros(x.shape), y), ran="python")
    z = np.array([[3.0, 0.0, -0.0, 1.0, 0.0]])
    pair.call("ordered", lambda: (np.zeros(z.shape), z), ran="python")
    pair.call("smallest", lambda: (np.zeros(z.shape), z, 1), ran="python")
    pair.call("smallest", lambda: (np.zeros(z.shape), z, 3))
    pair.call("smallest", lambda: (np.zeros(z.shape), np.abs(z), 1))
