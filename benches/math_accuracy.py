"""Measures the vector math functions against references of more precision, and writes docs/math-accuracy.md.

Usage: math_accuracy.py [--count N] [--exact N] [--write] [function ...]. The C library's `long double` functions (64 bits of
mantissa) search many arguments for great errors; mpmath judges the worst of them and a sample, with enough digits that its own
error does not show. Needs cargo and mpmath.
"""

import argparse
import importlib
import math
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
    "asinh": np.arcsinh,
    "acosh": np.arccosh,
    "atanh": np.arctanh,
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
    "asinh": [(-5, 5), (-0.5, 0.5), (-1e9, 1e9)],
    "acosh": [(1, 5), (1, 1.001), (1, 1e9)],
    "atanh": [(-1, 1), (-0.3, 0.3)],
    "cbrt": [(-8, 8)],
    "erf": [(-6.5, 6.5), (-1, 1)],
    "erfc": [(-7, 28), (-1, 3)],
}
# Arguments for the times, where they are not 0.1 to 10.
USUAL = {
    "asin": (-1.0, 1.0),
    "acos": (-1.0, 1.0),
    "atanh": (-1.0, 1.0),
    "acosh": (1.0, 10.0),
    "erf": (-4.0, 4.0),
    "erfc": (-4.0, 4.0),
}
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


def hard(function: str, count: int) -> np.ndarray:
    """Arguments where reductions cancel, intervals meet, and results are subnormal or nearly too large."""
    rng = np.random.default_rng(3)
    ln2 = math.log(2)

    def sign() -> np.ndarray:
        return rng.choice([-1.0, 1.0], count)

    def even(low: float, high: float) -> np.ndarray:
        return rng.uniform(low, high, count)

    def power(low: float, high: float) -> np.ndarray:
        return 10.0 ** even(low, high)

    def subnormal() -> np.ndarray:
        return sign() * rng.integers(1, 2**52, count, dtype=np.uint64).view(np.float64)

    parts: list[np.ndarray] = []
    if function in ("exp", "expm1", "sinh", "cosh", "tanh"):
        halfway = sign() * even(0.33, 0.3466)
        parts += [rng.integers(-1075, 1025, count) * ln2 + halfway, rng.integers(-60, 60, count) * ln2 + halfway]
        parts += [even(-746, -707), even(709, 711.5), rng.integers(-1000, 1000, count) * ln2 - even(0.26, 0.3466)]
    elif function == "exp2":
        parts += [rng.integers(-1076, 1024, count) + sign() * even(0.45, 0.5), even(-1076, -1021)]
    elif function.startswith("log"):
        parts += [np.abs(subnormal()), even(0.7, 0.72), even(1.4, 1.43), 1 + sign() * power(-16, -2)]
        if function == "log1p":
            parts += [-1 + power(-16, -1), even(-0.35, -0.25), even(0.38, 0.45), sign() * power(-320, -1)]
    elif function in ("sin", "cos", "tan"):
        near = rng.integers(-400_000, 400_000, count) * (math.pi / 2)
        parts += [near, near * (1 + even(-1e-12, 1e-12)), near + even(-1e-3, 1e-3), even(0.6, 0.95)]
        parts += [even(4e5, 6e5), sign() * power(5, 308), sign() * power(-323, -1)]
    elif function in ("asin", "acos"):
        parts += [even(0.49, 0.51), 1 - power(-16, -1), -1 + power(-16, -1), sign() * power(-320, -1)]
    elif function == "atan":
        parts += [even(0.4, 0.46), even(0.9, 1.1), even(2.2, 2.4), sign() * power(-320, 300)]
    elif function == "asinh":
        parts += [sign() * power(-320, 308), sign() * even(0.25, 0.5), power(8, 9)]
    elif function == "acosh":
        parts += [1 + power(-16, 0), power(8, 9), power(0, 308), even(1.0, 1.2)]
    elif function == "atanh":
        parts += [sign() * power(-320, 0), 1 - power(-16, -1), even(0.1, 0.3)]
    elif function == "cbrt":
        parts += [subnormal(), even(1, 8)]
    elif function == "erf":
        parts += [even(0.2, 0.4), even(5.8, 6.1), sign() * power(-320, 0)]
    elif function == "erfc":
        parts += [even(0.3, 0.6), even(0.6, 0.9), even(25, 28), even(-6, -5.8), sign() * power(-320, 0)]
    elif function == "pow":
        base = even(0.5, 2)
        parts += [base, even(-1075, 1025) / np.log2(base), base, even(-1075, -1021) / np.log2(base)]
        parts += [power(-320, 308), even(-3.4, 3.4), -power(-3, 3), np.rint(even(-120, 120))]
        parts += [1 + sign() * power(-15, -3), sign() * power(0, 17)]
    elif function in ("atan2", "hypot"):
        size = power(-323, 308)
        parts += [sign() * power(-323, 308), sign() * power(-323, 308), sign() * size, sign() * size * power(-3, 3)]
        parts += [sign() * size, sign() * size * even(0.4, 0.5), sign() * size, sign() * size * even(2.2, 2.4)]
        parts += [subnormal(), subnormal(), subnormal(), sign() * power(-300, 1)]
    else:
        parts += [power(-323, 308), power(-323, 308)]
    if function in TWO:
        return np.concatenate([np.stack(parts[i : i + 2], axis=1) for i in range(0, len(parts), 2)])
    return np.concatenate(parts)


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


def exact_error(function: str, x: np.ndarray, got: np.ndarray) -> float:
    """The greatest error in units in the last place, by mpmath; special values are not looked at."""
    mp: Any = importlib.import_module("mpmath")
    special = {
        "exp2": lambda x: mp.power(2, x),
        "log2": lambda x: mp.log(x, 2),
        "cbrt": lambda x: mp.sign(x) * mp.cbrt(abs(x)),
        "pow": mp.power,
        "fmod": lambda x, y: mp.sign(x) * mp.fmod(abs(x), abs(y)),
    }
    exact = special.get(function) or getattr(mp, function)
    worst = 0.0
    x = np.atleast_2d(x.T).T
    plain = np.isfinite(got) & (got != 0) & (np.isfinite(x) & (x != 0)).all(axis=1)
    for argument, result in zip(x[plain], got[plain], strict=True):
        # Angles need the bits of π that they have before the point; sums of nearly opposite parts need those that vanish.
        exponents = [abs(math.frexp(value)[1]) for value in argument]
        wide = function in ("sin", "cos", "tan", "sinh", "tanh", "asinh", "atanh", "fmod")
        mp.mp.prec = 140 + (2 * max(exponents) if wide else 0)
        wanted = exact(*[mp.mpf(float(value)) for value in argument])
        place = max(mp.frexp(abs(wanted))[1] - 53, -1074)
        worst = max(worst, float(abs(mp.mpf(float(result)) - wanted) * mp.ldexp(1, -place)))
    return worst


def bits(values: np.ndarray) -> bytes:
    """The values, all NaN alike."""
    return np.where(np.isnan(values), values.dtype.type(0), values).tobytes()


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
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--exact", type=int, default=100_000)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    native, avx2 = build("native"), build("x86-64-v3")
    rows = []
    for function in [*ONE, "erf", "erfc", *TWO]:
        if options.functions and function not in options.functions:
            continue
        slow = function.startswith("erf")
        count = 2 * options.exact if slow else options.count
        cells = []
        for kind in (np.float64, np.float32):
            with np.errstate(all="ignore"):
                x = np.concatenate([arguments(function, count // 2, np.float64), hard(function, count // 10)])
                x = x.astype(kind)
            if slow and kind is np.float32:
                x = x[:: len(x) * 4 // count]
            got, _ = evaluate(native, function, x)
            assert bits(got) == bits(evaluate(avx2, function, x)[0]), "the results depend on the processor"
            ulps, wrong = errors(got, reference(function, x))
            worst = int(np.argmax(ulps))
            greatest_error = float(ulps[worst])
            if kind is np.float64:
                chosen = np.random.default_rng(4).permutation(len(x))[: options.exact]
                if not slow:
                    chosen = np.union1d(chosen, np.argsort(-ulps)[:1_000])
                greatest_error = exact_error(function, x[chosen], got[chosen])
            cells.append(f"{greatest_error:.2f}")
            print(
                function,
                np.dtype(kind).name,
                f"{len(x)} arguments, max {greatest_error:.3f} ulp; by the search {float(ulps[worst]):.3f} at",
                x[worst],
                f"{int(wrong.sum())} wrong",
                flush=True,
            )
            for place in np.flatnonzero(wrong)[:5]:
                print("   ", x[place], "gives", got[place])
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
            "domain, ranges where most happens, special values, and the neighbourhood of hard points (multiples of π/2, ends of",
            "intervals, subnormal numbers, results nearly too large); and nanoseconds per `f64` element on one thread, AVX-512",
            f"and AVX2. `long double` functions searched some {options.count:,} arguments of each function; mpmath judged",
            f"the worst 1,000 and {options.exact:,} more. (`f32`, and special values: `long double` alone. Error functions: mpmath",
            "alone.) The two instruction sets gave the same bits everywhere.",
            "",
            "`sqrt`, `floor`, `ceil`, `trunc`, `rint` are exact or rounded correctly by the processor. `fmod`, and the reduction",
            "of angles beyond 524,288, are done lane by lane. Written by `benches/math_accuracy.py`.",
            "",
            "| function | f64 max ulp | f32 max ulp | ns AVX-512 | ns AVX2 |",
            "|---|---|---|---|---|",
            *rows,
            "",
        ]
        page = ROOT / "docs" / "math-accuracy.md"
        # What `complex_accuracy.py` found stays.
        _, heading, rest = page.read_text().partition("\n## Complex numbers")
        page.write_text("\n".join(text) + heading + rest)


if __name__ == "__main__":
    main()
