"""Start-up times: `check` on a small file, `import ferrokeet`, and what a warm `run` adds.

Each is the least of alternating runs, because other work on the machine only ever adds.

The promises: below 15 ms, below 20 ms beyond NumPy's own import, below 50 ms beyond the script in plain Python.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FERROKEET = os.environ.get("FERROKEET_BIN", str(Path(sys.executable).with_name("ferrokeet")))
SCRIPT = """import numpy as np


def total(x: "f64[:]"):
    s = 0.0
    # pragma parallel for
    for i in range(len(x)):
        s += x[i]
    return s


total(np.arange(10.0))
"""


def milliseconds(commands: list[list[str]], folder: str, rounds: int = 21) -> list[float]:
    """The least time of each command; every round runs all of them."""
    times: list[list[float]] = [[] for _ in commands]
    for _ in range(rounds):
        for command, own in zip(commands, times, strict=True):
            start = time.perf_counter()
            subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
            own.append((time.perf_counter() - start) * 1e3)
    return [min(own) for own in times]


def main() -> None:
    python = sys.executable
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "script.py").write_text(SCRIPT)
        subprocess.run([FERROKEET, "run", "script.py"], cwd=folder, check=True)
        check, numpy, package, plain, warm = milliseconds(
            [
                [FERROKEET, "check", "script.py"],
                [python, "-c", "import numpy"],
                [python, "-c", "import numpy, ferrokeet"],
                [python, "script.py"],
                [FERROKEET, "run", "script.py"],
            ],
            folder,
        )
    print(f"check on a small file        {check:6.1f} ms   (promised: 15)")
    print(f"import ferrokeet             {package - numpy:6.1f} ms   (beyond NumPy; promised: 20)")
    print(f"run, everything in the cache {warm - plain:6.1f} ms   (beyond the script; promised: 50)")


if __name__ == "__main__":
    main()
