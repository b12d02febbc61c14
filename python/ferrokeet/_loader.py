"""From source text to a code object that calls kernels, with the original file's line numbers."""

import ast
import re
from collections.abc import Callable
from types import CodeType
from typing import Any

from ferrokeet._callees import remember
from ferrokeet._errors import FerrokeetError, disabled, strict, tell
from ferrokeet._kernels import Kernels, Resolver
from ferrokeet._translator import TranslatorError, rewrite

# Files without it, which are nearly all, never reach the translator.
PRAGMA = re.compile(rb"pragma|#\$?\s*omp\b")

# What measuring commands do to translated trees, given the name by which these know their kernels.
FINISH: list[Callable[[ast.Module, str], object]] = []


def renumber(tree: ast.AST, line_map: list[int]) -> None:
    """Gives every node the line of the original file that it stands for."""
    for node in ast.walk(tree):
        if hasattr(node, "lineno"):
            located: Any = node
            located.lineno = line_map[located.lineno - 1]
            located.end_lineno = max(located.lineno, line_map[located.end_lineno - 1])
            located.col_offset = 0 if located.lineno != located.end_lineno else located.col_offset


def rename(tree: ast.AST, old: str, new: str) -> None:
    """Renames a variable."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == old:
            node.id = new


def translated(
    source: bytes, filename: str, shared: bool = False, finish: Callable[[ast.Module], None] = lambda _: None
) -> tuple[CodeType, dict[str, Any]] | None:
    """The code of a file whose regions call kernels, and the names it needs among its globals.

    Args:
        source: the file's bytes.
        filename: its name, for messages and tracebacks.
        shared: see `translated_tree`.
        finish: called with the translated tree before it is compiled.

    None when there is nothing to translate or something went wrong; see `translated_tree`.
    """
    made = translated_tree(source, filename, shared)
    if made is None:
        return None
    finish(made[0])
    try:
        return compile(made[0], filename, "exec", dont_inherit=True), made[1]
    except SyntaxError:  # such as a `return` outside of a function: Python finds it in the plain file, too
        return None


def translated_tree(source: bytes, filename: str, shared: bool) -> tuple[ast.Module, dict[str, Any]] | None:
    """The tree of a file whose regions call kernels, and the names it needs among its globals.

    Where the globals are shared with other sources, as among the cells of a notebook, the names are this source's own.

    None when there is nothing to translate or something went wrong, in which case the user was told.

    Raises:
        FerrokeetError: in strict mode, when a region cannot be translated.
        SyntaxError: never; a file that is not valid Python is left to Python.
    """
    if disabled() or not PRAGMA.search(source):
        return None
    try:
        answer = rewrite(source, filename)
        for region in answer["declined"]:
            tell(filename, region["row"], f"this loop runs as Python: {region['reason']}")
        if not answer["regions"]:
            return None
        tree = ast.parse(answer["text"], filename)
        renumber(tree, answer["line_map"])
        name = answer["kernels"]
        if shared:
            import hashlib

            name = f"{name}_{hashlib.sha256(filename.encode() + source).hexdigest()[:12]}"
            rename(tree, answer["kernels"], name)
        for finish in FINISH:
            finish(tree, name)
        remember(filename, source)
        kernels = Kernels(answer["regions"], Resolver(source, {}, "", answer["imports"]))
    except FerrokeetError:
        raise
    except (TranslatorError, SyntaxError, ImportError, ValueError, KeyError, IndexError) as error:
        if strict():
            raise FerrokeetError(f"{filename}: {error}") from error
        tell(filename, 1, f"this file runs as Python: {error}")
        return None
    return tree, {name: kernels}
