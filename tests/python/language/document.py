"""`docs/language.md`: read, compared with what was measured, and written."""

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from language.arrays import ARRAY_ROWS
from language.constructs import CONSTRUCTS
from language.measure import Cell
from language.rows import ROWS
from language.values import ARRAY_KINDS, MIXABLE, ROW_KINDS

PATH = Path(__file__).parents[3] / "docs" / "language.md"
# A cell that nobody has measured.
UNKNOWN = "?"
OPERATIONS = ["a + b", "a / b"]
# By title of the table, label of the row, and head of the column.
Cells = Mapping[tuple[str, str, str], str]

INTRODUCTION = """# What is inside the language

Written by `tests/python/test_language.py`, which runs everything below natively and in CPython with NumPy, on awkward operands:
zeros of both signs, NaN, infinities, subnormals, the ends of every integer width, the neighbourhood of 2**53. Another result than
CPython's fails the test; so does what has changed here (`FERROKEET_UPDATE_DOCS=1` writes it). Every run looks at the constructs and at
some kinds of numbers, `FERROKEET_FULL_LANGUAGE=1` at all of them. What is not listed has not been tried.

* `f32 =` the result is a NumPy float32 with CPython's bits. `bool`, `int` and `float` are Python's own, `b` is NumPy's bool.
* `≤ 1 ulp` within so many units in the last place of the exact result; see [math-accuracy.md](math-accuracy.md).
* `≈` added up or interpolated in another order, within the bound that holds for NumPy's.
* `–` is declined: the loop runs as Python, for a reason that is told.
* An empty cell: CPython raises for every operand, or has no such operation.

Not looked at: the sign of zero that `np.fmin` and `np.fmax` give for zeros of both signs (NumPy's builds differ), casts of floats to
integers that cannot hold them, and reciprocals of integer zeros (undefined in C).
"""

PARTS = {
    "Constructs": "What is not native runs as Python; the code is the rule that says why.",
    "Functions and operators": "Of numbers `a`, `b`, `c`: in loops, and element by element.",
    "Functions of arrays": "Of vectors `v` and `w` and a matrix `x`, indices `k` and a mask `b`: in `# pragma parallel` statements.",
    "Mixed kinds": "The kind of the result; the row is the left operand. `//`, `%`, `<`, `==` and `&` of mixed kinds were\ncompared as well.",
}


def escaped(text: str) -> str:
    """Code in a table."""
    return f"`{text}`".replace("|", "\\|")


def shown(found: Cell) -> str:
    """The text of a cell."""
    return "–" if found.agreement == "-" else str(found)


def layout() -> list[tuple[str, str, list[str], list[str]]]:
    """The tables: the part that each is in, its title, the labels of its rows and the heads of its columns."""
    tables = []
    for title in dict.fromkeys(one.section for one in CONSTRUCTS):
        labels = [one.title for one in CONSTRUCTS if one.section == title]
        tables.append(("Constructs", title, labels, ["here"]))
    for part, rows, kinds in (
        ("Functions and operators", ROWS, ROW_KINDS),
        ("Functions of arrays", ARRAY_ROWS, ARRAY_KINDS),
    ):
        for title in dict.fromkeys(row.section for row in rows):
            labels = [escaped(row.text) for row in rows if row.section == title]
            tables.append((part, title, labels, [kind.name for kind in kinds]))
    names = [kind.name for kind in MIXABLE]
    tables += [
        ("Mixed kinds", escaped(operation), [f"**{name}**" for name in names], names) for operation in OPERATIONS
    ]
    return tables


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def document(cells: Cells) -> str:
    """The whole file."""
    text, last = INTRODUCTION, ""
    for part, title, labels, heads in layout():
        if part != last:
            text += f"\n## {part}\n\n{PARTS[part]}\n"
            last = part
        rows = [[label, *(cells.get((title, label, head), UNKNOWN) for head in heads)] for label in labels]
        text += f"\n### {title}\n\n{table(['', *heads], rows)}"
    return text


def read(text: str) -> dict[tuple[str, str, str], str]:
    """The cells of a file."""
    cells: dict[tuple[str, str, str], str] = {}
    title, heads = "", [""]
    for line in text.split("\n"):
        if line.startswith("### "):
            title, heads = line.removeprefix("### "), []
        elif line.startswith("| ") and not line.startswith("| ---"):
            label, *row = [one.strip() for one in re.split(r"(?<!\\)\|", line)[1:-1]]
            if not heads:
                heads = row
            else:
                cells.update({(title, label, head): one for head, one in zip(heads, row, strict=True)})
    return cells


def compare(measured: Cells) -> list[str]:
    """Where the file says something else than was measured; it is written first if that is wanted."""
    cells = read(PATH.read_text(encoding="utf-8"))
    if os.environ.get("FERROKEET_UPDATE_DOCS") == "1":
        PATH.write_text(document({**cells, **measured}), encoding="utf-8")
        return []
    return [
        f"{title}, {label}, {head}: {cells.get((title, label, head), UNKNOWN)!r} in docs/language.md, {cell!r} measured"
        for (title, label, head), cell in measured.items()
        if cells.get((title, label, head), UNKNOWN) != cell
    ]


def of_rows(found: Mapping[tuple[str, tuple[str, ...]], Cell]) -> Cells:
    """The cells of rows over kinds."""
    titles = {row.text: row.section for row in ROWS} | {row.text: row.section for row in ARRAY_ROWS}
    return {(titles[text], escaped(text), names[0]): shown(cell) for (text, names), cell in found.items()}


def of_mixed(found: Mapping[tuple[str, tuple[str, ...]], Cell]) -> Cells:
    """The cells of mixed kinds."""
    return {
        (escaped(text), f"**{names[0]}**", names[-1]): cell.result or shown(cell)
        for (text, names), cell in found.items()
        if text in OPERATIONS
    }


def of_constructs(found: Mapping[str, str]) -> Cells:
    """The cells of constructs."""
    return {(one.section, one.title, "here"): found[one.title] for one in CONSTRUCTS}
