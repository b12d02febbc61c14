"""The programs for Triton: a block of elements for each program, as its tutorials write them."""

from collections.abc import Callable
from typing import Any

import torch
import triton
import triton.language as tl

# Elements of a block; a sum is of as many blocks as its second stage takes at once.
BLOCK = 1024
PARTS = 1024


@triton.jit
def black_scholes(price, strike, years, rate, volatility, call, n, BLOCK: tl.constexpr):
    at = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    inside = at < n
    p = tl.load(price + at, mask=inside, other=1.0)
    k = tl.load(strike + at, mask=inside, other=1.0)
    t = tl.load(years + at, mask=inside, other=1.0)
    spread = volatility * tl.sqrt(t)
    d1 = (tl.log(p / k) + (rate + 0.5 * volatility * volatility) * t) / spread
    d2 = d1 - spread
    discounted = k * tl.exp(-rate * t)
    value = p / (1.0 + tl.exp(-1.702 * d1)) - discounted / (1.0 + tl.exp(-1.702 * d2))
    tl.store(call + at, value, mask=inside)


@triton.jit
def softmax(x, out, m, BLOCK: tl.constexpr):
    at = tl.arange(0, BLOCK)
    inside = at < m
    row = tl.program_id(0).to(tl.int64) * m
    values = tl.load(x + row + at, mask=inside, other=-float("inf"))
    powers = tl.exp(values - tl.max(values, axis=0))
    tl.store(out + row + at, powers / tl.sum(powers, axis=0), mask=inside)


@triton.jit
def laplacian_3d(a, out, n, BLOCK: tl.constexpr):
    # A program for each part of a row.
    i = tl.program_id(2).to(tl.int64) + 1
    j = tl.program_id(1).to(tl.int64) + 1
    k = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK) + 1
    inside = k < n - 1
    at = (i * n + j) * n + k
    total = tl.load(a + at + n * n, mask=inside) + tl.load(a + at - n * n, mask=inside)
    total += tl.load(a + at + n, mask=inside) + tl.load(a + at - n, mask=inside)
    total += tl.load(a + at + 1, mask=inside) + tl.load(a + at - 1, mask=inside)
    tl.store(out + at, total - 6.0 * tl.load(a + at, mask=inside), mask=inside)


@triton.jit
def products(x, y, parts, n, BLOCK: tl.constexpr):
    # Each program goes over the whole, as far apart as there are programs.
    found = tl.zeros((BLOCK,), tl.float64)
    for first in range(tl.program_id(0) * BLOCK, n, tl.num_programs(0) * BLOCK):
        at = first + tl.arange(0, BLOCK)
        found += tl.load(x + at, mask=at < n, other=0.0) * tl.load(y + at, mask=at < n, other=0.0)
    tl.store(parts + tl.program_id(0), tl.sum(found, axis=0))


@triton.jit
def terms(x, parts, n, BLOCK: tl.constexpr):
    found = tl.zeros((BLOCK,), tl.float64)
    for first in range(tl.program_id(0) * BLOCK, n, tl.num_programs(0) * BLOCK):
        at = first + tl.arange(0, BLOCK)
        found += tl.load(x + at, mask=at < n, other=0.0)
    tl.store(parts + tl.program_id(0), tl.sum(found, axis=0))


@triton.jit
def meet(parts, out, count, PARTS: tl.constexpr):
    at = tl.arange(0, PARTS)
    tl.store(out, tl.sum(tl.load(parts + at, mask=at < count, other=0.0), axis=0))


def run_black_scholes(price: Any, strike: Any, years: Any, rate: float, volatility: float, call: Any) -> None:
    grid = (triton.cdiv(len(price), BLOCK),)
    black_scholes[grid](price, strike, years, rate, volatility, call, len(price), BLOCK=BLOCK)


def run_softmax(x: Any, out: Any) -> None:
    n, m = x.shape
    softmax[(n,)](x, out, m, BLOCK=triton.next_power_of_2(m))


def run_laplacian_3d(a: Any, out: Any) -> None:
    n = len(a)
    inner = max(n - 2, 0)
    if inner:
        laplacian_3d[(triton.cdiv(inner, 128), inner, inner)](a, out, n, BLOCK=128)


def summed(first: Any, arrays: tuple[Any, ...], out: Any) -> None:
    """Two stages: what each program finds, and these."""
    n = len(arrays[0])
    count = max(1, min(PARTS, triton.cdiv(n, BLOCK)))
    parts = torch.empty(count, dtype=torch.float64, device=out.device)
    first[(count,)](*arrays, parts, n, BLOCK=BLOCK)
    meet[(1,)](parts, out, count, PARTS=PARTS)


def run_dot(x: Any, y: Any, out: Any) -> None:
    summed(products, (x, y), out)


def run_total(x: Any, out: Any) -> None:
    summed(terms, (x,), out)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "black_scholes": run_black_scholes,
    "softmax": run_softmax,
    "laplacian_3d": run_laplacian_3d,
    "dot": run_dot,
    "total": run_total,
}
