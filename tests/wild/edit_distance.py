"""Edit distances of many pairs with two rows, and the longest common subsequence of two texts."""

import numpy as np


def levenshtein(a, b):
    if len(a) < len(b):
        return levenshtein_rows(b, a)
    return levenshtein_rows(a, b)


def levenshtein_rows(a, b):
    prev = np.arange(len(b) + 1)
    cur = np.zeros(len(b) + 1, dtype=prev.dtype)
    for i in range(1, len(a) + 1):
        cur[0] = i
        for j in range(1, len(b) + 1):
            cost = 0 if a[i - 1] == b[j - 1] else 1
            cur[j] = min(prev[j] + 1, cur[j - 1] + 1, prev[j - 1] + cost)
        prev, cur = cur, prev
    return prev[len(b)]


def distances(codes, lengths):
    n = len(codes)
    D = np.zeros((n, n), dtype=int)
    # pragma parallel for
    for i in range(n):
        for j in range(i + 1, n):
            D[i, j] = D[j, i] = levenshtein(codes[i, : lengths[i]], codes[j, : lengths[j]])
    return D


def lcs(a: str, b: str) -> int:
    x, y = [ord(c) for c in a], [ord(c) for c in b]
    table = [[0] * (len(y) + 1) for _ in range(len(x) + 1)]
    # pragma sequential for
    for i in range(len(x)):
        for j in range(len(y)):
            if x[i] == y[j]:
                table[i + 1][j + 1] = table[i][j] + 1
            else:
                table[i + 1][j + 1] = max(table[i][j + 1], table[i + 1][j])
    return table[-1][-1]


def one_pair(a, b):
    """Keeps two rows in names that change places."""
    previous = np.arange(len(b) + 1)
    current = np.zeros(len(b) + 1, dtype=int)
    # pragma sequential for
    for i in range(1, len(a) + 1):
        current[0] = i
        for j in range(1, len(b) + 1):
            current[j] = min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (a[i - 1] != b[j - 1]))
        previous, current = current, previous
    return previous[-1]


def cases():
    rng = np.random.default_rng(29)
    codes = rng.integers(97, 101, (6, 8)).astype(np.uint8)
    yield distances, (codes, np.array([8, 5, 0, 7, 1, 8]))
    yield lcs, ("AGGTABXXGA", "GXTXAYBGA")
    yield lcs, ("", "A")
    yield one_pair, (codes[0], codes[1, :5])
    yield one_pair, (codes[0, :0], codes[1])
