"""Remembering the signatures that a run has seen, for `ferrokeet build`."""

import atexit
import json
import os
import sys
from typing import Any

from ferrokeet._stats import replace

SEEN: dict[str, dict[str, list[str]]] = {}


def note(kernel: Any, signature: str) -> None:
    """Adds a signature, where `FERROKEET_RECORD` names a file."""
    target = os.environ.get("FERROKEET_RECORD")
    if not target:
        return
    if not SEEN:
        atexit.register(write, os.path.abspath(target))
    signatures = SEEN.setdefault(os.path.abspath(kernel.filename), {}).setdefault(kernel.name, [])
    if signature not in signatures:
        signatures.append(signature)


def write(target: str) -> None:
    """Merges what was seen into the file; names of files below its folder are relative to it, so that it can move along."""
    folder = os.path.join(os.path.dirname(target), "")
    try:
        known: dict[str, dict[str, list[str]]] = {}
        if os.path.exists(target):
            with open(target, encoding="utf-8") as stored:
                known = json.load(stored)
        for filename, regions in SEEN.items():
            name = filename.removeprefix(folder).replace(os.sep, "/")
            for region, signatures in regions.items():
                merged = known.setdefault(name, {}).setdefault(region, [])
                merged.extend(signature for signature in signatures if signature not in merged)
        replace(target, json.dumps(known, indent=2) + "\n")
    except (OSError, ValueError, AttributeError) as error:
        print(f"ferrokeet: the signatures cannot be stored in {target}: {error}", file=sys.stderr)
