"""Remembering the signatures that a run has seen, for `ferrokeet build`."""

import atexit
import json
import os
import sys
from pathlib import Path
from typing import Any

SEEN: dict[str, dict[str, list[str]]] = {}


def note(kernel: Any, signature: str) -> None:
    """Adds a signature, where `FERROKEET_RECORD` names a file."""
    target = os.environ.get("FERROKEET_RECORD")
    if not target:
        return
    if not SEEN:
        atexit.register(write, Path(target).absolute())
    signatures = SEEN.setdefault(os.path.abspath(kernel.filename), {}).setdefault(kernel.name, [])
    if signature not in signatures:
        signatures.append(signature)


def write(target: Path) -> None:
    """Merges what was seen into the file; names of files below its folder are relative to it, so that it can move along."""
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        known: dict[str, dict[str, list[str]]] = {}
        if target.exists():
            known = json.loads(target.read_text(encoding="utf-8"))
        for filename, regions in SEEN.items():
            path = Path(filename)
            name = path.relative_to(target.parent) if path.is_relative_to(target.parent) else path
            for region, signatures in regions.items():
                merged = known.setdefault(name.as_posix(), {}).setdefault(region, [])
                merged.extend(signature for signature in signatures if signature not in merged)
        temporary.write_text(json.dumps(known, indent=2) + "\n", encoding="utf-8")
        temporary.replace(target)
    except (OSError, ValueError, AttributeError) as error:
        print(f"ferrokeet: the signatures cannot be stored in {target}: {error}", file=sys.stderr)
