"""Loops with complex numbers in lanes: every operation, way through memory and kind of loop, to the bit, and really in lanes."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from harness import EMULATED, LAYOUTS, SIZES, MakePair, Pair
from test_complex import sample

FERROKEET = Path(os.environ.get("FERROKEET_BIN") or Path(sys.executable).with_name("ferrokeet"))
# The names of Ferrokeet and of NumPy, and the kind of the parts.
KINDS = [("c64", "complex64", "f32"), ("c128", "complex128", "f64")]

PROGRAM = """
import numpy as np

def operations(x: "K[:]", y: "K[:]", out: "K[:, :]", product: "K[:]", quotient: "K[:]", r: "R[:]"):
    # pragma parallel for
    for i in range(len(x)):
        product[i] = x[i] * y[i] - x[i] + -y[i]
        quotient[i] = x[i] / y[i]
        out[i, 0] = x[i] ** 2
        out[i, 1] = x[i] ** 3
        out[i, 2] = x[i] ** 7.0
        out[i, 3] = x[i] ** -2
        out[i, 4] = np.conj(x[i]) * x[i].conjugate()
        out[i, 5] = x[i] * 2.5 + 1 - 3j
        out[i, 6] = r[i] * y[i] if x[i] == y[i] or not x[i] else -y[i]
        out[i, 7] = np.where(x[i] != y[i], np.exp(x[i]), abs(y[i]))
        r[i] = x[i].real - y[i].imag + abs(x[i])

def scattered(x: "K[:]", at: "i64[:]", keep: "f64[:]", out: "K[:]", steps: "K[:]"):
    # pragma parallel for simd assume(independent)
    for i in range(len(at)):
        if keep[i] > 0.0:
            out[at[i]] = x[at[i]] / 3
        else:
            steps[2 * i + 1] = x[i] + steps[2 * i]

def collected(x: "K[:]", y: "K[:]", s: "K", p: "K"):
    # pragma parallel for
    for i in range(len(x)):
        w = x[i] * y[i].conjugate()
        s += w
        p *= y[i]
    return s, p

def tiles(a: "K[:, :]", b: "K[:, :]", c: "K[:, :]", d: "K[:, :]"):
    # pragma parallel for
    for i in range(a.shape[0]):
        for j in range(b.shape[1]):
            t = a[i, 0] - a[i, 0]
            for k in range(a.shape[1]):
                t += a[i, k] * b[k, j]
                d[i, j] += a[i, k] - b[k, j]
            c[i, j] = t

def escape(x: "K[:]", y: "K[:]", limit: int, out: "i64[:]"):
    # pragma parallel for simd
    for i in range(len(x)):
        z = y[i]
        n = 0
        while abs(z) <= 2 and n < limit:
            z = z ** 2 + x[i]
            n += 1
        out[i] = n
"""

PYTHON = """
def escape(xs, ys, limit, out):
    # pragma parallel for
    for i in range(len(xs)):
        c = complex(xs[i], ys[i])
        z = 0j
        n = 0
        while n < limit:
            z = z ** 2 + c / (1.5 - 0.5j)
            if abs(z) > 2.0:
                break
            n += 1
        out[i] = n

def sizes(xs, ys, out):
    # pragma parallel for simd
    for i in range(len(xs)):
        z = complex(float(xs[i]), float(ys[i]))
        out[i] = 1.0 if 2 < abs(z) else abs(z)

def quotients(xs, ys, out):
    # pragma parallel for simd
    for i in range(len(xs)):
        z = complex(float(xs[i]), float(ys[i]))
        out[i] = (1.5 - 2j) / z + z / 2
"""


def copies(*arguments: Any) -> Callable[[], tuple[Any, ...]]:
    """Makes the arguments anew for each call."""
    return lambda: tuple(one.copy() if isinstance(one, np.ndarray) else one for one in arguments)


def in_lanes(pair: Pair) -> str:
    """The generated kernels, all of whose outermost loops have to be in lanes."""
    command = [str(FERROKEET), "show", "--emit", "rust", str(pair.path)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def of_magnitudes(kind: np.dtype) -> float:
    """The tolerance of magnitudes: the processor's are those of NumPy's C library, where it is not asked for the GPU's."""
    return float(2 * np.finfo(kind).eps) if EMULATED else 0.0


@pytest.mark.parametrize(("kind", "name", "part"), KINDS)
def test_every_operation_and_way_through_memory(pair: MakePair, kind: str, name: str, part: str) -> None:
    both = pair(PROGRAM.replace("K", kind).replace("R", part))
    text = in_lanes(both)
    assert text.count("of `i` at a time") == 4, text
    assert "of `j` at a time" in text, text
    assert f"{kind.upper()}x8" in text
    real = np.empty(0, name).real.dtype

    def some(n: int, seed: int) -> np.ndarray:
        return sample(name, n, seed)

    for n in SIZES:
        for layout in LAYOUTS.values():

            def arguments(n: int = n, layout: Any = layout) -> tuple[Any, ...]:
                x, y = (layout(some(n, seed)) for seed in (1, 2))
                y[::5] = x[::5]
                out = layout(np.zeros((n, 8), name))
                return x, y, out, layout(some(n, 3)), layout(some(n, 4)), layout(some(n, 5).real.astype(real))

            both.call("operations", arguments, tolerance=of_magnitudes(real))

        def scattered(n: int = n) -> tuple[Any, ...]:
            rng = np.random.default_rng(n)
            return some(n, 1), rng.permutation(n), rng.normal(size=n), np.zeros(n, name), some(2 * n, 2)

        both.call("scattered", scattered)
        # Whole numbers: every order of summation gives the same bits.
        whole = (np.arange(n) % 7 - 3 + 1j * (np.arange(n) % 5)).astype(name)
        units = np.array([1, 1j, -1, -1j], name)[np.arange(n) % 4]
        one = np.dtype(name).type(1 - 2j)
        both.call("collected", copies(whole, units, one, one))
        both.call("escape", copies(some(n, 6) / 2, some(n, 7) / 3, 40, np.zeros(n, int)))
    for rows, inner, columns in ((0, 1, 3), (1, 1, 1), (3, 5, 17), (9, 4, 40)):

        def matrices(rows: int = rows, inner: int = inner, columns: int = columns) -> tuple[Any, ...]:
            rng = np.random.default_rng(rows)
            shapes = (rows, inner), (inner, columns), (rows, columns), (rows, columns)
            parts = [rng.integers(-5, 5, (2, *shape)) for shape in shapes]
            return tuple((re + 1j * im).astype(name) for re, im in parts)

        both.call("tiles", matrices)


def test_complex_of_python(pair: MakePair) -> None:
    both = pair(PYTHON)
    rng = np.random.default_rng(3)
    for n in SIZES:
        x, y = rng.normal(size=(2, n)).round(2) + 0.01
        # Parts that are not finite, and magnitudes that are 2 but for the last digit, which is the function's.
        if not EMULATED:
            x[::3], y[::3] = 1.2, [1.6, np.nextafter(1.6, 2), np.nextafter(1.6, 1)][n % 3]
        x[5::7], y[4::9] = np.inf, np.nan
        both.call("sizes", copies(x, y, np.zeros(n)), tolerance=of_magnitudes(x.dtype))
        both.call("escape", copies(x / 4, y / 4, 30, np.zeros(n, int)), ran=None)
        both.call("quotients", copies(x, y, np.zeros(n, complex)))
    far, zero = np.full(20, 1.0), np.full(20, 1.0)
    far[13], zero[13] = 1.5e308, 0.0
    both.call("sizes", copies(far, far, np.zeros(20)), ran="careful")
    both.call("quotients", copies(zero, zero, np.zeros(20, complex)), ran="careful")
    assert both.launches()["python"] == 0
