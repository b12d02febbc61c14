"""Finance: European option prices by the Black-Scholes formula, one option per iteration."""

import sys
import time
from math import erf, exp, log, sqrt

import numpy as np


def cumulative_normal(x):
    """Probability that a standard normal variable is below x."""
    return 0.5 * (1.0 + erf(x / sqrt(2.0)))


def black_scholes(price, strike, years, rate, volatility, call, put):
    """Writes the value of a call and of a put for every option."""
    # pragma parallel for simd
    for i in range(len(price)):
        spread = volatility * sqrt(years[i])
        d1 = (log(price[i] / strike[i]) + (rate + 0.5 * volatility * volatility) * years[i]) / spread
        d2 = d1 - spread
        discounted = strike[i] * exp(-rate * years[i])
        call[i] = price[i] * cumulative_normal(d1) - discounted * cumulative_normal(d2)
        put[i] = discounted * cumulative_normal(-d2) - price[i] * cumulative_normal(-d1)


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 400_000
    rng = np.random.default_rng(1)
    price, strike, years = rng.uniform(10, 50, n), rng.uniform(10, 50, n), rng.uniform(0.1, 2, n)
    call, put = np.empty(n), np.empty(n)
    start = time.perf_counter()
    black_scholes(price, strike, years, 0.02, 0.3, call, put)
    print(f"time {time.perf_counter() - start:.6f} s", file=sys.stderr)
    parity = np.abs(call - put - price + strike * np.exp(-0.02 * years)).max()
    print(f"mean call {call.mean():.9f}, mean put {put.mean():.9f}, put-call parity within {parity < 1e-12}")


if __name__ == "__main__":
    main()
