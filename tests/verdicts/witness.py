"""Checks the witnesses of refuted loops: the two iterations that a witness names must touch one element.

First by execution: the item's function runs with arrays of the extents and scalars of the values that the witness gives,
every access recorded, and among the accesses at the stated places in the stated iterations two must meet. Where execution
does not get there (a branch depends on the contents of an array, or a value is computed inside the function), the
subscripts are evaluated for the stated values instead. A scalar has no element: there a value must flow between iterations.
"""

import ast
import itertools
import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from conflicts import conflicts
from items import Item
from recorder import Recorder, Span, Trace
from score import Judged


@dataclass(frozen=True)
class Claim:
    """One half of a witness: an access in an iteration."""

    array: str
    kind: str
    span: Span  # rows from 1, columns from 0
    values: dict[str, int]

    def covers(self, span: Span) -> bool:
        """Whether a place is in the stated rows: values that a tuple assignment takes apart are stated less exactly than that."""
        return self.span[0] <= span[0] and span[1] <= self.span[1]

    def made(self, trace: Trace) -> bool:
        """Whether a recorded access is the claimed one."""
        if trace.kind in ("read", "write") and trace.kind != self.kind:
            return False
        scope = trace.scope
        return self.covers(trace.span) and all(
            scope[name] == value for name, value in self.values.items() if isinstance(scope.get(name), int | np.integer)
        )


def claims(witness: dict[str, Any]) -> tuple[Claim, Claim]:
    """The two halves of a witness as `check` prints it."""
    halves = []
    for access, values in zip(witness["accesses"], witness["iterations"], strict=True):
        start, end = access["location"], access["end_location"]
        span = (start["row"], end["row"], start["column"] - 1, end["column"] - 1)
        halves.append(Claim(access["array"], access["kind"], span, values))
    return halves[0], halves[1]


def doubt(loop: Judged) -> str | None:
    """What is wrong with a refuted loop's witness."""
    witness = loop.region["witness"] if loop.region else None
    if witness is None:
        return "there is no witness"
    first, second = claims(witness)
    if first.values == second.values:
        return "the witness names one iteration"
    if any(executes(loop, first, second, recipe) for recipe in loop.item.recipes):
        return None
    problem = evaluates(loop.item, first, second)
    return problem and f"{problem}: {witness['text']}"


def executes(loop: Judged, first: Claim, second: Claim, recipe: str) -> bool:
    """Whether the claimed accesses meet when the function runs with the witness's parameters."""
    item = loop.item
    recorder = item.recording().run(item.name, arguments(item, first.values, recipe), traced=True)
    if first.array in scalars(recorder):
        names = {
            event.name for conflict in conflicts(recorder.finished, loop.row, item.licence) for event in conflict.events
        }
        plain = item.recording().run(item.name, item.arguments(recipe))
        names |= {
            event.name for conflict in conflicts(plain.finished, loop.row, item.licence) for event in conflict.events
        }
        return first.array in names
    traces = settled(recorder.traces or [], loop.row)
    ones = [trace for trace in traces if first.made(trace)]
    others = [trace for trace in traces if second.made(trace)]
    return any(
        one.address == other.address and one.iterations != other.iterations and "write" in (first.kind, second.kind)
        for one in ones
        for other in others
    )


def settled(traces: list[Trace], row: int) -> list[Trace]:
    """The traces, of which those of a loop's header (`for x in a`), placed at the whole statement, get its row and the variables
    of their iterations: the header reads the item before it assigns them."""
    scopes = {trace.iterations: trace.scope for trace in traces if trace.span[0] != row}
    return [
        replace(trace, span=(row, row, 0, 0), scope=scopes.get(trace.iterations, {})) if trace.span[0] == row else trace
        for trace in traces
    ]


def scalars(recorder: Recorder) -> set[str]:
    """The names of scalars that were assigned in annotated loops."""
    return {place for execution in recorder.finished for place in execution.places if isinstance(place, str)}


def arguments(item: Item, values: dict[str, int], recipe: str) -> tuple[Any, ...]:
    """The item's arguments with the extents and scalars that a witness states."""
    made = []
    for name, value in zip(item.parameters, item.arguments(recipe), strict=True):
        if isinstance(value, np.ndarray):
            shape = tuple(values.get(f"{name}.shape[{axis}]", extent) for axis, extent in enumerate(value.shape))
            made.append(value if shape == value.shape else np.resize(value, shape))
        else:
            made.append(values.get(name, value))
    return tuple(made)


# Elements of a slice that are looked at.
MOST = 64


class Extents:
    """An array of which a witness gives the shape."""

    def __init__(self, shape: tuple[int, ...]):
        self.shape = shape

    def __len__(self) -> int:
        return self.shape[0]


def evaluates(item: Item, first: Claim, second: Claim) -> str | None:
    """What is wrong with the subscripts of two claims, evaluated for their values."""
    tree = ast.parse(item.path.read_text())
    places = [set().union(*(elements(node, claim) for node in subscripts(tree, claim))) for claim in (first, second)]
    if not places[0] or not places[1]:
        return "there is no such access, or no value flows"
    common = (places[0] & places[1]) - {None}
    return None if common else f"the subscripts name {places[0]} and {places[1]}"


def subscripts(tree: ast.AST, claim: Claim) -> list[ast.Subscript]:
    """The subscripts of the claimed kind at the claimed place."""
    context = ast.Store if claim.kind == "write" else ast.Load | ast.Store  # `a[i] += 1` reads what it stores
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript)
        and isinstance(node.ctx, context)
        and claim.covers((node.lineno, node.end_lineno or 0, node.col_offset, node.end_col_offset or 0))
    ]


def elements(node: ast.Subscript, claim: Claim) -> set[tuple[int, ...] | None]:
    """The elements that a subscript names, counted from the start: several if it slices; None for those that depend on more than
    the claim says."""
    shapes: dict[str, dict[int, int]] = {}
    scope: dict[str, Any] = {"len": len, "min": min, "max": max, "abs": abs, "int": int, "math": math}
    for name, value in claim.values.items():
        array, dot, axis = name.partition(".shape[")
        if dot:
            shapes.setdefault(array, {})[int(axis[:-1])] = value
        else:
            scope[name] = value
    for array, extents in shapes.items():
        scope[array] = Extents(tuple(extents.get(axis, 10**9) for axis in range(max(extents) + 1)))
    try:
        index = eval(compile(ast.Expression(node.slice), "", "eval"), scope)
    except (NameError, TypeError, AttributeError):
        return {None}
    parts = index if isinstance(index, tuple) else (index,)
    known = shapes.get(claim.array, {})
    axes = []
    for place, part in enumerate(parts):
        extent = known.get(place, 0)
        if isinstance(part, slice):
            axes.append(list(range(*part.indices(extent or MOST)))[:MOST])
        else:
            axes.append([part + extent if part < 0 else part])
    return set(itertools.product(*axes))
