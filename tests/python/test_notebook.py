"""The cell magic, in a notebook that a real kernel executes."""

import json
import re
from pathlib import Path

import pytest
from test_ways_in import Place

nbclient = pytest.importorskip("nbclient")
nbformat = pytest.importorskip("nbformat")

CELLS = [
    "%load_ext ferrokeet\nimport numpy as np, ferrokeet",
    """%%ferrokeet
def total(x):
    s = 0.0
    # pragma parallel for
    for i in range(len(x)):
        s += x[i]
    return s

def chain(x):
    # pragma parallel for
    for i in range(1, len(x)):
        x[i] = x[i - 1] + 1.0

chain(np.zeros(4))
total(np.arange(100_000.0))
""",
    "%%ferrokeet\ntotal(np.ones(10))",
    "%%ferrokeet -q\ntotal(np.ones(10));",
    """%%ferrokeet
def wrong(x):
    # pragma paralel for
    for i in range(len(x)):
        x[i] = 1.0
""",
    """%%ferrokeet
def beyond(x):
    # pragma parallel for
    for i in range(len(x)):
        x[i + 1] = 1.0

beyond(np.ones(3))
""",
    "%%ferrokeet\n%%time\n1",
    "%%ferrokeet\nx = (\n",
    "import json; print(json.dumps(ferrokeet.stats()))",
]


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> list[list[dict]]:
    """The outputs of every cell."""
    folder = tmp_path_factory.mktemp("notebook")
    place = Place(folder, folder / "cache")
    place.environment |= {"IPYTHONDIR": str(folder), "JUPYTER_RUNTIME_DIR": str(folder / "runtime")}
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(cell) for cell in CELLS]
    client = nbclient.NotebookClient(notebook, timeout=120, allow_errors=True, kernel_name="python3")
    client.execute(env=place.environment, cwd=str(folder))
    nbformat.write(notebook, Path(folder, "done.ipynb"))
    return [list(cell.outputs) for cell in notebook.cells]


def shown(outputs: list[dict]) -> dict[str, str]:
    """The report that a cell displays, by its kinds."""
    (found,) = [one["data"] for one in outputs if one["output_type"] == "display_data"]
    return dict(found)


def test_verdicts_and_times_are_shown(outputs: list[list[dict]]) -> None:
    report = shown(outputs[1])
    html, plain = report["text/html"], report["text/plain"]
    assert re.search(r"^line 5: parallel for: proven: 1 fast, [\d.]+ .?s", plain, re.MULTILINE), plain
    assert re.search(r"^line 11: parallel for: refuted: 1 careful, [\d.]+ .?s: .*iteration i=1", plain, re.MULTILINE)
    assert re.search(r"the cell took [\d.]+ m?s$", plain)
    assert re.search(r"<td[^>]*>line 5</td><td[^>]*><span[^>]*>proven</span>", html)
    assert html.count("<tr>") == 2
    assert re.search(r"<code>x</code>", html), "what stands between backticks is code"
    (value,) = [one["data"]["text/plain"] for one in outputs[1] if one["output_type"] == "execute_result"]
    assert value in ("4999950000.0", "np.float64(4999950000.0)")


def test_a_cell_that_only_calls_shows_the_kernel(outputs: list[list[dict]]) -> None:
    assert re.search(r"^total_L5: 1 fast", shown(outputs[2])["text/plain"], re.MULTILINE)


def test_quiet(outputs: list[list[dict]]) -> None:
    assert outputs[3] == []


def test_mistakes_have_the_lines_of_the_cell(outputs: list[list[dict]]) -> None:
    report = shown(outputs[4])["text/plain"]
    assert re.search(r"^line 3: error\[FK001\]: `paralel` is not a directive", report, re.MULTILINE)
    assert [one["output_type"] for one in outputs[4]] == ["display_data"]  # and no warning besides


def test_exceptions_have_the_lines_of_the_cell(outputs: list[list[dict]]) -> None:
    (error,) = [one for one in outputs[5] if one["output_type"] == "error"]
    assert error["ename"] == "IndexError"
    trace = re.sub(r"\x1b\[[\d;]*m", "", "\n".join(error["traceback"]))
    assert "_notebook.py" not in trace
    number = re.search(r"Verdicts of cell (\d+)", shown(outputs[5])["text/html"])
    assert number
    assert f"Cell In[{number[1]}], line 7\n" in trace
    assert f"Cell In[{number[1]}], line 5, in beyond" in trace
    assert "x[i + 1] = 1.0" in trace
    assert "1 careful" in shown(outputs[5])["text/plain"]


def test_wrong_uses(outputs: list[list[dict]]) -> None:
    assert "%%time goes above %%ferrokeet" in json.dumps(outputs[6])
    (error,) = [one for one in outputs[7] if one["output_type"] == "error"]
    assert error["ename"] == "SyntaxError"
    assert "line 2" in re.sub(r"\x1b\[[\d;]*m", "", "\n".join(error["traceback"]))


def test_kernels_ran_natively(outputs: list[list[dict]]) -> None:
    kernels = json.loads(outputs[8][0]["text"])["kernels"]
    assert {kernel["name"]: (kernel["fast"], kernel["careful"], kernel["python"]) for kernel in kernels} == {
        "total_L5": (3, 0, 0),
        "chain_L11": (0, 1, 0),
        "beyond_L4": (0, 1, 0),
    }
