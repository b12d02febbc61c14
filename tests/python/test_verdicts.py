"""The corpus of labelled loops: labels against recorded accesses, verdicts against labels, answers against CPython."""

import os
from functools import partial
from pathlib import Path

import pytest
from conflicts import conflicts
from harness import Pair
from items import Item, items
from score import judged, missed, proves_too_much, score, summary
from table import TARGET, document
from witness import doubt

CORPUS = items()
KERNELS = items("kernels")
# Run natively besides the run-time dependent items; all of them are with FERROKEET_ALL=1 (some minutes of compiling).
TRICKY = ("corner_cases", "data_sharing", "simd_races", "synchronisation", "undefined_behaviour")


def test_size_and_balance() -> None:
    """Loops of every kind, and enough of them."""
    labels = [label for item in CORPUS for label in item.labels]
    assert len(labels) >= 240
    for label, least in {"racy": 80, "safe-affine": 80, "safe": 15, "run-time": 60, "refused": 3}.items():
        assert labels.count(label) >= least


@pytest.mark.parametrize("item", CORPUS + KERNELS, ids=str)
def test_label(item: Item) -> None:
    """What the label says is what happens when the accesses are recorded."""
    for recipe in item.recipes:
        recorder = item.recording().run(item.name, item.arguments(recipe))
        for row, label in zip(item.rows, item.labels, strict=True):
            met = conflicts(recorder.finished, row, item.licence)
            expected = label in ("racy", "refused") or (label == "run-time" and recipe == "dependent")
            assert bool(met) == expected, f"row {row}, {recipe}: {', '.join(map(str, met[:3])) or 'no conflict'}"


def test_no_race_is_proven() -> None:
    assert [str(loop) for loop in judged() if proves_too_much(loop)] == []


def test_score(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\n{summary(judged())}")
    numbers = score(judged())
    others = "\n".join(str(loop) for loop in judged() if missed(loop))
    assert numbers["F1 of refutation"] >= 0.98, others
    assert numbers["safe affine proven"] >= 0.98, others
    assert numbers["run-time guarded"] >= 0.85, others


def test_witnesses() -> None:
    """Every refuted loop, rightly refuted or not, has a witness that holds."""
    refuted = [loop for loop in judged() + judged("kernels") if loop.verdict == "refuted"]
    doubts = {str(loop): doubt(loop) for loop in refuted}
    assert {name: problem for name, problem in doubts.items() if problem} == {}


def test_table_is_current() -> None:
    assert TARGET.read_text() == document(), "run `python tests/verdicts/table.py`"


Runs = dict[tuple[Item, str], set[str]]


def run_all(chosen: tuple[Item, ...], folder: Path) -> Runs:
    """How the kernels of every item ran on each of its arguments, once the answers were found to be CPython's."""
    ways, wrong = {}, []
    for path in sorted({item.path for item in chosen}):
        members = [item for item in chosen if item.path == path]
        calls = ((item.name, partial(item.arguments, recipe)) for item in members for recipe in item.recipes)
        pair = Pair(folder, path.read_text(), calls, unusual=True)
        for item in members:
            for recipe in item.recipes:
                before = pair.launches()
                try:
                    pair.call(item.name, partial(item.arguments, recipe), ran=None, tolerance=1e-9)
                except AssertionError as error:
                    wrong.append(f"{item} {recipe}: {error}")
                ways[item, recipe] = {way for way, count in pair.launches().items() if count > before[way]}
    assert not wrong, "\n".join(wrong)
    return ways


@pytest.mark.filterwarnings("ignore::ferrokeet.FerrokeetWarning")
def test_kernels(tmp_path: Path) -> None:
    """The kernels get the verdicts that their labels ask for, run natively and give CPython's answers."""
    assert [str(loop) for loop in judged("kernels") if missed(loop)] == []
    for (item, _), ways in run_all(KERNELS, tmp_path).items():
        assert ways == ({"careful"} if item.labels == ("racy",) else {"fast"}), str(item)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    chosen = tuple(
        item
        for item in CORPUS
        if "run-time" in item.labels or item.path.stem in TRICKY or os.environ.get("FERROKEET_ALL") == "1"
    )
    return run_all(chosen, tmp_path_factory.mktemp("corpus"))


@pytest.mark.filterwarnings("ignore::ferrokeet.FerrokeetWarning")
def test_no_race_runs_fast(runs: Runs) -> None:
    """Arguments that make iterations meet never run in parallel; a loop of the subset never runs as Python."""
    for (item, recipe), ways in runs.items():
        if recipe == "dependent" or set(item.labels) == {"racy"}:
            assert ways <= {"careful"}, f"{item} {recipe}: {ways}"


@pytest.mark.filterwarnings("ignore::ferrokeet.FerrokeetWarning")
def test_independent_arguments_run_fast(runs: Runs) -> None:
    """The same source runs in parallel where its arguments permit it."""
    decided = [(item, ways) for (item, recipe), ways in runs.items() if recipe == "independent"]
    careful = [str(item) for item, ways in decided if ways != {"fast"}]
    assert len(careful) <= 0.2 * len(decided), careful
