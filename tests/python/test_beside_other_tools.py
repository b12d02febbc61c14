"""Translated modules under the tools that Python programmers use every day: each sees the file that the user wrote."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

MODEL = '''"""A model with hot loops."""
import warnings

import numpy as np


class State:
    def __init__(self, n):
        self.x = np.arange(float(n))

    def energy(self):
        s = 0.0
        # pragma parallel for
        for i in range(len(self.x)):
            s += self.x[i] * self.x[i]
        return s


def total(x):
    s = 0.0
    # pragma parallel for
    for i in range(len(x)):
        s += x[i]
    return s


def shift(x):
    # pragma parallel for
    for i in range(len(x)):
        x[i] = 1.0 + x[i + 1]  # the last one fails


def warn(x):
    t = total(x)
    warnings.warn("look here", stacklevel=1)
    return t


def checked(x):
    # pragma parallel for
    for i in range(len(x)):
        assert x[i] < 3.0, "too large"
        x[i] += 1.0
'''
USE = """
import ferrokeet
ferrokeet.install("model")
import numpy as np, model
x = np.arange(10.0)
"""
COUNTS = """
import json
print(json.dumps({k["name"]: [k["fast"], k["careful"], k["python"]] for k in ferrokeet.stats()["kernels"]}))
"""


def row(text: str) -> int:
    """The row of the model that holds a text."""
    return MODEL[: MODEL.index(text)].count("\n") + 1


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


class Folder:
    """A folder with the model and a program that uses it."""

    def __init__(self, path: Path, cache: Path):
        self.path = path
        ours = ("FERROKEET_", "PYTHON", "COVERAGE_", "PYTEST_")
        plain = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        self.environment = {**plain, "FERROKEET_CACHE_DIR": str(cache)}
        self.write("model.py", MODEL)

    def write(self, name: str, text: str) -> None:
        (self.path / name).parent.mkdir(exist_ok=True)
        (self.path / name).write_text(text, encoding="utf-8")

    def run(self, *arguments: str, code: int = 0, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Runs the interpreter here, and asserts its exit code."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.path,
            env=self.environment,
            input=typed,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done

    def use(self, text: str, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        """Runs a program that uses the model."""
        self.write("use.py", USE + text)
        return self.run(*arguments, "use.py", code=code)


@pytest.fixture
def folder(tmp_path: Path, cache: Path) -> Folder:
    return Folder(tmp_path, cache)


@pytest.mark.parametrize("written", [True, False])
def test_bytecode_is_never_shared(folder: Folder, written: bool) -> None:
    """Whatever ran before, plain runs are plain and translated ones are translated."""
    if not written:
        folder.environment["PYTHONDONTWRITEBYTECODE"] = "1"
    folder.write("plain.py", "import model, numpy as np\nprint(model.total(np.arange(10.0)), '_fk' in vars(model))\n")
    for _ in range(2):
        assert folder.run("plain.py").stdout == "45.0 False\n"
        counts = json.loads(folder.use("model.total(x)" + COUNTS).stdout)
        assert counts["total_L22"] == [1, 0, 0]
    assert (folder.path / "__pycache__").exists() == written


def test_tracebacks_name_the_lines_of_the_file(folder: Folder) -> None:
    done = folder.use("model.shift(x)", code=1)
    assert f'model.py", line {row("x[i] = 1.0")}, in shift\n    x[i] = 1.0 + x[i + 1]' in done.stderr
    assert "IndexError: index 10 is out of bounds for axis 0 with size 10" in done.stderr


def test_warnings_and_sources_are_those_of_the_file(folder: Folder) -> None:
    done = folder.use("model.warn(x)\nimport inspect\nprint(inspect.getsource(model.total))")
    assert f"model.py:{row('warnings.warn(')}: UserWarning: look here" in done.stderr
    assert done.stdout.startswith("def total(x):\n    s = 0.0\n    # pragma parallel for\n    for i")


def test_pickling_and_reload(folder: Folder) -> None:
    done = folder.use(
        """
import pickle, importlib
print(pickle.loads(pickle.dumps(model.State(4))).energy(), pickle.loads(pickle.dumps(model.total))(x))
print(importlib.reload(model) is model, model.total(x))"""
        + COUNTS
    )
    *printed, counts = done.stdout.splitlines()
    assert printed == ["14.0 45.0", "True 45.0"]
    assert json.loads(counts) == {"energy_L14": [1, 0, 0], "total_L22": [1, 0, 0]}


@pytest.mark.parametrize("method", ["spawn", "fork", "forkserver"])
def test_multiprocessing(folder: Folder, method: str) -> None:
    done = folder.use(f"""
import multiprocessing

def counted(x):
    return model.total(x), max(k["fast"] for k in ferrokeet.stats()["kernels"])

if __name__ == "__main__":
    with multiprocessing.get_context("{method}").Pool(1) as pool:
        print([(float(s), n) for s, n in pool.map(counted, [x, x + 1])])""")
    assert done.stdout == "[(45.0, 1), (55.0, 2)]\n"


def test_debugger_stops_at_the_lines_of_the_file(folder: Folder) -> None:
    """A breakpoint inside a loop stops once, when the kernel's results are assigned; stepping goes on behind the loop."""
    folder.write("use.py", USE + "print(model.total(x))")
    inside = row("s += x[i]\n")
    typed = [f"break model.py:{inside}", "c", "p float(s)", "next", "p float(s)", "c", "q"]
    done = folder.run("-m", "pdb", "use.py", typed="\n".join([*typed, ""]))
    assert f"model.py({inside})total()\n-> s += x[i]\n(Pdb) 0.0\n" in done.stdout
    assert f"model.py({inside + 1})total()\n-> return s\n(Pdb) 45.0\n" in done.stdout
    folder.environment["FERROKEET_DISABLE"] = "1"
    typed = [f"break model.py:{inside}", "c", "c", "c", "p i, float(s)", "q"]
    assert "(2, 1.0)" in folder.run("-m", "pdb", "use.py", typed="\n".join([*typed, ""])).stdout


def test_coverage_counts_the_lines_of_the_file(folder: Folder) -> None:
    folder.use("model.total(x)")
    reports = []
    for program in (USE + "model.total(x)", "import numpy as np, model\nmodel.total(np.arange(10.0))"):
        folder.write("program.py", program)
        folder.run("-m", "coverage", "run", "--include=model.py", "program.py")
        reports.append(folder.run("-m", "coverage", "report", "-m").stdout)
    assert reports[0] == reports[1]


def test_asserts_of_pytest_show_their_values(folder: Folder) -> None:
    """In test modules that are translated themselves, and in those that only import what is."""
    folder.write("conftest.py", "import ferrokeet\nferrokeet.install('model', 'test_')\n")
    folder.write(
        "test_model.py",
        """
import ferrokeet, model, numpy as np

def test_imported():
    assert model.total(np.arange(3.0)) == 4.0

def test_own():
    x = np.arange(4.0)
    s = 0.0
    # pragma parallel for
    for i in range(len(x)):
        s += x[i]
    assert s == 7.0

def test_native():
    assert [k["fast"] for k in ferrokeet.stats()["kernels"]] == [1, 1]
""",
    )
    done = folder.run("-m", "pytest", "-q", "-p", "no:cacheprovider", code=1)
    assert "assert np.float64(3.0) == 4.0" in done.stdout
    assert "assert np.float64(6.0) == 7.0" in done.stdout
    assert "2 failed, 1 passed" in done.stdout


def test_editable_installs_are_translated(folder: Folder) -> None:
    """Their modules are found by a finder of the installer's, not on the path."""
    folder.write("elsewhere/far.py", MODEL)
    done = folder.use(
        """
import importlib.util, pathlib, sys

class Mapping:
    def find_spec(name, path=None, target=None):
        if name == "far":
            return importlib.util.spec_from_file_location(name, pathlib.Path("elsewhere/far.py").resolve())

sys.meta_path.append(Mapping)
ferrokeet.install("far")
import far
print(far.total(x))"""
        + COUNTS
    )
    total, counts = done.stdout.splitlines()
    assert (total, json.loads(counts)) == ("45.0", {"total_L22": [1, 0, 0]})


def test_modules_of_another_hook_are_left_to_it(folder: Folder) -> None:
    folder.write("elsewhere/far.py", MODEL)
    done = folder.use("""
import importlib.machinery, importlib.util, pathlib, sys

class Other(importlib.machinery.SourceFileLoader):
    pass

class Mapping:
    def find_spec(name, path=None, target=None):
        if name == "far":
            where = str(pathlib.Path("elsewhere/far.py").resolve())
            return importlib.util.spec_from_file_location(name, where, loader=Other(name, where))

sys.meta_path.append(Mapping)
ferrokeet.install("far")
import far
print(far.total(x), type(far.__loader__).__name__)""")
    assert done.stdout == "45.0 Other\n"
    assert done.stderr.count("FerrokeetWarning: this file runs as Python: another import hook loads it (Other)") == 1


def test_asserts_are_left_out_with_optimisation(folder: Folder) -> None:
    text = "try:\n    model.checked(x)\nexcept AssertionError as error:\n    print(error)\nprint(x.sum())"
    checked = folder.use(text + COUNTS)
    *printed, counts = checked.stdout.splitlines()
    assert printed == ["too large", "48.0"]
    assert json.loads(counts) == {"checked_L41": [0, 1, 0]}
    unchecked = folder.use(text + COUNTS, "-O")
    *printed, counts = unchecked.stdout.splitlines()
    assert printed == ["55.0"]
    assert json.loads(counts) == {"checked_L41": [0, 0, 1]}
    assert "its kernel checks the asserts in it, which `python -O` leaves out" in unchecked.stderr
