"""Runs the programs of the language reference and the guide that are marked `run`, in CPython and translated."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

FERROKEET = Path(sys.executable).with_name("ferrokeet")
ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^```python run( python)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def programs() -> Iterator[object]:
    """Every program, with whether it may run as Python, under the name of its chapter and line."""
    for chapter in sorted([*ROOT.glob("pragmas-spec/*.md"), *ROOT.glob("docs/guide/*.md")]):
        text = chapter.read_text(encoding="utf-8")
        for fence in FENCE.finditer(text):
            line = text.count("\n", 0, fence.start()) + 1
            yield pytest.param(fence.group(2), fence.group(1) is not None, id=f"{chapter.stem}:{line}")


@pytest.mark.parametrize(("program", "python"), list(programs()))
def test_program(program: str, python: bool, tmp_path: Path) -> None:
    """Its assertions hold both ways, and translated every kernel of it ran natively (or at all, where so marked)."""
    path, stats = tmp_path / "program.py", tmp_path / "stats.json"
    path.write_text(program, encoding="utf-8")
    subprocess.run([sys.executable, path], check=True, timeout=120)
    subprocess.run(
        [FERROKEET, "run", "--stats", stats, path],
        check=True,
        timeout=300,
        env=os.environ | {"FERROKEET_NUM_THREADS": "2"},
    )
    kernels = json.loads(stats.read_text(encoding="utf-8"))["kernels"]
    assert kernels
    for kernel in kernels:
        native = kernel["fast"] + kernel["careful"]
        assert (kernel["python"] if python else native) > 0, kernel
        assert python or kernel["python"] == 0, kernel
