"""How long `ferrokeet check` takes: on a 1,400-line module with 60 annotated loops, and on loops made to be hard.

Usage: check_speed.py [--runs N]. The binary is `FERROKEET_BIN`, else the one beside the interpreter; build it with `--release`.
Start-up, measured on an empty file, is subtracted. The exit code is 1 when the module takes more than 100 ms of the processor's
time (which is the clock's on an idle machine: one thread, no waiting) or a hard loop more than a second: analyses have budgets,
and what exceeds them is reported as unproven.
"""

import argparse
import ast
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from ferrokeet._translator import command

KERNELS = Path(__file__).parent.parent / "tests" / "verdicts" / "kernels"
LINES, LOOPS = 1400, 60
BUDGET_MS, HARD_BUDGET_MS = 100.0, 1000.0

ORDINARY = '''

def describe_{number}(records, threshold=0.5, *, verbose=False):
    """Ordinary Python between the loops: strings, dictionaries, exceptions."""
    chosen = {{}}
    for name, values in sorted(records.items()):
        try:
            mean = sum(values) / len(values)
        except ZeroDivisionError:
            continue
        if mean > threshold and not name.startswith("_"):
            chosen[name] = {{"mean": mean, "n": len(values)}}
        elif verbose:
            print(f"{{name}}: left out ({{mean:.3f}})")
    return [f"{{key}}={{value['mean']:.2f}}" for key, value in chosen.items()]
'''


def module() -> str:
    """Functions of the kernels until there are 60 annotated loops, with ordinary Python between them up to 1,400 lines."""
    parts, loops = ['"""A module of numerical kernels."""\n\nimport math\n\nimport numpy as np\n'], 0
    for path in sorted(KERNELS.glob("*.py")):
        source = path.read_text()
        for node in ast.parse(source).body:
            if not isinstance(node, ast.FunctionDef):
                continue
            text = ast.get_source_segment(source, node) or ""
            count = text.count("# pragma")
            if loops + count <= LOOPS:
                parts.append(f"\n\n{text}\n")
                loops += count
    number = 0
    while sum(part.count("\n") for part in parts) < LINES - ORDINARY.count("\n"):
        parts.insert(1 + 2 * number % len(parts), ORDINARY.format(number=number))
        number += 1
    text = "".join(parts)
    return text + "\n" * (LINES - text.count("\n"))


def nest(bounds: list[str], body: list[str], parameters: str) -> str:
    """A function with one annotated nest."""
    lines = [f"def f({parameters}):", "    # pragma parallel for"]
    for depth, bound in enumerate(bounds):
        lines.append(f"{'    ' * (depth + 1)}for i{depth} in {bound}:")
    lines.extend("    " * (len(bounds) + 1) + line for line in body)
    return "\n".join(lines) + "\n"


def hard() -> Iterator[tuple[str, str]]:
    """Loops that a careless analysis would take minutes for."""
    six = [f"i{k}" for k in range(6)]
    flat = " + ".join(f"{3 * k + 2} * i{k}" for k in range(6))
    wide = " + ".join(f"{97 * k + 13} * i{k}" for k in range(6))
    n = ["range(n)"] * 6
    yield "six loops, one coupled subscript", nest(n, [f"a[{flat}] = a[{flat} + 1] + 1.0"], 'a: "f64[:]", n: int')
    yield "six loops, wide coefficients", nest(n, [f"a[{wide}] = a[{wide} + 7] * 0.5"], 'a: "f64[:]", n: int')
    cube = ", ".join(six[:3])
    sums = "i0 + i3, i1 + i4, i2 + i5"
    yield "six loops, sums of pairs", nest(n, [f"a[{sums}] = a[{cube}] + 1.0"], 'a: "f64[:, :, :]", n: int')
    triangle = ["range(n)", *(f"range(i{k}, n)" for k in range(5))]
    differences = "i5 - i4, i4 - i3, i3 - i2"
    yield "six loops, triangular", nest(triangle, [f"a[{differences}] = a[i0, i1, i2]"], 'a: "f64[:, :, :]", n: int')
    clamped = ["range(n)", *(f"range(max(0, i{k} - {k + 2}), min(n, i{k} + {k + 3}))" for k in range(5))]
    yield "six loops, min and max", nest(clamped, ["a[i5] = a[i4] + a[i3 + 1]"], 'a: "f64[:]", n: int')
    tiles = ["range(0, n, 8)", "range(0, n, 8)", "range(0, n, 8)"]
    inner = [f"range(i{k}, min(i{k} + 8, n))" for k in range(3)]
    product = ["c[i3, i4] += a[i3, i5] * b[i5, i4]"]
    matrices = ", ".join(f'{name}: "f64[:, :]"' for name in "abc")
    yield "tiled product", nest([*tiles, *inner], product, f"{matrices}, n: int")
    remainders = ["a[i0 // 3 + i1 % 5, i1 // 7 + i2 % 3] = a[i1 // 3 + i0 % 4, i2 // 5 + i0 % 2] + 1.0"]
    yield "quotients and remainders", nest(["range(200)"] * 3, remainders, 'a: "f64[:, :]"')
    forty = [f"a[{k + 1} * i0 + {k * k}] = a[{40 - k} * i0 + {k}] + 1.0" for k in range(20)]
    yield "40 accesses, different strides", nest(["range(n)"], forty, 'a: "f64[:]", n: int')
    shifted = [f"a[2 * i0, i1 + {k}] = a[2 * i0 + 1, i1 - {k}] + 1.0" for k in range(20)]
    yield "40 accesses, independent", nest(["range(n)"] * 2, shifted, 'a: "f64[:, :]", n: int')
    offsets = ", ".join(f"p{k}: int" for k in range(10))
    symbolic = [f"a[i0 + p{k}] = a[i0 + p{(k + 3) % 10}] + 1.0" for k in range(10)]
    yield "ten symbolic offsets", nest(["range(n)"], symbolic, f'a: "f64[:]", n: int, {offsets}')
    huge = ["a[1000003 * i0 + 999983 * i1] = a[999979 * i0 + 1000033 * i1 + 12345] + 1.0"]
    yield "huge coefficients", nest(["range(100000)"] * 2, huge, 'a: "f64[:]"')
    beyond = ["a[4611686018427387847 * i0 + i1] = a[4611686018427387817 * i0 + 9223372036854775783 * i1]"]
    yield "coefficients near the end of 64 bits", nest(["range(n)"] * 2, beyond, 'a: "f64[:]", n: int')
    chain = [
        line for k in range(60) for line in (f"if i0 > {k} and i0 + i1 < {200 - k}:", f"    a[i0, i1 + {k}] = 1.0")
    ]
    yield "a chain of 60 conditions", nest(["range(n)"] * 2, chain, 'a: "f64[:, :]", n: int')
    split = [
        line
        for k in range(30)
        for line in (f"{'elif' if k else 'if'} i0 % {k + 2} == 0:", f"    a[i0 + {k}] = a[i0 - {k}]")
    ]
    yield "a chain of 30 remainders", nest(["range(n)"], split, 'a: "f64[:]", n: int')
    deep = [f"{'    ' * k}if i0 + {k} * i1 > {k * k}:" for k in range(30)]
    yield "30 nested conditions", nest(["range(n)"] * 2, [*deep, "    " * 30 + "a[i0] = a[i1]"], 'a: "f64[:]", n: int')
    scalars = [f"t{k} = {f't{k - 1}' if k else 'i0'} * 2 - {k}" for k in range(40)]
    yield "a chain of 40 scalars", nest(["range(n)"], [*scalars, "a[t39] = 1.0"], 'a: "f64[:]", n: int')
    branches = [f"t = t + {k} if i0 % {k + 2} > 1 else t - i0" for k in range(40)]
    yield "a subscript of 2^40 forms", nest(["range(n)"], ["t = i0", *branches, "a[t] = 1.0"], 'a: "f64[:]", n: int')


def milliseconds(executable: str, path: Path, runs: int) -> tuple[float, float, dict[str, int]]:
    """The median time of `check` on a file, of the clock and of the processor, and how often each verdict was given."""
    clock, processor = [], []
    for _ in range(runs):
        start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run([executable, "check", "--output-format", "json", path], capture_output=True, timeout=120)
        clock.append(1000 * (time.perf_counter() - start))
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        processor.append(1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime))
    verdicts: dict[str, int] = {}
    for region in json.loads(done.stdout)["regions"]:
        verdicts[region["verdict"]] = verdicts.get(region["verdict"], 0) + 1
    return statistics.median(clock), statistics.median(processor), verdicts


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15, help="of each measurement; the median counts")
    parser.add_argument("--keep", type=Path, help="a folder to leave the generated files in")
    options = parser.parse_args()
    executable = command()
    if executable is None:
        print("error: the ferrokeet command was not found", file=sys.stderr)
        return 2
    failed = False
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "empty.py"
        path.write_text("")
        start_up, processor_start, _ = milliseconds(executable, path, options.runs)
        print(f"start-up {start_up:.1f} ms, subtracted below; in parentheses the processor's time")
        for number, (name, source) in enumerate([(f"{LINES} lines, {LOOPS} loops", module()), *hard()]):
            compile(source, name, "exec")
            path = folder / f"case_{number}.py"
            path.write_text(source)
            took, busy, verdicts = milliseconds(executable, path, options.runs if number == 0 else 3)
            took, busy = took - start_up, busy - processor_start
            late = busy > (HARD_BUDGET_MS if number else BUDGET_MS)
            failed |= late
            given = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.items())
            print(f"{name:40} {took:9.1f} ({busy:7.1f}) ms  {given}{'  TOO LONG' if late else ''}", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
