"""The hooks, run by pre-commit in a git repository: installed without an index, from the built wheel without Rust or from the sources."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WHEELS = ROOT / "target" / "wheels"
PRE_COMMIT = Path(sys.executable).with_name("pre-commit")
MIRROR = """
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[project]
name = "ferrokeet-pre-commit"
version = "0"
dependencies = ["ferrokeet"]

[tool.setuptools]
py-modules = []
"""
SOURCE = """
def scale(x: "f64[:]", y: "f64[:]"):
    # pragma parallel for
    for i in range(len(x)):
        y[i] = 2.0 * x[i]
"""


class Repository:
    """A git repository."""

    def __init__(self, folder: Path, environment: dict[str, str]):
        folder.mkdir()
        self.folder = folder
        self.environment = environment
        self.git("init", "--quiet")

    def start(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            list(command), cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=1800
        )

    def git(self, *arguments: str) -> str:
        done = self.start("git", "-c", "user.name=t", "-c", "user.email=t@localhost", *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def commit(self) -> str:
        """Commits everything and gives the commit."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--no-verify", "--message", "all")
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Without Rust, without an index, with a home of its own."""
    if not PRE_COMMIT.exists() or not list(WHEELS.glob("ferrokeet-*.whl")):
        pytest.skip("needs pre-commit, and the wheels that tests/setup.sh leaves in target/wheels")
    path = [str(Path(sys.executable).parent), str(Path(shutil.which("git") or "git").parent), "/usr/bin", "/bin"]
    return {
        "PATH": os.pathsep.join(path),
        "HOME": str(tmp_path),
        "PRE_COMMIT_HOME": str(tmp_path / "pre-commit"),
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(WHEELS),
    }


def user_of(repository: Path, revision: str, tmp_path: Path, environment: dict[str, str]) -> Repository:
    """A repository that has the hooks of another one."""
    user = Repository(tmp_path / "user", environment)
    (user.folder / ".pre-commit-config.yaml").write_text(
        f"repos:\n- repo: {repository}\n  rev: {revision}\n  hooks:\n"
        "  - id: ferrokeet-check\n  - id: ferrokeet-translate\n"
    )
    (user.folder / "pyproject.toml").write_text('[tool.ferrokeet.translate]\nfiles = ["kernels.py"]\n')
    (user.folder / "kernels.py").write_text(SOURCE)
    user.commit()
    return user


def assert_hooks_work(user: Repository) -> None:
    """They pass when all is well, fail when something was written or is wrong, and the check changes nothing."""
    kernels = user.folder / "kernels.py"

    def hooks() -> tuple[list[str], str]:
        done = user.start(PRE_COMMIT, "run", "--all-files", "--color", "never")
        verdicts = [line.rsplit(".", 1)[-1] for line in done.stdout.splitlines() if line.startswith("ferrokeet ")]
        assert done.returncode == int("Failed" in verdicts), done.stdout + done.stderr
        return verdicts, done.stdout

    verdicts, told = hooks()
    assert verdicts == ["Passed", "Failed"], told
    assert "kernels_native.py: written anew from kernels.py" in told
    user.commit()
    assert hooks()[0] == ["Passed", "Passed"]
    kernels.write_text(SOURCE.replace("2.0", "3.0"))
    user.commit()
    assert hooks()[0] == ["Passed", "Failed"]
    kernels.write_text(SOURCE.replace("parallel", "paralel"))
    user.commit()
    before = user.git("rev-parse", "HEAD:kernels.py")
    verdicts, told = hooks()
    assert verdicts == ["Failed", "Failed"]
    assert "error[FK001]" in told
    assert before == user.git("hash-object", "kernels.py")


def test_hooks_from_a_mirror_need_no_rust(tmp_path: Path, environment: dict[str, str]) -> None:
    mirror = Repository(tmp_path / "mirror", environment)
    shutil.copy(ROOT / ".pre-commit-hooks.yaml", mirror.folder)
    (mirror.folder / "pyproject.toml").write_text(MIRROR)
    revision = mirror.commit()
    assert_hooks_work(user_of(mirror.folder, revision, tmp_path, environment))


def test_hooks_from_this_repository(tmp_path: Path, environment: dict[str, str]) -> None:
    """What stands in this checkout, as a commit: pre-commit clones it and builds it with the Rust that is here."""
    if not os.environ.get("FERROKEET_TEST_REPOSITORY"):
        pytest.skip("builds everything once more: FERROKEET_TEST_REPOSITORY=1 runs it")
    own = Repository(tmp_path / "own", environment)
    files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, files.split("\0")):
        if (ROOT / name).is_file():
            (own.folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, own.folder / name)
    revision = own.commit()
    cargo = Path(os.environ.get("CARGO_HOME") or Path.home() / ".cargo")
    environment |= {
        "PATH": os.pathsep.join([environment["PATH"], str(cargo / "bin")]),
        "CARGO_HOME": str(cargo),
        "RUSTUP_HOME": os.environ.get("RUSTUP_HOME") or str(Path.home() / ".rustup"),
        "CARGO_NET_OFFLINE": "true",
        # What is tried is not its speed: it must not take the place of what is in `target/release`.
        "CARGO_TARGET_DIR": str(ROOT / "target" / "hooks"),
        "CARGO_PROFILE_RELEASE_OPT_LEVEL": "0",
        "CARGO_PROFILE_RELEASE_LTO": "off",
        "CARGO_PROFILE_RELEASE_CODEGEN_UNITS": "16",
    }
    assert_hooks_work(user_of(own.folder, revision, tmp_path, environment))
