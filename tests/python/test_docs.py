"""What pages say of commands and of the source is there. That commands do what pages say is tried by `tests/first_day.py`."""

import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
FERROKEET = Path(os.environ.get("FERROKEET_BIN") or Path(sys.executable).with_name("ferrokeet"))
PAGES = [
    ROOT / "README.md",
    *ROOT.glob("docs/**/*.md"),
    *ROOT.glob("pragmas-spec/*.md"),
    *ROOT.glob("examples/**/*.md"),
]
COMMAND = re.compile(r"`(ferrokeet [a-z][^`\n]*)`|^(?:\$ |[A-Z_]+=\S+ )*(ferrokeet [a-z][^\n]*)$", re.MULTILINE)


@cache
def usage(*command: str) -> str:
    done = subprocess.run([FERROKEET, *command, "--help"], capture_output=True, text=True)
    assert done.returncode == 0, f"there is no `ferrokeet {' '.join(command)}`"
    return done.stdout


def test_documented_commands_and_options_exist() -> None:
    seen = 0
    for path in PAGES:
        for match in COMMAND.finditer(path.read_text(encoding="utf-8")):
            words = (match[1] or match[2]).split(" #")[0].split()[1:]
            words = words[: words.index("--")] if "--" in words else words
            deeper = len(words) > 1 and words[0] == "cache"
            told = usage(*words[: 1 + deeper])
            options = [re.split(r"[=(]", word)[0].rstrip(",.") for word in words if re.match(r"--?[a-z]", word)]
            missing = [option for option in options if not re.search(rf"(?<![\w-]){option}(?![\w-])", told)]
            assert not missing, (path.name, words, missing)
            seen += 1
    assert seen > 100, "the pages are read"


def test_contributing_names_what_is_there() -> None:
    page = (ROOT / "docs" / "contributing.md").read_text(encoding="utf-8")
    sections = re.split(r"^## ", page, flags=re.MULTILINE)
    steps = [one for one in sections if one.startswith(("Add a clause", "Add a rule"))]
    assert len(steps) == 2
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.rs"))
    for name in re.findall(r"`([^`]+)`", "\n".join(steps)):
        if "/" in name or name.endswith(".md"):
            assert "nnn" in name or (ROOT / name).exists(), name
        elif re.fullmatch(r"\w+(::\w+)*", name) and not re.fullmatch(r"FK\w*", name):
            last = name.rsplit("::", 1)[-1]
            assert re.search(rf"\b{last}\b", source), name
