"""Arguments for random programs: built twice from the same recipe, once for CPython and once for the translation."""

import random
import warnings
from dataclasses import replace
from typing import Any

import numpy as np
from generate import LAYOUTS, SIZES, ArraySpec, Program

# The fields of a structured array.
RECORD = np.dtype([("x", "f8"), ("n", "i4"), ("flag", "?"), ("z", "c16")], align=True)


def values(spec: ArraySpec, count: int, rng: np.random.Generator) -> np.ndarray:
    """count values of the array's kind, special ones among them."""
    if spec.kind == "bool":
        return rng.integers(0, 2, count).astype(bool)
    if spec.kind == "record":
        records = np.zeros(count, RECORD)
        records["x"], records["n"] = rng.uniform(-4, 4, count), rng.integers(-9, 20, count)
        records["z"] = rng.uniform(-2, 2, count) + 1j * rng.integers(-3, 4, count)
        return records
    if spec.kind.startswith("complex"):
        part = ArraySpec(
            spec.name, {"complex64": "float32", "complex128": "float64"}[spec.kind], spec.extents, spec.fill
        )
        numbers = np.empty(count, spec.kind)
        numbers.real, numbers.imag = values(part, count, rng), values(part, count, rng)
        return numbers
    if spec.kind.startswith("float"):
        if spec.fill in ("whole", "collected"):
            return rng.integers(-8, 9, count).astype(spec.kind)
        data = rng.uniform(-4, 4, count)
        if rng.uniform() < 0.2 and count:
            data[rng.integers(0, count)] = rng.choice([np.nan, np.inf, -np.inf, -0.0, 1e300, 5e-324])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return data.astype(spec.kind)
    if spec.fill.startswith("places"):
        # Mostly places that there are, of arrays that are as long.
        near = rng.integers(-count, max(count, 1), count, dtype=spec.kind)
        return near + (rng.uniform(size=count) < 0.02 * (rng.uniform() < 0.3)) * rng.integers(-count - 9, 9)
    if spec.fill == "small":
        return rng.integers(-9, 20, count, dtype=spec.kind, endpoint=True)
    limits = np.iinfo(spec.kind)
    low, high = (max(limits.min, -9), 20) if rng.uniform() < 0.8 else (limits.min, limits.max)
    return rng.integers(low, high, count, dtype=spec.kind, endpoint=True)


def array(spec: ArraySpec, sizes: dict[str, int], layout: str, rng: np.random.Generator) -> Any:
    """One array argument in a memory layout, or a list."""
    if spec.kind.startswith("list "):
        items: list[object] = array(replace(spec, kind=spec.kind[5:]), sizes, "C", rng).tolist()
        return items
    shape = [sizes[extent] + spec.spare for extent in spec.extents]
    count = int(np.prod(shape))
    data = values(spec, count, rng).reshape(shape)
    if layout == "strided":
        wide = np.repeat(data, 2, axis=-1)
        return wide[..., ::2]
    if layout == "reversed":
        return np.ascontiguousarray(data[::-1])[::-1]
    if layout == "fortran":
        return np.asfortranarray(data)
    if layout == "still" and spec.fill not in ("written", "collected") and count:
        return np.lib.stride_tricks.as_strided(data, shape, [0, *data.strides[1:]])
    if layout == "swapped":
        return data.astype(data.dtype.newbyteorder())
    if layout == "readonly" and spec.fill not in ("written", "collected"):
        data.setflags(write=False)
    return data


def build(program: Program, variant: int) -> list[object]:
    """The arguments of one call."""
    choose = random.Random(program.seed * 1000 + variant)
    rng = np.random.default_rng(program.seed * 1000 + variant)
    sizes = {"n": choose.choice(SIZES), "m": choose.choice(SIZES[:10])}
    arguments: list[object] = []
    previous: dict[tuple[str, tuple[int, ...]], Any] = {}
    for spec in program.arrays:
        layout = choose.choice(LAYOUTS if choose.random() < 0.97 else ["swapped"]) if variant else "C"
        made = array(spec, sizes, layout, rng)
        shape = np.shape(made)
        earlier = previous.get((spec.kind, shape))
        if layout == "shared" and earlier is not None:
            made = earlier if choose.random() < 0.5 or isinstance(made, list) else earlier[::-1]
        if layout == "shifted" and isinstance(earlier, np.ndarray) and len(made):
            both = np.concatenate([earlier, made[-1:]])
            arguments = [both[:-1] if one is earlier else one for one in arguments]
            made = both[1:]
        previous[spec.kind, shape] = made
        arguments.append(made)
    for _, kind in program.scalars:
        arguments.append(choose.uniform(-3, 3) if kind == "float" else choose.randint(-4, 12))
    return [*arguments, sizes["n"], sizes["m"]]
