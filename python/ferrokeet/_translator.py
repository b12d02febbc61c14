"""Asking the `ferrokeet` command: source in, JSON out.

What only the asking needs is imported then: a program whose kernels were built ahead never asks.
"""

import json
import os
import sys
from functools import cache
from typing import Any, TypedDict


class Rewriting(TypedDict):
    """What `ferrokeet rewrite` answers."""

    text: str
    line_map: list[int]
    kernels: str
    regions: list[dict[str, Any]]
    declined: list[dict[str, Any]]
    imports: str


class TranslatorError(Exception):
    """The command is missing, failed, or answered nonsense."""


@cache
def command() -> str | None:
    """The path of the `ferrokeet` command: `FERROKEET_BIN`, beside the interpreter, or on `PATH`; None without one."""
    named = os.environ.get("FERROKEET_BIN")
    beside = os.path.join(os.path.dirname(sys.executable), "ferrokeet")
    for candidate in (named, beside):
        if candidate and os.access(candidate, os.X_OK):
            return candidate
    import shutil

    return shutil.which("ferrokeet")


def ask(arguments: list[str], source: bytes) -> Any:
    """Runs the command with a source on its standard input and reads the JSON it prints.

    Raises:
        TranslatorError: with one sentence that says why there is no answer.
    """
    import subprocess

    path = command()
    if path is None:
        raise TranslatorError("the ferrokeet command was not found; `pip install ferrokeet` provides it")
    try:
        done = subprocess.run([path, *arguments], input=source, capture_output=True, check=False)
    except OSError as error:
        raise TranslatorError(f"{path} could not be started: {error}") from error
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise TranslatorError(f"the translator failed: {lines[-1] if lines else f'exit code {done.returncode}'}")
    try:
        return json.loads(done.stdout)
    except ValueError as error:
        raise TranslatorError(f"the translator answered nonsense: {error}") from error


def rewrite(source: bytes, filename: str) -> Rewriting:
    """The rewritten text of a file and its regions.

    Raises:
        TranslatorError: see `ask`.
    """
    answer: Rewriting = ask(["rewrite", "--filename", filename], source)
    return answer


def verdicts(source: bytes, filename: str) -> dict[str, Any]:
    """What `ferrokeet check --output-format json` says of a source.

    Raises:
        TranslatorError: see `ask`.
    """
    answer: dict[str, Any] = ask(["verdicts", "--filename", filename], source)
    return answer


def compile_kernel(
    source: bytes,
    filename: str,
    region: str,
    signature: str,
    imports: str | None = None,
    unusual: bool = False,
    gpu: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A library for one region and signature, or `{"reason": ...}`; also when imported modules are not what they were.

    With a `gpu` (as the runtime describes it), kernels for it, too, if the region asks for one.

    Raises:
        TranslatorError: see `ask`.
    """
    arguments = ["compile", "--filename", filename, "--region", region, "--signature", signature]
    if imports is not None:
        arguments += ["--imports", imports]
    if unusual:
        arguments.append("--unusual")
    if gpu:
        from ferrokeet import _nvrtc

        arguments += ["--cuda-arch", gpu["architecture"]]
        arguments += [f"--nvrtc={path}" for path in _nvrtc.candidates(gpu["driver"])]
    answer: dict[str, Any] = ask(arguments, source)
    return answer


def variants(source: bytes, filename: str, region: str, signature: str, combine: list[str]) -> dict[str, Any]:
    """Libraries of one region and signature that differ in what is worth measuring, the usual one first.

    Args:
        source: the file's bytes.
        filename: its name.
        region: the region's.
        signature: the types of its inputs.
        combine: tunings to put together, instead of all that are worth measuring.

    Raises:
        TranslatorError: see `ask`.
    """
    arguments = ["variants", "--filename", filename, "--region", region, "--signature", signature]
    for tuning in combine:
        arguments += ["--combine", tuning]
    answer: dict[str, Any] = ask(arguments, source)
    return answer
