"""Every listed function over every kind of number, the promotion matrix, every construct; and `docs/language.md`, from them.

What every run measures must be what the document says, and the document lists what the tables of the language have.
"""

import functools
import json
import os
import re
import subprocess
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from harness import Pair, compare, outcome
from language import document
from language.arrays import ARRAY_ROWS, measure_arrays
from language.constructs import CONSTRUCTS, HEADER
from language.measure import FERROKEET, Report, measure
from language.rows import MIXED, ROWS
from language.values import ARRAY_KINDS, KINDS, MIXABLE, ROW_KINDS, Kind

# Kinds whose rows run in lanes; the others run one iteration at a time, which compiles faster.
LANES = {"f64"}
BY_NAME = {kind.name: kind for kind in KINDS}
LOWER = Path(__file__).parents[2] / "src" / "lower"

# Compiling all rows over all kinds takes a quarter of an hour on two cores.
FULL = os.environ.get("FERROKEET_FULL_LANGUAGE") == "1" or os.environ.get("FERROKEET_UPDATE_DOCS") == "1"
whole = pytest.mark.skipif(not FULL, reason="set FERROKEET_FULL_LANGUAGE=1 for all kinds")


def measured(kinds: list[Kind], always: set[str]) -> list[Any]:
    """The kinds as parameters, most of them for full runs only."""
    return [pytest.param(one, id=one.name, marks=() if one.name in always else whole) for one in kinds]


@pytest.fixture(scope="session")
def folder() -> Path:
    """Where the modules are written: the same place every time, so that their kernels are found in the cache."""
    path = Path(tempfile.gettempdir()) / f"ferrokeet-language-{os.getuid()}"
    path.mkdir(exist_ok=True)
    return path


def told(report: Report) -> str:
    """The differences, one a line."""
    return "\n".join(report.differences)


def same_as_documented(cells: document.Cells) -> None:
    """Asserts that the document says what was measured."""
    wrong = document.compare(cells)
    assert not wrong, "\n".join([*wrong, "run this test with FERROKEET_UPDATE_DOCS=1"])


@pytest.mark.parametrize("kind", measured(ROW_KINDS, {"f64", "i32"}))
def test_rows(kind: Kind, folder: Path) -> None:
    """CPython's results for every operand, wherever a row is native."""
    directive = "parallel for simd" if kind.name in LANES else "sequential for"
    report = measure(folder, ROWS, [(kind,)], directive)
    assert not report.differences, told(report)
    assert len(report.cells) == len(ROWS)
    same_as_documented(document.of_rows(report.cells))
    # A kind with itself stands in the tables of mixed kinds, too.
    if kind in MIXABLE:
        same_as_documented(document.of_mixed(report.cells))


@pytest.mark.parametrize("kind", measured(ARRAY_KINDS, {"f64"}))
def test_arrays(kind: Kind, folder: Path) -> None:
    """NumPy's results for functions and methods of arrays."""
    report = measure_arrays(folder, kind)
    assert not report.differences, told(report)
    assert len(report.cells) == len(ARRAY_ROWS)
    same_as_documented(document.of_rows(report.cells))


@pytest.mark.parametrize("left", measured(MIXABLE, {"i32"}))
def test_mixed(left: Kind, folder: Path) -> None:
    """NumPy's promotion, its comparisons of integers with floats, and what it does with both signs."""
    pairs = [(left, right) for right in MIXABLE if right.name != left.name]
    report = measure(folder, MIXED, pairs, "sequential for")
    assert not report.differences, told(report)
    same_as_documented(document.of_mixed(report.cells))


def arguments() -> tuple[Any, ...]:
    """The arrays of a construct."""
    rng = np.random.default_rng(5)
    x, y = rng.normal(scale=2.0, size=(2, 64))
    return x, y, np.arange(64) % 7, rng.normal(size=(64, 4)), np.zeros(64)


@functools.cache
def of_constructs(folder: Path) -> tuple[dict[str, str], list[str]]:
    """What became of every construct, and the differences."""
    source = HEADER + "".join(one.function(f"f{number}") for number, one in enumerate(CONSTRUCTS))
    pair = Pair(folder, source, [(f"f{number}", arguments) for number in range(len(CONSTRUCTS))])
    command = [str(FERROKEET), "check", "--isolated", "--output-format", "json", str(pair.written)]
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
    became, wrong = of_constructs(folder)
    assert not wrong, "\n".join(wrong)
    same_as_documented(document.of_constructs(became))


def test_the_document_is_whole() -> None:
    """Every row has its place, and every cell was measured."""
    text = document.PATH.read_text(encoding="utf-8")
    cells = document.read(text)
    if not FULL:
        assert document.document(cells) == text, "run this file with FERROKEET_UPDATE_DOCS=1"
    unknown = [place for place, cell in cells.items() if cell == document.UNKNOWN]
    assert not unknown, unknown


LIBRARY = (Path(__file__).parent / "test_numpy_library.py").read_text(encoding="utf-8")
# Functions that are looked at elsewhere: they give several arrays, need other operands, or are statements.
ELSEWHERE = {
    *(
        "arange",
        "empty_like",
        "linspace",
        "full",
        "ones",
        "empty",
        "eye",
        "frombuffer",
        "fromiter",
        "meshgrid",
        "divmod",
        "modf",
        "tri",
        "vander",
    ),
    *("logspace", "hanning", "hamming", "blackman", "add_at", "subtract_at", "maximum_at", "minimum_at", "digitize"),
    *("interp", "expand_dims", "atleast_1d", "ndim", "amin", "amax", "around", "ascontiguousarray"),
    *("array", "matmul", "swapaxes", "bartlett", "fill_diagonal", "partition_element", "nanquantile"),
}


def test_all_functions_are_listed() -> None:
    """What `lower` knows by name has a row: of each arm with several names, one of them."""
    listed = [row.text for row in ROWS] + [row.text for row in ARRAY_ROWS] + [one.body for one in CONSTRUCTS]
    texts = "\n".join(listed) + LIBRARY
    arms = re.findall(
        r'^ +((?:"\w+"(?: \| )?)+) => (?:Ufunc|Math|Self)::',
        "".join((LOWER / name).read_text(encoding="utf-8") for name in ("known.rs", "array_call.rs")),
        re.MULTILINE,
    )
    files = ("numpy.py", "orders.py", "sets.py", "series.py", "linalg.py")
    sources = "".join((LOWER / name).read_text(encoding="utf-8") for name in files)
    written = re.findall(r"^def ([a-z]\w*)\(", sources, re.MULTILINE)
    names = [re.findall(r"\w+", arm) for arm in arms] + [[name.replace("linalg_", "linalg.")] for name in written]
    missing = [one for one in names if not any(re.search(rf"\.{name}\b", texts) or name in ELSEWHERE for name in one)]
    assert len(names) > 150
    assert not missing, missing
