"""The scripts for a machine with a GPU (tests/gpu, benches/gpu), with the fake driver of tests/fake_cuda in its place."""

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from test_cuda_driver import FERROKEET, FakeGpu, fake, pytestmark

ROOT = Path(__file__).resolve().parents[2]
__all__ = ["fake", "pytestmark"]

# What is measured on a GPU: the kernels of APPy, and more.
APPY = """azimint cholesky covariance fdtd_2d floyd_warshall_with_copy gemm gemver gesummv gramschmidt hdiff heat_3d jacobi_2d go_fast
    softmax spmv symm syr2k syrk trisolv trmm"""
MORE = "black_scholes kmeans mandelbrot nbody laplacian_3d divergence histogram saxpy"


@pytest.fixture(scope="module")
def prepared(fake: FakeGpu, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as it would be carried to that machine."""
    folder = tmp_path_factory.mktemp("gpu")
    command = [
        sys.executable,
        str(ROOT / "tests/gpu/prepare.py"),
        "-o",
        str(folder),
        "--arch",
        "sm_90",
        "--only",
        "programs",
    ]
    # Without the fake driver, beside which NVIDIA's own compiler cannot work.
    variables = {name: value for name, value in fake.variables.items() if name != "LD_LIBRARY_PATH"}
    environment = {**os.environ, **variables, "FERROKEET_BIN": FERROKEET}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder


def ran(fake: FakeGpu, folder: Path, script: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Runs a script of the folder where there is nothing but Python with NumPy and the driver."""
    command = [sys.executable, str(folder / script), *options]
    return subprocess.run(command, env={**os.environ, **fake.nowhere()}, capture_output=True, text=True)


def test_programs_agree_with_cpython(fake: FakeGpu, prepared: Path) -> None:
    done = ran(fake, prepared, "on_device.py", "--part", "differential", "--part", "residency")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("Fake GPU 0, sm_90\n")
    assert done.stdout.splitlines()[-1] == "6 passed, 0 failed"


def test_a_program_that_differs_is_told(fake: FakeGpu, prepared: Path) -> None:
    plain = prepared / "plain" / "plain_programs.py"
    text = plain.read_text()
    try:
        plain.write_text(text.replace("a * x[i] + y[i]", "a * x[i] - y[i]"))
        done = ran(fake, prepared, "on_device.py", "--part", "differential")
    finally:
        plain.write_text(text)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (1, "2 passed, 1 failed")
    assert "FAILED differential programs.saxpy: Failed: differs by " in done.stdout


def test_measuring(fake: FakeGpu, prepared: Path) -> None:
    done = ran(fake, prepared, "measure.py", "--small", "--runs", "2", "saxpy", "histogram")
    assert done.returncode == 0, done.stdout + done.stderr
    for name in ("saxpy", "histogram"):
        times = re.search(rf"^{name} +([0-9.]+) +([0-9.]+) +([0-9.]+)", done.stdout, re.MULTILINE)
        assert times is not None, done.stdout
        assert float(times[2]) > 0
    lines = done.stdout.splitlines()
    assert lines[-2].startswith("least share of a copy's bandwidth, bound by memory: ")
    assert lines[-1].startswith("most of the time by hand: ")
    assert "(histogram)" in lines[-1]


def test_peers_that_compute_something_else_are_told(fake: FakeGpu, prepared: Path) -> None:
    cubin = prepared / "by_hand.sm_90.cubin"
    right = cubin.read_bytes()
    code = (
        "import sys, nvrtc\n"
        "text = open(sys.argv[1]).read().replace('1u)', '2u)')\n"
        "open(sys.argv[2], 'wb').write(nvrtc.compiled(nvrtc.library(), text, 'sm_90', {})[1])\n"
    )
    command = [sys.executable, "-c", code, str(ROOT / "benches/gpu/by_hand.cu"), str(cubin)]
    subprocess.run(command, cwd=ROOT / "tests/gpu", env={**os.environ, **fake.variables}, check=True)
    try:
        done = ran(fake, prepared, "measure.py", "--small", "--runs", "1", "histogram")
    finally:
        cubin.write_bytes(right)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (1, "histogram: by hand computes something else")


def test_what_is_measured(prepared: Path) -> None:
    """The programs that a folder holds when nothing is left out, and those that peers have."""
    code = (
        "import programs_of, measure, gpu_peers\n"
        "print(*programs_of.FORMS, *programs_of.MORE, *measure.SIZES)\n"
        "print(*gpu_peers.installed([])[1], sep='\\n')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=prepared, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    names, *missing = done.stdout.splitlines()
    assert set(names.split()) >= {*APPY.split(), *MORE.split()}
    # Each is named with a sentence where it is not installed.
    assert "triton is not installed" in missing or find_spec("triton")
    hand = (ROOT / "benches/gpu/by_hand.cu").read_text()
    assert len(re.findall(r'extern "C" __global__', hand)) == 6


def test_without_a_gpu_they_say_so(prepared: Path) -> None:
    for script, words in (
        ("on_device.py", "skipped: no CUDA driver"),
        ("measure.py", "nothing measured: no CUDA driver"),
    ):
        done = subprocess.run([sys.executable, str(prepared / script)], capture_output=True, text=True)
        assert done.returncode == 0
        assert done.stdout.startswith(words)
