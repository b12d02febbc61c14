"""Compiles the fake driver and the fake NVRTC into a folder."""

import os
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
HEADERS = HERE.parents[1] / "runtime" / "cuda"
EMULATED = ["-std=c++17", "-O1", "-fPIC", "-ffp-contract=off", "-fwrapv", "-DFERROKEET_EMULATION"]
WARNINGS = ["-Wall", "-Wextra", "-Werror"]


def compiled(folder: Path) -> dict[str, str]:
    """Variables of an environment that has the libraries of `folder`, which it makes, for CUDA's."""
    folder.mkdir()
    for header in HEADERS.iterdir():
        shutil.copy(header, folder)
    # Compiled once: a kernel then takes a third of the time.
    compiler = os.environ.get("CXX", "c++")
    command = [compiler, "-x", "c++-header", *EMULATED, "ferrokeet.cuh", "-o", "ferrokeet.cuh.gch"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    for source, library in (("driver", "libcuda.so.1"), ("nvrtc", "libnvrtc.so.12")):
        options = ["-shared", "-fPIC", "-O1", *WARNINGS, f'-DHEADERS="{folder}"', "-o", str(folder / library)]
        subprocess.run(["cc", *options, str(HERE / f"{source}.c"), "-lpthread", "-ldl"], check=True)
    # By whichever name somebody looks for it.
    (folder / "libcuda.so").symlink_to("libcuda.so.1")
    return {
        "LD_LIBRARY_PATH": str(folder),
        "FERROKEET_NVRTC": str(folder / "libnvrtc.so.12"),
        "FERROKEET_OPT_LEVEL": "0",
    }


def nowhere(variables: dict[str, str]) -> dict[str, str]:
    """The same for a machine with neither Rust nor NVRTC nor the command."""
    nothing = dict.fromkeys(("FERROKEET_BIN", "FERROKEET_NVRTC", "PATH"), "/nonexistent")
    return {**variables, **nothing}
