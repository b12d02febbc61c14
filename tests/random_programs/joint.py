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
    """The signatures for which calls ask for a kernel, by region, learned from runs in which none is compiled."""
    seen: dict[str, list[str]] = {}

    def note(_source: bytes, _filename: str, region: str, signature: str, *_: object) -> dict[str, Any]:
        known = seen.setdefault(region, [])
        known.extend([] if signature in known else [signature])
        return {"reason": "nothing is compiled yet"}

    with patch.object(_kernels, "compile_kernel", note), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for call in calls:
            call()
    return seen


def build(path: Path, out: Path, seen: dict[str, list[str]], *options: str) -> Path:
    """Builds a file into a folder, with the kernels of these signatures, and gives the result's path. What cannot be compiled is
    complained about there, and told by `stats` as run in Python."""
    assert seen, "no region was called"
    out.mkdir(exist_ok=True)
    stored = out / "signatures.json"
    stored.write_text(json.dumps({str(path): seen}))
    arguments = ["build", str(path), "-o", str(out), "--cpu", "native", "--signatures", str(stored), *options]
    command = [_translator.command() or "ferrokeet", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (out / path.name).exists(), done.stderr
    return out / path.name


def loaded(path: Path) -> ModuleType:
    """The module of a file that was built."""
    spec = importlib.util.spec_from_file_location(f"built_{path.stem}", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def built(path: Path, out: Path, seen: dict[str, list[str]], *options: str) -> ModuleType:
    """The module of a file, built into a folder with the kernels of these signatures."""
    return loaded(build(path, out, seen, *options))


def completed(usual: Path, unusual: Path, out: Path) -> Path:
    """What was built for usual launches, with the kernels for unusual ones of what was built for some signatures, in one manifest."""
    manifest, more = (json.loads(path.with_suffix(".fk.json").read_text()) for path in (usual, unusual))
    kernels, others = (
        {key: absolute(kernel, path.parent) for key, kernel in content["kernels"].items()}
        for content, path in ((manifest, usual), (more, unusual))
    )
    manifest["kernels"] = {**others, **kernels}
    for key, kernel in others.items():
        manifest["kernels"][key]["otherwise"] = kernel.get("otherwise")
    out.mkdir(exist_ok=True)
    (out / usual.name).write_text(usual.read_text())
    (out / usual.name).with_suffix(".fk.json").write_text(json.dumps(manifest))
    return out / usual.name


def absolute(kernel: dict[str, Any], folder: Path) -> dict[str, Any]:
    """A kernel of a manifest that may lie elsewhere than its libraries."""
    libraries = [{**library, "library": str(folder / library["library"])} for library in kernel["libraries"]]
    otherwise = kernel.get("otherwise")
    return {**kernel, "libraries": libraries, "otherwise": otherwise and absolute(otherwise, folder)}
