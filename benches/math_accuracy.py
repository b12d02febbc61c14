"""Measures the vector math functions against references of more precision, and writes docs/math-accuracy.md.

Usage: math_accuracy.py [--count N] [--write] [function ...]. References are the C library's `long double` functions (64 bits
of mantissa), for the error functions mpmath's. Needs cargo; mpmath for `erf` and `erfc`.
"""

import argparse
import importlib
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
Wide = Any
TWO = {"atan2": np.arctan2, "pow": np.power, "hypot": np.hypot, "fmod": np.fmod}
ONE = {
    "exp": np.exp,
    "exp2": np.exp2,
    "expm1": np.expm1,
    "log": np.log,
    "log2": np.log2,
    "log10": np.log10,
    "log1p": np.log1p,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "cbrt": np.cbrt,
}
# Beyond the whole line: where most happens.
RANGES: dict[str, list[tuple[float, float]]] = {
    "exp": [(-746, 710), (-1, 1)],
    "exp2": [(-1075, 1024), (-1, 1)],
    "expm1": [(-40, 710), (-1, 1), (-1e-5, 1e-5)],
    "log": [(0, 4), (0.9, 1.1)],
    "log2": [(0, 4), (0.9, 1.1)],
    "log10": [(0, 4), (0.9, 1.1)],
    "log1p": [(-1, 3), (-0.1, 0.1)],
    "sin": [(-7, 7), (-1e5, 1e5), (-6e5, 6e5)],
    "cos": [(-7, 7), (-1e5, 1e5), (-6e5, 6e5)],
    "tan": [(-7, 7), (-1e5, 1e5), (-6e5, 6e5)],
    "asin": [(-1, 1), (0.99, 1)],
    "acos": [(-1, 1), (0.99, 1)],
    "atan": [(-3, 3)],
    "sinh": [(-711, 711), (-2, 2)],
    "cosh": [(-711, 711), (-2, 2)],
    "tanh": [(-22, 22), (-1, 1)],
    "cbrt": [(-8, 8)],
    "erf": [(-6.5, 6.5), (-1, 1)],
    "erfc": [(-7, 28), (-1, 3)],
}
# Arguments for the times, where they are not 0.1 to 10.
USUAL = {"asin": (-1.0, 1.0), "acos": (-1.0, 1.0), "erf": (-4.0, 4.0), "erfc": (-4.0, 4.0)}
SPECIAL = [0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, -1.0, 0.5, -0.5, 2.0, 3.0, -2.0, 5e-324, 2.2e-308, 1e308, -1e308]


def arguments(function: str, count: int, kind: Any) -> np.ndarray:
    """Arguments over the whole domain: bit patterns, even and logarithmic spreads, special values and their products."""
    rng = np.random.default_rng(1)
    if function in TWO:
        n = count // 3
        with np.errstate(all="ignore"):
            bits = rng.integers(0, 2**64, (n, 2), dtype=np.uint64).view(np.float64)
            even = rng.uniform(-10, 10, (n, 2))
            spread = np.exp(rng.uniform(-20, 20, (n, 2))) * rng.choice([-1, 1], (n, 2))
            if function == "pow":
                base = np.exp(rng.uniform(-300, 300, n))
                even = np.stack([base, rng.uniform(-740, 740, n) / np.log(base)], axis=1)
                spread = np.stack([rng.uniform(0.9, 1.1, n), rng.uniform(-7000, 7000, n)], axis=1)
            grid = np.array([(a, b) for a in SPECIAL for b in SPECIAL])
            return np.concatenate([bits, even, spread, grid]).astype(kind)
    parts = [rng.integers(0, 2**64, count // 4, dtype=np.uint64).view(np.float64)]
    parts += [rng.uniform(low, high, count // (2 * len(RANGES[function]))) for low, high in RANGES[function]]
    parts.append(np.exp(rng.uniform(-40, 40, count // 8)) * rng.choice([-1, 1], count // 8))
    with np.errstate(all="ignore"):
        return np.concatenate([*parts, SPECIAL]).astype(kind)


def reference(function: str, x: np.ndarray) -> Wide:
    """The values with more precision."""
    wide = x.astype(np.longdouble)
    with np.errstate(all="ignore"):
        if function in TWO:
            return TWO[function](wide[:, 0], wide[:, 1])
        if function in ONE:
            return ONE[function](wide)
    mpmath = importlib.import_module("mpmath")
    mpmath.mp.prec = 90
    exact = getattr(mpmath, function)
    far = {"erf": (-1.0, 1.0), "erfc": (2.0, 0.0)}[function]

    def one(value: float) -> np.longdouble:
        if np.isnan(value):
            return np.longdouble(np.nan)
        if abs(value) > 40 or (value == 0 and function == "erf"):
            return np.longdouble(value if value == 0 else far[int(value > 0)])
        found = exact(mpmath.mpf(value))
        high = float(found)
        return np.longdouble(high) + np.longdouble(float(found - high))

    return np.array([one(float(value)) for value in x])


def evaluate(binary: Path, function: str, x: np.ndarray) -> tuple[np.ndarray, float]:
    """What the lanes give, and nanoseconds per element."""
    with tempfile.TemporaryDirectory() as folder:
        given, got = Path(folder) / "in", Path(folder) / "out"
        given.write_bytes(np.ascontiguousarray(x).tobytes())
        kind = "f64" if x.dtype == np.float64 else "f32"
        done = subprocess.run([binary, function, kind, given, got], check=True, capture_output=True, text=True)
        return np.frombuffer(got.read_bytes(), x.dtype), float(done.stdout)


def errors(got: np.ndarray, wanted: Wide) -> tuple[np.ndarray, np.ndarray]:
    """The error of each value in units of its last place, and where a special value is wrong."""
    kind = got.dtype.type
    with np.errstate(all="ignore"):
        rounded = wanted.astype(kind)
        unit = np.spacing(np.abs(rounded)).astype(np.longdouble)
        unit = np.where(np.isfinite(rounded), unit, np.longdouble(1))
        ulps = np.abs(got.astype(np.longdouble) - wanted) / unit
        special = ~np.isfinite(rounded) | (rounded == 0)
        same = (got == rounded) & (np.signbit(got) == np.signbit(rounded)) | (np.isnan(got) & np.isnan(rounded))
        # Where the exact value lies between the largest number and infinity, either will do.
        wrong = (special & ~same & ~(np.isfinite(got) & (np.abs(rounded) > 0) & np.isinf(rounded) & (ulps < 1))) | (
            ~special & ~np.isfinite(got)
        )
    return np.where(special, 0, ulps), wrong


def build(flags: str) -> Path:
    """The evaluating program, for some instruction set."""
    target = ROOT / "target" / f"math-{flags.replace('-', '_')}"
    command = ["cargo", "build", "--quiet", "--release", "-p", "ferrokeet-kernel", "--example", "math_table"]
    subprocess.run(
        [*command, "--target-dir", target, "--config", f"build.rustflags=['-Ctarget-cpu={flags}']"],
        check=True,
        cwd=ROOT,
    )
    return target / "release" / "examples" / "math_table"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("functions", nargs="*")
    parser.add_argument("--count", type=int, default=200_000)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    native, avx2 = build("native"), build("x86-64-v3")
    rows = []
    for function in [*ONE, "erf", "erfc", *TWO]:
        if options.functions and function not in options.functions:
            continue
        cells = []
        count = options.count // 8 if function.startswith("erf") else options.count
        for kind in (np.float64, np.float32):
            x = arguments(function, count, kind)
            wanted = reference(function, x)
            got, _ = evaluate(native, function, x)
            ulps, wrong = errors(got, wanted)
            worst = int(np.argmax(ulps))
            cells.append(f"{float(ulps[worst]):.2f}")
            print(
                function,
                np.dtype(kind).name,
                f"max {float(ulps[worst]):.3f} ulp at",
                x[worst],
                f"{int(wrong.sum())} wrong",
            )
            for place in np.flatnonzero(wrong)[:5]:
                print("   ", x[place], "gives", got[place], "instead of", wanted[place])
        least, greatest = USUAL.get(function, (0.1, 10.0))
        usual = np.random.default_rng(2).uniform(least, greatest, (4_000, 2) if function in TWO else 4_000)
        times = [evaluate(binary, function, usual)[1] for binary in (native, avx2)]
        rows.append(f"| {function} | {cells[0]} | {cells[1]} | {times[0]:.1f} | {times[1]:.1f} |")
        print("   ", rows[-1])
    if options.write:
        text = [
            "# Accuracy of vector math",
            "",
            "Greatest error found, in units in the last place (half is the least possible), over bit patterns from the whole",
            f"domain, ranges where most happens, and special values ({options.count:,} arguments each; fewer for the error",
            "functions), against 64-bit `long double` functions or mpmath; and nanoseconds per `f64` element on one thread.",
            "`sqrt`, `floor`, `ceil`, `trunc`, `rint` are exact or rounded correctly by the processor. `fmod`, and",
            "sine, cosine and tangent beyond 524,288, are done lane by lane. Written by `benches/math_accuracy.py`.",
            "",
            "| function | f64 max ulp | f32 max ulp | ns native | ns AVX2 |",
            "|---|---|---|---|---|",
            *rows,
            "",
        ]
        (ROOT / "docs").mkdir(exist_ok=True)
        (ROOT / "docs" / "math-accuracy.md").write_text("\n".join(text))


if __name__ == "__main__":
    main()
