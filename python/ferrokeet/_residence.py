"""Arrays that stay on a device from kernel to kernel: the `with` statements of translated files, and how fast devices are."""

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from types import BuiltinFunctionType, FrameType
from typing import Any

QUIET_FUNCTIONS = frozenset({abs, bool, complex, float, int, len, max, min, print, range, round})
QUIET_MODULES = frozenset({"math", "time"})
QUIET_THREADS = (
    "ipykernel.heartbeat.",
    "ipykernel.iostream.",
    "ipykernel.control.",
    "IPython.core.history.",
    "tqdm._monitor.",
    "execnet.gateway_base.",
)
QUIET_STREAMS = ("_io.", "_pytest.capture.", "ipykernel.iostream.", "execnet.")


def nowhere(*_: object, **__: object) -> AbstractContextManager[None]:
    """A scope in which nothing stays on a device."""
    return nullcontext()


def resident(*things: object) -> AbstractContextManager[Any]:
    """The scope of statements of which the translator has proved that none touches an array, but for kernels.

    Args:
        things: what the statements use besides, on which the proof relies: numbers, texts, and functions that keep to them.
    """
    if not all(is_quiet(thing) for thing in things) or is_watched():
        return nullcontext()
    from ferrokeet_runtime import Scope

    return Scope()


def data(resident: tuple[Any, ...], copyin: tuple[Any, ...], copyout: tuple[Any, ...]) -> AbstractContextManager[Any]:
    """The scope of a statement with `# pragma data`; what it names stays on the device as the user says."""
    from ferrokeet_runtime import Scope

    return Scope(list(resident), list(copyin), list(copyout))


def is_quiet(thing: object) -> bool:
    """Whether using a value (numbers: arithmetic; functions: calls with numbers) runs no code that could look at an array."""
    kind = type(thing)
    if kind in (bool, int, float, complex, str, bytes, type(None)):
        return True
    if kind is BuiltinFunctionType or kind is type:
        if thing is print and not is_quiet_stream(sys.stdout):
            return False
        # The type of an array that is measured.
        if thing is getattr(sys.modules.get("numpy"), "ndarray", None):
            return True
        return thing in QUIET_FUNCTIONS or getattr(thing, "__module__", None) in QUIET_MODULES
    if kind is type(sys):
        return getattr(thing, "__name__", None) in QUIET_MODULES
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(thing, (numpy.number, numpy.bool_)) and kind.__module__ == "numpy"


def is_quiet_stream(stream: object) -> bool:
    """Whether writing to a stream runs no code of the program's."""
    kind = type(stream)
    return f"{kind.__module__}.".startswith(QUIET_STREAMS)


def is_watched() -> bool:
    """Whether other code may look at arrays at any moment: other threads, tracers, handlers of signals."""
    if threading.current_thread() is not threading.main_thread():
        return True
    others = [frame for number, frame in sys._current_frames().items() if number != threading.get_ident()]
    if not all(is_quiet_thread(frame) for frame in others):
        return True
    if sys.gettrace() is not None or sys.getprofile() is not None:
        return True
    monitoring = getattr(sys, "monitoring", None)
    if monitoring is not None and any(monitoring.get_tool(tool) for tool in range(6)):
        return True
    handlers = (signal.getsignal(number) for number in signal.valid_signals())
    return any(callable(handler) and handler is not signal.default_int_handler for handler in handlers)


def is_quiet_thread(frame: FrameType | None) -> bool:
    """Whether a thread, by what it runs, is one of those that notebooks, progress bars and test runners keep for themselves."""
    while frame is not None:
        if f"{frame.f_globals.get('__name__')}.".startswith(QUIET_THREADS):
            return True
        frame = frame.f_back
    return False


def bring_back() -> None:
    """Has the arrays of the program hold what kernels wrote: a loop is about to run as Python."""
    runtime = sys.modules.get("ferrokeet_runtime")
    if runtime is not None:
        runtime.bring_back()


def calibration(device: str, measure: Callable[[], dict[str, float]]) -> dict[str, float]:
    """The figures of a device, as a file has them; else measured now and kept there."""
    file = devices()
    known: dict[str, dict[str, float]] = {}
    try:
        with open(file, encoding="utf-8") as stored:
            known = {**json.load(stored)}
        return {**known[device]}
    except (OSError, ValueError, KeyError, TypeError):
        figures = measure()
    from ferrokeet._stats import replace

    # Where it cannot be kept, it is measured again next time.
    with suppress(OSError):
        os.makedirs(os.path.dirname(file), exist_ok=True)
        replace(file, json.dumps({**known, device: figures}, indent=2) + "\n")
    return figures


def devices() -> str:
    """The file with the figures of devices: `FERROKEET_DEVICES`, else in the cache folder, where the command looks for it, too."""
    named, folder = os.environ.get("FERROKEET_DEVICES"), os.environ.get("FERROKEET_CACHE_DIR")
    caches = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.abspath(named or os.path.join(folder or os.path.join(caches, "ferrokeet"), "devices.json"))
