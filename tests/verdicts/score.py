"""What `ferrokeet check` says of the corpus, held against the labels.

`python tests/verdicts/score.py` prints the score and every loop that is not called what its label asks for.
"""

import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from ferrokeet._translator import command
from items import FOLDER, Item, items


@dataclass(frozen=True)
class Judged:
    """One annotated loop of the corpus and what `check` says of it."""

    item: Item
    row: int
    label: str
    region: dict[str, Any] | None  # None: it is not translated

    @property
    def verdict(self) -> str:
        return self.region["verdict"] if self.region else "declined"

    def __str__(self) -> str:
        reasons = "; ".join(self.region["reasons"]) if self.region else ""
        return f"{self.item.path.stem}.py:{self.row} {self.item.name}: {self.label}, called {self.verdict}: {reasons}"


@cache
def check(folder: str = "corpus") -> dict[str, Any]:
    """The answer of `ferrokeet check` for all modules of a folder, from one process."""
    executable = command()
    assert executable is not None, "the ferrokeet command was not found"
    done = subprocess.run(
        [executable, "check", "--output-format", "json", str(FOLDER / folder)], capture_output=True, text=True
    )
    assert done.returncode in (0, 1), done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@cache
def judged(folder: str = "corpus") -> tuple[Judged, ...]:
    """Every annotated loop with its verdict."""
    regions = {(region["filename"], region["row"]): region for region in check(folder)["regions"]}
    return tuple(
        Judged(item, row, label, regions.get((str(item.path), row)))
        for item in items(folder)
        for row, label in zip(item.rows, item.labels, strict=True)
    )


def proves_too_much(loop: Judged) -> bool:
    """Whether a loop that may race is called proven. Where only arrays that overlap race, `proven` is meant under the guard that
    they don't; the launch finds them out, as other tests assert."""
    racing = loop.label in ("racy", "run-time", "refused") and loop.verdict in ("proven", "assumed")
    return racing and loop.item.path.stem != "overlapping_arrays"


def score(loops: Iterable[Judged]) -> dict[str, float]:
    """The numbers that are asserted in continuous integration."""
    loops = [loop for loop in loops if not loop.item.outside]
    hits = sum(loop.label == "racy" and loop.verdict == "refuted" for loop in loops)
    misses = sum(loop.label == "racy" and loop.verdict != "refuted" for loop in loops)
    alarms = sum(loop.label != "racy" and loop.verdict == "refuted" for loop in loops)
    affine = [loop for loop in loops if loop.label == "safe-affine"]
    other = [loop for loop in loops if loop.label == "safe"]
    decided = [loop for loop in loops if loop.label == "run-time"]
    return {
        "loops": len(loops),
        "proven in spite of a race": sum(map(proves_too_much, loops)),
        "F1 of refutation": 2 * hits / max(2 * hits + misses + alarms, 1),
        "safe affine proven": share(affine, "proven"),
        "other safe proven or guarded": share(other, "proven", "guarded"),
        "run-time guarded": share(decided, "proven", "guarded"),
    }


def share(loops: list[Judged], *verdicts: str) -> float:
    return sum(loop.verdict in verdicts for loop in loops) / max(len(loops), 1)


WANTED = {
    "racy": ("refuted",),
    "safe-affine": ("proven",),
    "safe": ("proven", "guarded"),
    "run-time": ("guarded",),
    "refused": ("refuted", "unproven"),
}


def missed(loop: Judged) -> bool:
    """Whether the verdict is another one than the label asks for."""
    guarded = loop.label == "run-time" and loop.verdict == "proven" and not proves_too_much(loop)
    wanted = ("declined",) if loop.item.outside else WANTED[loop.label]
    return loop.verdict not in wanted and not guarded


def summary(loops: Iterable[Judged]) -> str:
    """The score, one line a number."""
    numbers = score(loops)
    return "\n".join(f"{name:30} {number:.4g}" for name, number in numbers.items())


if __name__ == "__main__":
    print("\n".join(str(loop) for loop in judged() if missed(loop)))
    print(summary(judged()))
    sys.exit()
