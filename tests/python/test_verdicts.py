"""The corpus of labelled loops: labels against recorded accesses, verdicts against labels, answers against CPython."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from harness import Pair
from items import Item, items
from recorder import conflicts
from score import judged, missed, proves_too_much, score, summary
from witness import doubt

CORPUS = items()


def test_size_and_balance() -> None:
    """Loops of every kind, and enough of them."""
    labels = [label for item in CORPUS for label in item.labels]
    assert len(labels) >= 240
    for label, least in {"racy": 80, "safe-affine": 80, "safe": 15, "run-time": 60, "refused": 3}.items():
        assert labels.count(label) >= least


@pytest.mark.parametrize("item", CORPUS, ids=str)
def test_label(item: Item) -> None:
    """What the label says is what happens when the accesses are recorded."""
    for recipe in item.recipes:
        recorder = item.recording().run(item.name, item.arguments(recipe))
        for row, label in zip(item.rows, item.labels, strict=True):
            met = conflicts(recorder, row, item.licence)
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
    assert numbers["run-time guarded"] >= 0.9, others


def test_witnesses() -> None:
    """Every refuted loop, rightly refuted or not, has a witness that holds."""
    doubts = {str(loop): doubt(loop) for loop in judged() if loop.verdict == "refuted"}
    assert {name: problem for name, problem in doubts.items() if problem} == {}


MODULES = {path: [item for item in CORPUS if item.path == path] for path in sorted({item.path for item in CORPUS})}


@pytest.fixture(scope="module", params=MODULES, ids=lambda path: path.stem)
def module(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Pair, list[Item]]:
    """A module of the corpus in CPython and translated, with its items."""
    path: Path = request.param
    return Pair(tmp_path_factory.mktemp("corpus"), path.read_text()), MODULES[path]


def test_answers(module: tuple[Pair, list[Item]]) -> None:
    """Every item gives CPython's answer; where the arguments make iterations independent it runs fast, else carefully."""
    pair, members = module
    verdicts = {(loop.item, loop.row): loop.verdict for loop in judged()}
    problems = []
    for item in members:
        for recipe in item.recipes:
            try:
                pair.call(item.name, lambda: item.arguments(recipe), ran=None, tolerance=1e-9)  # noqa: B023
            except AssertionError as error:
                problems.append(f"{item} {recipe}: {error}")
    assert not problems, "\n".join(problems)
    assert verdicts
