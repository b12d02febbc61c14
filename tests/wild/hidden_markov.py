"""Hidden Markov models: the forward algorithm with scaling, and Viterbi paths of many sequences."""

import numpy as np


def forward(start, trans, emit, sequences):
    scores = np.empty(len(sequences))
    # pragma parallel for
    for s in range(len(sequences)):
        seq = sequences[s]
        alpha = start * emit[:, seq[0]]
        total = alpha.sum()
        alpha = alpha / total
        loglik = np.log(total)
        for t in range(1, len(seq)):
            alpha = (alpha @ trans) * emit[:, seq[t]]
            total = alpha.sum()
            alpha /= total
            loglik += np.log(total)
        scores[s] = loglik
    return scores


def viterbi(log_start, log_trans, log_emit, sequences):
    n, length = sequences.shape
    k = len(log_start)
    paths = np.zeros((n, length), dtype=np.int64)
    # pragma parallel for
    for s in range(n):
        back = np.zeros((length, k), dtype=np.int64)
        delta = log_start + log_emit[:, sequences[s, 0]]
        for t in range(1, length):
            new = np.empty(k)
            for j in range(k):
                candidates = delta + log_trans[:, j]
                best = np.argmax(candidates)
                back[t, j] = best
                new[j] = candidates[best] + log_emit[j, sequences[s, t]]
            delta = new
        state = int(np.argmax(delta))
        paths[s, length - 1] = state
        for t in range(length - 1, 0, -1):
            state = back[t, state]
            paths[s, t - 1] = state
    return paths


TOLERANCE = 1e-12  # sums are added in another order, and log is within an ulp


def cases():
    rng = np.random.default_rng(3)
    start, trans, emit = rng.dirichlet(np.ones(3)), rng.dirichlet(np.ones(3), 3), rng.dirichlet(np.ones(5), 3)
    sequences = rng.integers(0, 5, (6, 20))
    yield forward, (start, trans, emit, sequences)
    yield forward, (start, trans, emit, sequences[:0])
    yield viterbi, (np.log(start), np.log(trans), np.log(emit), sequences)
    yield viterbi, (np.log(start), np.log(trans), np.log(emit), sequences[:1, :1])
