"""The cell magic: `%load_ext ferrokeet`, then `%%ferrokeet` on top of a cell."""

import ast
from typing import Any

from ferrokeet._loader import translated_tree


class Substitute(ast.NodeTransformer):
    """Puts the translated cell in the place of the plain one, once."""

    def __init__(self, tree: ast.Module):
        self.tree: ast.Module | None = tree

    def visit(self, node: ast.AST) -> ast.AST:
        """The translated tree for the first tree seen."""
        tree, self.tree = self.tree, None
        return tree or node


def load_ipython_extension(shell: Any) -> None:
    """What `%load_ext ferrokeet` calls."""

    def ferrokeet(line: str, cell: str) -> None:
        """Runs the cell with its loops translated; all else is as in any cell."""
        source = shell.transform_cell(cell)
        filename = shell.compile.get_code_name(cell, source, shell.execution_count)
        made = translated_tree(source.encode(), filename, shared=True)
        if made is None:
            shell.run_cell(cell)
            return
        tree, names = made
        shell.user_ns.update(names)
        substitute = Substitute(tree)
        shell.ast_transformers.append(substitute)
        try:
            shell.run_cell(cell)
        finally:
            shell.ast_transformers.remove(substitute)

    shell.register_magic_function(ferrokeet, "cell", "ferrokeet")
