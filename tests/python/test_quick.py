"""What people wait for: start-up, and the answers of the language server on a long file. Times are the processor's."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

BENCHES = Path(__file__).parents[2] / "benches"


@pytest.mark.parametrize("bench", ["start_up.py", "server_speed.py"])
def test_promised_times_are_kept(bench: str) -> None:
    if os.environ.get("FERROKEET_BIN"):
        pytest.skip("what is promised of a release build need not hold for FERROKEET_BIN")
    done = subprocess.run([sys.executable, BENCHES / bench, "--runs", "7"], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
