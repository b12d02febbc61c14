"""How kernels ran."""

import atexit
import json
import os
import sys
from pathlib import Path
from typing import Any

KERNELS: list[Any] = []
ARRANGED: list[Path] = []


def arrange() -> None:
    """Has the statistics written at exit to the file that `FERROKEET_STATS` names, also where no kernel runs."""
    target = os.environ.get("FERROKEET_STATS")
    if target and not ARRANGED:
        ARRANGED.append(Path(target).absolute())
        atexit.register(write, ARRANGED[0], os.getpid())


def register(kernel: Any) -> None:
    """Includes a kernel from now on."""
    arrange()
    KERNELS.append(kernel)


def stats() -> dict[str, list[dict[str, Any]]]:
    """How every kernel of this process ran so far.

    Returns:
        `{"kernels": [...]}`; one entry per region and signature, with `name`, `filename`, `row` (of the statement),
        `signature`, the numbers of launches `fast`, `careful`, `gpu` and `python`, `reasons` (why not fast), `compile_ms` and
        `cached`.
    """
    return {"kernels": [entry for kernel in KERNELS for entry in kernel.stats()]}


def write(target: Path, process: int) -> None:
    """Writes the statistics as JSON; a forked child writes beside its parent, with its process id in the name."""
    if os.getpid() != process:
        target = target.with_name(f"{target.stem}.{os.getpid()}{target.suffix}")
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        temporary.write_text(json.dumps(stats(), indent=2) + "\n", encoding="utf-8")
        temporary.replace(target)
    except OSError as error:
        print(f"ferrokeet: the statistics cannot be written to {target}: {error.strerror}", file=sys.stderr)
