"""Fixtures shared by the tests of translated programs."""

from collections.abc import Callable
from pathlib import Path

import pytest
from harness import Pair


@pytest.fixture
def pair(tmp_path: Path) -> Callable[[str], Pair]:
    """Makes a `Pair` from a module's source."""
    return lambda source: Pair(tmp_path, source)
