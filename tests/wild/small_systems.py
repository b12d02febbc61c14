"""A small matrix for every item: determinants, inverses, solutions, Kalman filters, plane fits."""

import numpy as np


def element_areas(nodes, triangles):
    area = np.zeros(len(triangles))
    # pragma parallel for
    for e, tri in enumerate(triangles):
        p = nodes[tri]
        J = np.array([p[1] - p[0], p[2] - p[0]])
        area[e] = 0.5 * abs(np.linalg.det(J))
    return area


def solve_cells(K, rhs):
    x = np.zeros_like(rhs)
    # pragma parallel for
    for i in range(len(K)):
        x[i] = np.linalg.solve(K[i], rhs[i])
    return x


def kalman(z, dt=0.1, q=0.01, r=0.5):
    F = np.array([[1.0, dt], [0.0, 1.0]])
    H = np.array([[1.0, 0.0]])
    out = np.zeros((z.shape[0], z.shape[1]))
    # pragma parallel for
    for s in range(z.shape[0]):
        x = np.array([z[s, 0], 0.0])
        P = np.eye(2)
        for t in range(z.shape[1]):
            x = F @ x
            P = F @ P @ F.T + q * np.eye(2)
            S = H @ P @ H.T + r
            K = P @ H.T / S[0, 0]
            x = x + K[:, 0] * (z[s, t] - (H @ x)[0])
            P = (np.eye(2) - K @ H) @ P
            out[s, t] = x[0]
    return out


def strain_energy(C, strains):
    total = 0.0
    # pragma parallel for
    for eps in strains:
        total += 0.5 * eps @ np.linalg.inv(C) @ eps
    return total


TOLERANCE = 1e-11  # sums are added in another order


def cases():
    rng = np.random.default_rng(26)
    yield element_areas, (rng.random((8, 2)), rng.integers(0, 8, (5, 3)))
    yield solve_cells, (rng.random((5, 3, 3)) + 2 * np.eye(3), rng.random((5, 3)))
    yield kalman, (rng.normal(size=(3, 10)),)
    yield strain_energy, (rng.random((3, 3)) + 2 * np.eye(3), rng.random((7, 3)))
