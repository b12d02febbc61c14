"""`ferrokeet annotate`: its command line, and that what it proposes runs natively with CPython's answers."""

import json
import math
import os
import re
import shlex
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from harness import Pair

FERROKEET = Path(os.environ.get("FERROKEET_BIN") or Path(sys.executable).with_name("ferrokeet"))
ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(path for path in (ROOT / "examples").glob("*.py") if path.name != "compare.py")
PRAGMA = re.compile(r"^[ \t]*# pragma .*\n", re.MULTILINE)

MIXED = """\
def saxpy(a, x, y):
    for i in range(len(x)):
        y[i] = a * x[i] + y[i]


def scan(c, x):
    for i in range(1, len(c)):
        c[i] = c[i - 1] + x[i]


def talk(x):
    for i in range(len(x)):
        print(x[i])
"""


def annotate(*arguments: str | Path, code: int | None = None, cwd: Path | None = None) -> str:
    """The standard output of `ferrokeet annotate`."""
    done = subprocess.run(
        [FERROKEET, "annotate", *arguments], capture_output=True, text=True, check=False, timeout=120, cwd=cwd
    )
    assert code is None or done.returncode == code, (done.returncode, done.stdout, done.stderr)
    return done.stdout


def loops(path: Path) -> list[dict[str, Any]]:
    """What is said about each loop of a file."""
    found: list[dict[str, Any]] = json.loads(annotate(path, "--output-format", "json"))["loops"]
    return found


def proposals(path: Path) -> dict[int, str]:
    """The proposed directives, by row."""
    return {one["row"]: one["proposal"] for one in loops(path) if one["proposal"]}


def annotated(folder: Path, source: str, rows: int | None = None) -> str:
    """A program with everything that is proposed for it."""
    path = folder / "source.py"
    path.write_text(textwrap.dedent(source))
    found = proposals(path)
    assert rows is None or len(found) == rows, loops(path)
    annotate(path, "--fix", code=0)
    text = path.read_text()
    assert PRAGMA.sub("", text) == textwrap.dedent(source)
    assert annotate(path, "--diff", code=0) == ""
    return text


# The command line


def test_exit_codes_and_formats(tmp_path: Path) -> None:
    path = tmp_path / "mixed.py"
    path.write_text(MIXED)
    full = annotate(path, code=1)
    assert "     + |    # pragma parallel for simd\n     2 |    for i in range(len(x)):\n" in full
    assert "3 loops without a pragma; 1 pragma proposed, some of them under assumed types\n" in full
    concise = annotate(path, "--output-format", "concise", code=1).splitlines()
    assert concise[0].startswith(f"{path}:2: # pragma parallel for simd: proven: ")
    assert concise[1].startswith(f"{path}:7: no: ")
    assert "iteration i=1 writes c[1], iteration i=2 reads c[1]" in concise[1]
    assert concise[2] == f"{path}:12: no: the builtin `print` cannot be translated (line 13)"
    assert path.read_text() == MIXED
    assert "1 pragma written" in annotate(path, "--fix", code=0)
    assert path.read_text() == MIXED.replace("    for", "    # pragma parallel for simd\n    for", 1)
    assert "0 pragmas proposed" in annotate(path, code=0)
    annotate(code=2)
    annotate(path, "--fix", "--diff", code=2)
    annotate(tmp_path / "missing.py", code=2)
    broken = tmp_path / "broken.py"
    broken.write_text("def f(:\n")
    assert annotate(broken, code=0) == "0 loops without a pragma; 0 pragmas proposed\n"


def test_json(tmp_path: Path) -> None:
    path = tmp_path / "mixed.py"
    path.write_text(MIXED)
    first, second, third = loops(path)
    assert first["filename"] == str(path)
    assert (first["row"], first["column"], first["function"]) == (2, 5, "saxpy")
    assert (first["loop"], first["proposal"], first["verdict"]) == (
        "for i in range(len(x))",
        "parallel for simd",
        "proven",
    )
    assert {"kind": "bounds", "text": "len(y) >= len(x)"} in first["guards"]
    assert first["types"] == {"signature": first["types"]["signature"], "source": "assumed"}
    assert first["work"]["iterations"] is None
    assert first["work"]["nanoseconds_per_iteration"] > 0
    assert (second["proposal"], second["verdict"], second["guards"]) == (None, "refuted", [])
    assert (third["proposal"], third["verdict"], third["types"], third["work"]) == (None, None, None, None)
    path.write_text(MIXED.replace("a, x, y", 'a: float, x: "f64[:]", y: "f64[:]"'))
    assert loops(path)[0]["types"]["source"] == "declared"


@pytest.mark.skipif(shutil.which("patch") is None, reason="diffs are applied by patch")
def test_diff_can_be_applied(tmp_path: Path) -> None:
    path = tmp_path / "mixed.py"
    path.write_text(MIXED)
    diff = annotate("mixed.py", "--diff", code=1, cwd=tmp_path)
    assert diff.startswith("--- mixed.py\n+++ mixed.py\n@@ -1,")
    subprocess.run(["patch", "-p0"], input=diff, text=True, check=True, cwd=tmp_path)
    patched = path.read_text()
    path.write_text(MIXED)
    annotate(path, "--fix", code=0)
    assert path.read_text() == patched


@pytest.mark.parametrize(
    "text",
    [
        b"def f(x):\r\n\tfor i in range(len(x)):\r\n\t\tx[i] = 1.0\r\n",
        b"# -*- coding: latin-1 -*-\ndef f(x):\n    '''\xe9'''\n    for i in range(len(x)):\n        x[i] = 1.0\n",
        b"\xef\xbb\xbfdef f(x):\n    for i in range(len(x)): x[i] = 1.0  # \xc3\xa9",
        b"def f(x):\n  # first\n\n  # second\n  for i in range(len(x)):  # pragma: no cover\n    x[i] = 1.0\n",
    ],
)
def test_bytes_are_kept(text: bytes, tmp_path: Path) -> None:
    path = tmp_path / "file.py"
    path.write_bytes(text)
    path.chmod(0o640)
    annotate(path, "--fix", code=0)
    lines = path.read_bytes().splitlines(keepends=True)
    added = [line for line in lines if b"# pragma parallel" in line]
    assert len(added) == 1
    assert added[0].endswith(b"\r\n") == (b"\r\n" in text)
    assert b"".join(line for line in lines if line not in added) == text
    assert path.stat().st_mode & 0o777 == 0o640
    assert [entry.name for entry in tmp_path.iterdir()] == ["file.py"]


def test_links_stay_links(tmp_path: Path) -> None:
    path, link = tmp_path / "mixed.py", tmp_path / "link.py"
    path.write_text(MIXED)
    link.symlink_to(path)
    annotate(link, "--fix", code=0)
    assert link.is_symlink()
    assert "# pragma parallel for simd" in path.read_text()


def test_folders(tmp_path: Path) -> None:
    for name in ("one.py", "two.py"):
        (tmp_path / name).write_text(MIXED)
    assert "6 loops without a pragma; 2 pragmas proposed" in annotate(tmp_path, code=1)


# What is proposed

# Loops that call functions with parallel loops, which their authors left to Python.
MORE = {
    "heat_3d": {"for _ in range(4):"},
    "kmeans": {"for _ in range(5):", "for c in range(4):"},
    "nbody": {"for _ in range(4):"},
}


@pytest.mark.parametrize("path", [*EXAMPLES, ROOT / "benches/kernels.py"], ids=lambda path: path.stem)
def test_examples_get_their_pragmas_back(path: Path, tmp_path: Path) -> None:
    """Wherever a person put a parallel or sequential pragma, one is found; `simd` may be left to the plan or be added."""
    source = path.read_text(encoding="utf-8")
    plain = tmp_path / path.name
    plain.write_text(PRAGMA.sub("", source), encoding="utf-8")
    found = {row: kind.removesuffix(" simd") for row, kind in proposals(plain).items() if kind != "simd"}
    wanted: dict[int, str] = {}
    row = 1
    for line in source.splitlines():
        pragma = re.match(r" *# pragma (parallel for|sequential for)", line)
        if pragma:
            wanted[row] = pragma.group(1)
        row += not line.lstrip().startswith("# pragma")
    lines = plain.read_text(encoding="utf-8").splitlines()
    more = {lines[row - 1].strip() for row in found.keys() - wanted.keys()}
    assert more == MORE.get(path.stem, set())
    assert {row: found.get(row) for row in wanted} == wanted


STENCILS = """
    def jacobi(steps, a, b):
        n = a.shape[0]
        for t in range(steps):
            for i in range(1, n - 1):
                for j in range(1, n - 1):
                    b[i, j] = 0.2 * (a[i, j] + a[i, j - 1] + a[i, j + 1] + a[i + 1, j] + a[i - 1, j])
            for i in range(1, n - 1):
                for j in range(1, n - 1):
                    a[i, j] = 0.2 * (b[i, j] + b[i, j - 1] + b[i, j + 1] + b[i + 1, j] + b[i - 1, j])


    def fdtd(ex, ey, hz, fict):
        nx, ny = ex.shape
        for t in range(len(fict)):
            for j in range(ny):
                ey[0, j] = fict[t]
            for i in range(1, nx):
                for j in range(ny):
                    ey[i, j] -= 0.5 * (hz[i, j] - hz[i - 1, j])
            for i in range(nx):
                for j in range(1, ny):
                    ex[i, j] -= 0.5 * (hz[i, j] - hz[i, j - 1])
            for i in range(nx - 1):
                for j in range(ny - 1):
                    hz[i, j] -= 0.7 * (ex[i, j + 1] - ex[i, j] + ey[i + 1, j] - ey[i, j])
"""


def test_stencils_run_natively(tmp_path: Path) -> None:
    pair = Pair(tmp_path, annotated(tmp_path, STENCILS, rows=13))
    rng = np.random.default_rng(1)
    square = rng.normal(size=(21, 21))
    pair.call("jacobi", lambda: (3, square.copy(), square.copy()))
    grids = rng.normal(size=(3, 14, 17))
    pair.call("fdtd", lambda: (*grids.copy(), np.arange(4.0)))


CALLS = """
    def step(old, new):
        for i in range(1, len(old) - 1):
            new[i] = 0.5 * (old[i - 1] + old[i + 1])


    def steps(a, b, n):
        for t in range(n):
            step(a, b)
            step(b, a)
"""


def test_calling_loops_run_natively(tmp_path: Path) -> None:
    text = annotated(tmp_path, CALLS, rows=2)
    assert "# pragma sequential for\n    for t in range(n):" in text
    pair = Pair(tmp_path, text)
    rng = np.random.default_rng(4)
    grids = rng.normal(size=(2, 50))
    pair.call("steps", lambda: (*grids.copy(), 3))
    assert pair.launches() == {"fast": 1, "careful": 0, "gpu": 0, "python": 0}


ALGEBRA = """
    import math

    def gemver(alpha, beta, a, u1, v1, u2, v2, w, x, y, z):
        n = a.shape[0]
        for i in range(n):
            for j in range(n):
                a[i, j] = a[i, j] + u1[i] * v1[j] + u2[i] * v2[j]
        for i in range(n):
            for j in range(n):
                x[i] = x[i] + beta * a[j, i] * y[j]
        for i in range(n):
            x[i] = x[i] + z[i]
        for i in range(n):
            for j in range(n):
                w[i] = w[i] + alpha * a[i, j] * x[j]


    def norms(a):
        total = 0.0
        most = -math.inf
        for i in range(a.shape[0]):
            row = 0.0
            for j in range(a.shape[1]):
                row += a[i, j] * a[i, j]
            total += math.sqrt(row)
            most = max(most, row)
        return total, most


    class Cloud:
        def __init__(self, x, v):
            self.x, self.v = x, v

        def move(self, dt):
            for i in range(len(self.x)):
                self.x[i] += dt * self.v[i]


    def moved(x, v, dt):
        cloud = Cloud(x, v)
        cloud.move(dt)
        return cloud.x
"""


def test_algebra_runs_natively(tmp_path: Path) -> None:
    pair = Pair(tmp_path, annotated(tmp_path, ALGEBRA))
    rng = np.random.default_rng(2)
    matrix, vectors = rng.normal(size=(13, 13)), rng.normal(size=(8, 13))
    pair.call("gemver", lambda: (1.5, 1.2, matrix.copy(), *vectors.copy()), tolerance=1e-12)
    total, most = pair.call("norms", lambda: (matrix.copy(),), tolerance=1e-12)
    assert math.isclose(total, np.linalg.norm(matrix, axis=1).sum())
    assert math.isclose(most, (matrix * matrix).sum(axis=1).max())
    pair.call("moved", lambda: (*vectors[:2].copy(), 0.25))


def test_guarded_loops_run_natively_either_way(tmp_path: Path) -> None:
    source = """
        def shift(a, off, n):
            for i in range(n):
                a[i + off] = a[i] * 2.0


        def scatter(a, index, b):
            for i in range(len(index)):
                a[index[i]] = b[i]
    """
    pair = Pair(tmp_path, annotated(tmp_path, source, rows=2))
    pair.call("shift", lambda: (np.arange(40.0), 20, 20), ran="fast")
    pair.call("shift", lambda: (np.arange(40.0), 1, 20), ran="careful")
    different, repeated = np.array([3, 1, 4, 0, 5]), np.array([3, 1, 4, 1, 5])
    pair.call("scatter", lambda: (np.zeros(9), different, np.arange(5.0)), ran="fast")
    pair.call("scatter", lambda: (np.zeros(9), repeated, np.arange(5.0)), ran="careful")


def test_collecting_loops_run_natively(tmp_path: Path) -> None:
    source = """
        def histogram(values, counts):
            for v in values:
                counts[v] += 1


        def best(x):
            most = x[0]
            where = 0
            for i in range(len(x)):
                if x[i] > most:
                    most = x[i]
                    where = i
            return most, where
    """
    pair = Pair(tmp_path, annotated(tmp_path, source, rows=2))
    rng = np.random.default_rng(3)
    values, x = rng.integers(0, 50, 5000), rng.normal(size=3000)
    pair.call("histogram", lambda: (values, np.zeros(50, dtype=np.int64)))
    assert pair.call("best", lambda: (x,))[1] == x.argmax()


def test_elses_are_no_part_of_their_loops(tmp_path: Path) -> None:
    source = """
        def fill(x, y):
            for i in range(len(x)):
                x[i] = 1.0
            else:
                for i in range(len(y)):
                    y[i] = 2.0
    """
    pair = Pair(tmp_path, annotated(tmp_path, source, rows=2))
    pair.call("fill", lambda: (np.zeros(20), np.zeros(30)))


def test_strided_recurrences_run_in_lanes(tmp_path: Path) -> None:
    source = """
        def damp(a):
            for i in range(8, len(a)):
                a[i] = a[i - 8] * 0.5
    """
    text = annotated(tmp_path, source, rows=1)
    assert "# pragma simd" in text
    Pair(tmp_path, text).call("damp", lambda: (np.arange(1.0, 100.0),))


def test_show_tells_about_loops_without_pragma(tmp_path: Path) -> None:
    path = tmp_path / "mixed.py"
    path.write_text(MIXED)

    def show(row: int) -> subprocess.CompletedProcess[str]:
        return subprocess.run([FERROKEET, "show", f"{path}:{row}"], capture_output=True, text=True, check=False)

    shown = show(8).stdout
    assert "loop i: without pragma, refuted; runs in order" in shown
    assert "flow dependence c[i] (line 8) -> c[i - 1] (line 8), distance 1, direction (<)" in shown
    refused = show(12)
    assert refused.returncode != 0
    assert "line 12 holds no region that can be translated: the builtin `print`" in refused.stderr
    assert "line 1 holds no region that can be translated\n" in show(1).stderr


# The documentation


def test_documentation(tmp_path: Path) -> None:
    """Every command of docs/annotate.md prints what the page says about the file above it.

    With FERROKEET_UPDATE_DOCS=1 the page is written anew.
    """
    page = ROOT / "docs/annotate.md"
    text = page.read_text(encoding="utf-8")
    commands = 0

    def fence(found: re.Match[str]) -> str:
        nonlocal commands
        kind, name, body = found.groups()
        if kind == "python":
            (tmp_path / name).write_text(body)
            return found.group()
        commands += 1
        command = body.splitlines()[0]
        words = shlex.split(command.removeprefix("$ ferrokeet "))
        done = subprocess.run([FERROKEET, *words], capture_output=True, text=True, check=False, cwd=tmp_path)
        assert done.returncode in (0, 1), done.stderr
        return f"```console\n{command}\n{done.stdout}```\n"

    actual = re.sub(r"^```(python|console)(?: (\S+))?\n(.*?)^```\n", fence, text, flags=re.MULTILINE | re.DOTALL)
    assert commands >= 4
    if os.environ.get("FERROKEET_UPDATE_DOCS"):
        page.write_text(actual, encoding="utf-8")
    assert actual == page.read_text(encoding="utf-8")
