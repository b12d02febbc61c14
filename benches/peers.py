"""The same loops for the peers: Numba (made from the very source of kernels.py) and C (compiled by gcc, called by ctypes)."""

import ctypes
import re
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
C_FLAGS = ["-O3", "-march=native", "-fopenmp", "-shared", "-fPIC"]


def numba_kernels(fastmath: bool) -> dict[str, Callable[..., Any]]:
    """kernels.py with each `parallel for` turned into a prange loop and every function compiled by Numba."""
    text, collecting = re.split(r"(?=^def histogram)", (HERE / "kernels.py").read_text(), flags=re.MULTILINE)
    # What prange would make a race of stays in order.
    text = re.sub(r"(# pragma parallel for[^\n]*\n\s*for \w+ in )range", r"\1prange", text) + collecting
    text = re.sub(r"^def normal", f"@njit(fastmath={fastmath})\ndef normal", text, flags=re.MULTILINE)
    text = re.sub(r"^def (?!normal)", f"@njit(parallel=True, fastmath={fastmath})\ndef ", text, flags=re.MULTILINE)
    namespace: dict[str, Any] = {}
    folder = Path(tempfile.mkdtemp())
    path = folder / f"numba_{fastmath}.py"
    path.write_text("from numba import njit, prange\n" + text)
    exec(compile(path.read_text(), str(path), "exec"), namespace)
    return {name: value for name, value in namespace.items() if hasattr(value, "py_func")}


class CKernels:
    """kernels.c behind the Python signatures of kernels.py."""

    def __init__(self) -> None:
        library = Path(tempfile.mkdtemp()) / "kernels.so"
        subprocess.run(["gcc", *C_FLAGS, "-o", library, HERE / "kernels.c", "-lm"], check=True)
        self.library = ctypes.CDLL(str(library))
        for name in ("dot", "total"):
            getattr(self.library, name).restype = ctypes.c_double
        self.library.argmin.restype = ctypes.c_int64

    def invoke(self, name: str, *arguments: Any) -> Any:
        """Calls a C function: arrays by address, floats as double, ints as int64_t."""
        made: list[Any] = []
        for argument in arguments:
            if isinstance(argument, np.ndarray):
                made.append(ctypes.c_void_p(argument.ctypes.data))
            elif isinstance(argument, float):
                made.append(ctypes.c_double(argument))
            else:
                made.append(ctypes.c_int64(argument))
        return getattr(self.library, name)(*made)

    def functions(self) -> dict[str, Callable[..., Any]]:
        """One function per kernel."""
        call = self.invoke
        return {
            "black_scholes": lambda p, *rest: call("black_scholes", len(p), p, *rest),
            "mandelbrot": lambda c, *rest: call("mandelbrot", *c.shape, c, *rest),
            "nbody": lambda x, *rest: call("nbody", len(x), x, *rest),
            "matmul": lambda a, b, c: call("matmul", len(a), a, b, c),
            "jacobi_2d": lambda steps, a, b: call("jacobi_2d", len(a), steps, a, b),
            "heat_3d": lambda steps, a, b: call("heat_3d", len(a), steps, a, b),
            "dot": lambda x, y: call("dot", len(x), x, y),
            "total": lambda x: call("total", len(x), x),
            "histogram": lambda h, b, w: call("histogram", len(b), len(h), h, b, w),
            "argmin": lambda x: call("argmin", len(x), x),
            "spmv": lambda start, *rest: call("spmv", len(start) - 1, start, *rest),
        }


def ferrokeet_kernels() -> ModuleType:
    """kernels.py through the import hook."""
    import sys

    import ferrokeet

    sys.path.insert(0, str(HERE))
    ferrokeet.install("kernels")
    import kernels

    return kernels
