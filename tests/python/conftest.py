"""Fixtures shared by the tests of translated programs."""

import os
import signal
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import harness
import pytest
from harness import MakePair, Pair

# A job in the background ignores Ctrl-C, which tests send to themselves.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Files about what programs mean, with thousands of kernels: these are compiled in half the time and check what they do
# unchecked. The others, about numbers in lanes, reductions, threads and the ways to run, have kernels as users do, for a few types.
CHECKED = {
    "test_appended_arrays",
    "test_array_expressions",
    "test_array_forms",
    "test_array_functions",
    "test_array_loops",
    "test_array_outputs",
    "test_buffers",
    "test_calls",
    "test_changed_lists",
    "test_clauses",
    "test_combinations",
    "test_comprehensions",
    "test_cuda_driver",
    "test_cuda_emulation",
    "test_cuda_math",
    "test_cuda_orders",
    "test_cuda_regions",
    "test_cuda_teams",
    "test_cuda_types",
    "test_dependences",
    "test_foreign",
    "test_functions",
    "test_exact_math",
    "test_fusion",
    "test_gathered",
    "test_growing_in_order",
    "test_half",
    "test_imports",
    "test_index_scans",
    "test_inputs",
    "test_item_types",
    "test_language",
    "test_list_pieces",
    "test_list_slices",
    "test_lists",
    "test_local_arrays",
    "test_mixed_lists",
    "test_names",
    "test_numpy_in_the_language",
    "test_numpy_library",
    "test_numpy_more",
    "test_optional",
    "test_orders",
    "test_own_lists",
    "test_tuples",
    "test_promotion",
    "test_raising",
    "test_random",
    "test_random_seeds",
    "test_reduction_kinds",
    "test_residency",
    "test_slices",
    "test_spec",
    "test_statements",
    "test_subscripts",
    "test_verdicts",
    "test_wild",
    "test_which_operand",
}
# Types with which tests of the other files compile as users do; the same test of other types is compiled quickly.
AS_USERS_DO = {"float64", "int64", "complex128", "f64", "i64"}


# What the workers of a run with `--emulated-gpu` count.
ON_GPU: Counter[str] = Counter()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--emulated-gpu",
        action="store_true",
        help="every loop of the tests that compare with CPython asks for a GPU, which is emulated",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--emulated-gpu"):
        harness.EMULATED = True
        os.environ.update(FERROKEET_CUDA="emulate", FERROKEET_OPT_LEVEL="0")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker tells what ran on the emulated GPU."""
    if harness.EMULATED:
        ON_GPU.update(harness.on_emulated_gpu())
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput["on_gpu"] = dict(ON_GPU)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    ON_GPU.update(getattr(node, "workeroutput", {}).get("on_gpu", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for what, count in ON_GPU.most_common():
        where = "launches on the emulated GPU" if what == "gpu" else f"on the CPU: {what}"
        terminalreporter.write_line(f"{count:8} {where}")


@pytest.fixture(autouse=True, scope="module")
def level(request: pytest.FixtureRequest) -> Iterator[None]:
    """How hard the kernels of a file's tests are optimised."""
    with pytest.MonkeyPatch.context() as patch:
        if request.module.__name__ in CHECKED:
            patch.setenv("FERROKEET_OPT_LEVEL", "0")
        yield


@pytest.fixture(autouse=True)
def level_of_kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """How hard the kernels are optimised of a test that is repeated for other types of elements."""
    parameters = request.node.callspec.params if hasattr(request.node, "callspec") else {}
    kind = parameters.get("kind")
    if isinstance(kind, str) and kind not in AS_USERS_DO:
        monkeypatch.setenv("FERROKEET_OPT_LEVEL", "0")


@pytest.fixture
def pair(tmp_path: Path) -> MakePair:
    """Makes a `Pair` from a module's source, and calls whose kernels are compiled together."""
    return partial(Pair, tmp_path)
