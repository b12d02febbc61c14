"""Regions that ask for a GPU compute functions as it does wherever they run: an emulated GPU and the CPU give the same bits."""

import json
import os
import subprocess
import sys
from pathlib import Path

from test_cuda_emulation import NEEDS_COMPILER

FERROKEET = os.environ.get("FERROKEET_BIN", Path(sys.executable).with_name("ferrokeet"))
pytestmark = NEEDS_COMPILER


def test_single_numbers_have_the_bits_of_a_gpu(tmp_path: Path) -> None:
    script = Path(__file__).with_name("cuda_bits_program.py")
    printed = []
    for mode, way in (("off", "fast"), ("emulate", "gpu")):
        stats = tmp_path / f"{mode}.json"
        command = [str(FERROKEET), "run", "--stats", str(stats), str(script)]
        environment = {**os.environ, "FERROKEET_CUDA": mode, "FERROKEET_OPT_LEVEL": "0"}
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
        kernels = json.loads(stats.read_text())["kernels"]
        assert sum(kernel[way] for kernel in kernels) == 17, kernels
        assert [kernel["name"].split("_L")[0] for kernel in kernels if kernel["careful"] + kernel["python"] > 0] == [
            "floats"
        ], kernels
        printed.append(done.stdout.splitlines())
    assert printed[0][-1] == "math domain error True"
    for processor, device in zip(*printed, strict=True):
        assert processor == device
