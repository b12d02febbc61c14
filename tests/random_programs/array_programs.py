"""Random programs of array expressions: rows, slices of any step, masks, reductions over axes, local arrays, views, helpers.

A program is a loop over the rows of its arrays, whose body computes with whole rows. Every value has one of two shapes, a
row or what a slice leaves of it, so that most programs are valid; sizes of 0 and 1, bounds that turn out negative and
reductions of nothing are among the arguments. Sums are of whole numbers, which every order of addition gives exactly.
"""

import re

from generate import INTEGER_KINDS, ArraySpec, Dice, Node, Program

# Slices that leave equally many elements of a row.
SLICES = [
    [":", "::-1"],
    ["1:", ":-1", ":0:-1"],
    ["2:", "1:-1", ":-2"],
    ["::2"],
    ["1::3"],
    ["-3:"],
    [":4"],
    ["k:"],
    [":k"],
    ["k:-1"],
    ["-1:k:-1"],
    ["k::2"],
    ["::abs(k) + 1"],
    ["k :: -1 - abs(k)"],
]
WHOLE = ["A", "B", "v"]


class ArrayGenerator(Dice):
    """Writes one program over rows of `extent` elements."""

    def __init__(self, seed: int):
        super().__init__(seed, "arrays")
        self.rows, self.columns = self.random.choice([("m", "n"), ("m", "n"), ("n", "m")])
        self.kind = self.random.choice(["float64", "float64", "float32"])
        self.integer = self.random.choice([*INTEGER_KINDS, "int64", "int32"])
        self.locals: list[str] = []
        self.scalars: list[str] = ["s"]
        self.helpers: list[Node] = []
        self.long = self.chance(0.25)

    # values, all of one shape: what the slices of `family` leave of a row

    def leaf(self, family: list[str], names: list[str]) -> str:
        """A row of an argument, a vector, or a local array, sliced."""
        name = self.random.choice(names)
        part = self.random.choice(family)
        if name in ("A", "B", "X", "out", "K", "flags", "count"):
            row = self.random.choices(["i", "-1 - i", "0"], [12, 1, 1])[0]
            if part == ":" and self.chance(0.7):
                return f"{name}[{row}]"
            return f"{name}[{row}, {part}]" if self.chance(0.8) else f"{name}[{row}][{part}]"
        return name if part == ":" and self.chance(0.8) else f"{name}[{part}]"

    def floats(self, family: list[str], depth: int | None = None) -> str:
        """A float-valued array expression."""
        depth = (2 if self.long else 1) if depth is None else depth
        roll = self.random.random()
        if depth == 0 or roll < 0.25:
            if roll < 0.04:
                return self.random.choice([*self.scalars, "1.5", "-0.25", "2"])
            return self.leaf(family, ["A", "B", "X", "X", "v", "x", "out", *self.locals])
        left, right = self.floats(family, depth - 1), self.floats(family, depth - 1)
        if roll < 0.6:
            return f"({left} {self.random.choice('++--**')} {right})"
        if roll < 0.66:
            return f"({left} / {self.random.choice(['2.0', right])})"
        if roll < 0.72:
            return f"{self.random.choice(['np.minimum', 'np.maximum'])}({left}, {right})"
        if roll < 0.8:
            return f"np.where({self.mask(family)}, {left}, {right})"
        if roll < 0.86:
            return f"{self.random.choice(['np.abs', 'np.floor', 'np.ceil', 'np.square', '-'])}({left})"
        if roll < 0.89:
            return f"np.sqrt(np.abs({left}))"
        if roll < 0.92:
            return f"({left} {self.random.choice(['//', '%'])} {self.random.choice(['1.5', '-0.75', '2'])})"
        if roll < 0.95:
            return f"({left} * {self.integers(family, 0)}).astype(np.{self.kind})"
        return f"{self.helper()}({left}, {right})"

    def integers(self, family: list[str], depth: int = 1) -> str:
        """An int-valued array expression."""
        if depth == 0 or self.chance(0.3):
            return self.leaf(family, ["K", "q"])
        left = self.integers(family, depth - 1)
        roll = self.random.random()
        if roll < 0.5:
            return f"({left} {self.random.choice('+-*&|^')} {self.integers(family, depth - 1)})"
        if roll < 0.8:
            return f"({left} {self.random.choice(['//', '%', '+', '*'])} {self.random.choice(['3', '7', '2'])})"
        return f"{self.random.choice(['np.abs', '~', 'np.invert'])}({left})"

    def mask(self, family: list[str]) -> str:
        """A truth-valued array expression."""
        roll = self.random.random()
        compare = self.random.choice(["<", "<=", ">", ">=", "==", "!="])
        if roll < 0.5:
            return f"({self.floats(family, 0)} {compare} {self.random.choice(['0', '1.5', self.floats(family, 0)])})"
        if roll < 0.7:
            return f"({self.integers(family, 0)} {compare} {self.random.choice(['0', '3'])})"
        if roll < 0.8:
            return self.leaf(family, ["flags"])
        if roll < 0.9:
            return f"({self.mask(family)} {self.random.choice('&|^')} {self.mask(family)})"
        return f"~{self.mask(family)}"

    def exact(self, family: list[str]) -> str:
        """An array expression whose sums are exact in any order."""
        left = self.leaf(family, WHOLE)
        return left if self.chance(0.4) else f"({left} {self.random.choice('+-*')} {self.leaf(family, WHOLE)})"

    def reduction(self) -> str:
        """A number made from an array."""
        family = self.random.choice(SLICES)
        roll = self.random.random()
        exact = self.exact(family)
        if roll < 0.35:
            return self.random.choice([f"np.sum({exact})", f"({exact}).sum()", f"({exact}).mean()"])
        if roll < 0.5:
            return f"{self.random.choice(['np.max', 'np.min', 'np.amax'])}({self.floats(family, 1)})"
        if roll < 0.6:
            return f"{self.random.choice(['np.any', 'np.all', 'np.count_nonzero'])}({self.mask(family)})"
        if roll < 0.7:
            return f"np.dot({self.leaf(family, WHOLE)}, {self.leaf(family, WHOLE)})"
        if roll < 0.8:
            return f"{self.leaf(family, WHOLE)} @ {self.leaf(family, WHOLE)}"
        if roll < 0.9:
            return f"np.sum(np.where({self.mask(family)}, {exact}, 0))"
        return f"{self.random.choice(['np.argmax', 'np.argmin'])}({self.leaf(family, WHOLE)})"

    def over_rows(self) -> str:
        """A row made from all rows."""
        return self.random.choice(
            [
                "A.sum(axis=0)",
                "np.sum(A * v, axis=0)",
                "np.max(A + B, axis=0)",
                "(A - w[:, None]).sum(axis=0)",
                "np.where(flags, A, B).sum(axis=0)",
                "w @ A",
                "np.cumsum(v)",
                "np.cumsum(A[i])",
            ]
        )

    def helper(self) -> str:
        """The name of a pure function of two arrays."""
        name = f"helper_{self.seed}"
        if not self.helpers:
            bodies = [
                [Node("return a * b - a")],
                [Node("c = a + b"), Node("return np.where(c > 1.0, c * 0.25, c)")],
                [Node("return np.minimum(a, 2.0) + np.maximum(b, -1.0)")],
            ]
            self.helpers.append(Node(f"def {name}(a, b):", self.random.choice(bodies)))
        return name

    # statements

    def statement(self) -> list[Node]:
        """One statement of the loop's body, with what it needs before it."""
        roll = self.random.random()
        if roll < 0.3:
            return self.store()
        if roll < 0.42:
            return self.local()
        if roll < 0.47:
            return self.turns()
        if roll < 0.6:
            return [Node(f"res[i] {self.random.choice(['=', '=', '+='])} {self.reduction()}")]
        if roll < 0.68:
            name = self.fresh("r")
            node = Node(f"{name} = {self.reduction()}")
            self.scalars.append(name)
            return [node]
        if roll < 0.76:
            return self.masked()
        if roll < 0.84:
            return self.view()
        if roll < 0.9:
            part = self.random.choice(SLICES)
            operator = self.random.choice(["=", "+=", "^=", "*="])
            return [Node(f"count[i, {part[0]}] {operator} ({self.integers(part)}).astype(np.{self.integer})")]
        if roll < 0.95:
            names, scalars = len(self.locals), len(self.scalars)
            node = Node(f"if {self.random.choice(['k > 2', 'w[i] > 0.0', 'i % 2 == 0'])}:", self.store())
            del self.locals[names:], self.scalars[scalars:]
            return [node]
        return [Node(f"out[i] = {self.over_rows()}")]

    def store(self) -> list[Node]:
        """An assignment to a part of a row."""
        family = self.random.choice(SLICES)
        target = f"out[i, {self.random.choice(family)}]"
        if family == SLICES[0] and self.chance(0.5):
            target = "out[i]"
        return [Node(f"{target} {self.random.choice(['=', '=', '=', '+=', '-=', '*='])} {self.floats(family)}")]

    def local(self) -> list[Node]:
        """A local array: computed, or allocated and filled."""
        name = self.fresh("t")
        roll = self.random.random()
        length = self.random.choice([self.columns, "len(v)", "out.shape[1]", "v.size"])
        if roll < 0.5:
            nodes = [Node(f"{name} = {self.leaf([':'], ['X', 'x', 'A'])} + {self.floats([':'], 1)}")]
        elif roll < 0.6:
            nodes = [Node(f"{name} = {self.random.choice(['A[i].copy()', 'np.copy(v)', 'np.array(x)'])}")]
        else:
            made = self.random.choice(
                [
                    f"np.zeros({length}, np.{self.kind})",
                    f"np.full({length}, 2.0, dtype=np.{self.kind})",
                    "np.zeros_like(v)",
                ]
            )
            family = self.random.choice(SLICES)
            fill = f"{name}[{self.random.choice(family)}] {self.random.choice(['=', '+='])} {self.floats(family, 1)}"
            nodes = [Node(f"{name} = {made}"), Node(fill)]
        self.locals.append(name)
        return nodes

    def turns(self) -> list[Node]:
        """Names that are other arrays from round to round: they change places, or one is made anew."""
        a, b = self.fresh("a"), self.fresh("b")
        family = self.random.choice(SLICES)
        first = [Node(f"{a} = A[i] * 1"), Node(f"{b} = v.copy()")]
        self.locals += [a, b]
        body = [Node(f"{b}[{self.random.choice(family)}] = {self.leaf(family, [a, 'v'])} + {self.floats(family, 1)}")]
        swap = Node(f"{a}, {b} = {b}, {a}")
        test = self.random.choice(["turn == 2", "i % 2 == 1", "w[i] > 0.0"])
        roll = self.random.random()
        if roll < 0.5:
            body.append(swap)
        elif roll < 0.65:
            body.append(Node(f"if {test}:", [swap]))
        elif roll < 0.8:
            body += [Node(f"if {test}:", [Node("break")]), swap]
        else:
            body = [Node(f"{a}, {b} = {b}, {a} * {b} - v")]
        rounds = self.random.choice(["k % 4", "i % 3", "3"])
        return [*first, Node(f"for turn in range({rounds}):", body)]

    def masked(self) -> list[Node]:
        """An assignment or update where a mask holds."""
        value = self.random.choice(["0.0", "-1.5", self.scalars[0]])
        if not self.locals or self.chance(0.3):
            return [Node(f"out[i] = np.where({self.mask([':'])}, {value}, out[i])")]
        operator = self.random.choice(["=", "=", "+=", "*="])
        return [Node(f"{self.random.choice(self.locals)}[{self.mask([':'])}] {operator} {value}")]

    def view(self) -> list[Node]:
        """A row by another name, read and written."""
        name = self.fresh("row")
        family = self.random.choice(SLICES)
        nodes = [Node(f"{name} = out[i]"), Node(f"{name}[{family[0]}] = {self.floats(family, 1)}")]
        self.locals.append(name)
        return nodes

    def program(self) -> Program:
        """The whole program."""
        pragma = self.random.choice(["parallel for", "parallel for", "parallel for simd", "sequential for", "simd"])
        body = [node for _ in range(self.random.randint(1, 4 if self.long else 2)) for node in self.statement()]
        if not any("out" in node.text or "res" in node.text or "count" in node.text for node in body):
            body += self.store()
        loop = Node(f"for i in range({self.rows}):", body)
        lines = [Node(f"# pragma {pragma}"), loop, Node("return ()")]
        used = set(re.findall(r"\w+", "\n".join(line for node in lines for line in node.lines())))
        matrix, row = [self.rows, self.columns], [self.columns]
        arrays = [
            ArraySpec("A", self.kind, matrix, "whole"),
            ArraySpec("B", self.kind, matrix, "whole"),
            ArraySpec("X", self.kind, matrix, "any"),
            ArraySpec("v", self.kind, row, "whole"),
            ArraySpec("x", self.kind, row, "any"),
            ArraySpec("w", self.kind, [self.rows], "whole"),
            ArraySpec("K", self.integer, matrix, "any"),
            ArraySpec("q", self.integer, row, "any"),
            ArraySpec("flags", "bool", matrix, "any"),
            ArraySpec("out", self.kind, matrix, "written"),
            ArraySpec("count", self.integer, matrix, "written"),
            ArraySpec("res", "float64", [self.rows], "written"),
        ]
        arrays = [spec for spec in arrays if spec.name in used]
        scalars = [(name, kind) for name, kind in [("s", "float"), ("k", "int")] if name in used]
        return Program(self.seed, self.helpers, lines, arrays, scalars, approximate=False, collects=False)


def generate_arrays(seed: int) -> Program:
    """The program of a seed."""
    return ArrayGenerator(seed).program()
