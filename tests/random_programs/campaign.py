"""Compares many random programs between CPython and their translations.

Usage: campaign.py [--count N] [--seed S] [--step N] [--jobs J] [--keep DIR] [--progress FILE] [--cuda]

Programs are checked in worker processes, so that a crash is a failure of one program and not of the campaign. Failing
programs are shrunk and printed. The closing line counts programs; the exit code is 1 when one failed, or when too few
launches ran natively (the test would prove little). With `--progress`, results are added to a file batch by batch, and batches
that are in it already are not run again: a campaign may be stopped, and go on later. With `--cuda` the programs ask for a GPU, which is emulated.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock

from array_programs import generate_arrays
from edge_programs import generate_edges
from generate import Node, Program, generate
from language_programs import generate_language
from list_programs import generate_lists

BATCH = 200
# With `--cuda` each kernel is compiled by itself, so that small batches cost no more and share the processors better.
EMULATED_BATCH = 25
# Least share of launches that must run natively, of those that are not left to Python for a reason named in `batch`; and the
# most of these.
NATIVE = 0.93
LEFT = 0.3
# With `--cuda`: least share that the emulated GPU must do, of the native launches, and of those in which a loop is split.
ON_DEVICE = 0.57
SPLIT_ON_DEVICE = 0.92
# Seconds for a batch, and for one shrunk program.
BATCH_LIMIT = 600.0
SHRUNK_LIMIT = 20.0
# How a launch may run.
WAYS = ("fast", "careful", "python", "left", "gpu", "declined")
# What `--cuda` tells the workers.
CUDA = {"FERROKEET_CUDA": "emulate", "FERROKEET_OPT_LEVEL": "0"}
# The sorts of programs, in turn; every fifth is of lists and all that people write around them.
SORTS = (generate, generate_arrays, generate_language, generate_edges)
WRITING = Lock()
HERE = Path(__file__).resolve().parent


def sort_of(seed: int) -> Callable[[int], Program]:
    """Who writes the program of a seed."""
    return generate_lists if seed % 5 == 0 else SORTS[seed % len(SORTS)]


def program_of(seed: int) -> Program:
    """The program of a seed: of scalars, of array expressions, of all else, of the edges and of lists in turn."""
    return sort_of(seed)(seed)


def hook(folder: Path) -> None:
    """Has the programs of a folder translated when they are imported."""
    import ferrokeet

    sys.path.insert(0, str(folder))
    ferrokeet.install("random_program_")


def check_batch(folder: Path, seeds: list[int]) -> None:
    """Worker: checks programs and prints one JSON line for each."""
    from batch import Batch, Emulated
    from check import difference

    hook(folder)
    programs = [program_of(seed) for seed in seeds]
    batch = Emulated(folder, programs) if os.environ.get("FERROKEET_CUDA") else Batch(folder, programs)
    for program in programs:
        found = difference(program, *batch.functions(program)) or batch.defect(program)
        line = {"seed": program.seed, "difference": found, **batch.launches(program)}
        print(json.dumps(line), flush=True)


def check_shrunk(folder: Path, seed: int, removed: list[int]) -> None:
    """Worker: checks one program with some of its lines removed."""
    from batch import on_device
    from check import alone

    hook(folder)
    program = without(program_of(seed), set(removed))
    source = on_device(program.source()) if os.environ.get("FERROKEET_CUDA") else program.source()
    found = alone(program, source, folder, f"random_program_{seed}")
    print(json.dumps({"difference": found}), flush=True)


def nodes(program: Program) -> list[tuple[list[Node], int]]:
    """Every line of the kernel's body with the list it stands in, in preorder."""
    found: list[tuple[list[Node], int]] = []

    def visit(siblings: list[Node]) -> None:
        for position, node in enumerate(siblings):
            found.append((siblings, position))
            visit(node.children)

    visit(program.body)
    return found


def without(program: Program, removed: set[int]) -> Program:
    """The program less the lines (and all below them) with those preorder numbers."""
    for number in sorted(removed, reverse=True):
        siblings, position = nodes(program)[number]
        del siblings[position]
    return program


def worker(arguments: list[str], environment: dict[str, str], limit: float) -> subprocess.CompletedProcess[str]:
    """Runs this file as a worker, for at most `limit` seconds."""
    command = [sys.executable, str(HERE / "campaign.py"), *arguments]
    return subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=limit)


def fails(folder: Path, seed: int, removed: list[int]) -> str | None:
    """How the shrunk program fails, if it does and is a program at all."""
    try:
        done = worker(["--shrunk", json.dumps([str(folder), seed, removed])], {}, SHRUNK_LIMIT)
    except subprocess.TimeoutExpired:
        return None  # what was removed kept a loop from running for ever
    if done.returncode < 0:
        return f"the process died of signal {-done.returncode}"
    try:
        found: str | None = json.loads(done.stdout.splitlines()[-1])["difference"]
    except (ValueError, IndexError, KeyError):
        return None
    return found


def shrink(seed: int, first: str) -> tuple[str, str]:
    """A smaller program that still fails, and how: lines are removed one after the other as long as it does."""
    removed: list[int] = []
    reason = first
    with tempfile.TemporaryDirectory() as folder:
        for number in range(len(nodes(program_of(seed))) - 1, -1, -1):
            if len(nodes(without(program_of(seed), {*removed, number}))) == 0:
                continue
            again = fails(Path(folder), seed, [*removed, number])
            if again:
                removed.append(number)
                reason = again
    return without(program_of(seed), set(removed)).source(), reason


def earlier(progress: Path | None) -> list[dict[str, object]]:
    """What a campaign that was stopped found."""
    if progress is None or not progress.exists():
        return []
    return [result for line in progress.read_text().splitlines() for result in json.loads(line)]


def batch_results(seeds: list[int], threads: int, progress: Path | None) -> list[dict[str, object]]:
    """The results of one batch; a program that killed its worker has a difference that says so."""
    results: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as folder:
        left = seeds
        while left:
            done = worker(["--batch", json.dumps([folder, left])], {"FERROKEET_NUM_THREADS": str(threads)}, BATCH_LIMIT)
            lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
            finished = [line for line in lines if "seed" in line]
            results += finished
            left = left[len(finished) :]
            if left:
                what = f"the worker ended with code {done.returncode}: {done.stderr.strip()[-1500:]}"
                results.append({"seed": left[0], "difference": what, **dict.fromkeys(WAYS, 0)})
                left = left[1:]
    if progress:
        with WRITING, progress.open("a") as file:
            file.write(json.dumps(results) + "\n")
    return results


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--step", type=int, default=1, help="from one seed to the next; 5: programs of lists alone")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--keep", type=Path, help="folder for the shrunk failing programs")
    parser.add_argument("--progress", type=Path, help="file that results are added to, and taken from")
    parser.add_argument("--no-shrink", action="store_true")
    parser.add_argument("--cuda", action="store_true", help="ask for a GPU, which is emulated")
    parser.add_argument("--batch", help=argparse.SUPPRESS)
    parser.add_argument("--shrunk", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.batch:
        folder, seeds = json.loads(options.batch)
        check_batch(Path(folder), seeds)
        return 0
    if options.shrunk:
        folder, seed, removed = json.loads(options.shrunk)
        check_shrunk(Path(folder), seed, removed)
        return 0
    if options.cuda:
        os.environ.update(CUDA)
    seeds = list(range(options.seed, options.seed + options.count * options.step, options.step))
    size = EMULATED_BATCH if options.cuda else BATCH
    batches = [seeds[start : start + size] for start in range(0, len(seeds), size)]
    results = earlier(options.progress)
    known = {result["seed"] for result in results}
    with ThreadPoolExecutor(options.jobs) as pool:
        threads = [1, 2, 5]
        jobs = [
            pool.submit(batch_results, batch, threads[index % 3], options.progress)
            for index, batch in enumerate(batches)
            if batch[0] not in known
        ]
        results += [result for job in jobs for result in job.result()]
    failed = [result for result in results if result["difference"]]
    for result in failed[:20]:
        seed, reason = int(str(result["seed"])), str(result["difference"])
        source = program_of(seed).source()
        if not options.no_shrink:
            source, reason = shrink(seed, reason)
        print(f"seed {seed}: {reason}\n{source}")
        if options.keep:
            options.keep.mkdir(parents=True, exist_ok=True)
            (options.keep / f"seed_{seed}.py").write_text(source)
    # Those at the edges raise on purpose, and what raises is often run again as Python.
    usual = [result for result in results if sort_of(int(str(result["seed"]))) is not generate_edges]
    counts = {way: sum(int(str(result[way])) for result in usual) for way in WAYS}
    total = max(1, sum(counts[way] for way in ("fast", "careful", "python", "left")))
    native = (counts["fast"] + counts["careful"]) / max(1, total - counts["left"])
    left = counts["left"] / total
    print(
        f"{counts['fast']} launches fast, {counts['careful']} careful, {counts['python']} in Python ({native:.1%} native); "
        f"{counts['left']} left to Python by their arguments ({left:.1%})"
    )
    on_device = counts["gpu"] / max(1, counts["fast"] + counts["careful"])
    split = counts["gpu"] / max(1, counts["gpu"] + counts["declined"])
    if options.cuda:
        shares = f"{on_device:.1%} of the native ones, {split:.1%} of those in which a loop is split"
        print(f"{counts['gpu']} launches on the emulated GPU ({shares})")
    print(f"{len(results) - len(failed)} passed, {len(failed)} failed")
    few = native < NATIVE or left > LEFT or (options.cuda and (on_device < ON_DEVICE or split < SPLIT_ON_DEVICE))
    return 1 if failed or few else 0


if __name__ == "__main__":
    sys.exit(main())
