"""The decorator."""

import functools
import inspect
import linecache
from collections.abc import Callable
from types import CodeType, FunctionType
from typing import Any, TypeVar, cast, overload

from ferrokeet._errors import disabled, tell
from ferrokeet._kernels import Kernels
from ferrokeet._loader import translated

F = TypeVar("F", bound=Callable[..., Any])
FILES: dict[str, tuple[bytes, tuple[CodeType, dict[str, Any]] | None]] = {}


@overload
def jit(function: F) -> F: ...


@overload
def jit(function: None = None) -> Callable[[F], F]: ...


def jit(function: F | None = None) -> F | Callable[[F], F]:
    """Translates a function: its loops with pragmas call kernels. `@jit` and `@jit()` are the same.

    The function's file (or notebook cell) is translated once, whole, and the function takes its code from there;
    globals, defaults and closure stay its own. A function whose source is not to be had runs as it is, with a warning.
    Above other decorators, the function that they wrap is translated in its place.
    """
    if function is None:
        return jit
    if isinstance(function, staticmethod | classmethod):
        return cast("F", type(function)(jit(function.__func__)))
    plain = inspect.unwrap(function)
    if not isinstance(plain, FunctionType):
        raise TypeError(f"jit takes a Python function, not {type(function).__name__}")
    if disabled():
        return function
    if any(isinstance(plain.__globals__.get(name), Kernels) for name in plain.__code__.co_names):
        return function  # translated already, with its whole file
    made = file_of(plain)
    code = made and find(made[0], plain.__code__)
    if made is None or code is None:
        return function
    plain.__globals__.update(made[1])
    if plain is not function:
        plain.__code__ = code
        return function
    result = FunctionType(code, plain.__globals__, plain.__name__, plain.__defaults__, plain.__closure__)
    result.__kwdefaults__ = plain.__kwdefaults__
    functools.update_wrapper(result, plain)
    return cast("F", result)


def file_of(function: FunctionType) -> tuple[CodeType, dict[str, Any]] | None:
    """The translated file in which a function stands."""
    filename = function.__code__.co_filename
    lines = linecache.getlines(filename, function.__globals__)
    if not lines:
        try:
            lines = inspect.findsource(function)[0]
        except OSError:
            tell(
                filename,
                function.__code__.co_firstlineno,
                f"{function.__name__} runs as Python: its source is not there",
            )
            return None
    source = "".join(lines).encode()
    known = FILES.get(filename)
    if known is None or known[0] != source:
        known = (source, translated(source, filename, shared=True))
        FILES[filename] = known
    return known[1]


def find(code: CodeType, wanted: CodeType) -> CodeType | None:
    """The function's code within its file's: the same name and first line, and the same free variables."""
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            same = constant.co_name == wanted.co_name and constant.co_firstlineno == wanted.co_firstlineno
            if same and constant.co_freevars == wanted.co_freevars:
                return constant
            inner = find(constant, wanted)
            if inner is not None:
                return inner
    return None
