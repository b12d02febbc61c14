"""Writes docs/verdicts.md: the verdict of every loop of the kernels, and what the corpus of labelled loops came to.

Usage: `python tests/verdicts/table.py` (with `--check`: says whether the file is current, and changes nothing).
"""

import ast
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from items import FOLDER, LABELS
from score import Judged, judged, score

TARGET = Path(__file__).parents[2] / "docs" / "verdicts.md"
VERDICTS = ("proven", "guarded", "refuted", "unproven", "declined")
OPENING = """# Verdicts

Written by `python tests/verdicts/table.py`; a test holds it to be current.

## Kernels

The 20 kernels of APPy and the programs of NPBench, as plain annotated loops (`tests/verdicts/kernels/`): what `ferrokeet check`
says of each loop. All give CPython's answers natively. Where a program's usual loop order is not parallel, that order stands
beside one that is. Left out: programs on complex numbers (contour_integral, scattering_self_energies, stockham_fft) and those
whose loops call a solver of another library.
"""
LABELLED = """
## Labelled loops

The corpus (`tests/verdicts/corpus/`): {loops} loops in the categories of DataRaceBench, each label confirmed by executing the
loop with recorded accesses. *racy*: iterations conflict for every sensible argument. *safe-affine*, *safe*: they never do.
*run-time*: it depends on the arguments. *refused*: whether an iteration runs depends on earlier ones.
"""


def document() -> str:
    """The whole file."""
    parts = [OPENING]
    for path in sorted((FOLDER / "kernels").glob("*.py")):
        source = path.read_text()
        title = (ast.get_docstring(ast.parse(source)) or "").partition(" (")[0].rstrip(".")
        loops = [loop for loop in judged("kernels") if loop.item.path == path]
        parts.append(f"\n### {title}\n\n| program | loop | verdict | reason |\n|---|---|---|---|\n")
        parts.extend(rows(source.splitlines(), loops))
    parts.append(LABELLED.format(loops=len(judged())))
    parts.extend(matrix())
    return "".join(parts)


def rows(lines: list[str], loops: list[Judged]) -> Iterator[str]:
    """One row of the table a loop."""
    previous = ""
    for loop in loops:
        name = loop.item.name if loop.item.name != previous else ""
        previous = loop.item.name
        header = lines[loop.row - 1].strip().rstrip(":")
        yield f"| {name} | `{header}` | {loop.verdict} | {reason(loop)} |\n"


def reason(loop: Judged) -> str:
    """Why a loop is not simply proven; of a proven loop, what made it so."""
    if loop.region is None:
        return "outside the subset"
    if loop.verdict != "proven":
        return "; ".join(loop.region["reasons"]).replace("|", "\\|")
    told = [f"{entry['operator']} of `{entry['name']}`" for entry in loop.region["reductions"]]
    return f"reduction {', '.join(told)}".replace("|", "\\|") if told else ""


def matrix() -> Iterator[str]:
    """Labels against verdicts, then the score."""
    inside = [loop for loop in judged() if not loop.item.outside]
    counts = Counter((loop.label, loop.verdict) for loop in inside)
    yield "\n| label | " + " | ".join(VERDICTS) + " |\n|---|" + "--:|" * len(VERDICTS) + "\n"
    for label in LABELS:
        yield f"| {label} | " + " | ".join(str(counts[label, verdict] or "") for verdict in VERDICTS) + " |\n"
    outside = len(judged()) - len(inside)
    yield f"\n{outside} more loops are outside the subset so far. "
    numbers = score(judged())
    yield f"F1 of refutation: {numbers['F1 of refutation']:.3f}. "
    yield f"Safe affine loops proven: {100 * numbers['safe affine proven']:.1f} %. "
    yield f"Races called proven: {numbers['proven in spite of a race']:.0f}.\n"


def main() -> int:
    if "--check" in sys.argv[1:]:
        current = TARGET.exists() and TARGET.read_text() == document()
        print("current" if current else f"{TARGET.name} is out of date: run {Path(__file__).name}")
        return int(not current)
    TARGET.write_text(document())
    return 0


if __name__ == "__main__":
    sys.exit(main())
