"""Goes the way to a machine with a GPU on one that has none: what is prepared there runs here, on the fake GPU of tests/fake_cuda.

Usage: dry_run.py -o FOLDER [--only NAME ...]. It takes a C and a C++ compiler beside `ferrokeet`, and some minutes:

1. `prepare.py` makes FOLDER, whose kernels are compiled for the emulation;
2. there, where no command is found but Python, `on_device.py` tests the programs and measures them with small sizes;
3. `check_peers.py` runs the peers' programs as far as the CPU can.

Times mean nothing. It exits with 1 when anything fails.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "fake_cuda"))

from libraries import compiled, nowhere  # noqa: E402


def run(script: Path, options: list[str], variables: dict[str, str]) -> bool:
    """Whether a script of Python's does well in an environment."""
    print("+", script.name, *options, flush=True)
    return subprocess.run([sys.executable, str(script), *options], env={**os.environ, **variables}).returncode == 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("--only", nargs="*", default=[], help="files of programs, without .py (default: all)")
    options = parser.parse_args()
    out: Path = options.out.resolve()
    with tempfile.TemporaryDirectory() as folder:
        variables = compiled(Path(folder) / "libraries")
        # Where things are made there is no GPU.
        making = {name: value for name, value in variables.items() if name != "LD_LIBRARY_PATH"}
        only = ["--only", *options.only] if options.only else []
        if not run(HERE / "prepare.py", ["-o", str(out), "--arch", "sm_90", *only], making):
            return 1
        parts = ["--part", "differential", "--part", "residency", "--part", "measure", "--small"]
        fine = [run(out / "on_device.py", parts, nowhere(variables)), run(out / "check_peers.py", [], {})]
    return int(not all(fine))


if __name__ == "__main__":
    sys.exit(main())
