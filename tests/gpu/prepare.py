"""Builds what the tests and benchmarks on a GPU need into one folder, for a machine that has no Rust.

Usage: prepare.py -o FOLDER [--arch sm_80,sm_90,sm_100] [--only NAME ...]. There, with NumPy and a CUDA driver alone:

    python FOLDER/on_device.py

runs differential tests, tests of residency, the same under compute-sanitizer where that is installed, and benchmarks (measure.py), beside
CuPy, Numba-CUDA, JAX and Triton where those are installed. dry_run.py does all this without a GPU.

The programs are those of tests/array_forms, as loops and as array expressions, with `target(cuda)` added to every pragma, and
`programs.py`. The folder `plain` holds them as CPython runs them, `built` what `ferrokeet build --bundle` made of them.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from nvrtc import compiled, library

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
FORMS = ROOT / "tests" / "array_forms"
BENCHES = ROOT / "benches" / "gpu"
DIRECTIVE = re.compile(
    r"^(\s*# pragma (?:parallel for simd|parallel for|sequential for|parallel))(?=\s|$)(?!.*target\()", re.M
)


def with_target(text: str) -> str:
    """A source whose directives ask for a GPU."""
    return DIRECTIVE.sub(r"\1 target(cuda)", text)


def sources(only: list[str]) -> list[Path]:
    """The programs' files, or some of them."""
    sys.path.insert(0, str(FORMS))
    from pairs import FORMS as forms

    every = {path for form in forms.values() for path in (form.loops, form.arrays)} | {HERE / "programs.py"}
    return sorted(path for path in every if not only or path.stem in only)


def run(command: list[str], folder: Path) -> None:
    """Runs a command in a folder; it must succeed."""
    print("+", " ".join(command), flush=True)
    subprocess.run(command, cwd=folder, check=True, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("--only", nargs="*", default=[], help="files of programs, without .py (default: all)")
    parser.add_argument("--arch", default="sm_80,sm_90,sm_100", help="GPUs to compile for")
    options = parser.parse_args()
    ferrokeet = os.environ.get("FERROKEET_BIN") or shutil.which("ferrokeet")
    if ferrokeet is None:
        print("prepare.py: no `ferrokeet` on PATH", file=sys.stderr)
        return 2
    out: Path = options.out.resolve()
    plain, asking, built = out / "plain", out / "asking", out / "built"
    for folder in (plain, asking, built):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    for path in sources(options.only):
        text = path.read_text()
        (plain / f"plain_{path.name}").write_text(text)
        (asking / path.name).write_text(with_target(text))
    own = [HERE / name for name in ("device.py", "on_device.py", "programs_of.py")]
    for path in [*own, FORMS / "pairs.py", *BENCHES.glob("*.py")]:
        shutil.copy(path, out)
    shutil.copy(HERE / "record.py", asking)
    # The signatures are those of the programs' own arguments; where they run does not matter here.
    run([ferrokeet, "record", "--record", str(out / "signatures.json"), str(asking / "record.py")], out)
    names = sorted(path.name for path in sources(options.only))
    command = [ferrokeet, "build", *names, "-o", str(built), "--bundle", "--signatures", str(out / "signatures.json")]
    run([*command, "--cuda-arch", options.arch], asking)
    for architecture in options.arch.split(","):
        log, code = compiled(library(), (BENCHES / "by_hand.cu").read_text(), architecture, {})
        if not code:
            print(log, file=sys.stderr)
            return 1
        (out / f"by_hand.{architecture}.cubin").write_bytes(code)
    print(f"ready: carry {out} to the GPU's machine, and run `python {out.name}/on_device.py` there")
    return 0


if __name__ == "__main__":
    sys.exit(main())
