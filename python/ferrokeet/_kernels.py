"""The objects that translated files call: one `Kernels` per file, with a `Kernel` of the runtime as each attribute."""

import json
import os
import warnings
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from ferrokeet import _progress, _record, _residence, _stats
from ferrokeet._callees import is_defined_by
from ferrokeet._errors import FerrokeetWarning, disabled, tell
from ferrokeet._translator import TranslatorError, compile_kernel


def declined(*_: object) -> None:
    """Stands for a kernel that never runs."""
    _residence.bring_back()


TOLD_OF_DEVICE: set[str] = set()

# What measuring commands put in the place of a kernel, given the kernel, its region's manifest and the resolver.
STANDS_FOR: list[Callable[[Any, dict[str, Any], "Resolver"], Any]] = []


def emulated() -> bool:
    """Whether the user wants kernels for GPUs emulated."""
    return os.environ.get("FERROKEET_CUDA", "").strip() == "emulate"


class Resolver:
    """Finds the library of a region for a signature: built ahead, or compiled now from the source."""

    def __init__(
        self, source: bytes | None, prebuilt: dict[str, dict[str, Any]], folder: str, imports: str | None = None
    ):
        self.source = source
        self.imports = imports
        self.prebuilt = prebuilt
        self.folder = folder
        self.told: set[tuple[str, str]] = set()
        # Regions that assert, where Python leaves asserts out.
        self.unchecked: set[str] = set()
        # Regions that ask for a GPU.
        self.on_device: set[str] = set()

    def __call__(self, kernel: Any, signature: str) -> dict[str, Any]:
        """The runtime's question; the answer is a manifest, or a reason."""
        _record.note(kernel, signature)
        if kernel.name in self.unchecked:
            reason = "its kernel checks the asserts in it, which `python -O` leaves out"
            self.declined(kernel, reason)
            return {"reason": reason}
        built = self.prebuilt.get(f"{kernel.name}({signature})")
        answer = self.ready(built)
        if answer is None:
            answer = self.compile(kernel, signature)
        elif emulated() and kernel.name in self.on_device:
            answer = self.emulating(kernel, signature, answer)
        if "reason" in answer:
            self.declined(kernel, answer["reason"])
        if "tuned" in answer:
            _stats.TUNED[kernel.filename, kernel.name, signature] = answer["tuned"]
        return answer

    def emulating(self, kernel: Any, signature: str, built: dict[str, Any]) -> dict[str, Any]:
        """What was built ahead has no kernels for an emulated GPU: they are compiled from the source, where that can be done."""
        answer = self.compile(kernel, signature)
        if "reason" not in answer:
            return answer
        why = f"FERROKEET_CUDA=emulate compiles kernels that were built ahead anew: {answer['reason']}"
        return {**built, "device": None, "no_device": why}

    def unusual(self, kernel: Any, signature: str) -> dict[str, Any]:
        """The same for a launch that is not as the kernel of this signature supposes."""
        built = self.prebuilt.get(f"{kernel.name}({signature})")
        return self.ready(built and built.get("otherwise")) or self.compile(kernel, signature, unusual=True)

    def ready(self, built: dict[str, Any] | None) -> dict[str, Any] | None:
        """The answer for what was built ahead, if it was, for a processor like this."""
        library = built and self.fitting(built["libraries"])
        if not built or not library:
            return None
        path = os.path.join(self.folder, library["library"])
        answer = {**built, **library, "library": path, "cached": True, "compile_ms": 0.0}
        if device := built.get("device"):
            images = [{**image, "path": os.path.join(self.folder, image["path"])} for image in device["images"]]
            answer["device"] = {**device, "images": images}
        return answer

    @staticmethod
    def fitting(libraries: list[dict[str, str]]) -> dict[str, str] | None:
        """The first of the libraries, which stand best first, that this processor can run."""
        from ferrokeet_runtime import processors

        known = processors()
        return next((library for library in libraries if library["processor"] in known), None)

    def compile(self, kernel: Any, signature: str, unusual: bool = False) -> dict[str, Any]:
        """Compiles from the source, where there is one."""
        if self.source is None:
            return {"reason": f"no kernel was built for ({signature}), and the source is not there"}
        ask = partial(compile_kernel, self.source, kernel.filename, kernel.name, signature, self.imports, unusual)
        gpu: dict[str, Any] | str | None = None
        if kernel.name in self.on_device and not emulated():
            from ferrokeet_runtime import gpu as find

            gpu = find()
        try:
            with _progress.Waiting(f"compiling {kernel.name} ({os.path.basename(kernel.filename)}:{kernel.row})"):
                if isinstance(gpu, dict):
                    try:
                        return ask(gpu)
                    except TranslatorError as error:
                        # NVIDIA's compiler runs inside the translator, and may have ended it.
                        gpu = f"its kernels for a GPU were not compiled: {error}"
                answer = ask()
        except TranslatorError as error:
            return {"reason": str(error)}
        if gpu:
            answer.setdefault("no_device", gpu)
        return answer

    @staticmethod
    def calibration(device: str, measure: Callable[[], dict[str, float]]) -> dict[str, float]:
        """What a device and this machine do: as a file has it, else measured now and kept there."""
        return _residence.calibration(device, measure)

    @staticmethod
    def is_callee(function: object, source: str, imported: list[str]) -> bool:
        """Whether a function is the one that these lines of another file define."""
        return is_defined_by(function, source, imported)

    @staticmethod
    def on_cpu(kernel: Any, why: str) -> None:
        """Tells the user once per process and reason that a loop that asks for a GPU runs on the CPU; never an error."""
        if why not in TOLD_OF_DEVICE:
            TOLD_OF_DEVICE.add(why)
            note = f"this loop asks for a GPU and runs on the CPU: {why}"
            warnings.warn_explicit(note, FerrokeetWarning, kernel.filename, kernel.row, registry={})

    def declined(self, kernel: Any, reason: str) -> None:
        """Tells the user once per region and reason that the loop runs as Python."""
        if (kernel.name, reason) not in self.told:
            self.told.add((kernel.name, reason))
            tell(kernel.filename, kernel.row, f"this loop runs as Python: {reason}")


class Kernels:
    """The kernels of one file, by the names of their regions."""

    def __init__(self, regions: list[dict[str, Any]], resolver: Resolver):
        from ferrokeet_runtime import Kernel

        for region in regions:
            if not __debug__ and region.get("asserts"):
                resolver.unchecked.add(region["name"])
            if region.get("device"):
                resolver.on_device.add(region["name"])
            kernel = Kernel(region, resolver)
            _stats.register(kernel)
            for stand in STANDS_FOR:
                kernel = stand(kernel, region, resolver)
            setattr(self, region["name"], kernel)

    resident = staticmethod(_residence.resident)
    data = staticmethod(_residence.data)

    @staticmethod
    def appended(form: type | None, present: Any, *parts: Any) -> Iterable[Any]:
        """The items that a kernel appended to a list: numbers, or tuples or lists of them.

        `present` says which places of the arrays hold items, or how many do; a memoryview holds Python's numbers.
        """
        columns = [chosen(part, present) for part in parts]
        if form is None:
            return columns[0]
        return zip(*columns, strict=True) if form is tuple else map(list, zip(*columns, strict=True))

    @staticmethod
    def appended_lists(present: Any, part: Any) -> list[Any]:
        """The lists that a kernel appended to a list, of Python's numbers or NumPy's."""
        if isinstance(part, memoryview | tuple):
            return chosen(part, present)
        return as_lists(part[places(present)])

    def __getattr__(self, name: str) -> Callable[..., None]:
        """A region without a kernel runs as Python."""
        if name.startswith("__"):
            raise AttributeError(name)
        return declined


def places(present: Any) -> Any:
    """The subscript that chooses the places which hold items: a mask, or the first so many."""
    return slice(present) if isinstance(present, int) else present


def chosen(part: Any, present: Any) -> list[Any]:
    """The elements of an array or a memoryview that a mask chooses, as its items are read.

    Where the array has more axes than the mask, every item is an array of its own. Beside an array may stand the tags of its
    elements, which say which of them are Python's numbers.
    """
    where = places(present)
    if isinstance(part, tuple):
        items, tags = part
        return as_told(items[where], tags[where])
    if isinstance(part, memoryview):
        import numpy as np

        kept: list[Any] = np.asarray(part)[where].tolist()
        return kept
    items = part[where]
    return list(items) if items.ndim == 1 else [item.copy() for item in items]


def as_lists(items: Any) -> list[Any]:
    """An array's elements, which stay NumPy's, in lists of lists."""
    return list(items) if items.ndim == 1 else [as_lists(item) for item in items]


def as_told(items: Any, tags: Any) -> list[Any]:
    """An array's elements in lists: NumPy's where the tags are 5, else Python's, of the types that they say."""
    if items.ndim > 1:
        return [as_told(row, own) for row, own in zip(items, tags, strict=True)]
    wide = items.dtype.kind == "c"
    real = items.real.tolist() if wide else items.tolist()
    plain = {1: bool, 2: int, 3: float}
    both = zip(items, items.tolist(), real, tags.tolist(), strict=True)
    return [numpy if tag == 5 else python if tag == 4 else plain[tag](part) for numpy, python, part, tag in both]


class NoKernels:
    """Runs every region as Python."""

    resident = data = staticmethod(_residence.nowhere)

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name.startswith("__"):
            raise AttributeError(name)
        return declined


def load(file: str) -> Kernels | NoKernels:
    """The kernels of a translated file on disk; translated files call this with their `__file__`.

    Beside `name.py` lies `name.fk.json`, written by `ferrokeet translate` or `ferrokeet build`. Signatures that were built
    ahead need no compiler; others are compiled on the first call, where the `ferrokeet` command is installed.
    """
    if disabled():
        return NoKernels()
    manifest = os.path.splitext(file)[0] + ".fk.json"
    try:
        with open(manifest, encoding="utf-8") as stored:
            content = json.load(stored)
        resolver = Resolver(
            content["source"].encode(), content["kernels"], os.path.dirname(file), content.get("imports")
        )
        here = {"filename": file, "places": content["places"]}
        return Kernels([{**region, **here} for region in content["regions"]], resolver)
    except (OSError, ValueError, KeyError, ImportError) as error:
        tell(file, 1, f"the loops of this file run as Python: {os.path.basename(manifest)}: {error}")
        return NoKernels()
