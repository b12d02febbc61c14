"""`ferrokeet tune`: what it measures, remembers and leaves alone."""

import json
import re
import subprocess
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from ferrokeet import _trial, _tune
from test_ways_in import FERROKEET, Place

SCRIPT = """
import sys
import numpy as np

def uneven(out, x, lengths):
    # pragma parallel for
    for i in range(len(lengths)):
        total = 0.0
        for k in range(lengths[i]):
            total += x[k] * x[k]
        out[i] += total

def copy(a, b):
    # pragma parallel for
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            a[i, j] += b[j, i]

def chain(x):
    # pragma parallel for
    for i in range(1, len(x)):
        x[i] = x[i - 1] + x[i]

x = np.arange(2000.0)
out = np.zeros(64)
lengths = np.full(64, 3)
lengths[:4] = 2000
a, b = np.zeros((90, 70)), np.arange(6300.0).reshape(70, 90)
for _ in range(5):
    uneven(out, x, lengths)
    copy(a, b)
    chain(x[:50])
print(out.sum(), a.sum(), x.sum(), (a == 5 * b.T).all(), *sys.argv[1:])
"""


@pytest.fixture
def place(tmp_path: Any) -> Place:
    """A script with loops, and a cache of its own."""
    place = Place(tmp_path, tmp_path / "cache")
    place.environment |= {"FERROKEET_NUM_THREADS": "2", "FERROKEET_OPT_LEVEL": "0"}
    place.write("script.py", SCRIPT)
    return place


def test_a_script_is_tuned(place: Place) -> None:
    done = place.ferrokeet("tune", "--seconds", "0.2", "--out", "ferrokeet-tuning.json", "script.py", "an argument")
    plain = place.python("script.py", "an argument")
    assert done.stdout.startswith(plain.stdout), "the program goes on with what the usual kernels have computed"
    table = [re.split(r"\s{2,}", line) for line in done.stdout.splitlines()]
    rows = {row[0]: row[1:] for row in table if "_L" in row[0]}
    assert set(rows) == {"uneven_L7", "copy_L15"}, "nothing can be chosen where a loop runs in order"
    where, calls, _, _, gain, choice = rows["copy_L15"]
    assert where == "script.py:15"
    assert 1 <= int(calls) <= 3, "the 1st, the 2nd and the 4th"
    assert float(gain) >= 1.0
    tried = re.match(r"as it is \((\d+) variants are not faster\)|`\w+(\(.*?\))?` on `", choice)
    assert tried
    assert int(tried[1] or 99) >= 5
    # What is better is remembered in both places; what is not, in none.
    better = {name for name, row in rows.items() if not row[-1].startswith("as it is")}
    entries = json.loads((place.folder / "ferrokeet-tuning.json").read_text())
    assert {entry["kernel"] for entry in entries} == better
    listed = place.ferrokeet("cache", "tuned").stdout
    assert {name for name in rows if name in listed} == better
    assert place.ferrokeet("cache", "clean", "--tuned").stdout == f"forgot the tuning of {len(better)} kernels\n"
    assert place.ferrokeet("cache", "tuned").stdout == ""
    assert done.stderr == "ferrokeet-tuning.json written\n", "nobody is looking at a terminal"
    place.write("fails.py", "raise SystemExit(3)\n")
    assert "no kernel was called" in place.ferrokeet("tune", "fails.py", code=1).stderr


SIGNATURE = "a: f64[:, :], b: f64[:, :]"


def ask(place: Place, command: str, text: str, region: str = "copy_L15", signature: str = SIGNATURE) -> dict[str, Any]:
    """What the package's side asks."""
    arguments = [str(FERROKEET), command, "--filename", "script.py", "--region", region, "--signature", signature]
    done = subprocess.run(
        arguments, input=text.encode(), cwd=place.folder, env=place.environment, capture_output=True, check=True
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_later_runs_use_what_was_best(place: Place) -> None:
    usual = ask(place, "compile", SCRIPT)
    assert "tuned" not in usual
    found = ask(place, "variants", SCRIPT)
    assert {"0:tile(64,64)", "0:unroll(4)"} <= {one["tuning"] for one in found["variants"]}
    assert len({one["library"] for one in found["variants"]}) == len(found["variants"]), "all of them differ"
    entry = {"key": found["key"], "machine": found["machine"], "tuning": "0:tile(16,16)", "words": "", "gain": 2.0}
    entry |= {"processor": "", "filename": "script.py", "kernel": "copy_L15", "signature": SIGNATURE}
    committed = place.folder / "ferrokeet-tuning.json"
    committed.write_text(json.dumps([{**entry, "machine": "another"}, entry]))
    tuned = ask(place, "compile", SCRIPT)
    assert tuned["tuned"] == "`tile(16, 16)` on `i`"
    assert tuned["library"] != usual["library"]
    # Wherever the loop stands and whatever stands around it; not for another loop, other types, another machine.
    assert ask(place, "compile", "# moved\n\n" + SCRIPT, region="copy_L17")["tuned"] == tuned["tuned"]
    assert "tuned" not in ask(place, "compile", SCRIPT.replace("a[i, j] += b", "a[i, j] -= b"))
    assert "tuned" not in ask(place, "compile", SCRIPT, signature=SIGNATURE.replace("f64", "f32"))
    committed.write_text(json.dumps([{**entry, "machine": "another"}]))
    assert "tuned" not in ask(place, "compile", SCRIPT)
    # The cache counts first. A tuning that makes no sense any more is no tuning.
    ours = place.folder / "cache" / f"{entry['key']}-{entry['machine']}.tuned"
    committed.write_text(json.dumps([entry]))
    ours.write_text(json.dumps({**entry, "tuning": "0:unroll(2)"}))
    assert ask(place, "compile", SCRIPT)["tuned"] == "`unroll(2)` on `i`"
    ours.write_text(json.dumps({**entry, "tuning": "0:nonsense(2)"}))
    assert "tuned" not in ask(place, "compile", SCRIPT)
    ours.unlink()
    # A run takes it, and computes the same.
    plain = place.python("script.py")
    run = place.ferrokeet("run", "--profile", "--stats", "stats.json", "script.py")
    assert run.stdout == plain.stdout
    assert place.kernels()["copy_L15"] == {"fast"}
    assert "copy_L15: tuned: `tile(16, 16)` on `i`" in run.stderr
    place.environment["FERROKEET_TUNED"] = "0"
    assert "tuned" not in ask(place, "compile", SCRIPT)


def test_builds_follow_what_is_committed(place: Place) -> None:
    found = ask(place, "variants", SCRIPT)
    entry = {
        "key": found["key"],
        "machine": "another",
        "tuning": "0:tile(16,16) cpu:x86-64-v3",
        "words": "",
        "gain": 2.0,
    }
    entry |= {"processor": "", "filename": "script.py", "kernel": "copy_L15", "signature": SIGNATURE}
    place.write("ferrokeet-signatures.json", json.dumps({"script.py": {"copy_L15": [SIGNATURE]}}))
    committed = place.folder / "ferrokeet-tuning.json"

    def built(*entries: dict[str, Any]) -> dict[str, Any]:
        committed.write_text(json.dumps(entries))
        place.ferrokeet("build", "--target-cpu", "v2", "script.py", "-o", "out")
        kernels = json.loads((place.folder / "out" / "script.fk.json").read_text())["kernels"]
        manifest: dict[str, Any] = kernels[f"copy_L15({SIGNATURE})"]
        return manifest

    # Whatever is in the cache, and of another machine, where there is nothing of this one.
    (place.folder / "cache" / f"{entry['key']}-{found['machine']}.tuned").write_text(
        json.dumps({**entry, "machine": found["machine"], "tuning": "0:unroll(2)"})
    )
    assert "tuned" not in built()
    manifest = built({**entry, "gain": 1.1, "tuning": "0:unroll(4)"}, entry)
    assert manifest["tuned"] == "`tile(16, 16)` on `i`"
    assert [library["processor"] for library in manifest["libraries"]] == ["x86-64-v2"]
    plain = place.python("script.py")
    place.environment["FERROKEET_STATS"] = "stats.json"
    assert place.python("out/script.py").stdout == plain.stdout
    assert place.kernels()["copy_L15"] == {"fast"}
    own = {**entry, "machine": found["machine"], "tuning": "0:unroll(4)", "gain": 1.1}
    assert built(entry, own)["tuned"] == "`unroll(4)` on `i`", "this machine counts first"


# The choice among what was measured


def variant(tuning: str, subject: str = "") -> Any:
    """One that was made."""
    made = _tune.Variant.__new__(_tune.Variant)
    made.tuning, made.words, made.subject, made.seconds = tuning, tuning, subject, []
    return made


class Given:
    """A call of which the times are given."""

    def __init__(self, seconds: dict[str, float | None]):
        self.seconds = seconds
        self.ran: list[str] = []

    def run(self, one: Any, check: bool) -> float | None:
        self.ran.append(one.tuning)
        return self.seconds[one.tuning]


def trials(monkeypatch: pytest.MonkeyPatch, variants: dict[str, str]) -> Any:
    """Trials of these variants and their subjects; what is put together is called `a+b`."""

    def asked(self: Any, combine: list[str]) -> list[Any]:
        if combine:
            return [variant(""), variant("+".join(combine))]
        return [variant(""), *(variant(*one) for one in variants.items())]

    monkeypatch.setattr(_tune.Trials, "ask", asked)
    kernel = SimpleNamespace(name="f_L1", filename="f.py", row=1)
    return _tune.Trials(SimpleNamespace(kernel=kernel), "x: f64[:]", 0.01)  # type: ignore[arg-type]


def test_the_best_choices_are_put_together(monkeypatch: pytest.MonkeyPatch) -> None:
    one = trials(monkeypatch, {"tile": "order", "joined": "order", "lanes": "lanes", "slow": "threads", "wrong": "cpu"})
    call = Given({"": 10.0, "tile": 6.0, "joined": 7.0, "lanes": 8.0, "slow": 30.0, "wrong": None, "tile+lanes": 5.0})
    one.measure(call)
    outcome = one.outcome()
    assert (outcome["tuning"], outcome["usual"], outcome["best"]) == ("tile+lanes", 10.0, 5.0)
    assert (outcome["calls"], outcome["variants"]) == (1, 6)
    # What is hopeless, or has other bits, runs once.
    assert call.ran.count("slow") == call.ran.count("wrong") == 1
    # A later call counts as much as the first one.
    one.spent = 0.0
    one.measure(Given({"": 10.0, "tile": 6.0, "joined": 7.0, "lanes": 8.0, "tile+lanes": 9.0}))
    assert one.outcome()["tuning"] == "tile"


def test_what_is_hardly_faster_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    one = trials(monkeypatch, {"tile": "order", "lanes": "lanes"})
    one.measure(Given({"": 10.0, "tile": 9.9, "lanes": 11.0}))
    assert one.outcome()["tuning"] == ""
    assert trials(monkeypatch, {}).outcome()["reason"] == "there is nothing to choose"


REGION = {
    "inputs": [
        {"name": "x", "root": 0, "steps": [], "written": True},
        {"name": "y", "root": 1, "steps": [["attribute", "values"], ["key", "k"]], "written": True},
        {"name": "n", "root": 2, "steps": [], "written": False},
    ]
}


def test_arrays_are_put_back_between_variants() -> None:
    base = np.arange(12.0)
    roots = (base[::-2], SimpleNamespace(values={"k": base[2:8]}), 3)  # overlapping views
    call = _tune.Call(REGION, roots)

    def usual(x: Any, owner: Any, n: int) -> tuple[float]:
        x += n
        owner.values["k"][:] *= 2.0
        return (float(x.sum()),)

    seen = []

    def strange(x: Any, owner: Any, n: int) -> tuple[float]:
        seen.append(base.copy())
        base[:] = -1.0
        return (float("nan"),)

    before = base.copy()
    call.done(usual(*roots))
    after = base.copy()
    runs = [SimpleNamespace(kernel=one) for one in (usual, strange, usual)]
    times = [call.run(one, check=True) for one in runs]  # type: ignore[arg-type]
    assert times[1] is None, "it gives other bits"
    assert None not in (times[0], times[2])
    assert np.array_equal(seen[0], before)
    call.run(runs[1], check=False)  # type: ignore[arg-type]
    call.end()
    assert np.array_equal(base[call_touches(base)], after[call_touches(base)])


def call_touches(base: np.ndarray) -> np.ndarray:
    """The elements that the views reach."""
    touched = np.zeros(len(base), bool)
    touched[::-2] = touched[2:8] = True
    return touched


def test_the_same_bits() -> None:
    nan, other = np.float64("nan"), -np.float64("nan")
    assert _trial.same((1, 2.0, nan, np.ones(3)), (1, 2.0, nan, np.ones(3)))
    for left, right in [(0.0, -0.0), (1, 1.0), (nan, other), (np.ones(3), np.ones(3, np.float32)), ((1,), (1, 2))]:
        assert not _trial.same(left, right)
