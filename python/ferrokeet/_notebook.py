"""The cell magic: `%load_ext ferrokeet`, then `%%ferrokeet` on top of a cell."""

import ast
import time
import warnings
from typing import Any

from ferrokeet._errors import FerrokeetWarning
from ferrokeet._loader import translated_tree

USAGE = (
    "%%ferrokeet [-q]: runs the cell with its loops translated, then shows their verdicts and times (-q: shows nothing)"
)


def load_ipython_extension(shell: Any) -> None:
    """What `%load_ext ferrokeet` calls."""

    def ferrokeet(line: str, cell: str) -> Any:
        """Runs the cell with its loops translated; all else is as in any cell."""
        return run(shell, line, cell)

    shell.register_magic_function(ferrokeet, "cell", "ferrokeet")


def run(shell: Any, line: str, cell: str) -> Any:
    """Runs a cell; the value of an expression at its end becomes the cell's."""
    from IPython.core.error import UsageError
    from IPython.display import display

    if line.strip() not in ("", "-q", "--quiet"):
        raise UsageError(USAGE)
    if cell.lstrip().startswith("%%"):
        raise UsageError(f"{cell.split(maxsplit=1)[0]} goes above %%ferrokeet")
    quiet = bool(line.strip())
    # With a line in the place of the magic's, rows are those of the cell as its author sees it.
    body = f"# %%ferrokeet {line}".rstrip() + f"\n{cell}"
    source = shell.transform_cell(body)
    filename = shell.compile.cache(source, shell.execution_count, raw_code=body)
    with warnings.catch_warnings():
        if not quiet:  # the report says it
            warnings.simplefilter("ignore", FerrokeetWarning)
        made = translated_tree(source.encode(), filename, shared=True)
    tree, names = made or (shell.compile.ast_parse(source, filename), {})
    shell.user_ns.update(names)
    parts = split(shell.transform_ast(tree), shown=not cell.rstrip().endswith(";"))
    if quiet:
        return execute(shell, parts, filename)
    from ferrokeet._verdicts import Verdicts

    verdicts = Verdicts(source, filename, shell.execution_count)
    start = time.perf_counter()
    try:
        return execute(shell, parts, filename)
    finally:
        verdicts.end(time.perf_counter() - start)
        if not verdicts.is_empty():
            display(verdicts)


def split(tree: ast.Module, shown: bool) -> tuple[ast.Module, ast.Expression | None]:
    """The statements of a cell, and the expression at its end, if its value is to be shown."""
    if not shown or not tree.body or not isinstance(tree.body[-1], ast.Expr):
        return tree, None
    last = ast.Expression(tree.body[-1].value)
    return ast.Module(tree.body[:-1], tree.type_ignores), last


def execute(shell: Any, parts: tuple[ast.Module, ast.Expression | None], filename: str) -> Any:
    """Runs the statements, then gives the value of the expression."""
    statements, last = parts
    try:
        exec(shell.compile(statements, filename, "exec"), shell.user_global_ns, shell.user_ns)
        if last is None:
            return None
        return eval(shell.compile(last, filename, "eval"), shell.user_global_ns, shell.user_ns)
    except Exception as error:
        begin_in_cell(shell, error)
        raise


def begin_in_cell(shell: Any, error: Any) -> None:
    """Has IPython show the traceback of an exception from the cell on; the frames around it are of no interest."""
    frames = error.__traceback__.tb_next
    if frames is not None:  # else the cell does not compile, which IPython shows in its own way
        render = shell.InteractiveTB.structured_traceback
        error._render_traceback_ = lambda: render(type(error), error, frames, tb_offset=0)
