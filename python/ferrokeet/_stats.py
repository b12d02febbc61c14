"""How kernels ran."""

import atexit
import json
import os
from pathlib import Path
from typing import Any

KERNELS: list[Any] = []


def register(kernel: Any) -> None:
    """Includes a kernel from now on; the first one arranges for `FERROKEET_STATS` to be written at exit."""
    if not KERNELS and os.environ.get("FERROKEET_STATS"):
        atexit.register(write, Path(os.environ["FERROKEET_STATS"]), os.getpid())
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
    temporary.write_text(json.dumps(stats(), indent=2) + "\n", encoding="utf-8")
    temporary.replace(target)
