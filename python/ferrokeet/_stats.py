"""How kernels ran."""

import atexit
import json
import os
import sys
from typing import Any

KERNELS: list[Any] = []
ARRANGED: list[str] = []
# By file, region and signature, what `ferrokeet tune` has found to be best, of the kernels that are so.
TUNED: dict[tuple[str, str, str], str] = {}
STANDARD_OUTPUT = "-"


def arrange() -> None:
    """Has the statistics written at exit to the file that `FERROKEET_STATS` names (`-`: standard output), also where no kernel runs."""
    target = os.environ.get("FERROKEET_STATS")
    if target and not ARRANGED:
        ARRANGED.append(target if target == STANDARD_OUTPUT else os.path.abspath(target))
        atexit.register(write, ARRANGED[0], os.getpid())


def register(kernel: Any) -> None:
    """Includes a kernel from now on."""
    arrange()
    KERNELS.append(kernel)


def stats() -> dict[str, list[dict[str, Any]]]:
    """How every kernel of this process ran so far.

    Returns:
        `{"kernels": [...]}`; one entry per region and signature, with `name`, `filename`, `row` (of the statement),
        `signature`, the numbers of launches `fast`, `careful`, `gpu` and `python`, `reasons` (why not fast), `compile_ms`,
        `cached`, the bytes of arrays copied `to_device` and `from_device`, and `device_ms` (how long its launches took there).
    """
    return {"kernels": [entry for kernel in KERNELS for entry in kernel.stats()]}


def write(target: str, process: int) -> None:
    """Writes the statistics as JSON; a forked child writes beside its parent, with its process id in the name."""
    text = json.dumps(stats(), indent=2) + "\n"
    if target == STANDARD_OUTPUT:
        # One write, so that what a forked child says does not stand inside it.
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    if os.getpid() != process:
        stem, suffix = os.path.splitext(target)
        target = f"{stem}.{os.getpid()}{suffix}"
    try:
        if replaceable(target):
            replace(target, text)
        else:
            print(f"ferrokeet: {target} is there and holds no statistics: these are not written", file=sys.stderr)
    except OSError as error:
        print(f"ferrokeet: the statistics cannot be written to {target}: {error.strerror}", file=sys.stderr)


def replaceable(target: str) -> bool:
    """Whether a file is not there yet, or empty, or holds JSON as statistics do: nobody's program is overwritten."""
    if not os.path.isfile(target):
        return True
    with open(target, "rb") as file:
        return file.read(1) in (b"", b"{")


def replace(target: str, text: str) -> None:
    """Gives a file another text at once: whoever reads it sees the old one or the new one.

    Raises:
        OSError: it cannot be written.
    """
    if os.path.exists(target) and not os.path.isfile(target):
        with open(target, "w", encoding="utf-8") as device:
            device.write(text)
        return
    folder, name = os.path.split(target)
    temporary = os.path.join(folder, f".{name}.{os.getpid()}")
    with open(temporary, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(temporary, target)
