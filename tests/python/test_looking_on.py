"""What people look at while they work: `run --profile`, `check --watch`, colours."""

import os
import pty
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
from test_ways_in import FAULTY, FERROKEET, Place

SCRIPT = """import numpy as np

def scale(x, y):
    # pragma parallel for simd
    for i in range(len(x)):
        y[i] = 2.0 * x[i]

def chain(x):
    # pragma parallel for
    for i in range(1, len(x)):
        x[i] = x[i - 1] + 1.0

x = np.ones(1_000_000)
for _ in range(3):
    scale(x, np.empty(len(x)))
chain(x)
"""


@pytest.fixture
def place(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Place:
    return Place(tmp_path, tmp_path_factory.mktemp("cache"))


def test_profile(place: Place) -> None:
    place.write("script.py", SCRIPT)
    place.environment["FERROKEET_NUM_THREADS"] = "2"
    told = place.ferrokeet("run", "--profile", "script.py").stderr
    header, *rows = told.splitlines()
    assert header.split() == ["kernel", "at", "calls", "time", "share", "a", "call", "ran", "threads", "GB/s"]
    unit = r"[\d.]+ (?:s|ms|µs)"
    measured = rf"(\d+) +{unit} +\d+ % +{unit} +(\w+) +(\d) +([\d.]+)"
    rows_by_name = {row.split()[0]: re.search(measured, row) for row in rows}
    scale, chain = rows_by_name["scale_L5"], rows_by_name["chain_L10"]
    assert scale
    assert scale.group(1, 2, 3) == ("3", "fast", "2")
    assert chain
    assert chain.group(1, 2) == ("1", "careful")
    assert float(scale[4]) > 0.1  # 16 MB, in less than 160 ms
    assert any("script.py:10: the loop runs sequentially (refuted)" in row for row in rows)
    assert re.fullmatch(rf"{unit} in all, {unit} \(\d+ %\) of it in kernels; {unit} to compile or find them", rows[-2])
    assert rows[-1].startswith("(GB/s: ")


def test_nothing_is_timed_or_told_unless_asked(place: Place) -> None:
    place.write("script.py", SCRIPT + "import ferrokeet._profile as p\nprint(p.profile()[0]['launches'])\n")
    done = place.ferrokeet("run", "script.py")
    assert done.stdout == "0\n"
    assert "in kernels" not in done.stderr


def test_watch_checks_again_after_a_change(place: Place) -> None:
    path = place.write("program.py", FAULTY)
    log = place.folder / "log.txt"
    with log.open("w") as out:
        watching = subprocess.Popen(
            [FERROKEET, "check", "--watch", "--output-format", "concise", "program.py"],
            cwd=place.folder,
            env=place.environment,
            stdout=out,
            stderr=subprocess.DEVNULL,
            # A shell's jobs in the background, and what they start, ignore it.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    def wait_for(number: int, code: str) -> None:
        end = time.monotonic() + 60
        while log.read_text().count(code) < number:
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.05)

    try:
        wait_for(1, "FK001")
        path.write_text(FAULTY.replace("paralel", "parallel"))
        wait_for(2, "FK201")
        assert log.read_text().count("FK001") == 1
        (place.folder / "ferrokeet.toml").write_text('[severity]\nFK201 = "error"\n')
        wait_for(1, "error[FK201]")
    finally:
        watching.send_signal(signal.SIGINT)
        assert watching.wait(20) == -signal.SIGINT


@pytest.mark.parametrize("value, coloured", [(None, True), ("", True), ("1", False)])
def test_colours_on_a_terminal(place: Place, value: str | None, coloured: bool) -> None:
    place.write("program.py", FAULTY)
    terminal, child = pty.openpty()
    environment = {**place.environment, **({} if value is None else {"NO_COLOR": value})}
    command = [str(FERROKEET), "check", "program.py"]
    with subprocess.Popen(command, cwd=place.folder, env=environment, stdout=child, stderr=child) as process:
        os.close(child)
        told = b""
        try:
            while part := os.read(terminal, 65536):
                told += part
        except OSError:  # the other end is closed
            pass
        assert process.wait(20) == 1
    os.close(terminal)
    assert (b"\x1b[" in told) == coloured
    assert b"FK001" in told


def on_terminal(place: Place, *arguments: str) -> str:
    """Everything that a command writes on a terminal."""
    terminal, child = pty.openpty()
    process = subprocess.Popen(
        [FERROKEET, *arguments],
        cwd=place.folder,
        env={**place.environment, "TERM": "xterm"},
        stdout=child,
        stderr=child,
    )
    os.close(child)
    text = b""
    try:
        while part := os.read(terminal, 4096):
            text += part
    except OSError:  # the other side has closed
        pass
    os.close(terminal)
    assert process.wait(120) == 0
    return text.decode()


SLOW = """#!/bin/sh
sleep 1.3
exec {rustc} "$@"
"""


def test_what_takes_long_is_told_on_a_terminal_only(place: Place, tmp_path: Path) -> None:
    """With a compiler that is slow: the first call of a kernel, and `build`."""
    place.write("slow.sh", SLOW.format(rustc=shutil.which("rustc"))).chmod(0o755)
    place.environment |= {"FERROKEET_RUSTC": str(tmp_path / "slow.sh"), "FERROKEET_CACHE_DIR": str(tmp_path / "cache")}
    place.environment["FERROKEET_OPT_LEVEL"] = "0"
    place.write(
        "one.py", 'def f(x: "f64[:]"):\n    # pragma parallel for\n    for i in range(len(x)):\n        x[i] += 1.0\n'
    )
    place.write("call.py", "import numpy as np, one\none.f(np.ones(9))\nprint('done')\n")
    run = on_terminal(place, "run", "call.py")
    line = "compiling f_L3 (one.py:3)"
    assert line in run
    # It is gone when the program goes on.
    assert run.index(line) < run.index("\r\x1b[K", run.index(line)) < run.index("done")
    assert not re.search(r"\x1b\[\d*m", run), "it has no colours to turn off"
    shutil.rmtree(tmp_path / "cache")
    build = on_terminal(place, "build", "one.py", "-o", "out", "--target-cpu", "v2,v3")
    assert re.search(r"░ compiled 0 of 2 libraries, [01] s", build)
    assert build.rstrip().endswith("\x1b[K"), "nothing is left of it"
    quiet = place.ferrokeet("build", "one.py", "-o", "again", "--target-cpu", "v2")
    assert quiet.stderr == ""
