"""Reads the corpus: functions with annotated loops, and what the comments above them say.

An item is a function of a module in `corpus/`; the module's name is its category. The comment lines directly above its
`def` say, one `key: text` each (a line without a key continues the one before):

* `label`: what holds for its annotated loop. With several loops, one label each, in order, separated by commas.
  `racy` (iterations conflict for every sensible argument), `safe-affine` (never, and the subscripts and bounds are affine),
  `safe` (never, for a reason that goes beyond affine subscripts), `run-time` (it depends on the arguments), `refused`
  (whether an iteration runs depends on the earlier ones).
* `arguments`: an expression list over `makers.py`; for a `run-time` item `independent` and `dependent` instead.
* `private`: arrays that each iteration writes before it reads them.
* `reductions`: scalars that are reduced by several statements together (argmax).
* `lanes`: for `simd`, how many iterations run at once.
* `outside`: what the subset does not hold yet, so that the item's loops have no verdict.
* `why`: a remark.
"""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import makers
import numpy as np
from conflicts import Licence
from recorder import Recording

FOLDER = Path(__file__).parent
LABELS = ("racy", "safe-affine", "safe", "run-time", "refused")
RECIPES = ("arguments", "independent", "dependent")
KEYS = ("label", *RECIPES, "private", "reductions", "lanes", "outside", "why")


@dataclass(frozen=True)
class Item:
    """One function of the corpus."""

    path: Path
    name: str
    parameters: tuple[str, ...]
    rows: tuple[int, ...]  # of its annotated loops
    labels: tuple[str, ...]
    recipes: dict[str, str] = field(hash=False)
    licence: Licence
    outside: bool  # of the subset

    def __str__(self) -> str:
        return f"{self.path.stem}.{self.name}"

    def arguments(self, recipe: str = "") -> tuple[Any, ...]:
        """New arguments; of a `run-time` item, the `independent` or `dependent` ones."""
        text = self.recipes[recipe] if recipe else next(iter(self.recipes.values()))
        made: tuple[Any, ...] = eval(f"({text},)" if text else "()", {**vars(makers), "np": np})
        return made

    def recording(self) -> Recording:
        return recording(self.path)


@cache
def recording(path: Path) -> Recording:
    return Recording(path.read_text(), str(path))


@cache
def items(folder: str = "corpus") -> tuple[Item, ...]:
    """All items of a folder of modules."""
    return tuple(item for path in sorted((FOLDER / folder).glob("*.py")) for item in module(path))


def module(path: Path) -> Iterator[Item]:
    """The items of a module; functions without a header are what its items call."""
    source = path.read_text()
    lines, rows = source.splitlines(), recording(path).rows
    for node in ast.parse(source).body:
        if not isinstance(node, ast.FunctionDef):
            continue
        header = comments(lines, node.lineno - 1)
        own = tuple(row for row in rows if node.lineno < row <= (node.end_lineno or 0))
        if not header:
            assert not own, f"{path.name}:{node.lineno}: `{node.name}` has annotated loops but no header"
            continue
        labels = tuple(label.strip() for label in header["label"].split(","))
        place = f"{path.name}:{node.lineno}"
        assert set(labels) <= set(LABELS), f"{place}: labels are {', '.join(LABELS)}"
        assert len(labels) == len(own), f"{place}: {len(own)} annotated loops, {len(labels)} labels"
        recipes: dict[str, str] = {key: header[key] for key in RECIPES if key in header}
        expected = {"independent", "dependent"} if "run-time" in labels else {"arguments"}
        assert set(recipes) == expected, f"{place}: needs {', '.join(sorted(expected))}"
        lanes = int(header.get("lanes", sys.maxsize))
        licence = Licence(names(header, "private"), names(header, "reductions"), lanes)
        parameters = tuple(argument.arg for argument in node.args.args)
        yield Item(path, node.name, parameters, own, labels, recipes, licence, "outside" in header)


def names(header: dict[str, str], key: str) -> frozenset[str]:
    """The names that a header lists under a key."""
    return frozenset(header[key].replace(",", " ").split()) if key in header else frozenset()


def comments(lines: list[str], row: int) -> dict[str, str]:
    """The keyed comment lines that end above a row (counted from 0)."""
    first = row
    while first and lines[first - 1].startswith("#"):
        first -= 1
    found: dict[str, str] = {}
    for line in lines[first:row]:
        key, colon, text = line.lstrip("# ").partition(":")
        if colon and key in KEYS:
            found[key] = text.strip()
        elif found:
            found[next(reversed(found))] += " " + line.lstrip("# ").strip()
    return found
