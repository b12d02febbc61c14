"""Every CUDA snapshot and the kernels by hand, compiled by NVRTC (which needs no GPU) to machine code of three generations."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "gpu"))

from nvrtc import compiled, library  # noqa: E402

HEADERS = {path.name: path.read_bytes() for path in (ROOT / "runtime" / "cuda").glob("*.cuh")}
SNAPSHOTS = sorted((ROOT / "snapshots").glob("cuda_*.snap"))
ARCHITECTURES = ["sm_80", "sm_90", "sm_100"]


def units(snapshot: Path) -> list[str]:
    """The translation units of a snapshot, one for each region that has kernels."""
    text = snapshot.read_text().split("---\n", 2)[2]
    return [part for part in text.split('#include "ferrokeet.cuh"\n')[1:] if "__global__" in part]


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_snapshots_compile(architecture: str) -> None:
    nvrtc = library()
    count = 0
    for snapshot in SNAPSHOTS:
        for unit in units(snapshot):
            text = f'#include "ferrokeet.cuh"\n{unit}'
            log, code = compiled(nvrtc, text, architecture, HEADERS)
            assert not log, f"{snapshot.name}: {log}"
            assert len(code) > 1000
            count += 1
    # Of the examples, three quarters at least run on a GPU.
    assert count >= 3 * len(SNAPSHOTS) / 4


@pytest.mark.parametrize("name", ["cuda_program.py", "cuda_orders.py", "cuda_teams.py"])
def test_kernels_beyond_the_examples_compile(name: str) -> None:
    """Those that the emulation runs for what the examples lack: copies, choices, rooms, pools, warps."""
    ferrokeet = os.environ.get("FERROKEET_BIN", Path(sys.executable).with_name("ferrokeet"))
    program = Path(__file__).with_name(name)
    shown = subprocess.run(
        [str(ferrokeet), "show", str(program), "--emit", "cuda"], capture_output=True, text=True, check=True
    )
    nvrtc, parts = library(), shown.stdout.split('#include "ferrokeet.cuh"\n')[1:]
    for part in parts:
        text = f'#include "ferrokeet.cuh"\n{part}'
        log, code = compiled(nvrtc, text, "sm_90", HEADERS)
        assert not log, f"{part}\n{log}"
        assert len(code) > 1000
    assert len(parts) == program.read_text().count("target(cuda)")


def test_functions_of_complex_numbers_compile() -> None:
    """All of the header, of single precision, which are by way of double: kernels that call none of them only parse them."""
    header = HEADERS["complex.cuh"].decode()
    names = sorted(set(re.findall(r"OF_COMPLEX\((\w+)\)", header)) - {"name"})
    assert len(names) >= 21
    calls = "".join(f"    b[0] = math::{name}(b[0]);\n" for name in names)
    calls += "    a[0] = numpy_power(a[0], a[1]);\n    b[0] = numpy_power(b[0], b[1]);\n    a[0] = python_power(a[0], a[1]);\n"
    text = f'#include "ferrokeet.cuh"\nextern "C" __global__ void all(c128 *a, c64 *b) {{\n{calls}}}\n'
    log, code = compiled(library(), text, ARCHITECTURES[0], HEADERS)
    assert not log, log
    assert len(code) > 1000


def test_the_plan_tells_which_loops_threads_share() -> None:
    """Rows, and no columns: those that neighbouring threads reach side by side when each does an iteration alone."""
    ferrokeet = os.environ.get("FERROKEET_BIN", Path(sys.executable).with_name("ferrokeet"))
    program = Path(__file__).with_name("cuda_program.py")
    shown = subprocess.run(
        [str(ferrokeet), "show", str(program), "--emit", "plan"], capture_output=True, text=True, check=True
    )
    told: dict[str, str] = {}
    for line in shown.stdout.splitlines():
        if not line.startswith(" "):
            function = line.rsplit("_L", 1)[0]
        elif line.startswith("    threads share"):
            told[function] = line.split("share ")[1].split(":")[0] + line[line.rindex(" (") :]
    assert told == {
        "softmax": "j, j_2, j_3 (by its bounds; by its bounds; by its bounds)",
        "segments": "k (by its share of `x`)",
        "gesummv": "j (by its bounds)",
        "spmv": "k (by its share of `val`)",
        "covariance": "j (by its bounds)",
        "worst_row": "j (by its bounds)",
        "scaled": "j (by its bounds)",
    }


REGIONS = """
import numpy as np

def in_order(a: "f64[:]"):
    # pragma sequential for target(cuda)
    for i in range(1, len(a)):
        a[i] += a[i - 1]

def no_array(a: float, out: "f64[:]"):
    # pragma parallel for target(cuda)
    for i in range(len(out)):
        out[i] = a[i]

def numbers(a: "f64[:]"):
    # pragma parallel for target(cuda)
    for i in range(len(a)):
        a[i] *= 2.0
"""


def test_regions_without_a_kernel_hide_no_other(tmp_path: Path) -> None:
    ferrokeet = os.environ.get("FERROKEET_BIN", Path(sys.executable).with_name("ferrokeet"))
    program = tmp_path / "program.py"
    program.write_text(REGIONS)
    shown = subprocess.run([str(ferrokeet), "show", str(program), "--emit", "cuda"], capture_output=True, text=True)
    assert shown.returncode == 2
    assert "// in_order_L6 has no kernel for a GPU: " in shown.stdout
    assert "void numbers_L16_0(" in shown.stdout
    assert shown.stderr.count("error: ") == 1
    assert "`a` is used as an array, but is a Python float here" in shown.stderr


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_the_benchmarks_kernels_by_hand_compile(architecture: str) -> None:
    log, code = compiled(library(), (ROOT / "benches" / "gpu" / "by_hand.cu").read_text(), architecture, {})
    assert not log
    assert len(code) > 1000
