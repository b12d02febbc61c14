"""Measures a prepared folder (tests/gpu/prepare.py) on a machine with a GPU: kernels alone and end to end, beside its peers.

Usage: measure.py [--runs N] [--json PATH] [name ...]. Times are medians, in milliseconds; all of a row are taken in turn.

kernel: the device's own time, arrays in its memory.   call: from the call to the last kernel's end, arrays in its memory.
end to end: arrays in the host's memory, before and after.   by hand: by_hand.cu.   of copy: bytes that the program must move, by the
kernel's time, over the bandwidth of a copy on the device in the same run. At the end stands what is judged, and who fails or computes
something else than the others; then it exits with 1.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
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

# Those of them that do little else: what they reach of a copy's bandwidth is judged.
BOUND_BY_MEMORY = {"saxpy", "laplacian_3d", "divergence", "softmax", "total", "dot", "jacobi_2d", "heat_3d"}

# Sizes in which programs are measured, too: more than a cache holds; few centres and many.
SIZES: dict[str, list[tuple[int, ...]]] = {
    "kmeans": [(1_000_000, 3, 8), (1_000_000, 30, 8)],
    "laplacian_3d": [(400,)],
    "divergence": [(320,)],
    "softmax": [(16_384, 4096)],
    "total": [(1 << 26,)],
    "dot": [(1 << 26,)],
    "jacobi_2d": [(10, 8192)],
    "heat_3d": [(5, 320)],
    "black_scholes": [(1 << 25,)],
}

# What is aimed at: of a copy's bandwidth, over CuPy, of the time by hand.
GOALS = {"share": 0.85, "over CuPy": 30.0, "by hand": 1.15}


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
        module.launch("histogram", (max(1, min(len(x) // 256, 1024)),), (256,), x, counts, len(x), len(counts))

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
    """The times of one program, and who gave other results."""

    def __init__(self, device: Device, label: str, name: str, arguments: Arguments):
        self.device, self.label, self.name, self.arguments = device, label, name, arguments
        self.times: dict[str, list[float]] = {}
        self.troubles: list[str] = []
        self.function: Callable[..., Any] | None = None
        self.results: dict[int, np.ndarray] = {}
        self.choose()

    def put(self) -> Arguments:
        """The arguments, on the device."""
        arrays = [self.device.array(value) if isinstance(value, np.ndarray) else value for value in self.arguments]
        return tuple(arrays)

    def choose(self) -> None:
        """The first form of the program that takes arrays on the device, and what it writes.

        A form that reads elements between its loops does not.
        """
        forms = [getattr(module("built", stem), name) for stem, name, _ in calls() if name == self.name]
        why = ""
        for function in forms:
            there = self.put()
            try:
                function(*there)
            except TypeError as error:
                why = str(error)
                continue
            self.function = function
            for number, (before, after) in enumerate(zip(self.arguments, there, strict=True)):
                if isinstance(after, DeviceArray) and not np.array_equal(before, got := after.get()):
                    self.results[number] = got
            return
        self.troubles.append(f"{self.label}: no form takes arrays on the device ({why})")

    def note(self, what: str, milliseconds: float) -> None:
        self.times.setdefault(what, []).append(milliseconds)

    def median(self, what: str) -> float | None:
        """Of the times but the first, which compiles and allocates."""
        taken = self.times.get(what, [])[1:]
        return statistics.median(taken) if taken else None

    def ours(self, there: Arguments) -> None:
        """Ferrokeet, with arrays on the device and on the host."""
        assert self.function is not None
        before = device_milliseconds(self.name)
        self.note("call", wall(partial(self.function, *there), self.device.wait))
        self.note("kernel", device_milliseconds(self.name) - before)
        here = tuple(value.copy() if isinstance(value, np.ndarray) else value for value in self.arguments)
        self.note("end to end", wall(partial(self.function, *here), self.device.wait))

    def agree(self, who: str, theirs: list[np.ndarray]) -> None:
        """Notes when nearly all elements of somebody else's results are not ours."""
        for got, own in zip(theirs, self.results.values(), strict=True):
            near = np.isclose(got, own, rtol=1e-6, atol=1e-9, equal_nan=True)
            # Products that are fused into additions change single elements where a comparison decides.
            if got.shape != own.shape or near.mean() < 0.99:
                self.troubles.append(f"{self.label}: {who} computes something else")

    def checked(self, who: str, results: Callable[[], list[np.ndarray]]) -> bool:
        """Whether somebody runs the program, and notes what is wrong with it."""
        try:
            self.agree(who, results())
        except Exception as error:  # A peer that fails is left out, whatever it raises.
            self.troubles.append(f"{self.label}: {who} fails: {type(error).__name__}: {error}")
            return False
        return True

    def by_hand(self, function: Callable[..., None]) -> list[np.ndarray]:
        there = self.put()
        function(*there)
        return [there[number].get() for number in self.results]

    def measure(self, runs: int, hand: dict[str, Callable[..., None]], peers: list[Peer]) -> None:
        """Everybody in turn."""
        if self.function is None:
            return
        own = hand.get(self.name)
        if own and not self.checked("by hand", partial(self.by_hand, own)):
            own = None
        written = list(self.results)
        theirs = [
            (peer, peer.arguments(self.arguments))
            for peer in peers
            if self.name in peer.functions
            and self.checked(peer.name, partial(peer.results, self.name, self.arguments, written))
        ]
        there = self.put()
        for _ in range(runs + 1):
            self.ours(there)
            if own:
                self.note("by hand", 1e3 * self.device.seconds(partial(own, *there)))
            for peer, arguments in theirs:
                self.note(peer.name, wall(partial(peer.functions[self.name], *arguments), peer.wait))

    def share(self, copy: float) -> float | None:
        """What the kernel reaches of a copy's bandwidth."""
        kernel = self.median("kernel")
        return MOVED[self.name](self.arguments) / (kernel / 1e3) / copy if self.name in MOVED and kernel else None

    def ratio(self, other: str, own: str) -> float | None:
        """Somebody's time over ours."""
        theirs, ours = self.median(other), self.median(own)
        return theirs / ours if theirs and ours else None


class Summary:
    """What is judged, over all rows."""

    def __init__(self) -> None:
        self.shares: list[tuple[float, str]] = []
        self.hand: list[tuple[float, str]] = []
        self.cupy: list[float] = []
        self.troubles: list[str] = []

    def add(self, row: Row, share: float | None) -> None:
        """Takes up a row."""
        self.troubles += row.troubles
        if share and row.name in BOUND_BY_MEMORY:
            self.shares.append((share, row.label))
        if times := row.ratio("by hand", "kernel"):
            self.hand.append((1.0 / times, row.label))
        if over := row.ratio("CuPy", "call"):
            self.cupy.append(over)

    def lines(self) -> Iterator[str]:
        """The report's last lines."""
        if self.shares:
            least, where = min(self.shares)
            yield f"least share of a copy's bandwidth, bound by memory: {100 * least:.0f} % ({where}); goal {100 * GOALS['share']:.0f} %"
        if self.hand:
            most, where = max(self.hand)
            yield f"most of the time by hand: {most:.2f} ({where}); goal {GOALS['by hand']}"
        if self.cupy:
            mean = statistics.geometric_mean(self.cupy)
            yield f"geometric mean over CuPy: {mean:.1f} ({len(self.cupy)} programs); goal {GOALS['over CuPy']:.0f}"
        yield from self.troubles


def bandwidth(device: Device, elements: int) -> float:
    """Bytes per second of a copy on the device, read and written."""
    there = [device.array(np.zeros(elements)) for _ in range(2)]
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
    copy = bandwidth(device, 1 << 16 if options.small else 1 << 26)
    print(f"{device.name()}; a copy on the device: {copy / 1e9:.0f} GB/s. {'; '.join(missing)}")
    columns = ["kernel", "call", "end to end", "by hand", *(peer.name for peer in peers)]
    print(f"{'milliseconds':24}" + "".join(f"{column:>12}" for column in [*columns, "of copy"]))
    programs = {name: make for _, name, make in calls()}
    names = options.names or list(programs)
    measured = [(name, name, partial(programs[name], 0 if options.small else LARGE)) for name in names]
    for name in [] if options.small else [name for name in names if name in SIZES]:
        measured += [(f"{name} {size}", name, partial(FORMS[name].arguments, size)) for size in SIZES[name]]
    times: dict[str, dict[str, list[float]]] = {}
    summary = Summary()
    for label, name, make in measured:
        row = Row(device, label, name, make())
        row.measure(options.runs, hand, peers)
        times[label] = row.times
        share = row.share(copy)
        summary.add(row, share)
        shown = [f"{time:.3f}" if (time := row.median(column)) is not None else "" for column in columns]
        shown.append("" if share is None else f"{100 * share:.0f} %")
        print(f"{label:24}" + "".join(f"{text:>12}" for text in shown), flush=True)
    print(*summary.lines(), sep="\n")
    if options.json:
        options.json.write_text(json.dumps(times, indent=1))
    return int(bool(summary.troubles))


if __name__ == "__main__":
    sys.exit(main())
