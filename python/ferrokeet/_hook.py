"""The import hook."""

import importlib.machinery
import sys
import warnings
from collections.abc import Iterable, Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader
from types import CodeType, ModuleType

from ferrokeet._errors import FerrokeetWarning, disabled
from ferrokeet._loader import translated


class TranslatingLoader(SourceFileLoader):
    """Loads a module with its regions calling kernels.

    Code comes from the source every time: translated bytecode is never written to, nor read from, the `__pycache__` that
    untranslated runs use.
    """

    def exec_module(self, module: ModuleType) -> None:
        """Runs the translated module, or the plain one where there is nothing to translate."""
        path = self.get_filename(self.name)
        made = translated(self.get_data(path), path)
        if made is None:
            super().exec_module(module)
            return
        code, names = made
        module.__dict__.update(names)
        exec(code, module.__dict__)

    def get_code(self, fullname: str) -> CodeType | None:
        """The plain code, for tools that ask; from the usual cache."""
        return super().get_code(fullname)


class Finder:
    """Finds the modules that `install` named.

    It has no base class because `importlib.abc` takes longer to import than the rest of this package.
    """

    def __init__(self) -> None:
        self.prefixes: set[str] = set()

    def wants(self, fullname: str) -> bool:
        """Whether a module is one of those named, or below one of them, or starts with a name that ends in `_`."""
        return any(
            fullname == prefix or fullname.startswith((f"{prefix}.", prefix if prefix.endswith("_") else f"{prefix}."))
            for prefix in self.prefixes
        )

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The usual spec with a translating loader."""
        if not self.wants(fullname):
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None and type(spec.loader) is SourceFileLoader:
            spec.loader = TranslatingLoader(spec.loader.name, spec.loader.path)
        return spec


FINDER = Finder()


def add(names: Iterable[str]) -> None:
    """Has these modules and packages translated when they are imported, unless the user turned everything off."""
    if disabled():
        return
    FINDER.prefixes.update(names)
    if FINDER not in sys.meta_path:
        sys.meta_path.insert(0, FINDER)


def install(*names: str, strict: bool = False) -> None:
    """Translates these modules and packages when they are imported from now on.

    Args:
        names: names of modules or packages, whose submodules are included; one that ends in `_` stands for every module
            whose name starts so.
        strict: whatever keeps a loop from running natively is a `FerrokeetError` (for the whole process).
    """
    if disabled():
        return
    if strict:
        import os

        os.environ["FERROKEET_STRICT"] = "1"
    add(names)
    for name in names:
        spec = getattr(sys.modules.get(name), "__spec__", None)
        if spec is not None and not isinstance(spec.loader, TranslatingLoader):
            warnings.warn(
                f"{name} is imported already and stays as it is; call install before the import",
                FerrokeetWarning,
                stacklevel=2,
            )


def uninstall() -> None:
    """Takes the hook away; modules that were imported stay as they are."""
    FINDER.prefixes.clear()
    if FINDER in sys.meta_path:
        sys.meta_path.remove(FINDER)
