"""Random programs in the subset: modules with one annotated loop nest, and arguments to call it with.

A program is a tree of lines, so that a failing one can be shrunk by deleting subtrees. Everything is a function of the
seed. Floating-point reductions add integer-valued floats only, so that every order of summation gives the same bits and
answers can be compared exactly.
"""

import random
import re
from dataclasses import dataclass, field

INTEGER_KINDS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
# Most programs keep to one kind: where kinds mix, the type of a value may depend on the data, which is not translated.
FLOAT_KINDS = [
    *[["float64"]] * 4,
    *[["float32"]] * 3,
    ["float64", "float64", "float64", "float32"],
]
# How every module begins.
HEAD = "import cmath\nimport math\nfrom functools import reduce\n\nimport numpy as np\n"
SIZES = [0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 33, 64, 100, 257]
LAYOUTS = ["C", "C", "C", "strided", "reversed", "fortran", "shared", "shifted", "readonly", "still"]


@dataclass
class Node:
    """A line of a program and the lines indented below it."""

    text: str
    children: list["Node"] = field(default_factory=list)

    def lines(self, depth: int = 0) -> list[str]:
        """The lines of this subtree; an emptied suite becomes `pass`."""
        own = ["    " * depth + part for part in self.text.split("\n")]
        below = [line for child in self.children for line in child.lines(depth + 1)]
        if self.text.endswith(":") and not any(not line.strip().startswith("#") for line in below):
            below.append("    " * (depth + 1) + "pass")
        return own + below


@dataclass
class ArraySpec:
    """How to make an array argument; `extent` names the size of each axis, `spare` is added to it."""

    name: str
    kind: str
    extents: list[str]
    fill: str
    spare: int = 0


@dataclass
class Program:
    """A module, and the shape of its arguments."""

    seed: int
    helpers: list[Node]
    body: list[Node]
    arrays: list[ArraySpec]
    scalars: list[tuple[str, str]]
    approximate: bool
    collects: bool

    def source(self, function: str = "kernel") -> str:
        """The module's text; the function's parameters are the arrays, then the scalars, then n and m."""
        parameters = [spec.name for spec in self.arrays] + [name for name, _ in self.scalars] + ["n", "m"]
        top = Node(f"def {function}({', '.join(parameters)}):", self.body)
        head = [*HEAD.splitlines(), "", ""]
        helpers = [line for helper in self.helpers for line in [*helper.lines(), "", ""]]
        return "\n".join([*head, *helpers, *top.lines(), ""])


class Dice:
    """Random choices that depend on nothing but a seed, and new names."""

    def __init__(self, seed: int, sort: str = ""):
        self.seed = seed
        self.random = random.Random(f"{sort} {seed}" if sort else seed)
        self.names = 0
        self.names = 0

    def chance(self, probability: float) -> bool:
        """True with that probability."""
        return self.random.random() < probability

    def choice(self, *options: str) -> str:
        """One of the options."""
        return self.random.choice(options)

    def fresh(self, stem: str) -> str:
        """A new name."""
        self.names += 1
        return f"{stem}{self.names}"


class Generator(Dice):
    """Writes one program."""

    def __init__(self, seed: int):
        super().__init__(seed)
        self.arrays: list[ArraySpec] = []
        self.scalars: list[tuple[str, str]] = []
        self.helpers: list[Node] = []
        self.counters: list[tuple[str, str]] = []
        self.floats: list[str] = []
        self.integers: list[str] = []
        self.results: list[str] = []
        self.approximate = False
        self.collects = False
        self.float_kinds = self.random.choice(FLOAT_KINDS)
        # Most programs are short: as many of them find more than few long ones.
        self.long = self.chance(0.25)

    # arguments

    def array(self, category: str, extents: list[str], fill: str = "any") -> ArraySpec:
        """An array argument of a category (`float`, `integer`, `bool`): an earlier one, or a new one."""
        kinds = {"float": self.float_kinds, "integer": INTEGER_KINDS, "bool": ["bool"]}[category]
        fitting = [s for s in self.arrays if s.kind in kinds and s.extents == extents and s.fill == fill]
        if fitting and self.chance(0.6):
            return self.random.choice(fitting)
        spec = ArraySpec(
            self.fresh({"float": "x", "integer": "k", "bool": "b"}[category]),
            self.random.choice(kinds),
            extents,
            fill,
            self.random.choice([0, 0, 0, 1, 3]),
        )
        self.arrays.append(spec)
        return spec

    def scalar(self, kind: str) -> str:
        """A scalar argument."""
        fitting = [name for name, other in self.scalars if other == kind]
        if fitting and self.chance(0.5):
            return self.random.choice(fitting)
        name = self.fresh("s")
        self.scalars.append((name, kind))
        return name

    # subscripts

    def subscript(self, counter: str) -> str:
        """A subscript that is usually in range for a counter below the extent."""
        roll = self.random.random()
        if roll < 0.62:
            return counter
        if roll < 0.72:
            return f"{counter} - {self.random.choice([1, 1, 2])}"
        if roll < 0.78:
            return f"{counter} + {self.random.choice([1, 1, 2])}"
        if roll < 0.83:
            return f"{counter} // 2"
        if roll < 0.88:
            return f"-1 - {counter}"
        if roll < 0.93:
            return f"{self.extent_of(counter)} - 1 - {counter}"
        if roll < 0.97:
            return self.random.choice(["0", "-1"])
        return f"({counter} * 3) % max(1, {self.extent_of(counter)})"

    def extent_of(self, counter: str) -> str:
        """The name of the size that bounds a counter."""
        return dict(self.counters)[counter]

    def element(self, category: str, fill: str = "any") -> str:
        """A read of an array element addressed by the counters in scope."""
        if self.counters and self.chance(0.9):
            depth = min(len(self.counters), self.random.choice([1, 1, 2]))
            chosen = self.random.sample(self.counters, depth)
        else:
            chosen = [self.random.choice(self.counters)] if self.counters else []
        if not chosen:
            return "1.0" if category == "float" else "1"
        spec = self.array(category, [extent for _, extent in chosen], fill)
        return f"{spec.name}[{', '.join(self.subscript(counter) for counter, _ in chosen)}]"

    # expressions

    def float_expression(self, depth: int | None = None) -> str:
        """A float-valued expression."""
        depth = (3 if self.long else 2) if depth is None else depth
        roll = self.random.random()
        if depth == 0 or roll < 0.3:
            pick = self.random.random()
            if pick < 0.5 or (pick < 0.75 and not self.floats):
                return self.element("float")
            if pick < 0.75:
                return self.random.choice(self.floats[-3:])
            return f"{self.random.uniform(-3, 3):.3f}" if pick < 0.9 else self.scalar("float")
        left = self.float_expression(depth - 1)
        if roll < 0.62:
            return f"({left} {self.random.choice('++--**')} {self.float_expression(depth - 1)})"
        if roll < 0.68:
            return f"({left} / {self.random.choice(['2.0', '(1.5 + abs(' + left + '))', self.float_expression(1)])})"
        if roll < 0.73:
            return f"({left} * {self.integer_expression(depth - 1)})"
        if roll < 0.78:
            return f"({left} if {self.condition(depth - 1)} else {self.float_expression(depth - 1)})"
        if roll < 0.82:
            return f"{self.random.choice(['min', 'max', 'np.minimum', 'np.maximum'])}({left}, {self.float_expression(depth - 1)})"
        if roll < 0.86:
            return f"{self.random.choice(['abs', 'np.abs', 'np.floor', 'np.ceil', 'np.rint', 'np.trunc', '-'])}({left})"
        if roll < 0.895:
            return self.random.choice([f"np.sqrt({left})", f"math.sqrt(abs({left}))"])
        if roll < 0.9:
            self.approximate = True  # a square is rounded once, which `pow` does not promise
            return f"({left}) ** 2"
        if roll < 0.93:
            return f"({left} {self.random.choice(['//', '%'])} {self.random.choice(['1.5', '-0.75', '2', self.float_expression(0)])})"
        if roll < 0.96:
            return f"np.{self.random.choice(self.float_kinds)}({left})"
        return self.call(left, self.float_expression(depth - 1))

    def integer_expression(self, depth: int | None = None) -> str:
        """An int-valued expression."""
        depth = (2 if self.long else 1) if depth is None else depth
        roll = self.random.random()
        if depth == 0 or roll < 0.35:
            pick = self.random.random()
            if pick < 0.3 and self.counters:
                return self.random.choice(self.counters)[0]
            if pick < 0.55:
                return self.element("integer")
            if pick < 0.7 and self.integers:
                return self.random.choice(self.integers[-3:])
            return self.random.choice([str(self.random.randint(-5, 9)), "n", "m"]) if pick < 0.9 else self.scalar("int")
        left, right = self.integer_expression(depth - 1), self.integer_expression(depth - 1)
        if roll < 0.65:
            return f"({left} {self.random.choice('++--*')} {right})"
        if roll < 0.78:
            divisor = self.random.choice(["3", "-4", "7", "2", right])
            return f"({left} {self.random.choice(['//', '%'])} {divisor})"
        if roll < 0.86:
            return f"({left} {self.random.choice('&|^')} {right})"
        if roll < 0.9:
            return f"({left} {self.random.choice(['<<', '>>'])} {self.random.randint(0, 4)})"
        if roll < 0.94:
            return f"{self.random.choice(['min', 'max'])}({left}, {right})"
        if roll < 0.97:
            return f"{self.random.choice(['abs', '~', '-'])}({left})"
        return f"int({self.float_expression(1)})"

    def exact_expression(self) -> str:
        """A small integer-valued float expression: sums of it are exact in any order."""
        leaf = self.element("float", "whole")
        roll = self.random.random()
        if roll < 0.5:
            return leaf
        if roll < 0.75:
            return f"{leaf} * {self.element('float', 'whole')}"
        return f"({leaf} {self.random.choice('+-')} {self.element('float', 'whole')})"

    def condition(self, depth: int | None = None) -> str:
        """A truth value."""
        depth = (2 if self.long else 1) if depth is None else depth
        roll = self.random.random()
        compare = self.random.choice(["<", "<=", ">", ">=", "==", "!="])
        if depth == 0 or roll < 0.45:
            return f"{self.float_expression(1)} {compare} {self.float_expression(1)}"
        if roll < 0.7:
            return f"{self.integer_expression(1)} {compare} {self.integer_expression(1)}"
        if roll < 0.8:
            return f"({self.condition(depth - 1)} {self.random.choice(['and', 'or'])} {self.condition(depth - 1)})"
        if roll < 0.87:
            return f"not ({self.condition(depth - 1)})"
        if roll < 0.94:
            return f"{self.random.randint(-3, 0)} <= {self.integer_expression(1)} < {self.random.randint(1, 20)}"
        return self.element("bool")

    def call(self, left: str, right: str) -> str:
        """A call of a pure helper."""
        if not self.helpers:
            body = self.random.choice(
                [
                    [Node("return a * b - a")],
                    [Node("if a < b:", [Node("return b - a")]), Node("return a - 0.5 * b")],
                    [Node("c = a + b"), Node("c = c * 0.25 if c > 1.0 else c"), Node("return c")],
                ]
            )
            self.helpers.append(Node(f"def helper_{self.seed}(a, b):", body))
        return f"helper_{self.seed}({left}, {right})"

    # statements

    def collect(self) -> Node:
        """A contribution to an element that the data choose, or an inner counter."""
        extent = self.random.choice(["n", "m"])
        category = self.random.choice(["float", "integer", "integer"])
        target = self.array(category, [extent], "collected").name
        place = f"{self.element('integer')} % max(1, {extent})"
        if self.chance(0.3):
            place = self.random.choice(self.counters)[0]
        value = (
            self.exact_expression() if category == "float" else self.random.choice(["1", "n", self.element("integer")])
        )
        if self.chance(0.75):
            return Node(f"{target}[{place}] {self.random.choice(['+=', '+=', '-='])} {value}")
        value = self.element(category)
        return Node(f"if {value} > {target}[{place}]:", [Node(f"{target}[{place}] = {value}")])

    def store(self) -> Node:
        """An assignment to an array element."""
        counters = self.counters[:1] if self.chance(0.4) else self.counters
        category = self.random.choice(["float", "float", "integer", "bool"])
        spec = self.array(category, [extent for _, extent in counters], "written")
        target = f"{spec.name}[{', '.join(c if self.chance(0.93) else self.subscript(c) for c, _ in counters)}]"
        if category == "bool":
            return Node(f"{target} = {self.condition()}")
        value = self.float_expression() if category == "float" else self.integer_expression()
        if category == "float" and self.chance(0.08):
            self.approximate = True
            functions = ["np.exp", "np.sin", "np.cos", "np.log", "np.tanh", "math.atan", "np.cbrt", "math.erf"]
            return Node(f"{target} = {self.random.choice(functions)}({value})")
        if category == "integer" and spec.kind != "int64" and self.chance(0.7):
            value = f"np.{spec.kind}({self.element('integer')})"
        if self.chance(0.25):
            if category == "float" and not all(re.search(rf"\b{counter}\b", target) for counter, _ in self.counters):
                self.collects = True  # a reduction into an element, whose order is the compiler's
            return Node(f"{target} {self.random.choice(['+=', '-=', '*='])} {value}")
        return Node(f"{target} = {value}")

    def local(self) -> Node:
        """An assignment to a scalar."""
        if self.chance(0.6):
            name = self.fresh("t")
            node = Node(f"{name} = {self.float_expression()}")
            self.floats.append(name)
            return node
        name = self.fresh("u")
        node = Node(f"{name} = {self.integer_expression()}")
        self.integers.append(name)
        return node

    def reduction(self, before: list[Node]) -> Node:
        """A contribution to a result of the whole nest."""
        name = self.fresh("r")
        self.results.append(name)
        roll = self.random.random()
        if roll < 0.35:
            before.append(Node(f"{name} = {self.random.choice(['0.0', '0', '2.0', 'np.float64(1.0)'])}"))
            return Node(f"{name} {self.random.choice(['+=', '+=', '-='])} {self.exact_expression()}")
        if roll < 0.5:
            before.append(Node(f"{name} = 0"))
            return Node(f"{name} += {self.random.choice(['1', self.integer_expression(1)])}")
        if roll < 0.62:
            before.append(Node(f"{name} = {self.random.choice(['-np.inf', '-1e300', '0.0'])}"))
            value = self.float_expression(1)
            function = self.random.choice(["max", "np.maximum"])
            return Node(f"{name} = {function}({name}, {value})")
        if roll < 0.8:
            before.append(Node(f"{name} = {self.random.choice(['np.inf', '1e300', '0.0'])}"))
            value = self.element("float")
            taken = [Node(f"{name} = {value}")]
            if self.chance(0.5):
                where = self.fresh("r")
                self.results.append(where)
                before.append(Node(f"{where} = -1"))
                taken.append(Node(f"{where} = {self.random.choice(self.counters)[0]}"))
            return Node(f"if {value} {self.random.choice(['<', '<='])} {name}:", taken)
        if roll < 0.9:
            before.append(Node(f"{name} = True"))
            return Node(f"{name} = {name} and {self.condition(1)}")
        before.append(Node(f"{name} = 0"))
        return Node(f"{name} {self.random.choice(['^=', '|=', '+='])} {self.element('integer')}")

    def statement(self, depth: int, before: list[Node]) -> list[Node]:
        """One statement (a while loop comes with what it needs before it)."""
        roll = self.random.random()
        if roll < 0.36:
            return [self.store()]
        if roll < 0.4:
            return [self.collect()]
        if roll < 0.58:
            return [self.local()]
        if roll < 0.68:
            return [self.reduction(before)]
        floats, integers = len(self.floats), len(self.integers)
        if roll < 0.82:
            node = Node(f"if {self.condition()}:", self.suite(depth - 1, before))
            del self.floats[floats:], self.integers[integers:]
            nodes = [node]
            if self.chance(0.4):
                nodes.append(Node("else:", self.suite(depth - 1, before)))
                del self.floats[floats:], self.integers[integers:]
            return nodes
        if roll < 0.88 and depth > 0:
            count = self.fresh("w")
            value = self.fresh("v")
            nodes = [Node(f"{count} = 0"), Node(f"{value} = {self.float_expression(1)}")]
            self.floats.append(value)
            loop = Node(
                f"while {count} < {self.random.randint(1, 6)} and {value} < {self.random.randint(1, 50)}:",
                [Node(f"{value} = {value} * 1.5 + {self.float_expression(1)}"), Node(f"{count} += 1")],
            )
            if self.chance(0.3):
                loop.children.append(Node(f"if {self.condition(1)}:", [Node("break")]))
            return [*nodes, loop]
        if roll < 0.92:
            return [Node(f"if {self.condition(1)}:", [Node("continue")])]
        if depth > 0 and len(self.counters) < 3:
            return self.loop(depth - 1, before)
        return [self.store()]

    def suite(self, depth: int, before: list[Node]) -> list[Node]:
        """A few statements."""
        return [
            node
            for _ in range(self.random.choice([1, 1, 2, 3] if self.long else [1, 1, 1, 2]))
            for node in self.statement(depth, before)
        ]

    def loop(self, depth: int, before: list[Node], pragma: str = "") -> list[Node]:
        """A counted loop over one of the iteration spaces."""
        extent = self.random.choice(["n", "m"])
        counter = self.fresh("i")
        floats, integers = len(self.floats), len(self.integers)
        roll = self.random.random()
        header = f"for {counter} in range({extent}):"
        if roll < 0.15:
            header = f"for {counter} in range(1, {extent} - 1):"
        elif roll < 0.2:
            header = f"for {counter} in range({extent} - 1, -1, -1):"
        elif roll < 0.25:
            header = f"for {counter} in range(0, {extent}, {self.random.choice([2, 3])}):"
        elif roll < 0.29:
            header = f"for {counter} in reversed(range({extent})):"
        elif roll < 0.34 and self.counters:
            outer, bound = self.counters[-1]
            header = f"for {counter} in range({outer}):"
            extent = bound
        elif roll < 0.4:
            value = self.fresh("e")
            header = f"for {counter}, {value} in enumerate({self.array('float', [extent]).name}):"
            self.floats.append(value)
        elif roll < 0.43:
            left, right = self.fresh("e"), self.fresh("e")
            first, second = self.array("float", [extent]), self.array("integer", [extent])
            header = f"for {counter}, ({left}, {right}) in enumerate(zip({first.name}, {second.name})):"
            self.floats.append(left)
            self.integers.append(right)
        self.counters.append((counter, extent))
        body = self.suite(depth, before)
        while not any(self.effective(node) for node in body):
            body += self.statement(depth, before)
        self.counters.pop()
        del self.floats[floats:], self.integers[integers:]
        nodes = [Node(header, body)]
        return [Node(pragma), *nodes] if pragma else nodes

    def effective(self, node: Node) -> bool:
        """Whether a subtree stores or reduces."""
        simple = not node.text.startswith(("if ", "while ", "for ", "#"))
        own = simple and ("[" in node.text.split("=")[0] or node.text.startswith("r"))
        return own or any(map(self.effective, node.children))

    def program(self) -> Program:
        """The whole program."""
        before: list[Node] = []
        pragma = self.random.choice(
            ["parallel for", "parallel for", "parallel for simd", "simd", "parallel for", "sequential for"]
        )
        nest = self.loop(2 if self.long else 1, before, f"# pragma {pragma}")
        if self.chance(0.15):
            loops = [node for node in nest[-1].children if node.text.startswith("for ")]
            for inner in loops[:1]:
                position = nest[-1].children.index(inner)
                nest[-1].children.insert(position, Node("# pragma simd"))
        result = Node(f"return ({''.join(f'{name}, ' for name in self.results)})")
        body = [*before, *nest, result]
        used = set(re.findall(r"\w+", "\n".join(line for node in body for line in node.lines())))
        arrays = [spec for spec in self.arrays if spec.name in used]
        scalars = [(name, kind) for name, kind in self.scalars if name in used]
        return Program(self.seed, self.helpers, body, arrays, scalars, self.approximate, self.collects)


def generate(seed: int) -> Program:
    """The program of a seed."""
    return Generator(seed).program()
