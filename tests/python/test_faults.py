"""Whatever breaks around a program: its answer is right, and one clear warning says where it ran as Python."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

FERROKEET = Path(sys.executable).with_name("ferrokeet")
SCRIPT = """
import numpy as np

def total(x):
    s = 0.0
    # pragma parallel for
    for i in range(len(x)):
        s += x[i]
    return s

print(total(np.arange(10.0)))
"""


class Place:
    """A folder with a script, a cache of its own and a copy of the environment to change."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.script = folder / "script.py"
        self.script.write_text(SCRIPT)
        self.cache = folder / "cache"
        self.environment = {**os.environ, "FERROKEET_CACHE_DIR": str(self.cache)}

    def command(self) -> list[str]:
        """The command line that runs the script and writes statistics."""
        return [str(FERROKEET), "run", "--stats", str(self.folder / "stats.json"), str(self.script)]

    def run(self) -> subprocess.CompletedProcess[str]:
        """Runs the script; its answer must be right whatever happens."""
        done = subprocess.run(self.command(), env=self.environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        assert done.stdout == "45.0\n"
        return done

    def ran(self) -> str:
        """The one way in which the kernel ran."""
        (kernel,) = json.loads((self.folder / "stats.json").read_text())["kernels"]
        (way,) = [way for way in ("fast", "careful", "python") if kernel[way]]
        return way

    def ran_as_python(self, *words: str) -> None:
        """Runs the script and asserts that it ran as Python, with one warning that contains the words."""
        done = self.run()
        assert self.ran() == "python"
        assert done.stderr.count("FerrokeetWarning") == 1, done.stderr
        for word in words:
            assert word in done.stderr


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    yield made
    subprocess.run(["chmod", "-R", "u+w", str(tmp_path)], check=True)


def compiler(place: Place, body: str) -> None:
    """Puts a fake rustc in the way."""
    fake = place.folder / "rustc"
    fake.write_text(f"#!/bin/sh\n{body}\n")
    fake.chmod(0o755)
    place.environment["FERROKEET_RUSTC"] = str(fake)


def test_works_and_second_process_compiles_nothing(place: Place) -> None:
    place.run()
    assert place.ran() == "fast"
    compiler(place, "exit 1")
    del place.environment["FERROKEET_RUSTC"]
    place.run()
    (kernel,) = json.loads((place.folder / "stats.json").read_text())["kernels"]
    assert kernel["cached"]


def test_no_rustc(place: Place) -> None:
    place.environment["FERROKEET_RUSTC"] = "/nonexistent/rustc"
    place.ran_as_python("rustc")


def test_rustc_fails(place: Place) -> None:
    compiler(place, "echo 'something is wrong' >&2; exit 101")
    place.ran_as_python("rustc")


def test_rustc_writes_garbage(place: Place) -> None:
    compiler(
        place,
        'case "$*" in *-vV*|*--version*) exec rustc "$@";; esac\nfor a in "$@"; do case $a in *.so) echo garbage > $a;; esac; done',
    )
    place.run()


def test_no_linker(place: Place) -> None:
    real = subprocess.run(["which", "rustc"], capture_output=True, text=True, check=True).stdout.strip()
    compiler(place, f'PATH=/nonexistent exec {real} "$@" -C linker=/nonexistent/cc')
    place.ran_as_python("linker")


def test_read_only_cache(place: Place) -> None:
    place.cache.mkdir()
    place.cache.chmod(0o555)
    if os.access(place.cache, os.W_OK):  # root may write everywhere: a file in the way is as good
        place.cache.rmdir()
        place.cache.write_text("not a folder")
    place.run()
    assert place.ran() in ("fast", "python")


@pytest.mark.parametrize("content", [b"", b"garbage", b"\x7fELF garbage"])
def test_corrupted_cache(place: Place, content: bytes) -> None:
    place.run()
    libraries = [path for path in place.cache.rglob("*") if path.suffix in (".so", ".rlib")]
    assert libraries
    for library in libraries:
        library.chmod(0o644)
        library.write_bytes(content)
    place.run()
    place.run()
    assert place.ran() == "fast"


def test_two_processes_build_the_same_kernel(place: Place) -> None:
    running = [
        subprocess.Popen(
            [str(FERROKEET), "run", str(place.script)], env=place.environment, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    for process in running:
        assert process.communicate(timeout=120)[0] == "45.0\n"
        assert process.returncode == 0
    place.run()
    assert place.ran() == "fast"


@pytest.mark.parametrize("delay", [0.05, 0.15, 0.3, 0.5])
def test_killed_half_way(place: Place, delay: float) -> None:
    process = subprocess.Popen(
        place.command(), env=place.environment, stdout=subprocess.DEVNULL, start_new_session=True
    )
    time.sleep(delay)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    place.run()
    assert place.ran() == "fast"


def test_disabled(place: Place) -> None:
    place.environment["FERROKEET_DISABLE"] = "1"
    done = place.run()
    assert done.stderr == ""


def test_strict_makes_it_an_error(place: Place) -> None:
    place.environment["FERROKEET_RUSTC"] = "/nonexistent/rustc"
    command = [str(FERROKEET), "run", "--strict", str(place.script)]
    done = subprocess.run(command, env=place.environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert "FerrokeetError" in done.stderr


def test_script_that_raises_shows_its_own_lines(place: Place) -> None:
    place.script.write_text(SCRIPT.replace("np.arange(10.0)", "np.zeros((2, 2)).tolist() and 1 / 0"))
    done = subprocess.run(place.command(), env=place.environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert 'script.py", line 11, in <module>' in done.stderr
    assert "ZeroDivisionError: division by zero" in done.stderr


def test_exception_inside_a_kernel_names_the_line(place: Place) -> None:
    place.script.write_text(SCRIPT.replace("s += x[i]", "s += x[i + 1]"))
    done = subprocess.run(place.command(), env=place.environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert 'script.py", line 8, in total' in done.stderr
    assert "IndexError: index 10 is out of bounds for axis 0 with size 10" in done.stderr


def test_control_c_stops_a_kernel(place: Place) -> None:
    place.script.write_text(
        SCRIPT.replace("s += x[i]", "for j in range(10**15):\n            s += x[i] * j % 3.0").replace(
            "print", "print('ready', flush=True), print"
        )
    )
    # A shell that starts the tests in the background has them ignore Ctrl-C.
    process = subprocess.Popen(
        place.command(),
        env=place.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "ready\n"
        time.sleep(3)
        process.send_signal(signal.SIGINT)
        begin = time.perf_counter()
        _, errors = process.communicate(timeout=30)
    finally:
        process.kill()
    assert "KeyboardInterrupt" in errors
    assert time.perf_counter() - begin < 5
    assert process.returncode != 0
