"""Runs a function in CPython with every access recorded, and tells which iterations of its annotated loops conflict.

The function's syntax tree is rewritten (positions kept): the iterables of annotated loops announce their iterations, and
loads and stores of names assigned in them announce themselves. Arrays are `Recorded` views, which announce the addresses
of the elements that they read and write. Two iterations conflict when they touch the same element, unless both only read
it or both only update it by the same reduction operator. A scalar belongs to the iteration that assigns it before reading
it, so scalars conflict only where a value flows from one iteration to a later one; so do arrays that the item names as
`private`.
"""

import ast
import contextlib
import sys
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from io import StringIO
from types import CodeType
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin
from updates import updates

GROUPS = {"add": "+", "subtract": "+", "multiply": "*", "bitwise_and": "&", "bitwise_or": "|", "bitwise_xor": "^"}
Span = tuple[int, int, int, int]  # row, end row, column, end column; columns count from 0, in bytes


@dataclass(frozen=True)
class Event:
    """One access: `kind` is `read`, `write`, `exit`, or the operator of a reduction."""

    name: str
    iteration: int
    kind: str
    row: int


@dataclass(frozen=True)
class Conflict:
    """Two accesses by which an iteration depends on another one."""

    events: tuple[Event, Event]

    def __str__(self) -> str:
        return " and ".join(
            f"{event.kind} of `{event.name}` in row {event.row} by iteration {event.iteration}" for event in self.events
        )


@dataclass
class Execution:
    """One execution of an annotated loop: the events of each scalar (by name) and element (by address), in order."""

    row: int
    iteration: int = 0
    places: dict[str | int, list[Event]] = field(default_factory=dict)


@dataclass
class Trace:
    """What one access did, seen from the function: for witnesses."""

    array: str
    kind: str
    address: int
    span: Span
    scope: dict[str, Any]
    iterations: tuple[int, ...]


class Recorder:
    """Collects the executions of all annotated loops while a function runs."""

    def __init__(self, filename: str, update_spans: dict[Span, str], traced: bool = False):
        self.filename = filename
        self.update_spans = update_spans
        self.running: list[Execution] = []
        self.finished: list[Execution] = []
        self.kept: list[np.ndarray] = []
        self.names: dict[int, str] = {}
        self.traces: list[Trace] | None = [] if traced else None

    def array(self, array: np.ndarray, name: str) -> "Recorded":
        """Wraps an array; it is kept, so that no other one gets its addresses."""
        self.kept.append(array)
        return Recorded(self, array, name)

    def iterations(self, row: int, iterable: Iterable[Any]) -> Iterator[Any]:
        """Announces the iterations of the annotated loop at a row."""
        execution = Execution(row)
        self.finished.append(execution)
        self.running.append(execution)
        for item in iterable:
            yield item
            execution.iteration += 1  # before the next item is fetched, which is part of its iteration
        self.running.remove(execution)

    def named(self, name: str, value: Any) -> Any:
        """Gives a new array the name that it is assigned to."""
        if isinstance(value, Recorded) and value._name == "(new)":
            value._name = name
        return value

    def event(self, place: str | int, name: str, kind: str, row: int) -> None:
        for execution in self.running:
            execution.places.setdefault(place, []).append(Event(name, execution.iteration, kind, row))

    def scalar(self, name: str, kind: str, row: int, value: Any = None) -> Any:
        """Announces a load or store of a name and gives the value on."""
        self.event(name, name, kind, row)
        return value

    def elements(self, array: np.ndarray, name: str, kind: str) -> None:
        """Announces that the running function reads or writes all elements of an array."""
        if not self.running:
            return
        span, scope = self.position()
        if span in self.update_spans:
            kind = self.update_spans[span]
        for address in addresses(array):
            self.event(address, name, kind, span[0])
            if self.traces is not None:
                iterations = tuple(execution.iteration for execution in self.running)
                self.traces.append(Trace(name, kind, address, span, scope, iterations))

    def position(self) -> tuple[Span, dict[str, Any]]:
        """The place in the item's file that is being executed, and the variables there."""
        frame = sys._getframe(1)
        while frame.f_code.co_filename != self.filename:
            assert frame.f_back is not None
            frame = frame.f_back
        scope = {} if self.traces is None else dict(frame.f_locals)
        outer = frame.f_back
        while self.traces is not None and outer is not None and outer.f_code.co_filename == self.filename:
            scope = {**outer.f_locals, **scope}
            outer = outer.f_back
        return positions(frame.f_code)[frame.f_lasti // 2], scope


@cache
def positions(code: CodeType) -> list[Span]:
    """The span of every instruction."""
    return [tuple(part or 0 for part in place) for place in code.co_positions()]  # type: ignore[misc]


def addresses(array: np.ndarray) -> list[int]:
    """The addresses of an array's elements, in row-major order."""
    base = array.__array_interface__["data"][0]
    offsets = np.zeros((), np.int64)
    for extent, stride in zip(array.shape, array.strides, strict=True):
        offsets = offsets[..., None] + np.arange(extent) * stride
    return [base + int(offset) for offset in offsets.ravel()]


class Recorded(NDArrayOperatorsMixin):
    """An array that announces accesses of its elements; a view of it is one too."""

    def __init__(self, recorder: Recorder, array: np.ndarray, name: str):
        self._recorder, self._array, self._name = recorder, array, name

    def __getitem__(self, index: Any) -> Any:
        index = plain(index)
        result = self._array[index]
        if isinstance(result, np.ndarray) and np.may_share_memory(result, self._array):
            return Recorded(self._recorder, result, self._name)
        self._recorder.elements(self._place(index), self._name, "read")
        return result

    def __setitem__(self, index: Any, value: Any) -> None:
        index, value = plain(index), plain(value)
        self._array[index] = value
        self._recorder.elements(self._place(index), self._name, "write")

    def _place(self, index: Any) -> np.ndarray:
        """The elements that an index names, as a view where that is possible."""
        parts = index if isinstance(index, tuple) else (index,)
        if all(isinstance(part, int | np.integer | slice | type(...) | None) for part in parts):
            return self._array[(*parts, ...)]
        return self._array

    def __len__(self) -> int:
        return len(self._array)

    def __iter__(self) -> Iterator[Any]:
        return (self[index] for index in range(len(self)))

    def __bool__(self) -> bool:
        return bool(plain(self))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(plain(self), dtype)

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._array, name)
        if isinstance(value, np.ndarray):
            return Recorded(self._recorder, value, self._name)
        if not callable(value):
            return value

        def method(*arguments: Any, **named: Any) -> Any:
            result = value(*map(plain, arguments), **named)
            if isinstance(result, np.ndarray) and np.may_share_memory(result, self._array):
                return Recorded(self._recorder, result, self._name)
            kind = "write" if name in ("fill", "sort") else "read"
            self._recorder.elements(self._array, self._name, kind)
            return self._wrap(result)

        return method

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, out: Any = None, **named: Any) -> Any:
        if out is None:
            return self._wrap(getattr(ufunc, method)(*map(plain, inputs), **named))
        target = out[0]
        in_place = inputs[0] is target and ufunc.__name__ in GROUPS
        values = [value._array if in_place and value is target else plain(value) for value in inputs]
        getattr(ufunc, method)(*values, out=(getattr(target, "_array", target),), **named)
        if isinstance(target, Recorded):
            kind = GROUPS[ufunc.__name__] if in_place else "write"
            self._recorder.elements(target._array, target._name, kind)
        return target

    def __array_function__(self, function: Any, types: Any, arguments: Any, named: Any) -> Any:
        return self._wrap(function(*map(plain, arguments), **{key: plain(value) for key, value in named.items()}))

    def _wrap(self, result: Any) -> Any:
        return self._recorder.array(result, "(new)") if isinstance(result, np.ndarray) and result.ndim else result


def plain(value: Any) -> Any:
    """The value without recording; reading an array's elements is announced."""
    if isinstance(value, Recorded):
        value._recorder.elements(value._array, value._name, "read")
        return value._array
    if isinstance(value, tuple | list):
        return type(value)(map(plain, value))
    return value


class RecordingNumpy:
    """The module `numpy`, whose new arrays are recorded."""

    def __init__(self, recorder: Recorder):
        self._recorder = recorder

    def __getattr__(self, name: str) -> Any:
        value = getattr(np, name)
        if isinstance(value, type | np.ufunc) or not callable(value):
            return value

        def function(*arguments: Any, **named: Any) -> Any:
            result = value(*arguments, **named)
            return self._recorder.array(result, "(new)") if isinstance(result, np.ndarray) else result

        return function


class Instrument(ast.NodeTransformer):
    """Makes annotated loops and the names assigned in them announce themselves."""

    def __init__(self, rows: set[int], update_nodes: dict[int, str]):
        self.rows, self.update_nodes = rows, update_nodes
        self.watched: set[str] = set()
        self.exits: list[bool] = []

    def announce(self, method: str, at: ast.AST, *arguments: Any) -> ast.Call:
        function = ast.Attribute(ast.Name("_recorder", ast.Load()), method, ast.Load())
        parts = [part if isinstance(part, ast.AST) else ast.Constant(part) for part in arguments]
        call = ast.Call(function, parts, [])
        for node in ast.walk(call):
            if not hasattr(node, "lineno"):
                ast.copy_location(node, at)
        return call

    def visit_For(self, node: ast.For) -> Any:
        annotated = node.lineno in self.rows
        outer = self.watched
        if annotated:
            self.watched = outer | assigned(node.body)
        bound = self.stores(node.target)
        if annotated or self.exits:
            self.exits.append(annotated)
        node.body = [*bound, *self.block(node.body)]
        if annotated or self.exits:
            self.exits.pop()
        self.watched = outer
        node.iter = self.visit(node.iter)
        if annotated:
            node.iter = self.announce("iterations", node.iter, node.lineno, node.iter)
        node.orelse = self.block(node.orelse)
        return node

    def visit_While(self, node: ast.While) -> Any:
        if self.exits:
            self.exits.append(False)
        self.generic_visit(node)
        if self.exits:
            self.exits.pop()
        return node

    def block(self, body: list[ast.stmt]) -> list[ast.stmt]:
        result: list[ast.stmt] = []
        for statement in body:
            new = self.visit(statement)
            result.extend(new if isinstance(new, list) else [new])
        return result

    def stores(self, target: ast.AST, kind: str = "write") -> list[ast.stmt]:
        """Statements that announce stores of the names in a target."""
        names = [part for part in ast.walk(target) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)]
        calls = [
            self.announce("scalar", name, name.id, kind, name.lineno) for name in names if name.id in self.watched
        ]
        return [ast.copy_location(ast.Expr(call), target) for call in calls]

    def visit_Assign(self, node: ast.Assign) -> Any:
        node.value = self.visit(node.value)
        after = [
            store
            for target in node.targets
            for store in self.stores(target, self.update_nodes.get(id(target), "write"))
        ]
        if isinstance(node.targets[0], ast.Name):
            node.value = self.announce("named", node.value, node.targets[0].id, node.value)
        node.targets = [self.visit(target) for target in node.targets]
        return [node, *after]

    def visit_AugAssign(self, node: ast.AugAssign) -> Any:
        node.value = self.visit(node.value)
        target = node.target
        if not isinstance(target, ast.Name):
            node.target = self.visit(target)
            return node
        operator = self.update_nodes.get(id(target))
        if operator is not None:
            return [node, *self.stores(target, operator)]
        return [*self.stores(target, "read"), node, *self.stores(target)]

    def visit_NamedExpr(self, node: ast.NamedExpr) -> Any:
        node.value = self.visit(node.value)
        if node.target.id in self.watched:
            node.value = self.announce("scalar", node, node.target.id, "write", node.lineno, node.value)
        return node

    def visit_Name(self, node: ast.Name) -> Any:
        if isinstance(node.ctx, ast.Load) and node.id in self.watched:
            kind = self.update_nodes.get(id(node), "read")
            return self.announce("scalar", node, node.id, kind, node.lineno, node)
        return node

    def visit_Break(self, node: ast.Break) -> Any:
        return self.exit(node) if self.exits and self.exits[-1] else node

    def visit_Return(self, node: ast.Return) -> Any:
        self.generic_visit(node)
        return self.exit(node) if any(self.exits) else node

    def exit(self, node: ast.stmt) -> Any:
        call = self.announce("scalar", node, "(exit)", "exit", node.lineno)
        return [ast.copy_location(ast.Expr(call), node), node]

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        node.body = self.block(node.body)
        return node

    def visit_If(self, node: ast.If) -> Any:
        node.test = self.visit(node.test)
        node.body, node.orelse = self.block(node.body), self.block(node.orelse)
        return node


def assigned(body: list[ast.stmt]) -> set[str]:
    """The names that statements assign."""
    nodes = (node for statement in body for node in ast.walk(statement))
    return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def annotated_rows(source: str) -> list[int]:
    """The rows of the `for` statements that a pragma stands above."""
    pragmas, rows = False, []
    for token in tokenize.generate_tokens(StringIO(source).readline):
        if token.type == tokenize.COMMENT and token.string.startswith("# pragma "):
            pragmas = True
        elif token.type == tokenize.NAME:
            if pragmas and token.string == "for":
                rows.append(token.start[0])
            pragmas = False
    return rows


class Recording:
    """A module's source, ready to run its functions with recorded accesses."""

    def __init__(self, source: str, filename: str):
        self.rows, self.filename = annotated_rows(source), filename
        tree = ast.parse(source, filename)
        self.update_nodes, self.update_spans = updates(tree)
        instrumented = Instrument(set(self.rows), self.update_nodes).visit(tree)
        self.code = compile(ast.fix_missing_locations(instrumented), filename, "exec")

    def run(self, function: str, arguments: tuple[Any, ...], traced: bool = False) -> Recorder:
        """Calls the function with its arrays recorded; an exception of the function ends the recording."""
        recorder = Recorder(self.filename, self.update_spans, traced)
        module: dict[str, Any] = {"__name__": "recorded", "_recorder": recorder}
        exec(self.code, module)
        names = module[function].__code__.co_varnames
        wrapped = [
            recorder.array(value, name) if isinstance(value, np.ndarray) else value
            for name, value in zip(names, arguments, strict=False)
        ]
        for name, value in list(module.items()):
            if value is np:
                module[name] = RecordingNumpy(recorder)
        with np.errstate(all="ignore"), contextlib.suppress(ArithmeticError, IndexError, ValueError):
            module[function](*wrapped)
        return recorder


@dataclass(frozen=True)
class Licence:
    """What the header of an item permits: arrays of which each iteration may have its own, reduction variables of a form
    that single statements don't show (argmax), and lanes that iterations further apart never share."""

    private: frozenset[str] = frozenset()
    reductions: frozenset[str] = frozenset()
    lanes: int = sys.maxsize


def conflicts(recorder: Recorder, row: int, licence: Licence) -> list[Conflict]:
    """The conflicts between iterations of the annotated loop at a row, over all its executions."""
    found = []
    for execution in recorder.finished:
        if execution.row == row:
            for place, events in execution.places.items():
                name = events[0].name
                if name in licence.reductions:
                    continue
                flowing = isinstance(place, str) or name in licence.private
                pair = flows(events) if flowing else meetings(events, licence.lanes)
                if pair:
                    found.append(Conflict(pair))
    return found


def meetings(events: list[Event], lanes: int) -> tuple[Event, Event] | None:
    """Two events of different iterations, less than `lanes` apart, that don't commute."""
    seen: dict[tuple[str, int], Event] = {}
    for event in events:
        if event.kind == "exit":
            return event, event
        for earlier in seen.values():
            if clash(earlier, event) and abs(earlier.iteration - event.iteration) < lanes:
                return earlier, event
        seen.setdefault((event.kind, event.iteration), event)
    return None


def flows(events: list[Event]) -> tuple[Event, Event] | None:
    """A value that flows from one iteration into another one."""
    covered: set[int] = set()
    changes: list[Event] = []
    for event in events:
        if event.kind == "exit":
            return event, event
        if event.kind == "write":
            covered.add(event.iteration)
        elif event.iteration not in covered:
            earlier = next((change for change in changes if clash(change, event)), None)
            if earlier:
                return earlier, event
        if event.kind != "read":
            changes.append(event)
    return None


def clash(earlier: Event, later: Event) -> bool:
    """Whether two events of different iterations are ordered: unless both read, or both update by one operator."""
    return earlier.iteration != later.iteration and not (earlier.kind == later.kind != "write")
