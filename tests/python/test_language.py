"""Every listed function over every kind of number, the promotion matrix, every construct; and `docs/language.md`, from them."""

import functools
import json
import os
import subprocess
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ferrokeet
import numpy as np
import pytest
from harness import Pair, compare, outcome
from language.constructs import CONSTRUCTS, HEADER
from language.document import document
from language.measure import FERROKEET, Cell, Report, measure
from language.rows import MIXED, ROWS
from language.values import KINDS, ROW_KINDS, Kind

DOCUMENT = Path(__file__).parents[2] / "docs" / "language.md"
# Kinds whose rows run in lanes; the others run one iteration at a time, which compiles faster.
LANES = {"f64"}
BY_NAME = {kind.name: kind for kind in KINDS}
MIXABLE = [kind for kind in KINDS if kind.dtype != "float16" and not kind.dtype.startswith("complex")]


# Compiling all rows over all kinds takes half an hour on two cores.
FULL = os.environ.get("FERROKEET_FULL_LANGUAGE") == "1" or os.environ.get("FERROKEET_UPDATE_DOCS") == "1"
whole = pytest.mark.skipif(not FULL, reason="set FERROKEET_FULL_LANGUAGE=1 for all kinds and the document")
ALWAYS = {"f64", "i32"}


def measured(kinds: list[Kind], always: set[str]) -> list[Any]:
    """The kinds as parameters, most of them for full runs only."""
    return [pytest.param(one, id=one.name, marks=() if one.name in always else whole) for one in kinds]


@pytest.fixture(scope="session")
def folder() -> Path:
    """Where the modules are written: the same place every time, so that their kernels are found in the cache."""
    path = Path(tempfile.gettempdir()) / f"ferrokeet-language-{os.getuid()}"
    path.mkdir(exist_ok=True)
    return path


@functools.cache
def of_kind(folder: Path, name: str) -> Report:
    """Every row over one kind."""
    directive = "parallel for simd" if name in LANES else "sequential for"
    return measure(folder, ROWS, [(BY_NAME[name],)], directive)


@functools.cache
def of_mixed(folder: Path, left: str) -> Report:
    """The mixed rows with a left operand of one kind."""
    pairs = [(BY_NAME[left], right) for right in MIXABLE if right.name != left]
    return measure(folder, MIXED, pairs, "sequential for")


def told(report: Report) -> str:
    """The differences, one a line."""
    return "\n".join(report.differences)


@pytest.mark.parametrize("kind", measured(ROW_KINDS, ALWAYS))
def test_rows(kind: Kind, folder: Path) -> None:
    """CPython's results for every operand, wherever a row is native."""
    report = of_kind(folder, kind.name)
    assert not report.differences, told(report)
    assert len(report.cells) == len(ROWS)


@pytest.mark.parametrize("left", measured(MIXABLE, {"i32"}))
def test_mixed(left: Kind, folder: Path) -> None:
    """NumPy's promotion, its comparisons of integers with floats, and what it does with both signs."""
    report = of_mixed(folder, left.name)
    assert not report.differences, told(report)


def arguments() -> tuple[Any, ...]:
    """The arrays of a construct."""
    rng = np.random.default_rng(5)
    x, y = rng.normal(scale=2.0, size=(2, 64))
    return x, y, np.arange(64) % 7, rng.normal(size=(64, 4)), np.zeros(64)


@functools.cache
def of_constructs(folder: Path) -> tuple[dict[str, str], list[str]]:
    """What became of every construct, and the differences."""
    source = HEADER + "".join(one.function(f"f{number}") for number, one in enumerate(CONSTRUCTS))
    pair = Pair(folder, source)
    command = [str(FERROKEET), "check", "--isolated", "--output-format", "json", str(pair.path)]
    checked = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=False, timeout=120, text=True).stdout)
    rows = [line for line, text in enumerate(source.split("\n"), 1) if text.startswith("def f") and text[5].isdigit()]
    became: dict[str, str] = {}
    wrong: list[str] = []
    for number, one in enumerate(CONSTRUCTS):
        end = rows[number + 1] if number + 1 < len(rows) else len(source)
        native, differs = agrees(pair, f"f{number}")
        if differs:
            wrong.append(f"{one.title}: {differs}")
        codes = {
            found["code"]
            for found in checked["diagnostics"]
            if rows[number] <= found["location"]["row"] < end and found["severity"] != "note"
        }
        became[one.title] = "native" if native else f"Python, {', '.join(sorted(codes)) or 'at run time'}"
    return became, wrong


def agrees(pair: Pair, name: str) -> tuple[bool, str]:
    """Whether a function ran natively, and how it differs from CPython."""
    before = pair.launches()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected_arguments, actual_arguments = arguments(), arguments()
        expected = outcome(pair.plain[name], expected_arguments)
        actual = outcome(getattr(pair.native, name), actual_arguments)
    after = pair.launches()
    native = after["python"] == before["python"] and after != before
    if expected != actual:
        return native, f"{expected}, translated {actual}"
    try:
        for left, right in zip(expected_arguments, actual_arguments, strict=True):
            compare(left, right, 0, 1e-13)
    except AssertionError as error:
        return native, str(error)
    return native, ""


def test_constructs(folder: Path) -> None:
    """CPython's results for every construct, native or not."""
    _, wrong = of_constructs(folder)
    assert not wrong, "\n".join(wrong)


@whole
def test_document(folder: Path) -> None:
    """`docs/language.md` says what was measured."""
    cells: dict[tuple[str, tuple[str, ...]], Cell] = {}
    measures: list[Callable[[], Report]] = [functools.partial(of_kind, folder, kind.name) for kind in ROW_KINDS]
    measures += [functools.partial(of_mixed, folder, kind.name) for kind in MIXABLE]
    for one in measures:
        cells.update(one().cells)
    assert ferrokeet.stats()["kernels"]
    text = document(cells, of_constructs(folder)[0])
    if os.environ.get("FERROKEET_UPDATE_DOCS") == "1":
        DOCUMENT.write_text(text, encoding="utf-8")
    assert DOCUMENT.read_text(encoding="utf-8") == text, "run this file with FERROKEET_UPDATE_DOCS=1"
