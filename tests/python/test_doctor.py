"""`ferrokeet doctor` where one piece is missing after the other: it names the piece, and the command that installs it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

FERROKEET = Path(os.environ.get("FERROKEET_BIN") or Path(sys.executable).with_name("ferrokeet"))
PIECES = (
    "ferrokeet",
    "rustc",
    "cache",
    "linker",
    "processor",
    "python",
    "numpy",
    "package",
    "runtime",
    "gpu",
    "nvrtc",
)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def rustc() -> Path:
    """The compiler itself: rustup's stand-in needs a home."""
    named = os.environ.get("FERROKEET_RUSTC") or shutil.which("rustc")
    assert named
    done = subprocess.run([named, "--print", "sysroot"], capture_output=True, text=True, check=True)
    return Path(done.stdout.strip()) / "bin" / "rustc"


def diagnosis(cache: Path, **changes: str) -> tuple[int, dict[str, tuple[bool, str]]]:
    """The exit code, and for each piece whether it is there, with what is said of it."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(cache),
        "FERROKEET_RUSTC": str(rustc()),
        "FERROKEET_PYTHON": sys.executable,
        "FERROKEET_CACHE_DIR": str(cache),
        "FERROKEET_OPT_LEVEL": "0",
        **changes,
    }
    told = {name: value for name, value in environment.items() if value}
    done = subprocess.run([FERROKEET, "doctor"], env=told, cwd=cache, capture_output=True, text=True, timeout=120)
    assert done.stderr == ""
    lines = [re.fullmatch(r"(ok|MISSING) +(\w+) +(.*)", line) for line in done.stdout.splitlines()]
    found = {line[2]: (line[1] == "ok", line[3]) for line in lines if line}
    assert tuple(found) == PIECES, done.stdout
    return done.returncode, found


def test_nothing_is_missing(cache: Path) -> None:
    code, found = diagnosis(cache)
    assert (code, [piece for piece, (there, _) in found.items() if not there]) == (0, [])
    for piece, words in [("cache", str(cache)), ("linker", "a kernel compiles"), ("package", "ferrokeet")]:
        assert words in found[piece][1]


def fakes(folder: Path, **sources: str) -> str:
    """A folder of modules that stand in the way of others."""
    for name, source in sources.items():
        (folder / f"{name}.py").write_text(source)
    return str(folder)


@pytest.mark.parametrize(
    ("missing", "command", "changes"),
    [
        ("rustc", r"`curl .*rustup\.rs \| sh`", {"FERROKEET_RUSTC": "/nowhere/rustc"}),
        ("rustc", r"`curl .*rustup\.rs \| sh`", {"FERROKEET_RUSTC": "", "PATH": "/nowhere"}),
        ("linker", r"`apt install gcc`", {"FERROKEET_RUSTC": "", "PATH": "/nowhere"}),
        ("linker", r"`apt install gcc` or `pip install ziglang`", {"PATH": "/nowhere", "FERROKEET_CACHE_DIR": "another"}),
        ("python", r"`apt install python3-venv`", {"FERROKEET_PYTHON": "/nowhere/python"}),
        ("numpy", r"`\S+ -m pip install 'numpy>=2'`", {"numpy": "__version__ = '1.26.4'"}),
        ("numpy", r"`\S+ -m pip install 'numpy>=2'`", {"numpy": "raise ModuleNotFoundError('No module named numpy')"}),
        ("package", r"`\S+ -m pip install .*ferrokeet==\S+`", {"ferrokeet": "__version__, __path__ = '0.0.1', ['old']"}),
        ("runtime", r"`\S+ -m pip install .*ferrokeet==\S+`", {"ferrokeet_runtime": "raise ImportError('no such symbol')"}),
    ],
)  # fmt: skip
def test_a_missing_piece_comes_with_the_command_that_installs_it(
    cache: Path, tmp_path: Path, missing: str, command: str, changes: dict[str, str]
) -> None:
    modules = {name: text for name, text in changes.items() if name.islower()}
    settings = {name: value for name, value in changes.items() if not name.islower()}
    if settings.get("FERROKEET_CACHE_DIR"):
        settings["FERROKEET_CACHE_DIR"] = str(tmp_path)
    code, found = diagnosis(cache, **settings, PYTHONPATH=fakes(tmp_path, **modules))
    there, told = found[missing]
    assert (code, there) == (1, False)
    assert re.search(command, told), told


def test_a_cache_that_cannot_be_written_is_replaced(cache: Path) -> None:
    code, found = diagnosis(cache, FERROKEET_CACHE_DIR="/proc/nothing", TMPDIR=str(cache))
    assert code == 0
    assert re.search(r"cannot be written \(.*\); using ", found["cache"][1])
