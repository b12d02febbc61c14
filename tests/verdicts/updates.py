"""Which loads and stores of a syntax tree are halves of a reduction's update (`s += e`, `m = max(m, e)`, ...)."""

import ast

GROUPS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "+",
    ast.Mult: "*",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
}
EXTREMA = {"min": "min", "max": "max", "minimum": "min", "maximum": "max", "fmin": "min", "fmax": "max"}
Span = tuple[int, int, int, int]


def updates(tree: ast.AST) -> tuple[dict[int, str], dict[Span, str]]:
    """The operator of every node (by identity) that is read or written by an update alone, and of its span."""
    nodes: dict[int, str] = {}
    spans: dict[Span, str] = {}
    for statement in ast.walk(tree):
        for node, operator in update(statement):
            nodes[id(node)] = operator
            spans[node.lineno, node.end_lineno or 0, node.col_offset, node.end_col_offset or 0] = operator
    return nodes, spans


def update(statement: ast.AST) -> list[tuple[ast.expr, str]]:
    """The places of one statement's update."""
    if isinstance(statement, ast.AugAssign) and type(statement.op) in GROUPS:
        return [(statement.target, GROUPS[type(statement.op)])]
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        return combined(statement.targets[0], statement.value)
    if isinstance(statement, ast.If) and not statement.orelse and isinstance(statement.test, ast.Compare):
        return chosen(statement, statement.test)
    return []


def combined(target: ast.expr, value: ast.expr) -> list[tuple[ast.expr, str]]:
    """`t = t + e`, `t = e * t`, `t = min(t, e)`, `t = t and e`, `t = e if e > t else t`."""
    places: list[ast.expr] = []
    operator = ""
    if isinstance(value, ast.BinOp) and type(value.op) in GROUPS:
        operator = GROUPS[type(value.op)]
        places = operands(value, operator)
    elif isinstance(value, ast.Call):
        name = value.func.attr if isinstance(value.func, ast.Attribute) else getattr(value.func, "id", "")
        operator = EXTREMA.get(name, "")
        places = list(value.args) if operator else []
    elif isinstance(value, ast.BoolOp):
        operator = type(value.op).__name__
        places = list(value.values)
    elif (
        isinstance(value, ast.IfExp)
        and isinstance(value.test, ast.Compare)
        and same(value.orelse, target)
        and extremum(value.test, target, value.body)
    ):
        operator = direction(value.test, target)
        places = [value.orelse, value.test.left, value.test.comparators[0]]
    own = [place for place in places if same(place, target)]
    reads = [node for node in ast.walk(value) if same(node, target)]
    if not operator or not own or len(own) != len(reads):
        return []
    return [(target, operator), *((place, operator) for place in own)]


def operands(value: ast.expr, group: str) -> list[ast.expr]:
    """The operands of a chain of one operator, without those that are subtracted."""
    if isinstance(value, ast.BinOp) and GROUPS.get(type(value.op)) == group:
        right = [] if isinstance(value.op, ast.Sub) else operands(value.right, group)
        return [*operands(value.left, group), *right]
    return [value]


def chosen(statement: ast.If, test: ast.Compare) -> list[tuple[ast.expr, str]]:
    """`if e > t: t = e`."""
    body = statement.body[0]
    if len(statement.body) != 1 or not isinstance(body, ast.Assign) or len(body.targets) != 1:
        return []
    target = body.targets[0]
    if not extremum(test, target, body.value):
        return []
    operator = direction(test, target)
    sides = [test.left, test.comparators[0]]
    return [(target, operator), *((side, operator) for side in sides if same(side, target))]


def extremum(test: ast.Compare, target: ast.expr, value: ast.expr) -> bool:
    """Whether a comparison is between the target and the new value."""
    if len(test.ops) != 1 or not isinstance(test.ops[0], ast.Lt | ast.LtE | ast.Gt | ast.GtE):
        return False
    left, right = test.left, test.comparators[0]
    other = right if same(left, target) else left if same(right, target) else None
    return other is not None and ast.unparse(other) == ast.unparse(value)


def direction(test: ast.Compare, target: ast.expr) -> str:
    """`min` or `max`: what `if test: target = other side` keeps."""
    less = isinstance(test.ops[0], ast.Lt | ast.LtE)
    return "max" if less == same(test.left, target) else "min"


def same(left: ast.AST, right: ast.AST) -> bool:
    """Whether two expressions are written alike, load or store."""
    if not isinstance(left, ast.Name | ast.Subscript):
        return False
    return type(left) is type(right) and ast.unparse(left) == ast.unparse(right)
