"""Distances between DNA sequences, GC content in windows, k-mer counts, and reading frames."""

import numpy as np


def jukes_cantor(seqs):
    n, length = len(seqs), len(seqs[0])
    codes = np.array([[ord(c) for c in s] for s in seqs], dtype=np.uint8)
    dist = np.zeros((n, n))
    # pragma parallel for
    for i in range(n):
        for j in range(i + 1, n):
            differ = 0
            for k in range(length):
                if codes[i, k] != codes[j, k]:
                    differ += 1
            p = differ / length
            d = np.inf if p >= 0.75 else -0.75 * np.log(1 - 4 * p / 3)
            dist[i, j] = dist[j, i] = d
    return dist


def gc_windows(codes, width, step):
    out = []
    # pragma parallel for
    for start in range(0, len(codes) - width + 1, step):
        window = codes[start : start + width]
        gc = np.sum((window == 71) | (window == 67))
        out.append(gc / width)
    return out


def kmers(codes, k):
    counts = np.zeros(4**k, dtype=int)
    lookup = {65: 0, 67: 1, 71: 2, 84: 3}
    digits = np.array([lookup[c] for c in codes])
    # pragma parallel for
    for i in range(len(digits) - k + 1):
        index = 0
        for j in range(k):
            index = index * 4 + digits[i + j]
        counts[index] += 1
    return counts


def longest_orf(codes):
    best = [0, 0, 0]
    # pragma parallel for
    for frame in range(3):
        run = 0
        longest = 0
        for i in range(frame, len(codes) - 2, 3):
            a, b, c = codes[i], codes[i + 1], codes[i + 2]
            stop = a == 84 and ((b == 65 and (c == 65 or c == 71)) or (b == 71 and c == 65))
            if stop:
                longest = max(longest, run)
                run = 0
            else:
                run += 1
        best[frame] = max(longest, run)
    return best


TOLERANCE = 1e-15  # log is within an ulp


def cases():
    rng = np.random.default_rng(11)
    seqs = ["".join(rng.choice(list("ACGT"), 40)) for _ in range(5)]
    codes = np.frombuffer("".join(seqs).encode(), dtype=np.uint8)
    yield jukes_cantor, (seqs,)
    yield gc_windows, (codes, 20, 5)
    yield gc_windows, (codes[:10], 20, 5)
    yield kmers, (codes, 3)
    yield longest_orf, (codes,)
