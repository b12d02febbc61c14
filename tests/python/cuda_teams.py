"""What teams of threads do together, to be run in CPython and on an emulated device; see test_cuda_teams."""

import math

import numpy as np


def two_sums(a, out):
    # pragma parallel for target(cuda)
    for i in range(a.shape[0]):
        total = 0.0
        other = 0.0
        for j in range(a.shape[1]):
            total += a[i, j]
            other += a[i, j] * 2.0
        out[i, 0] = total
        out[i, 1] = other


def again_and_again(a, out):
    # pragma parallel for target(cuda)
    for i in range(a.shape[0]):
        result = 1.0
        for k in range(4):
            total = 1.0
            for j in range(a.shape[1]):
                total += a[i, j] * k
            result = result * 0.5 + total
        out[i, 0] = result


def roots(a, out):
    # pragma parallel for target(cuda)
    for i in range(a.shape[0]):
        result = 1.0
        for _ in range(4):
            total = 0.0
            for j in range(a.shape[1]):
                total += math.sqrt(a[i, j])
            result = result * 0.5 + total
        out[i, 0] = result


if __name__ == "__main__":
    for rows, columns in [(1, 20), (3, 33), (5, 100), (2, 300), (70, 300), (3, 1025)]:
        # Sums of whole numbers are exact.
        a = (np.arange(rows * columns) % 23).reshape(rows, columns) ** 2.0
        out = np.zeros((rows, 4))
        two_sums(a, out)
        print(out.tobytes().hex())
        again_and_again(a, out)
        print(out.tobytes().hex())
        roots(a, out)
        print(out.tobytes().hex())
        # One member of a team raises, in some iteration of one team.
        for row, column in [(0, 0), (rows - 1, columns - 1), (rows // 2, columns // 2)]:
            b, out = a.copy(), np.zeros((rows, 4))
            b[row, column] = -1.0
            try:
                roots(b, out)
            except ValueError as error:
                print(error, out.tobytes().hex())
