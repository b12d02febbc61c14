"""Teams of threads on an emulated GPU: warps that go ahead of others, and members that fail alone.

One warp goes as far ahead of the others as barriers let it, and a barrier that some threads of a team do not reach ends the process:
this fails without the barriers of `fold_team`, or if not all members learn of a failure.
"""

import subprocess
import sys
from pathlib import Path

import pytest
from test_cuda_emulation import NEEDS_COMPILER, run_emulated

pytestmark = NEEDS_COMPILER
PROGRAM = Path(__file__).with_name("cuda_teams.py")


@pytest.mark.parametrize("block", [32, 64, 256])
def test_teams(tmp_path: Path, block: int) -> None:
    plain = subprocess.run([sys.executable, PROGRAM], capture_output=True, text=True, check=True).stdout
    printed, kernels = run_emulated(PROGRAM, tmp_path, block)
    assert printed == plain
    ways = {kernel["name"].rsplit("_", 1)[0]: (kernel["gpu"], kernel["careful"]) for kernel in kernels}
    assert ways == {"two_sums": (6, 0), "again_and_again": (6, 0), "roots": (6, 18)}
