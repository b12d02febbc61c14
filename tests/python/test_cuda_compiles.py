"""Every CUDA snapshot and the kernels by hand, compiled by NVRTC (which needs no GPU) to machine code of three generations."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "gpu"))

from nvrtc import compiled, library  # noqa: E402

HEADER = ROOT / "runtime" / "cuda" / "ferrokeet.cuh"
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
            log, code = compiled(nvrtc, text, architecture, {HEADER.name: HEADER.read_bytes()})
            assert not log, f"{snapshot.name}: {log}"
            assert len(code) > 1000
            count += 1
    # Of the examples, three quarters at least run on a GPU.
    assert count >= 3 * len(SNAPSHOTS) / 4


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_the_benchmarks_kernels_by_hand_compile(architecture: str) -> None:
    log, code = compiled(library(), (ROOT / "benches" / "gpu" / "by_hand.cu").read_text(), architecture, {})
    assert not log
    assert len(code) > 1000
