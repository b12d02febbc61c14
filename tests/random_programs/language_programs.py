"""Random programs of statements, kinds and directives: what the language has beside arithmetic on elements and rows.

A program is one loop, or one assignment of arrays, under a directive with clauses, with one to three of these in it: `match`,
`del`, `raise` and `assert`, `else` of loops, `:=`, lists that grow, tuples and `None` that are carried, functions that capture and
assign, helpers with keywords and defaults that return early or return several values, generators made in the iteration, fields of
structured arrays, half precision and complex numbers.
"""

import re
from collections.abc import Callable

from generate import INTEGER_KINDS, ArraySpec, Dice, Node, Program

KINDS = ["float64", "float64", "float64", "float32", "float32", "float16", "complex128", "complex64"]
# The kind of a complex kind's parts.
PARTS = {"complex128": "float64", "complex64": "float32"}
DRAWS = [
    "random()",
    "uniform(-1.0, 2.5)",
    "standard_normal()",
    "normal(1.0, 0.5)",
    "standard_exponential()",
    "exponential(2.0)",
    "integers(0, 10)",
    "integers(-3, 3, endpoint=True)",
    "integers(0, 200, dtype=np.uint8)",
]
# Who writes a directive how: before it, and behind it.
DIALECTS = ["# pragma {}", "# pragma {}", "# pragma {}", "#pragma {}", "#omp {}", "#$ omp {}", "# pragma omp {}"]


class LanguageGenerator(Dice):
    """Writes one program over `n` elements, or `n` rows of `m`."""

    def __init__(self, seed: int):
        super().__init__(seed, "language")
        self.kind = self.random.choice(KINDS)
        self.part = PARTS.get(self.kind, self.kind)
        self.integer = self.random.choice([*INTEGER_KINDS, "int64", "int64", "int32"])
        self.helpers: list[Node] = []
        self.before: list[Node] = []
        self.results: list[str] = []
        self.reductions: dict[str, str] = {}
        self.locals: list[str] = []
        self.nested = False
        # Whether elements collect what inner iterations add or multiply, in an order that is the compiler's.
        self.collects = False

    @property
    def is_complex(self) -> bool:
        """Whether the numbers are complex."""
        return self.kind in PARTS

    # expressions

    def real(self, depth: int = 1) -> str:
        """A real number."""
        if depth == 0 or self.chance(0.35):
            leaves = ["w[i]", "u[i]", "r['x'][i]", "1.5", "-0.25", "s", *self.locals[-2:]]
            leaves += ["M[i, j]", "M[i, j]"] if self.nested else ["u[i - 1]"]
            leaves += ["x[i].real", "y[i].imag", "abs(x[i])"] if self.is_complex else ["x[i]", "y[i]"]
            return self.random.choice(leaves)
        left, right = self.real(depth - 1), self.real(depth - 1)
        form = self.choice(
            "({} + {})", "({} * {})", "({} - {})", "max({}, {})", "np.minimum({}, {})", "({} / (1.5 + abs({})))"
        )
        return form.format(left, right)

    def value(self, depth: int = 1) -> str:
        """A number of the program's kind."""
        if not self.is_complex:
            return self.real(depth)
        if depth == 0 or self.chance(0.3):
            return self.choice("x[i]", "y[i]", "x[i]", "1j", "(2.0 - 0.5j)", "r['z'][i]", self.real(0))
        left, right = self.value(depth - 1), self.value(depth - 1)
        form = self.choice(
            "({} + {})", "({} - {})", "({} * {})", "({} * {})", "np.conj({1} - {0})", "(-{} + {}.conjugate())"
        )
        if "conjugate" in form:
            right = self.choice("x[i]", "y[i]")
        return form.format(left, right)

    def whole(self, depth: int = 1) -> str:
        """An integer."""
        if depth == 0 or self.chance(0.4):
            return self.choice("k[i]", "k[i]", "i", "q", "3", "r['n'][i]", "j" if self.nested else "7")
        form = self.choice(
            "({} + {})", "({} * {})", "({} - {})", "({} & {})", "({} ^ {})", "min({}, {})", "({} // 3 + {})"
        )
        return form.format(self.whole(depth - 1), self.whole(depth - 1))

    def truth(self) -> str:
        """A condition."""
        compare = self.choice("<", "<=", ">", "!=", "==", ">=")
        return self.choice(
            f"{self.real()} {compare} {self.real(0)}",
            f"{self.whole()} {compare} {self.whole(0)}",
            "flags[i]",
            f"-1 < {self.real()} <= {self.real(0)}",
            f"not ({self.whole(0)} % 3 == 1 or flags[i])",
        )

    # statements; each gives the lines and leaves behind names that hold numbers

    def store(self) -> list[Node]:
        """An assignment to an element."""
        target = (
            "T[i, j]" if self.nested and self.chance(0.7) else self.choice("out[i]", "out[i]", "res[i]", "count[i]")
        )
        self.collects |= self.nested and not target.startswith("T")
        if target == "count[i]":
            return [Node(f"{target} {self.choice('=', '+=')} np.{self.integer}({self.choice('k[i]', '3')})")]
        if target == "out[i]":
            return [Node(f"{target} {self.choice('=', '=', '+=', '*=')} {self.value(2)}")]
        return [Node(f"{target} = {self.real(2)}")]

    def local(self) -> list[Node]:
        """A number by a name."""
        name = self.fresh("t")
        node = Node(f"{name} = {self.real(2)}")
        self.locals.append(name)
        return [node]

    def branch(self) -> list[Node]:
        """A conditional statement."""
        known = len(self.locals)
        nodes = [Node(f"if {self.truth()}:", self.store())]
        if self.chance(0.4):
            nodes.append(Node(f"elif {self.truth()}:", self.store()))
        if self.chance(0.6):
            nodes.append(Node("else:", self.store()))
        del self.locals[known:]
        return nodes

    def match(self) -> list[Node]:
        """A choice by patterns."""
        subject, guard = self.whole(), self.truth()
        cases = [
            Node("case 0:", self.store()),
            Node(f"case {self.choice('1 | 2', '3', '-1 | 1')}:", self.store()),
            Node(f"case v if {guard}:", [Node("res[i] = v * 0.5")]),
            Node("case _:", self.store()),
        ]
        if self.chance(0.3):
            subject = f"{subject}, {self.whole(0)} % 2"
            cases = [
                Node("case (0 | 1, _):", self.store()),
                Node("case a, 1:", [Node("res[i] = a + 1")]),
                Node("case _:", self.store()),
            ]
        kept = [case for case in cases[:-1] if self.chance(0.7)] or cases[:1]
        return [Node(f"match {subject}:", [*kept, *(cases[-1:] if self.chance(0.7) else [])])]

    def delete(self) -> list[Node]:
        """A name that ends."""
        name = self.fresh("t")
        return [
            Node(f"{name} = {self.value()}"),
            Node(f"out[i] = {name} + {self.choice('1', '0.5', name)}"),
            Node(f"del {name}"),
        ]

    def failure(self) -> list[Node]:
        """An exception that the data may cause."""
        limit = self.choice("3.9", "3.0", "12.0")
        return self.random.choice(
            [
                [
                    Node(
                        f"if {self.real(0)} > {limit}:",
                        [Node(f"raise {self.choice('ValueError', 'RuntimeError')}(f'at {{i}}')")],
                    )
                ],
                [Node(f"assert {self.real(0)} < {limit}, f'element {{i}}'")],
                [Node(f"assert k[i] < {self.choice('19', '12')}")],
                [Node(f"res[i] = 1 / (k[i] - {self.choice('5', 'k[i] + 1')})")],
                [Node(f"res[i] = math.sqrt({self.choice('u[i] + 3.5', 'abs(u[i])', 'w[i]')})")],
                [Node("if flags[i] and k[i] > 15:", [Node("raise IndexError")])],
            ]
        )

    def rounds(self) -> list[Node]:
        """An inner loop with an end of its own."""
        count, total = self.fresh("c"), self.fresh("t")
        leave = Node(f"if {total} > {self.choice('4.0', '20')}:", [Node("break")])
        otherwise = [Node("else:", [Node(f"{total} -= 1.0")])] if self.chance(0.7) else []
        start = [Node(f"{total} = {self.real(0)}")]
        if self.chance(0.5):
            lines = [Node(f"{total} = {total} * 0.5 + {count}"), leave]
            loop = Node(f"for {count} in range({self.choice('5', 'q', 'i % 7')}):", lines)
        else:
            start.append(Node(f"{count} = 0"))
            lines = [Node(f"{count} += 1"), Node(f"{total} += {self.real(0)}"), leave]
            loop = Node(f"while {count} < {self.choice('4', 'i % 5')}:", lines)
        self.locals.append(total)
        return [*start, loop, *otherwise]

    def walrus(self) -> list[Node]:
        """A name given inside an expression."""
        name = self.fresh("t")
        form = self.choice(
            f"if ({name} := {self.real()}) > 0.5:",
            f"if (({name} := {self.real()}) > 0.5 and {name} < 3) or flags[i]:",
        )
        nodes = [Node(form, [Node(f"res[i] = {name} * 2")])]
        self.locals.append(name)
        return nodes

    def draw(self) -> list[Node]:
        """Numbers of a generator of the iteration's own."""
        rng = self.fresh("rng")
        counter = self.choice("i", "[0, i, 0, 0]", "i")
        made = f"np.random.Generator(np.random.Philox(key={self.choice('7', '[3, 1]')}, counter={counter}))"
        taken = [Node(f"res[i] {self.choice('=', '+=')} {rng}.{self.random.choice(DRAWS)}") for _ in range(2)]
        if self.chance(0.4):
            taken[1] = Node(f"if {self.truth()}:", [taken[1]])
        return [Node(f"{rng} = {made}"), *taken]

    def capture(self) -> list[Node]:
        """A function of the loop's function, that reads and assigns its variables."""
        name, total = self.fresh("f"), self.fresh("r")
        self.before += [Node(f"{total} = 0")]
        self.results.append(total)
        step = self.choice("1", "v", "2")
        body = [Node(f"nonlocal {total}"), Node("if v > 1:", [Node(f"{total} += {step}")]), Node("return v * 2")]
        self.before.append(Node(f"def {name}(v):", body))
        return [
            Node(f"{self.choice('res[i]', 'res[i]', 'res[i]')} = {name}({self.choice('k[i]', 'i % 4', 'int(k[i])')})")
        ]

    def function(self) -> list[Node]:
        """A function made in the loop."""
        name = self.fresh("f")
        known = self.locals[-1] if self.locals else "s"
        if self.chance(0.6):
            made = [Node(f"{name} = lambda v, c={self.choice('2.0', known)}: v * c + {self.choice('1.0', 's')}")]
        else:
            early = Node("if v > 1.0:", [Node(f"return v - {known}")])
            made = [Node(f"def {name}(v, c=0.5):", [early, Node("return v * c")])]
        return [
            *made,
            Node(f"res[i] = {name}({self.real(0)}) + {name}({self.real(0)}, {self.choice('c=3.0', '0.25')})"),
        ]

    def call(self) -> list[Node]:
        """A helper with defaults, keywords, early and several results."""
        name = f"helper_{self.seed}"
        if not self.helpers:
            body = self.random.choice(
                [
                    [Node("if a > b:", [Node("return a, scale")]), Node("return b, a")],
                    [
                        Node("for c in range(4):", [Node("if a * c > b:", [Node("return c * scale, a")])]),
                        Node("return a - b, b"),
                    ],
                    [Node("low, high = min(a, b), max(a, b)"), Node("return low * scale, high")],
                ]
            )
            self.helpers.append(Node(f"def {name}(a, b=1.5, *, scale=2.0):", body))
        one, other = self.fresh("t"), self.fresh("t")
        given = self.choice(f"{self.real(0)}", f"{self.real(0)}, {self.real(0)}", f"b={self.real(0)}, a={self.real(0)}")
        scale = self.choice("", ", scale=0.5", f", scale={self.real(0)}")
        self.locals += [one, other]
        return [Node(f"{one}, {other} = {name}({given}{scale})")]

    def swap(self) -> list[Node]:
        """Several targets of one assignment."""
        one, other = self.fresh("t"), self.fresh("t")
        nodes = [Node(f"{one}, {other} = {self.real(0)}, {self.real()}"), Node(f"{one}, {other} = {other}, {one}")]
        self.locals += [one, other]
        return nodes

    def choose(self) -> list[Node]:
        """Python's functions and operators of numbers."""
        return [
            Node(
                self.choice(
                    f"res[i] = {self.real(0)} or {self.real(0)}",
                    f"res[i] = flags[i] and {self.real(0)}",
                    f"res[i] = divmod({self.whole(0)}, 4)[0]",
                    f"res[i] = round({self.real(0)}, 2)",
                    f"count[i] = np.{self.integer}(bool({self.real(0)}))",
                    f"res[i] = pow({self.whole(0)}, 2)",
                    f"res[i] = {self.real(0)} if {self.truth()} else {self.whole(0)}",
                    f"r['x'][i] = {self.real(0)}",
                    f"r['n'][i] {self.choice('=', '+=')} {self.choice('2', self.whole(0))}",
                    self.record_update(),
                )
            )
        ]

    def record_update(self) -> str:
        """A complex field is multiplied: by an inner loop in an order of the compiler's, which shows where there are infinities."""
        factor = self.choice("1j", "2.0", self.real(0))
        self.collects |= self.nested
        return f"r['z'][i] = r['z'][i] * {factor}"

    def reduce(self) -> list[Node]:
        """A contribution to a number of the whole loop."""
        name = self.fresh("r")
        self.results.append(name)
        start, line, operator = self.random.choice(
            [
                ("0.0", "{} += w[i]", "+"),
                ("0", "{} += k[i]", "+"),
                ("0", "{} += 1", "+"),
                ("-1e30", "{0} = max({0}, w[i])", "max"),
                ("np.inf", "{0} = np.minimum({0}, w[i])", "min"),
                ("True", "{0} = {0} and u[i] < 3.5", "and"),
                ("0", "{} ^= k[i]", "^"),
            ]
        )
        self.before.append(Node(f"{name} = {start}"))
        node = Node(line.format(name))
        if self.chance(0.3):
            return [Node(f"if {self.truth()}:", [node])]
        self.reductions[name] = operator
        return [node]

    def listed(self) -> list[Node]:
        """A list that the iteration makes and makes longer."""
        name, count = self.fresh("v"), self.fresh("c")
        item = f"float({self.real()})" if self.chance(0.7) else f"(float({self.real(0)}), float({self.real(0)}))"
        append = Node(f"{name}.append({item})")
        lines = [Node(f"if {self.truth()}:", [append])] if self.chance(0.4) else [append]
        if self.chance(0.3):
            lines.append(Node(f"if len({name}) > 2:", [Node(f"{name}.{self.choice('pop', 'clear')}()")]))
        loop = Node(f"for {count} in range({self.choice('3', 'q', 'i % 4')}):", lines)
        part = "[1]" if item.startswith("(") else ""
        used = self.choice(f"{name}[0]{part}", f"{name}[-1]{part} + len({name})", f"{name}.pop(){part}")
        if not part and self.chance(0.5):
            used = self.choice(f"max({name})", f"np.argmax({name})", f"(1.5 in {name}) + 2")
        return [Node(f"{name} = []"), loop, Node(f"if {name}:", [Node(f"res[i] = {used}")])]

    def held(self) -> list[Node]:
        """A tuple, or nothing, that the loop hands on to its next iteration and to what follows."""
        name = self.fresh("h")
        self.results.append(name)
        if self.chance(0.5):
            self.before.append(Node(f"{name} = (0, -1.0)"))
            pair = f"(i, float({self.real(0)}))"
            test = self.choice(self.truth(), f"{pair} {self.choice('<', '>', '!=', '>=')} {name}")
            return [Node(f"if {test}:", [Node(f"{name} = {pair}")])]
        self.before.append(Node(f"{name} = {self.choice('None', 'None', '2.5')}"))
        take = Node(f"{name} = {self.choice('i', 'float(w[i])', 'float(w[i])')}")
        nodes = [Node(f"if {name} is None or {self.truth()}:", [take])]
        if self.chance(0.5):
            nodes.append(Node(f"elif {name} > 1:", [Node(f"{name} = None")]))
        return nodes

    def histogram(self) -> list[Node]:
        """A contribution to an element that the data choose."""
        atomic = [Node("# pragma atomic")] if self.chance(0.3) else []
        return [*atomic, Node(f"hist[k[i] % max(1, n)] {self.choice('+=', '+=', '-=')} {self.choice('1', 'i', '2')}")]

    # the whole

    def features(self) -> list[Callable[[], list[Node]]]:
        """The kinds of statements; those that programs are written for first."""
        return [
            *[self.match, self.delete, self.failure, self.rounds, self.walrus, self.draw, self.capture, self.function],
            *[
                self.call,
                self.swap,
                self.choose,
                self.reduce,
                self.histogram,
                self.listed,
                self.held,
                self.local,
                self.branch,
                self.store,
            ],
        ]

    def clauses(self, directive: str) -> list[str]:
        """Clauses that fit the directive and the loop."""
        parallel, simd = "parallel" in directive, "simd" in directive
        possible = []
        if parallel:
            dealt = self.choice("static", "dynamic", "guided", "auto", "static, 3", "dynamic, 64", "guided, 2")
            possible += [f"schedule({dealt})", f"num_threads({self.choice('1', '2', '3', 'max(1, m)')})"]
        if parallel or simd:
            possible += [f"if({self.choice('n > 10', 'm == 7', 'True')})"]
            possible += [f"reduction({operator}: {name})" for name, operator in self.reductions.items()]
        if simd:
            possible += [f"simdlen({self.choice('2', '4', '8', '32')})"]
        possible += [f"unroll({self.choice('2', '3', '8')})"]
        if self.nested and directive != "sequential for":
            possible += [f"tile({self.choice('4, 8', '3, 2', '16')})", "collapse(2)"]
        self.random.shuffle(possible)
        kept = possible[: self.random.choice([0, 0, 1, 1, 2, 3])]
        collapsed = [one for one in kept if not one.startswith(("tile", "unroll"))]
        return collapsed if "collapse(2)" in kept else kept

    def comment(self) -> Node:
        """The directive with its clauses, in one of the dialects."""
        directive = self.choice("parallel for", "parallel for", "parallel for simd", "simd", "sequential for")
        clauses = self.clauses(directive)
        dialect = self.random.choice(DIALECTS)
        own = any(one.startswith(("unroll", "tile", "reduction(max", "reduction(and")) for one in clauses)
        if "omp" in dialect and (own or directive == "sequential for"):
            dialect = "# pragma {}"
        return Node(dialect.format(" ".join([directive, *clauses])))

    def statements(self, count: int) -> list[Node]:
        """Statements that store or add something."""
        names = self.features()
        weights = [3] * 9 + [2] * (len(names) - 9)
        nodes = [node for feature in self.random.choices(names, weights, k=count) for node in feature()]
        lines = "\n".join(line for node in nodes for line in node.lines())
        return nodes if re.search(r"(out|res|count|T|hist)\[|\br\d", lines) else [*nodes, *self.store()]

    def arrays(self) -> list[Node]:
        """Assignments of arrays under a directive of their own, some of them APPy's."""
        whole, part = self.choice("x[:n]", "x[:n]", "x[:n][::-1]"), self.choice("w[:n]", "u[:n]")
        kept = f"out[:n] = {whole} {self.choice('+', '-', '*')} {part} {self.choice('', '+ y[:n]', '* 2')}"
        wide = f"res[:n] = (M[:n, :m] > {self.choice('2', '0.5', 'u[:n, None]')}).sum(axis=1)"
        tall = (
            f"T[:n, :m] = M[:n, :m] {self.choice('+', '*', '-')} {self.choice('u[:n, None]', '1.5', 'M[:n, :m][::-1]')}"
        )
        line, dimensions = self.random.choice(
            [(kept, ":n=>parallel"), (wide, ":n=>parallel"), (tall, ":n=>parallel :m=>parallel")]
        )
        directive = self.choice(
            "# pragma parallel", "# pragma parallel", f"#pragma {dimensions}", "# pragma parallel num_threads(2)"
        )
        return [Node(directive), Node(line)]

    def program(self) -> Program:
        """The whole program."""
        if self.chance(0.12):
            nodes = self.arrays()
        else:
            self.nested = self.chance(0.2)
            body = self.statements(self.random.choice([1, 1, 2, 2, 3]))
            loop = Node("for i in range(n):", body)
            if self.nested:
                both = self.choice("for i, j in np.ndindex(n, m):", "nest", "nest", "nest")
                loop = (
                    Node("for i in range(n):", [Node("for j in range(m):", body)])
                    if both == "nest"
                    else Node(both, body)
                )
                self.nested = both == "nest"
            elif self.chance(0.2):
                loop.text = self.choice(
                    "for i, e in enumerate(u):",
                    "for i, (e, d) in enumerate(zip(u, w)):",
                    "for i in range(n - 1, -1, -1):",
                )
            nodes = [*self.before, self.comment(), loop]
        result = Node(f"return ({''.join(f'{name}, ' for name in self.results)})")
        lines = [*nodes, result]
        used = set(re.findall(r"\w+", "\n".join(line for node in lines for line in node.lines())))
        row, matrix = ["n"], ["n", "m"]
        arrays = [
            ArraySpec("x", self.kind, row, "any"),
            ArraySpec("y", self.kind, row, "any"),
            ArraySpec("u", self.part, row, "any"),
            ArraySpec("w", self.part, row, "whole"),
            ArraySpec("M", self.part, matrix, "any"),
            ArraySpec("k", self.integer, row, "any"),
            ArraySpec("flags", "bool", row, "any"),
            ArraySpec("r", "record", row, "written"),
            ArraySpec("out", self.kind, row, "written"),
            ArraySpec("T", self.part, matrix, "written"),
            ArraySpec("res", "float64", row, "written"),
            ArraySpec("count", self.integer, row, "written"),
            ArraySpec("hist", "int64", row, "collected"),
        ]
        arrays = [spec for spec in arrays if spec.name in used]
        scalars = [(name, kind) for name, kind in [("s", "float"), ("q", "int")] if name in used]
        return Program(self.seed, self.helpers, lines, arrays, scalars, approximate=False, collects=self.collects)


def generate_language(seed: int) -> Program:
    """The program of a seed."""
    return LanguageGenerator(seed).program()
