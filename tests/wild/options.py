"""Option prices: binomial trees over strikes, Asian options by Monte Carlo, implied volatilities by bisection."""

import math

import numpy as np


def american_put(S, K, r, sigma, T, steps):
    dt = T / steps
    u = math.exp(sigma * math.sqrt(dt))
    d = 1 / u
    p = (math.exp(r * dt) - d) / (u - d)
    disc = math.exp(-r * dt)
    values = [max(K - S * u**j * d ** (steps - j), 0.0) for j in range(steps + 1)]
    for i in range(steps - 1, -1, -1):
        for j in range(i + 1):
            hold = disc * (p * values[j + 1] + (1 - p) * values[j])
            exercise = K - S * u**j * d ** (i - j)
            values[j] = max(hold, exercise)
    return values[0]


def ladder(S: float, strikes: np.ndarray, r=0.05, sigma=0.2, T=1.0, steps=20) -> np.ndarray:
    prices = np.empty(len(strikes))
    # pragma parallel for
    for i, K in enumerate(strikes):
        prices[i] = american_put(S, K, r, sigma, T, steps)
    return prices


def asian(S0, K, r, sigma, T, paths, steps=12):
    dt = T / steps
    drift = (r - 0.5 * sigma**2) * dt
    payoff_sum = payoff_sq = 0.0
    # pragma parallel for
    for path in range(paths):
        rng = np.random.Generator(np.random.Philox(key=path))
        S, mean = S0, 0.0
        for _ in range(steps):
            S *= math.exp(drift + sigma * math.sqrt(dt) * rng.standard_normal())
            mean += S / steps
        payoff = max(mean - K, 0.0)
        payoff_sum += payoff
        payoff_sq += payoff**2
    price = math.exp(-r * T) * payoff_sum / paths
    err = math.sqrt(payoff_sq / paths - (payoff_sum / paths) ** 2) / math.sqrt(paths)
    return price, err


def norm_cdf(x):
    return 0.5 * (1.0 + math.erf(x / math.sqrt(2.0)))


def call(S, K, r, vol, T):
    d1 = (math.log(S / K) + (r + vol * vol / 2) * T) / (vol * math.sqrt(T))
    return S * norm_cdf(d1) - K * math.exp(-r * T) * norm_cdf(d1 - vol * math.sqrt(T))


def implied_vols(S, strikes, prices, r, T):
    vols = np.full(len(strikes), np.nan)
    # pragma parallel for
    for i in range(len(strikes)):
        lo, hi = 1e-3, 3.0
        if not call(S, strikes[i], r, lo, T) <= prices[i] <= call(S, strikes[i], r, hi, T):
            continue
        while hi - lo > 1e-8:
            mid = (lo + hi) / 2
            if call(S, strikes[i], r, mid, T) < prices[i]:
                lo = mid
            else:
                hi = mid
        vols[i] = (lo + hi) / 2
    return vols


TOLERANCE = 1e-7  # functions are within an ulp, sums are added in another order, and the bisection ends at 1e-8


def cases():
    strikes = np.array([80.0, 100.0, 120.0])
    yield ladder, (100.0, strikes)
    yield asian, (100.0, 95.0, 0.05, 0.2, 1.0, 40)
    yield implied_vols, (100.0, strikes, np.array([25.0, 10.0, 200.0]), 0.05, 1.0)
