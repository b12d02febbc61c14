"""Start-up times: `check` on a small file, `import ferrokeet`, and what a warm `run` adds.

Each is the least of alternating runs, because other work on the machine only ever adds; by the clock, and in time of the
processor (all threads and child processes), which other work adds less to.

The promises: below 15 ms, below 20 ms beyond NumPy's own import, below 50 ms beyond the script in plain Python. The exit code is 1
when the time of the processor keeps one of them not.

Usage: start_up.py [--runs N]. The binary is `FERROKEET_BIN`, else the one beside the interpreter; build it with `--release`.
"""

import argparse
import os
import resource
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


def processor() -> float:
    """The seconds of the processor that ended child processes have had."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def milliseconds(commands: list[list[str]], folder: str, rounds: int) -> list[tuple[float, float]]:
    """The least time of each command, by the clock and of the processor; every round runs all of them."""
    times: list[list[tuple[float, float]]] = [[] for _ in commands]
    for _ in range(rounds):
        for command, own in zip(commands, times, strict=True):
            before, start = processor(), time.perf_counter()
            subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
            clock, used = time.perf_counter() - start, processor() - before
            own.append((clock * 1e3, used * 1e3))
    return [(min(clock for clock, _ in own), min(used for _, used in own)) for own in times]


def line(name: str, times: tuple[float, float], beyond: tuple[float, float], most: int, than: str = "") -> bool:
    """Prints what a command takes beyond another one; tells whether that is more than was promised."""
    clock, used = (one - other for one, other in zip(times, beyond, strict=True))
    print(f"{name:28} {clock:6.1f} ms, {used:6.1f} ms of the processor   ({than}promised: {most})")
    return used > most


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=21)
    runs, python = parser.parse_args().runs, sys.executable
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
            runs,
        )
    late = [
        line("check on a small file", check, (0.0, 0.0), 15),
        line("import ferrokeet", package, numpy, 20, "beyond NumPy; "),
        line("run, everything in the cache", warm, plain, 50, "beyond the script; "),
    ]
    return int(any(late))


if __name__ == "__main__":
    sys.exit(main())
