"""Names that are other arrays from one iteration to the next: buffers that change places, arrays that are made anew. CPython's answers
and the very objects that CPython's names are, native."""

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from harness import LAYOUTS, Pair, sample

SOURCE = """
    import numpy as np

    def heat(u, v, steps):
        a, b = u, v
        # pragma sequential for
        for t in range(steps):
            # pragma parallel for
            for i in range(1, len(u) - 1):
                v[i] = u[i] + 0.25 * (u[i - 1] - 2 * u[i] + u[i + 1])
            u, v = v, u
        return u, v, u is a, u is b, v is a, v is b

    def by_hand(u, v, steps):
        a, b = u, v
        kept = u
        # pragma sequential for
        for t in range(steps):
            v[1:] = u[1:] + u[:-1]
            kept = u
            u = v
            v = kept
        return u, v, kept, u is a, v is a, kept is a, kept is v

    def wave(u, prev, nxt, walls, steps):
        a, b, c = u, prev, nxt
        # pragma sequential for
        for _ in range(steps):
            nxt[1:-1, 1:-1] = 2 * u[1:-1, 1:-1] - prev[1:-1, 1:-1] + 0.25 * (u[2:, 1:-1] + u[:-2, 1:-1] - 2 * u[1:-1, 1:-1])
            nxt[walls] = 0.0
            prev, u, nxt = u, nxt, prev
        return u, [x is y for x in (u, prev, nxt) for y in (a, b, c)]

    def damped(u, prev, nxt, place, steps):
        a, b, c = u, prev, nxt
        # pragma sequential for
        for t in range(steps):
            nxt[1:-1, 1:-1] = 2 * u[1:-1, 1:-1] - prev[1:-1, 1:-1]
            nxt[place] += t
            nxt *= 0.99
            u *= 0.98
            prev, u, nxt = u, nxt, prev
        return u, [x is y for x in (u, prev, nxt) for y in (a, b, c)]

    def until(u, v, tolerance, most):
        a = u
        n = 0
        # pragma sequential for
        for n in range(most):
            worst = 0.0
            for i in range(len(u)):
                v[i] = (u[i] + u[i - 1]) * 0.5
                worst = max(worst, abs(v[i] - u[i]))
            if worst < tolerance:
                break
            u, v = v, u
        return u, v, n, u is a

    def sometimes(u, v, wanted):
        a = u
        # pragma sequential for
        for t in range(len(wanted)):
            for i in range(len(u)):
                v[i] = u[i] * 2 + t
            if wanted[t] == 2:
                continue
            if wanted[t]:
                u, v = v, u
            v[0] = -1.0
        return u, v, u is a

    def twice(u, v, steps):
        a = u
        # pragma sequential for
        for t in range(steps):
            v[:] = u + 1
            u, v = v, u
            v[:] = u * 3
            w = u
            u, v = v, w
            if t == 5:
                break
            u, v = v, u
        return u, v, u is a

    def nested(u, v, rounds, steps):
        a = u
        # pragma sequential for
        for r in range(rounds):
            u[0] += 1
            for t in range(steps):
                for i in range(len(u)):
                    v[i] = u[i] + u[i - 1]
                u, v = v, u
            v[-1] = r
        return u, v, u is a

    def halving(u, v, limit):
        a = u
        k = 0
        # pragma sequential for
        for r in range(1):
            while len(u) > 0 and u[0] > limit:
                for i in range(len(u)):
                    v[i] = u[i] / 2
                u, v = v, u
                k += 1
        return u, v, k, u is a

    def lost(u, v, steps):
        a = u
        # pragma sequential for
        for t in range(steps):
            u[0] = u[0] + t + 1
            u = v
        return u, v, u is a, u is v

    def same_line(u, v, steps):
        a, b = u, v
        # pragma sequential for
        for t in range(steps):
            u[t] = v[t + 1] + 1
            u, v = v, u
        return u, v, u is a, u is b

    def pairs(x, y, out):
        # pragma parallel for
        for k in range(len(out)):
            previous = np.arange(y.shape[1] + 1)
            current = np.zeros(y.shape[1] + 1, dtype=int)
            for i in range(1, x.shape[1] + 1):
                current[0] = i
                for j in range(1, y.shape[1] + 1):
                    current[j] = min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (x[k, i - 1] != y[k, j - 1]))
                previous, current = current, previous
            out[k] = previous[-1]

    def inner(x, out, steps):
        # pragma parallel for
        for k in range(len(out)):
            a = x[k].copy()
            b = np.zeros_like(a)
            for t in range(steps[k]):
                for i in range(len(a)):
                    b[i] = a[i - 1] + 1
                if t == 7:
                    break
                a, b = b, a
            for i in range(len(a)):
                out[k, i] = a[i]

    def caught(u, v, d):
        a = u
        try:
            # pragma sequential for
            for t in range(len(d)):
                for i in range(len(u)):
                    v[i] = u[i] + 100 // int(d[t])
                u, v = v, u
        except ZeroDivisionError as error:
            return u, v, u is a, str(error)
        return u, v, u is a

    def failing(u, v, d):
        # pragma sequential for
        for t in range(len(d)):
            v[d[t]] = u[t] + 1
            u, v = v, u
        return u, v

    def given(u, v, base, steps):
        cur = u
        # pragma sequential for
        for t in range(steps):
            if t == 0:
                cur = base
            for i in range(len(cur)):
                v[i] = cur[i] + 1
            cur, v = v, cur
        return cur, v, cur is base, v is base

    def views(a, steps):
        u, v = a[::2], a[1::2]
        first = u
        # pragma sequential for
        for t in range(steps):
            for i in range(len(v)):
                v[i] = u[i] * 2 + 1
            u, v = v, u
        return u, v, u is first

    def grid(u, v, steps):
        # pragma sequential for
        for t in range(steps):
            # pragma parallel for
            for i in range(1, u.shape[0] - 1):
                for j in range(1, u.shape[1] - 1):
                    v[i, j] = 0.25 * (u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1])
            u, v = v, u
        return u
"""


def two(kind: str, n: int, layout: str = "C") -> Callable[[], tuple[Any, ...]]:
    return lambda: (LAYOUTS[layout](sample(kind, (n,))), LAYOUTS[layout](sample(kind, (n,), 1)))


def with_steps(make: Callable[[], tuple[Any, ...]], *more: Any) -> Callable[[], tuple[Any, ...]]:
    return lambda: (*make(), *more)


FIRST = [
    *[(name, with_steps(two("float64", 5), 2)) for name in ("heat", "by_hand", "lost", "twice", "same_line")],
    ("heat", with_steps(two("float32", 5), 2)),
    ("heat", lambda: (sample("int64", (5,)), sample("float64", (5,)), 2)),
    ("wave", lambda: (*(np.ones((4, 4)) for _ in range(3)), np.zeros((4, 4), bool), 2)),
    ("damped", lambda: (*(np.ones((4, 4)) for _ in range(3)), (1, 2), 2)),
    ("until", with_steps(two("float64", 5), 0.1, 3)),
    ("sometimes", lambda: (np.ones(3), np.ones(3), np.array([1, 0]))),
    ("nested", with_steps(two("float64", 5), 1, 2)),
    ("halving", with_steps(two("float64", 5), 1.0)),
    ("pairs", lambda: (np.ones((2, 3), int), np.ones((2, 4), int), np.zeros(2, int))),
    ("inner", lambda: (np.ones((2, 3)), np.zeros((2, 3)), np.array([1, 2]))),
    ("caught", lambda: (np.ones(3), np.ones(3), np.array([1, 2]))),
    ("failing", lambda: (np.ones(3), np.ones(3), np.array([1, 2]))),
    ("given", lambda: (np.ones(3), np.ones(3), np.ones(3), 2)),
    ("views", lambda: (np.ones(8), 2)),
    ("grid", lambda: (np.ones((4, 4)), np.ones((4, 4)), 2)),
]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return Pair(tmp_path_factory.mktemp("names"), SOURCE, FIRST)


STEPS = [0, 1, 2, 3, 6, 7]


@pytest.mark.parametrize("name", ["heat", "by_hand", "lost", "twice"])
def test_two_buffers(pair: Pair, name: str) -> None:
    for n, steps in itertools.product([0, 1, 3, 9, 1000], STEPS):
        if name == "lost" and n == 0:
            continue
        pair.call(name, with_steps(two("float64", n), steps))


def test_kinds_and_layouts(pair: Pair) -> None:
    for kind, layout in itertools.product(["float64", "float32"], ["C", "strided", "reversed"]):
        pair.call("heat", with_steps(two(kind, 17, layout), 3))
    # Buffers of two types: each iteration stores in the other one.
    for steps in STEPS:
        pair.call("heat", lambda: (np.arange(9) * 3, np.zeros(9), steps))


def test_three_buffers(pair: Pair) -> None:
    for steps, shape in itertools.product(STEPS, [(9, 8), (2, 2), (3, 40)]):
        rng = np.random.default_rng(steps)
        u, v, w = (rng.random(shape) for _ in range(3))
        pair.call("wave", lambda: (u.copy(), v.copy(), w.copy(), u < 0.2, steps))
        pair.call("damped", lambda: (u.copy(), v.copy(), w.copy(), (1, -1), steps))


def test_control(pair: Pair) -> None:
    for tolerance, most in [(0.5, 40), (0.0, 3), (10.0, 9), (0.5, 0), (0.1, 41)]:
        pair.call("until", with_steps(two("float64", 7), tolerance, most))
    for wanted in ([], [0], [1], [2], [1, 0, 1, 1], [1, 2, 0, 1, 0], [2, 1, 1, 2, 1]):
        pair.call("sometimes", lambda: (np.arange(5.0), np.ones(5), np.array(wanted, dtype=int)))
    for rounds, steps in itertools.product([0, 1, 2, 3], [0, 1, 2, 3]):
        pair.call("nested", with_steps(two("float64", 5), rounds, steps))
    for limit in (100.0, 3.0, 0.6, 0.01):
        pair.call("halving", lambda: (np.array([9.5, 4.0]), np.zeros(2), limit))


def test_inside_of_parallel_loops(pair: Pair) -> None:
    rng = np.random.default_rng(1)
    for n, m, k in [(0, 3, 3), (4, 0, 3), (4, 3, 0), (5, 7, 6), (40, 8, 9)]:
        x, y = rng.integers(0, 3, (n, m)), rng.integers(0, 3, (n, k))
        pair.call("pairs", lambda: (x, y, np.zeros(n, int)))
    steps = np.array([0, 1, 2, 3, 8, 9, 20])
    pair.call("inner", lambda: (rng.permutation(35).reshape(7, 5) * 0 + np.arange(5.0), np.zeros((7, 5)), steps))


def test_failing(pair: Pair) -> None:
    for at in range(5):
        d = np.array([7, 3, 2, 9])
        d[at:] = 0
        # What names are then is Python's to say.
        pair.call("caught", lambda: (np.arange(5), np.ones(5, int), d), ran="python" if at < 4 else "fast")
        wrong = np.array([1, 2, 0, 3])
        wrong[at:] = 9
        pair.call("failing", lambda: (np.arange(5.0), np.ones(5), wrong), ran=None)


def test_aliases(pair: Pair) -> None:
    def one() -> tuple[Any, ...]:
        u = np.arange(9.0)
        return u, u, 3

    def overlapping() -> tuple[Any, ...]:
        base = np.arange(12.0)
        return base[:9], base[1:10], 3

    for name in ("heat", "by_hand", "same_line", "lost"):
        pair.call(name, one, ran=None)
        pair.call(name, overlapping, ran=None)
    for steps in STEPS:
        pair.call("views", lambda: (np.arange(10.0), steps), ran=None)
        pair.call("same_line", with_steps(two("float64", 9), steps))
        pair.call("given", lambda: (np.zeros(4), np.ones(4), np.full(4, 7.0), steps))


def test_time_steps_in_two_dimensions(pair: Pair) -> None:
    for steps, n in itertools.product(STEPS, [2, 3, 40]):
        rng = np.random.default_rng(n)
        u = rng.random((n, n + 1))
        pair.call("grid", lambda: (u.copy(), u.copy(), steps))


MADE = """
    import numpy as np

    def power(A, v, steps, tolerance):
        a = v
        length = 0.0
        # pragma sequential for
        for _ in range(steps):
            w = A @ v
            before, length = length, w.sum()
            v = w / length
            if abs(length - before) < tolerance:
                break
        return length, v, v is a

    def euler(x, h, steps):
        a = x
        # pragma sequential for
        for _ in range(steps):
            x = x + h * np.array([x[1], -x[0]])
        return x, x is a

    def two_rows(previous, steps):
        a = previous
        # pragma sequential for
        for i in range(steps):
            current = np.zeros(len(previous))
            for j in range(1, len(previous)):
                current[j] = previous[j - 1] + current[j - 1] + i
            previous = current
        return previous, previous is a

    def fibonacci(a, b, steps):
        c, d = a, b
        # pragma sequential for
        for _ in range(steps):
            a, b = b, a + b
        return a, b, a is c, a is d, b is d

    def delayed(x, out):
        a = x
        older = x
        # pragma sequential for
        for t in range(len(out)):
            old = x
            x = x * 0.5 + t
            out[t] = old.sum() - x.sum() + older.max()
            if t % 3 == 1:
                older = old
        return x, older, older is a

    def rows(n, steps, out):
        # pragma parallel for
        for k in range(len(out)):
            previous = np.arange(n)
            for i in range(steps[k]):
                current = np.ones(n, dtype=int)
                for j in range(1, n):
                    current[j] = previous[j - 1] + current[j - 1]
                previous = current
            out[k] = previous[-1]

    def many(initial, h, steps, final):
        # pragma parallel for
        for i in range(len(initial)):
            y = initial[i].copy()
            for _ in range(steps):
                k = np.array([y[0] - y[0] * y[1], y[0] * y[1] - y[1]])
                y = y + h * k
            final[i] = y

    def with_view(x, steps):
        inner = x[1:]
        # pragma sequential for
        for t in range(steps):
            y = inner * 2.0
            inner = y
        return inner

    def both_ways(x, y, c):
        a = x
        # pragma sequential for
        for t in range(len(c)):
            if c[t]:
                x, y = y, x
            else:
                x = x + y
        return x, y, x is a, y is a

    def caught(x, d):
        a = x
        try:
            # pragma sequential for
            for t in range(len(d)):
                x = x + 10 // int(d[t])
        except ZeroDivisionError:
            return x, x is a
        return x, x is a
"""
MADE_FIRST: list[tuple[str, Callable[[], tuple[Any, ...]]]] = [
    ("power", lambda: (np.ones((2, 2)), np.ones(2), 3, 0.0)),
    ("euler", lambda: (np.ones(2), 0.5, 3)),
    ("two_rows", lambda: (np.ones(3), 2)),
    ("fibonacci", lambda: (np.ones(3), np.ones(3), 2)),
    ("delayed", lambda: (np.ones(3), np.ones(3))),
    ("rows", lambda: (3, np.array([1, 2]), np.zeros(2))),
    ("many", lambda: (np.ones((2, 2)), 0.5, 3, np.ones((2, 2)))),
    ("with_view", lambda: (np.ones(3), 2)),
    ("both_ways", lambda: (np.ones(3), np.ones(3), np.ones(2, bool))),
    ("caught", lambda: (np.ones(3), np.ones(2, int))),
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return Pair(tmp_path_factory.mktemp("made"), MADE, MADE_FIRST)


def test_made_anew(made: Pair) -> None:
    for steps in [0, 1, 2, 3, 8]:
        for tolerance in (0.0, 1e-3, 10.0):
            A = np.array([[2.0, 1.0, 0.5], [1.0, 3.0, 0.25], [0.5, 0.25, 4.0]])
            made.call("power", lambda: (A, np.ones(3), steps, tolerance), tolerance=1e-13)
        made.call("euler", lambda: (np.array([1.0, 0.5]), 0.25, steps))
        for n in (0, 1, 2, 9, 1000):
            made.call("two_rows", lambda: (np.arange(float(n)), steps))
            made.call("fibonacci", lambda: (np.arange(float(n)), np.ones(n), steps))
        made.call("delayed", lambda: (np.arange(5.0), np.zeros(steps)))
        made.call("with_view", lambda: (np.arange(5.0), steps), ran=None)
        made.call("many", lambda: (np.linspace(0.5, 1.5, 14).reshape(7, 2), 0.125, steps, np.zeros((7, 2))))
    made.call("rows", lambda: (6, np.array([0, 1, 2, 3, 8]), np.zeros(5)))
    for c in itertools.product([False, True], repeat=4):
        made.call("both_ways", lambda: (np.arange(4.0), np.ones(4), np.array(c)))
    made.call("both_ways", lambda: (np.arange(4.0), np.ones(4), np.zeros(0, bool)))


def test_other_shapes_and_types(made: Pair) -> None:
    """What is no array like the one before is Python's to make."""
    # A matrix that is not square changes the length of the vector, and fails in the next iteration.
    for steps in (0, 1, 2):
        made.call("power", lambda: (np.ones((3, 2)), np.ones(2), steps, 0.0), ran="python")
        made.call("euler", lambda: (np.ones(3), 0.5, steps), ran="python")
        # One element is broadcast to two.
        made.call("fibonacci", lambda: (np.ones(1), np.ones(2), steps))
    for d in ([1, 2], [0, 1], [1, 0], [3, 2, 0]):
        made.call("caught", lambda: (np.arange(3.0), np.array(d)), ran=None)
    with pytest.warns(UserWarning, match="before the loop and f64 here"):
        made.call("two_rows", lambda: (np.arange(3), 2), ran="python")
    with pytest.warns(UserWarning, match="before the loop and f64 here"):
        made.call("euler", lambda: (np.arange(2), 0.5, 2), ran="python")

    def one() -> tuple[Any, ...]:
        x = np.arange(4.0)
        return x, x, np.array([False, True, False, False])

    made.call("both_ways", one, ran=None)
