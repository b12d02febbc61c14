"""The kernels of a module, compiled together: one by one, starting the compiler and reading the runtime takes most of the time.

The module is first run through the import hook with nothing compiled, which tells the signatures; then `ferrokeet build`
makes it, and the result is imported.
"""

import importlib.util
import json
import subprocess
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

from ferrokeet import _kernels, _translator


def signatures(calls: Iterable[Callable[[], object]]) -> dict[str, list[str]]:
    """The signatures with which calls into a hooked module launch its regions, learned from runs in which none is compiled."""
    seen: dict[str, list[str]] = {}

    def note(_source: bytes, _filename: str, region: str, signature: str, *_: object) -> dict[str, Any]:
        known = seen.setdefault(region, [])
        known.extend([] if signature in known else [signature])
        return {"reason": "nothing is compiled yet"}

    with patch.object(_kernels, "compile_kernel", note), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for call in calls:
            call()
    assert seen, "no region was called"
    return seen


def built(path: Path, out: Path, seen: dict[str, list[str]]) -> ModuleType:
    """The module of a file, built into a folder with the kernels of these signatures. What cannot be compiled is complained about
    here, and told by `stats` as run in Python; kernels for unusual launches are compiled when one occurs.
    """
    out.mkdir(exist_ok=True)
    stored = out / "signatures.json"
    stored.write_text(json.dumps({str(path): seen}))
    arguments = ["build", str(path), "-o", str(out), "--cpu", "native", "--signatures", str(stored), "--usual-only"]
    command = [_translator.command() or "ferrokeet", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (out / path.name).exists(), done.stderr
    spec = importlib.util.spec_from_file_location(f"built_{path.stem}", out / path.name)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
