"""NVIDIA's run-time compiler, from its wheel or wherever FERROKEET_NVRTC says; it needs no GPU."""

import ctypes
import os
from importlib.util import find_spec
from pathlib import Path

OPTIONS = ["--std=c++17", "--fmad=false", "--device-int128"]


def library() -> ctypes.CDLL:
    """The compiler.

    Raises:
        ImportError: the wheel is not installed.
    """
    if path := os.environ.get("FERROKEET_NVRTC"):
        return ctypes.CDLL(path)
    package = find_spec("nvidia.cuda_nvrtc") if find_spec("nvidia") else None
    if package is None or not package.submodule_search_locations:
        raise ImportError("`pip install nvidia-cuda-nvrtc-cu12`")
    return ctypes.CDLL(str(Path(package.submodule_search_locations[0]) / "lib" / "libnvrtc.so.12"))


def compiled(nvrtc: ctypes.CDLL, text: str, architecture: str, headers: dict[str, bytes]) -> tuple[str, bytes]:
    """What the compiler says, and the machine code (empty where there is none)."""
    program, size = ctypes.c_void_p(), ctypes.c_size_t()
    contents = (ctypes.c_char_p * len(headers))(*headers.values())
    names = (ctypes.c_char_p * len(headers))(*(name.encode() for name in headers))
    made = nvrtc.nvrtcCreateProgram(ctypes.byref(program), text.encode(), b"kernel.cu", len(headers), contents, names)
    assert made == 0
    options = [option.encode() for option in [f"--gpu-architecture={architecture}", *OPTIONS]]
    nvrtc.nvrtcCompileProgram(program, len(options), (ctypes.c_char_p * len(options))(*options))
    nvrtc.nvrtcGetProgramLogSize(program, ctypes.byref(size))
    log = ctypes.create_string_buffer(size.value)
    nvrtc.nvrtcGetProgramLog(program, log)
    size.value = 0
    nvrtc.nvrtcGetCUBINSize(program, ctypes.byref(size))
    code = ctypes.create_string_buffer(size.value)
    nvrtc.nvrtcGetCUBIN(program, code)
    nvrtc.nvrtcDestroyProgram(ctypes.byref(program))
    return log.value.decode(), code.raw
