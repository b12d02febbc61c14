"""The bits of a result do not depend on the number of threads, and equal CPython's where nothing is reassociated."""

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

FERROKEET = Path(sys.executable).with_name("ferrokeet")
CPUINFO = Path("/proc/cpuinfo")
PROCESSOR = CPUINFO.read_text() if CPUINFO.exists() else ""

SCRIPT = """
import numpy as np

def everything(x, y, f, k, out, grid):
    s = 0.0
    # pragma parallel for
    for i in range(len(x)):
        s += x[i] * y[i]
    p = np.float32(0.0)
    # pragma parallel for simd
    for v in f:
        p += v
    low = np.inf
    # pragma parallel for
    for i in range(len(x)):
        low = min(low, x[i] - y[i])
    # pragma parallel for schedule(dynamic, 100)
    for i in range(len(x)):
        out[i] = x[i] / (1.0 + y[i] * y[i]) - x[-1 - i]
    wave = np.empty(len(x))
    # pragma parallel for simd
    for i in range(len(x)):
        wave[i] = np.exp(y[i]) * np.sin(x[i]) + abs(x[i]) ** 1.5 - np.sqrt(abs(x[i]))
    c = 0
    # pragma parallel for
    for i in range(len(k)):
        if k[i] % 3 == 1:
            c += k[i]
    trace = 0.0
    # pragma parallel for
    for i in range(grid.shape[0]):
        row = 0.0
        for j in range(grid.shape[1]):
            row += grid[i, j] * grid[j, i]
        trace += row
    # pragma sequential for
    for t in range(3):
        # pragma parallel for
        for i in range(1, grid.shape[0] - 1):
            for j in range(grid.shape[1]):
                grid[i, j] = 0.5 * (grid[i, j] + out[i + j])
    return s, p, low, c, trace, wave.sum()

rng = np.random.default_rng(0)
n = 300_000
x, y, f = rng.normal(size=n), rng.normal(size=n), rng.normal(size=n).astype(np.float32)
out, grid = np.zeros(n), rng.normal(size=(300, 300))
result = everything(x, y, f, rng.integers(0, 1000, n), out, grid)
for value in result:
    print(type(value).__name__, float(value).hex())
print(out.tobytes().hex()[:2000:7], float(out.sum()).hex(), float(grid.sum()).hex())
"""


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What the script prints in CPython, and translated: by threads, and by instruction set."""
    folder = tmp_path_factory.mktemp("threads")
    script = folder / "script.py"
    script.write_text(SCRIPT)
    printed = {}
    plain = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)
    printed["CPython"] = plain.stdout.splitlines()
    for name, variable in {
        "1": {"FERROKEET_NUM_THREADS": "1"},
        "2": {"FERROKEET_NUM_THREADS": "2"},
        "5": {"FERROKEET_NUM_THREADS": "5"},
        "AVX2": {"FERROKEET_CPU": "x86-64-v3"},
        "SSE2": {"FERROKEET_CPU": "x86-64"},
    }.items():
        absent = {"AVX2": "avx2" not in PROCESSOR, "SSE2": platform.machine() != "x86_64"}
        if absent.get(name, False):
            continue
        stats = folder / f"stats_{name}.json"
        environment = {**os.environ, **variable}
        command = [str(FERROKEET), "run", "--stats", str(stats), str(script)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        printed[name] = done.stdout.splitlines()
        for kernel in json.loads(stats.read_text())["kernels"]:
            assert (kernel["fast"], kernel["careful"], kernel["python"]) == (1, 0, 0), kernel
    return printed


@pytest.mark.parametrize("threads", ["2", "5"])
def test_same_bits_for_every_number_of_threads(outputs: dict[str, list[str]], threads: str) -> None:
    assert outputs[threads] == outputs["1"]


@pytest.mark.parametrize("instructions", ["AVX2", "SSE2"])
def test_same_bits_for_every_instruction_set(outputs: dict[str, list[str]], instructions: str) -> None:
    if instructions not in outputs:
        pytest.skip(f"this processor has no {instructions}")
    assert outputs[instructions] == outputs["1"]


def test_agrees_with_cpython(outputs: dict[str, list[str]]) -> None:
    for expected, actual in zip(outputs["CPython"], outputs["2"], strict=True):
        kind, value = expected.split()[0], float.fromhex(expected.split()[1])
        if kind in ("float64", "float32", "float", "int64"):
            assert actual.split()[0] == kind
            assert float.fromhex(actual.split()[1]) == pytest.approx(value, rel=1e-4 if kind == "float32" else 1e-10)
        else:
            assert actual == expected


@pytest.mark.parametrize("variable", ["FERROKEET_NUM_THREADS", "OMP_NUM_THREADS"])
def test_variables_that_limit_threads(tmp_path: Path, variable: str) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        SCRIPT
        + "\nimport threading, os\nprint('threads', len(os.listdir('/proc/self/task')) - threading.active_count())\n"
    )
    counts = {}
    for threads in ("1", "4"):
        environment = {key: value for key, value in os.environ.items() if not key.endswith("_NUM_THREADS")}
        environment |= {variable: threads, "OPENBLAS_NUM_THREADS": "1"}
        done = subprocess.run(
            [str(FERROKEET), "run", str(script)], env=environment, capture_output=True, text=True, check=True
        )
        counts[threads] = int(done.stdout.split()[-1])
    assert counts["4"] - counts["1"] in (3, 4)
