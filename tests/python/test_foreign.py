"""Programs written for Pythran, Pyccel and APPy run natively as they are, and their comments are rewritten by `check`."""

import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from harness import Pair, sample

FERROKEET = Path(sys.executable).with_name("ferrokeet")

PROGRAMS = {
    "pythran": """
        def pi(n: int):
            step = 1.0 / n
            total = 0.0
            #omp parallel for reduction(+:total) schedule(static)
            for i in range(n):
                x = (i + 0.5) * step
                total += 4.0 / (1.0 + x * x)
            return total * step


        def smooth(grid, out):
            #omp parallel for default(none) shared(grid, out) collapse(2)
            for i in range(1, grid.shape[0] - 1):
                for j in range(1, grid.shape[1] - 1):
                    out[i, j] = 0.25 * (grid[i - 1, j] + grid[i + 1, j] + grid[i, j - 1] + grid[i, j + 1])


        def count(keys, h):
            # omp parallel for
            for i in range(len(keys)):
                #omp atomic
                h[keys[i]] += 1


        def both(x, y):
            #omp parallel num_threads(2)
            if 1:
                #omp for nowait
                for i in range(len(x)):
                    x[i] = 2.0 * x[i]
                #omp barrier
                #omp for
                for i in range(len(x)):
                    y[i] = x[i] + 1.0
    """,
    "pyccel": """
        def pi(n: int):
            step = 1.0 / n
            total = 0.0
            #$ omp parallel private(i, x) shared(total) num_threads(2)
            #$ omp for reduction (+:total)
            for i in range(n):
                x = (i + 0.5) * step
                total += 4.0 / (1.0 + x * x)
            #$ omp end parallel
            return total * step


        def smooth(grid, out):
            #$ omp parallel do collapse(2) schedule(runtime)
            for i in range(1, grid.shape[0] - 1):
                for j in range(1, grid.shape[1] - 1):
                    out[i, j] = 0.25 * (grid[i - 1, j] + grid[i + 1, j] + grid[i, j - 1] + grid[i, j + 1])
            #$ omp end parallel do


        def count(keys, h):
            #$ omp parallel for
            for i in range(len(keys)):
                #$ omp atomic update
                h[keys[i]] += 1


        def both(x, y):
            #$ omp parallel
            #$ omp do simd
            for i in range(len(x)):
                x[i] = 2.0 * x[i]
            #$ omp end do
            #$ omp do
            for i in range(len(x)):
                y[i] = x[i] + 1.0
            #$ omp end do nowait
            #$ omp end parallel
    """,
    "appy": """
        def pi(n: int):
            step = 1.0 / n
            total = 0.0
            #pragma parallel for simd shared(total)
            for i in range(n):
                x = (i + 0.5) * step
                total += 4.0 / (1.0 + x * x)
            return total * step


        def smooth(grid, out):
            #pragma parallel for to(grid) from(out)
            for i in range(1, grid.shape[0] - 1):
                #pragma simd
                for j in range(1, grid.shape[1] - 1):
                    out[i, j] = 0.25 * (grid[i - 1, j] + grid[i + 1, j] + grid[i, j - 1] + grid[i, j + 1])


        def count(keys, h):
            #pragma parallel for
            for i in range(len(keys)):
                #pragma atomic
                h[keys[i]] += 1


        def both(x, y):
            #pragma parallel for simd
            for i in range(len(x)):
                x[i] = 2.0 * x[i]
            #pragma parallel for simd
            for i in range(len(x)):
                y[i] = x[i] + 1.0
    """,
}


def keys(n: int) -> tuple[Any, ...]:
    """Keys, and counts."""
    return np.arange(n) * 7 % 5, np.zeros(5, dtype=np.int64)


def two(kind: str, shape: tuple[int, ...]) -> tuple[Any, ...]:
    """Two arrays."""
    return sample(kind, shape), sample(kind, shape, 1)


def run_all(pair: Pair) -> None:
    """Every function of a program, in CPython and natively, at several sizes."""
    for n in (1, 7, 1000):
        pair.call("pi", partial(tuple, (n,)), tolerance=1e-13)
        pair.call("count", partial(keys, n))
        for kind in ("float64", "float32"):
            pair.call("both", partial(two, kind, (n,)))
    for shape in ((0, 0), (3, 3), (17, 40)):
        pair.call("smooth", partial(two, "float64", shape))


@pytest.mark.parametrize("tool", PROGRAMS)
def test_program_runs_natively(tool: str, tmp_path: Path) -> None:
    """As it was written, CPython's results, no kernel in Python."""
    run_all(Pair(tmp_path, PROGRAMS[tool]))


@pytest.mark.parametrize("tool", ["pythran", "pyccel"])
def test_file_is_moved(tool: str, tmp_path: Path) -> None:
    """`check --fix` rewrites every OpenMP comment; nothing is left to say, and the loops mean the same."""
    pair = Pair(tmp_path, PROGRAMS[tool])
    moved = tmp_path / "moved.py"
    moved.write_text(pair.source, encoding="utf-8")
    command = [str(FERROKEET), "check", "--isolated", "--fix", "--unsafe-fixes", "--select", "FK016", str(moved)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    text = moved.read_text(encoding="utf-8")
    assert "omp" not in text, text
    assert text.count("# pragma") == 6, text
    left = [str(FERROKEET), "check", "--isolated", "--output-format", "concise", "--ignore", "FK011", str(moved)]
    done = subprocess.run(left, check=True, capture_output=True, text=True, timeout=60)
    assert ": note" not in done.stdout
    assert ": warning" not in done.stdout
    run_all(Pair(tmp_path, text))
