"""Population counts, Hamming distances, CRC-32, Gray codes and reversed bits."""

import numpy as np

POLY = 0xEDB88320


def popcount(v: int) -> int:
    c = 0
    while v:
        v &= v - 1
        c += 1
    return c


def popcount32(x):
    x = x - ((x >> 1) & 0x55555555)
    x = (x & 0x33333333) + ((x >> 2) & 0x33333333)
    x = (x + (x >> 4)) & 0x0F0F0F0F
    return ((x * 0x01010101) & 0xFFFFFFFF) >> 24


def make_table():
    table = np.zeros(256, dtype=np.uint32)
    # pragma parallel for
    for n in range(256):
        c = n
        for _ in range(8):
            c = POLY ^ (c >> 1) if c & 1 else c >> 1
        table[n] = c
    return table


def crc32(data: bytes) -> int:
    table = make_table()
    crc = 0xFFFFFFFF
    # pragma sequential for
    for byte in np.frombuffer(data, dtype=np.uint8):
        crc = int(table[(crc ^ int(byte)) & 0xFF]) ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF


def hamming(hashes):
    n = len(hashes)
    D = np.zeros((n, n), dtype=np.uint8)
    # pragma parallel for
    for i in range(n):
        for j in range(i):
            D[i, j] = D[j, i] = popcount(int(hashes[i] ^ hashes[j]))
    return D


def similar(hashes, limit=14):
    # pragma parallel
    pairs = [(i, j) for i in range(len(hashes)) for j in range(i) if bin(int(hashes[i] ^ hashes[j])).count("1") < limit]
    return pairs


def gray_reverse(values, bits=8):
    out = []
    # pragma parallel for
    for v in values:
        g = int(v) ^ (int(v) >> 1)
        r = 0
        for b in range(bits):
            r = (r << 1) | ((g >> b) & 1)
        out.append((g, r, popcount32(g)))
    return np.array(out)


def cases():
    rng = np.random.default_rng(16)
    yield crc32, (b"123456789",)
    yield crc32, (b"",)
    hashes = rng.integers(0, 2**32, 9, dtype=np.int64)
    yield hamming, (hashes,)
    yield similar, (hashes,)
    yield gray_reverse, (rng.integers(0, 256, 11),)
