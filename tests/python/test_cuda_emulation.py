"""Programs of the CPU's tests with `target(cuda)`: their kernels, compiled for the CPU and run through an emulated grid, against
CPython. `stats` tells that it was they that ran."""

import json
import os
import runpy
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import test_differential as differential
from harness import Arguments, Pair, sample

FERROKEET = os.environ.get("FERROKEET_BIN", Path(sys.executable).with_name("ferrokeet"))
COMPILER = os.environ.get("CXX", "c++")
NEEDS_COMPILER = pytest.mark.skipif(
    shutil.which(COMPILER) is None, reason=f"no C++ compiler: there is no `{COMPILER}`, which the emulated GPU takes"
)
pytestmark = NEEDS_COMPILER
MakePair = Callable[[str], "DevicePair"]


class DevicePair(Pair):
    """A pair whose parallel loops ask for a GPU."""

    def __init__(self, folder: Path, source: str):
        source = source.replace("# pragma simd", "# pragma parallel for simd")
        super().__init__(folder, source.replace("# pragma parallel for", "# pragma parallel for target(cuda)"))

    def call(
        self,
        function: str,
        arguments: Arguments,
        ulps: int = 0,
        ran: str | None = "fast",
        tolerance: float = 0.0,
        threads: Sequence[int] = (),
    ) -> Any:
        """As of a `Pair`; a launch that would be fast must have run on the device."""
        if ran == "fast":
            ran = "gpu"
        return super().call(function, arguments, ulps, ran, tolerance, threads)


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MakePair:
    """Makes a `DevicePair` from a module's source."""
    monkeypatch.setenv("FERROKEET_CUDA", "emulate")
    return lambda source: DevicePair(tmp_path, source)


@pytest.fixture
def both(pair: MakePair) -> DevicePair:
    """The functions of the CPU's tests."""
    return pair(differential.SOURCE)


@pytest.mark.parametrize("kind", ["uint8", "int32", "float32"])
def test_elementwise(both: DevicePair, kind: str) -> None:
    differential.test_elementwise(both, kind)


@pytest.mark.parametrize("kind", ["int8", "uint64", "float32", "float64"])
def test_division(both: DevicePair, kind: str) -> None:
    differential.test_division(both, kind)


@pytest.mark.parametrize("kind", ["int16", "uint64"])
def test_bits(both: DevicePair, kind: str) -> None:
    differential.test_bits(both, kind)


@pytest.mark.parametrize(
    "left, right", [("int8", "uint8"), ("int64", "float32"), ("uint64", "int32"), ("bool", "float64")]
)
def test_promotion(both: DevicePair, left: str, right: str) -> None:
    differential.test_promotion(both, left, right)


@pytest.mark.parametrize("kind", ["int64", "float32"])
def test_reductions(both: DevicePair, kind: str) -> None:
    differential.test_reductions(both, kind)


INTEGERS = """
def big(x, out, n):
    # pragma parallel for
    for i in range(n):
        out[i] = (i * 3 - 7) // (x[i] if x[i] > 0 else 5) + i ** 3 % 11

def checked(k, n):
    s = 0
    # pragma parallel for
    for i in range(n):
        s += k * i
    return s

def halves(a, out):
    # pragma parallel for
    for i in range(len(out)):
        out[i] = 10 / a[i]

def listed(x, k, out):
    # pragma parallel for
    for i in range(len(x)):
        w = []
        for d in range(3):
            w.append(x[d] + i)
        out[i] = w[k]

def tiled(a, b):
    # pragma sequential for target(cuda) tile(4, 8)
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            b[j] += a[i, j]

def picked(a, index, out):
    # pragma parallel for
    for i in range(a.shape[0]):
        total = 0.0
        for j in range(len(index)):
            total += a[i, index[j]]
        out[i] = total
"""


def test_python_ints_are_checked_and_exceptions_are_pythons(pair: MakePair) -> None:
    both = pair(INTEGERS)
    both.call("big", lambda: (sample("int64", (300,), 1), np.zeros(300, np.int64), 300), ran=None)
    both.call("checked", lambda: (3, 1000))
    both.call("checked", lambda: (2**38, 2**20), ran="python")
    both.call("halves", lambda: (np.arange(1, 90), np.zeros(89)))
    both.call("tiled", lambda: (sample("int64", (9, 20), 3) // 2, np.zeros(20, np.int64)))
    # A subscript that is in bounds because a test before it holds is not used where the test fails.
    for k, ran in ((1, "fast"), (3, "python"), (10**6, "python")):
        both.call("listed", lambda: (np.arange(5.0), k, np.zeros(5)), ran=ran)
    # What fits no Python int is no place from the end.
    far = np.array([1, 2**64 - 1], np.uint64)
    both.call("picked", lambda: (np.ones((5, 7)), far, np.zeros(5)), ran="python")
    # One thread of a team fails, and all go on together: teams of one thread, of a warp, of a block.
    for m in (7, 100, 1200):
        for wrong in (0, m):
            index = np.append(np.arange(m - 1), wrong)
            ran = "careful" if wrong else "fast"
            both.call("picked", lambda: (np.ones((5, m)) / 4, index, np.zeros(5)), ran=ran)


TOTAL = """
def total(x, s):
    # pragma parallel for
    for i in range(len(x)):
        s += x[i]
    return s
"""


def folded(parts: np.ndarray) -> np.ndarray:
    """What a warp makes of the last axis: 32 values that meet by halves."""
    for apart in (16, 8, 4, 2, 1):
        parts = parts[..., :apart] + parts[..., apart : 2 * apart]
    return parts[..., 0]


def in_order_of_the_grid(x: np.ndarray) -> float:
    """The sum in the one order that all GPUs keep: threads, warps, blocks, and these as neighbours."""
    block, blocks = 256, min(-(-len(x) // 256), 1024)
    padded = np.full(-(-len(x) // (block * blocks)) * block * blocks, -0.0)
    padded[: len(x)] = x
    threads = np.zeros(block * blocks) * -1.0
    for each in padded.reshape(-1, block * blocks):
        threads = threads + each
    warps = np.full((blocks, 32), -0.0)
    warps[:, : block // 32] = folded(threads.reshape(blocks, block // 32, 32))
    parts = list(folded(warps))
    while len(parts) > 1:
        parts = [sum(parts[at + 1 : at + 2], parts[at]) for at in range(0, len(parts), 2)]
    return float(parts[0])


def test_the_order_of_a_sum_is_fixed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where rounding tells one order from another: the bits are those of the order that the reference says."""
    monkeypatch.setenv("FERROKEET_CUDA", "emulate")
    both = DevicePair(tmp_path, TOTAL)
    for n in (1, 31, 257, 5 * 256, 11 * 256 + 3, 300_000):
        x = np.random.default_rng(n).standard_normal(n)
        found = both.native.total(x, np.float64(0.0))
        assert found == in_order_of_the_grid(x), n


NESTS = """
import math
import numpy as np

def transpose(a, b):
    # pragma parallel for collapse(2)
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            b[j, i] = a[i, j] * 2.0

def stencil(a, b, steps):
    # pragma sequential for target(cuda)
    for t in range(steps):
        # pragma parallel for
        for i in range(1, a.shape[0] - 1):
            for j in range(1, a.shape[1] - 1):
                b[i, j] = 0.25 * (a[i - 1, j] + a[i + 1, j] + a[i, j - 1] + a[i, j + 1])
        # pragma parallel for
        for i in range(1, a.shape[0] - 1):
            for j in range(1, a.shape[1] - 1):
                a[i, j] = b[i, j]

def cube(a, b):
    # pragma parallel for
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            for k in range(a.shape[2] - 1, -1, -2):
                b[i, j, k] = a[i, j, k] - b[i, j, -1 - k]

def gather(index, x, out):
    # pragma parallel for
    for i in range(len(index)):
        out[i] = x[index[i]]

def histogram(x, h):
    # pragma parallel for
    for i in range(len(x)):
        h[x[i] % len(h)] += 2

def rows(start, x, out):
    # pragma parallel for
    for i in range(len(out)):
        total = 0.0
        for k in range(start[i], start[i + 1]):
            if x[k] < 0:
                continue
            if k - start[i] > 5:
                break
            total += x[k]
        out[i] = total

def local(x, out):
    # pragma parallel for
    for i in range(len(out)):
        w = np.zeros(3)
        for k in range(3):
            w[k] = x[i] * k
        out[i] = w[0] + w[1] * w[2]

def last(x):
    v = 0.0
    # pragma parallel for
    for i in range(len(x)):
        v = x[i] * 2.0
    return v, i

def functions(x, out):
    # pragma parallel for
    for i in range(len(out)):
        out[i] = math.sqrt(abs(x[i])) + np.floor(x[i]) * np.sign(x[i]) + np.where(x[i] > 0.5, 1.5, x[i]) % 0.75

def outer(a, b, c):
    # pragma parallel target(cuda)
    c[:, :] = a[:, None] * b[None, :] + 1.0
"""


CALLS = """
if __name__ == "__main__":
    def grid(*shape):
        return np.random.default_rng(sum(shape)).standard_normal(shape)
    def show(*results):
        for result in results:
            print(result.tobytes().hex() if isinstance(result, np.ndarray) else result)
    for n, m in [(1, 1), (3, 70), (65, 33)]:
        a, b = grid(n, m), np.zeros((m, n)); transpose(a, b); show(b)
        transpose(a[::-1, ::-1], b.T[::-1].T); show(b)
        a, b = grid(n + 2, m + 2), np.zeros((n + 2, m + 2)); stencil(a, b, 3); show(a, b)
        a, b = grid(n, 5, m), grid(n, 5, m); cube(a, b); show(b)
        c = np.zeros((n, m)); outer(grid(n), grid(m), c); show(c)
    x = grid(500); index = np.arange(500)[::-1] - 250; out = np.zeros(500)
    gather(index, x, out); show(out)
    for kind in ["int32", "uint64"]:
        h = np.zeros(7, kind); histogram(np.arange(5000), h); show(h)
    start = np.minimum(np.arange(81) * 6, 500); sums = np.zeros(80); rows(start, x, sums); show(sums)
    local(x, out); show(out)
    functions(x, out); show(out)
    show(*last(x))
    index[123] = 500
    try:
        gather(index, x, out)
    except IndexError as error:
        show(str(error), out)
"""


def run_nests(folder: Path, variables: dict[str, str]) -> None:
    """Runs the nests as Python and, with these variables in the environment, on a device; compares, and asserts that they ran there."""
    script, stats = folder / "program.py", folder / "stats.json"
    script.write_text(NESTS.replace("# pragma parallel for", "# pragma parallel for target(cuda)") + CALLS)
    plain = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    environment = {**os.environ, "FERROKEET_OPT_LEVEL": "0", **variables}
    command = [str(FERROKEET), "run", "--stats", str(stats), str(script)]
    native = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    assert native.stdout == plain.stdout
    assert native.stderr == ""
    kernels = json.loads(stats.read_text())["kernels"]
    on_device = {kernel["name"].rsplit("_", 1)[0] for kernel in kernels if kernel["gpu"]}
    assert on_device == {
        "transpose",
        "stencil",
        "cube",
        "outer",
        "gather",
        "histogram",
        "rows",
        "local",
        "functions",
        "last",
    }
    ways = {way: sum(kernel[way] for kernel in kernels) for way in ("fast", "careful", "python")}
    # The one subscript that is out of bounds.
    assert ways == {"fast": 0, "careful": 1, "python": 0}, kernels


@pytest.mark.parametrize("block", ["32", "1024"])
def test_nests(tmp_path: Path, block: str) -> None:
    """In processes of their own: a process reads the size of a block once."""
    run_nests(tmp_path, {"FERROKEET_CUDA": "emulate", "FERROKEET_CUDA_BLOCK": block})


def run_emulated(script: Path, folder: Path, block: int) -> tuple[str, list[dict[str, Any]]]:
    """What a script prints whose kernels run on an emulated device, with checks of what they do unchecked; and its kernels."""
    stats = folder / "stats.json"
    settings = {"FERROKEET_CUDA": "emulate", "FERROKEET_CUDA_BLOCK": str(block), "FERROKEET_OPT_LEVEL": "0"}
    command = [str(FERROKEET), "run", "--stats", str(stats), str(script)]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **settings}, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    kernels: list[dict[str, Any]] = json.loads(stats.read_text())["kernels"]
    return done.stdout, kernels


def on_both(script: Path, folder: Path) -> Iterator[tuple[str, list[str], list[dict[str, Any]]]]:
    """How a script's kernels should run, the lines that it prints, and its kernels: on the CPU, then on an emulated device."""
    for mode, way in (("off", "fast"), ("emulate", "gpu")):
        stats = folder / f"{mode}.json"
        command = [str(FERROKEET), "run", "--stats", str(stats), str(script)]
        environment = {**os.environ, "FERROKEET_CUDA": mode, "FERROKEET_OPT_LEVEL": "0"}
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
        yield way, done.stdout.splitlines(), json.loads(stats.read_text())["kernels"]


def test_collecting_local_arrays_lanes_and_single_threads(tmp_path: Path) -> None:
    """Reductions in which the iteration matters, collections in arrays, arrays of a thread's own, warps that share a loop, and
    what stands between loops: all on the device, and the same bits for all sizes of blocks."""
    script = Path(__file__).with_name("cuda_program.py")
    plain = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True).stdout
    for block in (32, 128):
        printed, kernels = run_emulated(script, tmp_path, block)
        assert printed == plain, f"with blocks of {block} threads"
        assert {(kernel["careful"], kernel["python"]) for kernel in kernels} == {(0, 0)}
        # The processor takes loops without iterations, and the one whose `if` is false.
        assert all(kernel["gpu"] for kernel in kernels), kernels


EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
SIZES = {
    "black_scholes": 600,
    "convolution": 20,
    "gemm": 9,
    "heat_3d": 7,
    "histogram": 30,
    "jacobi_2d": 8,
    "kmeans": 300,
    "life": 12,
    "lorenz": 9,
    "mandelbrot": 12,
    "monte_carlo_pi": 9,
    "nbody": 9,
    "pairwise": 20,
    "spmv": 300,
}
RUN_EXAMPLES = """
import contextlib, io, sys
from pathlib import Path
for name, size in {sizes!r}.items():
    sys.argv[1:] = [str(size)]
    path = str(Path(__file__).with_name(name + ".py"))
    with contextlib.redirect_stderr(io.StringIO()):
        if "ferrokeet" in sys.modules:
            __import__(name).main()
        else:
            scope = {{"__name__": name}}
            exec(compile(Path(path).read_text(), path, "exec"), scope)
            scope["main"]()
"""


def test_examples(tmp_path: Path) -> None:
    """Every example agrees with CPython, and all regions but one run on the device."""
    agree = runpy.run_path(str(EXAMPLES / "compare.py"))["agree"]
    assert set(SIZES) == {path.stem for path in EXAMPLES.glob("*.py")} - {"compare"}
    for name in SIZES:
        source = (EXAMPLES / f"{name}.py").read_text()
        source = source.replace("# pragma parallel for", "# pragma parallel for target(cuda)")
        (tmp_path / f"{name}.py").write_text(source)
    script = tmp_path / "all_examples.py"
    script.write_text(RUN_EXAMPLES.format(sizes=SIZES))
    plain = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True).stdout
    for block in (64, 1024):
        printed, kernels = run_emulated(script, tmp_path, block)
        assert agree(plain, printed), f"with blocks of {block} threads:\n{plain}\n{printed}"
        assert {kernel["python"] for kernel in kernels} == {0}
        # The total's type depends on the data: a Python float or NumPy's.
        assert all(kernel["gpu"] for kernel in kernels), kernels
        assert len({kernel["filename"] for kernel in kernels}) == len(SIZES)


def test_kernels_built_ahead_are_emulated_from_their_source(tmp_path: Path) -> None:
    """Without what compiles them, the processor has them, and the note says why."""
    script, stats = tmp_path / "program.py", tmp_path / "stats.json"
    script.write_text(
        "import numpy as np\n\n\ndef twice(x: 'f64[:]'):\n    # pragma parallel for target(cuda)\n    for i in range(len(x)):\n"
        "        x[i] *= 2.0\n\n\nx = np.arange(9.0)\ntwice(x)\nprint(x.sum())\n"
    )
    built = tmp_path / "built"
    environment = {**os.environ, "FERROKEET_OPT_LEVEL": "0", "FERROKEET_STATS": str(stats)}
    command = [str(FERROKEET), "build", str(script), "-o", str(built)]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    environment["FERROKEET_CUDA"] = "emulate"
    for compiler, way, notes in ((COMPILER, "gpu", 0), ("no-such-compiler", "fast", 1)):
        command = [sys.executable, str(built / "program.py")]
        settings = {**environment, "CXX": compiler}
        if notes:
            settings["FERROKEET_CACHE_DIR"] = str(tmp_path / compiler)
        done = subprocess.run(command, capture_output=True, text=True, env=settings)
        assert (done.returncode, done.stdout) == (0, "72.0\n"), done.stderr
        assert done.stderr.count("runs on the CPU") == notes, done.stderr
        assert [kernel[way] for kernel in json.loads(stats.read_text())["kernels"]] == [1]


def test_without_a_device_the_cpu_runs_and_says_so_once(tmp_path: Path) -> None:
    script = tmp_path / "program.py"
    script.write_text(
        "import numpy as np\n\n\ndef twice(x):\n    # pragma parallel for target(cuda)\n    for i in range(len(x)):\n"
        "        x[i] *= 2.0\n    # pragma parallel for target(auto)\n    for i in range(len(x)):\n        x[i] += 1.0\n\n\n"
        "x = np.arange(9.0)\ntwice(x)\ntwice(x)\nprint(x.sum())\n"
    )
    environment = {**os.environ, "FERROKEET_CUDA": "off"}
    stats = tmp_path / "stats.json"
    command = [str(FERROKEET), "run", "--stats", str(stats), str(script)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stdout) == (0, "171.0\n")
    assert done.stderr.count("runs on the CPU") == 1
    kernels = json.loads(stats.read_text())["kernels"]
    assert [(kernel["fast"], kernel["gpu"]) for kernel in kernels] == [(2, 0), (2, 0)]


def test_buffers_change_places(pair: MakePair) -> None:
    program = pair(
        """
        def heat(u, v, steps):
            a = u
            # pragma sequential for
            for t in range(steps):
                # pragma parallel for
                for i in range(1, len(u) - 1):
                    v[i] = u[i] + 0.25 * (u[i - 1] - 2 * u[i] + u[i + 1])
                u, v = v, u
            return u, v, u is a
        """
    )
    for steps in (1, 2, 3):
        program.call("heat", lambda steps=steps: (np.arange(9.0) ** 2, np.zeros(9), steps))
