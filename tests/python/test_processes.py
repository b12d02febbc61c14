"""Kernels in forked and spawned processes, in several threads at once, and beside other pools."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

FERROKEET = Path(sys.executable).with_name("ferrokeet")

MODULE = """
import numpy as np

def total(x):
    s = 0.0
    # pragma parallel for
    for i in range(len(x)):
        s += x[i]
    return s

def smooth(x, out):
    # pragma parallel for
    for i in range(1, len(x) - 1):
        out[i] = 0.25 * x[i - 1] + 0.5 * x[i] + 0.25 * x[i + 1]
"""

FORK = """
import os, sys
import numpy as np
from loops import total, smooth

x = np.ones(1_000_000)
out = np.zeros_like(x)
assert total(x) == 1_000_000.0
for generation in range(3):
    child = os.fork()
    if child == 0:
        smooth(x, out)
        assert total(x) == 1_000_000.0 and out[1:-1].sum() == len(x) - 2
        os._exit(7)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 7, status
    assert total(x) == 1_000_000.0
print("fine")
"""

POOL = """
import multiprocessing, sys
import numpy as np
from loops import total

def work(n):
    import loops
    return float(loops.total(np.ones(n)))

if __name__ == "__main__":
    assert total(np.ones(500_000)) == 500_000.0
    context = multiprocessing.get_context(sys.argv[1])
    with context.Pool(3) as pool:
        assert pool.map(work, range(300_000, 300_010)) == [float(n) for n in range(300_000, 300_010)]
    print("fine")
"""

THREADS = """
import threading
import numpy as np
from loops import total, smooth

wrong = []

def work(seed):
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 100, 200_000).astype(float)
    out, expected = np.zeros_like(x), np.zeros_like(x)
    expected[1:-1] = 0.25 * x[:-2] + 0.5 * x[1:-1] + 0.25 * x[2:]
    for _ in range(40):
        out[:] = 0.0
        smooth(x, out)
        if total(x) != x.sum() or not np.array_equal(out, expected):
            wrong.append(seed)

threads = [threading.Thread(target=work, args=(seed,)) for seed in range(6)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert not wrong, wrong
print("fine")
"""


def run(folder: Path, script: str, *arguments: str) -> list[dict[str, int]]:
    """Runs a script beside the module; it must print `fine`. Returns how the first process' kernels ran."""
    (folder / "loops.py").write_text(MODULE)
    path = folder / "script.py"
    path.write_text("import ferrokeet\nferrokeet.install('loops')\n" + script)
    environment = {**os.environ, "FERROKEET_STATS": str(folder / "stats.json"), "FERROKEET_NUM_THREADS": "3"}
    done = subprocess.run(
        [sys.executable, str(path), *arguments],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout == "fine\n", done.stderr
    assert "Warning" not in done.stderr, done.stderr
    kernels: list[dict[str, int]] = json.loads((folder / "stats.json").read_text())["kernels"]
    return kernels


def check(kernels: list[dict[str, int]]) -> None:
    """Native, every time."""
    assert any(kernel["fast"] for kernel in kernels), kernels
    assert all(kernel["careful"] == kernel["python"] == 0 for kernel in kernels), kernels


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_forked_children_get_threads_of_their_own(tmp_path: Path) -> None:
    check(run(tmp_path, FORK))


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_process_pools(tmp_path: Path, method: str) -> None:
    check(run(tmp_path, POOL, method))


def test_threads_that_call_at_once(tmp_path: Path) -> None:
    check(run(tmp_path, THREADS))
