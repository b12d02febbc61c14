"""Random programs as people write them: lists that are given, changed and grown, values that may be `None`, names that go round, methods
of views, orders, small matrices, functions of sequences, generators made of seeds, tuples as subscripts.

A program is one loop with one to three of these in it. Lists are compared item by item, with the types of the items.
"""

import re
from collections.abc import Callable

from generate import ArraySpec, Dice, Node, Program

PARTS = ["", "", "[::2]", "[1:]", "[::-1]", "[k % 3 :: 1 + i % 3]", "[-1 - i % 2 :: -1 - i % 3]", "[:k]"]


class ListGenerator(Dice):
    """Writes one program over lists of n items and arrays of n rows of m elements."""

    def __init__(self, seed: int):
        super().__init__(seed, "lists")
        self.kind = self.random.choice(["float64", "float64", "float32", "int64"])
        self.helpers: list[Node] = []
        self.before: list[Node] = []
        self.results: list[str] = []
        self.locals: list[str] = []
        self.approximate = False
        self.collects = False

    # expressions

    def row(self) -> str:
        """A row of numbers, or a part of it."""
        return self.choice("A[i]", "A[i]", "v", "A[-1 - i]", "A[i // 2]") + self.random.choice(PARTS)

    def number(self) -> str:
        """A number."""
        simple = ["w[i]", "x[i]", "L[i]", "N[i]", "i", "0.5", "s", "A[i, -1]", "v[0]", *self.locals[-2:]]
        left = self.random.choice(simple)
        if self.chance(0.6):
            return left
        return f"({left} {self.choice('+', '-', '*')} {self.random.choice(simple)})"

    def truth(self) -> str:
        """A condition."""
        return self.choice(
            f"{self.number()} {self.choice('<', '>', '<=', '!=')} {self.number()}",
            "i % 3 == 1",
            "F[i]",
            "w[i] > 0",
            "N[i] > 4 or F[i]",
        )

    def keep(self, value: str) -> Node:
        """A value goes where it is seen."""
        return Node(
            f"{self.choice('res[i]', 'res[i]', 'out[i, 0]', 'out[i, -1]')} {self.choice('=', '=', '+=')} {value}"
        )

    # statements

    def changed(self) -> list[Node]:
        """Items of lists from before the loop."""
        return [
            Node(
                self.choice(
                    "L[i] = L[i] * 2",
                    "L[i] += float(w[i])",
                    "N[i] += int(w[i])",
                    "N[i] = N[i] // 2 + i",
                    "N[N[i] % n] = i",
                    "N[N[i] % n] += 1",
                    "L[i], L[-1 - i] = L[-1 - i], L[i]",
                    "L[i] = L[i - 1] + 1.5",
                    "L[i] = max(L[i], L[i - k])",
                    "L[i + k] = 0.0",
                    "F[i] = not F[i]",
                    "F[i] = N[i] % 2 == 0",
                    "R[i][0] = R[i][-1] + 1.0",
                    "R[i][k] = 2.5",
                    "R[i], R[0] = R[0], R[i]",
                    "N[i] *= N[i]",
                    "N[i] = N[i] ** 5",
                    "L[i] = N[i]",
                    "L[i] = w[i]",
                    "L[i] /= N[i] - 3",
                )
            )
        ]

    def visited(self) -> list[Node]:
        """Lists that are looked at from one end to the other."""
        total = self.fresh("t")
        self.locals.append(total)
        head, line = self.random.choice(
            [
                ("for e in L:", f"{total} = max({total}, e)"),
                ("for e in N:", f"{total} += e"),
                ("for e, f in zip(N, F):", f"{total} += e if f else 1"),
                ("for e, f in enumerate(N):", f"{total} += e * f"),
                ("for e in R[i]:", f"{total} = min({total}, e)"),
                ("for e in reversed(N):", f"{total} = {total} * 3 % 1009 + e"),
                ("for e in range(len(R[i])):", f"{total} += e if R[i][e] > 0 else 1"),
                ("for e in (1, 4, 9):", f"{total} ^= e + i"),
                ("for e, f in [(1, 2.0), (3, 4.0)]:", f"{total} = max({total}, e * f)"),
            ]
        )
        start = "0.0" if re.search("max|min", line) else "0"
        leave = [Node(f"if {self.truth()}:", [Node(self.choice("break", "continue"))])] if self.chance(0.3) else []
        return [Node(f"{total} = {start}"), Node(head, [*leave, Node(line)]), self.keep(total)]

    def grown(self) -> list[Node]:
        """A list that grows."""
        name = self.fresh("found")
        self.before.append(Node(f"{name} = []"))
        self.results.append(name)
        item = self.choice("i", "w[i]", "L[i]", "float(x[i])", "(i, w[i])", "[i, i * i, F[i]]", "N[i]", "i // (k - 2)")
        if self.chance(0.3):
            item = self.choice(
                "x * i", "out[i].copy()", "(w[i], x[::-1] - k)", "np.full(3, w[i])", "x[:2] + x[i]", "out[:, 0] > i"
            )
        append = Node(f"{name}.append({item})")
        roll = self.random.random()
        if roll < 0.4:
            return [Node(f"if {self.truth()}:", [append])]
        if roll < 0.55:
            return [Node(f"if {self.truth()}:", [append]), Node("else:", [append, append])]
        if roll < 0.7:
            leave = [Node(f"if {self.truth()}:", [Node(self.choice("break", "continue"))])] if self.chance(0.5) else []
            return [Node(f"for j in range({self.choice('3', 'm', 'i')}):", [*leave, Node(f"{name}.append(i - j)")])]
        return [append]

    def local_list(self) -> list[Node]:
        """A list of the iteration's own."""
        name = self.fresh("own")
        made, use = self.random.choice(
            [
                ("[0] * 4", [f"{name}[i % 4] += i", f"{name}[k % 4] -= 3"]),
                ("[0.0, 1.5, float(w[i])]", [f"{name}[0], {name}[2] = {name}[2], {name}[0]"]),
                ("[float(e) for e in v]", [f"{name}[k] = 0.25"]),
                ("[j * j for j in range(m) if j != i]", [f"{name}[-1] = 7"]),
                ("[e for e in N if e > 3]", [f"{name}[0] = {name}[-1] + 1"]),
                ("[[0] * 3, [1] * 3]", [f"{name}[i % 2][1] = 5", f"{name}[0] = {name}[1]"]),
                ("[False] * m", [f"{name}[i] = True"]),
            ]
        )
        seen = self.choice(f"len({name})", f"{name}[0]", f"{name}[-1]", f"{name}[i % 3]", f"sum({name})")
        if "[[" in made:
            seen = self.choice(f"len({name})", f"{name}[0][1]", f"{name}[1][i % 3]")
        return [
            Node(f"{name} = {made}"),
            *map(Node, self.random.sample(use, self.random.randint(0, len(use)))),
            self.keep(seen),
        ]

    def optional(self) -> list[Node]:
        """A value that may be missing."""
        best = self.fresh("best")
        helper = f"missing_{self.seed}"
        roll = self.random.random()
        if roll < 0.4:
            better = self.choice(f"e > {best}", f"{best} < e", f"abs(e) < abs({best})")
            start = [
                Node(f"{best} = None"),
                Node(f"for e in {self.row()}:", [Node(f"if {best} is None or {better}:", [Node(f"{best} = e")])]),
            ]
        elif roll < 0.7:
            if not self.helpers:
                body = [
                    Node(
                        "for j in range(len(a)):",
                        [Node("if a[j] > limit:", [Node(self.choice("return j", "return a[j]", "return j * 0.5"))])],
                    )
                ]
                end = [] if self.chance(0.4) else [Node("return None")]
                self.helpers.append(Node(f"def {helper}(a, limit):", [*body, *end]))
            start = [Node(f"{best} = {helper}({self.row()}, {self.choice('1', 's', '0.5')})")]
        elif roll < 0.85:
            start = [Node(f"{best} = {self.number()} if {self.truth()} else None")]
        else:
            start = [
                Node(f"{best} = None"),
                Node(f"if {self.truth()}:", [Node(f"{best} = {self.number()}")]),
                Node(f"elif {self.truth()}:", [Node(f"{best} = {self.number()}")]),
            ]
        seen = self.random.choice(
            [
                [Node(f"if {best} is not None:", [self.keep(best)])],
                [self.keep(f"-1 if {best} is None else {best}")],
                [Node(f"if {best} is None:", [Node("continue")]), self.keep(f"{best} + 1")],
                [Node(f"if {best} is not None and {best} > 0:", [self.keep(best)]), Node("else:", [self.keep("9")])],
                [self.keep(f"({best} is None) + 1")],
                [self.keep(f"{best} * 2")],
            ]
        )
        return [*start, *seen]

    def round_about(self) -> list[Node]:
        """Names that go round: numbers, and rows."""
        a, b, c = self.fresh("a"), self.fresh("b"), self.fresh("c")
        roll = self.random.random()
        if roll < 0.3:
            turn = self.choice(
                f"{a}, {b} = {b}, {a} + {b}", f"{a}, {b} = {b}, {a} % 7 - {b}", f"{c} = {a}\n{a} = {b}\n{b} = {c} - 1"
            )
            body = [Node(line) for line in turn.split("\n")]
            return [
                Node(f"{a}, {b} = {self.number()}, {self.number()}"),
                Node(f"for _ in range({self.choice('i % 5', '3', 'k % 4')}):", body),
                self.keep(a),
            ]
        start = [
            Node(f"{a}, {b} = {self.choice('A[i].copy()', 'A[i] * 2', 'v + 1')}, {self.choice('v.copy()', 'v * 1')}")
        ]
        if roll < 0.55:
            body = [
                Node(f"{b}{self.choice('[:]', '[1:]', '[::2]')} += {self.choice('1', 'i', 's if False else 2')}"),
                Node(f"{a}, {b} = {b}, {a}"),
            ]
        elif roll < 0.8:
            body = [Node(f"{c} = {a} + {b}{self.choice('', '[::-1]')}"), Node(f"{a}, {b} = {b}, {c}")]
        else:
            body = [Node(f"{a}, {b} = {b}, {a} - {b}"), Node(f"if {self.truth()}:", [Node("break")])]
        nodes = [*start, Node(f"for _ in range({self.choice('i % 5', '3', 'k % 4')}):", body)]
        return [*nodes, Node(self.choice(f"out[i] = {a}", f"out[i] = {b}", f"out[i] = {a} - {b}"))]

    def method(self) -> list[Node]:
        """Methods of rows."""
        row, name = self.row(), self.fresh("t")
        roll = self.random.random()
        if roll < 0.5:
            method = self.choice(
                "sum()",
                "max()",
                "min()",
                "argmax()",
                "argmin()",
                "any()",
                "all()",
                "mean()",
                "size",
                "cumsum()[-1]",
                "copy()[0]",
                "astype(np.int64).sum()",
                "astype(np.float32).max()",
                "nonzero()[0].size",
                "ravel()[0]",
                "repeat(2)[-1]",
                "dtype.itemsize",
                "argsort(kind='stable')[0]",
                "clip(-2, 2).sum()",
                "prod()",
                "max(initial=3)",
                "dot(v) if k == 99 else 1",
                "T[-1]",
                "flatten().sum()",
            )
            self.collects |= "prod" in method
            return [self.keep(f"{row}.{method}")]
        if roll < 0.75:
            change = self.choice("sort()", "fill(2)", "fill(i)", "fill(w[i])", "sort(kind='stable')")
            return [
                Node(f"{name} = {row}.copy()"),
                Node(f"{name}.{change}"),
                self.keep(f"{name}[{self.choice('0', '-1', 'k')}]"),
            ]
        change = self.choice(
            f"{name} += 1",
            f"{name} *= {name}",
            f"{name}[:] = v",
            f"{name}.fill(3)",
            f"{name}.sort()",
            f"{name}[::-1] = v",
        )
        return [Node(f"{name} = out[i]{self.choice('', '[::-1]', '[:]')}"), Node(change)]

    def order(self) -> list[Node]:
        """Elements in order."""
        name = self.fresh("order")
        made = self.choice(
            "np.argsort(A[i], kind='stable')",
            "np.argsort(A[i], kind='stable')[::-1]",
            "np.argsort(-A[i], kind='stable')[:3]",
            "A[i].argsort(kind='stable')",
            "np.argsort(x, kind='stable')",
        )
        other = self.choice(
            "np.sort(A[i])[-2:].sum()",
            "np.partition(A[i], 1)[1]",
            "np.partition(A[i], k)[k]",
            "np.sort(x)[i]",
            "np.median(A[i])",
            "np.searchsorted(np.sort(v), w[i])",
            "np.unique(A[i]).size",
            "np.sort(A[i])[::-1][k]",
            "np.argsort(x)[i]",
        )
        if self.chance(0.4):
            return [self.keep(other)]
        use = self.random.choice(
            [
                [self.keep(f"{name}[{self.choice('0', '-1', 'k', 'i')}]")],
                [Node(f"out[i, : len({name})] = {name}")],
                [
                    Node(
                        f"for rank, j in enumerate({name}):",
                        [Node(f"out[i, {self.choice('rank', 'j', 'rank')}] = {self.choice('j', 'rank', 'A[i, j]')}")],
                    )
                ],
                [self.keep(f"{'x' if 'x' in made else 'A[i]'}[{name}][{self.choice('0', '-1')}]")],
            ]
        )
        return [Node(f"{name} = {made}"), *use]

    def matrix(self) -> list[Node]:
        """A small matrix."""
        name = self.fresh("P")
        self.collects = True
        made = self.choice(
            f"{name} = np.array([[w[i] + 20, 2.0], [1.0, 15.0 - w[i]]])",
            f"{name} = np.eye(3) * 20 + np.arange(9).reshape(3, 3)",
            f"{name} = np.zeros((3, 3))\n{name}[0, 0] = {name}[1, 1] = {name}[2, 2] = 12.0\n{name}[0, 1:] = w[i]",
        )
        size = 2 if "15.0" in made else 3
        seen = self.choice(
            f"np.linalg.det({name})",
            f"np.linalg.inv({name})[0, 1]",
            f"np.linalg.solve({name}, np.ones({size}))[-1]",
            f"({name} @ {name}.T)[0, 1]",
            f"np.linalg.norm({name})",
            f"np.trace({name} @ {name})",
            f"np.linalg.matrix_power({name}, 3)[1, 0]",
            f"np.linalg.cholesky({name} @ {name}.T)[1, 0]",
            f"np.outer({name}[0], {name}[:, 1]).sum()",
            f"{name}.sum(axis=0)[-1]",
            f"np.diag({name})[::-1].max()",
            f"({name} * np.arange({size})[:, None]).max()",
        )
        return [*map(Node, made.split("\n")), Node(f"res[i] = {seen}")]

    def sequence(self) -> list[Node]:
        """Python's functions of sequences."""
        row = self.row()
        return [
            self.keep(
                self.choice(
                    f"max({row})",
                    f"min({row}, default=3)",
                    f"sum({row})",
                    "min(range(m), key=lambda j: A[i, j])",
                    "max(range(m), key=lambda j: (A[i, j] * 7) % 5, default=-2)",
                    "max(N)",
                    "min(L) + sum(N)",
                    f"sum(map(abs, {row}))",
                    f"reduce(lambda a, b: a * 0.5 + b, {row}, 0.0)",
                    "reduce(lambda a, b: (a * 31 + b) % 1009, N, i)",
                    "math.prod(range(1, 2 + i % 9))",
                    f"any(e > 3 for e in {row})",
                    f"all(e > -8 for e in {row})",
                    f"sum(1 for e in {row} if e > 0)",
                    f"sum(e * e for e in {row})",
                    "max(e for e in N if e > 0)",
                    "max((w[i], x[i], s))",
                    "sum(L[j] > w[i] for j in range(len(L)))",
                    "sum(a == b for a, b in zip(N, w))",
                    "len([e for e in L if e > 0])",
                    "max(abs(a - b) for a, b in zip(L, L[1:])) if False else 2",
                )
            )
        ]

    def starred(self) -> list[Node]:
        """A row as arguments, and results of several values."""
        name = f"several_{self.seed}"
        if not any(name in helper.text for helper in self.helpers):
            self.helpers.append(
                Node(f"def {name}(a, b, c=2):", [Node("if a > b:", [Node("return b, a * c")]), Node("return a, b")])
            )
        given = self.choice(
            "*v[:2]",
            "*A[i, :2]",
            "w[i], *v[:2]",
            "*(w[i], 1.0)",
            "x[i], w[i], c=i",
            "*R[i][:2]" if False else "*v[1:3]",
        )
        one, other = self.fresh("t"), self.fresh("t")
        self.locals += [one]
        return [Node(f"{one}, {other} = {name}({given})"), self.keep(f"{one} - {other}")]

    def complexes(self) -> list[Node]:
        """Functions of complex numbers."""
        self.approximate = True
        return [
            self.keep(
                self.choice(
                    "cmath.exp(0.5j * x[i]).real",
                    "abs(cmath.rect(2.0, w[i]))",
                    "cmath.phase(complex(x[i], w[i]))",
                    "cmath.sqrt(w[i]).imag",
                    "cmath.polar(complex(w[i], 1.0))[0]",
                    "(cmath.log(complex(w[i], 1)) if w[i] else 0j).real",
                    "cmath.sqrt(-4).imag * i",
                )
            )
        ]

    def place(self) -> list[Node]:
        """A tuple as a subscript."""
        name = self.fresh("at")
        made = self.choice(
            f"{name} = (i, 0)",
            f"{name} = i, -1",
            f"{name} = i, k",
            f"{name} = (-1 - i, i % m)",
            f"{name} = (i // 2, m - 1)",
        )
        # Two iterations contribute to one element, in an order of the compiler's.
        self.collects |= "//" in made
        return [
            Node(made),
            Node(
                self.choice(
                    f"out[{name}] = {self.number()}",
                    f"out[{name}] += A[{name}]",
                    f"res[i] = A[{name}]",
                    f"res[{name}[0]] = A[{name}]",
                )
            ),
        ]

    def draw(self) -> list[Node]:
        """Numbers of a generator made of a seed."""
        rng, name = self.fresh("rng"), self.fresh("t")
        made = self.choice(
            "np.random.default_rng(i)",
            "np.random.default_rng([7, i])",
            "np.random.Generator(np.random.PCG64(i + 3))",
            "np.random.default_rng((i, 5))",
        )
        taken = self.random.choice(
            [
                [
                    self.keep(
                        f"{rng}.{self.choice('random(size=3)[1]', 'normal(size=m)[-1]', 'choice(5)', 'choice(v)', 'permutation(5)[2]', 'poisson(3.5)', 'binomial(9, 0.3)', 'gamma(2.5)', 'integers(0, 9, size=4)[3]', 'choice(6, 3, replace=False)[1]', 'uniform(-1, 1, (2, 3))[1, 2]')}"
                    )
                ],
                [
                    Node(f"{name} = np.arange(6)"),
                    Node(f"{rng}.shuffle({name})"),
                    self.keep(f"{name}[{self.choice('0', 'i % 6')}]"),
                ],
                [
                    Node(
                        f"for _ in range({self.choice('3', 'i % 4')}):",
                        [Node(f"res[i] += {rng}.{self.choice('random()', 'standard_normal()', 'integers(3)')}")],
                    )
                ],
                [
                    Node(
                        f"out[i] = {rng}.{self.choice('random(m)', 'standard_normal(m)', 'integers(0, 5, m)', 'permutation(m)')}"
                    )
                ],
                [
                    Node(f"{name} = {rng}.random()"),
                    Node(f"while {name} < {self.choice('0.6', '0.3')}:", [Node(f"{name} += {rng}.random() * 0.5")]),
                    self.keep(name),
                ],
            ]
        )
        return [Node(f"{rng} = {made}"), *taken]

    def field(self) -> list[Node]:
        """Fields of structured arrays, which may collect what iterations add."""
        self.collects = True
        return [
            Node(
                self.choice(
                    "r['x'][i] = w[i]",
                    "r[i]['n'] += 2",
                    "res[i] = r['n'].sum()",
                    "res[i] = r['x'][::-1][i]",
                    "res[i] = r[i]['x'] * r[-1 - i]['n']",
                    "r['n'][i], r['x'][i] = r['x'][i] > 0, r['n'][i]",
                    "r['flag'][i] = not r['flag'][i]",
                    "res[i] = np.count_nonzero(r['flag'])",
                    "res[i] = r['x'][N[i] % n]",
                    "r['x'][i:] += 1",
                )
            )
        ]

    def small(self) -> list[Node]:
        """A plain store, under a condition."""
        name = self.fresh("t")
        made = Node(f"{name} = {self.number()}")
        self.locals.append(name)
        return [
            made,
            Node(f"if {self.truth()}:", [self.keep(name)]),
            *([Node("else:", [self.keep("-1")])] if self.chance(0.5) else []),
        ]

    # the whole

    def features(self) -> list[Callable[[], list[Node]]]:
        """The kinds of statements."""
        first = [self.changed, self.grown, self.optional, self.round_about, self.method, self.visited, self.local_list]
        return [
            *first,
            *first,
            self.order,
            self.matrix,
            self.sequence,
            self.sequence,
            self.starred,
            self.complexes,
            self.place,
            self.draw,
            self.field,
            self.small,
        ]

    def program(self) -> Program:
        """The whole program."""
        count = self.random.choice([1, 1, 2, 2, 3])
        body = [node for feature in self.random.sample(self.features(), count) for node in feature()]
        head = self.choice(
            "for i in range(n):",
            "for i in range(n):",
            "for i in range(n):",
            "for i, e0 in enumerate(w):",
            "for i in range(len(L)):",
        )
        if not self.results and self.chance(0.15):
            head = "for i in range(n - 1, -1, -1):"
        pragma = self.choice(
            "parallel for", "parallel for", "parallel for", "sequential for", "simd", "parallel for simd"
        )
        loop = Node(head, body)
        lines = [
            *self.before,
            Node(f"# pragma {pragma}"),
            loop,
            Node(f"return ({''.join(f'{name}, ' for name in self.results)})"),
        ]
        used = set(re.findall(r"\w+", "\n".join(line for node in lines for line in node.lines())))
        # Sums of these are exact in any order.
        whole = "small" if self.kind == "int64" else "whole"
        arrays = [
            ArraySpec("A", self.kind, ["n", "m"], whole),
            ArraySpec("v", self.kind, ["m"], whole),
            ArraySpec("x", "float64", ["n"], "any"),
            ArraySpec("w", self.kind, ["n"], whole),
            ArraySpec("r", "record", ["n"], "written"),
            ArraySpec("L", "list float64", ["n"], "whole"),
            ArraySpec("N", "list int64", ["n"], "small"),
            ArraySpec("F", "list bool", ["n"], "any"),
            ArraySpec("R", "list float64", ["n", "m"], "whole"),
            ArraySpec("out", self.choice("float64", "float64", self.kind), ["n", "m"], "written"),
            ArraySpec("res", "float64", ["n"], "written"),
        ]
        arrays = [spec for spec in arrays if spec.name in used]
        scalars = [(name, kind) for name, kind in [("s", "float"), ("k", "int")] if name in used]
        return Program(self.seed, self.helpers, lines, arrays, scalars, self.approximate, self.collects)


def generate_lists(seed: int) -> Program:
    """The program of a seed."""
    return ListGenerator(seed).program()
