"""Programs as scientists and engineers write them, with pragmas added above loops and nothing else changed.

Each file of `tests/wild` says what it computes, and yields from `cases()` the functions to call and their arguments; `TOLERANCE`, with
its reason beside it, is how far floats may differ from CPython's (without it, the bits are the same). Every program runs both ways;
every annotated region must run natively, or be named with its reason in `docs/wild.md`, which this file writes.
"""

import ast
import os
import re
import warnings
from pathlib import Path

import ferrokeet
import pytest
from annotate import Annotated
from harness import Pair
from judge import Judgement, settle, silence
from npbench_table import reasons

ROOT = Path(__file__).parents[2]
TARGET = ROOT / "docs" / "wild.md"
PROGRAMS = sorted((ROOT / "tests" / "wild").glob("*.py"))
OPENING = """# Programs as found in the wild

Written by `FERROKEET_UPDATE_DOCS=1 pytest tests/python/test_wild.py`; a test holds it to be current.

The programs of [tests/wild](../tests/wild) are written as scientists and engineers write them, with pragmas added above loops and nothing
else changed. Each is run by CPython and translated; results, arguments afterwards and exceptions must agree in type, dtype, shape and
value. *Native*: every kernel of the region ran natively, in every case.

**{native} of {regions} annotated regions run natively; {all_native} of {total} programs have no other.**

| program | what it computes | regions | native | agreement | what runs as Python, and why |
|---|---|--:|--:|---|---|
"""
JUDGED: dict[str, Judgement] = {}


def regions(text: str) -> Annotated:
    """The rows of the pragmas, by function."""
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    rows: dict[str, int] = {}
    for row, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("# pragma "):
            around = [node for node in functions if node.lineno <= row <= (node.end_lineno or row)]
            name = max(around, key=lambda node: node.lineno).name
            again = sum(place.split()[0] == name for place in rows)
            rows[f"{name} {again + 1}" if again else name] = row
    return Annotated(text, rows)


def tolerance(text: str) -> tuple[float, str]:
    """The tolerance of a program and its reason."""
    found = re.search(r"^TOLERANCE = (\S+)  # (.+)$", text, re.MULTILINE)
    return (float(found[1]), found[2]) if found else (0.0, "")


def judge(path: Path, folder: Path) -> Judgement:
    """Runs a program's cases both ways; what differs, and how each region ran."""
    text = path.read_text()
    judgement = Judgement(path.stem)
    with warnings.catch_warnings(), silence() as told:
        pair = Pair(folder, text)
        for number in range(len(list(pair.plain["cases"]()))):
            name = list(pair.plain["cases"]())[number][0].__name__
            try:
                pair.call(
                    name,
                    lambda number=number: list(pair.plain["cases"]())[number][1],
                    ran=None,
                    tolerance=tolerance(text)[0],
                )
            except AssertionError as error:
                judgement.differences.append(f"{name}, case {number}: {error}")
        settle(pair.path, regions(text), judgement, told)
    return judgement


def row(path: Path, judgement: Judgement) -> str:
    """One row of the table."""
    text = path.read_text()
    what = (ast.get_docstring(ast.parse(text)) or "").partition("\n")[0]
    permitted, why = tolerance(text)
    told = "; ".join(reasons(judgement)).replace("|", "\\|")
    cells = [judgement.name, what, str(len(judgement.regions)), str(judgement.native)]
    return f"| {' | '.join([*cells, f'within {permitted:.0e}: {why}' if permitted else 'same bits', told])} |\n"


def document() -> str:
    """The whole table."""
    found = JUDGED.values()
    opening = OPENING.format(
        native=sum(one.native for one in found),
        regions=sum(len(one.regions) for one in found),
        all_native=sum(one.native == len(one.regions) for one in found),
        total=len(found),
    )
    return opening + "".join(row(path, JUDGED[path.stem]) for path in PROGRAMS)


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_program(path: Path, tmp_path: Path) -> None:
    """CPython's answers; no region whose kernels run as Python, but for those that the table names."""
    JUDGED[path.stem] = judgement = judge(path, tmp_path)
    assert not judgement.differences
    assert all(judgement.regions.values()) or reasons(judgement), ferrokeet.stats()


def test_document_is_current() -> None:
    """The table says what ran natively, and why the rest did not."""
    if len(JUDGED) < len(PROGRAMS):
        pytest.skip("not all programs ran")
    if os.environ.get("FERROKEET_UPDATE_DOCS") == "1":
        TARGET.write_text(document())
    assert TARGET.read_text() == document(), "run `FERROKEET_UPDATE_DOCS=1 pytest tests/python/test_wild.py`"
