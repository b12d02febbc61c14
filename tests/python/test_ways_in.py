"""Every way into Ferrokeet, used as its users do: the commands, their options and exit codes, and the Python package."""

import json
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

FERROKEET = Path(sys.executable).with_name("ferrokeet")
EXAMPLES = Path(__file__).parents[2] / "examples"
LIBRARIES = Path(np.__file__).parents[1]
WAYS = ("fast", "careful", "python")

SCRIPT = '''"""Adds."""
import sys

import numpy as np


def total(x: "f64[:]"):
    s = 0.0
    # pragma parallel for
    for i in range(len(x)):
        s += x[i]
    return s


def fail():
    raise ValueError("on purpose")


if __name__ == "__main__":
    print(total(np.arange(10.0)), sys.argv, __name__)
    if sys.argv[1:] == ["fail"]:
        fail()
    if sys.argv[1:2] == ["exit"]:
        sys.exit(int(sys.argv[2]))
'''
STATEMENT = 10

FAULTY = """import numpy as np


def chain(a, n):
    # pragma parallel for
    for i in range(1, n):
        a[i] = a[i - 1] + 1.0


def misspelt(a, n):
    # pragma paralel for
    for i in range(n):
        a[i] = 1.0


def ignored(a, n):
    # pragma parallel for  # ferrokeet: ignore[FK201]
    for i in range(1, n):
        a[i] = a[i - 1] + 1.0
"""


class Place:
    """A folder to work in, with an environment to change."""

    def __init__(self, folder: Path, cache: Path):
        self.folder = folder
        ours = ("FERROKEET_", "PYTHON")
        plain = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        self.environment = {**plain, "FERROKEET_CACHE_DIR": str(cache)}

    def write(self, name: str, text: str = SCRIPT) -> Path:
        """A file of the folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
        return path

    def start(self, *command: str | Path, code: int | None = 0) -> subprocess.CompletedProcess[str]:
        """Runs a command in the folder and asserts its exit code (None: any)."""
        done = subprocess.run(
            list(command), cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=120
        )
        assert code is None or done.returncode == code, done.stdout + done.stderr
        assert "defect in Ferrokeet" not in done.stderr
        return done

    def ferrokeet(self, *arguments: str | Path, code: int | None = 0) -> subprocess.CompletedProcess[str]:
        """Runs the command."""
        return self.start(FERROKEET, *arguments, code=code)

    def python(self, *arguments: str | Path, code: int | None = 0) -> subprocess.CompletedProcess[str]:
        """Runs the interpreter."""
        return self.start(sys.executable, *arguments, code=code)

    def kernels(self, name: str = "stats.json") -> dict[str, set[str]]:
        """For each kernel in a file of statistics, the ways in which it ran."""
        content = json.loads((self.folder / name).read_text(encoding="utf-8"))
        assert list(content) == ["kernels"]
        for kernel in content["kernels"]:
            assert_kernel(kernel)
        return {kernel["name"]: {way for way in WAYS if kernel[way]} for kernel in content["kernels"]}

    def away(self) -> None:
        """From now on nothing finds a compiler, a linker, the command or a cache."""
        self.environment = {"FERROKEET_STATS": str(self.folder / "stats.json")}


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def place(tmp_path: Path, cache: Path) -> Place:
    return Place(tmp_path, cache)


def assert_kernel(kernel: dict[str, Any]) -> None:
    """An entry of `ferrokeet.stats()` is as promised."""
    shape = {
        "name": str,
        "filename": str,
        "row": int,
        "signature": str,
        "fast": int,
        "careful": int,
        "gpu": int,
        "python": int,
        "reasons": list,
        "compile_ms": float,
        "cached": bool,
        "to_device": int,
        "from_device": int,
        "device_ms": float,
    }
    assert {key: type(value) for key, value in kernel.items()} == shape
    assert kernel["row"] >= 1
    assert all(isinstance(reason, str) for reason in kernel["reasons"])


# run


def test_run_is_like_python(place: Place) -> None:
    place.write("script.py")
    for arguments, code in [([], 0), (["a", "--stats", "-x"], 0), (["fail"], 1), (["exit", "7"], 7)]:
        plain = place.python("script.py", *arguments, code=code)
        run = place.ferrokeet("run", "--stats", "stats.json", "script.py", *arguments, code=code)
        assert run.stdout == plain.stdout
        assert run.stderr == plain.stderr
        assert place.kernels() == {f"total_L{STATEMENT}": {"fast"}}


def test_run_imports_translated_modules_from_beside_the_script(place: Place) -> None:
    place.write("tool/helper.py")
    place.write("tool/script.py", "import helper, numpy as np\nprint(helper.total(np.ones(3)))\n")
    place.write("json.py", "raise SystemExit('the current folder is not the script`s')\n")
    done = place.ferrokeet("run", "--stats", "stats.json", "tool/script.py")
    assert done.stdout == "3.0\n"
    assert place.kernels() == {f"total_L{STATEMENT}": {"fast"}}
    assert not list(place.folder.rglob("__pycache__"))


@pytest.mark.parametrize("name", ["pkg.mod", "pkg"])
def test_run_module(place: Place, name: str) -> None:
    place.write("pkg/__init__.py", "")
    place.write("pkg/mod.py")
    place.write("pkg/__main__.py")
    plain = place.python("-m", name, "fail", code=1)
    run = place.ferrokeet("run", "--stats", "stats.json", "-m", name, "fail", code=1)
    assert run.stdout == plain.stdout
    assert place.kernels() == {f"total_L{STATEMENT}": {"fast"}}
    assert "runpy" not in run.stderr
    assert "line 22, in <module>\n    fail()\n" in run.stderr
    assert run.stderr.endswith("ValueError: on purpose\n")


def test_run_what_is_not_there(place: Place) -> None:
    place.write("pkg/__init__.py", "")
    place.write("wrong.py", "x = (\n")
    for arguments, code, words in [
        (["nowhere.py"], 2, "nowhere.py"),
        (["-m", "nowhere"], 1, "No module named nowhere"),
        (["-m", "pkg"], 1, "No module named pkg.__main__"),
        (["wrong.py"], 1, "SyntaxError"),
        (["-m"], 2, "usage"),
        (["--nonsense", "wrong.py"], 2, "unknown option --nonsense"),
        ([], 2, "Usage"),
    ]:
        done = place.ferrokeet("run", *arguments, code=code)
        assert words in done.stderr
        assert "Traceback" not in done.stderr


def test_statistics_are_always_written(place: Place) -> None:
    place.write("script.py")
    place.write("plain.py", "print('nothing to translate')\n")
    place.ferrokeet("run", "--stats", "stats.json", "plain.py")
    assert place.kernels() == {}
    place.environment["FERROKEET_STATS"] = str(place.folder / "other.json")
    place.ferrokeet("run", "script.py")
    assert place.kernels("other.json") == {f"total_L{STATEMENT}": {"fast"}}
    shown = place.ferrokeet("run", "--stats", "-", "script.py").stdout
    (kernel,) = json.loads(shown[shown.index("{") :])["kernels"]
    assert (kernel["fast"], (place.folder / "-").exists()) == (1, False)
    place.environment["FERROKEET_DISABLE"] = "1"
    place.ferrokeet("run", "script.py")
    assert place.kernels("other.json") == {}
    place.environment["FERROKEET_STATS"] = str(place.folder / "nowhere" / "stats.json")
    done = place.ferrokeet("run", "plain.py")
    assert "statistics cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


def test_strict(place: Place) -> None:
    place.write("script.py", SCRIPT.replace("s += x[i]", "s += sorted(x)[i]"))
    loose = place.ferrokeet("run", "script.py")
    assert loose.stdout.startswith("45.0 ")
    assert loose.stderr.count("FerrokeetWarning") == 1
    strict = place.ferrokeet("run", "--strict", "script.py", code=1)
    assert "script.py:11: this loop runs as Python" in strict.stderr
    assert "Traceback" not in strict.stderr


@pytest.mark.parametrize("number", [1, 3])
def test_number_of_threads(place: Place, number: int) -> None:
    place.write("script.py", "import ferrokeet_runtime\nprint(ferrokeet_runtime.thread_count())\n")
    place.environment["FERROKEET_NUM_THREADS"] = str(number)
    assert place.ferrokeet("run", "script.py").stdout == f"{number}\n"


def test_translated_code_never_enters_pycache(place: Place) -> None:
    place.write("helper.py")
    place.write("script.py", "import helper, numpy as np\nprint(helper.total(np.ones(3)))\n")
    for _ in range(2):
        place.ferrokeet("run", "--stats", "stats.json", "script.py")
        assert place.kernels() == {f"total_L{STATEMENT}": {"fast"}}
        (place.folder / "stats.json").unlink()
        place.python("script.py")
        (compiled,) = (place.folder / "__pycache__").iterdir()
        assert b"_fk" not in compiled.read_bytes()


# check


def assert_location(location: Any) -> None:
    assert list(location) == ["row", "column"] or set(location) == {"row", "column"}
    assert location["row"] >= 1
    assert location["column"] >= 1


def assert_diagnostic(diagnostic: dict[str, Any]) -> None:
    """An entry of `diagnostics` is as promised."""
    keys = "code name severity message filename location end_location related fix url"
    assert set(diagnostic) == set(keys.split())
    assert re.fullmatch(r"FK\d{3}", diagnostic["code"])
    assert diagnostic["severity"] in ("error", "warning", "note")
    assert diagnostic["url"].startswith("https://")
    places = [diagnostic, *diagnostic["related"]]
    if diagnostic["fix"] is not None:
        assert set(diagnostic["fix"]) == {"applicability", "edits"}
        places += diagnostic["fix"]["edits"]
        for edit in diagnostic["fix"]["edits"]:
            assert set(edit) == {"location", "end_location", "content"}
    for related in diagnostic["related"]:
        assert set(related) == {"message", "filename", "location", "end_location"}
    for here in places:
        assert_location(here["location"])
        assert_location(here["end_location"])


def assert_region(region: dict[str, Any]) -> None:
    """An entry of `regions` is as promised."""
    keys = "filename row function directive verdict guards reasons witness reductions privatised"
    assert set(region) == set(keys.split())
    assert region["row"] >= 1
    assert region["verdict"] in ("proven", "guarded", "refuted", "unproven", "assumed", "sequential")
    assert region["reasons"]
    assert all(isinstance(reason, str) for reason in region["reasons"])
    for guard in region["guards"]:
        assert set(guard) == {"kind", "text"}
        assert guard["kind"] in ("bounds", "overlap", "range", "dependence")
    for reduction in region["reductions"]:
        assert set(reduction) == {"operator", "name"}
    assert all(isinstance(name, str) for name in region["privatised"])
    assert region["witness"] is not None or region["verdict"] != "refuted"
    if region["witness"] is not None:
        assert set(region["witness"]) == {"text", "iterations", "accesses"}
        assert len(region["witness"]["iterations"]) == len(region["witness"]["accesses"]) == 2
        for access in region["witness"]["accesses"]:
            assert set(access) == {"array", "kind", "location", "end_location"}
            assert access["kind"] in ("read", "write")
            assert_location(access["location"])


def checked(place: Place, *arguments: str | Path, code: int) -> dict[str, list[dict[str, Any]]]:
    """What `check` says as JSON."""
    done = place.ferrokeet("check", "--output-format", "json", *arguments, code=code)
    content: dict[str, list[dict[str, Any]]] = json.loads(done.stdout)
    assert set(content) == {"diagnostics", "regions"}
    for diagnostic in content["diagnostics"]:
        assert_diagnostic(diagnostic)
    for region in content["regions"]:
        assert_region(region)
    return content


def test_check_of_a_faulty_file(place: Place) -> None:
    place.write("faulty.py", FAULTY)
    content = checked(place, "faulty.py", code=1)
    assert [(d["code"], d["location"]) for d in content["diagnostics"]] == [
        ("FK201", {"row": 5, "column": 5}),
        ("FK001", {"row": 11, "column": 14}),
    ]
    fix = content["diagnostics"][1]["fix"]
    assert [edit["content"] for edit in fix["edits"]] == ["parallel"]
    verdicts = {region["function"]: region["verdict"] for region in content["regions"]}
    assert verdicts == {"chain": "refuted", "misspelt": "proven", "ignored": "refuted"}
    assert [region["row"] for region in content["regions"]] == [6, 12, 18]
    witness = content["regions"][0]["witness"]
    first, second = (iteration["i"] for iteration in witness["iterations"])
    assert second == first + 1
    assert [(access["array"], access["kind"]) for access in witness["accesses"]] == [("a", "write"), ("a", "read")]
    assert [access["location"]["row"] for access in witness["accesses"]] == [7, 7]
    assert f"i={first}" in witness["text"]
    assert f"i={second}" in witness["text"]


def test_check_of_clean_files(place: Place) -> None:
    place.write("clean.py")
    (region,) = checked(place, "clean.py", code=0)["regions"]
    assert region["filename"] == "clean.py"
    assert region["row"] == STATEMENT
    assert region["function"] == "total"
    assert region["directive"] == "parallel for"
    assert region["verdict"] == "proven"
    assert region["reductions"] == [{"operator": "+", "name": "s"}]
    examples = checked(place, EXAMPLES, code=0)
    assert len(examples["regions"]) > 20
    assert {diagnostic["severity"] for diagnostic in examples["diagnostics"]} <= {"note"}


def test_columns_count_characters(place: Place) -> None:
    place.write("accents.py", "é = 'çà'; x = 1  # ferrokeet: ignore[FK999]\n")
    (diagnostic,) = checked(place, "accents.py", code=1)["diagnostics"]
    assert diagnostic["location"] == {"row": 1, "column": 38}


def test_check_formats(place: Place) -> None:
    place.write("faulty.py", FAULTY)

    def output(name: str) -> str:
        return place.ferrokeet("check", "--output-format", name, "faulty.py", code=1).stdout

    full = output("full")
    assert "warning[FK201]" in full
    assert " --> faulty.py:5:5" in full
    assert "faulty.py:6: parallel for: refuted: iteration i=1 writes a[1], iteration i=2 reads a[1]" in full
    assert full.endswith("3 annotated loops, 1 error, 1 warning\n")
    concise = output("concise").splitlines()
    assert concise[1] == "faulty.py:11:14: error[FK001]: `paralel` is not a directive"
    assert len(concise) == 2
    github = output("github").splitlines()
    assert github[0].startswith("::warning title=FK201 (loop-carried-dependence),file=faulty.py,line=5,col=5,")
    assert github[1].startswith("::error title=FK001 (unknown-directive),file=faulty.py,line=11,col=14,")
    sarif = json.loads(output("sarif"))
    assert sarif["version"] == "2.1.0"
    (run,) = sarif["runs"]
    assert [result["ruleId"] for result in run["results"]] == ["FK201", "FK001"]
    assert [result["level"] for result in run["results"]] == ["warning", "error"]
    places = [result["locations"][0]["physicalLocation"] for result in run["results"]]
    assert [(at["artifactLocation"]["uri"], at["region"]["startLine"]) for at in places] == [
        ("faulty.py", 5),
        ("faulty.py", 11),
    ]
    rules = run["tool"]["driver"]["rules"]
    assert [rules[result["ruleIndex"]]["id"] for result in run["results"]] == ["FK201", "FK001"]


def test_check_exit_codes(place: Place) -> None:
    place.write("clean.py")
    place.write("warned.py", FAULTY.replace("paralel", "parallel"))
    place.write(
        "ignored.py", FAULTY.replace("paralel for", "parallel for").replace("for\n", "for  # ferrokeet: ignore\n")
    )
    place.write("broken.py", "# pragma parallel for\nfor i in range(3:\n    x[i] = 1\n")
    place.folder.joinpath("undecodable.py").write_bytes(b"x = '\xff'\n")
    assert place.ferrokeet("check", "clean.py").stderr == ""
    assert place.ferrokeet("check", "ignored.py").stderr == ""
    place.ferrokeet("check", "warned.py", code=1)
    assert "error[FK201]" in place.ferrokeet("check", "--strict", "warned.py", code=1).stdout
    assert " --> broken.py:2:" in place.ferrokeet("check", "broken.py", code=1).stdout
    assert "nowhere.py does not exist" in place.ferrokeet("check", "nowhere.py", code=2).stderr
    place.ferrokeet("check", code=2)
    place.ferrokeet("check", "--output-format", "nonsense", "clean.py", code=2)
    unreadable = place.ferrokeet("check", ".", code=2)
    assert "undecodable.py: line 1 is not valid UTF-8" in unreadable.stderr
    assert "warned.py:6: parallel for: refuted" in unreadable.stdout


def test_check_fixes(place: Place) -> None:
    path = place.write("faulty.py", FAULTY.replace("\n", "\r\n"))
    shown = place.ferrokeet("check", "--diff", "faulty.py", code=1).stdout
    assert "-    # pragma paralel for" in shown
    assert "+    # pragma parallel for" in shown
    assert path.read_bytes() == FAULTY.replace("\n", "\r\n").encode()
    place.ferrokeet("check", "--fix", "faulty.py", code=1)
    assert path.read_bytes() == FAULTY.replace("paralel", "parallel").replace("\n", "\r\n").encode()


# explain, show, doctor, cache


def test_explain(place: Place) -> None:
    listed = place.ferrokeet("explain").stdout.splitlines()
    rules = [line.split()[:2] for line in listed]
    assert len(rules) > 20
    for code, name in rules:
        page = place.ferrokeet("explain", code).stdout
        assert page.startswith(f"# {code} {name}\n")
        assert "## Why" in page
    assert place.ferrokeet("explain", rules[0][1].upper()).stdout.startswith(f"# {rules[0][0]} ")
    assert "there is no rule FK999" in place.ferrokeet("explain", "FK999", code=2).stderr
    assert "did you mean unknown-directive?" in place.ferrokeet("explain", "unknown-directiv", code=2).stderr


@pytest.mark.parametrize(
    "stage, words",
    [
        ("verdict", ["loop i: proven; split between threads", "combines `s` by + (line 11)"]),
        ("types", ["x: f64[:]", "s: "]),
        ("ir", ["region total_L10 in total, row 10", "# parallel for"]),
        ("plan", ["total_L10", "loop i"]),
        ("rust", ["use ferrokeet_kernel::", "pub"]),
        ("python", ["_fk.total_L10(x, s)", "    return s"]),
        ("verdict,ir", ["proven", "region total_L10"]),
    ],
)
def test_show(place: Place, stage: str, words: list[str]) -> None:
    place.write("script.py")
    for row in ("", ":9", ":11"):
        shown = place.ferrokeet("show", f"script.py{row}", "--emit", stage).stdout
        for word in words:
            assert word in shown


@pytest.mark.skipif(shutil.which("objdump") is None, reason="assembly is shown by objdump")
def test_show_assembly(place: Place) -> None:
    place.write("script.py")
    shown = place.ferrokeet("show", "script.py:10", "--emit", "asm").stdout
    instructions = [line for line in shown.splitlines() if line.startswith("\t")]
    assert "\tret" in instructions
    assert not any(line.startswith("\t.") for line in instructions), "what only the assembler is told"
    labels = [line for line in shown.splitlines() if not line.startswith(("\t", ".")) and line]
    assert 0 < len(labels) < 100, "the functions of the kernel, not those of what it is linked with"
    assert any("total_L10" in label for label in labels), labels


def test_show_what_is_not_there(place: Place) -> None:
    place.write("script.py")
    assert "line 1 holds no region" in place.ferrokeet("show", "script.py:1", code=2).stderr
    assert "cannot read nowhere.py" in place.ferrokeet("show", "nowhere.py:1", code=2).stderr
    place.ferrokeet("show", "script.py", "--emit", "nonsense", code=2)
    f32 = place.ferrokeet("show", "script.py", "--emit", "types", "--signature", "x: f32[:], s: float").stdout
    assert "x: f32[:]" in f32


def test_doctor(place: Place) -> None:
    done = place.ferrokeet("doctor")
    for word in ("rustc", "linker", "processor", "python", "numpy", "runtime", "cache", str(FERROKEET.parent)):
        assert word in done.stdout
    assert place.environment["FERROKEET_CACHE_DIR"] in done.stdout
    assert "MISSING" not in done.stdout
    place.environment["FERROKEET_RUSTC"] = "/nowhere/rustc"
    done = place.ferrokeet("doctor", code=1)
    assert re.search("MISSING +rustc .*/nowhere/rustc.*`curl .*`", done.stdout)
    place.write("python", "#!/bin/sh\necho 'No module named numpy' >&2\nexit 1\n").chmod(0o755)
    place.environment["FERROKEET_PYTHON"] = str(place.folder / "python")
    done = place.ferrokeet("doctor", code=1)
    for piece, command in [("python", "apt install"), ("numpy", "pip install 'numpy>=2'"), ("runtime", "pip install")]:
        assert re.search(f"MISSING +{piece} .*`.*{command}.*`", done.stdout)


def test_cache(place: Place) -> None:
    folder = place.folder / "own cache"
    place.environment["FERROKEET_CACHE_DIR"] = str(folder)
    assert place.ferrokeet("cache", "path").stdout == f"{folder}\n"
    assert place.ferrokeet("cache", "info").stdout == f"{folder}\n0 entries, 0 bytes of 1.1 GB\n"
    place.write("script.py")
    place.ferrokeet("run", "script.py")
    assert f"{folder}\n2 entries, " in place.ferrokeet("cache", "info").stdout
    place.environment["FERROKEET_CACHE_SIZE"] = "1K"
    place.write("other.py", SCRIPT.replace("s += x[i]", "s -= x[i]"))
    place.ferrokeet("run", "--stats", "stats.json", "other.py")
    assert place.kernels() == {f"total_L{STATEMENT}": {"fast"}}
    info = place.ferrokeet("cache", "info").stdout
    assert f"{folder}\n1 entries, " in info
    assert info.endswith(" of 1.0 KB\n")
    mine = folder / "mine.txt"
    mine.write_text("not the cache's")
    assert "removed " in place.ferrokeet("cache", "clean").stdout
    assert list(folder.iterdir()) == [mine]
    place.ferrokeet("cache", "nonsense", code=2)


# translate


def regions_of(text: str) -> list[str]:
    """The lines of the one region of `SCRIPT`, before and after."""
    lines = text.splitlines(keepends=True)
    start = next(row for row, line in enumerate(lines) if line.strip().startswith(("for i", "if (_r")))
    end = next(row for row, line in enumerate(lines) if line.strip() == "return s")
    return lines[start:end]


def test_translate_changes_only_the_region(place: Place) -> None:
    place.write("script.py")
    place.ferrokeet("translate", "script.py", "-o", "out")
    text = (place.folder / "out" / "script.py").read_text()
    compile(text, "script.py", "exec")
    header = text.splitlines(keepends=True)[1:4]
    assert header[0].startswith("# Translated by Ferrokeet")
    restored = text.replace("".join(header), "").replace("".join(regions_of(text)), "".join(regions_of(SCRIPT)))
    assert restored == SCRIPT
    assert not list(place.folder.rglob("*.so"))
    assert len(list((place.folder / "out").glob("script.total_L10.*.rs"))) == 1


def test_translated_files_run_and_are_left_alone(place: Place) -> None:
    place.write("script.py")
    place.ferrokeet("translate", "script.py", "-o", "out")
    place.ferrokeet("translate", "out/script.py", "-o", "again")
    first, second = (place.folder / name / "script.py" for name in ("out", "again"))
    assert first.read_bytes() == second.read_bytes()
    assert "0 annotated loops, 0 errors" in place.ferrokeet("check", "out/script.py").stdout
    place.environment["FERROKEET_STATS"] = str(place.folder / "stats.json")
    for command in ([sys.executable, "again/script.py"], [FERROKEET, "run", "out/script.py"]):
        done = place.start(*command)
        assert done.stdout.startswith("45.0 ")
        assert done.stderr == ""
        assert place.kernels() == {f"total_L{STATEMENT}": {"fast"}}
    place.environment["FERROKEET_DISABLE"] = "1"
    done = place.python("out/script.py")
    assert done.stdout.startswith("45.0 ")
    assert done.stderr == ""


def test_translated_file_without_its_manifest_runs_as_python(place: Place) -> None:
    place.write("script.py")
    place.ferrokeet("translate", "script.py", "-o", "out")
    (place.folder / "out" / "script.fk.json").unlink()
    done = place.python("out/script.py")
    assert done.stdout.startswith("45.0 ")
    assert done.stderr.count("FerrokeetWarning") == 1
    assert "script.fk.json" in done.stderr


@pytest.mark.parametrize(
    "content",
    [
        SCRIPT.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + SCRIPT.encode(),
        b"# -*- coding: latin-1 -*-\n" + SCRIPT.replace("Adds.", "Zählt.").encode("latin-1"),
        b"#!/usr/bin/env python3\n" + SCRIPT.encode().removesuffix(b"\n"),
    ],
    ids=["CRLF", "mark", "Latin-1", "no last line end"],
)
def test_translate_keeps_endings_and_encodings(place: Place, content: bytes) -> None:
    source = place.folder / "script.py"
    source.write_bytes(content)
    place.ferrokeet("translate", "script.py", "-o", "out")
    result = (place.folder / "out" / "script.py").read_bytes()
    compile(result, "script.py", "exec")
    before, after = content.splitlines(keepends=True), result.splitlines(keepends=True)
    assert [line for line in before if line not in after] == [
        line for line in before if b" for i" in line or b"s +=" in line
    ]
    assert (b"\r\n" in content) == (b"\r\n" in result)
    assert result.count(b"\n") - result.count(b"\r\n") in (0, result.count(b"\n"))
    assert place.python("out/script.py").stdout.startswith("45.0 ")


def test_no_result_replaces_a_source(place: Place) -> None:
    """`run --stats script.py` with the value forgotten is easily written."""
    source, other = place.write("script.py"), place.write("other.py")
    for arguments in (["run", "--stats", "script.py", "other.py"], ["report", "script.py", "-o", "other.py"]):
        done = place.ferrokeet(*arguments, code=2)
        assert "is there and holds no" in done.stderr
        assert "would be overwritten" in done.stderr
    place.environment["FERROKEET_STATS"] = str(other)
    done = place.python("-m", "ferrokeet._runner", "script.py")
    del place.environment["FERROKEET_STATS"]
    assert "is there and holds no statistics" in done.stderr
    place.ferrokeet("record", "--record", "other.py", "script.py")
    assert source.read_text() == other.read_text() == SCRIPT
    # An earlier result is replaced, a device written to.
    for _ in range(2):
        place.ferrokeet("run", "--stats", "stats.json", "script.py")
        place.ferrokeet("report", "script.py", "-o", "page.html")
    assert json.loads((place.folder / "stats.json").read_text())["kernels"]
    assert place.ferrokeet("report", "script.py", "-o", "/dev/stdout").stdout.startswith("<!DOCTYPE html>")


def test_translate_never_replaces_a_source(place: Place) -> None:
    path = place.write("pkg/script.py")
    place.write("other/script.py")
    for arguments in (["pkg/script.py", "-o", "pkg"], ["pkg", "-o", "pkg"], ["pkg/script.py", "-o", "other/../pkg"]):
        done = place.ferrokeet("translate", *arguments, code=2)
        assert "would be overwritten" in done.stderr
    done = place.ferrokeet("translate", "pkg/script.py", "other/script.py", "-o", "out", code=2)
    assert "would both become" in done.stderr
    assert path.read_text() == SCRIPT
    assert sorted(path.name for path in place.folder.iterdir()) == ["other", "pkg"]


def test_translate_copies_what_holds_no_loops(place: Place) -> None:
    plain, wrong = b"x = 1  # pragma: no cover\r\n\n", b"def f(:\n"
    (place.folder / "src").mkdir()
    (place.folder / "src" / "plain.py").write_bytes(plain)
    (place.folder / "src" / "wrong.py").write_bytes(wrong)
    (place.folder / "src" / "undecodable.py").write_bytes(b"x = '\xff'\n")
    place.write("src/script.py")
    place.write("src/ignored.py", SCRIPT.replace("s += x[i]", "s += sorted(x)[i]  # ferrokeet: ignore[FK102]"))
    done = place.ferrokeet("translate", "src", "-o", "out", code=1)
    assert done.stderr.count("\n") == 1
    assert "undecodable.py: line 1 is not valid UTF-8" in done.stderr
    assert (place.folder / "out" / "plain.py").read_bytes() == plain
    assert (place.folder / "out" / "wrong.py").read_bytes() == wrong
    assert (place.folder / "out" / "ignored.py").read_bytes() == (place.folder / "src" / "ignored.py").read_bytes()
    assert [path.name for path in (place.folder / "out").glob("*.json")] == ["script.fk.json"]


def test_translate_keeps_folders(place: Place) -> None:
    for name in ("pkg/__init__.py", "pkg/sub/__init__.py"):
        place.write(name, "")
    place.write("pkg/script.py")
    place.write("pkg/sub/script.py")
    for _ in range(2):  # the second time, the first one's results lie in the folder
        place.ferrokeet("translate", ".", "-o", "out")
        found = sorted(
            path.relative_to(place.folder / "out").as_posix() for path in (place.folder / "out").rglob("*.py")
        )
        assert found == ["pkg/__init__.py", "pkg/script.py", "pkg/sub/__init__.py", "pkg/sub/script.py"]
    place.ferrokeet("translate", "pkg", "-o", "other")
    assert (place.folder / "other/pkg/sub/script.py").exists()
    place.environment["PYTHONPATH"] = str(place.folder / "other")
    done = place.python(
        "-P", "-c", "import numpy, pkg.sub.script as s, ferrokeet; s.total(numpy.ones(2)); print(ferrokeet.stats())"
    )
    assert "'fast': 1" in done.stdout


# record and build

SHIPPED = """
import numpy as np


def twice(v):
    return v + v


def annotated(x: "f64[:]", k: int):
    # pragma parallel for
    for i in range(len(x) - 1):
        x[i] = twice(x[i + k])
    return x


def recorded(x, y):
    # pragma parallel for simd
    for i in range(len(x)):
        y[i] = y[i] + x[i]
    return y


if __name__ == "__main__":
    print(annotated(np.ones(3), 0), recorded(np.ones(3, np.float32), np.ones(3)))
"""
ANSWER = "[2. 2. 1.] [2. 2. 2.]\n"


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Path:
    """A folder with a program that was recorded, built and bundled; the source is gone, and the folder has moved."""
    place = Place(tmp_path_factory.mktemp("ship"), cache)
    place.write("src/program.py", SHIPPED)
    place.write("src/pkg/__init__.py", "")
    place.write("src/pkg/mod.py", SHIPPED)
    noted = place.ferrokeet("build", "src", "-o", "noted").stderr
    assert noted.count("nothing is built for this loop") == 2
    assert "src/program.py:18: " in noted
    assert place.ferrokeet("record", "src/program.py").stdout == ANSWER
    assert place.ferrokeet("record", "-m", "src.pkg.mod").stdout == ANSWER
    signatures = json.loads((place.folder / "ferrokeet-signatures.json").read_text())
    assert sorted(signatures) == ["src/pkg/mod.py", "src/program.py"]
    assert signatures["src/program.py"]["recorded_L18"] == ["x: f32[:], y: f64[:]"]
    (place.folder / "src").rename(place.folder / "elsewhere")
    (place.folder / "elsewhere").rename(place.folder / "src")
    done = place.ferrokeet("build", "src", "-o", "built", "--bundle")
    assert "note" not in done.stderr
    shutil.rmtree(place.folder / "src")
    moved = place.folder / "moved"
    (place.folder / "built").rename(moved)
    return moved


def run_away(place: Place, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Runs Python where there is no compiler; only NumPy is to be had."""
    place.away()
    place.environment["PYTHONPATH"] = str(LIBRARIES)
    return place.python("-S", *arguments)


@pytest.mark.skipif(platform.machine() != "x86_64", reason="names of x86-64")
def test_build_for_some_processors(place: Place) -> None:
    place.write("script.py")
    place.ferrokeet("build", "script.py", "-o", "out", "--target-cpu", "v2,x86-64-v3,v2")
    (kernel,) = json.loads((place.folder / "out" / "script.fk.json").read_text())["kernels"].values()
    assert [library["processor"] for library in kernel["libraries"]] == ["x86-64-v3", "x86-64-v2"]


@pytest.mark.parametrize("name", ["program.py", "pkg/mod.py"])
def test_built_program_needs_no_compiler(place: Place, shipped: Path, name: str) -> None:
    place.away()
    place.environment["PYTHONPATH"] = str(shipped)
    done = place.python(shipped / name)
    assert done.stdout == ANSWER
    assert done.stderr == ""
    assert place.kernels() == {"annotated_L11": {"fast"}, "recorded_L18": {"fast"}}


def test_bundle_needs_no_installed_ferrokeet(place: Place, shipped: Path) -> None:
    done = run_away(place, shipped / "program.py")
    assert done.stdout == ANSWER
    assert done.stderr == ""
    assert place.kernels() == {"annotated_L11": {"fast"}, "recorded_L18": {"fast"}}
    code = f"import sys; sys.path.insert(0, {str(shipped)!r}); import program, ferrokeet; print(ferrokeet.__file__)"
    assert run_away(place, "-c", code).stdout == f"{shipped / 'ferrokeet' / '__init__.py'}\n"


def test_built_program_with_other_types_runs_as_python(place: Place, shipped: Path) -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(shipped)!r}); import program, numpy as np; "
        "print(program.recorded(np.ones(2, int), np.ones(2)))"
    )
    done = run_away(place, "-c", code)
    assert done.stdout == "[2. 2.]\n"
    assert done.stderr.count("FerrokeetWarning") == 1
    assert place.kernels()["recorded_L18"] == {"python"}


def test_built_program_names_its_own_lines(place: Place, shipped: Path) -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(shipped)!r}); import program, numpy; program.annotated(numpy.ones(2), 5)"
    )
    place.away()
    place.environment["PYTHONPATH"] = str(LIBRARIES)
    done = place.python("-S", "-c", code, code=1)
    row = next(
        row for row, line in enumerate((shipped / "program.py").read_text().splitlines(), 1) if "twice(x" in line
    )
    assert f'program.py", line {row}, in annotated\n    x[i] = twice(x[i + k])' in done.stderr
    assert "IndexError: index 5 is out of bounds for axis 0 with size 2" in done.stderr


def test_builds_fit_several_processors(shipped: Path) -> None:
    manifest = json.loads((shipped / "program.fk.json").read_text())
    for kernel in manifest["kernels"].values():
        names = [library["processor"] for library in kernel["libraries"]]
        assert names in (["x86-64-v4", "x86-64-v3", "x86-64-v2"], ["generic"])
        assert all((shipped / library["library"]).exists() for library in kernel["libraries"])


def test_a_kernel_for_another_processor_is_not_run(place: Place, shipped: Path) -> None:
    copy = place.folder / "copy"
    shutil.copytree(shipped, copy)
    manifest = json.loads((copy / "program.fk.json").read_text())
    for kernel in manifest["kernels"].values():
        for library in kernel["libraries"]:
            library["processor"] = "a better one"
    (copy / "program.fk.json").write_text(json.dumps(manifest))
    done = run_away(place, copy / "program.py")
    assert done.stdout == ANSWER
    assert place.kernels() == {"annotated_L11": {"python"}, "recorded_L18": {"python"}}


def test_build_without_a_compiler_fails(place: Place) -> None:
    place.write("script.py")
    place.environment["FERROKEET_RUSTC"] = "/nowhere/rustc"
    assert "rustc" in place.ferrokeet("build", "script.py", "-o", "out", code=1).stderr
    assert not (place.folder / "out").exists()


BROADCAST = """
import numpy as np
import ferrokeet


def add(A, v, out):
    # pragma parallel for types(A: f64[:, :], v: f64[:], out: f64[:, :])
    for i in range(len(A)):
        out[i] = A[i] * 2.0 + v


for columns in (3, 1):
    A, v, out = np.ones((2, columns)), np.arange(float(columns)), np.zeros((2, 3))
    add(A, v, out)
    print(out.tolist(), [one["fast"] for one in ferrokeet.stats()["kernels"]])
"""


def test_build_of_usual_kernels_only(place: Place) -> None:
    """Where arrays are stretched, a second kernel runs: built ahead, or compiled when it is needed."""
    place.write("script.py", BROADCAST)
    plain = [line.split("]] ")[0] for line in place.python("script.py").stdout.splitlines()]
    for built, options in [(0, ["--usual-only"]), (1, [])]:
        place.ferrokeet("build", "script.py", "-o", f"out{built}", "--cpu", "native", *options)
        assert len(list((place.folder / f"out{built}").glob("*.unusual.rs"))) == built
        lines = place.python(f"out{built}/script.py").stdout.splitlines()
        assert [line.split("]] ")[0] for line in lines] == plain
        assert lines[-1].endswith("[2]")


def test_build_for_one_processor(place: Place) -> None:
    place.write("script.py")
    wrong = place.ferrokeet("build", "script.py", "-o", "out", "--target-cpu", "v3,z80", code=2)
    assert "no processor loads kernels for `z80`" in wrong.stderr
    place.ferrokeet("build", "script.py", "-o", "out", "--cpu", "native")
    assert len(list((place.folder / "out").glob("*.native.so"))) == 1
    place.away()
    assert place.python("out/script.py").stdout.startswith("45.0 ")
    assert place.kernels() == {f"total_L{STATEMENT}": {"fast"}}


def test_damaged_signatures(place: Place) -> None:
    place.write("script.py")
    place.write("ferrokeet-signatures.json", "nonsense")
    done = place.ferrokeet("build", "script.py", "-o", "out", code=2)
    assert "ferrokeet-signatures.json is no file of recorded signatures" in done.stderr
    done = place.ferrokeet("record", "script.py")
    assert "Traceback" not in done.stderr
    assert "cannot be stored" in done.stderr


# inside Python


def test_install(place: Place) -> None:
    place.write("pkg/__init__.py", "")
    place.write("pkg/mod.py")
    place.write("other.py")
    place.write(
        "use.py",
        """
        import ferrokeet, numpy, json
        ferrokeet.install("pkg")
        import pkg.mod, other
        assert pkg.mod.total(numpy.ones(4)) == other.total(numpy.ones(4)) == 4.0
        print(json.dumps(ferrokeet.stats()))
        ferrokeet.install("other")
        """.replace("\n        ", "\n"),
    )
    done = place.python("use.py")
    (kernel,) = json.loads(done.stdout)["kernels"]
    assert_kernel(kernel)
    assert kernel["filename"] == str(place.folder / "pkg" / "mod.py")
    assert kernel["row"] == STATEMENT
    assert kernel["signature"] == "x: f64[:], s: float"
    assert kernel["fast"] == 1
    assert done.stderr.count("FerrokeetWarning") == 1
    assert "use.py:7: FerrokeetWarning: other is imported already" in done.stderr
    place.environment["FERROKEET_DISABLE"] = "1"
    done = place.python("use.py")
    assert json.loads(done.stdout) == {"kernels": []}
    assert done.stderr == ""


DECORATED = '''
import asyncio
import functools
import json

import ferrokeet
import numpy as np


@ferrokeet.jit
def bare(x):
    """Doc."""
    s = 0.0
    # pragma parallel for
    for i in range(len(x)):
        s += x[i]
    return s


@ferrokeet.jit()
def called(x, scale=2.0, *, offset=1.0):
    s = offset
    # pragma parallel for
    for i in range(len(x)):
        s += x[i] * scale
    return s


class Thing:
    factor = 3.0

    def __init__(self):
        self.v = np.arange(4.0)

    @ferrokeet.jit
    def method(self):
        s = 0.0
        # pragma parallel for
        for i in range(len(self.v)):
            s += self.v[i] * self.factor
        return s

    @ferrokeet.jit
    @classmethod
    def of_class(cls, x):
        s = 0.0
        # pragma parallel for
        for i in range(len(x)):
            s += x[i] * cls.factor
        return s

    @ferrokeet.jit
    @staticmethod
    def of_none(x):
        s = 0.0
        # pragma parallel for
        for i in range(len(x)):
            s += x[i]
        return s


class Child(Thing):
    @ferrokeet.jit
    def method(self):
        s = super().method()
        # pragma parallel for
        for i in range(len(self.v)):
            s += 1.0
        return s


def closure(c):
    @ferrokeet.jit
    def inside(x):
        s = 0.0
        # pragma parallel for
        for i in range(len(x)):
            s += x[i] * c
        return s

    return inside


def doubled(function):
    @functools.wraps(function)
    def wrapper(*arguments):
        return 2 * function(*arguments)

    return wrapper


@ferrokeet.jit
@doubled
def wrapped(x):
    s = 0.0
    # pragma parallel for
    for i in range(len(x)):
        s += x[i]
    return s


@ferrokeet.jit
async def later(x):
    s = 0.0
    # pragma parallel for
    for i in range(len(x)):
        s += x[i]
    return s


@ferrokeet.jit
def fails(x):
    # pragma parallel for
    for i in range(len(x)):
        x[i] = x[i + 1]


x = np.ones(4)
answers = [
    bare(x),
    called(x),
    called(x, 3.0, offset=0.0),
    Thing().method(),
    Thing.of_class(x),
    Thing().of_class(x),
    Thing.of_none(x),
    Thing().of_none(x),
    Child().method(),
    closure(2.0)(x),
    closure(5.0)(x),
    wrapped(x),
    asyncio.run(later(x)),
]
print(json.dumps({"answers": [float(answer) for answer in answers], "doc": bare.__doc__, **ferrokeet.stats()}))
fails(x)
'''


def test_jit(place: Place) -> None:
    place.write("use.py", DECORATED)
    done = place.python("use.py", code=1)
    content = json.loads(done.stdout)
    assert content["answers"] == [4.0, 9.0, 12.0, 18.0, 12.0, 12.0, 4.0, 4.0, 22.0, 8.0, 20.0, 8.0, 4.0]
    assert content["doc"] == "Doc."
    ran = {kernel["name"]: [kernel[way] for way in WAYS] for kernel in content["kernels"] if kernel["signature"]}
    assert len(ran) == 9
    assert all(fast and not careful and not python for fast, careful, python in ran.values()), content["kernels"]
    row = next(row for row, line in enumerate(DECORATED.splitlines(), 1) if "x[i + 1]" in line)
    assert f'use.py", line {row}, in fails' in done.stderr
    hooked = json.loads(place.ferrokeet("run", "use.py", code=1).stdout)
    assert hooked["answers"] == content["answers"]
    assert sorted(kernel["name"] for kernel in hooked["kernels"]) == sorted(ran)
    place.environment["FERROKEET_DISABLE"] = "1"
    plain = json.loads(place.python("use.py", code=1).stdout)
    assert plain["answers"] == content["answers"]
    assert plain["kernels"] == []


def test_jit_refuses_what_is_no_function(place: Place) -> None:
    place.write(
        "use.py",
        "import ferrokeet\nfor thing in (3, int, len):\n    try: ferrokeet.jit(thing)\n    except TypeError as e: print(e)\n",
    )
    assert place.python("use.py").stdout.count("jit takes a Python function, not ") == 3


def test_jit_in_cells_that_share_their_globals(place: Place) -> None:
    cell = "@ferrokeet.jit\ndef f(x):\n    # pragma parallel for\n    for i in range(len(x)):\n        x[i] = {}\n    return x\n"
    place.write(
        "use.py",
        f"""
import linecache
import ferrokeet, numpy as np
names = {{"ferrokeet": ferrokeet}}
functions = []
for number in (1, 2):
    text = {cell!r}.format(number)
    linecache.cache[f"<cell {{number}}>"] = (len(text), None, text.splitlines(True), f"<cell {{number}}>")
    exec(compile(text, f"<cell {{number}}>", "exec"), names)
    functions.append(names["f"])
print([float(function(np.zeros(1))[0]) for function in functions])
print([kernel["fast"] for kernel in ferrokeet.stats()["kernels"]])
""",
    )
    assert place.python("use.py").stdout == "[1.0, 2.0]\n[1, 1]\n"


def test_notebook(place: Place) -> None:
    pytest.importorskip("IPython")
    cell = "%%ferrokeet\n" + SCRIPT[: SCRIPT.index("def fail")] + "print(total(np.ones(3)))\ntotal(np.ones(5))"
    place.write(
        "use.py",
        f"""
from IPython.core.interactiveshell import InteractiveShell
import json, ferrokeet
shell = InteractiveShell.instance()
shell.run_cell("%load_ext ferrokeet")
shell.run_cell({cell!r})
shell.run_cell({cell.replace("0.0", "1.0")!r})
shell.run_cell("1 / 0")
print(json.dumps([kernel["fast"] for kernel in ferrokeet.stats()["kernels"]]))
""",
    )
    place.environment["IPYTHONDIR"] = str(place.folder)
    lines = place.python("use.py").stdout.splitlines()
    assert lines[0] == "3.0"
    assert next(line for line in lines if line.startswith("Out[")).endswith(("5.0", "(5.0)"))
    assert lines[-1] == "[2, 2]"
