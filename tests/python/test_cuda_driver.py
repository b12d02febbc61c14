"""The way to a GPU through NVIDIA's driver, with a fake driver and a fake NVRTC (`tests/fake_cuda`): kernels run, memory is copied,
and whatever fails there, the CPU gives the answer, with one note and exit code 0."""

import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from libraries import compiled, nowhere
from test_cuda_emulation import run_nests

ROOT = Path(__file__).resolve().parents[2]
FERROKEET = str(os.environ.get("FERROKEET_BIN", Path(sys.executable).with_name("ferrokeet")))
pytestmark = pytest.mark.skipif(
    not (shutil.which("cc") and shutil.which(os.environ.get("CXX", "c++"))),
    reason="no C++ compiler: the fake GPU takes `cc` and `c++`",
)

KERNELS = """
def twice(x: "f64[:]"):
    # pragma parallel for target(cuda)
    for i in range(len(x)):
        x[i] *= 2.0

def total(x: "f64[:]"):
    s = 0.0
    # pragma parallel for target(cuda)
    for i in range(len(x)):
        s += x[i]
    return s
"""
PROGRAM = """
import numpy as np
from kernels import total, twice
x = np.arange(1000.0)
twice(x)
print(x.sum())
twice(x)
print(total(x), total(x))
"""
ANSWER = "999000.0\n1998000.0 1998000.0\n"
NOTE = "this loop asks for a GPU and runs on the CPU: "


# Runs the program once for each of the given environments, each time in a process forked before anything looked for a GPU.
FORKING = """
import json, os, runpy, sys
import ferrokeet, numpy
for number, variables in enumerate(json.loads(sys.argv[1])):
    if not (child := os.fork()):
        os.environ.update(variables, FERROKEET_STATS=f"{number}.json", FAKE_CUDA_LOG=f"{number}.log")
        for descriptor, name in ((1, "out"), (2, "err")):
            os.dup2(os.open(f"{number}.{name}", os.O_WRONLY | os.O_CREAT), descriptor)
        runpy.run_path("program.py", run_name="__main__")
        sys.exit(0)
    with open(f"{number}.code", "w") as code:
        code.write(str(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])))
"""


class Ran:
    """What a run of a program said, how its kernels ran, and what the fake driver counted."""

    def __init__(self, code: int, out: str, err: str, stats: Path, log: Path):
        self.code, self.out, self.err = code, out, err
        self.kernels: list[dict[str, Any]] = json.loads(stats.read_text())["kernels"] if stats.exists() else []
        self.lines = log.read_text().splitlines() if log.exists() else []
        self.calls = {
            name: int(count) for name, count in (line.rsplit(" ", 1) for line in self.lines) if count.isdecimal()
        }

    @staticmethod
    def of(folder: Path, command: list[str], variables: dict[str, str]) -> "Ran":
        """Runs a command."""
        stats, log = folder / "stats.json", folder / "driver.log"
        for path in (stats, log):
            path.unlink(missing_ok=True)
        environment = {**os.environ, "FERROKEET_STATS": str(stats), "FAKE_CUDA_LOG": str(log), **variables}
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
        return Ran(done.returncode, done.stdout, done.stderr, stats, log)

    def ways(self) -> dict[str, int]:
        """How many launches ran in each way."""
        ways = ("fast", "careful", "gpu", "python")
        return {way: count for way in ways if (count := sum(kernel[way] for kernel in self.kernels))}

    def notes(self) -> list[str]:
        """What the user was told of loops that a GPU should have run."""
        assert self.err.count("FerrokeetWarning") == self.err.count(NOTE), self.err
        return [line.split(NOTE)[1] for line in self.err.splitlines() if NOTE in line]

    def went_well(self) -> None:
        """Asserts the answer, and that nothing was asked of the device in a forked process."""
        assert (self.code, self.out) == (0, ANSWER), self.err
        assert not [line for line in self.lines if "forked" in line]


class FakeGpu:
    """The fakes, compiled, and a folder with kernels that were built for them."""

    def __init__(self, folder: Path):
        self.libraries = folder / "libraries"
        self.variables = compiled(self.libraries)
        self.sources, self.built = folder / "sources", folder / "built"
        self.sources.mkdir()
        (self.sources / "kernels.py").write_text(KERNELS)
        done = self.build(self.built, "--cuda-arch", "sm_80,90")
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        (self.built / "program.py").write_text(PROGRAM)

    def build(self, out: Path, *options: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """`ferrokeet build` of the kernels."""
        command = [
            FERROKEET,
            "build",
            str(self.sources / "kernels.py"),
            "-o",
            str(out),
            "--target-cpu",
            "native",
            *options,
        ]
        return subprocess.run(
            command, env={**os.environ, **self.variables, **variables}, capture_output=True, text=True, timeout=120
        )

    def nowhere(self) -> dict[str, str]:
        """The environment of a machine with neither Rust nor NVRTC nor the command."""
        return nowhere(self.variables)

    def run(self, script: str = "program.py", **variables: str) -> Ran:
        """Runs what was built, there."""
        return Ran.of(self.built, [sys.executable, script], {**self.nowhere(), **variables})

    def run_in(self, environments: list[dict[str, str]]) -> list[Ran]:
        """Runs the program there, once in each environment."""
        (self.built / "forking.py").write_text(FORKING)
        command = [sys.executable, "forking.py", json.dumps(environments)]
        subprocess.run(command, cwd=self.built, env={**os.environ, **self.nowhere()}, timeout=120, check=True)

        def text(name: str) -> str:
            return (self.built / name).read_text()

        numbers = range(len(environments))
        outcomes = [(int(text(f"{number}.code")), text(f"{number}.out"), text(f"{number}.err")) for number in numbers]
        places = [(self.built / f"{number}.json", self.built / f"{number}.log") for number in numbers]
        return [Ran(*outcome, *place) for outcome, place in zip(outcomes, places, strict=True)]

    def run_source(self, folder: Path, text: str, **variables: str) -> Ran:
        """Runs a program that nobody has built."""
        (folder / "script.py").write_text(text)
        return Ran.of(folder, [FERROKEET, "run", "script.py"], {**self.variables, **variables})


@pytest.fixture(scope="module")
def fake(tmp_path_factory: pytest.TempPathFactory) -> FakeGpu:
    return FakeGpu(tmp_path_factory.mktemp("fake"))


def test_nests_through_the_driver(fake: FakeGpu, tmp_path: Path) -> None:
    run_nests(tmp_path, {**fake.variables, "FAKE_CUDA_LOG": str(tmp_path / "log")})
    log = (tmp_path / "log").read_text()
    assert "forked" not in log
    # What the GPU gave is used again.
    calls = {line.split()[0]: int(line.split()[1]) for line in log.splitlines()}
    assert calls["left"] == calls["cuMemAlloc_v2"] < calls["cuLaunchKernel"]


# Pieces of memory that are used again and again: an array, a word that tells of failures, contributions of blocks.
POOLED = 3

# What the environment says; what the user is told, in part; how the four launches ran.
FAILURES: list[tuple[dict[str, str], str, dict[str, int]]] = [
    # Nothing to begin with.
    (
        {"FAKE_CUDA_VERSION": "10020"},
        "the CUDA driver is too old: it knows CUDA 10.2, and CUDA 11.0 is needed",
        {"fast": 4},
    ),
    (
        {"FAKE_CUDA_DEVICES": "0"},
        "the CUDA driver cannot start (CUDA_ERROR_NO_DEVICE): there is no NVIDIA GPU",
        {"fast": 4},
    ),
    ({"FAKE_CUDA_FAIL": "cuInit:1=804"}, "cannot start (CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE)", {"fast": 4}),
    (
        {"FAKE_CUDA_FAIL": "cuDevicePrimaryCtxRetain:1=2"},
        "cannot open the device (CUDA_ERROR_OUT_OF_MEMORY)",
        {"fast": 4},
    ),
    (
        {"FERROKEET_CUDA_DEVICE": "3"},
        "FERROKEET_CUDA_DEVICE is 3, and the CUDA driver knows 1 device(s), from 0 on",
        {"fast": 4},
    ),
    ({"FERROKEET_CUDA_DEVICE": "x"}, "FERROKEET_CUDA_DEVICE is `x`, which is no number of a device", {"fast": 4}),
    ({"FERROKEET_CUDA": "off"}, "FERROKEET_CUDA is `off`", {"fast": 4}),
    # No code for it.
    (
        {"FAKE_CUDA_ARCH": "75"},
        "built for compute_80, sm_80, sm_90, and the GPU Fake GPU 0 is sm_75: `ferrokeet build",
        {"fast": 4},
    ),
    (
        {"FAKE_CUDA_VERSION": "11080", "FAKE_CUDA_ARCH": "100"},
        "the CUDA driver is too old for its kernels (CUDA_ERROR_UNSUPPORTED_PTX_VERSION): it knows CUDA 11.8; install a newer",
        {"fast": 4},
    ),
    # No memory.
    ({"FAKE_CUDA_MEMORY": "8447"}, "no room is left in the memory of the GPU (Fake GPU 0, 8.2 KiB)", {"fast": 4}),
    (
        {"FAKE_CUDA_FAIL": "cuMemAlloc_v2:1=2,cuMemAlloc_v2:2=2"},
        "no room is left in the memory of the GPU (Fake GPU 0, 1.0 GiB)",
        {"fast": 1, "gpu": 3},
    ),
    (
        {"FAKE_CUDA_MEMORY": "8191"},
        "an array of 8.0 KiB is larger than the memory of the GPU (Fake GPU 0, 8.0 KiB)",
        {"fast": 4},
    ),
    (
        {"FERROKEET_DEVICE_MEMORY": "8000"},
        "another 8.0 KiB would exceed the 7.8 KiB of the GPU's memory that FERROKEET_DEVICE_MEMORY allows",
        {"fast": 4},
    ),
    # A launch that is refused, and kernels and copies that break the context: the device is not asked again.
    (
        {"FAKE_CUDA_FAIL": "cuMemAlloc_v2:2=2,cuMemAlloc_v2:3=2,cuMemAlloc_v2:4=2"},
        "no room is left in the memory of the GPU (Fake GPU 0, 1.0 GiB)",
        {"fast": 1, "gpu": 3},
    ),
    (
        {"FAKE_CUDA_FAIL": "cuLaunchKernel:1=701"},
        "launching a kernel failed on the GPU Fake GPU 0 (CUDA_ERROR_LAUNCH_OUT",
        {"fast": 1, "gpu": 3},
    ),
    (
        {"FAKE_CUDA_FAIL": "kernel:2=719"},
        "a kernel failed on the GPU Fake GPU 0 (CUDA_ERROR_LAUNCH_FAILED), which is not used again in this process",
        {"fast": 3, "gpu": 1},
    ),
    (
        {"FAKE_CUDA_FAIL": "cuMemcpyHtoDAsync_v2:3=700"},
        "copying to the device failed on the GPU Fake GPU 0 (CUDA_ERROR_ILLEGAL",
        {"fast": 2, "gpu": 2},
    ),
]


# Machine code of an earlier GPU of the generation, of the GPU itself, and PTX.
FITTING = [{"FAKE_CUDA_ARCH": architecture} for architecture in ("86", "90", "100")]
TURNED_OFF = {"FERROKEET_DISABLE": "1"}
# Memory is there when it is asked for again.
SECOND = {"FAKE_CUDA_FAIL": "cuMemAlloc_v2:1=2"}


@pytest.fixture(scope="module")
def runs(fake: FakeGpu) -> dict[str, Ran]:
    """The program in all these environments."""
    environments = [variables for variables, _, _ in FAILURES] + FITTING + [TURNED_OFF, SECOND]
    return dict(zip(map(str, environments), fake.run_in(environments), strict=True))


@pytest.mark.parametrize("variables", FITTING, ids=str)
def test_built_kernels_run_without_compilers(runs: dict[str, Ran], variables: dict[str, str]) -> None:
    ran = runs[str(variables)]
    ran.went_well()
    assert ran.err == ""
    assert ran.ways() == {"gpu": 4}
    assert [kernel["reasons"] for kernel in ran.kernels] == [[], []]
    assert ran.calls["cuLaunchKernel"] == 4
    assert ran.calls["cuModuleLoadData"] == 2
    # The array there, and back where it was changed; of each launch what it found, and no more.
    assert (ran.calls["cuMemcpyHtoDAsync_v2"], ran.calls["cuMemcpyDtoHAsync_v2"]) == (4, 6)
    assert ran.calls["left"] == ran.calls["cuMemAlloc_v2"] == POOLED
    assert ran.calls["cuCtxPushCurrent_v2"] == ran.calls["cuCtxPopCurrent_v2"]


@pytest.mark.parametrize(
    "variables, note, ways", FAILURES, ids=["-".join(variables.values()) for variables, _, _ in FAILURES]
)
def test_what_fails_runs_on_the_cpu_and_is_told_once(
    runs: dict[str, Ran], variables: dict[str, str], note: str, ways: dict[str, int]
) -> None:
    ran = runs[str(variables)]
    ran.went_well()
    (told,) = ran.notes()
    assert note in told
    assert ran.ways() == ways
    reasons = [reason for kernel in ran.kernels for reason in kernel["reasons"]]
    assert reasons
    assert all(reason.startswith("on the CPU: ") for reason in reasons)
    assert note in reasons[0]
    if "not used again" in told:
        # Nothing was asked of it after the failure.
        name, count = ("cuLaunchKernel", 2) if "kernel" in variables["FAKE_CUDA_FAIL"] else ("cuMemcpyHtoDAsync_v2", 3)
        assert ran.calls[name] == count
    else:
        assert ran.calls.get("left", 0) <= POOLED


def test_memory_is_asked_for_again(runs: dict[str, Ran]) -> None:
    ran = runs[str(SECOND)]
    ran.went_well()
    assert (ran.err, ran.ways()) == ("", {"gpu": 4})


def test_turned_off_nothing_is_called(runs: dict[str, Ran]) -> None:
    ran = runs[str(TURNED_OFF)]
    ran.went_well()
    assert (ran.err, ran.lines, ran.kernels) == ("", [], [])


def test_a_library_that_is_no_driver(fake: FakeGpu, tmp_path: Path) -> None:
    (tmp_path / "empty.c").write_text("int cuInit(unsigned flags) { return (int)flags; }\n")
    subprocess.run(["cc", "-shared", "-o", "libcuda.so", "empty.c"], cwd=tmp_path, check=True)
    ran = fake.run(LD_LIBRARY_PATH=str(tmp_path))
    ran.went_well()
    (told,) = ran.notes()
    assert told == "the library of the CUDA driver has no cuDriverGetVersion: it is too old, or not NVIDIA's"


FORKS = """
import os
import numpy as np
from kernels import total, twice
x = np.arange(1000.0)
twice(x)
print(x.sum(), flush=True)
child = os.fork()
twice(x)
if not child:
    total(x)
    os._exit(0 if x.sum() == total(x) == 1998000.0 else 1)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
print(total(x), total(x))
"""


def test_a_forked_process_runs_on_the_cpu(fake: FakeGpu) -> None:
    (fake.built / "forks.py").write_text(FORKS)
    ran = fake.run("forks.py")
    ran.went_well()
    # The parent's launches; the child's one note.
    assert ran.ways() == {"gpu": 4}
    (told,) = ran.notes()
    assert told.startswith("this process was forked from one that used the GPU")
    assert ran.calls["left"] == ran.calls["cuMemAlloc_v2"] == POOLED


STEADY = """
import numpy as np


def relax(u, v, limit, steps):
    change = np.float64(0.0)
    # pragma sequential for target(cuda)
    for t in range(steps):
        change = np.float64(0.0)
        # pragma parallel for
        for i in range(1, len(u) - 1):
            v[i] = 0.5 * (u[i - 1] + u[i + 1])
            change = max(change, abs(v[i] - u[i]))
        # pragma parallel for
        for i in range(1, len(u) - 1):
            u[i] = v[i]
        if change < limit:
            break
    return change


u = np.arange(100.0) ** 2
print(relax(u, u.copy(), 1e-9, 40), u.sum())
"""


def test_a_steady_loop_copies_what_its_reductions_find(fake: FakeGpu, tmp_path: Path) -> None:
    ran = fake.run_source(tmp_path, STEADY)
    plain = subprocess.run([sys.executable, "-c", STEADY], capture_output=True, text=True, check=True)
    assert (ran.code, ran.err, ran.out, ran.ways()) == (0, "", plain.stdout, {"gpu": 1})
    assert ran.calls["cuLaunchKernel"] == 80
    # One number a step; the two arrays, and at last whether all went well.
    assert (ran.calls["cuMemcpyHtoDAsync_v2"], ran.calls["cuMemcpyDtoHAsync_v2"]) == (2, 43)
    assert ran.calls["cuMemAlloc_v2"] < 8


LARGE = """
import numpy as np


def few(x, n):
    # pragma parallel for target(cuda)
    for i in range(n):
        x[i * 10007] += 1.0


for length in (1_310_711, 1_048_576, 131_072, 131_071):
    x = np.random.default_rng(length).standard_normal(length)
    before = x.copy()
    few(x, length // 10007)
    print(length, np.flatnonzero(x != before).tolist() == list(range(0, length // 10007 * 10007, 10007)), x.sum() - before.sum())
"""


def test_large_arrays_are_staged(fake: FakeGpu, tmp_path: Path) -> None:
    """In pieces, through two pinned buffers; without them as a whole."""
    plain = subprocess.run([sys.executable, "-c", LARGE], capture_output=True, text=True, check=True)
    for failing, copies in (("cuLaunchKernel:99=2", 3 + 2 + 1 + 1), ("cuMemHostAlloc:2=2", 4)):
        ran = fake.run_source(tmp_path, LARGE, FAKE_CUDA_FAIL=failing)
        assert (ran.code, ran.err, ran.out, ran.ways()) == (0, "", plain.stdout, {"gpu": 4})
        # There, and back with what the kernel tells.
        assert (ran.calls["cuMemcpyHtoDAsync_v2"], ran.calls["cuMemcpyDtoHAsync_v2"]) == (copies, copies + 4)


THREADS = """
from concurrent.futures import ThreadPoolExecutor
import numpy as np
from kernels import total, twice
def work(number):
    x = np.full(100 + number, float(number))
    for _ in range(5):
        twice(x)
    return total(x) == 32.0 * number * len(x)
with ThreadPoolExecutor(4) as pool:
    assert all(pool.map(work, range(12)))
"""


def test_threads_share_the_gpu(fake: FakeGpu) -> None:
    (fake.built / "threads.py").write_text(THREADS)
    ran = fake.run("threads.py")
    assert (ran.code, ran.err, ran.ways()) == (0, "", {"gpu": 72})
    assert ran.calls["left"] == ran.calls["cuMemAlloc_v2"] <= 4 * POOLED


def test_a_killed_process_leaves_nothing_behind(fake: FakeGpu) -> None:
    environment = {**os.environ, **fake.variables, "FAKE_CUDA_SLOW": "60"}
    process = subprocess.Popen([sys.executable, "program.py"], cwd=fake.built, env=environment, start_new_session=True)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    # Until the kernel runs, in a process of its own.
    while not children.read_text():
        time.sleep(0.02)
        assert process.poll() is None
    os.killpg(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    ran = fake.run()
    ran.went_well()
    assert ran.ways() == {"gpu": 4}


SCRIPT = KERNELS.replace(': "f64[:]"', "") + PROGRAM.replace("from kernels import total, twice\n", "")


def test_first_launches_compile(fake: FakeGpu, tmp_path: Path) -> None:
    ran = fake.run_source(tmp_path, SCRIPT)
    ran.went_well()
    assert (ran.err, ran.ways()) == ("", {"gpu": 4})
    # The second time, nothing is compiled: the cache has the code, too.
    ran = fake.run_source(tmp_path, SCRIPT, CXX="false")
    assert (ran.err, ran.ways()) == ("", {"gpu": 4})
    assert all(kernel["cached"] for kernel in ran.kernels)
    # A GPU that the compiler does not know yet.
    ran = fake.run_source(tmp_path, SCRIPT, FAKE_CUDA_ARCH="120")
    ran.went_well()
    assert (ran.err, ran.ways()) == ("", {"gpu": 4})


@pytest.mark.parametrize(
    "variables, note",
    [
        ({"FERROKEET_NVRTC": "/nonexistent/libnvrtc.so"}, "`pip install nvidia-cuda-nvrtc-cu12` installs it"),
        ({"FERROKEET_NVRTC": str(ROOT / "README.md")}, "README.md cannot be loaded"),
        ({"FAKE_CUDA_ARCH": "60"}, "NVRTC 12.9 does not compile for this GPU, sm_60: an older one does"),
        (
            {"FAKE_CUDA_ARCH": "86", "CXX": "false"},
            "NVRTC failed (NVRTC_ERROR_COMPILATION); the generated source is kept in ",
        ),
        (
            {"FAKE_CUDA_ARCH": "87", "FAKE_NVRTC_CRASHES": "1"},
            "its kernels for a GPU were not compiled: the translator failed",
        ),
    ],
    ids=["no-nvrtc", "no-library", "old-gpu", "compilation", "crash"],
)
def test_what_cannot_be_compiled_runs_on_the_cpu(
    fake: FakeGpu, tmp_path: Path, variables: dict[str, str], note: str
) -> None:
    ran = fake.run_source(tmp_path, SCRIPT, **variables)
    ran.went_well()
    assert ran.ways() == {"fast": 4}
    told = ran.notes()
    # The kept source is named, so that there is a note for each kernel.
    assert len(told) == (2 if "CXX" in variables else 1)
    assert note in told[0]


def test_build_for_real(fake: FakeGpu, tmp_path: Path) -> None:
    """With NVIDIA's compiler: code for every generation that it knows, and PTX of the first."""
    assert find_spec("nvidia.cuda_nvrtc") is not None, "`pip install nvidia-cuda-nvrtc-cu12`"
    done = fake.build(tmp_path, FERROKEET_NVRTC="", LD_LIBRARY_PATH="")
    assert (done.returncode, done.stderr) == (0, "")
    kernels = json.loads((tmp_path / "kernels.fk.json").read_text())["kernels"]
    for kernel in kernels.values():
        images = {
            image["architecture"]: (tmp_path / image["path"]).read_bytes() for image in kernel["device"]["images"]
        }
        assert list(images) == ["compute_75", "sm_75", "sm_80", "sm_90", "sm_100", "sm_120"]
        assert b".target sm_75" in images.pop("compute_75")
        for code in images.values():
            # An ELF file for CUDA.
            assert (code[:4], code[18]) == (b"\x7fELF", 190)
    # The same loops here, where there is no such GPU.
    (tmp_path / "program.py").write_text(PROGRAM)
    ran = Ran.of(tmp_path, [sys.executable, "program.py"], {"FERROKEET_CUDA": "off", "FERROKEET_BIN": "/nonexistent"})
    ran.went_well()
    assert ran.ways() == {"fast": 4}


def test_build_without_nvrtc(fake: FakeGpu, tmp_path: Path) -> None:
    done = fake.build(tmp_path, FERROKEET_NVRTC="/nonexistent")
    assert done.returncode == 0
    (note,) = done.stderr.splitlines()
    assert note.startswith("note: loops that ask for a GPU are built for the CPU only: ")
    assert "`pip install nvidia-cuda-nvrtc-cu12`" in note
    (tmp_path / "program.py").write_text(PROGRAM)
    ran = Ran.of(tmp_path, [sys.executable, "program.py"], {**fake.variables, "FERROKEET_BIN": "/nonexistent"})
    ran.went_well()
    (told,) = ran.notes()
    assert told.startswith("it was built without NVRTC")
    assert ran.ways() == {"fast": 4}
    asked = fake.build(tmp_path, "--cuda-arch", "sm_90", FERROKEET_NVRTC="/nonexistent")
    assert asked.returncode == 1
    assert "`pip install nvidia-cuda-nvrtc-cu12`" in asked.stderr
    unknown = fake.build(tmp_path, "--cuda-arch", "sm_80,sm_999")
    assert unknown.returncode == 2
    assert unknown.stderr == (
        "error: --cuda-arch: `sm_999` is nothing that NVRTC 12.9 compiles for; there are sm_75, sm_80, sm_86, sm_90, sm_100\n"
    )


def test_doctor(fake: FakeGpu) -> None:
    environment = {**os.environ, **fake.variables, "FERROKEET_NVRTC": "/nonexistent"}
    done = subprocess.run([FERROKEET, "doctor"], env=environment, capture_output=True, text=True)
    lines = {line.split()[1]: line for line in done.stdout.splitlines()}
    assert lines["gpu"].endswith("Fake GPU 0 (sm_90, 1.0 GiB), driver of CUDA 12.4")
    assert "none: /nonexistent cannot be loaded" in lines["nvrtc"]
    assert lines["nvrtc"].endswith(
        "`pip install nvidia-cuda-nvrtc-cu12` installs it, or FERROKEET_NVRTC names one; loops that ask for a GPU run on the CPU"
    )
    assert done.returncode == 0, done.stdout


def test_the_fake_driver_is_strict(fake: FakeGpu) -> None:
    """What it would let pass, these tests would not find."""
    driver = ctypes.CDLL(str(fake.libraries / "libcuda.so.1"))
    context, address, data = ctypes.c_void_p(), ctypes.c_uint64(), ctypes.create_string_buffer(64)
    pid = os.fork()
    if not pid:
        codes = [driver.cuMemAlloc_v2(ctypes.byref(address), ctypes.c_size_t(64)), driver.cuInit(0)]
        codes.append(driver.cuMemAlloc_v2(ctypes.byref(address), ctypes.c_size_t(64)))
        driver.cuDevicePrimaryCtxRetain(ctypes.byref(context), 0)
        driver.cuCtxPushCurrent_v2(context)
        codes.append(driver.cuMemAlloc_v2(ctypes.byref(address), ctypes.c_size_t(64)))
        copy = driver.cuMemcpyHtoDAsync_v2
        codes += [copy(address, data, ctypes.c_size_t(64), None), copy(address, data, ctypes.c_size_t(65), None)]
        # Not initialised, no context, a copy past the end.
        if codes != [3, 0, 201, 0, 0, 700]:
            os._exit(1)
        signal.signal(signal.SIGSEGV, signal.SIG_DFL)
        ctypes.string_at(address.value)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGSEGV
