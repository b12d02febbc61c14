"""Rolling statistics, exponentially weighted means, lagged features and drawdowns of price series."""

from dataclasses import dataclass

import numpy as np


def rolling_mean_std(x: np.ndarray, window: int) -> tuple[np.ndarray, np.ndarray]:
    n = len(x)
    mean = np.full(n, np.nan)
    std = np.full(n, np.nan)
    # pragma parallel for
    for i in range(window - 1, n):
        chunk = x[i - window + 1 : i + 1]
        mean[i] = np.mean(chunk)
        std[i] = np.std(chunk, ddof=1)
    return mean, std


@dataclass
class Smoother:
    alpha: float = 0.3
    adjust: bool = False

    def apply(self, series):
        out = np.empty_like(series)
        # pragma parallel for
        for c in range(series.shape[1]):
            level = series[0, c]
            out[0, c] = level
            for t in range(1, series.shape[0]):
                level = self.alpha * series[t, c] + (1 - self.alpha) * level
                out[t, c] = level
        return out


def smooth(series, alpha):
    return Smoother(alpha).apply(series)


def lag_features(series, lags=(1, 2, 5)):
    start = max(lags)
    rows = []
    # pragma parallel for
    for t in range(start, len(series)):
        rows.append([series[t - lag] for lag in lags] + [series[t] - series[t - 1]])
    return np.array(rows)


def max_drawdown(prices):
    peak, worst = prices[0], 0.0
    at = 0
    # pragma sequential for
    for i, p in enumerate(prices):
        if p > peak:
            peak = p
        dd = (peak - p) / peak
        if dd > worst:
            worst, at = dd, i
    return worst, at


TOLERANCE = 1e-12  # sums are added in another order


def cases():
    rng = np.random.default_rng(7)
    prices = 100 + rng.normal(size=40).cumsum()
    yield rolling_mean_std, (prices, 5)
    yield rolling_mean_std, (prices[:3], 5)
    yield smooth, (rng.random((20, 3)), 0.25)
    yield lag_features, (prices,)
    yield lag_features, (prices[:6],)
    yield max_drawdown, (prices,)
