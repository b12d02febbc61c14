"""LU with partial pivoting, QR by Givens rotations, and the inverse power iteration."""

import numpy as np


def lu(A):
    A = A.copy()
    n = A.shape[0]
    perm = np.arange(n)
    sign = 1
    # pragma sequential for
    for k in range(n - 1):
        p = k + np.argmax(np.abs(A[k:, k]))
        if A[p, k] == 0:
            raise ValueError("singular matrix")
        if p != k:
            A[[k, p]] = A[[p, k]]
            perm[k], perm[p] = perm[p], perm[k]
            sign = -sign
        A[k + 1 :, k] /= A[k, k]
        A[k + 1 :, k + 1 :] -= np.outer(A[k + 1 :, k], A[k, k + 1 :])
    return A, perm, sign


def givens_qr(A):
    R = A.astype(float).copy()
    m, n = R.shape
    Q = np.identity(m)
    # pragma sequential for
    for j in range(n):
        for i in range(m - 1, j, -1):
            a, b = R[i - 1, j], R[i, j]
            if b == 0:
                continue
            r = np.hypot(a, b)
            c, s = a / r, -b / r
            for X, cols in ((R, n), (Q, m)):
                for k in range(cols):
                    t1, t2 = X[i - 1, k], X[i, k]
                    X[i - 1, k] = c * t1 - s * t2
                    X[i, k] = s * t1 + c * t2
    return Q.T, R


def power_iteration(A, iterations=30):
    v = np.ones(A.shape[0])
    lam = 0.0
    # pragma sequential for
    for _ in range(iterations):
        w = A @ v
        lam_new = np.linalg.norm(w)
        v = w / lam_new
        if abs(lam_new - lam) < 1e-14:
            break
        lam = lam_new
    return lam, v


TOLERANCE = 1e-8  # sums are added in another order, so that an iteration more may be needed, and hypot is within an ulp


def cases():
    rng = np.random.default_rng(25)
    A = rng.normal(size=(6, 6))
    yield lu, (A,)
    yield lu, (np.zeros((2, 2)),)
    yield givens_qr, (A[:, :4],)
    yield power_iteration, (A @ A.T,)
