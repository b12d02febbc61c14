"""`ferrokeet server` as editors use it: under the capabilities of VS Code and Neovim, and in a real Neovim."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import pytest_lsp
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

FERROKEET = Path(os.environ.get("FERROKEET_BIN") or Path(sys.executable).with_name("ferrokeet"))
NVIM = shutil.which("nvim")

pytestmark = [pytest.mark.filterwarnings("error::pytest_lsp.checks.LspSpecificationWarning")]

SAXPY = """\
import pathlib

pathlib.Path(__file__).with_name("ran").touch()


def saxpy(a, x, y):
    # pragma parallel for simd
    for i in range(len(x)):
        y[i] = a * x[i] + y[i]
"""

SHIFT = """\
def shift(a: "f64[:]"):
    # pragma parallel for
    for i in range(1, len(a)):
        a[i] = a[i - 1] + 1.0
"""


def registered(params: types.RegistrationParams) -> None:
    """A client that watches files is asked to watch those that matter."""
    assert [registration.method for registration in params.registrations] == ["workspace/didChangeWatchedFiles"]


@pytest_lsp.fixture(  # type: ignore[untyped-decorator]
    params=["visual_studio_code", "neovim"],
    config=ClientServerConfig(server_command=[str(FERROKEET), "server"]),
)
async def client(request: pytest.FixtureRequest, lsp_client: LanguageClient, tmp_path: Path):
    folders = [types.WorkspaceFolder(uri=(tmp_path / name).as_uri(), name=name) for name in ("one", "two")]
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    lsp_client.feature(types.CLIENT_REGISTER_CAPABILITY)(registered)
    await lsp_client.initialize_session(
        types.InitializeParams(
            capabilities=client_capabilities(request.param),
            workspace_folders=folders,
            client_info=types.ClientInfo(name=request.param),
        )
    )
    yield
    await lsp_client.shutdown_session()


async def opened(client: LanguageClient, path: Path, text: str) -> tuple[str, list[types.Diagnostic]]:
    """Opens a document, saved with this text, and gives its findings, sent or asked for."""
    path.write_text(text)
    uri = path.as_uri()
    item = types.TextDocumentItem(uri=uri, language_id="python", version=1, text=text)
    client.text_document_did_open(types.DidOpenTextDocumentParams(text_document=item))
    return uri, await findings(client, uri)


async def findings(client: LanguageClient, uri: str) -> list[types.Diagnostic]:
    known = client.capabilities.text_document if client.capabilities else None
    if known and known.diagnostic:
        identifier = types.TextDocumentIdentifier(uri=uri)
        report = await client.text_document_diagnostic_async(types.DocumentDiagnosticParams(text_document=identifier))
        assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
        return list(report.items)
    await client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    return list(client.diagnostics[uri])


def at(uri: str, line: int, character: int) -> dict[str, Any]:
    position = types.Position(line=line, character=character)
    return {"text_document": types.TextDocumentIdentifier(uri=uri), "position": position}


@pytest.mark.asyncio
async def test_a_loop_is_explained_and_nothing_is_run(client: LanguageClient, tmp_path: Path) -> None:
    uri, found = await opened(client, tmp_path / "one" / "a.py", SAXPY)
    document = types.TextDocumentIdentifier(uri=uri)
    assert found == []
    hover = await client.text_document_hover_async(types.HoverParams(**at(uri, 7, 6)))
    assert hover is not None
    assert isinstance(hover.contents, types.MarkupContent)
    assert "**proven**" in hover.contents.value
    assert "x: f64[:]" in hover.contents.value
    lenses = await client.text_document_code_lens_async(types.CodeLensParams(text_document=document))
    assert lenses is not None
    assert len(lenses) == 2
    lens = await client.code_lens_resolve_async(lenses[0])
    assert lens.command is not None
    assert lens.command.title.startswith("proven: split between threads")
    tokens = await client.text_document_semantic_tokens_full_async(types.SemanticTokensParams(text_document=document))
    assert tokens is not None
    assert list(tokens.data[:5]) == [6, 6, 6, 1, 0]
    command = lenses[1].command
    assert command is not None
    shown = await client.workspace_execute_command_async(
        types.ExecuteCommandParams(command=command.command, arguments=command.arguments)
    )
    assert isinstance(shown, dict) or hasattr(shown, "text")
    made = await client.protocol.send_request_async(
        "ferrokeet/generated", {"uri": uri, "position": {"line": 7, "character": 0}, "stage": "rust"}
    )
    assert made.languageId == "rust"
    assert "fn " in made.text
    assert not (tmp_path / "one" / "ran").exists()


@pytest.mark.asyncio
async def test_findings_are_shown_and_repaired(client: LanguageClient, tmp_path: Path) -> None:
    uri, found = await opened(client, tmp_path / "one" / "a.py", SHIFT)
    assert [diagnostic.code for diagnostic in found] == ["FK201"]
    assert found[0].code_description is not None
    assert found[0].code_description.href.endswith("FK201")
    assert len({place.location.range.start.line for place in found[0].related_information or []}) >= 2
    text = SHIFT.replace("parallel", "paralel")
    client.text_document_did_change(
        types.DidChangeTextDocumentParams(
            text_document=types.VersionedTextDocumentIdentifier(uri=uri, version=2),
            content_changes=[types.TextDocumentContentChangeWholeDocument(text=text)],
        )
    )
    found = await findings(client, uri)
    misspelt = [diagnostic for diagnostic in found if diagnostic.code == "FK001"]
    assert len(misspelt) == 1
    actions = await client.text_document_code_action_async(
        types.CodeActionParams(
            text_document=types.TextDocumentIdentifier(uri=uri),
            range=misspelt[0].range,
            context=types.CodeActionContext(diagnostics=misspelt),
        )
    )
    assert actions
    preferred = [action for action in actions if isinstance(action, types.CodeAction) and action.is_preferred]
    assert preferred[0].edit is not None
    edit = (preferred[0].edit.changes or {})[uri][0]
    assert edit.new_text == "parallel"
    completed = await client.text_document_completion_async(types.CompletionParams(**at(uri, 1, 13)))
    assert isinstance(completed, types.CompletionList)
    assert "parallel for simd" in [item.label for item in completed.items]


@pytest.mark.asyncio
async def test_each_folder_has_its_configuration(client: LanguageClient, tmp_path: Path) -> None:
    (tmp_path / "two" / "pyproject.toml").write_text('[tool.ferrokeet]\nignore = ["FK201"]\n')
    _, one = await opened(client, tmp_path / "one" / "a.py", SHIFT)
    _, two = await opened(client, tmp_path / "two" / "a.py", SHIFT)
    assert ([diagnostic.code for diagnostic in one], two) == (["FK201"], [])


@pytest.mark.skipif(NVIM is None, reason="nvim was not found: install Neovim to test the server in it")
def test_neovim_edits_a_real_file(tmp_path: Path) -> None:
    """Opens a file, sees the finding, applies the fix, types a mistake, sees it, undoes it, and writes the file."""
    source = tmp_path / "a.py"
    source.write_text(SAXPY.replace("parallel", "paralel"))
    script = Path(__file__).with_name("server_nvim.lua")
    environment = {
        **os.environ,
        "FERROKEET": str(FERROKEET),
        "RESULT": str(tmp_path / "result.json"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }
    command = [str(NVIM), "--headless", "--clean", "-n", str(source), "-c", f"luafile {script}"]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (tmp_path / "result.json").exists(), done.stdout + done.stderr
    result = json.loads((tmp_path / "result.json").read_text())
    assert result["first"] == ["FK001"], result
    assert result["titles"][0].startswith("Replace with `parallel"), result
    assert result["fixed"] == [], result
    assert "**proven**" in result["hover"], result
    assert result["typed"] == ["FK002"], result
    assert result["undone"] == [], result
    assert source.read_text() == SAXPY
    assert not (tmp_path / "ran").exists()
