"""Every CUDA snapshot, compiled by NVRTC (which needs no GPU) to machine code of three generations."""

import ctypes
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEADER = ROOT / "runtime" / "cuda" / "ferrokeet.cuh"
SNAPSHOTS = sorted((ROOT / "snapshots").glob("cuda_*.snap"))
OPTIONS = ["--std=c++17", "--fmad=false", "--device-int128"]


def nvrtc() -> ctypes.CDLL:
    """NVIDIA's compiler, from its wheel."""
    package = find_spec("nvidia.cuda_nvrtc")
    assert package is not None, "`pip install nvidia-cuda-nvrtc-cu12`"
    assert package.submodule_search_locations
    return ctypes.CDLL(str(Path(package.submodule_search_locations[0]) / "lib" / "libnvrtc.so.12"))


def units(snapshot: Path) -> list[str]:
    """The translation units of a snapshot, one for each region that has kernels."""
    text = snapshot.read_text().split("---\n", 2)[2]
    return [part for part in text.split('#include "ferrokeet.cuh"\n')[1:] if "__global__" in part]


def compiled(library: ctypes.CDLL, unit: str, architecture: str) -> tuple[str, int]:
    """What the compiler says, and the size of the machine code."""
    program, size = ctypes.c_void_p(), ctypes.c_size_t()
    text = f'#include "ferrokeet.cuh"\n{unit}'
    headers = (ctypes.c_char_p * 1)(HEADER.read_bytes())
    names = (ctypes.c_char_p * 1)(HEADER.name.encode())
    made = library.nvrtcCreateProgram(ctypes.byref(program), text.encode(), b"kernel.cu", 1, headers, names)
    assert made == 0
    options = [option.encode() for option in [f"--gpu-architecture={architecture}", *OPTIONS]]
    library.nvrtcCompileProgram(program, len(options), (ctypes.c_char_p * len(options))(*options))
    library.nvrtcGetProgramLogSize(program, ctypes.byref(size))
    log = ctypes.create_string_buffer(size.value)
    library.nvrtcGetProgramLog(program, log)
    size.value = 0
    library.nvrtcGetCUBINSize(program, ctypes.byref(size))
    library.nvrtcDestroyProgram(ctypes.byref(program))
    return log.value.decode(), size.value


@pytest.mark.parametrize("architecture", ["sm_80", "sm_90", "sm_100"])
def test_snapshots_compile(architecture: str) -> None:
    library = nvrtc()
    count = 0
    for snapshot in SNAPSHOTS:
        for unit in units(snapshot):
            log, size = compiled(library, unit, architecture)
            assert not log, f"{snapshot.name}: {log}"
            assert size > 1000
            count += 1
    # Of the examples, three quarters at least run on a GPU.
    assert count >= 3 * len(SNAPSHOTS) / 4


def test_kernels_beyond_the_examples_compile() -> None:
    """Those that the emulation runs for what the examples lack: copies, choices, rooms, warps."""
    ferrokeet = os.environ.get("FERROKEET_BIN", Path(sys.executable).with_name("ferrokeet"))
    program = Path(__file__).with_name("cuda_program.py")
    shown = subprocess.run(
        [str(ferrokeet), "show", str(program), "--emit", "cuda"], capture_output=True, text=True, check=True
    )
    library, parts = nvrtc(), shown.stdout.split('#include "ferrokeet.cuh"\n')[1:]
    for part in parts:
        log, size = compiled(library, part, "sm_90")
        assert not log, f"{part}\n{log}"
        assert size > 1000
    # All but one, whose argument is taken for a number where nothing tells its type.
    assert len(parts) == program.read_text().count("target(cuda)") - 1
    assert "has no kernel for a GPU: no loop" in shown.stdout
