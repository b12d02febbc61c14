"""Arrays that stay on a device from kernel to kernel, under emulation: what is copied, as `stats` counts it, and that the answer is
CPython's whatever happens in between."""

import ctypes
import functools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ferrokeet
import numpy as np
import pytest
from ferrokeet._profile import profile, table
from harness import Arguments, Pair

COMPILER = os.environ.get("CXX", "c++")
pytestmark = pytest.mark.skipif(shutil.which(COMPILER) is None, reason=f"no C++ compiler: there is no `{COMPILER}`")

SOURCE = """
import math

def steps(a, b, n):
    for t in range(n):
        # pragma parallel for target(cuda)
        for i in range(1, len(a) - 1):
            b[i] = 0.5 * (a[i - 1] + a[i + 1])
        # pragma parallel for target(cuda)
        for i in range(1, len(a) - 1):
            a[i] = b[i]

def swap(u, v, dt, tolerance):
    change = 1.0
    t = 0
    while t < 40 and change > tolerance:
        # pragma parallel for target(cuda)
        for i in range(1, len(u) - 1):
            v[i] = u[i] + dt * (u[i - 1] + u[i + 1] - 2.0 * u[i])
        u, v = v, u
        change = 0
        # pragma parallel for target(cuda)
        for i in range(len(u)):
            change += abs(u[i]) > 0.5
        t += 1
        if t % 20 == 0 and len(v) == u.shape[0] <= u.size:
            print("step", t, f"{math.sqrt(dt):.3f}")
    return u, v, t, change

def scatter(index, x, out, n):
    for t in range(n):
        # pragma parallel for target(cuda)
        for i in range(len(index)):
            index[i] = index[i] + 1
        # pragma parallel for target(cuda)
        for i in range(len(index)):
            out[index[i]] = x[i] + t

def divide(a, b, n):
    for t in range(n):
        # pragma parallel for target(cuda)
        for i in range(len(a)):
            a[i] = a[i] - 1
        # pragma parallel for target(cuda)
        for i in range(len(a)):
            b[i] = 12 // (int(a[i]) + i)

def mixed(a, b, c, n):
    for t in range(n):
        # pragma parallel for target(cuda)
        for i in range(len(a)):
            b[i] = a[i] + 1.0
        # pragma parallel for
        for i in range(len(a)):
            c[i] = b[i] * 0.5
            a[i] = c[i] + t
        if t == 3:
            assert n != 5, t
    return t

def count(a, b, n):
    for t in range(n):
        # pragma parallel for target(cuda)
        for i in range(len(a)):
            a[i] += 1.0
        # pragma parallel for target(cuda)
        for i in range(len(b)):
            b[i] += 1.0

def told(a, b, log, n):
    # pragma data resident(a) copyin(b)
    for t in range(n):
        # pragma parallel for target(cuda)
        for i in range(len(a)):
            a[i] = a[i] + b[i]
        log.append(float(b[0]))

def filled(a, b, log):
    # pragma data copyout(b)
    if len(log) == 0:
        log.append(1)
        # pragma parallel for target(cuda)
        for i in range(len(b)):
            b[i] = a[i] * 2.0

def wherever(a, b, n):
    # pragma parallel for target(auto)
    for i in range(n):
        b[i] = a[i] * 3.0

def again(a, b, n):
    for t in range(n):
        # pragma parallel for target(auto)
        for i in range(len(a)):
            b[i] = b[i] + a[i]
"""


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Counting"]:
    """The program, whose kernels are made once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FERROKEET_CUDA", "emulate")
        patch.setenv("FERROKEET_OPT_LEVEL", "0")
        folder = tmp_path_factory.mktemp("program")
        patch.setenv("FERROKEET_CACHE_DIR", str(folder / "cache"))
        yield Counting(folder, SOURCE)


class Counting(Pair):
    """A pair that tells what was copied."""

    def copied(self, function: str, run: Callable[[], Any]) -> tuple[int, int]:
        """Bytes to the device, and back from it, for the kernels of a function."""
        before = self.bytes(function)
        run()
        after = self.bytes(function)
        return after[0] - before[0], after[1] - before[1]

    def bytes(self, function: str) -> tuple[int, int]:
        own = [kernel for kernel in ferrokeet.stats()["kernels"] if kernel["filename"] == str(self.path)]
        own = [kernel for kernel in own if kernel["name"].startswith(f"{function}_L")]
        return sum(kernel["to_device"] for kernel in own), sum(kernel["from_device"] for kernel in own)

    def check(self, function: str, arguments: Arguments, ran: str | None = "gpu") -> tuple[int, int]:
        """As `call`, and tells what was copied."""
        return self.copied(function, lambda: self.call(function, arguments, ran=ran))


def grid(*shape: int) -> Any:
    return np.random.default_rng(sum(shape)).standard_normal(shape)


def test_a_time_loop_copies_once_in_and_once_out(program: Counting) -> None:
    size = 8 * 1000
    assert program.check("steps", lambda: (grid(1000), np.zeros(1000), 50)) == (2 * size, 2 * size)
    assert program.check("steps", lambda: (grid(1000), np.zeros(1000), 1)) == (2 * size, 2 * size)
    assert program.check("steps", lambda: (grid(1000), np.zeros(1000), 0), ran=None) == (0, 0)


@pytest.mark.parametrize("length", [0, 1, 2, 3, 33])
def test_sizes_and_layouts(program: Counting, length: int) -> None:
    for layout in (slice(None), slice(None, None, -1), slice(1, None, 3)):
        count = len(range(3 * length + 1)[layout])

        def arguments(layout: slice = layout) -> Any:
            return grid(3 * length + 1)[layout], np.ones(3 * length + 1)[layout], 7

        copied = program.check("steps", arguments, ran=None)
        assert copied in ((0, 0), (2 * 8 * count, 2 * 8 * count))


def test_arrays_that_share_memory(program: Counting) -> None:
    def shifted() -> Any:
        whole = grid(400)
        return whole[1:], whole[:-1], 5

    program.call("steps", shifted, ran=None)

    def halves() -> Any:
        whole = grid(400)
        return whole[::2], whole[1::2], 5

    assert program.check("steps", halves) == (2 * 8 * 200, 2 * 8 * 200)

    def same() -> Any:
        whole = grid(400)
        return whole, whole, 5

    program.call("count", same, ran="gpu")

    def parts() -> Any:
        whole = grid(400)
        return whole[:300], whole[100:], 5

    program.call("count", parts, ran="gpu")
    program.call("count", lambda: (np.ones((20, 3))[:, 1], grid(7), 5), ran="gpu")


def test_numbers_and_names_in_between(program: Counting, capsys: pytest.CaptureFixture[str]) -> None:
    size = 8 * 300
    assert program.check("swap", lambda: (grid(300), np.zeros(300), 0.1, 0)) == (2 * size, 2 * size)
    lines = capsys.readouterr().out.splitlines()
    assert lines == ["step 20 0.316", "step 40 0.316"] * 2


def test_an_exception_in_the_middle(program: Counting) -> None:
    """The guard of the second kernel reads what the first has just written; at last it fails."""
    program.call("scatter", lambda: (np.arange(50), grid(50), np.zeros(60), 5), ran="gpu")
    program.call("scatter", lambda: (np.arange(50), grid(50), np.zeros(60), 25), ran=None)
    # A kernel that fails after others have written what it writes.
    program.call("divide", lambda: (np.full(20, 7.0), np.zeros(20), 5), ran="gpu")
    program.call("divide", lambda: (np.full(20, 7.0), np.zeros(20), 9), ran=None)


def test_kernels_of_the_processor_in_between(program: Counting) -> None:
    program.call("mixed", lambda: (grid(100), np.zeros(100), np.zeros(100), 4), ran=None)
    assert program.launches()["fast"] > 0
    program.call("mixed", lambda: (grid(100), np.zeros(100), np.zeros(100), 5), ran=None)
    # A list is none of its arrays: Python runs one of the loops.
    program.call("mixed", lambda: (grid(100), np.zeros(100), [0.0] * 100, 4), ran=None)


def test_nothing_stays_where_others_may_look(program: Counting) -> None:
    size = 8 * 100

    def arguments() -> Any:
        return np.zeros(100), np.zeros(100), 10

    assert program.check("count", arguments) == (2 * size, 2 * size)
    ended = threading.Event()
    thread = threading.Thread(target=ended.wait)
    thread.start()
    assert program.check("count", arguments) == (20 * size, 20 * size)
    ended.set()
    thread.join()
    before = signal.signal(signal.SIGUSR1, lambda *_: None)
    assert program.check("count", arguments) == (20 * size, 20 * size)
    signal.signal(signal.SIGUSR1, before)
    assert program.check("count", arguments) == (2 * size, 2 * size)


def test_what_is_no_number_ends_it(program: Counting) -> None:
    class Steps:
        def __index__(self) -> int:
            return 10

    size = 8 * 100
    assert program.check("count", lambda: (np.zeros(100), np.zeros(100), Steps())) == (20 * size, 20 * size)


def test_interrupted(program: Counting) -> None:
    a, b = np.zeros(50), np.zeros(50)
    program.native.count(a, b, 1)
    killer = subprocess.Popen(["sh", "-c", f"sleep 0.3; kill -INT {os.getpid()}"])
    with pytest.raises(KeyboardInterrupt):
        program.native.count(a, b, 10**9)
    killer.wait()
    assert a.min() == a.max() > 2
    assert b.min() == b.max()
    assert a[0] - b[0] in (0, 1)


def test_a_small_device(tmp_path: Path, program: Counting) -> None:
    """In processes of their own, which read once how much they may use."""
    script = tmp_path / "small.py"
    script.write_text(
        SOURCE + "\nimport numpy as np\na, b, c = np.arange(4000.0), np.ones(4000), np.ones(4000)\n"
        "steps(a, b, 10)\nfor k in range(3):\n    count(a, c, 2)\n    count(c, b, 2)\nprint(a.sum(), b.sum(), c.sum())\n"
    )
    plain = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    # 32,000 bytes an array: no array, one, two, all.
    for limit, on_device in ((20_000, "none"), (50_000, "some"), (75_000, "all"), (10**6, "all")):
        stats = tmp_path / f"{limit}.json"
        environment = {**os.environ, "FERROKEET_DEVICE_MEMORY": str(limit)}
        command = [os.environ.get("FERROKEET_BIN", "ferrokeet"), "run", "--stats", str(stats), str(script)]
        done = subprocess.run(command, capture_output=True, text=True, env=environment)
        assert (done.returncode, done.stdout) == (0, plain.stdout), done.stderr
        kernels = json.loads(stats.read_text())["kernels"]
        ways = {way: sum(kernel[way] for kernel in kernels) for way in ("gpu", "fast", "careful", "python")}
        assert ways["careful"] == ways["python"] == 0
        assert (ways["gpu"] > 0) == (on_device != "none"), ways
        assert (ways["fast"] == 0) == (on_device == "all"), ways


def test_data(program: Counting) -> None:
    size = 8 * 100
    assert program.check("told", lambda: (np.zeros(100), grid(100), [], 10)) == (2 * size, size)
    # A part of what is named, an object that is no array, an array that shares memory.
    program.call("told", lambda: (np.zeros((100, 2))[:, 0], grid(100), [], 10), ran="gpu")
    program.call("told", lambda: ([0.0] * 9, grid(9), [], 10), ran=None)
    program.call("told", lambda: (deque([0.0] * 9), grid(9), [], 10), ran="python")

    def same() -> Any:
        whole = grid(100)
        return whole, whole, [], 0

    program.call("told", same, ran=None)
    assert program.check("filled", lambda: (grid(100), np.full(100, 5.0), [])) == (size, size)
    assert program.check("filled", lambda: (grid(100), np.full(100, 5.0), [1]), ran=None) == (0, 0)


def test_profile_and_stats(program: Counting) -> None:
    told = table(profile(), 1.0)
    assert re.search(
        r"pair_\d+\.py:\d+: [\d.]+ \S+ on the GPU; [\d.]+ k?B copied there, [\d.]+ k?B copied back", told
    ), told
    kernels = [kernel for kernel in ferrokeet.stats()["kernels"] if kernel["filename"] == str(program.path)]
    assert any(kernel["device_ms"] > 0 for kernel in kernels)
    assert all({"to_device", "from_device", "device_ms"} <= kernel.keys() for kernel in kernels)


class Foreign:
    """An array of another library in a device's memory: the emulated device's is the host's, but only kernels may look."""

    def __init__(self, elements: Any, stream: int | None = 7):
        self.elements = elements
        self.stream = stream
        self.looks = 0

    def __len__(self) -> int:
        return len(self.elements)

    def __getitem__(self, index: Any) -> Any:
        self.looks += 1
        return self.elements[index]

    def __setitem__(self, index: Any, value: Any) -> None:
        self.looks += 1
        self.elements[index] = value


class Interface(Foreign):
    """As CuPy has it."""

    @property
    def __cuda_array_interface__(self) -> dict[str, Any]:
        host = self.elements.__array_interface__
        return {
            **{key: host[key] for key in ("shape", "typestr", "data", "strides")},
            "version": 3,
            "stream": self.stream,
        }


class Capsule(Foreign):
    """As JAX has it: DLPack."""

    def __dlpack_device__(self) -> tuple[int, int]:
        return (2, 0)

    def __dlpack__(self, stream: int | None = None) -> Any:
        assert stream == 1
        # NumPy's capsule says that its memory is the processor's: the device is the only difference.
        capsule = self.elements.__dlpack__()
        get = ctypes.pythonapi.PyCapsule_GetPointer
        get.restype, get.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
        ctypes.c_int32.from_address(get(capsule, b"dltensor") + 8).value = 2
        return capsule


@pytest.mark.parametrize("kind", [Interface, Capsule])
def test_arrays_of_the_device_are_used_in_place(program: Counting, kind: type[Foreign]) -> None:
    for layout in (slice(None), slice(None, None, 2), slice(None, None, -1)):
        expected, actual = np.arange(100.0)[layout], np.arange(100.0)[layout]
        other, host = np.zeros(len(actual)), np.zeros(len(actual))
        device = kind(actual)
        program.plain["count"](expected, other, 3)
        size = host.nbytes
        copied = program.copied("count", functools.partial(program.native.count, device, host, 3))
        assert copied == (size, size)
        assert device.looks == 0
        np.testing.assert_array_equal(actual, expected)
        np.testing.assert_array_equal(host, other)


def test_arrays_of_the_device_that_cannot_be_used_there(program: Counting) -> None:
    # A loop for the processor, a guard that would have to read an array, a subscript out of bounds.
    for function, arguments in (
        ("mixed", lambda kind: (kind(np.arange(9.0)), np.zeros(9), np.zeros(9), 2)),
        ("scatter", lambda kind: (kind(np.arange(9)), np.arange(9.0), np.zeros(20), 2)),
        ("scatter", lambda kind: (np.arange(9), np.arange(9.0), kind(np.zeros(10)), 2)),
    ):
        plain, native = arguments(lambda one: one), arguments(Interface)
        outcomes = []
        for loaded, given in ((program.plain[function], plain), (getattr(program.native, function), native)):
            try:
                outcomes.append(loaded(*given))
            except IndexError as error:
                outcomes.append(str(error))
        assert outcomes[0] == outcomes[1]
        for left, right in zip(plain, native, strict=True):
            np.testing.assert_array_equal(left, right.elements if isinstance(right, Foreign) else right)
        assert sum(one.looks for one in native if isinstance(one, Foreign)) > 0
    assert program.launches()["python"] > 0


FIGURES = {"processor_bandwidth": 10.0, "device_bandwidth": 100.0, "to_device": 1.0, "from_device": 1.0}


@pytest.mark.parametrize("speed, latency", [(1000.0, 10.0), (0.001, 10.0), (1000.0, 1e9)])
def test_whichever_is_faster(tmp_path: Path, speed: float, latency: float) -> None:
    """As a file says of the device: a fast one is used where copying pays, or has paid in the end; a slow or lazy one is not."""
    script = tmp_path / "auto.py"
    script.write_text(
        SOURCE + "\nimport numpy as np\na, b = np.arange(1000.0), np.zeros(1000)\nwherever(a, b, 1000)\n"
        "again(a, b, 1)\nagain(a, b, 200)\nprint(a.sum(), b.sum())\n"
    )
    figures = {**FIGURES, "latency": latency, "speed": speed, "full": 1.0}
    devices = tmp_path / "devices.json"
    devices.write_text(json.dumps({"emulated": figures, "emulation": figures}))
    environment = {**os.environ, "FERROKEET_DEVICES": str(devices), "FERROKEET_NUM_THREADS": "1"}
    command = [os.environ.get("FERROKEET_BIN", "ferrokeet"), "run", "--stats", str(tmp_path / "s.json"), str(script)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    plain = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert done.stdout == plain.stdout
    kernels = json.loads((tmp_path / "s.json").read_text())["kernels"]
    ran = {kernel["name"].rsplit("_", 1)[0]: (kernel["fast"], kernel["gpu"]) for kernel in kernels}
    # Copying 16,000 bytes there and 8,000 back takes 24 µs: one launch never saves that.
    assert ran["wherever"] == (1, 0)
    if speed < 1 or latency > 1e6:
        assert ran["again"] == (201, 0)
    else:
        fast, gpu = ran["again"]
        assert 1 < fast < 50
        assert gpu == 201 - fast
        assert {kernel["to_device"] for kernel in kernels} == {0, 16000}
    shown = subprocess.run(
        [command[0], "show", f"{script}:87", "--emit", "plan"],
        capture_output=True,
        text=True,
        env=environment,
        check=True,
    )
    assert "1.000 GB/s to it" in shown.stdout
    assert "never where they are copied for one launch" in shown.stdout


def test_figures_are_measured_once_and_kept(tmp_path: Path, program: Counting) -> None:
    cache = Path(os.environ["FERROKEET_CACHE_DIR"])
    program.native.wherever(np.zeros(10), np.zeros(10), 10)
    known = json.loads((cache / "devices.json").read_text())
    assert len(known) == 1
    assert all(value > 0 for figures in known.values() for value in figures.values())
