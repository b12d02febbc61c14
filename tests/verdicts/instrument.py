"""Rewrites a syntax tree, positions kept, so that annotated loops announce their iterations and exits, and scalars their accesses."""

import ast
import re
import tokenize
from io import StringIO
from typing import Any


class Instrument(ast.NodeTransformer):
    """Makes annotated loops and the names assigned in them announce themselves."""

    def __init__(self, rows: dict[int, int], update_nodes: dict[int, str]):
        self.rows, self.update_nodes = rows, update_nodes
        self.collapsed: set[int] = set()
        self.watched: set[str] = set()
        self.exits: list[bool] = []

    def announce(self, method: str, at: ast.AST, *arguments: Any) -> ast.Call:
        function = ast.Attribute(ast.Name("_recorder", ast.Load()), method, ast.Load())
        parts: list[ast.expr] = [part if isinstance(part, ast.expr) else ast.Constant(part) for part in arguments]
        call = ast.Call(function, parts, [])
        for node in ast.walk(call):
            if not hasattr(node, "lineno"):
                ast.copy_location(node, at)
        return call

    def visit_For(self, node: ast.For) -> Any:
        annotated = node.lineno in self.rows
        for inner in nested(node)[: self.rows.get(node.lineno, 1)][1:]:
            self.collapsed.add(inner.lineno)
        outer = self.watched
        if annotated:
            self.watched = outer | assigned(node.body)
        bound = self.stores(node.target)
        if annotated or self.exits:
            self.exits.append(annotated)
        node.body = [*bound, *self.block(node.body)]
        if annotated or self.exits:
            self.exits.pop()
        self.watched = outer
        node.iter = self.visit(node.iter)
        if annotated:
            node.iter = self.announce("iterations", node.iter, node.lineno, node.iter)
        elif node.lineno in self.collapsed:
            node.iter = self.announce("collapsed", node.iter, node.iter)
        node.orelse = self.block(node.orelse)
        return node

    def visit_While(self, node: ast.While) -> Any:
        if self.exits:
            self.exits.append(False)
        self.generic_visit(node)
        if self.exits:
            self.exits.pop()
        return node

    def block(self, body: list[ast.stmt]) -> list[ast.stmt]:
        result: list[ast.stmt] = []
        for statement in body:
            new = self.visit(statement)
            result.extend(new if isinstance(new, list) else [new])
        return result

    def stores(self, target: ast.AST, kind: str = "write") -> list[ast.stmt]:
        """Statements that announce stores of the names in a target."""
        names = [part for part in ast.walk(target) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)]
        calls = [self.announce("scalar", name, name.id, kind, name.lineno) for name in names if name.id in self.watched]
        return [ast.copy_location(ast.Expr(call), target) for call in calls]

    def visit_Assign(self, node: ast.Assign) -> Any:
        node.value = self.visit(node.value)
        after = [
            store
            for target in node.targets
            for store in self.stores(target, self.update_nodes.get(id(target), "write"))
        ]
        if isinstance(node.targets[0], ast.Name):
            node.value = self.announce("named", node.value, node.targets[0].id, node.value)
        node.targets = [self.visit(target) for target in node.targets]
        return [node, *after]

    def visit_AugAssign(self, node: ast.AugAssign) -> Any:
        node.value = self.visit(node.value)
        target = node.target
        if not isinstance(target, ast.Name):
            node.target = self.visit(target)
            return node
        operator = self.update_nodes.get(id(target))
        if operator is not None:
            return [node, *self.stores(target, operator)]
        return [*self.stores(target, "read"), node, *self.stores(target)]

    def visit_NamedExpr(self, node: ast.NamedExpr) -> Any:
        node.value = self.visit(node.value)
        if node.target.id in self.watched:
            node.value = self.announce("scalar", node, node.target.id, "write", node.lineno, node.value)
        return node

    def visit_Name(self, node: ast.Name) -> Any:
        if isinstance(node.ctx, ast.Load) and node.id in self.watched:
            kind = self.update_nodes.get(id(node), "read")
            return self.announce("scalar", node, node.id, kind, node.lineno, node)
        return node

    def visit_Break(self, node: ast.Break) -> Any:
        return self.exit(node) if self.exits and self.exits[-1] else node

    def visit_Return(self, node: ast.Return) -> Any:
        self.generic_visit(node)
        return self.exit(node) if any(self.exits) else node

    def exit(self, node: ast.stmt) -> Any:
        call = self.announce("scalar", node, "(exit)", "exit", node.lineno)
        return [ast.copy_location(ast.Expr(call), node), node]

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        node.body = self.block(node.body)
        return node

    def visit_If(self, node: ast.If) -> Any:
        node.test = self.visit(node.test)
        node.body, node.orelse = self.block(node.body), self.block(node.orelse)
        return node


def assigned(body: list[ast.stmt]) -> set[str]:
    """The names that statements assign."""
    nodes = (node for statement in body for node in ast.walk(statement))
    return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def nested(node: ast.For) -> list[ast.For]:
    """A loop and the loops that are nested in it perfectly."""
    inner = node.body[0]
    return [node, *(nested(inner) if isinstance(inner, ast.For) and len(node.body) == 1 else [])]


def annotated_rows(source: str) -> dict[int, int]:
    """The rows of the `for` statements that a pragma stands above, with the number of loops that it takes in."""
    taken, rows = 0, {}
    for token in tokenize.generate_tokens(StringIO(source).readline):
        if token.type == tokenize.COMMENT and token.string.startswith("# pragma "):
            clause = re.search(r"collapse\((\d+)\)", token.string)
            taken = int(clause.group(1)) if clause else 1
        elif token.type == tokenize.NAME:
            if taken and token.string == "for":
                rows[token.start[0]] = taken
            taken = 0
    return rows
