"""Remembering the signatures that a run has seen, for `ferrokeet build`."""

import atexit
import json
import os
from pathlib import Path
from typing import Any

SEEN: dict[str, dict[str, list[str]]] = {}


def note(kernel: Any, signature: str) -> None:
    """Adds a signature, where `FERROKEET_RECORD` names a file."""
    target = os.environ.get("FERROKEET_RECORD")
    if not target:
        return
    if not SEEN:
        atexit.register(write, Path(target))
    signatures = SEEN.setdefault(os.path.abspath(kernel.filename), {}).setdefault(kernel.name, [])
    if signature not in signatures:
        signatures.append(signature)


def write(target: Path) -> None:
    """Merges what was seen into the file."""
    known: dict[str, dict[str, list[str]]] = {}
    if target.exists():
        known = json.loads(target.read_text(encoding="utf-8"))
    for filename, regions in SEEN.items():
        for region, signatures in regions.items():
            merged = known.setdefault(filename, {}).setdefault(region, [])
            merged.extend(signature for signature in signatures if signature not in merged)
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    temporary.write_text(json.dumps(known, indent=2) + "\n", encoding="utf-8")
    temporary.replace(target)
