"""The benchmarks in both forms, loops over elements and array expressions: native, and CPython's and each other's answers."""

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from harness import Pair, compare
from pairs import FORMS, Form


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, Pair]:
    """Every source once, plain and translated."""
    folder = tmp_path_factory.mktemp("forms")
    paths = {path for form in FORMS.values() for path in (form.loops, form.arrays)}
    return {path: Pair(folder, path.read_text()) for path in sorted(paths)}


def test_size() -> None:
    """APPy's 20 kernels and the other benchmarks."""
    assert sum(form.arrays.name == "appy.py" for form in FORMS.values()) == 20
    assert len(FORMS) >= 34


@pytest.mark.parametrize("form", FORMS.values(), ids=lambda form: form.name)
def test_forms(modules: dict[Path, Pair], form: Form) -> None:
    """Both forms run natively on every size and agree with CPython; the array form agrees with the loop form."""
    for size in form.small:
        after: list[tuple[Any, ...]] = []
        for path in (form.loops, form.arrays):
            pair = modules[path]
            before = pair.launches()
            pair.call(form.name, lambda size=size: form.arguments(size), ran=None, tolerance=form.tolerance, ulps=4)
            new = {way for way, count in pair.launches().items() if count > before[way]}
            assert new, f"{path.name} ran no kernel on {size}"
            assert new <= {"fast", "careful"}, f"{path.name} ran {new} on {size}"
            arguments = form.arguments(size)
            with np.errstate(all="ignore"):
                getattr(pair.native, form.name)(*arguments)
            after.append(copy.deepcopy(arguments))
        for left, right in zip(*after, strict=True):
            compare(left, right, 4, max(form.tolerance, 1e-12))
