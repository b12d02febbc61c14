"""Runs every test and check of the repository, some of its steps beside others, and counts the tests.

Usage: run.py [step ...]; without names, all steps. Prints one line per step and, last, `N passed, N failed, N skipped`;
the exit code is 1 when anything failed. A check (formatting, lints, types, documentation) counts as one test.
"""

import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PYTHON_SOURCES = ["python", "tests", "examples", "benches", "docs"]

# Files as they come: by the number of their tests, files with few and long ones would come last, on one core.
PYTEST_WORKERS = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]

STEPS: dict[str, list[str]] = {
    "rustfmt": ["cargo", "fmt", "--all", "--check"],
    "clippy": ["cargo", "clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"],
    "rustdoc": ["cargo", "doc", "--quiet", "--workspace", "--no-deps"],
    "ruff": [str(BIN / "ruff"), "check", "--quiet", *PYTHON_SOURCES],
    "ruff-format": [str(BIN / "ruff"), "format", "--quiet", "--check", *PYTHON_SOURCES],
    "mypy": [str(BIN / "mypy"), "--no-error-summary"],
    "site": [sys.executable, "docs/site.py"],
    "spelling": [str(BIN / "codespell")],
    "cargo": ["cargo", "test", "--quiet", "--workspace", "--no-fail-fast"],
    "nests": ["cargo", "test", "--quiet", "--release", "--package", "ferrokeet-nests"],
    "pytest": [str(BIN / "pytest"), "-q", *PYTEST_WORKERS, "-p", "no:cacheprovider", "tests/python"],
    "wheels": [sys.executable, "tests/wheels.py"],
    "vscode": ["sh", "editors/vscode/check.sh"],
    "verdicts": [sys.executable, "tests/verdicts/score.py"],
    "examples": [sys.executable, "examples/compare.py"],
    "random-programs": [sys.executable, "tests/random_programs/campaign.py", "--count", "10000", "--seed", "1"],
    "emulated-gpu": [sys.executable, "tests/random_programs/campaign.py", "--count", "75", "--seed", "1", "--cuda"],
}

# Steps whose kernels are compiled quickly, with checks of what they do: there are thousands. pytest decides for each file.
CHECKED = {"random-programs", "emulated-gpu"}

# Lists of steps that run beside each other and beside all other steps, those of a list one after the other: many have work for
# one core only, and the longest ones end on one.
BESIDE = [
    ["clippy", "rustdoc", "mypy", "site", "wheels", "vscode", "verdicts", "examples"],
    ["pytest"],
]
# Checks that compile without running anything: in a build directory of their own, which nobody else waits for.
APART = {"clippy", "rustdoc"}


def count(output: str, code: int) -> tuple[int, int, int]:
    """Tests passed, failed and skipped according to the closing lines of cargo test or pytest; else one per step."""
    cargo = re.findall(r"test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored", output)
    if cargo:
        passed, failed, skipped = (sum(int(row[index]) for row in cargo) for index in range(3))
        return passed, failed + (code != 0 and not failed), skipped
    words = {"passed": 0, "failed": 0, "skipped": 0, "error": 0}
    closing = output.strip().splitlines()[-1:]
    for number, word in re.findall(r"(\d+) (passed|failed|skipped|error)", closing[0] if closing else ""):
        words[word] += int(number)
    if sum(words.values()):
        failed = words["failed"] + words["error"]
        return words["passed"], failed + (code != 0 and not failed), words["skipped"]
    return int(code == 0), int(code != 0), 0


@cache
def compiler() -> str:
    """The folder of the compiler that `rustc` runs here: rustup's stand-in takes a tenth of the time of a small kernel."""
    done = subprocess.run(["rustc", "--print", "sysroot"], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return str(Path(done.stdout.strip()) / "bin")


def run(command: list[str], environment: dict[str, str]) -> tuple[str, int, float]:
    """What a command prints, its exit code, and the processor time (s) that it and all that it started took."""
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        output = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return output, process.returncode, usage.ru_utime + usage.ru_stime


def step(name: str, environment: dict[str, str]) -> tuple[int, int, int]:
    """Runs a step, prints its line, and gives how many tests passed, failed and were skipped."""
    start = time.perf_counter()
    if name in APART:
        environment = {**environment, "CARGO_TARGET_DIR": str(ROOT / "target" / "checks")}
    if STEPS[name][0] != "cargo":
        environment = {**environment, "PATH": os.pathsep.join([str(BIN), compiler(), os.environ["PATH"]])}
    if name in CHECKED:
        environment["FERROKEET_OPT_LEVEL"] = "0"
    output, code, processor = run(STEPS[name], environment)
    counts = count(output, code)
    verdict = "ok" if code == 0 else "FAILED"
    line = (
        f"{name:16} {verdict:6} {counts[0]:6} passed {time.perf_counter() - start:7.1f} s, {processor:7.1f} s of work"
    )
    told = name in ("verdicts", "examples", "random-programs", "emulated-gpu")
    text = output[-20_000:] if code else output if told else ""
    print(f"{line}\n{text}", end="", flush=True)
    return counts


def main() -> int:
    names = sys.argv[1:] or list(STEPS)
    unknown = [name for name in names if name not in STEPS]
    if unknown:
        print(f"unknown step {unknown[0]}; there are {', '.join(STEPS)}", file=sys.stderr)
        return 2
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "RUSTDOCFLAGS": "-D warnings"}
    environment.setdefault("CARGO_TERM_COLOR", "never")
    lists = [[name for name in names if name in beside] for beside in BESIDE]
    lists.append([name for name in names if not any(name in beside for beside in BESIDE)])
    with ThreadPoolExecutor(len(lists)) as threads:
        several = threads.map(lambda beside: [step(name, environment) for name in beside], lists)
        results = [counts for one in several for counts in one]
    totals = [sum(counts) for counts in zip(*results, strict=True)]
    print(f"{totals[0]} passed, {totals[1]} failed, {totals[2]} skipped")
    return 1 if totals[1] else 0


if __name__ == "__main__":
    sys.exit(main())
