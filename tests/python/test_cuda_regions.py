"""Regions on an emulated GPU that are about more than arrays of numbers whose sizes are known before."""

from pathlib import Path

import numpy as np
import pytest
from harness import Pair, given
from test_cuda_emulation import NEEDS_COMPILER, DevicePair

pytestmark = NEEDS_COMPILER
SIZES = [1, 31, 32, 33, 255, 256, 257, 3000]

SOURCE = """
import numpy as np

def marked(b, x, seen, never, odd):
    # pragma parallel for
    for i in range(len(b)):
        seen[b[i]] |= x[i] > 0
        never[b[i]] &= x[i] < 1
        odd[b[i]] ^= x[i] > -1

def of_sizes_from_data(count, x, out):
    # pragma parallel for
    for i in range(len(count)):
        w = np.zeros(count[i])
        for j in range(count[i]):
            w[j] += x[(i + j) % len(x)]
        total = 0.0
        for j in range(count[i]):
            total += w[count[i] - 1 - j] * j
        out[i] = total

def of_two_kinds(count, out):
    # pragma parallel for
    for i in range(len(count)):
        for j in range(3):
            w = np.full((count[i] + j, 2), (i + j) % 100, np.int8)
            v = np.zeros(count[i] * j, np.complex128)
            for k in range(len(v)):
                v[k] += w[k % len(w), 1] * 1j
            for k in range(len(v)):
                out[i] += v[k]

def pieces(start, x, out):
    # pragma parallel for
    for i in range(len(start) - 1):
        row = x[start[i]:start[i + 1]] * 2.0
        row[row < 0] = 0.5
        out[i] = row.sum()

def chosen(x, out):
    # pragma parallel for
    for i in range(len(x)):
        row = x[i][x[i] > 0]
        w = row - 1.0
        out[i] = len(w) * 100 + (w[-1] if len(w) else 0.5)

def in_order(count, out):
    # pragma sequential for target(cuda)
    for t in range(len(count)):
        w = np.zeros(int(out[t]) + 3)
        for k in range(len(w)):
            w[k] = k + t
        out[t + 1] = w[-1] * 0.5
        # pragma parallel for
        for i in range(len(count)):
            count[i] += t

def large(count, out):
    # pragma parallel for
    for i in range(len(count)):
        out[i] += 1.0
        w = np.zeros(count[i])
        w[-1] = i
        out[i] += w[-1] + w[0]

def as_often_as_told(n, x):
    # pragma sequential for target(cuda)
    for t in range(3):
        # pragma parallel for
        for i in range(n[0]):
            x[i] += 1.0
        # pragma parallel for
        for i in range(len(n)):
            n[i] += 1

def if_told(n, x):
    # pragma sequential for target(cuda)
    for t in range(3):
        # pragma parallel for if(n[0] > 3)
        for i in range(len(x)):
            x[i] += 1.0
        # pragma parallel for
        for i in range(len(n)):
            n[i] += 1

def ways(x, flags):
    # pragma sequential for target(cuda)
    for t in range(4):
        if flags[t] > 0 and x[-1] < 1000.0:
            # pragma parallel for
            for i in range(len(x)):
                x[i] += flags[t]
            flags[t + 1] -= x[0]
        elif flags[-1]:
            # pragma parallel for
            for i in range(len(x)):
                x[i] *= 0.5
        while flags[0] > 0:
            # pragma parallel for
            for i in range(len(x)):
                x[i] *= 2.0
            flags[0] -= 1.0
        for k in range(int(flags[1]), 3):
            w = np.zeros(int(flags[2]) + 4)
            # pragma parallel for
            for i in range(len(w)):
                w[i] = i * k
            # pragma parallel for
            for i in range(len(x)):
                x[i] -= w[i % len(w)]

def one_after_the_other(n, x):
    for t in range(3):
        # pragma parallel for
        for i in range(len(n)):
            n[i] += 2
        # pragma parallel for
        for i in range(n[0]):
            x[i] += n[0]
        # pragma parallel target(cuda)
        x[n[1] : n[2]] *= 2.0
    return t

def nobody_asked(n, x):
    # pragma sequential for target(cuda)
    for t in range(3):
        # pragma parallel for
        for i in range(len(n)):
            n[i] += 1
        for i in range(n[0] + 33):
            x[i] += n[1]
        if n[2] > 4:
            for i in range(len(x)):
                x[i] *= 2.0
        n[3] = int(x[2]) if x[2] > 0 else n[1]
        k = n[1] + n[3] % 2
        for i in range(k):
            x[i] -= 1.0
    return k

def lists(values, rows, x, steps):
    for t in range(steps):
        # pragma parallel for
        for i in range(len(values)):
            values[i] = values[i] * 0.5 + float(x[i])
        # pragma parallel for
        for i in range(len(x)):
            x[i] += values[i]
            rows[i][0] += i
        # pragma parallel for
        for i in range(len(x)):
            values[i] += rows[i][0] / rows[i][1]
    return t

def until_small(x, y, found):
    steps = 0
    # pragma sequential for target(cuda)
    for t in range(50):
        # pragma parallel for
        for i in range(len(x)):
            y[i] = x[i] * 0.5
        if y[0] < 1.0:
            found[0] = y[-1]
            break
        if y[0] > 20.0:
            if found[1] < 0.0:
                found[1] += y[0]
            elif found[2] > 3.0:
                continue
            found[2] += 1.0
        steps = t
        # pragma parallel for
        for i in range(len(x)):
            x[i] = y[i] + 0.125
    return steps

def left_behind(u, v, n):
    for t in range(2):
        # pragma parallel for
        for i in range(len(u)):
            v[i] = u[i] * 2.0 + t
        # pragma parallel for
        for i in range(len(u)):
            w = np.zeros(n[i])
            w[-1] = v[i]
            v[i] = w[-1] + w[0]
"""


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> DevicePair:
    return DevicePair(Path(tmp_path_factory.mktemp("regions")), SOURCE)


@pytest.fixture(autouse=True)
def emulated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FERROKEET_CUDA", "emulate")


@pytest.mark.parametrize("bins", [7, 5000])
def test_bools_that_iterations_collect_in(both: DevicePair, bins: int) -> None:
    """In the shared memory of a block, and in the array itself where it is too large."""
    rng = np.random.default_rng(bins)
    for size in SIZES:
        arrays = [rng.random(bins) < 0.5 for _ in range(3)]
        both.call("marked", given(rng.integers(0, bins, size), rng.standard_normal(size), *arrays))


def test_local_arrays_whose_sizes_are_data(both: DevicePair) -> None:
    """Threads take pieces of a pool, and larger ones when they need them."""
    for size in SIZES:
        count = np.random.default_rng(size).integers(0, 90, size)
        both.call("of_sizes_from_data", given(count, np.arange(20.0), np.zeros(size)))
        both.call("of_two_kinds", given(count[:300] // 8 + 1, np.zeros(size, complex)))
        start = np.concatenate([[0], np.cumsum(count)])
        # Sums of quarters are exact.
        both.call("pieces", given(start, np.arange(start[-1]) % 9 / 4 - 1.0, np.zeros(size)))
        both.call("chosen", given(np.random.default_rng(size).integers(-3, 4, (size, 9)) / 4.0, np.zeros(size)))
    both.call("of_sizes_from_data", given(np.array([3, -1, 2]), np.arange(20.0), np.zeros(3)), ran="careful")
    both.call("in_order", given(np.arange(7), np.zeros(8)))


def test_what_the_pool_has_no_memory_for(both: DevicePair) -> None:
    """The processor does it, and nothing that the kernel has done before shows."""
    both.call("large", given(np.full(40, 3), np.zeros(40)))
    count = np.full(40, 3)
    count[17] = 40_000_000
    with pytest.warns(UserWarning, match="need more memory than the 256 MiB that they share"):
        both.native.large(count, np.zeros(40))
    Pair.call(both, "large", given(count, np.zeros(40)), ran="fast")
    # Each has enough, but not all.
    Pair.call(both, "large", given(np.full(40, 1_000_000), np.zeros(40)), ran="fast")


def test_what_a_kernel_refuses_is_undone(both: DevicePair) -> None:
    """Of an array that the GPU alone holds: local arrays for which there is no memory."""
    count = np.full(40, 3)
    both.call("left_behind", given(np.arange(40.0), np.zeros(40), count))
    count[17] = 40_000_000
    both.call("left_behind", given(np.arange(40.0), np.zeros(40), count), ran=None)


def test_elements_that_decide_what_goes_on(both: DevicePair) -> None:
    """They are read on the GPU, which has the newest ones."""
    for size in SIZES:
        few = min(size, 40)
        x = np.arange(size) / 4.0
        both.call("as_often_as_told", given(np.arange(few) % 3 + max(size - 3, 0), x), ran="gpu" if size > 2 else None)
        both.call("if_told", given(np.full(few, 4), x))
        both.call("if_told", given(np.full(few, 3), x), ran=None)
        for last in (0.0, 1.0):
            both.call("ways", given(x, np.array([2.0, 1.0, -1.0, 5.0, last])))
    both.call("ways", given(np.arange(40.0), np.array([2.0, 1.0, -1.0])), ran="careful")
    both.call("nobody_asked", given(np.array([1, 2, 3, 4]), np.arange(60.0)))
    for start in (0.5, 9.0, 999.0):
        both.call("until_small", given(np.arange(300.0) + start, np.zeros(300), np.array([0.0, -30.0, 0.0])))
    both.call("until_small", given(np.arange(300.0) + 99.0, np.zeros(300), np.array([0.0, -30.0])), ran="careful")
    both.call("one_after_the_other", given(np.array([5, 20, 90]), np.arange(300.0)))


def test_lists_that_are_changed(both: DevicePair) -> None:
    """Their items are Python's again after every kernel, in a stretch in which arrays stay on the GPU too."""
    for size in SIZES:
        values, rows = [i / 4 for i in range(size)], [[i, 2 * i + 1] for i in range(size)]
        both.call("lists", given(values, rows, np.arange(size) / 8.0, 3))
    shared = [1, 2]
    both.call("lists", given([1.0] * 40, [shared] * 40, np.zeros(40), 2), ran=None)
    # What an exception leaves behind.
    both.call("lists", given([1.0, 2.0, 3.0], [[1, 4], [2, 0], [3, 1]], np.zeros(3), 2), ran=None)
