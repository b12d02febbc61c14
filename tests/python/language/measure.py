"""Runs rows natively over kinds of numbers and compares them with CPython and NumPy.

Rows are run in batches, one region each, since a region costs a compilation. What `ferrokeet check` refuses is left out
beforehand; a batch that ran as Python all the same is cut in two until the rows that kept it there are found.
"""

import functools
import hashlib
import itertools
import json
import re
import subprocess
import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ferrokeet
import numpy as np
from harness import Pair

from language.rows import COMPLEX_ULPS, Row
from language.values import Kind, operands

FERROKEET = Path(sys.executable).with_name("ferrokeet")
NUMBERS = itertools.count(1)
# Regions of more rows take longer to compile than the same rows in several.
BATCH = {"parallel for simd": 8, "sequential for": 12}
# Rows that end up in Python for some kinds, and would take their batch along.
RESTLESS = {"round(a, -1)"}
HEADER = "import math\n\nimport numpy as np\n"


@dataclass
class Case:
    """A row over kinds: its operands, those left out on which CPython raises, and what CPython gives."""

    row: Row
    kinds: tuple[Kind, ...]
    operands: list[tuple[Any, ...]]
    results: list[Any]

    @property
    def result(self) -> type:
        """The type of the result."""
        return type(self.results[0])

    @property
    def ulp(self) -> int:
        """By how many units in the last place a result may differ from the exact one."""
        return self.row.ulp or (COMPLEX_ULPS.get(self.row.text, 0) if self.kinds[0].dtype.startswith("complex") else 0)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype that holds it."""
        return np.asarray(self.results[0]).dtype


@dataclass(frozen=True)
class Cell:
    """What a row is over a kind: a result type and how it agrees, `-` where it is declined, nothing where Python has none."""

    result: str
    agreement: str

    def __str__(self) -> str:
        return f"{self.result} {self.agreement}".strip()


UNDEFINED = Cell("", "")
DECLINED = Cell("", "-")


@dataclass
class Report:
    """The cells measured, and every difference found."""

    cells: dict[tuple[str, tuple[str, ...]], Cell]
    differences: list[str]


def short(result: type) -> str:
    """A type as the document writes it."""
    name = result.__name__
    if name in ("int", "float", "bool", "complex") and not issubclass(result, np.generic):
        return name
    return "b" if name == "bool" else re.sub(r"^([a-z])[a-z]*", r"\1", name)


def case_of(row: Row, kinds: tuple[Kind, ...]) -> Case | None:
    """The operands that give a number of the commonest type; None when there are none."""
    names = row.names
    function = eval(f"lambda {', '.join(names)}: {row.text}", {"np": np, "math": __import__("math")})
    found: dict[type, tuple[list[tuple[Any, ...]], list[Any]]] = {}
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for given in operands(kinds[: len(names)] if len(kinds) > 1 else kinds * len(names)):
            try:
                result = function(*given)
            except (TypeError, ValueError, ArithmeticError):
                continue
            if not is_kept(row, given[0], result):
                continue
            lists = found.setdefault(type(result), ([], []))
            lists[0].append(given)
            lists[1].append(result)
    if not found:
        return None
    kept, results = max(found.values(), key=lambda lists: len(lists[0]))
    kinds = kinds if len(kinds) > 1 else kinds * len(names)
    return Case(row, kinds[: len(names)], kept, results)


def is_kept(row: Row, given: Any, result: Any) -> bool:
    """Whether a result is a number of 64 bits, and no cast of what the type does not hold, which C leaves undefined."""
    if not np.isscalar(result) or isinstance(result, str | bytes):
        return False
    if type(result) is int:
        return -(2**63) <= result < 2**63
    if row.text == "np.reciprocal(a)" and isinstance(result, np.integer):
        return bool(given)
    if row.text.startswith("np.fm") and result == 0:
        return False
    if row.section == "Casts" and isinstance(result, np.integer) and isinstance(given, float | np.floating):
        limits = np.iinfo(type(result))
        return bool(np.isfinite(given)) and limits.min <= int(given) <= limits.max
    return True


def statement(case: Case, number: int) -> str:
    """The statements of a case in the body of the loop."""
    places = dict(zip(case.row.names, "xyz", strict=False))
    text = re.sub(r"\b([abc])\b", lambda match: f"{places[match[1]]}{number}[i]", case.row.text)
    return f"        r{number} = {text}\n        out{number}[i] = r{number}\n"


def function(name: str, cases: Sequence[Case], directive: str, typed: bool = False) -> str:
    """One region for several cases."""
    parameters = []
    for number, case in enumerate(cases):
        letters = "xyz"[: len(case.kinds)]
        out = f"{case.dtype.kind}{case.dtype.itemsize * 8}[:]" if case.dtype.kind != "b" else "bool[:]"
        annotations = [kind.annotation for kind in case.kinds] + [out]
        for letter, annotation in zip([*letters, "out"], annotations, strict=True):
            parameters.append(f'{letter}{number}: "{annotation}"' if typed else f"{letter}{number}")
    body = "".join(statement(case, number) for number, case in enumerate(cases))
    results = ", ".join(f"r{number}" for number in range(len(cases)))
    return (
        f"\n\ndef {name}({', '.join(parameters)}):\n    # pragma {directive}\n"
        f"    for i in range(len(out0)):\n{body}    return {results},\n"
    )


def accepted(folder: Path, cases: Sequence[Case]) -> list[Case]:
    """The cases that `ferrokeet check` finds no error in."""
    path = folder / f"checked_{next(NUMBERS)}.py"
    functions = [function(f"f{number}", [case], "sequential for", typed=True) for number, case in enumerate(cases)]
    path.write_text(HEADER + "".join(functions), encoding="utf-8")
    command = [str(FERROKEET), "check", "--isolated", "--output-format", "json", str(path)]
    found = json.loads(subprocess.run(command, stdout=subprocess.PIPE, timeout=300, text=True, check=False).stdout)
    rows = [one["location"]["row"] for one in found["diagnostics"] if one["severity"] != "note"]
    starts = [HEADER.count("\n") + 1]
    for text in functions:
        starts.append(starts[-1] + text.count("\n"))
    wrong = {number for number in range(len(cases)) for row in rows if starts[number] <= row < starts[number + 1]}
    return [case for number, case in enumerate(cases) if number not in wrong]


@functools.cache
def is_native(folder: Path, kind: Kind) -> bool:
    """Whether arrays of a kind can be read by a kernel at all."""
    case = case_of(Row("Operators", "a == a"), (kind,))
    probe = Report({}, [])
    if case is not None:
        run(folder, [case], "sequential for", probe)
    return DECLINED not in probe.cells.values()


def arrays(cases: Sequence[Case]) -> tuple[list[Any], list[np.ndarray]]:
    """The arguments of a region: operands, and arrays for the results. All are equally long."""
    length = max(len(case.results) for case in cases)
    arguments: list[Any] = []
    outs = []
    for case in cases:
        rows = [case.operands[i % len(case.results)] for i in range(length)]
        for place, kind in enumerate(case.kinds):
            arguments.append(kind.array([row[place] for row in rows]))
        outs.append(np.zeros(length, dtype=case.dtype))
        arguments.append(outs[-1])
    return arguments, outs


def run(folder: Path, cases: Sequence[Case], directive: str, report: Report) -> None:
    """Runs cases natively and notes their cells."""
    if not cases:
        return
    # Kernels are cached by their source, which names the file: the same batch is in the same file every time.
    source = HEADER + function("region", cases, directive)
    name = f"pair_{hashlib.sha256(source.encode()).hexdigest()[:16]}"
    path = folder / f"{name}.py"
    path.write_text(source, encoding="utf-8")
    module = Pair.load(folder, name)
    arguments, outs = arrays(cases)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            last = module.region(*arguments)
    except Exception as error:
        if len(cases) == 1:
            report.differences.append(f"{cases[0].row.text}: {type(error).__name__}: {error}")
            return
        halves(folder, cases, directive, report)
        return
    kernels = [kernel for kernel in ferrokeet.stats()["kernels"] if kernel["filename"] == str(path)]
    if any(kernel["python"] for kernel in kernels) or not kernels:
        if len(cases) == 1:
            note(report, cases[0], DECLINED)
            return
        halves(folder, cases, directive, report)
        return
    for case, out, value in zip(cases, outs, last, strict=True):
        wrong = differences(case, out)
        if type(value) is not case.result:
            wrong.append(f"{type(value).__name__} instead of {case.result.__name__}")
        kinds = ", ".join(kind.name for kind in case.kinds)
        report.differences.extend(f"{case.row.text} of {kinds}: {text}" for text in wrong[:3])
        inexact = case.ulp and case.dtype.kind in "fc"
        note(report, case, Cell(short(case.result), f"≤ {case.ulp} ulp" if inexact else "="))


def halves(folder: Path, cases: Sequence[Case], directive: str, report: Report) -> None:
    """Runs the first cases without the last ones."""
    half = len(cases) // 2
    run(folder, cases[:half], directive, report)
    run(folder, cases[half:], directive, report)


def note(report: Report, case: Case, cell: Cell) -> None:
    """Keeps a cell."""
    names = tuple(kind.name for kind in case.kinds)
    report.cells[case.row.text, names if len(set(names)) > 1 else names[:1]] = cell


def differences(case: Case, out: np.ndarray) -> list[str]:
    """Where the native results are not CPython's."""
    found = []
    expected = np.array(case.results, dtype=case.dtype)
    same = equal(out[: len(expected)], expected)
    inexact = case.ulp and case.dtype.kind == "f"
    for place in np.flatnonzero(~same):
        given, want, have = case.operands[place], expected[place], out[place]
        if inexact and near(have, exactly(case.row, given), want, case.ulp):
            continue
        found.append(f"{given}: {want!r} in CPython, {have!r} native")
    return found


def equal(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Where two arrays have the same bits, any NaN being as good as another."""
    if left.dtype.kind == "c":
        return np.asarray(equal(left.real, right.real) & equal(left.imag, right.imag))
    same = np.equal(left, right)
    if left.dtype.kind == "f":
        same = same & (np.signbit(left) == np.signbit(right)) | np.isnan(left) & np.isnan(right)
    return np.asarray(same)


def exactly(row: Row, given: tuple[Any, ...]) -> Any:
    """The result in the widest arithmetic there is; None where there is none."""
    text = row.text.replace("math.erf", "math_erf").replace("math.", "np.").replace("pow(", "np.power(")
    text = text.replace("np.np.", "np.").replace("math_erf", "math.erf")
    try:
        function = eval(f"lambda {', '.join(row.names)}: {text}", {"np": np, "math": __import__("math")})
        with np.errstate(all="ignore"):
            wide = [np.clongdouble(value) if np.iscomplexobj(value) else np.longdouble(value) for value in given]
            return function(*wide)
    except (AttributeError, TypeError, ValueError, OverflowError):
        return None


def near(have: Any, exact: Any, want: Any, ulp: int) -> bool:
    """Whether a result is within `ulp` units in the last place of the exact one (CPython's may be further away)."""
    dtype = want.dtype
    with np.errstate(all="ignore"):
        if exact is None or not isinstance(exact, np.longdouble):
            exact = np.longdouble(want)
        if not np.isfinite(exact) or not np.isfinite(have):
            return bool(equal(np.atleast_1d(have), np.atleast_1d(exact.astype(dtype)))[0])
        if exact == 0 or have == 0:
            rounded = exact.astype(dtype)
            return bool(have == rounded and np.signbit(have) == np.signbit(rounded)) or abs(
                np.longdouble(have) - exact
            ) <= np.longdouble(np.finfo(dtype).smallest_subnormal)
        return bool(abs(np.longdouble(have) - exact) <= ulp * np.longdouble(np.spacing(abs(exact.astype(dtype)))))


def measure(folder: Path, rows: Sequence[Row], combinations: Sequence[tuple[Kind, ...]], directive: str) -> Report:
    """The cells of rows over kinds, or over pairs of kinds."""
    report = Report({}, [])
    cases = []
    for kinds in combinations:
        names = tuple(kind.name for kind in kinds)
        native = all(is_native(folder, kind) for kind in kinds)
        for row in rows:
            case = case_of(row, kinds)
            if case is None:
                report.cells[row.text, names] = UNDEFINED
            elif native:
                cases.append(case)
            else:
                note(report, case, DECLINED)
    kept = accepted(folder, cases)
    for case in cases:
        if case not in kept:
            note(report, case, DECLINED)
    length = BATCH[directive]
    for start in range(0, len(kept), length):
        batch = kept[start : start + length]
        run(folder, [case for case in batch if case.row.text not in RESTLESS], directive, report)
        for case in batch:
            if case.row.text in RESTLESS:
                run(folder, [case], directive, report)
    return report
