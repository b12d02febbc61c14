"""Runs a function in CPython with every access recorded.

The function's syntax tree is rewritten (see `instrument`): annotated loops announce their iterations, and names assigned in them
their loads and stores. Arrays are `Recorded` views, which announce the addresses of the elements that they read and write.
"""

import ast
import contextlib
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from types import CodeType
from typing import Any

import numpy as np
from conflicts import Event, Execution
from instrument import Instrument, annotated_rows
from numpy.lib.mixins import NDArrayOperatorsMixin
from updates import updates

GROUPS = {"add": "+", "subtract": "+", "multiply": "*", "bitwise_and": "&", "bitwise_or": "|", "bitwise_xor": "^"}
Span = tuple[int, int, int, int]  # row, end row, column, end column; columns count from 0, in bytes


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

    def collapsed(self, iterable: Iterable[Any]) -> Iterator[Any]:
        """Makes the iterations of a loop that a `collapse` clause takes in iterations of the annotated loop around it."""
        for item in iterable:
            yield item
            self.running[-1].iteration += 1

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


class Recording:
    """A module's source, ready to run its functions with recorded accesses."""

    def __init__(self, source: str, filename: str):
        self.rows, self.filename = annotated_rows(source), filename
        tree = ast.parse(source, filename)
        self.update_nodes, self.update_spans = updates(tree)
        instrumented = Instrument(self.rows, self.update_nodes).visit(tree)
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
            elif isinstance(value, np.ndarray):
                module[name] = recorder.array(value, name)
        with np.errstate(all="ignore"), contextlib.suppress(ArithmeticError, IndexError, ValueError):
            module[function](*wrapped)
        return recorder
