"""Regions on an emulated GPU that are about more than arrays of numbers whose sizes are known before."""

from pathlib import Path

import numpy as np
import pytest
from harness import given
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
