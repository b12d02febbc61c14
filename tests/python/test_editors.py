"""The set-ups that docs/editors.md gives: tried in the editors that are here, and read as the files that they are."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

FERROKEET = Path(os.environ.get("FERROKEET_BIN") or Path(sys.executable).with_name("ferrokeet"))
PAGE = Path(__file__).parents[2] / "docs" / "editors.md"
EMACS, NVIM = shutil.which("emacs"), shutil.which("nvim")

SOURCE = """\
def saxpy(a, x, y):
    # pragma paralel for simd
    for i in range(len(x)):
        y[i] = a * x[i] + y[i]
"""


def snippets(heading: str, language: str) -> list[str]:
    """The blocks of a section of the page."""
    section = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    (text,) = [one for one in section if one.startswith(f"{heading}\n")]
    found = re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    assert found, heading
    return list(found)


def has_eglot() -> bool:
    probe = ["--batch", "--eval", "(progn (package-initialize) (require 'eglot))"]
    return EMACS is not None and subprocess.run([EMACS, *probe], capture_output=True).returncode == 0


def test_emacs_with_eglot_edits_a_real_file(tmp_path: Path) -> None:
    """Opens a file with the documented set-up, sees the finding, applies the fix, reads the hover, and writes the file."""
    if not has_eglot():
        pytest.skip("Emacs with Eglot was not found: `apt install emacs-nox elpa-eglot`, or Emacs 29")
    source = tmp_path / "a.py"
    source.write_text(SOURCE)
    setup = tmp_path / "setup.el"
    setup.write_text(snippets("Emacs", "elisp")[0])
    script = Path(__file__).with_name("server_emacs.el")
    path = os.pathsep.join([str(FERROKEET.parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "HOME": str(tmp_path), "SETUP": str(setup), "SOURCE": str(source)}
    environment["RESULT"] = str(tmp_path / "result.json")
    command = [str(EMACS), "--batch", "--load", str(script)]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (tmp_path / "result.json").exists(), done.stdout + done.stderr
    result = json.loads((tmp_path / "result.json").read_text())
    assert "error" not in result, result
    assert result["server"] == "ferrokeet"
    assert len(result["first"]) == 1, result
    assert result["titles"][0].startswith("Replace with `parallel"), result
    assert result["fixed"] == [], result
    assert "**proven**" in result["hover"], result
    assert source.read_text() == SOURCE.replace("paralel", "parallel")


@pytest.mark.parametrize("number", [0, 1], ids=["eglot", "lsp-mode"])
def test_emacs_reads_the_set_up(number: int) -> None:
    if EMACS is None:
        pytest.skip("emacs was not found")
    text = json.dumps(snippets("Emacs", "elisp")[number])  # a Lisp string, too: no escapes but of quotes and line ends
    done = subprocess.run([EMACS, "--batch", "--eval", f"(prin1 (read {text}))"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert '"ferrokeet" "server")' in done.stdout, done.stdout


def test_neovim_reads_the_set_up(tmp_path: Path) -> None:
    if NVIM is None:
        pytest.skip("nvim was not found")
    for number, text in enumerate(snippets("Neovim", "lua")):
        file = tmp_path / f"{number}.lua"
        file.write_text(text)
        check = f"lua assert(loadfile([[{file}]]))"
        done = subprocess.run(
            [NVIM, "--headless", "--clean", "-c", check, "-c", "qall!"], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        assert "Error" not in done.stderr, done.stderr


def test_helix_and_zed_and_kakoune_read_the_set_up() -> None:
    """As TOML and JSON; their keys are those that these editors document."""
    (helix,) = snippets("Helix", "toml")
    content = tomllib.loads(helix)
    assert content["language-server"]["ferrokeet"] == {"command": "ferrokeet", "args": ["server"]}
    (python,) = content["language"]
    assert python["name"] == "python"
    assert "ferrokeet" in python["language-servers"]
    (zed,) = snippets("Zed", "toml")
    assert tomllib.loads(zed)["language_servers"]["ferrokeet"]["languages"] == ["Python"]
    (kakoune,) = snippets("Kakoune", "kak")
    servers = re.search(r"lsp_servers %\{(.*?)\}", kakoune, flags=re.DOTALL)
    assert servers
    server = tomllib.loads(servers[1])["ferrokeet"]
    assert (server["command"], server["args"]) == ("ferrokeet", ["server"])


def test_the_grammar_colours_pragmas_and_nothing_else() -> None:
    """Which comments it takes for pragmas; that it has all words of the language is asserted by `src/lsp/words.rs`."""
    grammar = json.loads((PAGE.parents[1] / "editors/vscode/syntaxes/pragma.json").read_text())
    begins = {one["name"].split(".")[2]: re.compile(one["begin"]) for one in grammar["patterns"]}

    def kinds(comment: str) -> list[str]:
        return [kind.replace("ferrokeet", "own") for kind, begin in begins.items() if begin.match(comment)]

    for comment in ["# pragma parallel for", "#pragma simd", "# pragma data copyin(x)", "#\tpragma\tsequential for"]:
        assert kinds(comment) == ["own"], comment
    for comment in ["#omp parallel for", "#$ omp parallel for", "# pragma omp simd"]:
        assert kinds(comment) == ["openmp"], comment
    for comment in ["#pragma :M=>parallel :N=>reduce(sum)", "#pragma 1:M-1=>block(64)"]:
        assert kinds(comment) == ["dimensions"], comment
    for comment in [
        "# pragma: no cover",
        "# pragma once",
        "# omp is nice",
        "# pragmatic data",
        "# pragma database",
        "#omp: for",
    ]:
        assert kinds(comment) == [], comment
