"""One line on a terminal that tells what takes so long; nothing where standard error is no terminal."""

import os
import sys
from typing import Any

SHOWN: list[str] = []
DELAY = 1.0


def is_terminal() -> bool:
    """Whether somebody is looking, at something that can move its cursor."""
    try:
        return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    except (AttributeError, ValueError):  # there is no standard error, or it is closed
        return False


def show(text: str) -> None:
    """Replaces the line."""
    if is_terminal():
        width = os.get_terminal_size(sys.stderr.fileno()).columns or 80
        SHOWN[:] = [text]
        sys.stderr.write(f"\r\033[K{text[: width - 1]}")
        sys.stderr.flush()


def clear() -> None:
    """Takes the line away."""
    if SHOWN:
        SHOWN.clear()
        sys.stderr.write("\r\033[K")
        sys.stderr.flush()


class Waiting:
    """Shows a text while something takes longer than a second: `with Waiting("compiling f"): …`."""

    def __init__(self, text: str):
        self.timer: Any = None
        if is_terminal():
            from threading import Timer

            self.timer = Timer(DELAY, show, [text])

    def __enter__(self) -> None:
        if self.timer:
            self.timer.daemon = True
            self.timer.start()

    def __exit__(self, *_: object) -> None:
        if self.timer:
            self.timer.cancel()
            clear()
