"""The measured programs for those who run them on a GPU already: CuPy, Numba-CUDA, JAX and Triton, each where it is installed.

CuPy runs the very array forms of tests/array_forms. The others need programs of their own; they exist where those are natural. A
peer's functions take the arguments of the array form, on the device, and return when their work is queued; `wait` waits for it.
"""

import importlib.util
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

Functions = dict[str, Callable[..., Any]]


@dataclass
class Peer:
    """One of them: `functions` by the names of the programs, what copies a NumPy array to the device and back, and what waits."""

    name: str
    functions: Functions
    array: Callable[[np.ndarray], Any]
    back: Callable[[Any], np.ndarray]
    wait: Callable[[], None]

    def arguments(self, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments with every array on the device."""
        return tuple(self.array(value) if isinstance(value, np.ndarray) else value for value in arguments)

    def results(self, name: str, arguments: tuple[Any, ...], written: list[int]) -> list[np.ndarray]:
        """What a program writes into the arguments with these numbers, or returns in their stead."""
        there = self.arguments(arguments)
        returned = self.functions[name](*there)
        self.wait()
        if returned is None:
            return [self.back(there[number]) for number in written]
        return [self.back(value) for value in (returned if isinstance(returned, tuple) else (returned,))]


def cupy(forms: list[Path]) -> Peer:
    """CuPy, from the sources of the array forms."""
    import cupy as library

    functions: Functions = {}
    for path in forms:
        names: dict[str, Any] = {}
        text = path.read_text().replace("import numpy as np", "import cupy as np")
        exec(compile(text, str(path), "exec"), names)
        functions |= {name: value for name, value in names.items() if callable(value) and hasattr(value, "__code__")}
    library.cuda.Device().use()
    return Peer("CuPy", functions, library.array, library.asnumpy, library.cuda.Device().synchronize)


def numba(forms: list[Path]) -> Peer:
    """Numba-CUDA, from `numba_kernels`."""
    from numba import cuda
    from numba_kernels import FUNCTIONS

    cuda.current_context()
    return Peer("Numba-CUDA", FUNCTIONS, cuda.to_device, lambda array: array.copy_to_host(), cuda.synchronize)


def jax(forms: list[Path]) -> Peer:
    """JAX: functions of arrays, compiled as a whole; what they return is what the others write."""
    import jax as library
    import jax.numpy as jnp

    library.config.update("jax_enable_x64", True)
    if library.default_backend() != "gpu" and os.environ.get("JAX_PLATFORMS") != "cpu":
        raise RuntimeError("it has no GPU here (`pip install 'jax[cuda12]'`)")

    def black_scholes(price, strike, years, rate, volatility, call):
        spread = volatility * jnp.sqrt(years)
        d1 = (jnp.log(price / strike) + (rate + 0.5 * volatility * volatility) * years) / spread
        d2 = d1 - spread
        discounted = strike * jnp.exp(-rate * years)
        return price / (1.0 + jnp.exp(-1.702 * d1)) - discounted / (1.0 + jnp.exp(-1.702 * d2))

    def laplacian_3d(a, out):
        inner = (
            a[2:, 1:-1, 1:-1]
            + a[:-2, 1:-1, 1:-1]
            + a[1:-1, 2:, 1:-1]
            + a[1:-1, :-2, 1:-1]
            + a[1:-1, 1:-1, 2:]
            + a[1:-1, 1:-1, :-2]
            - 6.0 * a[1:-1, 1:-1, 1:-1]
        )
        return out.at[1:-1, 1:-1, 1:-1].set(inner)

    def softmax(x, out):
        powers = jnp.exp(x - jnp.max(x, axis=1, keepdims=True))
        return powers / jnp.sum(powers, axis=1, keepdims=True)

    def nbody(x, y, z, mass, ax, ay, az, softening):
        dx, dy, dz = (axis[None, :] - axis[:, None] for axis in (x, y, z))
        square = dx * dx + dy * dy + dz * dz + softening
        pull = mass / (square * jnp.sqrt(square))
        return (dx * pull).sum(1), (dy * pull).sum(1), (dz * pull).sum(1)

    def kmeans(points, centres, nearest):
        return ((centres[None] - points[:, None]) ** 2).sum(2).argmin(1)

    def gemm(alpha, beta, c, a, b):
        return alpha * a @ b + beta * c

    last: list[Any] = []

    def queued(function: Callable[..., Any]) -> Callable[..., Any]:
        """What it returns is kept, to be waited for."""
        compiled = library.jit(function)

        def run(*arguments: Any) -> Any:
            last[:] = [compiled(*arguments)]
            return last[0]

        return run

    named = (black_scholes, laplacian_3d, softmax, nbody, kmeans, gemm)
    functions = {function.__name__: queued(function) for function in named}
    return Peer("JAX", functions, jnp.array, np.asarray, lambda: library.block_until_ready(last))


def triton(forms: list[Path]) -> Peer:
    """Triton, from `triton_kernels`, on tensors of PyTorch."""
    import torch
    from triton_kernels import FUNCTIONS

    on_cpu = os.environ.get("TRITON_INTERPRET") == "1"

    def there(array: np.ndarray) -> Any:
        return torch.from_numpy(array.copy()).to("cpu" if on_cpu else "cuda")

    if not on_cpu:
        torch.cuda.init()
    wait = (lambda: None) if on_cpu else torch.cuda.synchronize
    return Peer("Triton", FUNCTIONS, there, lambda array: array.cpu().numpy(), wait)


def installed(forms: list[Path]) -> tuple[list[Peer], list[str]]:
    """The peers there are, and a sentence for each that is not."""
    peers, missing = [], []
    for name, make in (("cupy", cupy), ("numba", numba), ("jax", jax), ("triton", triton)):
        if importlib.util.find_spec(name) is None:
            missing.append(f"{name} is not installed")
            continue
        try:
            peers.append(make(forms))
        except Exception as error:  # A peer that cannot reach the device is left out, whatever it raises.
            missing.append(f"{name} does not start: {error}")
    return peers, missing
