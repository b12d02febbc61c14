"""`ferrokeet check` and `explain`, used as their users do: formats, fixes, exit codes, configuration."""

import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

FERROKEET = Path(os.environ.get("FERROKEET_BIN") or Path(sys.executable).with_name("ferrokeet"))
SCHEMA = Path(__file__).parents[1] / "data" / "sarif-schema-2.1.0.json"

MISSPELT = """\
def f(x: "f64[:]"):
    # pragma paralel for
    for i in range(len(x)):
        x[i] = 0.0
"""

SHIFT = """\
import numpy as np


class Grid:
    def __init__(self, n):
        self.a = np.arange(float(n))

    def step(self):
        a_old = 1
        # Moves everything by one.
        # pragma parallel for
        for i in range(self.a.shape[0] - 1):
            self.a[i] = 0.5 * (self.a[i + 1] + self.a[i]) + a_old


@staticmethod
def other(): ...


@np.vectorize
class Other:
    pass


def shift(a: "f64[:]"):
    for i in range(len(a) - 1):  # pragma parallel for
        a[i] = a[i + 1]
    return a


def rows(b: "f64[:, :]"):
    # pragma parallel for num_threads(2)
    for i in range(b.shape[0] - 1):
        for j in range(b.shape[1]):
            b[i, j] += b[i + 1, j]
    return b
"""

SCATTER = """\
def f(y: "f64[:]", x: "f64[:]"):
    # pragma parallel for
    for i in range(len(x)):
        y[int(x[i])] = x[i]
"""


class Place:
    """A folder to work in."""

    def __init__(self, folder: Path):
        self.folder = folder

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
        return path

    def run(self, *arguments: str | Path, code: int = 0, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [FERROKEET, *arguments], cwd=cwd or self.folder, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == code, done.stdout + done.stderr
        assert "defect in Ferrokeet" not in done.stderr
        return done

    def found(self, name: str) -> list[dict[str, Any]]:
        """What `check` finds in a file, whatever the exit code."""
        command = [str(FERROKEET), "check", "--output-format", "json", name]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=60, check=False)
        diagnostics: list[dict[str, Any]] = json.loads(done.stdout)["diagnostics"]
        return diagnostics

    def codes(self, *arguments: str | Path, code: int = 1, cwd: Path | None = None) -> list[str]:
        """The codes that `check` reports."""
        out = self.run("check", "--output-format", "json", *arguments, code=code, cwd=cwd).stdout
        return [diagnostic["code"] for diagnostic in json.loads(out)["diagnostics"]]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def rules() -> list[dict[str, Any]]:
    """Every rule, with its page."""
    out = subprocess.run(
        [FERROKEET, "explain", "--output-format", "json"], capture_output=True, text=True, check=True, timeout=60
    )
    found: list[dict[str, Any]] = json.loads(out.stdout)["rules"]
    return found


def programs(rule: dict[str, Any]) -> list[str]:
    """The programs of a rule's page: one that breaks it, one that does not."""
    return re.findall(r"^```python\n(.*?)^```$", rule["page"], re.MULTILINE | re.DOTALL)


RULES = rules()


# Formats


def assert_places(text: str, diagnostic: dict[str, Any]) -> None:
    """Every place of a diagnostic is one of its file, and its end does not come before its start."""
    lines = text.split("\n")
    places = [diagnostic, *diagnostic["related"], *(diagnostic["fix"] or {"edits": []})["edits"]]
    for place in places:
        start, end = place["location"], place["end_location"]
        assert (start["row"], start["column"]) <= (end["row"], end["column"])
        for one in (start, end):
            assert set(one) == {"row", "column"}
            assert 1 <= one["row"] <= len(lines)
            assert 1 <= one["column"] <= len(lines[one["row"] - 1]) + 1


def applied(text: str, edits: list[dict[str, Any]]) -> str:
    """The text after the edits of a fix."""
    lines = text.splitlines(keepends=True)

    def offset(place: dict[str, int]) -> int:
        return sum(map(len, lines[: place["row"] - 1])) + place["column"] - 1

    spans = sorted((offset(edit["location"]), offset(edit["end_location"]), edit["content"]) for edit in edits)
    done, out = 0, ""
    for start, end, content in spans:
        assert start >= done, "edits overlap"
        out += text[done:start] + content
        done = end
    return out + text[done:]


@pytest.mark.parametrize("rule", RULES, ids=[rule["code"] for rule in RULES])
def test_a_rule(rule: dict[str, Any], place: Place) -> None:
    """The JSON is as promised, the fix applies and repairs, and the second program is clean."""
    broken, right = programs(rule)
    place.write("broken.py", broken)
    place.write("right.py", right)
    failing = int(rule["severity"] != "note")
    out = json.loads(place.run("check", "--output-format", "json", "broken.py", code=failing).stdout)
    assert set(out) == {"diagnostics", "regions"}
    mine = [diagnostic for diagnostic in out["diagnostics"] if diagnostic["code"] == rule["code"]]
    assert mine
    for diagnostic in out["diagnostics"]:
        keys = "code name severity message filename location end_location related fix url"
        assert set(diagnostic) == set(keys.split())
        assert diagnostic["filename"] == "broken.py"
        assert_places(broken, diagnostic)
        for related in diagnostic["related"]:
            assert set(related) == {"message", "filename", "location", "end_location"}
            assert related["message"]
    for diagnostic in mine:
        assert (diagnostic["name"], diagnostic["url"]) == (rule["name"], rule["url"])
        if diagnostic["fix"] is not None:
            assert set(diagnostic["fix"]) == {"applicability", "edits"}
            assert diagnostic["fix"]["applicability"] in ("safe", "unsafe")
            for edit in diagnostic["fix"]["edits"]:
                assert set(edit) == {"location", "end_location", "content"}
            repaired = applied(broken, diagnostic["fix"]["edits"])
            compile(repaired, "repaired.py", "exec")
            place.write("repaired.py", repaired)
            left = place.found("repaired.py")
            assert len([one for one in left if one["code"] == rule["code"]]) < len(mine)
    assert place.run("check", "--output-format", "concise", "right.py").stdout == ""
    assert place.codes("--ignore", rule["code"], "broken.py", code=failing_without(out, rule["code"])) == [
        diagnostic["code"] for diagnostic in out["diagnostics"] if diagnostic["code"] != rule["code"]
    ]


def failing_without(out: dict[str, Any], without: str) -> int:
    """The exit code of a run that leaves out a rule."""
    rest = [one for one in out["diagnostics"] if one["code"] != without]
    return int(any(one["severity"] != "note" for one in rest))


def test_sarif_is_valid(place: Place) -> None:
    """The schema of OASIS accepts what every rule gives, fixes and related places included."""
    for rule in RULES:
        place.write(f"all of them/{rule['code']}.py", programs(rule)[0])
    place.write("ünder.py", "x = 'é'; y = 1  # ferrokeet: ignore[FK999]\n")
    log = json.loads(place.run("check", "--output-format", "sarif", ".", code=1).stdout)
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker()).validate(log)
    (run,) = log["runs"]
    assert {result["ruleId"] for result in run["results"]} == {rule["code"] for rule in RULES}
    described = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in described] == [rule["code"] for rule in RULES]
    for rule in described:
        assert rule["help"]["markdown"].startswith(f"# {rule['id']} {rule['name']}")
        assert rule["helpUri"].endswith(rule["id"])
        assert rule["fullDescription"]["text"]
    for result in run["results"]:
        assert described[result["ruleIndex"]]["id"] == result["ruleId"]
    uris = {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in run["results"]}
    assert any("all%20of%20them/FK001.py" in uri for uri in uris)
    assert any("%C3%BCnder.py" in uri for uri in uris)
    racy = next(result for result in run["results"] if result["ruleId"] == "FK201")
    assert len(racy["relatedLocations"]) == 3
    assert [change["description"]["text"] for change in racy["fixes"]] == [
        "Read from a copy of `a` made before the loop",
        "Replace with `sequential for`",
    ]


def test_an_empty_sarif_log_is_valid(place: Place) -> None:
    place.write("clean.py", "x = 1\n")
    log = json.loads(place.run("check", "--output-format", "sarif", "clean.py").stdout)
    jsonschema.Draft7Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(log)
    assert log["runs"][0]["results"] == []
    assert log["runs"][0]["invocations"] == [{"executionSuccessful": True}]


def test_github_tells_all(place: Place) -> None:
    place.write("racy.py", programs(next(rule for rule in RULES if rule["code"] == "FK201"))[0])
    (line,) = place.run("check", "--output-format", "github", "racy.py", code=1).stdout.splitlines()
    assert line.startswith("::warning title=FK201 (loop-carried-dependence),file=racy.py,line=2,col=5,endLine=2,")
    for part in ("%0Aline 4: read by iteration", "%0Anote: ", "%0Ahelp: ", "%0Afix: Read from a copy"):
        assert part in line


def test_full_shows_both_accesses_the_pragma_and_the_loop(place: Place) -> None:
    place.write("racy.py", programs(next(rule for rule in RULES if rule["code"] == "FK201"))[0])
    full = place.run("check", "racy.py", code=1).stdout
    for part in (
        "asked to run in parallel here",
        "by the iterations of this loop",
        "read by iteration i=",
        "written by iteration i=",
        "= note: the earlier iteration needs the old value, which the later one overwrites",
        "help: read from a copy of `a` made before the loop",
        "= help: or replace with `sequential for`",
        "1 unsafe fix with --fix --unsafe-fixes",
    ):
        assert part in full
    assert full.endswith("1 annotated loop, 0 errors, 1 warning\n")


# What is said


@pytest.mark.parametrize(
    "body, words",
    [
        ("c[i] = c[i - 1] + x[i]", "a scan (the running sum in `c`)"),
        ("c[i] = x[i] * c[i - 1]", "a scan (the running product in `c`)"),
        ("c[i] = max(c[i - 1], x[i])", "a scan (the running maximum in `c`)"),
        ("t = c[i - 1]; c[i] = t - x[i]", "a scan (the running sum in `c`)"),
        ("x[i] = x[i] + x[i - 1]", "a scan (the running sum in `x`)"),
        ("s += x[i]; c[i] = s", "a scan (the running sum in `s`)"),
        ("s = min(s, x[i]); c[i] = s", "a scan (the running minimum in `s`)"),
        ("k += 2; c[k] = x[i]", "`k` is an induction variable"),
        ("c[0] += x[i]; x[i] = c[0]", "a scan (the running sum in `c`)"),
        ("c[i] = 0.5 * c[i - 1] + x[i]", "iterations of this loop depend on each other"),
        ("c[0] = 1.0; c[i] = c[i - 1] + x[i]", "iterations of this loop depend on each other"),
    ],
)
def test_scans_are_named(body: str, words: str, place: Place) -> None:
    lines = "".join(f"        {line}\n" for line in body.split("; "))
    program = 'def f(c: "f64[:]", x: "f64[:]"):\n    s = 0.0\n    k = 0\n    # pragma parallel for\n'
    place.write("scan.py", f"{program}    for i in range(1, len(x)):\n{lines}    return s, k\n")
    out = json.loads(place.run("check", "--output-format", "json", "scan.py", code=1).stdout)
    (diagnostic,) = out["diagnostics"]
    assert diagnostic["code"] == "FK201"
    assert words in diagnostic["message"]
    (region,) = out["regions"]
    assert region["verdict"] == "refuted"
    assert len(region["reasons"]) == 2


CLAUSES: list[tuple[str, str, str, str]] = [
    # clauses, body, the finding, where it stands
    ("private(t)", "y[i] = t; t = x[i]", "FK204", "t"),
    ("firstprivate(t)", "y[i] = t; t = x[i]", "FK204", "t"),
    ("lastprivate(t)", "t += x[i]; y[i] = t", "FK204", "t"),
    ("private(s)", "s += x[i]", "FK204", "s"),
    ("shared(t)", "t = x[i]; y[i] = t", "FK205", "t"),
    ("reduction(*: s)", "s += x[i]", "FK206", "s"),
    ("reduction(min: s)", "s = max(s, x[i])", "FK206", "s"),
    ("reduction(+: s)", "s += x[i]; y[i] = s", "FK207", "s"),
    ("reduction(+: s)", "s += x[i]; s *= 2.0", "FK207", "s *= 2.0"),
    ("reduction(+: s)", "s += x[i]; s = x[i] - s", "FK207", "s = x[i] - s"),
    ("reduction(+: t)", "t = x[i]; y[i] = t", "FK207", "t = x[i]"),
    ("reduction(+: y)", "y[i % 3] += x[i]; y[0] = 1.0", "FK207", "y[0] = 1.0"),
    ("reduction(*: y)", "y[i % 3] += x[i]", "FK206", "y"),
    ("reduction(+: s)", "s += x[i]; t += x[i]", "FK208", "s"),
]


@pytest.mark.parametrize("clauses, body, code, text", CLAUSES)
def test_clauses_are_held_against_the_facts(clauses: str, body: str, code: str, text: str, place: Place) -> None:
    """The finding stands at the part of the program that is wrong."""
    lines = "".join(f"        {line}\n" for line in body.split("; "))
    start = f'def f(x: "f64[:]", y: "f64[:]"):\n    s = 0.0\n    t = 0.0\n    # pragma parallel for {clauses}\n'
    program = f"{start}    for i in range(len(x)):\n{lines}    return s, t\n"
    if code == "FK205":
        program = program.replace("return s, t", "return s")
    place.write("clauses.py", program)
    found = [one for one in place.found("clauses.py") if one["code"] == code]
    assert len(found) == 1, found
    start_at, end_at = found[0]["location"], found[0]["end_location"]
    line = program.split("\n")[start_at["row"] - 1]
    assert line[start_at["column"] - 1 : end_at["column"] - 1] == text


WORK = [
    # the body, what is wrong with private(w), where
    ("for k in range(4): w[k] = x[i]; y[i] = w[3]", None, ""),
    ("y[i] = w[0]; w[0] = x[i]", "an iteration reads of it what an earlier one has written", "w[0]"),
    ("w[i] = x[i]; y[i] = w[i]", "every iteration has elements of its own in it", "w"),
    ("y[i] = w[0] * x[i]", "the loop only reads it", "w"),
    ("w[0] += x[i]", "its elements collect something from every iteration", "w"),
]


@pytest.mark.parametrize("body, message, text", WORK)
def test_private_arrays(body: str, message: str | None, text: str, place: Place) -> None:
    """`private(w)` of an array is right for a work array, and held against the facts."""
    lines = "".join(f"        {line}\n" for line in body.split("; "))
    start = 'def f(x: "f64[:]", y: "f64[:]", w: "f64[:]"):\n    # pragma parallel for private(w)\n'
    program = f"{start}    for i in range(len(x)):\n{lines}"
    place.write("work.py", program)
    found = place.found("work.py")
    if message is None:
        assert found == []
        return
    (finding,) = [one for one in found if one["code"] == "FK204"]
    assert message in finding["message"]
    row, column = finding["location"]["row"], finding["location"]["column"]
    assert program.split("\n")[row - 1][column - 1 :].startswith(text)


NARROWER = [
    ("parallel for collapse(2)", "a[i, j] = a[i, j - 1]", "parallel for", "Remove `collapse`"),
    ("simd simdlen(16)", "a[i, j] = a[i - 9, j] * 2.0", "simd simdlen(8)", "Ask for 8 lanes"),
]


@pytest.mark.parametrize("asked, body, instead, title", NARROWER)
def test_what_is_legal_of_what_was_asked_for(asked: str, body: str, instead: str, title: str, place: Place) -> None:
    """A loop that is parallel without those inside, or in fewer lanes."""
    header = "    for i in range(9, a.shape[0]):\n        for j in range(1, a.shape[1]):\n"
    path = place.write("asked.py", f'def f(a: "f64[:, :]"):\n    # pragma {asked}\n{header}            {body}\n')
    log = json.loads(place.run("check", "--output-format", "sarif", "--select", "FK2", "asked.py", code=1).stdout)
    (result,) = log["runs"][0]["results"]
    assert [fix["description"]["text"] for fix in result["fixes"]] == [title, "Replace with `sequential for`"]
    place.run("check", "--fix", "--unsafe-fixes", "--select", "FK2", "asked.py")
    assert f"    # pragma {instead}\n" in path.read_text()


def test_work_arrays_are_private(place: Place) -> None:
    place.write(
        "work.py",
        'def f(a: "f64[:, :]", w: "f64[:]", y: "f64[:]"):\n    # pragma parallel for\n'
        "    for i in range(a.shape[0]):\n        for k in range(8):\n            w[k] = a[i, k]\n"
        "        s = 0.0\n        for k in range(8):\n            s += w[k]\n        y[i] = s\n",
    )
    (region,) = json.loads(place.run("check", "--output-format", "json", "work.py").stdout)["regions"]
    assert region["verdict"] == "proven"
    assert set(region["privatised"]) >= {"s", "w"}
    assert "every iteration reads of `w` only what it has written" in region["reasons"]


def test_recursion_is_refused_with_its_reason(place: Place) -> None:
    place.write(
        "recursion.py",
        "def even(n):\n    return True if n == 0 else odd(n - 1)\n\n\n"
        "def odd(n):\n    return False if n == 0 else even(n - 1)\n\n\n"
        'def f(x: "f64[:]"):\n    # pragma parallel for\n    for i in range(len(x)):\n        x[i] = even(i)\n',
    )
    full = place.run("check", "recursion.py", code=1).stdout
    assert "error[FK104]: `even` calls itself" in full
    assert "`odd` is called here" in full
    assert "write the recursion as a loop" in full


def test_a_syntax_error_in_the_header_is_named(place: Place) -> None:
    place.write("header.py", "# pragma parallel for\nfor i in range(3:\n    x[i] = 1\n")
    assert place.codes("header.py") == ["FK010"]


def test_silent_away_from_pragmas(place: Place) -> None:
    """Invalid Python without a pragma is no business of ours."""
    place.write("invalid.py", "def f(:\n    return\n")
    assert place.run("check", "--output-format", "concise", "invalid.py").stdout == ""


# Fixes


def outcome(text: str) -> list[Any]:
    """What the functions of SHIFT compute."""
    names: dict[str, Any] = {}
    exec(compile(text, "shift.py", "exec"), names)
    grid = names["Grid"](6)
    grid.step()
    rng = np.random.default_rng(0)
    return [grid.a.tolist(), names["shift"](rng.random(7)).tolist(), names["rows"](rng.random((4, 3))).tolist()]


def test_copying_the_overlapping_source(place: Place) -> None:
    """The copied source gives the same answer, and the loops are independent then."""
    path = place.write("shift.py", SHIFT)
    assert place.codes("shift.py") == ["FK201"] * 3
    assert place.run("check", "--fix", "--output-format", "concise", "shift.py", code=1).stdout.count("FK201") == 3
    assert path.read_text() == SHIFT
    place.run("check", "--fix", "--unsafe-fixes", "shift.py")
    fixed = path.read_text()
    assert outcome(fixed) == outcome(SHIFT)
    assert "        a_old_2 = self.a.copy()\n        # Moves" not in fixed
    assert "        a_old_2 = self.a.copy()\n        # pragma parallel for\n" in fixed
    assert "    a_old_2 = a.copy()\n    for i in range(len(a) - 1):  # pragma parallel for\n" in fixed
    assert "            b[i, j] += b_old[i + 1, j]\n" in fixed
    assert place.codes("shift.py", code=0) == []


def test_copies_of_several_arrays(place: Place) -> None:
    text = (
        'def f(a: "f64[:]", b: "f64[:]"):\n    # pragma parallel for\n    for i in range(len(a) - 1):\n'
        "        a[i] = a[i + 1] + b[i + 1]\n        b[i] = b[i + 1] - a[i + 1]\n"
    )
    path = place.write("two.py", text)
    place.run("check", "--fix", "--unsafe-fixes", "two.py")
    fixed = path.read_text()
    assert "    a_old = a.copy()\n    b_old = b.copy()\n    # pragma parallel for\n" in fixed
    assert "        b[i] = b_old[i + 1] - a_old[i + 1]\n" in fixed
    results = []
    for program in (text, fixed):
        names: dict[str, Any] = {}
        exec(compile(program, "two.py", "exec"), names)
        a, b = np.random.default_rng(1).random((2, 9))
        names["f"](a, b)
        results.append((a.tobytes(), b.tobytes()))
    assert results[0] == results[1]


def overlapping(seed: int) -> str:
    """A loop that reads what it, or another iteration of it, overwrites."""
    draw = random.Random(seed).choice
    shift = ["", "", "", " + 1", " + 2", " - 1"]

    def element() -> str:
        return f"{draw('aab')}[{draw('iiij')}{draw(shift)}, {draw('jjji')}{draw(shift)}]"

    inner = draw(["range(3, n)", "range(3, i + 1)", "range(i, n)"])
    lines = [
        f"            {draw('aaab')}[i, j] = 0.5 * {element()} + {draw([element(), 'b[i, j]', '1.0'])}"
        for _ in range(draw([1, 1, 2]))
    ]
    header = f"    # pragma parallel for\n    for i in range(3, n):\n        for j in {inner}:\n"
    return 'def f(a: "f64[:, :]", b: "f64[:, :]", n: int):\n' + header + "\n".join(lines) + "\n"


def test_copies_never_change_the_answer(place: Place) -> None:
    """Random nests, in CPython before and after all fixes."""
    sources = {seed: overlapping(seed) for seed in range(120)}
    for seed, source in sources.items():
        place.write(f"nest_{seed}.py", source)
    place.run("check", "--fix", "--unsafe-fixes", "--output-format", "concise", ".")
    copies = 0
    for seed, source in sources.items():
        fixed = (place.folder / f"nest_{seed}.py").read_text()
        copies += "_old = " in fixed
        for n in (3, 5, 9):
            results = []
            for text in (source, fixed):
                names: dict[str, Any] = {}
                exec(compile(text, "nest.py", "exec"), names)
                a, b = np.random.default_rng(seed).random((2, 14, 14))
                names["f"](a, b, n)
                results.append((a.tobytes(), b.tobytes()))
            assert results[0] == results[1], fixed
    assert copies >= 15


def test_line_ends_and_indentation_of_a_copy(place: Place) -> None:
    text = 'if True:\r\n\tdef f(a: "f64[:]"):\r\n\t\t# pragma parallel for\r\n\t\tfor i in range(len(a) - 1):\r\n'
    path = place.write("tabs.py", text + "\t\t\ta[i] = a[i + 1]\r\n")
    place.run("check", "--fix", "--unsafe-fixes", "tabs.py")
    assert b"\t\ta_old = a.copy()\r\n\t\t# pragma parallel for\r\n" in path.read_bytes()
    assert b"\t\t\ta[i] = a_old[i + 1]\r\n" in path.read_bytes()


def test_a_copy_is_not_offered_where_it_would_change_the_answer(place: Place) -> None:
    """In-place relaxation reads what earlier iterations wrote."""
    path = place.write("relax.py", SHIFT.replace("b[i, j] += b[i + 1, j]", "b[i, j] += b[i + 1, j] + b[i - 1, j]"))
    place.run("check", "--fix", "--unsafe-fixes", "relax.py")
    assert "b_old" not in path.read_text()
    assert "# pragma sequential for\n" in path.read_text()


Expected = tuple[str, list[str], int, Callable[[str], bool]]
COMBINATIONS: list[Expected] = [
    # program, options, exit code, what is in the file afterwards
    (MISSPELT, [], 1, lambda text: text == MISSPELT),
    (MISSPELT, ["--fix"], 0, lambda text: "# pragma parallel for" in text),
    (MISSPELT, ["--diff"], 1, lambda text: text == MISSPELT),
    (MISSPELT, ["--fix", "--diff"], 1, lambda text: text == MISSPELT),
    (MISSPELT, ["--fix", "--strict"], 0, lambda text: "# pragma parallel for" in text),
    (MISSPELT, ["--unsafe-fixes"], 2, lambda text: text == MISSPELT),
    (MISSPELT, ["--fix", "--select", "FK2"], 0, lambda text: text == MISSPELT),
    (SCATTER, [], 1, lambda text: text == SCATTER),
    (SCATTER, ["--fix"], 1, lambda text: text == SCATTER),
    (SCATTER, ["--diff"], 1, lambda text: text == SCATTER),
    (SCATTER, ["--diff", "--unsafe-fixes"], 1, lambda text: text == SCATTER),
    (SCATTER, ["--fix", "--unsafe-fixes"], 0, lambda text: "# pragma parallel for assume(independent)\n" in text),
    (SCATTER, ["--fix", "--ignore", "FK202"], 0, lambda text: text == SCATTER),
    ("x = 1\n", [], 0, lambda text: text == "x = 1\n"),
    ("x = 1\n", ["--fix", "--unsafe-fixes", "--strict"], 0, lambda text: text == "x = 1\n"),
    ("x = 1\n", ["--diff"], 0, lambda text: text == "x = 1\n"),
]


@pytest.mark.parametrize("program, options, code, afterwards", COMBINATIONS)
def test_options_and_exit_codes(
    program: str, options: list[str], code: int, afterwards: Callable[[str], bool], place: Place
) -> None:
    path = place.write("program.py", program)
    place.run("check", *options, "program.py", code=code)
    assert afterwards(path.read_text())


def test_strict_makes_warnings_errors(place: Place) -> None:
    place.write("scatter.py", SCATTER)
    out = place.run("check", "--strict", "scatter.py", code=1).stdout
    assert "error[FK202]" in out
    assert out.endswith("1 annotated loop, 1 error, 0 warnings\n")


def test_the_diff_can_be_applied(place: Place) -> None:
    """It is a unified diff and nothing else, of lines that come and go, and gives what `--fix` writes."""
    path = place.write("shift.py", SHIFT + "\n\n" + MISSPELT.rstrip("\n"))
    done = place.run("check", "--diff", "--unsafe-fixes", "shift.py", code=1)
    assert done.stdout.startswith("--- shift.py\n+++ shift.py\n@@ ")
    assert "4 fixes to apply, 0 findings left" in done.stderr
    before = path.read_bytes()
    place.run("check", "--fix", "--unsafe-fixes", "shift.py")
    after = path.read_bytes()
    git = shutil.which("git")
    if git is None:
        pytest.skip("git applies the diff")
    path.write_bytes(before)
    place.write("it.patch", done.stdout)
    subprocess.run([git, "apply", "-p0", "it.patch"], cwd=place.folder, check=True, timeout=60)
    assert path.read_bytes() == after


def test_fixes_that_bring_forth_others(place: Place) -> None:
    """One run does all that can be done."""
    path = place.write(
        "rounds.py",
        'def f(x: "f64[:]"):\n    s = 0.0\n    # pragam parallel for reduction(*: s)\n'
        "    for i in range(len(x)):\n        s += x[i]\n    return s\n",
    )
    done = place.run("check", "--fix", "rounds.py")
    assert "# pragma parallel for reduction(+: s)\n" in path.read_text()
    assert "2 fixes applied" in done.stdout


def test_a_file_that_cannot_be_written(place: Place) -> None:
    path = place.write("locked/program.py", MISSPELT)
    path.parent.chmod(0o500)
    try:
        if os.access(path.parent, os.W_OK):
            pytest.skip("the superuser writes everywhere")
        assert "cannot write" in place.run("check", "--fix", "locked/program.py", code=2).stderr
    finally:
        path.parent.chmod(0o700)


# Configuration


def test_configuration_is_found_upwards(place: Place) -> None:
    place.write("src/deep/program.py", MISSPELT + "\n\n" + SCATTER)
    assert place.codes("src") == ["FK001", "FK202"]
    place.write("pyproject.toml", '[project]\nname = "p"\n[tool.ferrokeet]\nignore = ["FK001"]\n')
    assert place.codes("src") == ["FK202"]
    assert place.codes("program.py", cwd=place.folder / "src" / "deep") == ["FK202"]
    # A pyproject.toml without the table is passed over; ferrokeet.toml comes first.
    place.write("src/pyproject.toml", '[project]\nname = "q"\n')
    assert place.codes("src") == ["FK202"]
    place.write("src/ferrokeet.toml", 'ignore = ["unproven-independence"]\n')
    assert place.codes("src") == ["FK001"]
    assert place.codes("--isolated", "src") == ["FK001", "FK202"]
    assert place.codes("--config", "pyproject.toml", "src") == ["FK202"]
    place.run("check", "--config", "pyproject.toml", "--isolated", "src", code=2)


@pytest.mark.parametrize(
    "configuration, options, expected",
    [
        ('select = ["FK2"]', [], ["FK202"]),
        ('select = ["unknown-directive"]', [], ["FK001"]),
        ('select = ["ALL"]\nignore = ["FK0"]', [], ["FK202"]),
        ('select = ["FK2"]', ["--select", "FK001,FK202"], ["FK001", "FK202"]),
        ('ignore = ["FK001"]', ["--ignore", "FK202"], []),
        ('ignore = ["FK001"]', ["--select", "ALL"], ["FK001", "FK202"]),
        ('[per-file-ignores]\n"program.py" = ["FK001"]', [], ["FK202"]),
        ('[per-file-ignores]\n"tests/**" = ["FK001"]', [], ["FK001", "FK202"]),
        ('[per-file-ignores]\n"src/*.py" = ["FK0", "FK202"]', [], []),
        ('exclude = ["src"]', [], []),
        ('exclude = ["other/"]', [], ["FK001", "FK202"]),
    ],
)
def test_choosing_rules(configuration: str, options: list[str], expected: list[str], place: Place) -> None:
    place.write("src/program.py", MISSPELT + "\n\n" + SCATTER)
    place.write("ferrokeet.toml", configuration + "\n")
    assert place.codes(*options, ".", code=int(bool(expected))) == expected


def test_excluded_files_that_are_named(place: Place) -> None:
    place.write("made/program.py", MISSPELT)
    place.write("ferrokeet.toml", 'exclude = ["made"]\n')
    assert place.codes("made/program.py") == ["FK001"]
    assert place.codes("--force-exclude", "made/program.py", code=0) == []


def test_severities(place: Place) -> None:
    place.write("program.py", MISSPELT + "\n\n" + SCATTER)
    place.write("ferrokeet.toml", '[severity]\nFK001 = "note"\nunproven-independence = "error"\n')
    out = place.run("check", "--output-format", "concise", "program.py", code=1).stdout
    assert "note[FK001]" in out
    assert "error[FK202]" in out
    place.write("ferrokeet.toml", '[severity]\nFK = "note"\nFK001 = "note"\nFK202 = "note"\n')
    place.run("check", "program.py", code=2)
    place.write("ferrokeet.toml", '[severity]\nFK001 = "note"\nFK2 = "note"\n')
    place.run("check", "program.py")


def test_strictness_and_format(place: Place) -> None:
    place.write("program.py", SCATTER)
    place.write("ferrokeet.toml", 'strict = true\noutput-format = "concise"\n')
    assert "error[FK202]" in place.run("check", "program.py", code=1).stdout.splitlines()[0]
    assert place.run("check", "--output-format", "github", "program.py", code=1).stdout.startswith("::error ")


@pytest.mark.parametrize(
    "name, text, message",
    [
        (
            "ferrokeet.toml",
            'selct = ["FK2"]\n',
            "ferrokeet.toml:1: `selct` is no option of ferrokeet.toml; did you mean `select`?",
        ),
        (
            "pyproject.toml",
            '[tool.ferrokeet]\n\nper_file_ignores = ["FK2"]\n',
            "pyproject.toml:3: `per_file_ignores` is no option of [tool.ferrokeet]; did you mean `per-file-ignores`?",
        ),
        ("ferrokeet.toml", "colour = true\n", "`colour` is no option of ferrokeet.toml; there are select, ignore"),
        ("ferrokeet.toml", 'ignore = ["FK2O1"]\n', "ferrokeet.toml:1: there is no rule `FK2O1`; did you mean `FK201`?"),
        ("ferrokeet.toml", 'ignore = "FK201"\n', "ferrokeet.toml:1: `ignore` is a list of strings"),
        ("ferrokeet.toml", "strict = 1\n", "ferrokeet.toml:1: `strict` is true or false"),
        ("ferrokeet.toml", 'output-format = "xml"\n', "`output-format` is one of full, concise, json, sarif, github"),
        ("ferrokeet.toml", '[severity]\nFK201 = "fatal"\n', "ferrokeet.toml:2: `severity` is a table of rules"),
        ("ferrokeet.toml", "strict = \n", "ferrokeet.toml:1: "),
        ("ferrokeet.toml", 'exclude = ["b", "a{b"]\n', "`a{b` is no pattern"),
        ("pyproject.toml", "[tool]\nferrokeet = 3\n", "pyproject.toml:2: `tool.ferrokeet` is a table"),
    ],
)
def test_mistakes_in_the_configuration(name: str, text: str, message: str, place: Place) -> None:
    place.write(name, text)
    place.write("program.py", MISSPELT)
    done = place.run("check", "program.py", code=2)
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""
    # Named outright, too.
    assert message in place.run("check", "--config", name, "program.py", code=2).stderr


def test_mistakes_on_the_command_line(place: Place) -> None:
    place.write("program.py", MISSPELT)
    done = place.run("check", "--select", "loop-carried-dependance", "program.py", code=2)
    assert (
        "--select: there is no rule `loop-carried-dependance`; did you mean `loop-carried-dependence`?" in done.stderr
    )
    assert "cannot read missing.toml" in place.run("check", "--config", "missing.toml", "program.py", code=2).stderr


# Explaining


def test_explain_as_data(place: Place) -> None:
    listed = place.run("explain").stdout.splitlines()
    assert [line.split()[:2] for line in listed] == [[rule["code"], rule["name"]] for rule in RULES]
    for rule in RULES:
        assert set(rule) == {"code", "name", "severity", "summary", "page", "url"}
        assert json.loads(place.run("explain", "--output-format", "json", rule["name"]).stdout) == rule
        assert place.run("explain", rule["code"].lower()).stdout == rule["page"]


def test_a_link_stays_a_link(place: Place) -> None:
    path = place.write("real/program.py", MISSPELT)
    link = place.folder / "link.py"
    link.symlink_to(path)
    place.run("check", "--fix", "link.py")
    assert link.is_symlink()
    assert "# pragma parallel for" in path.read_text()
