"""Sieves, queens by bits, perfect numbers, happy numbers and digit sums."""

from itertools import product

import numpy as np


def sieve(limit):
    is_prime = np.ones(limit + 1, dtype=bool)
    is_prime[:2] = False
    # pragma sequential for
    for p in range(2, int(limit**0.5) + 1):
        if is_prime[p]:
            is_prime[p * p :: p] = False
    return np.flatnonzero(is_prime)


def solve(n, row, cols, diag1, diag2):
    if row == n:
        return 1
    count = 0
    free = ((1 << n) - 1) & ~(cols | diag1 | diag2)
    while free:
        bit = free & -free
        free ^= bit
        count += solve(n, row + 1, cols | bit, (diag1 | bit) << 1, (diag2 | bit) >> 1)
    return count


def queens(n):
    total = 0
    # pragma parallel for
    for first in range(n):
        bit = 1 << first
        total += solve(n, 1, bit, bit << 1, bit >> 1)
    return total


def queens_stack(n):
    """The same without recursion."""
    full = (1 << n) - 1
    solutions = 0
    # pragma parallel for
    for first in range(n):
        stack = [(1 << first, 2 << first, (1 << first) >> 1)]
        while stack:
            cols, d1, d2 = stack.pop()
            if cols == full:
                solutions += 1
                continue
            free = full & ~(cols | d1 | d2)
            while free:
                bit = free & -free
                free -= bit
                stack.append((cols | bit, (d1 | bit) << 1, (d2 | bit) >> 1))
    return solutions


def perfect(limit):
    # pragma parallel
    found = [n for n in range(2, limit) if sum(d for d in range(1, n // 2 + 1) if n % d == 0) == n]
    return found


def happy(limit):
    out = []
    # pragma parallel for
    for n in range(1, limit):
        m = n
        seen = 0
        while m != 1 and m != 4:
            s = 0
            while m > 0:
                m, digit = divmod(m, 10)
                s += digit**2
            m = s
            seen += 1
        if m == 1:
            out.append(n)
    return out


def triples(n):
    count = 0
    # pragma parallel for
    for a, b in product(range(1, n), range(1, n)):
        c = int((a * a + b * b) ** 0.5)
        if a <= b and c < n and c * c == a * a + b * b:
            count += 1
    return count


def cases():
    yield sieve, (100,)
    yield sieve, (1,)
    yield queens, (6,)
    yield queens_stack, (6,)
    yield perfect, (500,)
    yield happy, (50,)
    yield triples, (40,)
