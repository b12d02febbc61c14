"""Runs the peers' programs on the CPU, as far as they can be, and compares what they compute with the plain programs in NumPy.

Numba-CUDA runs in its simulator, JAX on the CPU, Triton in its interpreter. Of CuPy's there is nothing to run: they are the array forms.
Prints a line for each program; exits with 1 when one fails or differs.
"""

import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

os.environ |= {"NUMBA_ENABLE_CUDASIM": "1", "TRITON_INTERPRET": "1", "JAX_PLATFORMS": "cpu"}
sys.path.insert(0, str(Path(__file__).resolve().parent))

from gpu_peers import Peer, jax, numba, triton  # noqa: E402
from programs_of import calls, module  # noqa: E402


def peers() -> Iterator[Peer]:
    """Those that are installed."""
    for name, make in (("numba", numba), ("jax", jax), ("triton", triton)):
        if importlib.util.find_spec(name) is None:
            print(f"skipped: {name} is not installed")
        else:
            yield make([])


def expected(stem: str, name: str, arguments: tuple[Any, ...]) -> dict[int, np.ndarray]:
    """What the plain program writes, by the numbers of its arguments."""
    own = tuple(value.copy() if isinstance(value, np.ndarray) else value for value in arguments)
    getattr(module("plain", stem), name)(*own)
    arrays = ((number, value) for number, value in enumerate(own) if isinstance(value, np.ndarray))
    return {number: value for number, value in arrays if not np.array_equal(value, arguments[number])}


def main() -> int:
    programs = {name: (stem, make) for stem, name, make in calls()}
    wrong = 0
    for peer in peers():
        for name in (name for name in peer.functions if name in programs):
            stem, make = programs[name]
            written = expected(stem, name, make(0))
            try:
                results = peer.results(name, make(0), list(written))
                same = all(np.allclose(*both) for both in zip(results, written.values(), strict=True))
                why = "" if same else "another result"
            except Exception as error:  # Whatever a peer raises.
                why = f"{type(error).__name__}: {error}"
            wrong += bool(why)
            print(f"FAILED {peer.name} {name}: {why}" if why else f"passed {peer.name} {name}", flush=True)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
