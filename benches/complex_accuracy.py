"""Measures the functions of complex numbers that GPUs, and regions that ask for one, compute with; prints what docs/math-accuracy.md says.

Usage: complex_accuracy.py [--count N] [function ...]. mpmath judges every result: a part by its own units in the last place, a power by
those of its magnitude. Needs cargo and mpmath.
"""

import argparse
import importlib
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
FUNCTIONS = [
    "exp",
    "log",
    "sqrt",
    "sin",
    "cos",
    "tan",
    "sinh",
    "cosh",
    "tanh",
    "asin",
    "acos",
    "atan",
    "asinh",
    "acosh",
    "atanh",
    "exp2",
    "expm1",
    "log2",
    "log10",
    "log1p",
    "sign",
]
POWERS = ["numpy_power", "python_power", "cpow", "cpython"]
mp: Any = importlib.import_module("mpmath")
EXACT: dict[str, Any] = {
    "exp2": lambda z: mp.power(2, z),
    "expm1": lambda z: mp.exp(z) - 1,
    "log2": lambda z: mp.log(z) / mp.log(2),
    "log10": lambda z: mp.log(z) / mp.log(10),
    "log1p": lambda z: mp.log(1 + z),
    "sign": lambda z: z / abs(z),
}
GROWING = frozenset({"exp", "exp2", "expm1", "sin", "cos", "tan", "sinh", "cosh", "tanh"})
Numbers = Any


def spread(rng: np.random.Generator, count: int, sizes: float) -> Numbers:
    """Parts of all sizes from e^-sizes to e^sizes."""
    return (rng.standard_normal(2 * count) * np.exp(rng.uniform(-sizes, sizes, 2 * count))).view(complex)


def samples(rng: np.random.Generator, count: int) -> list[tuple[str, int, Numbers]]:
    """Arguments, what they are, and the bits that it takes to judge them."""
    ones = rng.choice([1.0, -1.0], count)
    cut = ones * (1 + rng.standard_normal(count) * np.exp(-rng.uniform(0, 36, count))) + 0j
    cut.imag = rng.standard_normal(count) * np.exp(-rng.uniform(0, 300, count))
    few = count // 8 + 1
    tips = rng.choice([1.0, -1.0, 1 - 2**-53, 1 + 2**-52], few) + 1j * np.exp(-rng.uniform(200, 744, few))
    turned = np.exp(2j * np.pi * rng.random(count)) * (1 + 1e-9 * rng.standard_normal(count))
    return [
        ("usual", 400, spread(rng, count, 2)),
        ("all sizes", 400, spread(rng, count, 9)),
        ("unit circle", 400, turned),
        ("near 1", 400, ones + spread(rng, count, 30) * 1e-6),
        ("near i", 400, (ones + spread(rng, count, 30) * 1e-6) * 1j),
        ("large and small", 3300, np.concatenate([spread(rng, few, 100), spread(rng, few, 300)])),
        ("cuts", 3300, np.concatenate([cut[:few], cut[:few] * 1j, tips, tips * 1j])),
    ]


def pairs(rng: np.random.Generator, count: int) -> list[tuple[str, Numbers, Numbers]]:
    """Bases and exponents, and what they are."""
    turned = np.exp(2j * np.pi * rng.random(count)) * (1 + 1e-6 * rng.standard_normal(count))
    return [
        ("0.1 to 10; 0.3 to 3", spread(rng, count, 2), spread(rng, count, 1)),
        ("1e-4 to 1e4; 0.1 to 10", spread(rng, count, 9), spread(rng, count, 2)),
        ("near the unit circle; 0.05 to 20", turned, spread(rng, count, 3)),
        ("0.006 to 150; a real exponent up to 20", spread(rng, count, 5), rng.uniform(-20, 20, count) + 0j),
        ("0.3 to 3; 30 to 300", spread(rng, count, 1), spread(rng, count, 1) * 100),
    ]


def evaluate(binary: Path, function: str, numbers: Numbers) -> Numbers:
    """The results of the kernels' library."""
    with tempfile.TemporaryDirectory() as folder:
        given, got = Path(folder) / "in", Path(folder) / "out"
        given.write_bytes(numbers.tobytes())
        subprocess.run([str(binary), function, str(given), str(got)], check=True)
        return np.frombuffer(got.read_bytes(), complex)


def greatest_error(function: str, bits: int, z: Numbers, got: Numbers) -> tuple[float, Any]:
    """Of a part, in its units in the last place, and where. Overflow, and results that are not normal numbers, are left out."""
    mp.mp.prec = bits
    judge = EXACT.get(function) or getattr(mp, function)
    worst, place = 0.0, None
    for number, found in zip(z, got, strict=True):
        if not np.isfinite(found) or (function in GROWING and max(abs(number.real), abs(number.imag)) > 700):
            continue
        exact = judge(mp.mpc(number.real, number.imag))
        # On a cut without a sign of zero mpmath may be on the other side.
        for part, wanted in ((abs(found.real), abs(exact.real)), (abs(found.imag), abs(exact.imag))):
            if wanted > 1e-307:
                error = float(abs(mp.mpf(float(part)) - wanted) / np.spacing(float(wanted)))
                if error > worst:
                    worst, place = error, number
    return worst, place


def power_error(a: Numbers, b: Numbers, got: Numbers) -> float:
    """In units in the last place of the magnitude."""
    mp.mp.prec = 400
    worst = 0.0
    for base, exponent, found in zip(a, b, got, strict=True):
        exact = mp.power(mp.mpc(base), mp.mpc(exponent))
        if np.isfinite(found) and 1e-300 < abs(exact) < 1e300:
            off = max(abs(mp.mpf(found.real) - exact.real), abs(mp.mpf(found.imag) - exact.imag))
            worst = max(worst, float(off / np.spacing(float(abs(exact)))))
    return worst


def main() -> None:
    """Prints the greatest errors."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2_000)
    parser.add_argument("functions", nargs="*", default=[*FUNCTIONS, "powers"])
    options = parser.parse_args()
    command = ["cargo", "build", "--quiet", "--release", "-p", "ferrokeet-kernel", "--example", "complex_table"]
    subprocess.run(command, cwd=ROOT, check=True)
    binary = ROOT / "target" / "release" / "examples" / "complex_table"
    for function in options.functions:
        if function == "powers":
            continue
        errors = []
        for name, bits, z in samples(np.random.default_rng(1), options.count):
            error, place = greatest_error(function, bits, z, evaluate(binary, function, z))
            errors.append(error)
            print(f"   {function}, {name}: {error:.3f} at {place}", flush=True)
        print(f"| {function} | {max(errors):.2f} |")
    if "powers" in options.functions:
        for name, a, b in pairs(np.random.default_rng(2), options.count):
            both = np.stack([a, b], 1)
            found = [power_error(a, b, evaluate(binary, function, both)) for function in POWERS]
            print(f"| {name} | " + " | ".join(f"{error:.1f}" for error in found) + " |", flush=True)


if __name__ == "__main__":
    main()
