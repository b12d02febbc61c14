"""Random programs at the edges: subscripts that may be out of bounds, empty parts, rows that are never read, exceptions in the middle
of a loop, integers near the limits of their types, arguments that overlap.

Most are a few lines. Whether one raises depends on its arguments: of the three calls of a program, some should, and then the exception,
its message and what was stored before it must be CPython's.
"""

import re

from generate import INTEGER_KINDS, ArraySpec, Dice, Node, Program

PARTS = [":", ":", "0:0", "1:1", "k:", ":k", "k:k", "::2", "-1:", "::-1", "5:2", "n:", ":-1"]


class EdgeGenerator(Dice):
    """Writes one program over rows of m elements."""

    def __init__(self, seed: int):
        super().__init__(seed, "edges")
        self.kind = self.random.choice(["float64", "float64", "float32"])
        self.integer = self.random.choice([*INTEGER_KINDS, "int64", "int64"])
        self.helpers: list[Node] = []

    def at(self) -> str:
        """A subscript of an axis of n elements."""
        return self.choice(
            "i",
            "i",
            "i",
            "k",
            "idx[i]",
            "-1 - i",
            "i + 1",
            "i - 1",
            "n - 1 - i",
            "i + k",
            "i // 2",
            "0",
            "-1",
            "n",
            "i % 5",
        )

    def column(self) -> str:
        """A subscript of an axis of m elements."""
        return self.choice("0", "-1", "k", "i", "m - 1", "k - i", "q[0]", "i % 3")

    def part(self) -> str:
        """A row, or what a slice or a mask leaves of it."""
        at = self.at()
        return self.choice(
            f"A[{at}]",
            f"A[{at}]",
            f"A[{at}, {self.random.choice(PARTS)}]",
            f"A[{at}][{self.random.choice(PARTS)}]",
            f"B[{self.random.choice(PARTS)}, {self.column()}]",
            f"A[{at}, v > {self.choice('0', '99', '-99')}]",
            f"A[{at}, q]",
            f"v[{self.random.choice(PARTS)}]",
        )

    def number(self) -> str:
        """A float made of the arrays."""
        roll = self.random.random()
        part = self.part()
        if roll < 0.2:
            return f"A[{self.at()}, {self.column()}]"
        if roll < 0.4:
            return self.choice(f"np.sum({part})", f"{part}.sum()", f"float(len({part}))", f"{part}.shape[0]")
        if roll < 0.55:
            function = self.choice("np.max", "np.min", "np.argmin", "np.argmax", "np.any", "np.all", "np.count_nonzero")
            return f"{function}({part})"
        if roll < 0.65:
            return f"{self.helper()}({part})"
        if roll < 0.75:
            return self.choice(
                f"math.sqrt(v[{self.column()}])",
                "1.0 / (i - k)",
                f"np.float64(1.0) / v[{self.column()}]",
                f"float(int(x[{self.column()}]))",
                f"math.floor(v[{self.column()}])",
                "i % (k - 3)",
            )
        if roll < 0.85:
            return self.choice(
                f"sum([e for e in {part}])", f"len([e for e in {part} if e > 0])", f"max([e for e in {part}] + [1.0])"
            )
        if roll < 0.93:
            function = self.choice("np.cumsum", "np.flip", "np.abs", "np.negative", "np.sort")
            return f"{function}({part})[{self.column()}]"
        return self.choice("s", "-0.0", "w[i]", f"np.dot({part}, {part})", f"x[{self.column()}]")

    def helper(self) -> str:
        """The name of a pure function of a row."""
        name = f"helper_{self.seed}"
        if not self.helpers:
            bodies = [
                [Node("return 2.0")],
                [Node("return a[0] if len(a) > 0 else 1.0")],
                [Node("return a.sum()")],
                [Node("if len(a) == 0:", [Node("return -1.0")]), Node("return a[-1]")],
                [Node("b = a[0:1]"), Node("return b.sum() * 2.0")],
            ]
            self.helpers.append(Node(f"def {name}(a):", self.random.choice(bodies)))
        return name

    def statement(self) -> list[Node]:
        """One statement of the loop's body, with what it needs before it."""
        roll = self.random.random()
        if roll < 0.2:
            return [
                Node(
                    f"res[{self.choice('i', 'i', 'i', 'idx[i]', 'i - 1')}] {self.choice('=', '=', '+=')} {self.number()}"
                )
            ]
        if roll < 0.4:
            target = f"out[{self.at()}, {self.random.choice(PARTS)}]" if self.chance(0.7) else f"out[{self.at()}]"
            value = self.choice("s", "1.5", self.number(), "w[i]")
            return [Node(f"{target} {self.choice('=', '=', '+=', '*=')} {value}")]
        if roll < 0.6:
            name = self.fresh("row")
            element = self.choice("0", "-1", "i % 3", "m - 1")
            guard, use = self.random.choice(
                [
                    ("m > 3", f"res[i] = {name}[{element}]"),
                    ("i > 1", f"res[i] = {name}[{self.column()}]"),
                    ("w[i] > 0", f"{name}[{self.random.choice(PARTS)}] = s"),
                    ("k > 20", "res[i] = s"),
                    ("i > 2", f"res[i] = len({name})"),
                ]
            )
            return [
                Node(f"{name} = out[{self.at()}]"),
                Node(f"if {guard}:", [Node(use)]),
            ]
        if roll < 0.68:
            return [Node(f"for e in {self.part()}:", [Node("res[i] += e")])]
        if roll < 0.8:
            left = f"K[{self.at()}, {self.column()}]"
            right = self.choice("k", "i", f"K[{self.at()}, 0]", "3", f"int(K[{self.at()}, 0])")
            operator = self.choice("+", "-", "*", "//", "%", "<<", ">>", "&", "**")
            left = self.choice(left, left, f"int({left})")
            if operator in ("<<", "**"):
                right = self.choice("k", "2", "i")
            return [Node(f"t = {left} {operator} {right}"), Node("res[i] = float(t)")]
        if roll < 0.88:
            return [
                Node(
                    f"cnt[i, {self.random.choice(PARTS)}] {self.choice('=', '+=', '-=', '*=')} {self.choice('k', 'k', 'K[i, 0]', 'i * 40', '1', '1', '200', 'w[i]')}"
                )
            ]
        if roll < 0.94:
            return [
                Node(
                    f"if {self.choice('w[i] < -3.5', 'i > k + 6', 'v[0] > 3.5')}:",
                    [Node(self.choice("break", "continue", "raise ValueError(i)", "assert s > 9.0, 'no'"))],
                )
            ]
        return [Node(f"out[{self.choice('q', 'idx', 'w > 0')}] {self.choice('=', '+=')} s")]

    def program(self) -> Program:
        """The whole program."""
        pragma = self.choice("parallel for", "parallel for", "parallel for simd", "sequential for", "simd")
        body = [node for _ in range(self.random.randint(1, 3)) for node in self.statement()]
        loop = Node(f"for i in range({self.choice('n', 'n', 'len(res)', 'len(idx)', 'm')}):", body)
        lines = [Node(f"# pragma {pragma}"), loop, Node("return ()")]
        used = set(re.findall(r"\w+", "\n".join(line for node in [*lines, *self.helpers] for line in node.lines())))
        arrays = [
            ArraySpec("A", self.kind, ["n", "m"], "whole"),
            ArraySpec("B", self.kind, ["n", "m"], "whole"),
            ArraySpec("v", self.kind, ["m"], "whole"),
            ArraySpec("x", self.kind, ["m"], "any"),
            ArraySpec("w", self.kind, ["n"], "whole"),
            ArraySpec("K", self.integer, ["n", "m"], "any"),
            ArraySpec("idx", "int64", ["n"], "places n"),
            ArraySpec("q", "int64", ["m"], "places m"),
            ArraySpec("out", self.kind, ["n", "m"], "written"),
            ArraySpec("cnt", self.integer, ["n", "m"], "written"),
            ArraySpec("res", "float64", ["n"], "written"),
        ]
        arrays = [spec for spec in arrays if spec.name in used]
        scalars = [(name, kind) for name, kind in [("s", "float"), ("k", "int")] if name in used]
        return Program(self.seed, self.helpers, lines, arrays, scalars, approximate=False, collects=True)


def generate_edges(seed: int) -> Program:
    """The program of a seed."""
    return EdgeGenerator(seed).program()
