"""A module whose kernels are built together: compiling them one by one, at their first calls, takes twice as long or more."""

import importlib.util
import json
import subprocess
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

from ferrokeet import _kernels
from harness import Arguments, Pair, outcome

from language.measure import FERROKEET


class Built(Pair):
    """A pair of modules, the translated one by `ferrokeet build`.

    The functions are first run through the import hook with nothing compiled, which tells the signatures.
    """

    def __init__(self, folder: Path, source: str, functions: Sequence[str], arguments: Arguments):
        super().__init__(folder, source)
        seen: dict[str, list[str]] = {}

        def note(_source: bytes, _filename: str, region: str, signature: str, *_: object) -> dict[str, Any]:
            known = seen.setdefault(region, [])
            known.extend([] if signature in known else [signature])
            return {"reason": "nothing is compiled yet"}

        with patch.object(_kernels, "compile_kernel", note), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for function in functions:
                outcome(getattr(self.native, function), arguments())
        stored = self.path.with_suffix(".json")
        stored.write_text(json.dumps({str(self.path): seen}))
        out = folder / "built"
        options = ["--cpu", "native", "--signatures", str(stored), "--usual-only"]
        command = [str(FERROKEET), "build", str(self.path), "-o", str(out), *options]
        # What cannot be translated is complained about here, and counted as run in Python by whoever calls it.
        subprocess.run(command, capture_output=True, check=False)
        self.checked = self.path
        self.path = out / self.path.name
        spec = importlib.util.spec_from_file_location(f"built_{self.path.stem}", self.path)
        assert spec
        assert spec.loader
        self.native = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self.native)
