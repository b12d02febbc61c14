"""Ferrokeet against Numba's prange (plain and fastmath) and C with OpenMP: one process, all interleaved, medians.

Usage: compare.py [--runs N] [--write DIR] [kernel ...]. Prints a table; with --write, also DIR/benchmarks.md and
DIR/benchmarks.svg. Ratios above 1 mean that Ferrokeet is faster.
"""

import argparse
import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from peers import CKernels, ferrokeet_kernels, numba_kernels

Row = tuple[str, dict[str, float]]
PEERS = ["ferrokeet", "numba", "numba fastmath", "gcc"]
# Seconds.
BURST = 0.08
GOALS = {
    "black_scholes": 8.0,
    "mandelbrot": 2.0,
    "nbody": 1.5,
    "matmul": 8.0,
    "jacobi_2d": 1.2,
    "heat_3d": 1.2,
    "dot": 1.0,
    "total": 1.0,
    "spmv": 1.0,
    "histogram": 1.0,
    "argmin": 1.0,
}


def workloads() -> dict[str, tuple[Any, ...]]:
    """The arguments of every kernel; work arrays are reused between runs."""
    rng = np.random.default_rng(0)
    n = 1_000_000
    counts = rng.integers(5, 60, 40_000)
    start = np.concatenate(([0], np.cumsum(counts)))
    bodies = rng.normal(size=(3, 2_000))
    plate = rng.normal(size=(1_000, 1_000))
    block = rng.normal(size=(120, 120, 120))
    matrices = rng.normal(size=(2, 600, 600))
    return {
        "black_scholes": (
            *(rng.uniform(10, 50, n), rng.uniform(10, 50, n), rng.uniform(0.1, 2, n)),
            *(0.02, 0.3, np.empty(n), np.empty(n)),
        ),
        "mandelbrot": (np.zeros((600, 600), np.int64), -2.0, -1.25, 2.5 / 600, 200),
        "nbody": (*bodies.copy(), rng.uniform(1, 2, 2_000), *np.zeros((3, 2_000)), 0.01),
        "matmul": (matrices[0].copy(), matrices[1].copy(), np.empty((600, 600))),
        "jacobi_2d": (10, plate.copy(), plate.copy()),
        "heat_3d": (5, block.copy(), block.copy()),
        "dot": (rng.normal(size=4 * n), rng.normal(size=4 * n)),
        "total": (rng.normal(size=4 * n),),
        "spmv": (
            start,
            rng.integers(0, 40_000, start[-1]),
            rng.normal(size=start[-1]),
            rng.normal(size=40_000),
            np.empty(40_000),
        ),
        "histogram": (np.zeros(256), rng.integers(0, 256, 4 * n), rng.normal(size=4 * n)),
        "argmin": (rng.normal(size=4 * n),),
    }


def measure(functions: dict[str, Callable[..., Any]], arguments: tuple[Any, ...], runs: int) -> dict[str, float]:
    """Median seconds of each function, called in turn.

    Each turn of a function is a burst of calls, of which the later half counts: by then its own threads are awake, and
    those of the function before, which OpenMP keeps spinning for a while, are asleep.
    """
    times: dict[str, list[float]] = {name: [] for name in functions}
    for _ in range(runs):
        for name, function in functions.items():
            burst: list[float] = []
            while len(burst) < 6 or sum(burst) < BURST:
                begin = time.perf_counter()
                function(*arguments)
                burst.append(time.perf_counter() - begin)
            times[name].append(statistics.median(burst[len(burst) // 2 :]))
    return {name: statistics.median(taken) for name, taken in times.items()}


def first_calls(functions: dict[str, Callable[..., Any]], arguments: tuple[Any, ...]) -> dict[str, float]:
    """Seconds of the first call of each function, compilation included."""
    taken = {}
    for name, function in functions.items():
        begin = time.perf_counter()
        function(*arguments)
        taken[name] = time.perf_counter() - begin
    return taken


def processor() -> str:
    """The processor's name, as the system tells it."""
    cpuinfo = Path("/proc/cpuinfo")
    names = [line.split(":")[1].strip() for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
    return f"{names[0] if names else platform.processor()}, {len(names)} cores"


def table(rows: list[Row], first: list[Row]) -> str:
    """The results as Markdown."""
    lines = [
        "# Benchmarks",
        "",
        f"Machine: {processor()}. Python {platform.python_version()}, NumPy {np.__version__}. Median of interleaved runs",
        "in one process; ratios are peer's time / Ferrokeet's time, so above 1 Ferrokeet is faster. Numba is the better of",
        "plain and `fastmath=True`; C is `gcc -O3 -march=native -fopenmp`. Written by `benches/run.sh`.",
        "",
        "| loop | Ferrokeet ms | Numba ms | gcc ms | over Numba | goal | over gcc | first call s | Numba's first call s |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    starts = dict(first)
    for name, taken in rows:
        numba = min(taken["numba"], taken["numba fastmath"])
        own = taken["ferrokeet"]
        lines.append(
            f"| {name} | {own * 1e3:.2f} | {numba * 1e3:.2f} | {taken['gcc'] * 1e3:.2f} | {numba / own:.2f} "
            f"| {GOALS[name]:.1f} | {taken['gcc'] / own:.2f} | {starts[name]['ferrokeet']:.2f} | {starts[name]['numba']:.2f} |"
        )
    return "\n".join(lines) + "\n"


def chart(rows: list[Row]) -> str:
    """The ratios as a bar chart (SVG), on a logarithmic axis."""
    width, left, height = 760, 130, 30 + 44 * len(rows) + 20
    scale = (width - left - 70) / np.log2(64)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" font-size="12">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        f'<text x="{left}" y="16">Times faster than Numba (orange) and gcc -O3 -fopenmp (blue); the line is 1</text>',
    ]
    for position, (name, taken) in enumerate(rows):
        top = 30 + 44 * position
        parts.append(f'<text x="{left - 8}" y="{top + 20}" text-anchor="end">{name}</text>')
        best = min(taken["numba"], taken["numba fastmath"])
        for offset, (other, colour) in enumerate(((best, "#e08020"), (taken["gcc"], "#3070c0"))):
            ratio = other / taken["ferrokeet"]
            length = max(2.0, scale * np.log2(max(ratio, 0.5) * 2))
            y = top + 16 * offset
            parts.append(f'<rect x="{left}" y="{y}" width="{length:.1f}" height="14" fill="{colour}"/>')
            parts.append(f'<text x="{left + length + 4:.1f}" y="{y + 11}">{ratio:.2f}</text>')
    one = left + scale
    parts.append(
        f'<line x1="{one:.1f}" y1="24" x2="{one:.1f}" y2="{height - 10}" stroke="black" stroke-dasharray="3"/>'
    )
    return "\n".join([*parts, "</svg>"]) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("kernels", nargs="*")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    every = {
        "ferrokeet": vars(ferrokeet_kernels()),
        "numba": numba_kernels(fastmath=False),
        "numba fastmath": numba_kernels(fastmath=True),
        "gcc": CKernels().functions(),
    }
    rows: list[Row] = []
    first: list[Row] = []
    for name, arguments in workloads().items():
        if options.kernels and name not in options.kernels:
            continue
        functions = {peer: every[peer][name] for peer in PEERS}
        first.append((name, first_calls(functions, arguments)))
        rows.append((name, measure(functions, arguments, options.runs)))
        taken = rows[-1][1]
        print(name, " ".join(f"{peer} {taken[peer] * 1e3:.2f} ms" for peer in PEERS), flush=True)
    text = table(rows, first)
    print(text)
    if options.write:
        options.write.mkdir(parents=True, exist_ok=True)
        (options.write / "benchmarks.md").write_text(text)
        (options.write / "benchmarks.svg").write_text(chart(rows))


if __name__ == "__main__":
    main()
