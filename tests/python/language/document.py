"""Writes `docs/language.md` from what was measured."""

from collections.abc import Mapping, Sequence

from language.constructs import CONSTRUCTS
from language.measure import UNDEFINED, Cell
from language.rows import ROWS
from language.values import KINDS, NUMPY, ROW_KINDS

Cells = Mapping[tuple[str, tuple[str, ...]], Cell]

INTRODUCTION = """# What is inside the language

Written by `tests/python/test_language.py`, which runs everything below natively and in CPython with NumPy, on awkward operands:
zeros of both signs, NaN, infinities, subnormals, the ends of every integer width, the neighbourhood of 2**53. Another result than
CPython's fails the test; so does this file when it is out of date (`FERROKEET_UPDATE_DOCS=1` rewrites it). What is not listed
has not been tried; complex numbers and float16 have tests of their own.

* `f32 =` the result is a NumPy float32 with CPython's bits. `bool`, `int` and `float` are Python's own, `b` is NumPy's bool.
* `≤ 1 ulp` within so many units in the last place of the exact result; see [math-accuracy.md](math-accuracy.md).
* `–` is declined: the loop runs as Python, for a reason that is told.
* An empty cell: CPython raises for every operand, or has no such operation.

Not looked at: the sign of zero that `np.fmin` and `np.fmax` give for zeros of both signs (NumPy's builds differ), casts of floats to
integers that cannot hold them, and reciprocals of integer zeros (undefined in C).
"""


def escaped(text: str) -> str:
    """Code in a table."""
    return f"`{text}`".replace("|", "\\|")


def cell(found: Cell) -> str:
    """The text of a cell."""
    return "–" if found.agreement == "-" else str(found)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def functions(cells: Cells) -> str:
    """Rows by kinds."""
    text = "\n## Functions and operators\n"
    names = [kind.name for kind in ROW_KINDS]
    for title in dict.fromkeys(row.section for row in ROWS):
        body = [
            [escaped(row.text), *(cell(cells[row.text, (name,)]) for name in names)]
            for row in ROWS
            if row.section == title
        ]
        text += f"\n### {title}\n\n{table(['', *names], body)}"
    return text


def promotion(cells: Cells) -> str:
    """The kinds of `a + b` and `a / b` for mixed kinds."""
    text = (
        "\n## Mixed kinds\n\nThe kind of the result; the row is the left operand. `//`, `%`, `<`, `==` and `&` of "
        "mixed kinds were\ncompared as well.\n"
    )
    kinds = [kind for kind in KINDS if ("a + b", (kind.name, "f64")) in cells or kind.name == "f64"]
    names = [kind.name for kind in kinds]
    for operation in ("a + b", "a / b"):
        body = []
        for left in names:
            found = [cells.get((operation, (left, right) if left != right else (left,)), UNDEFINED) for right in names]
            body.append([f"**{left}**", *(one.result or cell(one) for one in found)])
        text += f"\n### {escaped(operation)}\n\n{table(['', *names], body)}"
    return text


def constructs(found: Mapping[str, str]) -> str:
    """What became of each construct."""
    text = "\n## Constructs\n\nWhat is not native runs as Python; the code is the rule that says why.\n"
    for title in dict.fromkeys(one.section for one in CONSTRUCTS):
        body = [[one.title, found[one.title]] for one in CONSTRUCTS if one.section == title]
        text += f"\n### {title}\n\n{table(['construct', ''], body)}"
    return text


def document(cells: Cells, found: Mapping[str, str]) -> str:
    """The whole file."""
    assert all(kind in KINDS for kind in NUMPY)
    return INTRODUCTION + constructs(found) + functions(cells) + promotion(cells)
