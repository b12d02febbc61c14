"""Arrays that a loop makes for itself: CPython's answers, native, and the fast variant wherever nothing is out of bounds."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from harness import KINDS, LAYOUTS, SIZES, MakePair, sample

DIRECTIVES = ["parallel for", "sequential for", "parallel for simd"]


def given(*values: Any) -> Callable[[], tuple[Any, ...]]:
    """A factory of the arguments: arrays are copied."""
    return lambda: tuple(np.array(value) if isinstance(value, np.ndarray) else value for value in values)


# Constant extents


@pytest.mark.parametrize("directive", DIRECTIVES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_vector_of_three(pair: MakePair, directive: str, layout: str) -> None:
    both = pair(f"""
        import numpy as np

        def f(a, b, out):
            # pragma {directive}
            for i in range(len(a)):
                h = np.zeros(3)
                h[0] = a[i, 1] * b[i, 2] - a[i, 2] * b[i, 1]
                h[1] = a[i, 2] * b[i, 0] - a[i, 0] * b[i, 2]
                h[2] = a[i, 0] * b[i, 1] - a[i, 1] * b[i, 0]
                for j in range(3):
                    out[i, j] = h[j]
    """)
    for size in SIZES:
        a, b = (LAYOUTS[layout](sample("float64", (size, 3), seed)) for seed in (1, 2))

        def arguments(a: np.ndarray = a, b: np.ndarray = b) -> tuple[np.ndarray, ...]:
            return a, b, np.ones((len(a), 3))

        both.call("f", arguments)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("directive", DIRECTIVES)
def test_every_kind_of_element(pair: MakePair, directive: str, kind: str) -> None:
    both = pair(f"""
        import numpy as np

        def f(x, out, n):
            # pragma {directive}
            for i in range(len(x) - 3):
                small = np.empty(4, dtype=np.{kind if kind != "bool" else "bool_"})
                large = np.zeros(n, dtype=np.{kind if kind != "bool" else "bool_"})
                for j in range(4):
                    small[3 - j] = x[i + j]
                for j in range(n):
                    large[j] = small[j % 4]
                for j in range(4):
                    out[i, j] = small[j]
                    out[i, 4 + j] = large[n - 1 - j]
    """)
    for n in (4, 11, 700):
        both.call("f", given(sample(kind, (50,)), np.zeros((47, 8), kind), n))


def test_axes(pair: MakePair) -> None:
    both = pair("""
        import numpy as np

        def f(x, out, n, m):
            # pragma parallel for
            for i in range(len(x)):
                a = np.zeros((2, 3))
                b = np.zeros((n, m))
                c = np.zeros((n, 2, m), dtype=np.int32)
                for p in range(2):
                    for q in range(3):
                        a[p, q] = x[i] * (p + 2 * q)
                for p in range(n):
                    for q in range(m):
                        b[p, q] = a[p % 2, q % 3] + q
                        for r in range(2):
                            c[p, r, q] = p * q - r
                s = 0.0
                for p in range(n):
                    for q in range(m):
                        s += b[p, q] * c[p, 1, q] + c[n - 1 - p, 0, m - 1 - q]
                out[i] = s
    """)
    for n, m in ((1, 1), (2, 5), (7, 3), (3, 40), (0, 4), (4, 0)):
        both.call("f", given(sample("float64", (30,)), np.zeros(30), n, m), tolerance=1e-12)


def test_inverse_of_two_by_two(pair: MakePair) -> None:
    both = pair("""
        import numpy as np

        def f(a, out):
            # pragma parallel for
            for i in range(len(a)):
                m = np.empty((2, 2))
                d = a[i, 0, 0] * a[i, 1, 1] - a[i, 0, 1] * a[i, 1, 0]
                m[0, 0], m[1, 1] = a[i, 1, 1] / d, a[i, 0, 0] / d
                m[0, 1], m[1, 0] = -a[i, 0, 1] / d, -a[i, 1, 0] / d
                for p in range(2):
                    for q in range(2):
                        out[i, p, q] = m[p, q]
    """)
    for size in SIZES:
        both.call("f", given(sample("float64", (size, 2, 2)), np.zeros((size, 2, 2))))


# Extents known when it runs


@pytest.mark.parametrize("directive", DIRECTIVES)
def test_size_of_each_iteration(pair: MakePair, directive: str) -> None:
    both = pair(f"""
        import numpy as np

        def f(x, out):
            # pragma {directive}
            for i in range(len(x)):
                h = np.zeros(i + 1)
                for j in range(i + 1):
                    h[j] = x[j] * 0.5
                s = 0.0
                for j in range(i, -1, -1):
                    s = s + h[j]
                out[i] = s
    """)
    for size in (0, 1, 9, 200):
        both.call("f", given(sample("float64", (size,)), np.zeros(size)), tolerance=1e-12)


def test_sizes_from_data(pair: MakePair) -> None:
    both = pair("""
        import numpy as np

        def f(x, count, out):
            # pragma parallel for
            for i in range(len(count)):
                n = int(count[i])
                h = np.zeros(n)
                for j in range(n):
                    h[j] = x[j] + i
                s = 0.0
                for j in range(n):
                    s = s * 0.5 + h[n - 1 - j]
                out[i] = s
    """)
    count = np.random.default_rng(0).integers(0, 60, 100)
    both.call("f", given(sample("float64", (60,)), count, np.zeros(100)))
    both.call("f", given(sample("float64", (60,)), np.array([3, 4, -1, 5]), np.zeros(4)), ran=None)


def test_negative_sizes_raise(pair: MakePair) -> None:
    both = pair("""
        import numpy as np

        def f(x, out, n):
            # pragma parallel for
            for i in range(len(x)):
                h = np.zeros(n)
                out[i] = x[i] + len(h)
    """)
    both.call("f", given(sample("float64", (20,)), np.zeros(20), 5))
    both.call("f", given(sample("float64", (20,)), np.zeros(20), 0))
    both.call("f", given(sample("float64", (20,)), np.zeros(20), -1), ran="careful")


def test_more_than_there_is_memory(pair: MakePair) -> None:
    both = pair("""
        import numpy as np

        def f(x, out, n):
            # pragma parallel for
            for i in range(len(x)):
                out[i] = 1.0
                h = np.zeros(n)
                h[n // 2] = x[i]
                out[i] += h[n // 2]
    """)
    both.call("f", given(sample("float64", (5,)), np.zeros(5), 8))
    before = both.launches()
    out = np.zeros(5)
    with pytest.raises(MemoryError):
        both.native.f(np.ones(5), out, 1 << 52)
    assert both.launches()["python"] == before["python"] + 1
    assert out.tolist() == [1, 0, 0, 0, 0]


# Subscripts


@pytest.mark.parametrize("directive", DIRECTIVES)
def test_histogram_of_a_row(pair: MakePair, directive: str) -> None:
    both = pair(f"""
        import numpy as np

        def f(v, out, n):
            # pragma {directive}
            for i in range(len(v)):
                h = np.zeros(n, dtype=np.int64)
                for j in range(v.shape[1]):
                    h[int(v[i, j] * n)] += 1
                for j in range(n):
                    out[i, j] = h[j]

        def g(v, out):
            # pragma {directive}
            for i in range(len(v)):
                h = np.zeros(8, dtype=np.int64)
                for j in range(v.shape[1]):
                    h[int(v[i, j] * 8)] += 1
                for j in range(8):
                    out[i, j] = h[j]
    """)
    rng = np.random.default_rng(0)
    for rows, columns in ((1, 5), (100, 30), (0, 5), (5, 0)):
        v = rng.random((rows, columns))
        both.call("f", given(v, np.zeros((rows, 20), np.int64), 20))
        both.call("g", given(v, np.zeros((rows, 8), np.int64)))
    # One that does not fit.
    v = rng.random((30, 10))
    v[17, 4] = 1.0
    both.call("f", given(v, np.zeros((30, 20), np.int64), 20), ran="careful")
    both.call("g", given(v, np.zeros((30, 8), np.int64)), ran="careful")


def test_subscripts_from_the_end(pair: MakePair) -> None:
    both = pair("""
        import numpy as np

        def f(x, out, n):
            # pragma parallel for
            for i in range(len(x)):
                h = np.zeros(5)
                g = np.zeros(n)
                h[-1] = x[i]
                h[-5] = x[i] + 1
                g[-1] = h[4]
                g[-n] += h[0]
                out[i] = h[-1] * 100 + g[0] + g[n - 1]
    """)
    for n in (1, 2, 9):
        both.call("f", given(sample("float64", (100,)), np.zeros(100), n))


@pytest.mark.parametrize("at", [3, -4, 2**40])
def test_out_of_bounds(pair: MakePair, at: int) -> None:
    both = pair("""
        import numpy as np

        def load(x, out, at):
            # pragma parallel for
            for i in range(len(x)):
                h = np.zeros(3)
                h[0] = x[i]
                out[i] = h[at if i == 6 else 0]

        def store(x, out, at):
            # pragma parallel for
            for i in range(len(x)):
                h = np.zeros((3, 3))
                out[i] = x[i]
                h[0, at if i == 6 else 0] = x[i]
    """)
    x = np.arange(20.0)
    for function in ("load", "store"):
        both.call(function, given(x, np.zeros(20), at), ran="careful")
        both.call(function, given(x, np.zeros(20), -1))


# Whose storage it is


def test_each_iteration_has_its_own(pair: MakePair) -> None:
    both = pair("""
        import numpy as np

        def f(x, out):
            # pragma parallel for
            for i in range(len(x)):
                h = np.zeros(6)
                for j in range(6):
                    # What the iterations before have left must not be here.
                    if (i + j) % 3 == 0:
                        h[j] += x[i]
                s = 0.0
                for j in range(6):
                    s += h[j] * (j + 1)
                out[i] = s
    """)
    both.call("f", given(sample("float64", (1000,)), np.zeros(1000)), tolerance=1e-12)


def test_in_an_inner_loop(pair: MakePair) -> None:
    both = pair("""
        import numpy as np

        def f(x, out, n):
            # pragma parallel for
            for i in range(x.shape[0]):
                g = np.zeros(n)
                for j in range(x.shape[1]):
                    h = np.zeros(n)
                    for k in range(n):
                        h[k] = x[i, j] * k
                    for k in range(n):
                        g[k] += h[n - 1 - k]
                for k in range(n):
                    out[i, k] = g[k]
    """)
    for n in (1, 5, 33):
        both.call("f", given(sample("float64", (40, 7)), np.zeros((40, n)), n))


def test_made_before_the_parallel_loop(pair: MakePair) -> None:
    both = pair("""
        import numpy as np

        def f(x, out, steps):
            # pragma sequential for
            for t in range(steps):
                old = np.zeros(len(x))
                # pragma parallel for
                for i in range(len(x)):
                    old[i] = x[i]
                # pragma parallel for
                for i in range(1, len(x) - 1):
                    x[i] = 0.25 * old[i - 1] + 0.5 * old[i] + 0.25 * old[i + 1]
                out[t] = old[0]

        def histogram(v, out):
            # pragma sequential for
            for t in range(len(v)):
                h = np.zeros(16, dtype=np.int64)
                # pragma parallel for
                for i in range(v.shape[1]):
                    h[int(v[t, i] * 16)] += 1
                for j in range(16):
                    out[t, j] = h[j]

        def work(x, out, n):
            # pragma sequential for
            for t in range(3):
                w = np.zeros(n)
                # pragma parallel for
                for i in range(len(x)):
                    for j in range(n):
                        w[j] = x[i] * j
                    s = 0.0
                    for j in range(n):
                        s += w[n - 1 - j]
                    out[t, i] = s
                out[t, 0] += w[n - 1]
    """)
    both.call("f", given(sample("float64", (5000,)), np.zeros(10), 10))
    v = np.random.default_rng(3).random((4, 20000))
    both.call("histogram", given(v, np.zeros((4, 16), np.int64)))
    both.call("work", given(sample("float64", (2000,)), np.zeros((3, 2000)), 30), tolerance=1e-12)


def test_an_array_that_outlives_its_iteration(pair: MakePair) -> None:
    both = pair("""
        import numpy as np

        def f(x, out):
            h = np.zeros(3)
            # pragma parallel for
            for i in range(len(x)):
                h[i % 3] += x[i]
            out[0] = h[0] + h[1]

        def g(x, out):
            # pragma sequential for
            for i in range(len(x)):
                if i % 4 == 0:
                    h = np.zeros(3)
                h[i % 3] += x[i]
                out[i] = h[0]
    """)
    both.call("f", given(sample("int64", (1000,)), np.zeros(2)))
    both.call("g", given(sample("float64", (30,)), np.zeros(30)), ran=None)


def test_two_arrays_and_one_of_size_zero(pair: MakePair) -> None:
    both = pair("""
        import numpy as np

        def f(x, out):
            # pragma parallel for
            for i in range(len(x)):
                none = np.zeros(0)
                h, g = np.zeros(4), np.ones(4, dtype=np.float32)
                for j in range(4):
                    h[j] = x[i] * g[j]
                    g[j] = j
                out[i] = h[1] + g[2] + len(none)

        def g(x, out):
            # pragma parallel for
            for i in range(len(x)):
                none = np.zeros(0)
                out[i] = x[i]
                out[i] = none[0]
    """)
    both.call("f", given(sample("float64", (100,)), np.zeros(100)))
    both.call("g", given(sample("float64", (100,)), np.zeros(100)), ran="careful")


def test_results_do_not_depend_on_aliases(pair: MakePair) -> None:
    both = pair("""
        import numpy as np

        def f(x, out):
            # pragma parallel for
            for i in range(len(out)):
                h = np.empty(3)
                for j in range(3):
                    h[j] = x[i]
                out[i] = h[0] + h[1] + h[2]
    """)
    x = sample("float64", (100,))

    def same() -> tuple[np.ndarray, np.ndarray]:
        one = np.array(x)
        return one, one

    def shifted() -> tuple[np.ndarray, np.ndarray]:
        one = np.array(x)
        return one[:-1], one[1:]

    both.call("f", same)
    both.call("f", shifted, ran="careful")


# Small arrays whose places are constant: variables

SMALL = {
    "rounds": """
                h = np.zeros(3, dtype=np.float32)
                for j in range(3):
                    h[j] = x[i] * (j + 1) + y[i]
                h[-1] += 1
                out[i] = h[0] - h[1] * h[2]""",
    "array": """
                h = np.array([x[i], y[i], x[i]])
                g = h[::-1]
                out[i] = g[0] * h[0] - g[1]""",
    "branches": """
                h, g = np.zeros(2), np.ones((2, 2))
                if x[i] > 0:
                    h[0] = x[i]
                    g[1, 0] = y[i]
                elif y[i] > 0:
                    h[1] = y[i]
                for p in range(2):
                    for q in range(2):
                        if p != q:
                            g[p, q] += h[p] - h[q]
                out[i] = g[0, 0] + g[0, 1] * 3 + g[1, 0] * 5 + g[1, 1] * 7""",
    "outer": """
                a = np.array([x[i], y[i], x[i]])
                m = np.empty((3, 3))
                for p in range(3):
                    for q in range(3):
                        m[p, q] = a[p] * a[(q + 1) % 3]
                t = 0.0
                for p in range(3):
                    t += m[p, 2 - p]
                out[i] = t""",
    "copies": """
                h = np.zeros(4)
                h[1] = x[i]
                g = h.copy()
                h[1], h[2] = y[i], h[1]
                k = g + h
                out[i] = k[1] + k[2] * 2 + len(k)""",
    "whole": """
                h = np.full(3, x[i])
                h *= y[i]
                h[0] = -h[0]
                out[i] = np.sum(h) + h.max() + h.dot(h)""",
    "whiles": """
                h = np.zeros(2)
                n = 0
                while n < 5:
                    h[n % 2 * 0] += x[i]
                    h[1] += h[0]
                    n += 1
                out[i] = h[1]""",
}


@pytest.mark.parametrize("kind", ["float64", "float32", "int32", "bool"])
@pytest.mark.parametrize("body", SMALL)
@pytest.mark.parametrize("directive", DIRECTIVES)
def test_a_few_elements(pair: MakePair, directive: str, body: str, kind: str) -> None:
    if kind == "bool" and body in ("array", "whole", "copies", "branches"):
        pytest.skip("NumPy has no such operators on bools")
    both = pair(f"""
        import numpy as np

        def f(x, y, out):
            # pragma {directive}
            for i in range(len(x)):{SMALL[body]}
    """)
    for size in (0, 1, 9, 100):
        x, y = sample(kind, (size,), 1), sample(kind, (size,), 2)
        if kind == "int32":
            x, y = x % 1000, y % 1000
        tolerance = 0.0 if body in ("rounds", "array", "branches", "copies") else 1e-5 if kind == "float32" else 1e-12
        both.call("f", given(x, y, np.zeros(size)), tolerance=tolerance)


def test_a_few_elements_of_integers(pair: MakePair) -> None:
    both = pair("""
        import numpy as np

        def f(x, out):
            # pragma parallel for
            for i in range(len(x)):
                h = np.zeros(2, dtype=np.int8)
                h[0] = int(x[i])
                h[1] = h[0]
                h[1] += h[0]
                out[i] = h[1]
    """)
    both.call("f", given(np.arange(-90, 100), np.zeros(190, np.int64)))
    both.call("f", given(np.arange(100, 140), np.zeros(40, np.int64)), ran="careful")


def test_a_few_elements_that_collect(pair: MakePair) -> None:
    both = pair("""
        import numpy as np

        def f(v, out):
            # pragma sequential for
            for t in range(len(v)):
                s = np.zeros(2)
                # pragma parallel for
                for i in range(v.shape[1]):
                    s[0] += v[t, i]
                    s[1] += v[t, i] * v[t, i]
                for k in range(2):
                    out[t, k] = s[k]
    """)
    v = np.random.default_rng(0).random((5, 30000))
    both.call("f", given(v, np.zeros((5, 2))), tolerance=1e-9)


def test_a_few_elements_of_the_type_of_a_value(pair: MakePair) -> None:
    """Whose type no statement asks for but the array that has become variables."""
    both = pair("""
        import numpy as np

        def f(x, y, q, out):
            # pragma parallel for
            for i in range(len(x)):
                s = np.empty(2, dtype=(x[:1] / 2).dtype)
                t = np.zeros(1, dtype=(x[:1] + y[:1]).dtype)
                s[0] = q
                s[1] = x[i]
                t[0] = y[i]
                out[i] = s[0] / 4 + s[1] + t[0] / 2
    """)
    for x, y in ((np.arange(9), np.ones(9)), (np.arange(9, dtype=np.float32), np.arange(9, dtype=np.float32))):
        both.call("f", given(x, y, 0.3, np.zeros(9)))
