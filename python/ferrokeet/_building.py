"""What the hooks of setuptools and hatch have in common: translated modules and kernels in the place of a package's own.

In the package's pyproject.toml:

    [tool.ferrokeet.build]
    packages = ["mypackage"]
    target-cpu = ["x86-64-v2", "x86-64-v3", "x86-64-v4"]  # the default on x86-64
    cuda-arch = ["sm_80", "sm_90"]  # the default: one GPU of each generation
"""

import os
import shutil
import subprocess
import sysconfig
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ferrokeet._translator import command

OPTIONS = ("packages", "target-cpu", "cuda-arch")


class BuildError(Exception):
    """The package cannot be built, in one sentence."""


def configuration(root: Path) -> dict[str, Any]:
    """The table of a project; empty where there is none.

    Raises:
        BuildError: it says something that means nothing.
    """
    path = root / "pyproject.toml"
    if not path.is_file():
        return {}
    with path.open("rb") as file:
        table: dict[str, Any] = tomllib.load(file).get("tool", {}).get("ferrokeet", {}).get("build", {})
    for key, value in table.items():
        if key not in OPTIONS:
            known = ", ".join(OPTIONS)
            raise BuildError(f"{path}: `{key}` is no option of [tool.ferrokeet.build]: there are {known}")
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise BuildError(f"{path}: `{key}` of [tool.ferrokeet.build] is a list of strings")
    return table


@contextmanager
def built(root: Path, package: Path, table: dict[str, Any]) -> Iterator[dict[str, Path]]:
    """Builds a package as the table says; gives its files (translated modules, manifests, kernels) by their way below the package.

    Signatures that `ferrokeet record` has stored in the project's folder are built, too.

    Raises:
        BuildError: the command is not there, or failed.
    """
    # In the isolated environment of a build, PATH comes before what lies beside the interpreter: that is the one around it.
    program = os.environ.get("FERROKEET_BIN") or shutil.which("ferrokeet") or command()
    if program is None:
        raise BuildError("the ferrokeet command was not found: add `ferrokeet` to the requirements of the build")
    arguments = [program, "build", str(package)]
    for option in ("target-cpu", "cuda-arch"):
        if names := table.get(option):
            arguments += [f"--{option}", ",".join(names)]
    with tempfile.TemporaryDirectory() as out:
        done = subprocess.run([*arguments, "-o", out], cwd=root, check=False)
        if done.returncode:
            raise BuildError(f"ferrokeet build {package} failed")
        folder = Path(out, package.name)
        files = (path for path in folder.rglob("*") if path.is_file() and path.suffix not in (".rs", ".cu"))
        yield {path.relative_to(folder).as_posix(): path for path in files}


def tag() -> str:
    """The tag of a wheel with kernels: any Python 3, this platform."""
    platform = os.environ.get("_PYTHON_HOST_PLATFORM") or sysconfig.get_platform()
    return f"py3-none-{platform.replace('-', '_').replace('.', '_')}"
