"""What the measuring commands share: a call's arguments, and taking back what a kernel has done to them.

A region changes nothing but the elements of arrays that it is given; what else it computes, its kernel returns.
"""

import threading
from typing import Any

import numpy as np

# Past this, a call is not measured: its arrays would have to be kept twice.
MOST_BYTES = 4 << 30


def inputs(region: dict[str, Any], roots: tuple[Any, ...]) -> list[Any]:
    """The inputs of a call, in the order of the region's manifest.

    Raises:
        Exception: whatever the way from a root to an input raises; the kernel runs as Python then.
    """
    found = []
    for described in region["inputs"]:
        value = roots[described["root"]]
        for kind, key in described["steps"]:
            if kind == "buffer":
                value = np.frombuffer(value, key)
            else:
                value = getattr(value, key) if kind == "attribute" else value[key]
        found.append(value)
    return found


def is_array(value: Any) -> bool:
    """Whether a kernel takes it as an array."""
    return isinstance(value, np.ndarray | memoryview) or type(value).__name__ == "array"


def is_list(value: Any) -> bool:
    """Whether a kernel takes it as an array of its items."""
    return type(value) is list or type(value) is tuple


def items(value: Any) -> Any:
    """The items of a list, or of those in it."""
    return [items(one) for one in value] if is_list(value) else value


def put_back(value: Any, kept: list[Any]) -> None:
    """Gives a list the items that it had."""
    for place, one in enumerate(kept):
        if is_list(value[place]):
            put_back(value[place], one)
        else:
            value[place] = one


class Written:
    """The arrays and lists that a call may change."""

    def __init__(self, region: dict[str, Any], roots: tuple[Any, ...]):
        pairs = zip(region["inputs"], inputs(region, roots), strict=True)
        written = [value for described, value in pairs if described["written"]]
        self.arrays = [np.asarray(value) for value in written if is_array(value)]
        self.lists = [value for value in written if is_list(value)]

    def is_small(self) -> bool:
        """Whether they can be kept."""
        return sum(array.nbytes for array in self.arrays) <= MOST_BYTES

    def state(self) -> list[Any]:
        """A copy of their elements."""
        return [*(array.copy() for array in self.arrays), *map(items, self.lists)]

    def restore(self, state: list[Any]) -> None:
        """Gives them the elements of a copy again."""
        for array, kept in zip(self.arrays, state, strict=False):
            np.copyto(array, kept)
        for value, kept in zip(self.lists, state[len(self.arrays) :], strict=True):
            put_back(value, kept)


def same(left: Any, right: Any) -> bool:
    """Whether two results have the same types and the same bits."""
    if type(left) is not type(right):
        return False
    if isinstance(left, tuple | list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, np.ndarray | np.generic | float | complex):
        a, b = np.asarray(left), np.asarray(right)
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    return bool(left == right)


def alone() -> bool:
    """Whether no other thread of the program can look at an array while it is changed and changed back."""
    return threading.current_thread() is threading.main_thread() and threading.active_count() == 1


def is_sampled(number: int) -> bool:
    """Whether a call, by its number from 1, is measured: the 1st, 2nd, 4th, 8th, and so on."""
    return number & (number - 1) == 0


def launches(kernel: Any) -> dict[str, dict[str, Any]]:
    """By signature, how often a kernel ran in each way."""
    return {entry["signature"]: entry for entry in kernel.stats()}


def launched(kernel: Any, before: dict[str, dict[str, Any]]) -> tuple[str, str] | None:
    """The signature and the way of the launch since then."""
    for signature, entry in launches(kernel).items():
        old = before.get(signature, {})
        for way in ("fast", "careful", "gpu", "python"):
            if entry[way] > old.get(way, 0):
                return signature, way
    return None
