"""Functions of other modules of the project: every way to import them, and what happens when they are replaced or edited."""

import importlib
import itertools
import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import ferrokeet
import numpy as np
import pytest
from ferrokeet._translator import command

NUMBERS = itertools.count(1)


class Project:
    """A package with some modules, under a name of its own."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.name = f"project_{next(NUMBERS)}"
        self.root = folder / self.name
        self.root.mkdir()
        (self.root / "__init__.py").write_text("")

    def write(self, path: str, text: str) -> Path:
        """Writes a file of the package; `PKG` stands for its name."""
        target = self.root / path
        target.parent.mkdir(exist_ok=True, parents=True)
        target.write_text(textwrap.dedent(text).replace("PKG", self.name))
        return target

    def load(self, module: str, hook: bool = True) -> Any:
        """Imports a module of the package, translated."""
        if hook:
            ferrokeet.install(f"{self.name}.{module}")
        importlib.invalidate_caches()
        return importlib.import_module(f"{self.name}.{module}")

    def launches(self) -> dict[str, int]:
        """How often the kernels of the package ran in each way."""
        kernels = [one for one in ferrokeet.stats()["kernels"] if f"/{self.name}/" in one["filename"]]
        return {way: sum(kernel[way] for kernel in kernels) for way in ("fast", "careful", "python")}

    def reasons(self) -> str:
        """Why its kernels did not run."""
        kernels = [one for one in ferrokeet.stats()["kernels"] if f"/{self.name}/" in one["filename"]]
        return " ".join(reason for kernel in kernels for reason in kernel["reasons"])


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.syspath_prepend(tmp_path)
    return Project(tmp_path)


MATHUTIL = '''
"""Helpers."""
import math
from math import floor as down

import numpy as np

from . import consts
from .deep.inner import square as sq

G = 9.81
OFFSET: float = 0.25
TABLE = np.array([1.0, 2.0, 4.0])
half = lambda v: v * 0.5

def smooth(x, k=2, *, shift=consts.SHIFT if False else 0.5):
    """A docstring."""
    if x < 0:
        return sq(x) * G
    return math.sqrt(x) * k + TABLE[0] + consts.SHIFT + OFFSET

def pick(i):
    return TABLE[i % 3] + half(down(i * 0.7))

def split(v, scale=G):
    return v * scale, v - scale
'''
INNER = """
def square(v):
    return v * v
"""
MAIN = """
import numpy as np
import PKG.deep.inner
import PKG.mathutil as whole
from PKG import mathutil
from PKG import mathutil as mu
from PKG.mathutil import smooth, split as parts
from . import deep
from .again import renamed
from .deep import square

def run(x, out):
    # pragma parallel for
    for i in range(len(x)):
        a, b = parts(x[i])
        out[i] = smooth(x[i]) + mathutil.pick(i) + mu.half(x[i]) + a * b
        out[i] += PKG.deep.inner.square(x[i]) + whole.smooth(x[i], k=3) + renamed(x[i]) + square(2.0) + deep.square(x[i])
"""


def whole_project(project: Project) -> None:
    project.write("mathutil.py", MATHUTIL.replace("shift=consts.SHIFT if False else 0.5", "shift=0.5"))
    project.write("consts.py", "SHIFT = 0.5\n")
    project.write("deep/__init__.py", "from .inner import square\n")
    project.write("deep/inner.py", INNER)
    project.write("again.py", "from .mathutil import smooth as renamed\n")
    project.write("main.py", MAIN)


def plain(project: Project, function: str, *arguments: Any) -> Any:
    """The function as Python runs it."""
    names: dict[str, Any] = {"__name__": f"{project.name}.plain", "__package__": project.name}
    path = project.root / "main.py"
    exec(compile(path.read_text(), str(path), "exec"), names)
    return names[function](*arguments)


@pytest.mark.parametrize("kind", ["int64", "float64"])
def test_every_way_to_import(project: Project, kind: str) -> None:
    whole_project(project)
    main = project.load("main")
    for n in [0, 1, 9, 1000]:
        x = (np.arange(n) % 11 - 3).astype(kind)
        expected, actual = np.zeros(n), np.zeros(n)
        plain(project, "run", x, expected)
        main.run(x, actual)
        assert np.array_equal(expected, actual)
    assert project.launches() == {"fast": 4, "careful": 0, "python": 0}


def test_globals_of_the_module_are_read_at_each_launch(project: Project) -> None:
    whole_project(project)
    main = project.load("main")
    module: Any = sys.modules[f"{project.name}.mathutil"]
    x = np.arange(-3.0, 6.0)
    for g in [9.81, 1.0, np.float64(2.0)]:
        module.G = g
        module.TABLE = module.TABLE + 1
        expected, actual = np.zeros(9), np.zeros(9)
        plain(project, "run", x, expected)
        main.run(x, actual)
        assert np.array_equal(expected, actual)
    assert project.launches() == {"fast": 3, "careful": 0, "python": 0}
    del module.G
    with pytest.raises(NameError, match="name 'G' is not defined"):
        main.run(x, np.zeros(9))


SIMPLE = """
from PKG import helpers
from PKG.helpers import f

def run(x):
    # pragma parallel for
    for i in range(len(x)):
        x[i] = f(x[i]) + helpers.g(i)
"""
HELPERS = """
import math

def h(v):
    return math.floor(v) + 1

def f(v):
    return h(v) * 2

def g(i):
    return i + 0.5
"""


def test_replaced_functions(project: Project) -> None:
    project.write("helpers.py", HELPERS)
    project.write("main.py", SIMPLE)
    main = project.load("main")
    helpers: Any = sys.modules[f"{project.name}.helpers"]

    def run() -> list[float]:
        x = np.arange(4.0)
        main.run(x)
        return x.tolist()

    assert run() == [(i + 1) * 2 + i + 0.5 for i in range(4)]
    assert project.launches() == {"fast": 1, "careful": 0, "python": 0}
    was, helpers.h = helpers.h, lambda v: v
    assert run() == [i * 2 + i + 0.5 for i in range(4)]
    helpers.h, main.f = was, lambda v: 0.0
    assert run() == [i + 0.5 for i in range(4)]
    main.f, helpers.g = helpers.f, abs
    assert run() == [(i + 1) * 2 + i for i in range(4)]
    assert project.launches() == {"fast": 1, "careful": 0, "python": 3}
    assert "replaced" in project.reasons()


def test_edited_after_it_was_imported(project: Project) -> None:
    """What runs is what Python has in memory, whatever the file says now."""
    source = project.write("helpers.py", HELPERS)
    project.write("main.py", SIMPLE)
    importlib.invalidate_caches()
    importlib.import_module(f"{project.name}.helpers")
    source.write_text(HELPERS.replace("* 2", "* 3"))
    main = project.load("main")
    x = np.arange(4.0)
    main.run(x)
    assert x.tolist() == [(i + 1) * 2 + i + 0.5 for i in range(4)]
    assert project.launches() == {"fast": 0, "careful": 0, "python": 1}


def test_edited_between_loading_and_compiling(project: Project) -> None:
    source = project.write("helpers.py", HELPERS)
    project.write("main.py", SIMPLE)
    main = project.load("main")
    source.write_text(HELPERS.replace("* 2", "* 3"))
    x = np.arange(4.0)
    main.run(x)
    assert x.tolist() == [(i + 1) * 2 + i + 0.5 for i in range(4)]
    assert "has changed" in project.reasons()
    source.write_text(HELPERS)
    y = np.arange(4)
    main.run(y)
    assert project.launches()["fast"] == 1


def test_moved_but_the_same(project: Project) -> None:
    """Rows do not matter: only what the function does."""
    source = project.write("helpers.py", HELPERS)
    project.write("main.py", SIMPLE)
    importlib.invalidate_caches()
    importlib.import_module(f"{project.name}.helpers")
    source.write_text("# One more line.\n\n" + HELPERS)
    main = project.load("main")
    main.run(np.arange(4.0))
    assert project.launches() == {"fast": 1, "careful": 0, "python": 0}


def test_helpers_that_are_translated_themselves(project: Project) -> None:
    project.write(
        "helpers.py",
        """
        def total(x, i):
            s = 0.0
            # pragma parallel for
            for j in range(x.shape[1]):
                s += x[i, j]
            return s

        def scaled(v):
            return v * 2
        """,
    )
    project.write(
        "main.py",
        """
        from PKG.helpers import scaled, total

        def run(x, out):
            # pragma parallel for
            for i in range(len(out)):
                out[i] = scaled(total(x, i))
        """,
    )
    ferrokeet.install(f"{project.name}.helpers")
    main = project.load("main")
    out = np.zeros(5)
    main.run(np.ones((5, 7)), out)
    assert out.tolist() == [14.0] * 5
    assert project.launches() == {"fast": 1, "careful": 0, "python": 0}


def test_exceptions_of_helpers(project: Project) -> None:
    project.write(
        "helpers.py",
        """
        class Bad(Exception):
            pass

        def check(v, i):
            if v < 0:
                raise Bad(f"{v} at {i}")
            if v > 100:
                raise ValueError("too large")
            return 1 / v
        """,
    )
    project.write(
        "main.py",
        """
        from PKG import helpers

        def run(x, out):
            # pragma parallel for
            for i in range(len(x)):
                out[i] = helpers.check(int(x[i]), i)
        """,
    )
    main = project.load("main")
    for place, value in [(3, -1.0), (3, 101.0), (2, 0.0), (7, 1.0)]:
        x = np.arange(1.0, 9.0)
        x[place] = value
        outs, errors = [np.zeros(8), np.zeros(8)], []
        for call, out in [(lambda x, out: plain(project, "run", x, out), outs[0]), (main.run, outs[1])]:
            try:
                call(x, out)
                errors.append("none")
            except Exception as error:
                errors.append(f"{type(error)} {error}")
        assert errors[0] == errors[1]
        assert np.array_equal(outs[0], outs[1])
    assert project.launches() == {"fast": 1, "careful": 2, "python": 1}


DECLINED = {
    "decorated": ("import functools\n@functools.cache\ndef f(v):\n    return v\n", "is decorated"),
    "twice": (
        "try:\n    from nowhere import f\nexcept ImportError:\n    def f(v):\n        return v\n",
        "no function of this project",
    ),
    "opens": ("def f(v):\n    with open('x'):\n        return v\n", "`with` cannot be translated"),
    "global": ("N = 0\ndef f(v):\n    global N\n    N = v\n    return v\n", "assigns `N`"),
    "recursive": ("def f(v):\n    return v if v < 1 else f(v - 1)\n", "calls itself"),
    "closure": ("def f(v):\n    return lambda: v\n", "returned"),
    "default": ("def f(v, k=[1.0]):\n    return v\n", "is no constant"),
    "star": ("def f(*v):\n    return v[0]\n", "does not take this argument"),
}


@pytest.mark.parametrize("name", DECLINED)
def test_declined(project: Project, name: str) -> None:
    source, reason = DECLINED[name]
    project.write("helpers.py", source)
    path = project.write(
        "main.py",
        """
        from PKG.helpers import f

        def run(x):
            # pragma parallel for
            for i in range(len(x)):
                x[i] = f(x[i])
        """,
    )
    answer = check(path)
    (diagnostic,) = (one for one in answer["diagnostics"] if one["severity"] == "error")
    assert reason in diagnostic["message"]
    assert diagnostic["location"]["row"] == 7
    assert answer["regions"] == []


def check(path: Path) -> Any:
    """What `ferrokeet check` says of a file."""
    done = subprocess.run(
        [command() or "", "check", "--output-format", "json", str(path)], capture_output=True, text=True, check=False
    )
    return json.loads(done.stdout)


def test_check_sees_through(project: Project) -> None:
    helpers = project.write(
        "helpers.py",
        """
        def shift(a, i):
            a[i] = a[i - 1] + 1

        def fill(a, i):
            a[i] = i
        """,
    )
    path = project.write(
        "main.py",
        """
        from PKG import helpers

        def run(x, y):
            # pragma parallel for
            for i in range(1, len(x)):
                helpers.fill(x, i)
            # pragma parallel for
            for i in range(1, len(x)):
                helpers.shift(y, i)
        """,
    )
    before = helpers.read_bytes()
    answer = check(path)
    assert [region["verdict"] for region in answer["regions"]] == ["proven", "refuted"]
    assert helpers.read_bytes() == before


@pytest.mark.parametrize("way", ["translate", "build"])
def test_shipped(tmp_path: Path, way: str) -> None:
    """A translated file finds its helpers where Python does; edited ones are noticed."""
    source = tmp_path / "src"
    source.mkdir()
    (source / "helpers.py").write_text(HELPERS)
    main = SIMPLE.replace("from PKG import helpers", "import helpers").replace("PKG.", "")
    main = main.replace("def run(x):", 'def run(x: "f64[:]"):')
    (source / "main.py").write_text(main)
    target = tmp_path / "out"
    done = subprocess.run(
        [command() or "", way, str(source / "main.py"), "-o", str(target)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (target / "helpers.py").write_text(HELPERS)
    program = "import json, main, numpy, ferrokeet; x = numpy.arange(4.0); main.run(x); print(json.dumps([x.tolist(), ferrokeet.stats()]))"

    def run() -> tuple[list[float], dict[str, Any]]:
        done = subprocess.run(
            [sys.executable, "-B", "-W", "ignore", "-c", program],
            capture_output=True,
            text=True,
            check=False,
            cwd=target,
            env={**os.environ, "PYTHONPATH": str(target)},
        )
        assert done.returncode == 0, done.stderr
        values, stats = json.loads(done.stdout)
        return values, stats["kernels"][0]

    values, kernel = run()
    assert values == [(i + 1) * 2 + i + 0.5 for i in range(4)]
    assert kernel["fast"] == 1
    (target / "helpers.py").write_text(HELPERS.replace("* 2", "* 3"))
    values, kernel = run()
    assert values == [(i + 1) * 3 + i + 0.5 for i in range(4)]
    assert kernel["python"] == 1


def test_scripts(tmp_path: Path) -> None:
    """`ferrokeet run` of a script with a helper beside it, one in a package without `__init__.py`, and one below `src`."""
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "beside.py").write_text("def double(v):\n    return v * 2\n")
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare" / "triples.py").write_text("def triple(v):\n    return v * 3\n")
    script = tmp_path / "script.py"
    script.write_text(
        textwrap.dedent(
            """
            import numpy as np
            import beside
            import bare.triples
            from bare import triples

            x = np.arange(5.0)
            # pragma parallel for
            for i in range(len(x)):
                x[i] = beside.double(x[i]) + bare.triples.triple(x[i]) + triples.triple(1.0)
            assert x.tolist() == [5.0 * i + 3 for i in range(5)]
            """
        )
    )
    stats = tmp_path / "stats.json"
    done = subprocess.run(
        [command() or "", "run", "--stats", str(stats), str(script)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (kernel,) = json.loads(stats.read_text())["kernels"]
    assert kernel["fast"] == 1
