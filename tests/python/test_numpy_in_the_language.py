"""NumPy's functions that are written in the language itself, and those whose rank follows from the operands: against NumPy."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from harness import Pair

SOURCE = """
import numpy as np


def reductions(a, v, w):
    # pragma parallel
    r0 = np.ptp(a)
    r1 = np.ptp(a, axis=0)
    r2 = np.average(v)
    r3 = np.average(v, weights=w)
    r4 = np.add.reduce(a)
    r5 = np.maximum.reduce(a, axis=1)
    r6 = np.multiply.reduce(v)
    r7 = np.maximum.accumulate(v)
    r8 = np.minimum.accumulate(a, axis=1)
    r9 = np.add.accumulate(v)
    r10 = np.linalg.norm(v)
    r11 = np.linalg.norm(a, axis=1)
    r12 = np.sum(a, axis=(0, 1), keepdims=True)
    r13 = np.sum(v, dtype=np.float64)
    return r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, r10, r11, r12, r13


def missing(a, v):
    # pragma parallel
    r0 = np.nansum(v)
    r1 = np.nanmean(v)
    r2 = np.nanmin(v)
    r3 = np.nanmax(a, axis=1)
    r4 = np.nanstd(v)
    r5 = np.nanprod(v)
    r6 = np.nansum(a, axis=0)
    r7 = np.nanmean(a, axis=1)
    return r0, r1, r2, r3, r4, r5, r6, r7


def elements(a, b):
    # pragma parallel
    r0 = np.round(a, 1)
    r1 = a.round(2)
    r2 = np.isclose(a, b)
    r3 = np.allclose(a, a)
    r4 = np.select([a < 0, a < 1], [a, b], default=7.0)
    r5 = np.sinc(a)
    q, r = np.divmod(a, 0.75)
    part, whole = np.modf(a)
    r6 = a.clip(-1.0, 1.0)
    r7 = np.polyval(b[0], a)
    return r0, r1, r2, r3, r4, r5, q, r, part, whole, r6, r7


def products(a, b, v, w):
    # pragma parallel
    r0 = np.inner(v, v)
    r1 = np.inner(a, b)
    r2 = np.vdot(v, v)
    r3 = np.tensordot(a, b.T, axes=1)
    r4 = np.tensordot(a, b, axes=([1], [1]))
    r5 = np.einsum("ij,j->i", a, v)
    r6 = np.einsum("ij,kj->ki", a, b)
    r7 = np.einsum("ij,ij", a, b)
    r8 = np.einsum("ij->j", a)
    r9 = np.add.outer(v, w)
    r10 = np.subtract.outer(w, v)
    r11 = np.kron(v, w)
    return r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, r10, r11


def slid(v, w):
    # pragma parallel
    r0 = np.convolve(v, w)
    r1 = np.convolve(v, w, "same")
    r2 = np.convolve(w, v, mode="valid")
    r3 = np.correlate(v, w)
    return r0, r1, r2, r3


def crossed(a, b):
    # pragma parallel
    r = np.cross(a[0, :3], b[1, :3])
    return r


def searches(x, v, xp, fp):
    # pragma parallel
    r0 = np.sort(v)
    r1 = np.argsort(v, kind="stable")
    r2 = np.searchsorted(xp, x)
    r3 = np.searchsorted(xp, x, side="right")
    r4 = np.searchsorted(xp, 2.5)
    r5 = np.interp(x, xp, fp)
    r6 = np.interp(2.25, xp, fp)
    r7 = np.digitize(x, xp)
    r8 = np.median(v)
    r9 = np.percentile(v, 30.0)
    r10 = np.trapezoid(fp, xp)
    r11 = np.gradient(fp, 0.5)
    return r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, r10, r11


def counted(k, weights):
    # pragma parallel
    r0 = np.bincount(k)
    r1 = np.bincount(k, weights=weights, minlength=9)
    return r0, r1


def shapes(a, v, w):
    # pragma parallel
    r0 = np.expand_dims(v, 0) + a
    r1 = np.rot90(a).copy()
    r2 = np.moveaxis(a, 0, 1).copy()
    x, y = np.meshgrid(v, w)
    r3 = np.tile(v, 3)
    r4 = np.pad(v, 2)
    r5 = np.pad(v, (1, 3), mode="edge")
    r6 = np.pad(v, 3, mode="wrap")
    r7 = np.pad(v, 2, mode="reflect")
    r8 = np.pad(a, ((1, 0), (2, 1)), mode="edge")
    r9 = np.pad(a, 1, constant_values=4)
    r10 = np.broadcast_to(v, (2, len(v))) + 1
    r11 = np.squeeze(a[:1], axis=0).copy()
    r12 = np.append(v, w)
    r13 = np.atleast_2d(v) + 1
    return r0, r1, r2, x, y, r3, r4, r5, r6, r7, r8, r9, r10, r11, r12, r13


def scattered(out, k, v):
    # pragma parallel
    out[k] = v
    out[k] += v
"""


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return Pair(Path(tmp_path_factory.mktemp("written")), SOURCE)


def numbers(*shape: int, kind: str = "float64", seed: int = 0) -> np.ndarray:
    return (np.random.default_rng(seed).normal(scale=2.0, size=shape) * 3).astype(kind)


@pytest.mark.parametrize("kind", ["float64", "float32", "int32"])
def test_reductions(pair: Pair, kind: str) -> None:
    tolerance = 1e-5 if kind == "float32" else 1e-12
    pair.call(
        "reductions",
        lambda: (numbers(4, 5, kind=kind), numbers(7, kind=kind, seed=1), np.abs(numbers(7, seed=2)) + 0.5),
        tolerance=tolerance,
    )


@pytest.mark.parametrize("kind", ["float64", "float32"])
def test_missing_numbers_are_left_out(pair: Pair, kind: str) -> None:
    def arguments() -> tuple[np.ndarray, np.ndarray]:
        a, v = numbers(4, 5, kind=kind), numbers(9, kind=kind, seed=1)
        a[1, 2] = v[0] = v[4] = np.nan
        return a, v

    pair.call("missing", arguments, tolerance=1e-4 if kind == "float32" else 1e-12)


def test_elements(pair: Pair) -> None:
    def arguments() -> tuple[np.ndarray, np.ndarray]:
        a, b = numbers(4, 5), numbers(4, 5, seed=1)
        a[0, :4] = [np.inf, -np.inf, 0.0, 2.5]
        b[0, :3] = [np.inf, 1.0, 1e-9]
        return a, b

    pair.call("elements", arguments, tolerance=1e-12, ulps=4)


@pytest.mark.parametrize("kind", ["float64", "int32"])
def test_products(pair: Pair, kind: str) -> None:
    pair.call(
        "products",
        lambda: (
            numbers(4, 5, kind=kind),
            numbers(4, 5, kind=kind, seed=1),
            numbers(5, kind=kind, seed=2),
            numbers(3, kind=kind, seed=3),
        ),
        tolerance=1e-12,
    )
    pair.call("slid", lambda: (numbers(5, kind=kind), numbers(3, kind=kind, seed=1)), tolerance=1e-12, ran="careful")
    pair.call("crossed", lambda: (numbers(2, 3, kind=kind), numbers(2, 3, kind=kind, seed=1)), tolerance=1e-12)


def test_searches(pair: Pair) -> None:
    for size in (1, 2, 5, 8, 33):

        def arguments(size: int = size) -> tuple[np.ndarray, ...]:
            v = np.round(numbers(size), 0) + 0.0
            if size > 4:
                v[3] = np.nan
            return np.array([-1.0, 0.0, 2.0, 2.5, np.nan, 99.0, 4.75]), v, np.arange(6.0), numbers(6, seed=3)

        pair.call("searches", arguments, tolerance=1e-13)


def test_counts(pair: Pair) -> None:
    pair.call("counted", lambda: (np.array([1, 3, 1, 0, 5]), np.array([0.5, 1.0, 2.0, 4.0, 8.0])))
    pair.call("counted", lambda: (np.array([1, -3]), np.array([0.5, 1.0])), ran="python")


@pytest.mark.parametrize("kind", ["float64", "int16"])
def test_shapes(pair: Pair, kind: str) -> None:
    pair.call("shapes", lambda: (numbers(4, 5, kind=kind), numbers(5, kind=kind), numbers(3, kind=kind)))


def test_elements_that_are_named_twice(pair: Pair) -> None:
    arguments = lambda: (np.zeros(5), np.array([1, 3, 1, -1]), np.array([0.5, 1.0, 2.0, 4.0]))  # noqa: E731
    pair.call("scattered", arguments, ran="careful")


UPDATES = """
import numpy as np

def updates(a, at, b):
    # pragma sequential for
    for i in range(len(a)):
        np.subtract.at(a[i], at, b)
        np.add.at(a[i], at, b[0])

def close(a, b):
    # pragma parallel
    return np.isclose(a, b)
"""


@pytest.mark.parametrize(
    "elements, kind", [("int64", "uint8"), ("uint8", "uint8"), ("float64", "int8"), ("int16", "int8")]
)
def test_updates_take_the_operand_as_it_is(tmp_path: Path, elements: str, kind: str) -> None:
    """What is subtracted is not negated in its own type, where that has no negative numbers."""
    pair = Pair(tmp_path, UPDATES)
    b = np.array([5, 0, 100, 127, 1, 1], kind)
    pair.call(
        "updates", lambda: (np.arange(12).reshape(3, 4).astype(elements), np.array([0, 3, 0, -1, 2, 2]), b), ran=None
    )
    assert pair.launches()["python"] == 0


@pytest.mark.parametrize("kind", ["int8", "int32", "int64", "uint16", "bool", "float32"])
def test_the_least_integer_is_close_to_few(tmp_path: Path, kind: str) -> None:
    pair = Pair(tmp_path, UPDATES)
    if kind == "bool":
        ends: list[Any] = [False, True]
    else:
        limits = np.finfo(kind) if kind == "float32" else np.iinfo(kind)
        ends = [limits.min, limits.max]
    least, most = np.array(ends, kind)
    a = np.array([least, least, most, least, 0, 1, most], kind)
    b = np.array([least, most, least, 0, least, 1, most], kind)
    pair.call("close", lambda: (a, b), ran=None)
    assert pair.launches()["python"] == 0


DOTS = """
import numpy as np

def products(x, y, out):
    # pragma parallel for
    for i in range(len(out)):
        out[i, 0] = np.dot(x[i], y)
        out[i, 1] = x[i] @ y
        out[i, 2] = np.dot(x[i] * 1, y * 1)
"""


@pytest.mark.parametrize("kind", ["float32", "float64", "int32"])
@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_the_only_product_keeps_its_zero(tmp_path: Path, kind: str, n: int) -> None:
    """`np.dot` of vectors of one float each is their product, whose zero may be negative; of more, and `@`, a sum from 0 on."""
    pair = Pair(tmp_path, DOTS)
    x, y = np.array([[-0.0] * n, [1.0] * n]).astype(kind), np.array([1, -2, 0][:n]).astype(kind)
    pair.call("products", lambda: (x, y, np.zeros((2, 3), kind)))
