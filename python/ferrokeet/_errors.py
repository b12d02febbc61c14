"""What users are told: a warning where a loop runs as Python, an error instead in strict mode."""

import os
import warnings


class FerrokeetWarning(UserWarning):
    """A loop with a pragma runs as Python, or a translation did not go as it should; the answer is right all the same."""


class FerrokeetError(RuntimeError):
    """The same in strict mode."""


def disabled() -> bool:
    """Whether the user turned everything off."""
    return os.environ.get("FERROKEET_DISABLE", "") not in ("", "0")


def strict() -> bool:
    """Whether whatever keeps a loop from running natively is an error."""
    return os.environ.get("FERROKEET_STRICT", "") not in ("", "0")


def tell(filename: str, row: int, message: str) -> None:
    """Warns at a place of the user's file; in strict mode raises.

    Raises:
        FerrokeetError: in strict mode.
    """
    if strict():
        raise FerrokeetError(f"{filename}:{row}: {message}")
    warnings.warn_explicit(message, FerrokeetWarning, filename, row, registry={})
