"""Dynamic programs: matrix chain, knapsack, longest increasing subsequence, change of coins."""

import sys

import numpy as np

INF = sys.maxsize


def matrix_chain(dims):
    n = len(dims) - 1
    m = np.zeros((n, n), dtype=np.int64)
    split = np.zeros((n, n), dtype=np.int64)
    # pragma sequential for
    for length in range(2, n + 1):
        for i in range(n - length + 1):
            j = i + length - 1
            m[i, j] = INF
            for k in range(i, j):
                cost = m[i, k] + m[k + 1, j] + dims[i] * dims[k + 1] * dims[j + 1]
                if cost < m[i, j]:
                    m[i, j], split[i, j] = cost, k
    return m, split


def knapsack(values, weights, capacity):
    best = [0] * (capacity + 1)
    # pragma sequential for
    for v, w in zip(values, weights):
        for c in range(capacity, w - 1, -1):
            best[c] = max(best[c], best[c - w] + v)
    return best[capacity], best


def knapsack_rows(values, weights, capacity):
    dp = np.zeros((len(values) + 1, capacity + 1), dtype=int)
    # pragma sequential for
    for i in range(1, len(values) + 1):
        w = weights[i - 1]
        dp[i] = dp[i - 1]
        if w <= capacity:
            dp[i, w:] = np.maximum(dp[i - 1, w:], dp[i - 1, : capacity + 1 - w] + values[i - 1])
    chosen = []
    c = capacity
    for i in range(len(values), 0, -1):
        if dp[i, c] != dp[i - 1, c]:
            chosen.append(i - 1)
            c -= weights[i - 1]
    return dp[-1, -1], chosen[::-1]


def coin_ways(coins: list[int], total: int) -> int:
    ways = [1] + [0] * total
    # pragma sequential for
    for coin in coins:
        for amount in range(coin, total + 1):
            ways[amount] += ways[amount - coin]
    return ways[total]


def lis(seq):
    n = len(seq)
    length = np.ones(n, dtype=int)
    parent = [-1] * n
    # pragma sequential for
    for i in range(n):
        for j in range(i):
            if seq[j] < seq[i] and length[j] + 1 > length[i]:
                length[i] = length[j] + 1
                parent[i] = j
    return length.max(initial=0), parent


def cases():
    rng = np.random.default_rng(28)
    yield matrix_chain, ([30, 35, 15, 5, 10, 20, 25],)
    yield matrix_chain, ([3, 4],)
    values, weights = rng.integers(1, 50, 8).tolist(), rng.integers(1, 9, 8).tolist()
    yield knapsack, (values, weights, 20)
    yield knapsack_rows, (values, weights, 20)
    yield coin_ways, ([1, 2, 5, 10], 30)
    yield lis, (rng.integers(0, 30, 15).tolist(),)
    yield lis, ([],)
