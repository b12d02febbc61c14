"""Random numbers of counter-based generators made in an iteration: NumPy's very bits, natively, for any number of threads."""

import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from harness import MakePair, of_functions

FERROKEET = os.environ.get("FERROKEET_BIN", Path(sys.executable).with_name("ferrokeet"))

GENERATOR = "rng = np.random.Generator(np.random.Philox(key=seed, counter=[0, i, 0, 0]))"
FORTH = """
import numpy as np

def fill(out, seed, a, b):
    # pragma parallel for
    for i in range(out.shape[0]):
        rng = np.random.Generator(np.random.Philox(key=seed, counter=[0, i, 0, 0]))
        for j in range(out.shape[1]):
            out[i, j] = {}
"""
# name: (draw, pairs of parameters)
FLOATS = {
    "random": ("rng.random()", [(0.0, 0.0)]),
    "uniform": ("rng.uniform(a, b)", [(0.0, 1.0), (-3.5, 2.25), (1e300, 1.5e300), (2.0, 2.0), (-1e-310, 1e-310)]),
    "uniform_low": ("rng.uniform(high=b)", [(0.0, 7.0)]),
    "uniform_default": ("rng.uniform()", [(0.0, 0.0)]),
    "standard_normal": ("rng.standard_normal()", [(0.0, 0.0)]),
    "normal": ("rng.normal(a, b)", [(0.0, 1.0), (-2.5, 0.001), (1e10, 3.0), (0.1, 0.0), (np.nan, 1.0), (0.0, np.inf)]),
    "normal_keywords": ("rng.normal(scale=b, loc=a)", [(3.0, 2.0)]),
    "normal_location": ("rng.normal(a)", [(3.0, 2.0)]),
    "lognormal": ("rng.lognormal(a, b)", [(0.0, 1.0), (0.5, 0.25)]),
    "standard_exponential": ("rng.standard_exponential()", [(0.0, 0.0)]),
    "exponential": ("rng.exponential(b)", [(0.0, 1.0), (0.0, 2.5), (0.0, 0.0), (0.0, np.nan)]),
    "rayleigh": ("rng.rayleigh(b)", [(0.0, 1.0), (0.0, 3.5)]),
    "standard_cauchy": ("rng.standard_cauchy()", [(0.0, 0.0)]),
    "laplace": ("rng.laplace(a, b)", [(0.0, 1.0), (-3.0, 0.5)]),
    "gumbel": ("rng.gumbel(a, b)", [(0.0, 1.0), (2.0, 4.0)]),
    "logistic": ("rng.logistic(a, b)", [(0.0, 1.0), (2.0, 0.1)]),
    "mixed": ("rng.random() - rng.standard_normal() * rng.exponential(b)", [(0.0, 2.0)]),
    "ints": ("rng.normal(1, 2) + rng.uniform(-1, 3)", [(0.0, 0.0)]),
}
# Their numbers are exponentials or logarithms of others.
OF_FUNCTIONS = {"lognormal", "laplace", "gumbel", "logistic"}
SEEDS = [0, 1, 12345, 2**63 - 1, np.uint64(2**64 - 1), np.int32(77), True]


def given(seed: Any, a: float, b: float) -> tuple[Any, ...]:
    """What `fill` is called with."""
    return np.zeros((40, 100)), seed, a, b


@pytest.mark.parametrize("name", FLOATS)
def test_floats(pair: MakePair, name: str) -> None:
    draw, parameters = FLOATS[name]
    made = pair(FORTH.format(draw))
    for a, b in parameters:
        for seed in SEEDS:
            arguments = partial(given, seed, a, b)
            made.call("fill", arguments, tolerance=of_functions() if name in OF_FUNCTIONS else 0.0)


@pytest.mark.parametrize("name", ["standard_normal", "standard_exponential"])
def test_a_million_draws(pair: MakePair, name: str) -> None:
    made = pair(FORTH.format(FLOATS[name][0]))
    made.call("fill", lambda: (np.zeros((1000, 1000)), 987654321, 0.0, 0.0))


RANGES = [
    (0, 1),
    (0, 2),
    (0, 10),
    (-5, 6),
    (0, 127),
    (0, 2**31 - 1),
    (-(2**31), 2**31 - 1),
    (0, 2**32 - 1),
    (0, 2**32),
    (0, 2**32 + 1),
    (-(2**40), 3 * 2**40),
    (0, 3 * 2**61),
    (-(2**63), 2**63 - 1),
]


@pytest.mark.parametrize("endpoint", [False, True])
def test_integers(pair: MakePair, endpoint: bool) -> None:
    made = pair(FORTH.format(f"rng.integers(a, b, endpoint={endpoint})"))
    for low, high in RANGES:
        for seed in [3, 2**62]:
            make = lambda seed=seed, low=low, high=high: (np.zeros((20, 50), np.int64), seed, low, high)  # noqa: E731
            made.call("fill", make)


@pytest.mark.parametrize("kind", ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "bool_"])
def test_integers_of_a_type(pair: MakePair, kind: str) -> None:
    made = pair(FORTH.format(f"rng.integers(a, b, dtype=np.{kind}, endpoint=True)"))
    limits = (0, 1) if kind == "bool_" else (int(np.iinfo(kind).min), int(np.iinfo(kind).max))
    ranges = [(0, 0), (0, 1), limits]
    if kind != "bool_":
        ranges += [(0, 5), (3, 100), (limits[0], limits[1] - 1), (limits[1] // 3, limits[1])]
    for low, high in ranges:
        top = np.uint64(high) if high >= 2**63 else high
        make = lambda low=low, top=top: (np.zeros((20, 50), kind), 42, low, top)  # noqa: E731
        made.call("fill", make)


def test_halves_of_words(pair: MakePair) -> None:
    """Small ranges take half a word and leave the other half for the next one, whatever is drawn between."""
    made = pair(
        """
        import numpy as np

        def fill(out, seed):
            # pragma parallel for
            for i in range(out.shape[0]):
                rng = np.random.Generator(np.random.Philox(key=seed, counter=i))
                for j in range(0, out.shape[1] - 5, 5):
                    out[i, j] = rng.integers(10)
                    out[i, j + 1] = rng.random()
                    out[i, j + 2] = rng.integers(0, 2, dtype=np.uint8) + rng.integers(7, dtype=np.int16)
                    out[i, j + 3] = rng.integers(0, 2**40)
                    out[i, j + 4] = rng.standard_normal()
        """
    )
    for seed in SEEDS:
        made.call("fill", lambda seed=seed: (np.zeros((20, 101)), seed))  # type: ignore[misc]


def test_types_of_results(pair: MakePair) -> None:
    draws = ["rng.random()", "rng.normal(0, 1)", "rng.integers(9)", "rng.integers(0, 9, dtype=np.int32)"]
    draws += ["rng.integers(0, 9, dtype=int)", "rng.integers(0, 2, dtype=bool)", "rng.integers(0, 2, dtype=np.bool_)"]
    draws += ["rng.integers(9) / 2", "rng.random() * np.float32(2)", "rng.integers(9, dtype=np.uint8) + 250"]
    for draw in draws:
        made = pair(
            f"""
            import numpy as np

            def last(n, seed):
                x = None
                # pragma parallel for
                for i in range(n):
                    {GENERATOR}
                    x = {draw}
                return x
            """.replace("x = None", "")
        )
        made.call("last", lambda: (7, 5))


SEEDINGS = {
    "key": "np.random.Philox(key=s)",
    "positional": "np.random.Philox(None, i, s)",
    "order": "np.random.Philox(counter=i, key=s)",
    "no_seed": "np.random.Philox(seed=None, key=s + i)",
    "lists": "np.random.Philox(key=[s, i], counter=[i, 2, s, 2**40])",
    "tuples": "np.random.Philox(key=(s, -1 - i), counter=(0, 0, i, -i))",
    "arrays": "np.random.Philox(key=np.array([s, i]), counter=np.array([0, 0, i, s], dtype=np.uint64))",
    "asarray": "np.random.Philox(key=s, counter=np.asarray([0, i, 0, 0]))",
    "expression": "np.random.Philox(key=s * 3 + 1, counter=i * i)",
    "wide": "np.random.Philox(key=0x9E3779B97F4A7C15, counter=18446744073709551619)",
    "wider": "np.random.Philox(key=0xFFFF_0123_4567_89AB_0000_0000_0000_0007, counter=2_0**1 + i)",
    "element": "np.random.Philox(key=s, counter=c[i])",
    "elements": "np.random.Philox(key=[c[i], c[0]], counter=[c[i], c[i], c[i], c[i]])",
}


@pytest.mark.parametrize("name", SEEDINGS)
def test_seeds(pair: MakePair, name: str) -> None:
    made = pair(
        f"""
        import numpy as np

        def fill(out, c, s):
            # pragma parallel for
            for i in range(out.shape[0]):
                bits = {SEEDINGS[name]}
                rng = np.random.Generator(bits)
                for j in range(out.shape[1]):
                    out[i, j] = rng.random()
        """
    )
    kinds = ["int64", "uint64", "uint8"] if "c[" in SEEDINGS[name] else ["int64"]
    for kind in kinds:
        make = lambda kind=kind: (np.zeros((30, 9)), np.arange(30).astype(kind)[::-1].copy(), 11)  # noqa: E731
        made.call("fill", make)


USES = {
    "order": "x[i] = rng.random() - 2 * rng.random()",
    "subscript": "x[rng.integers(i, i + 1)] = rng.random()",
    "update": "x[rng.integers(i, i + 1)] -= rng.random() * x[i]",
    "short_circuit": "x[i] = i if rng.random() < 0.5 and rng.random() < 0.5 else rng.random()",
    "chain": "x[i] = 0.2 < rng.random() < rng.random() < 0.9",
    "either": "x[i] = (rng.random() < 0.3 or rng.random() < 0.3) + rng.random()",
    "walrus": "if (u := rng.random()) < 0.5:\n            x[i] = u\n        else:\n            x[i] = rng.normal() + u",
    "while": "n = 0\n        while rng.random() < 0.8:\n            n += 1\n        x[i] = n",
    "arguments": "x[i] = max(rng.random(), rng.random(), rng.random()) + rng.uniform(rng.random(), 1 + rng.random())",
    "tuple": "a, b = rng.random(), rng.standard_normal()\n        x[i] = a - b",
    "statement": "rng.random()\n        rng.integers(5)\n        x[i] = rng.random()",
    "range": "s = 0.0\n        for j in range(rng.integers(0, 5)):\n            s += rng.random()\n        x[i] = s",
    "method": "draw = rng.normal\n        x[i] = draw() + draw(1.0, 2.0)",
    "alias": "other = rng\n        x[i] = rng.random() - other.random()",
    "two": "more = Generator(Philox(key=seed + 1, counter=i))\n        x[i] = rng.random() - more.random() * rng.random()",
    "shared_bits": "b = Philox(key=seed, counter=i)\n        g = Generator(b)\n        h = Generator(b)\n"
    "        x[i] = g.random() - h.random()",
    "inside": "if i % 3 == 0:\n            g = Generator(Philox(key=i, counter=i))\n            x[i] = g.random() + rng.random()",
    "chained": "x[i] = Generator(Philox(key=seed, counter=i)).random() + rng.random()",
    "helper": "x[i] = walk(rng, 7)",
    "helper_keyword": "x[i] = walk(n=3, rng=rng) + walk(rng)",
    "helper_makes": "g = made(i, seed)\n        x[i] = g.random() + walk(g)",
    "lambda": "x[i] = (pick(rng) if i % 2 else pick(rng) - 1.0)",
    "break": "for j in range(100):\n            if rng.random() < 0.1:\n                x[i] = j\n                break",
    "int": "x[i] = int(rng.integers(0, 100)) // 7 + rng.integers(0, 100) % 7",
}


@pytest.mark.parametrize("directive", ["parallel for", "simd"])
@pytest.mark.parametrize("name", USES)
def test_uses(pair: MakePair, name: str, directive: str) -> None:
    made = pair(
        f"""
        import numpy as np
        from numpy.random import Generator, Philox

        pick = lambda g: g.random() * g.exponential(2.0)

        def made(i, key):
            return Generator(Philox(key=key + 5, counter=i))

        def walk(rng, n=2):
            s = 0.0
            for _ in range(n):
                if rng.random() < 0.3:
                    break
                s += rng.standard_normal()
            return s

        def run(x, seed):
            # pragma {directive}
            for i in range(len(x)):
                rng = Generator(Philox(key=seed, counter=[0, i, 0, 0]))
                {USES[name].replace(chr(10), chr(10) + "        ")}
        """
    )
    for n in [1, 2, 37, 1000]:
        ran = None if name in ("subscript", "update") else "fast"
        made.call("run", lambda n=n: (np.arange(n) / 7, 2024), ran=ran)  # type: ignore[misc]
    assert made.launches()["python"] == 0


@pytest.mark.parametrize(
    "module",
    [
        "import numpy.random as r",
        "from numpy import random as r",
        "import numpy\nr = numpy.random",
        "import numpy as np",
    ],
)
def test_imports(pair: MakePair, module: str) -> None:
    name = {"import numpy\nr = numpy.random": "numpy.random", "import numpy as np": "np.random"}.get(module, "r")
    made = pair(
        f"{module}\n"
        "def run(x):\n"
        "    # pragma parallel for\n"
        "    for i in range(len(x)):\n"
        f"        g = {name}.Generator({name}.Philox(key=1, counter=i))\n"
        "        x[i] = g.random()\n"
    )
    made.call("run", lambda: (np.zeros(50),))


WRONG: dict[str, list[tuple[float, float]]] = {
    "rng.uniform(a, b)": [(1.0, 0.0), (0.0, np.inf), (np.nan, 1.0), (-1e308, 1e308), (0.0, -0.0), (np.inf, -np.inf)],
    "rng.normal(a, b)": [(0.0, -1.0), (0.0, -0.0)],
    "rng.lognormal(a, b)": [(0.0, -1.0)],
    "rng.exponential(b)": [(0.0, -1.0), (0.0, -0.0)],
    "rng.rayleigh(b)": [(0.0, -2.0)],
    "rng.laplace(a, b)": [(0.0, -2.0)],
    "rng.gumbel(a, b)": [(0.0, -2.0)],
    "rng.logistic(a, b)": [(0.0, -2.0)],
    "rng.integers(a, b)": [(5, 5), (6, 5), (0, 0), (0, -3)],
    "rng.integers(b, endpoint=True)": [(0, -1)],
    "rng.integers(a, b, endpoint=True)": [(6, 5), (0, -1)],
    "rng.integers(a, b, dtype=np.uint8)": [(-1, 5), (0, 257), (-1, 300), (7, 7)],
    "rng.integers(a, b, dtype=np.int32)": [(0, 2**31 + 1), (-(2**31) - 1, 5)],
    "rng.integers(a, b, dtype=np.bool_)": [(0, 3), (1, 1)],
    "rng.integers(a, b, dtype=np.uint64)": [(-1, 5), (0, 0)],
    "np.random.Generator(np.random.Philox(key=a, counter=i)).random()": [(-1, 0)],
    "np.random.Generator(np.random.Philox(key=i, counter=a)).random()": [(-1, 0)],
}


@pytest.mark.parametrize("draw", WRONG)
def test_what_numpy_refuses(pair: MakePair, draw: str) -> None:
    late = f"out[i, j] = rng.random()\n            if i + j > 7:\n                out[i, j] = {draw}"
    made = pair(FORTH.format(draw).replace(f"out[i, j] = {draw}", late))
    for a, b in WRONG[draw]:
        made.call("fill", lambda a=a, b=b: (np.zeros((8, 5)), 1, a, b), ran="careful")  # type: ignore[misc]


def test_a_generator_of_an_outer_loop(pair: MakePair) -> None:
    """Draws of a loop inside that asks to be parallel stay in order."""
    made = pair(
        """
        import numpy as np

        def fill(x, seed):
            # pragma sequential for
            for t in range(x.shape[0]):
                rng = np.random.Generator(np.random.Philox(key=seed, counter=t))
                # pragma parallel for
                for i in range(x.shape[1]):
                    x[t, i] = rng.random() + rng.normal()

        def trusted(x, seed):
            # pragma sequential for
            for t in range(x.shape[0]):
                rng = np.random.Generator(np.random.Philox(key=seed, counter=t))
                # pragma parallel for assume(independent)
                for i in range(x.shape[1]):
                    x[t, i] = rng.random()
        """
    )
    made.call("fill", lambda: (np.zeros((5, 200)), 9), ran="careful")
    made.call("trusted", lambda: (np.zeros((5, 2000)), 9))


PROGRAMS = """
import numpy as np
from numpy.random import Generator, Philox

def pi(n, seed):
    hits = 0
    # pragma parallel for
    for i in range(n):
        rng = Generator(Philox(key=seed, counter=i))
        x, y = rng.random(), rng.random()
        if x * x + y * y < 1.0:
            hits += 1
    return 4.0 * hits / n

def brownian(out, seed, steps, mu, sigma, dt):
    drift, width = (mu - 0.5 * sigma * sigma) * dt, sigma * dt**0.5
    # pragma parallel for
    for i in range(len(out)):
        rng = Generator(Philox(key=seed, counter=[0, i, 0, 0]))
        log = 0.0
        for t in range(steps):
            log += drift + width * rng.standard_normal()
        out[i] = 100.0 * log

def step(rng, p):
    return 1 if rng.random() < p else -1

def walk(out, seed, steps):
    furthest = 0
    # pragma parallel for
    for i in range(len(out)):
        rng = Generator(Philox(key=seed, counter=[0, i, 0, 0]))
        position = 0
        for t in range(steps):
            position += step(rng, 0.5)
            if rng.integers(0, 10) == 0:
                position += int(rng.integers(-3, 3, endpoint=True))
            furthest = max(furthest, abs(position))
        out[i] = position
    return furthest
"""


def test_programs(pair: MakePair) -> None:
    made = pair(PROGRAMS)
    made.call("pi", lambda: (50_000, 7))
    made.call("brownian", lambda: (np.zeros(2000), 3, 50, 0.05, 0.2, 0.01))
    made.call("walk", lambda: (np.zeros(1000, np.int64), 5, 100))


def test_the_same_for_any_number_of_threads(tmp_path: Path) -> None:
    program = tmp_path / "programs.py"
    program.write_text(
        PROGRAMS
        + """
out, places = np.zeros(5000), np.zeros(3000, np.int64)
brownian(out, 3, 50, 0.05, 0.2, 0.01)
print(pi(200_000, 7), walk(places, 5, 100), out.tobytes().hex(), places.tobytes().hex())
"""
    )
    answers = {subprocess.run([sys.executable, program], capture_output=True, text=True, check=True).stdout}
    for threads in [1, 2, 4]:
        stats = tmp_path / "stats.json"
        environment = {**os.environ, "FERROKEET_NUM_THREADS": str(threads)}
        command = [str(FERROKEET), "run", "--stats", str(stats), str(program)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
        answers.add(done.stdout)
        assert [kernel["fast"] for kernel in json.loads(stats.read_text())["kernels"]] == [1, 1, 1]
    assert len(answers) == 1


SHARED = {
    "outside": ("rng = np.random.default_rng(1)", "rng.random()"),
    "legacy": ("np.random.seed(1)", "np.random.rand()"),
    "legacy_normal": ("np.random.seed(1)", "np.random.normal(0.0, 1.0)"),
    "state": ("state = np.random.RandomState(1)", "state.randint(0, 5)"),
    "module": ("random.seed(1)", "random.random()"),
    "member": ("random.seed(1)", "gauss(0.0, 1.0)"),
    "attribute": ("box = type('Box', (), {})()\n    box.rng = np.random.default_rng(1)", "box.rng.normal()"),
    "legacy_inside": ("", "np.random.RandomState(i).rand()"),
    "wrapped": ("bits = np.random.Philox(key=1)", "np.random.Generator(bits).random()"),
}


@pytest.mark.parametrize("name", SHARED)
def test_shared_generators_run_as_python(tmp_path: Path, pair: MakePair, name: str) -> None:
    before, draw = SHARED[name]
    source = f"""import random
from random import gauss
import numpy as np

def run(x):
    {before or "pass"}
    # pragma parallel for
    for i in range(len(x)):
        x[i] = {draw}
"""
    file = tmp_path / "shared.py"
    file.write_text(source)
    command = [str(FERROKEET), "check", "--output-format", "json", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    [diagnostic] = json.loads(done.stdout)["diagnostics"]
    assert (diagnostic["code"], diagnostic["location"]["row"]) == ("FK209", source.count("\n")), diagnostic
    made = pair(source)
    made.call("run", lambda: (np.zeros(20),), ran=None)
    assert made.launches()["fast"] == made.launches()["careful"] == 0


def test_a_generator_of_a_module_is_refused_once(tmp_path: Path) -> None:
    file = tmp_path / "script.py"
    made = "np.random.Generator(np.random.Philox(key=1, counter=i))"
    loop = f"# pragma parallel for\nfor i in range(9):\n    rng = {made}\n    x[i] = rng.random()\n"
    file.write_text(f"import numpy as np\nx = np.zeros(9)\n{loop}")
    command = [str(FERROKEET), "check", "--output-format", "json", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    [diagnostic] = json.loads(done.stdout)["diagnostics"]
    assert diagnostic["message"] == "`rng`, a random generator, may be wanted after the loop"
