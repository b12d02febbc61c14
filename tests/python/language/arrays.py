"""Functions and methods of whole arrays: the rows, and what each is over a kind.

`v` and `w` are vectors of eight elements, `x` is a matrix of four by four, all of the kind; `k` are indices, `b` is a mask.
"""

import hashlib
import json
import subprocess
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ferrokeet
import numpy as np
from harness import Pair

from language.measure import DECLINED, FERROKEET, UNDEFINED, Cell, Report, short
from language.values import Kind

HEADER = "import numpy as np\n"
NAMES = ["v", "w", "x", "k", "b"]
# Statements of one region: more take longer to compile than the same ones in several.
BATCH = 14


@dataclass(frozen=True)
class ArrayRow:
    """One expression, and whether what it adds up or interpolates is rounded in another order than NumPy's."""

    section: str
    text: str
    near: bool = False


def section(title: str, *texts: str, near: bool = False) -> list[ArrayRow]:
    """Several rows."""
    return [ArrayRow(title, text, near) for text in texts]


REDUCTIONS = ["sum", "prod", "min", "max", "any", "all", "argmin", "argmax", "count_nonzero", "ptp"]
NEAR = [
    "mean",
    "var",
    "std",
    "average",
    "median",
    "nansum",
    "nanprod",
    "nanmin",
    "nanmax",
    "nanmean",
    "nanvar",
    "nanstd",
]
METHODS = ["sum", "prod", "min", "max", "any", "all", "argmin", "argmax", "cumsum", "cumprod", "copy", "round", "conj"]

ARRAY_ROWS = [
    *section("Reductions of arrays", *(f"np.{name}(v)" for name in REDUCTIONS)),
    *section("Reductions of arrays", *(f"np.{name}(v)" for name in NEAR), near=True),
    *section("Reductions of arrays", "np.percentile(v, 30)", "np.quantile(v, 0.25)", near=True),
    *section("Reductions of arrays", "np.sum(x, axis=0)", "np.max(x, axis=1, keepdims=True)", "np.any(x, axis=(0, 1))"),
    *section("Reductions of arrays", "np.add.reduce(v)", "np.maximum.reduce(v)", "np.trace(x)", "np.sum(v, where=b)"),
    *section("Scans", "np.cumsum(v)", "np.cumprod(w)", "np.maximum.accumulate(v)", "np.diff(v)", "np.ediff1d(v)"),
    *section(
        "Products", "v @ w", "x @ v[:4]", "x @ x", "np.dot(v, w)", "np.outer(v, w)", "np.inner(v, w)", "np.vdot(v, w)"
    ),
    *section("Products", "np.tensordot(x, x, axes=1)", "np.einsum('ij,jk->ik', x, x)", "np.kron(v, w)"),
    *section(
        "Products", "np.cross(v[:3], w[:3])", "np.convolve(v, w[:3])", "np.correlate(v, w[:3])", "np.add.outer(v, w)"
    ),
    *section("Products", "np.linalg.norm(v)", near=True),
    *section("Products", "np.linalg.det(x)", "np.linalg.inv(x)", "np.linalg.solve(x, v[:4])", near=True),
    *section(
        "Products", "np.linalg.slogdet(x)[1]", "np.linalg.cholesky(x @ x.T)", "np.linalg.matrix_power(x, 3)", near=True
    ),
    *section("New arrays", "np.zeros_like(v)", "np.ones_like(v)", "np.full_like(v, 1)", "np.zeros(4, dtype=v.dtype)"),
    *section("New arrays", "np.array([v[0], w[1]])", "v.astype(np.float32)", "v.astype(np.int64)", "np.append(v, w)"),
    *section("New arrays", "np.delete(v, 2)", "np.insert(v, 2, v[0])"),
    *section("New arrays", "np.stack((v, w))", "np.concatenate((v, w))", "np.vstack((v, w))", "np.hstack((v, w))"),
    *section("New arrays", "np.column_stack((v, w))", "np.tile(v, 2)", "np.repeat(v, 2)", "np.pad(v, 1)", "np.diag(v)"),
    *section(
        "Views and shapes", "x.T", "np.transpose(x)", "np.swapaxes(x, 0, 1)", "np.moveaxis(x, 0, 1)", "np.ravel(x) + 0"
    ),
    *section(
        "Views and shapes", "x.reshape(2, 8) + 0", "x.flatten() + 0", "np.flip(v)", "np.flipud(x)", "np.fliplr(x)"
    ),
    *section("Views and shapes", "np.rot90(x)", "np.expand_dims(v, 0)", "np.squeeze(x[:1], 0)", "np.atleast_2d(v)"),
    *section(
        "Views and shapes",
        "np.broadcast_to(v, (2, 8)) + 0",
        "np.diagonal(x) + 0",
        "x[1:3, ::2]",
        "x[::-1]",
        "v[..., None]",
    ),
    *section("Views and shapes", "np.roll(v, 1)", "np.triu(x)", "np.tril(x)", "v.real", "v.imag"),
    *section("Choosing", "v[b]", "v[k]", "np.take(v, k)", "np.compress(b, v)", "np.extract(b, v)", "np.where(b, v, w)"),
    *section("Choosing", "np.nonzero(v)[0]", "np.flatnonzero(v)", "np.argwhere(v)", "np.clip(v, 1, 2)"),
    *section("Choosing", "np.select([b], [v], 0)"),
    *section("Sorting and counting", "np.sort(v)", "np.argsort(v, kind='stable')", "np.searchsorted(np.sort(v), w)"),
    *section("Sorting and counting", "np.bincount(k)", "np.histogram(v, 3)[0]", "np.unique(v)"),
    *section("Sorting and counting", "np.isin(v, w)", "np.array_equal(v, w)"),
    *section("More of arrays", "np.isclose(v, w)", "np.allclose(v, w)", "np.round(v, 1)", "np.fix(v)", "np.isreal(v)"),
    *section("More of arrays", "np.gradient(v)", "np.trapezoid(v)", "np.polyval(w[:3], v)", "np.cov(x)", near=True),
    *section("More of arrays", "np.corrcoef(v, w)", "np.nanmedian(v)", "np.nanpercentile(v, 30)", near=True),
    *section("Methods", *(f"v.{name}()" for name in METHODS), "v.dot(w)", "v.repeat(2)", "v.nonzero()[0]"),
    *section("Methods", "v.mean()", "v.var()", "v.std()", near=True),
    *section(
        "Methods",
        "x.transpose()",
        "x.swapaxes(0, 1)",
        "x.trace()",
        "x.diagonal() + 0",
        "x.ravel() + 0",
        "x.squeeze() + 0",
    ),
]


def arguments(kind: Kind) -> dict[str, Any]:
    """The arrays: numbers whose sums and products are exact in any order."""
    v = np.array([2, 1, 0, 3, 1, 2, 4, 1])
    w = np.array([1, 2, 2, 1, 1, 3, 1, 2])
    x = np.array([[1, 0, 2, 1], [3, 1, 1, 2], [0, 2, 1, 1], [1, 1, 3, 0]])
    if kind.dtype[0] in "ifc":
        v, w, x = v * np.array([1, -1] * 4), w * np.array([1, 1, -1, 1] * 2), x * np.array([1, -1, 1, 1])
    arrays = [one.astype(kind.dtype) for one in (v, w, x)]
    if kind.dtype.startswith("complex"):
        arrays = [one + np.array(1j, kind.dtype) * one[..., ::-1] for one in arrays]
    given = [*arrays, np.array([1, 0, 7, 3]), np.array([True, False, True, True] * 2)]
    return dict(zip(NAMES, given, strict=True))


def expected(row: ArrayRow, kind: Kind) -> Any:
    """What NumPy gives; `UNDEFINED` where it raises or does not have it."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return eval(row.text, {"np": np}, arguments(kind))
        except (AttributeError, TypeError, ValueError, ArithmeticError, IndexError):
            return UNDEFINED


def function(name: str, rows: Sequence[ArrayRow], kind: Kind | None = None) -> str:
    """One region for several rows, with annotations if a kind is given."""
    parameters = list(NAMES)
    if kind is not None:
        element = kind.annotation.removesuffix("[:]")
        types = [f"{element}[:]", f"{element}[:]", f"{element}[:, :]", "i64[:]", "bool[:]"]
        parameters = [f'{name}: "{ty}"' for name, ty in zip(NAMES, types, strict=True)]
    lines = "".join(f"    r{number} = {row.text}\n" for number, row in enumerate(rows))
    results = ", ".join(f"r{number}" for number in range(len(rows)))
    return f"\n\ndef {name}({', '.join(parameters)}):\n    # pragma parallel\n{lines}    return {results},\n"


def accepted(folder: Path, rows: Sequence[ArrayRow], kind: Kind) -> list[ArrayRow]:
    """The rows that `ferrokeet check` finds no error in."""
    path = folder / f"checked_arrays_{kind.name}.py"
    functions = [function(f"f{number}", [row], kind) for number, row in enumerate(rows)]
    path.write_text(HEADER + "".join(functions), encoding="utf-8")
    command = [str(FERROKEET), "check", "--isolated", "--output-format", "json", str(path)]
    found = json.loads(subprocess.run(command, stdout=subprocess.PIPE, timeout=300, text=True, check=False).stdout)
    wrong = [one["location"]["row"] for one in found["diagnostics"] if one["severity"] != "note"]
    start, kept = HEADER.count("\n") + 1, []
    for row, text in zip(rows, functions, strict=True):
        end = start + text.count("\n")
        if not any(start <= line < end for line in wrong):
            kept.append(row)
        start = end
    return kept


def differs(want: Any, have: Any, near: bool) -> str:
    """How a result is not NumPy's, if it is not."""
    if type(want) is not type(have):
        return f"{type(have).__name__} instead of {type(want).__name__}"
    if want is None:
        return ""
    want, have = np.asarray(want), np.asarray(have)
    if want.dtype != have.dtype or want.shape != have.shape:
        return f"{have.dtype} {have.shape} instead of {want.dtype} {want.shape}"
    same = (want == have) | (np.isnan(want) & np.isnan(have)) if want.dtype.kind in "fc" else want == have
    if near and want.dtype.kind in "fc":
        with np.errstate(all="ignore"):
            same = same | (np.abs(want - have) <= 4 * np.finfo(want.dtype).eps * np.abs(want).max(initial=1.0))
    return "" if np.all(same) else f"{want!r} in CPython, {have!r} native"


def run(folder: Path, rows: Sequence[ArrayRow], kind: Kind, report: Report) -> None:
    """Runs rows natively and notes their cells; those that end in Python are found by halving."""
    if not rows:
        return
    source = HEADER + function("region", rows) + f"\n\n# Of {kind.name}.\n"
    name = f"pair_{hashlib.sha256(source.encode()).hexdigest()[:16]}"
    path = folder / f"{name}.py"
    path.write_text(source, encoding="utf-8")
    module = Pair.load(folder, name)
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            results = module.region(**arguments(kind))
        failed = ""
    except Exception as error:
        failed = f"{type(error).__name__}: {error}"
    kernels = [kernel for kernel in ferrokeet.stats()["kernels"] if kernel["filename"] == str(path)]
    if failed or not kernels or any(kernel["python"] for kernel in kernels):
        if len(rows) > 1:
            half = len(rows) // 2
            run(folder, rows[:half], kind, report)
            run(folder, rows[half:], kind, report)
            return
        if failed:
            report.differences.append(f"{rows[0].text} of {kind.name}: {failed}")
        report.cells[rows[0].text, (kind.name,)] = DECLINED
        return
    for row, have in zip(rows, results, strict=True):
        want = expected(row, kind)
        if wrong := differs(want, have, row.near):
            report.differences.append(f"{row.text} of {kind.name}: {wrong}")
        dtype = np.asarray(want).dtype
        inexact = row.near and dtype.kind in "fc"
        text = short(dtype.type) if want is not None else ""
        report.cells[row.text, (kind.name,)] = Cell(text, "≈" if inexact else "=")


def measure_arrays(folder: Path, kind: Kind) -> Report:
    """The cells of all rows over a kind."""
    report = Report({}, [])
    defined = []
    for row in ARRAY_ROWS:
        if expected(row, kind) is UNDEFINED:
            report.cells[row.text, (kind.name,)] = UNDEFINED
        else:
            defined.append(row)
    kept = accepted(folder, defined, kind)
    for row in defined:
        report.cells[row.text, (kind.name,)] = DECLINED
    for start in range(0, len(kept), BATCH):
        run(folder, kept[start : start + BATCH], kind, report)
    return report
