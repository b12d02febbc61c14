"""Runs the example programs in CPython and translated, and compares answers and times.

Usage: compare.py [example ...]; without names, all of them. Exit code 1 when an answer differs or a kernel did not run
natively.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
NUMBER = re.compile(r"-?\d+\.\d+(?:e[+-]?\d+)?")


def run(command: list[str], **environment: str) -> tuple[str, float]:
    """What the command prints, and the seconds it says its loops took."""
    done = subprocess.run(
        command, cwd=HERE, env={**os.environ, **environment}, capture_output=True, text=True, timeout=900
    )
    timed = re.search(r"^time (\S+) s$", done.stderr, re.MULTILINE)
    if done.returncode or not timed:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    warnings = done.stderr.replace(timed.group(0), "").strip()
    if warnings:
        print(warnings, file=sys.stderr)
    return done.stdout, float(timed.group(1))


def agree(left: str, right: str) -> bool:
    """Whether two outputs are the same text, numbers being the same to nine digits."""
    if NUMBER.sub("#", left) != NUMBER.sub("#", right):
        return False
    pairs = zip(NUMBER.findall(left), NUMBER.findall(right), strict=True)
    return all(abs(float(a) - float(b)) <= 1e-9 * max(1.0, abs(float(a))) for a, b in pairs)


def native(stats: Path) -> str:
    """How the kernels of one run were executed, from the statistics it wrote."""
    kernels = json.loads(stats.read_text())["kernels"]
    python = sum(kernel["python"] for kernel in kernels)
    careful = sum(kernel["careful"] for kernel in kernels)
    fast = sum(kernel["fast"] for kernel in kernels)
    parts = [f"{count} {what}" for count, what in ((fast, "fast"), (careful, "careful"), (python, "Python")) if count]
    return ", ".join(parts) or "no kernel"


def main() -> int:
    names = sys.argv[1:] or sorted(path.stem for path in HERE.glob("*.py") if path.stem != "compare")
    ferrokeet = str(Path(sys.executable).with_name("ferrokeet"))
    print(f"{'example':16} {'CPython':>9} {'first':>9} {'translated':>10} {'ratio':>7}  answers  launches")
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        stats = Path(folder) / "stats.json"
        for name in names:
            script = str(HERE / f"{Path(name).stem}.py")
            expected, slow = run([sys.executable, script])
            first, compiling = run([ferrokeet, "run", script], FERROKEET_CACHE_DIR=folder)
            again, fast = run([ferrokeet, "run", "--stats", str(stats), script], FERROKEET_CACHE_DIR=folder)
            same = agree(expected, first) and agree(expected, again)
            launches = native(stats)
            bad += not same or "Python" in launches or "fast" not in launches
            print(
                f"{Path(name).stem:16} {slow:8.3f}s {compiling:8.3f}s {fast:9.4f}s {slow / fast:6.0f}x  "
                f"{'agree  ' if same else 'DIFFER '}  {launches}",
                flush=True,
            )
    print("'first' includes compiling; 'translated' is the second run, from the cache.")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
