"""Tests and measures a prepared folder (prepare.py) on a machine with a GPU, for Python with NumPy alone.

Usage: on_device.py [--part differential|large|residency|sanitizer|measure ...] [--small]. Prints a line for each test and one that
counts them, then what measure.py measures; exits with 1 when something failed. Without a GPU it says so and exits with 0.
"""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).resolve().parent
sys.path[:0] = [str(FOLDER), str(FOLDER / "built")]

import ferrokeet  # noqa: E402 - the one that was built here
from device import Device, DeviceArray, DriverError  # noqa: E402
from programs_of import LARGE, MORE, Maker, calls, module, tolerance  # noqa: E402

Test = tuple[str, Callable[[], None]]


class Failed(Exception):
    """A test did, and why."""


def require(holds: bool, why: str) -> None:
    """Fails unless something holds."""
    if not holds:
        raise Failed(why)


def counts(of: str = "") -> dict[str, float]:
    """Launches by the way they went, bytes copied and device time: sums over the kernels of a function, or of all."""
    kernels = [kernel for kernel in ferrokeet.stats()["kernels"] if kernel["name"].startswith(f"{of}_L" if of else "")]
    names = ("fast", "careful", "gpu", "python", "to_device", "from_device", "device_ms")
    return {name: sum(kernel[name] for kernel in kernels) for name in names}


def since(before: dict[str, float], of: str = "") -> dict[str, float]:
    """What was counted since."""
    return {name: count - before[name] for name, count in counts(of).items()}


def compare(name: str, left: Any, right: Any) -> None:
    """Results of one kind and, as far as the program's reductions may be reordered, of the same bits."""
    require(type(left) is type(right), f"{type(left).__name__} instead of {type(right).__name__}")
    if isinstance(left, np.ndarray):
        require((left.dtype, left.shape) == (right.dtype, right.shape), "dtype or shape")
        limit = tolerance(name)
        # Vector math is within an ulp of CPython's, which a program without reductions passes on.
        same = np.array_equal(left, right, equal_nan=left.dtype.kind in "fc")
        near = np.allclose(left, right, rtol=limit or 1e-15, atol=limit or 1e-15, equal_nan=True)
        require(same or near, f"differs by {np.max(np.abs(left - right), initial=0)}")
    else:
        require(left == right, f"{left} instead of {right}")


def differential(name: str, function: str, make: Maker, numbers: list[int]) -> None:
    """The built program against the plain one."""
    before = counts(function)
    for number in numbers:
        expected, got = make(number), make(number)
        with np.errstate(all="ignore"):
            theirs = getattr(module("plain", name), function)(*expected)
            ours = getattr(module("built", name), function)(*got)
        compare(function, ours, theirs)
        for left, right in zip(got, expected, strict=True):
            compare(function, left, right)
    ran = since(before, function)
    require(ran["python"] == 0, f"ran as Python: {ran}")
    require(ran["gpu"] > 0, f"never ran on the device: {ran}")


def time_loop(device: Device) -> None:
    """Two kernels in a loop of Python's copy their arrays once each way, and the next such loop allocates nothing."""
    make = MORE["smooth"]
    smooth = module("built", "programs").smooth
    arguments = make(0)
    before = counts("smooth")
    smooth(*arguments)
    ran = since(before, "smooth")
    size = arguments[1].nbytes
    require(ran["gpu"] == 2 * arguments[0], f"launches: {ran}")
    require(ran["to_device"] <= 2 * size, f"{ran['to_device']} bytes to the device, where the arrays have {2 * size}")
    require(ran["from_device"] <= 2 * size, f"{ran['from_device']} bytes back, where the arrays have {2 * size}")
    free = device.free()
    smooth(*arguments)
    require(device.free() == free, f"{free - device.free()} more bytes of the device are taken")


def in_place(device: Device) -> None:
    """Arrays on the device are used there."""
    a, x, y = MORE["saxpy"](0)
    there = [device.array(x), device.array(y)]
    before = counts("saxpy")
    module("built", "programs").saxpy(a, *there)
    device.wait()
    ran = since(before, "saxpy")
    require((ran["gpu"], ran["to_device"], ran["from_device"]) == (1, 0, 0), f"{ran}")
    require(np.array_equal(there[1].get(), a * x + y), "another result")


def too_large(device: Device) -> None:
    """An array larger than what the device has left runs on the CPU."""
    free = device.free()
    held = DeviceArray(device, (free - (64 << 20),), np.dtype(np.uint8))
    a, x, y = 1.5, np.ones(16 << 20), np.ones(16 << 20)
    before = counts("saxpy")
    module("built", "programs").saxpy(a, x, y)
    ran = since(before, "saxpy")
    del held
    require(ran["gpu"] == 0 and ran["fast"] == 1, f"{ran}")
    require(bool(np.all(y == 2.5)), "another result")


def sanitizer(tool: str) -> None:
    """The differential tests under one of compute-sanitizer's tools."""
    command = [
        "compute-sanitizer",
        "--tool",
        tool,
        "--error-exitcode",
        "9",
        sys.executable,
        __file__,
        "--part",
        "differential",
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    require(done.returncode == 0, done.stdout[-2000:])


def tests(device: Device, parts: list[str]) -> Iterator[Test]:
    """The tests of the parts asked for, by their names."""
    if "differential" in parts:
        for name, function, make in calls():
            yield f"differential {name}.{function}", partial(differential, name, function, make, [0, 1, 2])
    if "large" in parts:
        for name in ("saxpy", "histogram"):
            yield f"large programs.{name}", partial(differential, "programs", name, MORE[name], [LARGE])
    if "residency" in parts:
        yield "residency time loop", partial(time_loop, device)
        yield "residency arrays in place", partial(in_place, device)
        yield "residency no memory left", partial(too_large, device)
    if "sanitizer" in parts and shutil.which("compute-sanitizer"):
        for tool in ("memcheck", "racecheck", "initcheck", "synccheck"):
            yield f"sanitizer {tool}", partial(sanitizer, tool)


def main() -> int:
    parser = argparse.ArgumentParser()
    every = ["differential", "large", "residency", "sanitizer", "measure"]
    parser.add_argument("--part", action="append", choices=every)
    parser.add_argument("--small", action="store_true", help="measure with small sizes, once, for a dry run")
    options = parser.parse_args()
    try:
        device = Device()
    except DriverError as error:
        print(f"skipped: {error}")
        return 0
    print(f"{device.name()}, {device.architecture()}", flush=True)
    passed, failed = 0, []
    parts = options.part or every
    for name, test in tests(device, parts):
        try:
            test()
        except Exception as error:  # One that fails in any way is counted, and the others still run.
            failed.append(name)
            print(f"FAILED {name}: {type(error).__name__}: {error}", flush=True)
        else:
            passed += 1
            print(f"passed {name}", flush=True)
    if "sanitizer" in parts and shutil.which("compute-sanitizer") is None:
        print("skipped: the sanitizer's tests need compute-sanitizer")
    print(f"{passed} passed, {len(failed)} failed")
    if "measure" not in parts:
        return int(bool(failed))
    # In a process of its own, whose memory nobody else holds.
    small = ["--small", "--runs", "1"] if options.small else []
    command = [sys.executable, str(FOLDER / "measure.py"), "--json", str(FOLDER / "times.json"), *small]
    return int(subprocess.run(command).returncode != 0 or bool(failed))


if __name__ == "__main__":
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    sys.exit(main())
