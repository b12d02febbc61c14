"""The constructs: a title and the body of a loop over `i` of arrays `x`, `y`, `k` of 64 elements that writes `out`."""

from dataclasses import dataclass
from textwrap import dedent, indent

HEADER = """
import itertools
import math
from math import sqrt

import numpy as np

SCALE = 2.5


def clamp(value, low=0.0, high=1.0):
    if value < low:
        return low
    if value > high:
        return high
    return value


def both(a, b):
    return a + b, a - b


class Grid:
    def __init__(self, dt):
        self.dt = dt


def scale(row, by):
    row *= by


def power(base, n):
    if n == 0:
        return 1.0
    return base * power(base, n - 1)


COUNT = 0
GRID = Grid(0.25)
PARAMS = {"alpha": 1.5}
"""


@dataclass(frozen=True)
class Construct:
    """One construct: statements of a loop body, or a whole function body where `whole`."""

    section: str
    title: str
    body: str
    whole: bool = False

    def function(self, name: str) -> str:
        """The function that uses it."""
        body = dedent(self.body).strip("\n")
        if not self.whole:
            body = f"# pragma parallel for\nfor i in range(len(out)):\n{indent(body, '    ')}"
        return f"\n\ndef {name}(x, y, k, m, out):\n{indent(body, '    ')}\n"


def statements(*pairs: tuple[str, str]) -> list[Construct]:
    """Bodies of the loop."""
    return [Construct("Statements", title, body) for title, body in pairs]


def loops(*pairs: tuple[str, str]) -> list[Construct]:
    """Iteration spaces."""
    return [Construct("Iteration spaces", title, body, whole=True) for title, body in pairs]


def expressions(*pairs: tuple[str, str]) -> list[Construct]:
    """Expressions of the loop."""
    return [Construct("Expressions", title, f"out[i] = {body}") for title, body in pairs]


def arrays(*pairs: tuple[str, str]) -> list[Construct]:
    """Arrays inside the loop."""
    return [Construct("Arrays", title, body) for title, body in pairs]


STATEMENTS = statements(
    (
        "`if`, `elif`, `else`",
        "if x[i] < 0.0:\n    out[i] = 1.0\nelif x[i] == 0.0:\n    out[i] = 2.0\nelse:\n    out[i] = 3.0",
    ),
    ("`while`", "t = x[i]\nwhile t > 1.0:\n    t = t / 2.0\nout[i] = t"),
    ("`while`, `else`", "t = abs(x[i])\nwhile t > 1.0:\n    t = t / 2.0\nelse:\n    t = t + 1.0\nout[i] = t"),
    ("`for` inside", "t = 0.0\nfor j in range(4):\n    t += m[i, j]\nout[i] = t"),
    (
        "`for`, `else`",
        "t = 0.0\nfor j in range(4):\n    if m[i, j] > 2.0:\n        break\n    t += m[i, j]\nelse:\n    t = -1.0\nout[i] = t",
    ),
    ("`break`", "t = 0.0\nfor j in range(4):\n    if m[i, j] > 1.0:\n        break\n    t += m[i, j]\nout[i] = t"),
    ("`continue`", "if x[i] < 0.0:\n    continue\nout[i] = x[i]"),
    ("`pass`", "pass\nout[i] = x[i]"),
    ("tuple assignment", "a, b = x[i], y[i]\na, b = b, a\nout[i] = a - 2.0 * b"),
    ("chained assignment", "a = b = x[i]\nout[i] = a + b"),
    ("augmented assignment", "out[i] = x[i]\nout[i] += y[i]\nout[i] *= 2.0"),
    ("annotated assignment", "t: float = x[i]\nout[i] = t"),
    ("`assert`", "assert k[i] >= 0\nout[i] = x[i]"),
    ("`assert` with a message", "assert k[i] >= 0, 'negative'\nout[i] = x[i]"),
    ("`raise`", "if k[i] < 0:\n    raise ValueError('negative')\nout[i] = x[i]"),
    ("`raise` with an f-string", "if k[i] < 0:\n    raise ValueError(f'negative: {i}')\nout[i] = x[i]"),
    (
        "`match` on constants",
        "match k[i] % 3:\n    case 0:\n        out[i] = x[i]\n    case 1 | 2:\n        out[i] = y[i]",
    ),
    ("`del`", "t = x[i]\nout[i] = t\ndel t"),
    ("`with`", "with np.errstate(all='ignore'):\n    out[i] = x[i]"),
    ("`try`", "try:\n    out[i] = x[i]\nexcept ValueError:\n    out[i] = 0.0"),
    ("nested function", "def twice(a):\n    return 2.0 * a\nout[i] = twice(x[i])"),
    ("`import`", "import math as m2\nout[i] = m2.pi"),
    ("docstrings and strings as statements", "'a remark'\nout[i] = x[i]"),
    (
        "`match` with a guard and a default",
        "match k[i]:\n    case 0:\n        out[i] = x[i]\n    case n if n > 4:\n        out[i] = n\n    case _:\n        out[i] = -1.0",
    ),
    (
        "`match` on a tuple",
        "match (k[i] % 2, k[i] % 3):\n    case (0, 0):\n        out[i] = 1.0\n    case (0, _):\n        out[i] = 2.0\n    case _:\n        out[i] = 3.0",
    ),
    ("`raise` without a call", "if k[i] < 0:\n    raise ValueError\nout[i] = x[i]"),
    ("`assert` with an f-string", "assert k[i] >= 0, f'negative at {i}'\nout[i] = x[i]"),
    (
        "nested function with `nonlocal`",
        "t = 0.0\ndef add(a):\n    nonlocal t\n    t += a\nadd(x[i])\nadd(y[i])\nout[i] = t",
    ),
    ("unpacking a row", "a, b, c, d = m[i]\nout[i] = a + b * c - d"),
    ("starred unpacking", "a, *rest = m[i]\nout[i] = a"),
    ("`print`", "out[i] = x[i]\nif k[i] > 100:\n    print(i)"),
    ("`global`", "global COUNT\nCOUNT = i\nout[i] = x[i]"),
    ("`atomic`", "# pragma atomic\nout[k[i]] += 1.0"),
    ("recursion", "out[i] = power(x[i], 3)"),
    ("several ways to return", "out[i] = clamp(x[i], -1.0)"),
    ("`*` and `**` arguments", "pair = (x[i], y[i])\nout[i] = both(*pair)[0]"),
)

LOOPS = loops(
    ("`range(n)`", "# pragma parallel for\nfor i in range(len(out)):\n    out[i] = x[i]"),
    ("`range(start, stop, step)`", "# pragma parallel for\nfor i in range(1, len(out), 3):\n    out[i] = x[i]"),
    ("`range` backwards", "# pragma parallel for\nfor i in range(len(out) - 1, -1, -1):\n    out[i] = x[i]"),
    ("an array", "s = 0.0\n# pragma parallel for\nfor v in k:\n    s += v\nout[0] = s"),
    ("rows of an array", "s = 0.0\n# pragma parallel for\nfor row in m:\n    s += row[1]\nout[0] = s"),
    ("`enumerate`", "# pragma parallel for\nfor i, v in enumerate(x):\n    out[i] = v + i"),
    ("`enumerate` with a start", "# pragma parallel for\nfor i, v in enumerate(x, 1):\n    out[i - 1] = v * i"),
    ("`zip`", "t = 0\n# pragma parallel for\nfor a, b in zip(k, k):\n    t += a * b\nout[0] = t"),
    ("`reversed`", "# pragma parallel for\nfor i in reversed(range(len(out))):\n    out[i] = x[i]"),
    ("`np.ndindex`", "# pragma parallel for\nfor i, j in np.ndindex(m.shape):\n    m[i, j] = i + j"),
    (
        "`itertools.product`",
        "# pragma parallel for\nfor i, j in itertools.product(range(8), range(4)):\n    m[i, j] = i - j",
    ),
    (
        "`itertools.combinations`",
        "# pragma parallel for\nfor i, j in itertools.combinations(range(4), 2):\n    m[i, j] = i - j",
    ),
    (
        "`zip` with `strict=`",
        "t = 0\n# pragma parallel for\nfor a, b in zip(k, k, strict=True):\n    t += a * b\nout[0] = t",
    ),
    (
        "`collapse`",
        "# pragma parallel for collapse(2)\nfor i in range(64):\n    for j in range(4):\n        m[i, j] = i * j",
    ),
    ("`sequential for`", "# pragma sequential for\nfor i in range(1, len(out)):\n    out[i] = out[i - 1] + x[i]"),
    ("`simd`", "# pragma simd\nfor i in range(len(out)):\n    out[i] = x[i]"),
    ("a list", "# pragma parallel for\nfor i in [0, 1, 2]:\n    out[i] = x[i]"),
    ("a list's elements", "v = [1.0, 2.0, 3.0]\n# pragma parallel for\nfor i in range(3):\n    out[i] = v[i]"),
    ("an array statement", "# pragma parallel\nout[:] = x + y"),
    ("several array statements", "# pragma parallel\nt = x * y\nout[1:] = t[:-1]\nout[0] = np.sum(t * t)"),
    ("`return` of an array expression", "# pragma parallel\nreturn np.max(x - y)"),
    (
        "a list from before the loop that grows",
        "found = []\n# pragma parallel for\nfor i in range(64):\n    if x[i] > 0:\n        found.append(i)\nreturn found",
    ),
    (
        "items that are written out",
        "# pragma parallel for\nfor i in range(64):\n    for c in (1.0, 2.0, 3.0):\n        out[i] += c * x[i]",
    ),
    ("`enumerate` of rows", "# pragma parallel for\nfor i, row in enumerate(m):\n    out[i] = row[0] + row[3]"),
    ("`zip` of rows", "# pragma parallel for\nfor i, (row, v) in enumerate(zip(m, x)):\n    out[i] = row[1] * v"),
    (
        "`range` of an expression",
        "# pragma parallel for\nfor i in range(len(x) // 2, min(60, len(x))):\n    out[i] = x[i]",
    ),
    (
        "`while` around a parallel loop",
        "t = 0\n# pragma sequential for\nfor t in range(3):\n    # pragma parallel for\n    for i in range(64):\n        out[i] += x[i]",
    ),
)

EXPRESSIONS = expressions(
    ("conditional expression", "x[i] if k[i] > 2 else y[i]"),
    ("chained comparison", "1.0 if 0.0 < x[i] <= 1.0 else 0.0"),
    ("`and`, `or`, `not`", "1.0 if (x[i] > 0.0 and not y[i] > 0.0) or k[i] == 3 else 0.0"),
    ("`in` a tuple", "1.0 if k[i] in (1, 3, 5) else 0.0"),
    ("`in` a range", "1.0 if k[i] in range(3) else 0.0"),
    ("`is None`", "0.0 if x is None else x[i]"),
    ("walrus", "(t := x[i]) * t"),
    ("`lambda`", "(lambda a: a + 1.0)(x[i])"),
    ("a function of the file", "clamp(x[i])"),
    ("keyword arguments", "clamp(x[i], high=0.5)"),
    ("several results", "both(x[i], y[i])[0]"),
    ("a constant of the file", "SCALE * x[i]"),
    ("attribute of an object", "GRID.dt * x[i]"),
    ("element of a dictionary", "PARAMS['alpha'] * x[i]"),
    ("imported name", "sqrt(abs(x[i]))"),
    ("`len`, `.shape`, `.size`, `.ndim`", "len(x) + m.shape[1] + m.size + m.ndim"),
    ("negative subscript", "x[-1] + x[i - 1]"),
    ("indirect subscript", "x[k[i]]"),
    ("two subscripts", "m[i, 1] + m[i][2]"),
    ("`min`, `max` of a tuple", "min((x[i], y[i], 0.5))"),
    ("`sum` of a generator", "sum(m[i, j] for j in range(4))"),
    ("`any`, `all` of a generator", "1.0 if any(m[i, j] > 1.0 for j in range(4)) else 0.0"),
    ("`max` of a generator", "max(m[i, j] for j in range(4))"),
    ("list comprehension", "sum([m[i, j] for j in range(4)])"),
    ("`isinstance`", "1.0 if isinstance(x[i], float) else 0.0"),
    ("`.item()`", "x[i].item()"),
    ("`.astype`", "x[i].astype(np.float32)"),
    ("`.real`", "x[i].real"),
    ("f-string", "len(f'{i}')"),
    ("`min`, `max` of two numbers", "min(x[i], y[i]) + max(x[i], 0.5)"),
    ("`min` of a row", "min(m[i])"),
    ("`sum` of a row", "sum(m[i])"),
    ("`all` of a generator with a condition", "1.0 if all(v > 0.0 for v in m[i] if v != 1.0) else 0.0"),
    ("nested comprehension", "sum([a * b for a in m[i] for b in (1.0, 2.0)])"),
    ("array of a comprehension", "np.array([v * v for v in m[i]]).sum()"),
    ("array of a comprehension with a condition", "np.array([v for v in m[i] if v > 0.0]).sum()"),
    ("`np.fromiter`", "np.fromiter((v + 1.0 for v in m[i]), float).sum()"),
    ("list of numbers", "[x[i], y[i], 2.0][k[i] % 3]"),
    ("tuple of numbers", "(x[i], y[i], 2.0)[k[i] % 3]"),
    ("`divmod`", "divmod(k[i], 3)[1]"),
    ("complex numbers", "abs(complex(x[i], y[i]) * 1j)"),
    ("`.shape` unpacked", "m.shape[0] + len(m[i])"),
    ("`.conjugate()`, `.imag`", "(x[i] + 1j * y[i]).conjugate().imag"),
    ("`np.pi`, `math.inf`", "min(np.pi * x[i], math.inf)"),
    ("`sorted`", "sorted([x[i], y[i]])[0]"),
    ("a string", "1.0 if 'a' == 'a' else x[i]"),
    ("a set", "1.0 if k[i] in {1, 2} else 0.0"),
    ("matrix multiplication of numbers", "x[i] * (m[i] @ m[i])"),
)

ARRAYS = arrays(
    ("sum of a row", "out[i] = np.sum(m[i])"),
    ("`.sum()`", "out[i] = m[i].sum()"),
    ("`min`, `max` of a row", "out[i] = m[i].max() - np.min(m[i])"),
    ("mean, variance of a row", "out[i] = np.mean(m[i]) + np.var(m[i])"),
    ("`any`, `all` of a row", "out[i] = 1.0 if np.any(m[i] > 1.0) else 0.0"),
    ("argmax of a row", "out[i] = np.argmax(m[i])"),
    ("dot product of rows", "out[i] = np.dot(m[i], m[0])"),
    ("`@` of rows", "out[i] = m[i] @ m[0]"),
    ("slice assignment", "m[i, 1:3] = 0.0"),
    ("array expression to a row", "m[i] = 2.0 * m[i] + 1.0"),
    ("array update of a row", "m[i, :] += x[i]"),
    ("view of a row", "row = m[i]\nrow[0] = x[i]\nout[i] = row[1]"),
    ("local array", "h = np.zeros(3)\nh[0] = x[i]\nh[1] = y[i]\nout[i] = h[0] + h[1] + h[2]"),
    ("local array of a list", "h = np.array([x[i], y[i]])\nout[i] = h[0] * h[1]"),
    ("boolean mask", "m[i][m[i] > 1.0] = 1.0"),
    ("`np.where` of rows", "m[i] = np.where(m[i] > 1.0, 1.0, m[i])"),
    ("cumulative sum", "m[i] = np.cumsum(m[i])"),
    ("sorting", "m[i].sort()"),
    ("`np.sort` of a row", "m[i] = np.sort(m[i])"),
    ("slices with a step", "out[i] = np.sum(m[i, ::2]) - np.sum(m[i, ::-1][:2])"),
    ("`...` and `np.newaxis`", "out[i] = np.sum(m[i, ..., None] * m[i])"),
    ("index array", "out[i] = np.sum(m[i, np.array([0, 2])])"),
    ("index array, assigned", "m[i, np.array([0, 2])] = x[i]"),
    ("mask beside a subscript", "m[i, m[i] > 0.5] = 0.0"),
    ("mask, read", "out[i] = m[i][m[i] > 0.0].sum()"),
    ("`np.einsum`", "out[i] = np.einsum('j,j->', m[i], m[i])"),
    ("matrix times vector", "t = m[:4] @ m[i]\nout[i] = t[0] + t[3]"),
    ("a row that is one or another", "row = m[i] if k[i] > 3 else m[0]\nout[i] = row.sum()"),
    ("rows passed to a function that writes them", "scale(m[i], 2.0)\nout[i] = m[i, 0]"),
    ("`for` over a row", "t = 0.0\nfor v in m[i]:\n    t += v\nout[i] = t"),
    ("`.fill`", "h = np.empty(4)\nh.fill(x[i])\nout[i] = h.sum()"),
    ("`out=`", "h = np.empty(4)\nnp.add(m[i], 1.0, out=h)\nout[i] = h.sum()"),
    ("augmented assignment of an array", "h = m[i].copy()\nh *= 2.0\nout[i] = h[1]"),
    ("local matrix", "h = np.zeros((2, 2))\nh[0, 1] = x[i]\nout[i] = (h + h.T).sum()"),
    ("local array of run-time size", "h = np.zeros(k[i] + 1)\nh[-1] = x[i]\nout[i] = h.sum()"),
    ("list that grows in an iteration", "h = []\nfor v in m[i]:\n    h.append(v)\nout[i] = sum(h)"),
    ("stack", "h = [k[i]]\nwhile h and out[i] < 3:\n    h.append(h.pop() + 1)\n    out[i] += 1.0"),
    ("`np.linalg.solve`", "out[i] = np.linalg.solve(m[:4], m[i])[0]"),
    (
        "`np.random` of a generator made in the iteration",
        "rng = np.random.Generator(np.random.Philox(key=7, counter=i))\nout[i] = rng.random()",
    ),
    (
        "`np.random.default_rng` of a seed, in the iteration",
        "rng = np.random.default_rng([7, i])\nout[i] = rng.normal()",
    ),
    (
        "several random numbers, `choice`, `permutation`",
        "rng = np.random.default_rng(i)\nout[i] = rng.random(3)[1] + rng.choice(5)",
    ),
    ("`np.random` of a shared generator", "np.random.seed(i)\nout[i] = np.random.random()"),
    ("histogram by hand", "out[k[i]] += x[i]"),
    ("`np.add.at`", "np.add.at(out, k[:1], 1.0)"),
    ("dtype of another array", "h = np.zeros(2, dtype=x.dtype)\nout[i] = h[0] + x[i]"),
)

CONSTRUCTS = [*STATEMENTS, *LOOPS, *EXPRESSIONS, *ARRAYS]
