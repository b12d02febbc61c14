"""Measures a prepared folder (tests/gpu/prepare.py) on a machine with a GPU: kernels alone and end to end, beside its peers.

Usage: measure.py [--runs N] [--json PATH] [name ...]. Times are medians, in milliseconds; all of a row are taken in turn.

kernel: the device's own time, arrays in its memory.   call: from the call to the last kernel's end, arrays in its memory.
end to end: arrays in the host's memory, before and after.   by hand: by_hand.cu.   of copy: bytes that the program must move, by the
kernel's time, over the bandwidth of a copy on the device in the same run.
"""

import argparse
import json
import math
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).resolve().parent
sys.path[:0] = [str(FOLDER), str(FOLDER / "built")]

import ferrokeet  # noqa: E402 - the one that was built here
from device import Device, DeviceArray, DriverError, Module  # noqa: E402
from gpu_peers import Peer, installed  # noqa: E402
from pairs import FORMS  # noqa: E402
from programs_of import LARGE, calls, module  # noqa: E402

Arguments = tuple[Any, ...]

# What a program must move, in elements of float64: its arrays once each, but for those written without being read.
MOVED: dict[str, Callable[[Arguments], int]] = {
    "saxpy": lambda a: 3 * a[1].nbytes,
    "laplacian_3d": lambda a: 2 * a[0].nbytes,
    "divergence": lambda a: 4 * a[0].nbytes,
    "softmax": lambda a: 2 * a[0].nbytes,
    "black_scholes": lambda a: 4 * a[0].nbytes,
    "total": lambda a: a[0].nbytes,
    "dot": lambda a: 2 * a[0].nbytes,
    "jacobi_2d": lambda a: 4 * a[0] * a[1].nbytes,
    "heat_3d": lambda a: 4 * a[0] * a[1].nbytes,
    "histogram": lambda a: a[0].nbytes,
}

# Programs that are measured with sizes of their own, too: few centres and many.
SIZES: dict[str, list[tuple[int, ...]]] = {"kmeans": [(1_000_000, 3, 8), (1_000_000, 30, 8)]}


def cells(n: int) -> tuple[tuple[int, int, int], tuple[int, int]]:
    """A grid and a block for the inner points of a cube, planes shared out until the device is full."""
    return ((n - 2 + 31) // 32, (n - 2 + 7) // 8, min(n - 2, 16)), (32, 8)


def by_hand(module: Module) -> dict[str, Callable[..., None]]:
    """The kernels of by_hand.cu, with the arguments of the programs."""

    def laplacian_3d(a: DeviceArray, out: DeviceArray) -> None:
        module.launch("laplacian_3d", *cells(len(a)), a, out, len(a))

    def divergence(u: DeviceArray, v: DeviceArray, w: DeviceArray, out: DeviceArray) -> None:
        module.launch("divergence", *cells(len(u)), u, v, w, out, len(u))

    def softmax(x: DeviceArray, out: DeviceArray) -> None:
        module.launch("softmax", (len(x),), (256,), x, out, x.shape[1])

    def black_scholes(
        price: DeviceArray, strike: DeviceArray, years: DeviceArray, rate: float, volatility: float, call: DeviceArray
    ) -> None:
        n = len(price)
        module.launch("black_scholes", ((n + 255) // 256,), (256,), price, strike, years, rate, volatility, call, n)

    def nbody(*arguments: Any) -> None:
        n = len(arguments[0])
        module.launch("nbody", ((n + 255) // 256,), (256,), *arguments, n)

    def histogram(x: DeviceArray, counts: DeviceArray) -> None:
        module.launch("histogram", (1024,), (256,), x, counts, len(x), len(counts))

    own = (laplacian_3d, divergence, softmax, black_scholes, nbody, histogram)
    return {function.__name__: function for function in own}


def device_milliseconds(function: str) -> float:
    """What the kernels of a function took on the device, all launches together."""
    kernels = [kernel for kernel in ferrokeet.stats()["kernels"] if kernel["name"].startswith(f"{function}_L")]
    return float(sum(kernel["device_ms"] for kernel in kernels))


def wall(work: Callable[[], Any], wait: Callable[[], None]) -> float:
    """Milliseconds until all is done."""
    wait()
    start = time.perf_counter()
    work()
    wait()
    return 1e3 * (time.perf_counter() - start)


class Row:
    """The times of one program."""

    def __init__(self, device: Device, name: str, arguments: Arguments):
        self.device, self.name, self.arguments = device, name, arguments
        self.times: dict[str, list[float]] = {}

    def put(self) -> Arguments:
        """The arguments, on the device."""
        arrays = [self.device.array(value) if isinstance(value, np.ndarray) else value for value in self.arguments]
        return tuple(arrays)

    def note(self, what: str, milliseconds: float) -> None:
        self.times.setdefault(what, []).append(milliseconds)

    def ours(self, function: Callable[..., Any], there: Arguments) -> None:
        """Ferrokeet, with arrays on the device and on the host."""
        before = device_milliseconds(self.name)
        self.note("call", wall(partial(function, *there), self.device.wait))
        self.note("kernel", device_milliseconds(self.name) - before)
        here = tuple(value.copy() if isinstance(value, np.ndarray) else value for value in self.arguments)
        self.note("end to end", wall(partial(function, *here), self.device.wait))

    def median(self, what: str) -> float | None:
        """Of the times but the first, which compiles and allocates."""
        taken = self.times.get(what, [])[1:]
        return statistics.median(taken) if taken else None

    def measure(self, runs: int, hand: dict[str, Callable[..., None]], peers: list[Peer]) -> None:
        """Everybody in turn."""
        path = next(stem for stem, name, _ in calls() if name == self.name)
        function = getattr(module("built", path), self.name)
        there = self.put()
        theirs = {
            peer.name: (peer.functions[self.name], peer.arguments(self.arguments), peer.wait)
            for peer in peers
            if self.name in peer.functions
        }
        for _ in range(runs + 1):
            self.ours(function, there)
            if self.name in hand:
                self.note("by hand", 1e3 * self.device.seconds(partial(hand[self.name], *there)))
            for peer, (theirs_function, arguments, wait) in theirs.items():
                self.note(peer, wall(partial(theirs_function, *arguments), wait))


def bandwidth(device: Device) -> float:
    """Bytes per second of a copy on the device, read and written."""
    there = [device.array(np.zeros(1 << 26)) for _ in range(2)]
    there[0].copy_to(there[1])
    return 2 * there[0].bytes / device.seconds(lambda: there[0].copy_to(there[1]), 20)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--small", action="store_true", help="the sizes of the tests, for a dry run")
    parser.add_argument("--json", type=Path, help="also write all times here")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    try:
        device = Device()
    except DriverError as error:
        print(f"nothing measured: {error}")
        return 0
    cubin = FOLDER / f"by_hand.{device.architecture()}.cubin"
    forms = {FOLDER / "plain" / f"plain_{form.arrays.name}" for form in FORMS.values()}
    peers, missing = installed(sorted(path for path in forms if path.is_file()))
    try:
        hand = by_hand(device.load(cubin.read_bytes()))
    except (DriverError, OSError) as error:
        hand = {}
        missing.append(f"no kernels by hand: {error}")
    copy = bandwidth(device)
    print(f"{device.name()}; a copy on the device: {copy / 1e9:.0f} GB/s. {'; '.join(missing)}")
    columns = ["kernel", "call", "end to end", "by hand", *(peer.name for peer in peers)]
    print(f"{'milliseconds':24}" + "".join(f"{column:>12}" for column in [*columns, "of copy"]))
    times: dict[str, dict[str, list[float]]] = {}
    over = []
    programs = {name: make for _, name, make in calls()}
    names = options.names or list(programs)
    measured = [(name, name, partial(programs[name], 0 if options.small else LARGE)) for name in names]
    for name in [] if options.small else [name for name in names if name in SIZES]:
        measured += [(f"{name} {size}", name, partial(FORMS[name].arguments, size)) for size in SIZES[name]]
    for label, name, make in measured:
        row = Row(device, name, make())
        row.measure(options.runs, hand, peers)
        times[label] = row.times
        medians = [row.median(column) for column in columns]
        kernel = medians[0] or math.inf
        moved = MOVED[name](row.arguments) / (kernel / 1e3) / copy if name in MOVED else None
        shown = ["" if value is None else f"{value:.3f}" for value in medians]
        share = "" if moved is None else f"{100 * moved:.0f} %"
        print(f"{label:24}" + "".join(f"{text:>12}" for text in [*shown, share]), flush=True)
        if (cupy := row.median("CuPy")) is not None and (call := row.median("call")) is not None:
            over.append(cupy / call)
    if over:
        print(f"geometric mean over CuPy: {statistics.geometric_mean(over):.1f} ({len(over)} programs)")
    if options.json:
        options.json.write_text(json.dumps(times, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
