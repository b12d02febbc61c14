"""Local alignment (Smith-Waterman) with scores of a matrix, and the best cell."""

import numpy as np

MATCH, MISMATCH, GAP = 3, -3, -2


def score(a, b):
    return MATCH if a == b else MISMATCH


def align(seq1, seq2):
    H = np.zeros((len(seq1) + 1, len(seq2) + 1), dtype=np.int32)
    best, best_pos = 0, (0, 0)
    # pragma sequential for
    for i in range(1, len(seq1) + 1):
        for j in range(1, len(seq2) + 1):
            diag = H[i - 1, j - 1] + score(seq1[i - 1], seq2[j - 1])
            up = H[i - 1, j] + GAP
            left = H[i, j - 1] + GAP
            H[i, j] = max(0, diag, up, left)
            if H[i, j] > best:
                best = H[i, j]
                best_pos = (i, j)
    return H, best, best_pos


def against_all(query, database, lengths):
    scores = np.zeros(len(database), dtype=int)
    # pragma parallel for
    for s in range(len(database)):
        target = database[s][: lengths[s]]
        rows = [[0] * (len(target) + 1) for _ in range(2)]
        top = 0
        for i in range(len(query)):
            cur, last = rows[(i + 1) % 2], rows[i % 2]
            for j in range(len(target)):
                cur[j + 1] = max(0, last[j] + score(query[i], target[j]), last[j + 1] + GAP, cur[j] + GAP)
                top = max(top, cur[j + 1])
        scores[s] = top
    return scores


def cases():
    rng = np.random.default_rng(31)
    database = rng.integers(0, 4, (4, 12))
    yield align, (database[0], database[1, :7])
    yield align, (database[0, :0], database[1])
    yield against_all, (database[2, :9], database, np.array([12, 3, 0, 8]))
