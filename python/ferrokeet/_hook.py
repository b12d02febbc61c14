"""The import hook."""

import ast
import sys
import warnings
from collections.abc import Iterable, Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader
from types import CodeType, ModuleType
from typing import TYPE_CHECKING

from ferrokeet._errors import FerrokeetWarning, disabled, tell
from ferrokeet._loader import translated

if TYPE_CHECKING:  # takes longer to import than the rest of this package
    from importlib.abc import Loader


class TranslatingLoader(SourceFileLoader):
    """Loads a module with its regions calling kernels.

    Code comes from the source every time: translated bytecode is never written to, nor read from, the `__pycache__` that
    untranslated runs use.
    """

    def __init__(self, fullname: str, path: str, plain: "Loader") -> None:
        """
        Args:
            fullname: the module's name.
            path: of its source.
            plain: what loads the module where there is nothing to translate.
        """
        super().__init__(fullname, path)
        self.plain = plain

    def exec_module(self, module: ModuleType) -> None:
        """Runs the translated module, or the plain one where there is nothing to translate."""
        path = self.get_filename(self.name)
        source = self.get_data(path)
        made = translated(source, path, finish=lambda tree: explain_asserts(self.plain, tree, source, path))
        if made is None:
            self.plain.exec_module(module)
            return
        code, names = made
        module.__dict__.update(names)
        exec(code, module.__dict__)

    def get_code(self, fullname: str) -> CodeType | None:
        """The plain code, for tools that ask; from the usual cache."""
        return super().get_code(fullname)


def is_pytest(loader: "Loader | None") -> bool:
    """Whether a loader is pytest's, which has failing asserts show their values."""
    return type(loader).__module__ == "_pytest.assertion.rewrite"


def explain_asserts(loader: "Loader", tree: ast.Module, source: bytes, path: str) -> None:
    """Has the asserts of a translated module show their values, too, if its usual loader is pytest's."""
    if is_pytest(loader):
        from _pytest.assertion.rewrite import rewrite_asserts

        rewrite_asserts(tree, source, path, getattr(loader, "config", None))


class Finder:
    """Finds the modules that `install` named."""

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
        """The spec that the other finders give, those of editable installs among them, with a translating loader."""
        if not self.wants(fullname):
            return None
        others = [finder for finder in sys.meta_path if finder is not self and hasattr(finder, "find_spec")]
        found = (finder.find_spec(fullname, path, target) for finder in others)
        spec = next((spec for spec in found if spec is not None), None)
        if spec is None or spec.loader is None or spec.origin is None:
            return spec
        if type(spec.loader) is SourceFileLoader or is_pytest(spec.loader):
            spec.loader = TranslatingLoader(fullname, spec.origin, spec.loader)
        elif spec.origin.endswith(".py"):
            tell(
                spec.origin, 1, f"this file runs as Python: another import hook loads it ({type(spec.loader).__name__})"
            )
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
