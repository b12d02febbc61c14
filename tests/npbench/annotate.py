"""Puts pragmas into a program of NPBench, and changes nothing else."""

import ast
import os
from dataclasses import dataclass
from pathlib import Path

from registry import Program

FOLDER = Path(os.environ.get("FERROKEET_NPBENCH", Path(__file__).parent / "sources")) / "npbench" / "benchmarks"
KINDS: dict[str, tuple[type[ast.stmt], ...]] = {
    "for": (ast.For,),
    "assign": (ast.Assign, ast.AugAssign, ast.AnnAssign),
    "return": (ast.Return,),
}


@dataclass(frozen=True)
class Annotated:
    """A program with its pragmas, and the row of each pragma in it."""

    text: str
    rows: dict[
        str, int
    ]  # place → row, counted from 1; of the outermost: a pragma inside an annotated loop makes no region


def source(program: Program) -> str:
    """The program as NPBench has it."""
    return (FOLDER / f"{program.path}_numpy.py").read_text()


def available() -> bool:
    """Whether NPBench's programs are here: they are no part of this repository."""
    return FOLDER.is_dir()


def annotated(program: Program) -> Annotated:
    """The program with its pragmas."""
    lines = source(program).splitlines(keepends=True)
    tree = ast.parse("".join(lines))
    statements = {place: statement(tree, place) for place in program.pragmas}
    places = {node.lineno: place for place, node in statements.items()}
    assert len(places) == len(program.pragmas), f"{program.path}: two pragmas at one statement"
    out: list[str] = []
    rows: dict[str, int] = {}
    for row, line in enumerate(lines, 1):
        if row in places:
            indentation = line[: len(line) - len(line.lstrip())]
            out.append(f"{indentation}# pragma {program.pragmas[places[row]]}\n")
            if not any(inside(statements[places[row]], other) for other in statements.values()):
                rows[places[row]] = len(out)
        out.append(line)
    return Annotated("".join(out), rows)


def inside(inner: ast.stmt, outer: ast.stmt) -> bool:
    """Whether a statement stands in another."""
    return inner is not outer and any(node is inner for node in ast.walk(outer))


def statement(tree: ast.Module, place: str) -> ast.stmt:
    """The statement at a place: `function kind index`."""
    name, kind, index = place.split()
    function = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name)
    found = [node for node in ast.walk(function) if isinstance(node, KINDS[kind])]
    assert all(isinstance(node, ast.stmt) for node in found)
    return sorted(found, key=lambda node: node.lineno)[int(index)]
