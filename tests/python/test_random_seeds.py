"""Generators made of seeds, distributions with a shape, and several numbers at once: NumPy's very bits, in kernels built together."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from harness import Pair, of_functions

SEEDS: list[Any] = [0, 7, 2**32 - 1, 2**40 + 5, 2**63 - 40, np.uint64(2**64 - 1), np.int16(300), True]
# name: what makes the generator of iteration i
SEEDINGS = {
    "single": "default_rng(seed)",
    "listed": "default_rng([seed, i])",
    "tuple": "np.random.default_rng((i, seed, 3))",
    "nested": "default_rng(default_rng([i, seed]))",
    "pcg": "Generator(PCG64(seed))",
    "pcg_list": "np.random.default_rng(PCG64([seed, i, i]))",
    "sequence": "default_rng(SeedSequence(seed))",
    "spawned": "default_rng(np.random.SeedSequence(seed, spawn_key=(i,)))",
    "spawned_long": "default_rng(SeedSequence([seed, i, 1, 2, 3, 4, 5], spawn_key=(i, 0, 2)))",
    "wide": "default_rng(0x1_0000_0000_0000_0000_0000_0007)",
    "wide_list": "default_rng([122708921722282436215391409034535138906, i])",
    "element": "default_rng(words[i])",
    "philox": "Generator(Philox(seed))",
    "philox_counter": "Generator(Philox([seed, i], counter=i))",
    "philox_sequence": "Generator(Philox(SeedSequence(i), counter=[0, i, 0, seed]))",
    "keyword": "default_rng(seed=i)",
}
# name: what is drawn
DRAWS = {
    "mixed": "rng.random() + rng.normal() - rng.integers(10) * rng.exponential()",
    "halves": "rng.integers(0, 5) + rng.integers(0, 2**40) + rng.integers(3, dtype=np.uint8) + rng.integers(7)",
    "triangular": "rng.triangular(0.0, a, a + b)",
    "standard_gamma": "rng.standard_gamma(a)",
    "gamma": "rng.gamma(a, b)",
    "chisquare": "rng.chisquare(a)",
    "standard_t": "rng.standard_t(df=a)",
    "beta": "rng.beta(a, b)",
    "weibull": "rng.weibull(a)",
    "pareto": "rng.pareto(a)",
    "power": "rng.power(a)",
    "wald": "rng.wald(a, scale=b)",
    "vonmises": "rng.vonmises(a, b)",
    "poisson": "rng.poisson(a * 6)",
    "poisson_default": "rng.poisson()",
    "binomial": "rng.binomial(int(a * 20), b / 200.0)",
    "geometric": "rng.geometric(b / 200.0)",
    "choice": "rng.choice(9) + rng.choice(words) + rng.choice(np.int8(5))",
    "weighted": "rng.choice(3, p=weights) + rng.choice(words[:3], p=weights)",
    "random_size": "rng.random(m)[-1] + rng.random((2, m))[1, 0] - rng.random(size=(2, m, 3))[0, 0, 2]",
    "normal_size": "rng.normal(size=m).max() + rng.normal(a, b, m).min() + rng.standard_normal((m, 2))[0, 1]",
    "uniform_size": "rng.uniform(-a, b, size=m)[0] + rng.exponential(size=(m,))[0] + rng.gumbel(a, b, (1, m))[0, m - 1]",
    "integers_size": "rng.integers(m, size=m)[0] - rng.integers(-5, m, (m, m))[0, m - 1] + rng.integers(9, size=3)[2]",
    "integers_kinds": "rng.integers(0, 9, m, np.int32)[0] + rng.integers(1, 9, size=m, dtype=np.uint64, endpoint=True)[0]",
    "counts_size": "rng.poisson(a, m)[0] + rng.binomial(m, 0.3, size=m)[0] + rng.geometric(0.2, size=2)[1]",
    "shaped_size": "rng.gamma(a, size=m)[0] + rng.beta(a, b, m)[0] + rng.triangular(0, a, 99.5, m)[0]",
    "choice_size": "rng.choice(words, size=m)[0] + rng.choice(m, (2, m))[1, 0] + rng.choice(m, m, p=np.ones(m) / m)[0]",
    "without": "rng.choice(words, 3, replace=False)[2] + rng.choice(30, size=9, replace=False, shuffle=False)[8]",
    "without_many": "rng.choice(10001, 900, replace=False)[7] + rng.choice(10001, 90, replace=False)[7]",
    "permutation": "rng.permutation(m)[0] + rng.permutation(words)[3] + rng.permutation(weights)[0]",
    "shuffle": "shuffled(rng, m)",
    "text": "rng.choice([1.5, 2.5, 4.0]) + rng.choice((3, 4), size=2)[1]",
    "unsized": "rng.random(None) + rng.normal(a, b, size=None) + rng.integers(9, size=None)",
}
HEAD = """
import numpy as np
from numpy.random import PCG64, Generator, Philox, SeedSequence, default_rng

def shuffled(rng, m):
    x = np.arange(m) * 1.5
    rng.shuffle(x)
    return x[0] + 100 * x[m - 1]
"""
BODY = """
def {name}(out, seed, words, a, b, m, weights):
    # pragma parallel for
    for i in range(out.shape[0]):
        rng = {seeding}
        for j in range(out.shape[1]):
            out[i, j] = {draw}
"""
PARAMETERS = [(0.5, 0.75), (2.5, 50.0), (1.0, 1.0), (40.0, 150.0)]


def arguments(seed: Any = 3, a: float = 2.5, b: float = 50.0, m: int = 6, shape: tuple[int, int] = (9, 40)) -> Any:
    words = np.arange(40, dtype=np.int64)[::-1] * 7
    return lambda: (np.zeros(shape), seed, words.copy(), a, b, m, np.array([0.2, 0.3, 0.5]))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    each = [
        BODY.format(name=f"by_{name}", seeding=made, draw="rng.random() + rng.integers(9)")
        for name, made in SEEDINGS.items()
    ]
    each += [
        BODY.format(name=f"draw_{name}", seeding="default_rng([seed, i])", draw=draw) for name, draw in DRAWS.items()
    ]
    names = [f"by_{name}" for name in SEEDINGS] + [f"draw_{name}" for name in DRAWS]
    folder: Path = tmp_path_factory.mktemp("random_seeds")
    return Pair(folder, HEAD + "".join(each), [(name, arguments()) for name in names])


@pytest.mark.parametrize("name", SEEDINGS)
def test_seedings(made: Pair, name: str) -> None:
    kinds = SEEDS if name in ("single", "listed", "philox_counter") else SEEDS[:5]
    seeds = kinds if "seed" in SEEDINGS[name] else SEEDS[:1]
    for seed in seeds:
        known = type(seed) is int
        made.call(f"by_{name}", arguments(seed), ran="fast" if known else None)


@pytest.mark.parametrize("name", DRAWS)
def test_draws(made: Pair, name: str) -> None:
    takes = {one for one in "ab" if f"{one}" in DRAWS[name].replace("rng.", "")}
    for a, b in PARAMETERS if takes else PARAMETERS[:1]:
        for m in [1, 6] if "m" in DRAWS[name].split("(", 1)[1] else [6]:
            made.call(f"draw_{name}", arguments(a=a, b=b, m=m), tolerance=of_functions())
    made.call(f"draw_{name}", arguments(shape=(2, 600)), tolerance=of_functions())
    made.call(f"draw_{name}", arguments(shape=(0, 3)))


WRONG: dict[str, tuple[str, list[tuple[float, float]]]] = {
    "triangular": ("careful", [(-1.0, 1.0), (2.0, -1.0)]),
    "gamma": ("careful", [(-1.0, 1.0), (1.0, -0.5), (-0.0, 1.0)]),
    "chisquare": ("careful", [(0.0, 1.0)]),
    "beta": ("careful", [(0.0, 1.0), (1.0, -2.0)]),
    "weibull": ("careful", [(-0.5, 1.0)]),
    "pareto": ("careful", [(0.0, 1.0)]),
    "wald": ("careful", [(0.0, 1.0), (1.0, 0.0)]),
    "vonmises": ("careful", [(0.0, -1.0)]),
    "poisson": ("careful", [(-1.0, 1.0), (np.nan, 1.0), (1e19, 1.0)]),
    "binomial": ("careful", [(-1.0, 1.0), (1.0, 300.0), (1.0, np.nan)]),
    "geometric": ("careful", [(1.0, 0.0), (1.0, 201.0)]),
    "uniform_size": ("careful", [(np.inf, 1.0)]),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_numpy_refuses(made: Pair, name: str) -> None:
    ran, parameters = WRONG[name]
    for a, b in parameters:
        made.call(f"draw_{name}", arguments(a=a, b=b), ran=ran)


def test_seeds_that_numpy_refuses(made: Pair) -> None:
    for name in ["single", "listed", "spawned", "philox_counter"]:
        made.call(f"by_{name}", arguments(-1), ran="careful")
    made.call("by_listed", arguments(2**70), ran="python")
    made.call("by_listed", arguments(1.0), ran="python")


def test_sizes_that_are_left_to_python(made: Pair) -> None:
    """Nothing is drawn, but NumPy looks at the parameters; and what does not fit raises."""
    for name in ["normal_size", "choice_size", "permutation", "random_size"]:
        made.call(f"draw_{name}", arguments(m=0), ran=None)
        made.call(f"draw_{name}", arguments(m=-1), ran=None)
    few = lambda: (np.zeros((2, 2)), 1, np.arange(2), 1.0, 1.0, 3, np.array([0.2, 0.3, 0.6]))  # noqa: E731
    made.call("draw_without", few, ran=None)
    made.call("draw_weighted", few, ran=None)
