"""A new user's first day: every command that the README and the guides document, in the order of the pages.

Usage: first_day.py PROGRAMS [--write]. PROGRAMS is the folder of a Python environment into which Ferrokeet was installed;
`tests/wheels.py` gives one with nothing but the wheel and NumPy. Consoles of pages are compared with what is printed, and every
`ferrokeet` command that a page mentions must be among those that ran. `--write` leaves what was seen in docs/transcript.md.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The commands of docs/annotate.md are compared by tests/python/test_annotate.py.
PAGES = ["README.md", "docs/guide/*.md", "docs/pre-commit.md", "docs/report.md", "docs/shipping.md"]
SHOWN = 24

SCRIPT = '''"""Heat in a rod."""

import numpy as np


def step(u: "f64[:]", v: "f64[:]", k: float):
    # pragma parallel for
    for i in range(1, len(u) - 1):
        v[i] = u[i] + k * (u[i - 1] - 2.0 * u[i] + u[i + 1])
    total = 0.0
    # pragma parallel for simd
    for i in range(len(v)):
        total += v[i]
    return total


print(round(step(np.ones(1000), np.ones(1000), 0.1), 6))
'''
KERNELS = """def scale(x: "f64[:]", y: "f64[:]"):
    # pragma parallel for
    for i in range(len(x)):
        y[i] = 2.0 * x[i]
"""
CONFIGURATION = '[tool.ferrokeet.translate]\nfiles = ["pkg/kernels.py"]\n'


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def fences(text: str, language: str) -> list[str]:
    found = re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    return [str(one) for one in found]


def plain(output: str) -> str:
    """Output without its times, which differ."""
    return re.sub(r"\d+(\.\d+)? (m?s)\b", r"… \2", output).strip()


class Day:
    """A folder to work in, and what was seen."""

    def __init__(self, programs: Path, folder: Path, environment: dict[str, str]):
        self.folder = folder
        self.shown = {
            str(folder): "/work",
            str(ROOT): "/ferrokeet",
            str(programs.parent): "/env",
            str(Path.home()): "~",
        }
        path = os.pathsep.join([str(programs), environment.get("PATH", os.defpath)])
        self.environment = {**environment, "PATH": path, "FERROKEET_CACHE_DIR": str(folder / "cache")}
        self.ran: list[str] = []
        self.seen: list[str] = []

    def chapter(self, title: str, **files: str) -> None:
        """From here on, these files lie in the folder (`_` for a dot, `__` for a slash)."""
        self.seen.append(f"\n## {title}\n")
        for name, text in files.items():
            path = self.folder / name.replace("__", "/").replace("_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def run(self, command: str, code: int | None = 0) -> str:
        """Runs a command of a page, which must end with an exit code (None: 1, too, for findings); gives what it prints."""
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
        )
        assert done.returncode in ((0, 1) if code is None else (code,)), (
            f"$ {command}\n{done.stdout}\nexit code {done.returncode}, not {code}"
        )
        self.note(command, done.stdout)
        return done.stdout

    def watch(self, command: str) -> None:
        """Runs a command that goes on until it is interrupted, once it has said something."""
        with subprocess.Popen(
            command.split(),
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            # Jobs in the background of a shell ignore it, and hand that down.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        ) as process:
            time.sleep(2.0)
            process.send_signal(signal.SIGINT)
            output = process.communicate(timeout=30)[0].decode()
        assert "annotated loop" in output, output
        self.note(command, output)

    def note(self, command: str, output: str) -> None:
        self.ran.append(command)
        for place, name in self.shown.items():
            output = output.replace(place, name)
        lines = plain(output).splitlines()
        left_out = [f"… ({len(lines) - SHOWN} more lines)"] if len(lines) > SHOWN + 1 else []
        shown = lines[:SHOWN] if left_out else lines
        self.seen.append("\n".join(["```console", f"$ {command}", *shown, *left_out, "```"]))

    def console(self, text: str) -> None:
        """Runs a page's console, and compares what it shows."""
        for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
            command, _, expected = part.partition("\n")
            output = self.run(command, None)
            assert plain(output) == plain(expected), f"$ {command}\n{output}\nis not what the page says:\n{expected}"


def five_minutes(day: Day) -> None:
    text = page("docs/guide/start.md")
    program = fences(text, "python")[0]
    day.chapter("Five minutes to a speed-up", walls_py=program)
    assert "MISSING" not in day.run("ferrokeet doctor")
    first, proposed, run, checked = fences(text, "console")
    day.console(first)
    day.console(proposed)
    day.run("ferrokeet annotate --fix walls.py", code=None)
    day.console(run)
    day.console(checked)
    day.run("ferrokeet show walls.py:10")
    day.run("ferrokeet show walls.py:10 --emit rust")
    day.run("ferrokeet explain FK201")


def readme(day: Day) -> None:
    day.chapter("The README", script_py=SCRIPT, src__script_py=SCRIPT)
    (block,) = [block for block in fences(page("README.md"), "sh") if "ferrokeet run" in block]
    for line in block.splitlines():
        command = line.split("#")[0].strip()
        if "--watch" in command:
            day.watch(command)
        else:
            # Loops without a pragma are findings.
            day.run(command, None if "annotate" in command else 0)
    day.run("ferrokeet check --diff src")
    day.run("ferrokeet check --fix --unsafe-fixes src")
    day.run("ferrokeet annotate script.py --diff", code=None)
    day.run("ferrokeet --help")
    day.run("ferrokeet run --strict script.py")
    day.run("ferrokeet run --stats stats.json script.py")
    day.run("FERROKEET_DISABLE=1 ferrokeet run script.py")
    day.run("ferrokeet cache info")


def others(day: Day) -> None:
    day.chapter("Shipping", program_py=SCRIPT)
    day.run("ferrokeet build program.py -o out")
    day.run("ferrokeet build program.py -o bundled --bundle --target-cpu v3,v4")
    day.run("python out/program.py")
    day.run("ferrokeet translate program.py -o translated")
    day.chapter("Translated files beside their sources", pyproject_toml=CONFIGURATION, pkg__kernels_py=KERNELS)
    day.run("ferrokeet translate")
    day.run("ferrokeet translate --exit-non-zero-on-change")
    day.chapter("After a change", pkg__kernels_py=KERNELS.replace("2.0", "3.0"))
    (console,) = fences(page("docs/pre-commit.md"), "console")
    day.console(console)
    day.run("ferrokeet translate --exit-non-zero-on-change", code=1)
    day.chapter("A report")
    for line in fences(page("docs/report.md"), "sh")[0].splitlines():
        day.run(line.split("#")[0].strip())
    for stage in ("types", "ir", "plan", "asm", "python"):
        day.run(f"ferrokeet show script.py:8 --emit {stage}")


def words(command: str) -> set[str]:
    """The subcommand of a command, and its options."""
    found = command.split("#")[0].split()
    found = found[found.index("ferrokeet") + 1 :]
    return {word.split("=")[0] for word in found[:1]} | {word.split("=")[0] for word in found if word.startswith("--")}


def documented() -> list[tuple[str, str]]:
    """The commands that pages mention, with their pages."""
    found: list[tuple[str, str]] = []
    for pattern in PAGES:
        for path in sorted(ROOT.glob(pattern)):
            text = path.read_text(encoding="utf-8")
            commands = re.findall(r"`(ferrokeet [a-z-][^`]*)`|^(?:\$ )?(ferrokeet [a-z-].*)$", text, flags=re.MULTILINE)
            found += [(path.name, inline or line) for inline, line in commands]
    return found


# Tried by tests of their own, which speak to it: tests/python/test_server.py.
APART = {"server"}


def go(programs: Path, folder: Path, environment: dict[str, str]) -> Day:
    """Does it all."""
    day = Day(programs, folder, environment)
    five_minutes(day)
    readme(day)
    others(day)
    ran = [words(command) for command in day.ran if "ferrokeet " in command]
    for where, command in documented():
        wanted = words(command)
        tried = any(wanted <= one for one in ran) or wanted <= APART
        assert tried, f"{where} documents `{command}`, which was not tried"
    return day


def main() -> int:
    programs = Path(sys.argv[1]).resolve()
    plain_environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("FERROKEET_", "PYTHON"))
    }
    with tempfile.TemporaryDirectory() as folder:
        day = go(programs, Path(folder).resolve(), plain_environment)
    if "--write" in sys.argv:
        intro = (
            "# A first day, as it was\n\nEvery command that the README and the guides document, as `python tests/first_day.py PROGRAMS --write` saw it\n"
            "(without the times). `tests/wheels.py` does the same in an environment with nothing but the wheel and NumPy.\n"
        )
        (ROOT / "docs" / "transcript.md").write_text("\n".join([intro, *day.seen]) + "\n", encoding="utf-8")
    print(f"{len(day.ran)} commands passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
