"""Reductions on an emulated GPU of which it matters which iteration a value is from: the last of equals, what is taken along, and NaNs
that replace or stay."""

import subprocess
import sys
from pathlib import Path

import pytest
from test_cuda_emulation import NEEDS_COMPILER, run_emulated

pytestmark = NEEDS_COMPILER
PROGRAM = Path(__file__).with_name("cuda_orders.py")


@pytest.mark.parametrize("block", [32, 256])
def test_values_of_certain_iterations(tmp_path: Path, block: int) -> None:
    plain = subprocess.run([sys.executable, PROGRAM], capture_output=True, text=True, check=True).stdout
    printed, kernels = run_emulated(PROGRAM, tmp_path, block)
    assert printed == plain
    assert {(kernel["careful"], kernel["python"]) for kernel in kernels} == {(0, 0)}, kernels
    # The processor takes loops without iterations.
    assert all(kernel["gpu"] for kernel in kernels), kernels
