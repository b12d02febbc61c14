"""Writes docs/npbench.md: which programs of NPBench run with all annotated regions native, and why the others don't.

Usage: `python tests/npbench/npbench_table.py [NAME ...]` prints the judgements; `FERROKEET_UPDATE_DOCS=1` (without names) also writes the
document.
"""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import applications  # noqa: F401
import polybench  # noqa: F401
from annotate import annotated
from judge import Judgement
from registry import PROGRAMS, Program

TARGET = Path(__file__).parents[2] / "docs" / "npbench.md"
JUDGE = Path(__file__).with_name("judge.py")
OPENING = """# NPBench

Written by `FERROKEET_UPDATE_DOCS=1 python tests/npbench/npbench_table.py`; a test holds it to be current.

The {total} programs of [NPBench](https://github.com/spcl/npbench), their NumPy versions, with pragmas added and nothing else changed,
called with small sizes and awkward ones. Each is run by CPython and translated; results and arguments afterwards must agree
in type, dtype, shape and value. *Native*: every kernel of the region ran natively, on every size. The programs are no part of this
repository: [tests/npbench](../tests/npbench/README.md) says how to get them.

**{native} of {total} programs run with all annotated regions native; {agree} of {total} agree with NumPy.**

| program | regions | native | agreement | what runs as Python, and why |
|---|--:|--:|---|---|
"""


@cache
def judged() -> dict[str, Judgement]:
    """The judgement of every program."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        return dict(zip(PROGRAMS, pool.map(judge_apart, PROGRAMS), strict=True))


def judge_apart(name: str) -> Judgement:
    """Judges a program in a process of its own."""
    done = subprocess.run([sys.executable, str(JUDGE), name], capture_output=True, text=True, timeout=600, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        return Judgement(
            name, regions={place: [] for place in annotated(PROGRAMS[name]).rows}, differences=[f"crashed: {last}"]
        )
    return Judgement(**json.loads(done.stdout))


def document() -> str:
    """The whole file."""
    found = judged()
    native = sum(judgement.all_native for judgement in found.values())
    agree = sum(not judgement.differences for judgement in found.values())
    opening = OPENING.format(total=len(found), native=native, agree=agree)
    return opening + "".join(row(PROGRAMS[name], judgement) for name, judgement in found.items())


def row(program: Program, judgement: Judgement) -> str:
    """One row of the table."""
    cells = [judgement.name, str(len(judgement.regions)), str(judgement.native)]
    cells += [agreement(program, judgement), "; ".join(reasons(judgement)).replace("|", "\\|")]
    return f"| {' | '.join(cells)} |\n"


def agreement(program: Program, judgement: Judgement) -> str:
    if judgement.differences:
        return "**differs**: " + judgement.differences[0].replace("|", "\\|")
    return f"within {program.tolerance:.0e}: {program.why}" if program.tolerance else "same bits"


def reasons(judgement: Judgement) -> list[str]:
    """Why each region that is not native isn't."""
    told = []
    for place, ways in judgement.regions.items():
        if not ways or "python" in ways:
            why = ", ".join(judgement.reasons.get(place, [])) or "no kernel ran"
            told.append(f"`{place}`: {why}")
    return told


def main() -> int:
    for name in sys.argv[1:] or PROGRAMS:
        judgement = judge_apart(name) if sys.argv[1:] else judged()[name]
        verdict = "native" if judgement.all_native else "PYTHON"
        print(f"{verdict} {name} {judgement.native}/{len(judgement.regions)} {judgement.worst:.1e}", flush=True)
        for line in [*judgement.differences[:3], *reasons(judgement)]:
            print(f"       {line}")
    if not sys.argv[1:]:
        print(f"{sum(judgement.all_native for judgement in judged().values())} of {len(judged())} all native")
        if os.environ.get("FERROKEET_UPDATE_DOCS") == "1":
            TARGET.write_text(document())
    return 0


if __name__ == "__main__":
    sys.exit(main())
