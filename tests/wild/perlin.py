"""Perlin noise in several octaves, from a table of permuted gradients."""

import numpy as np

GRADIENTS = ((1, 1), (-1, 1), (1, -1), (-1, -1), (1, 0), (-1, 0), (0, 1), (0, -1))


def fade(t):
    return t * t * t * (t * (t * 6 - 15) + 10)


def lerp(t, a, b):
    return a + t * (b - a)


class Noise:
    def __init__(self, seed: int) -> None:
        perm = np.arange(256)
        np.random.default_rng(seed).shuffle(perm)
        self.perm = np.concatenate([perm, perm])
        self.scale = 1.0

    def grad(self, h, x, y):
        gx, gy = GRADIENTS[h % 8]
        return gx * x + gy * y

    def at(self, x, y):
        xi, yi = int(np.floor(x)) & 255, int(np.floor(y)) & 255
        xf, yf = x - np.floor(x), y - np.floor(y)
        u, v = fade(xf), fade(yf)
        aa = self.perm[self.perm[xi] + yi]
        ab = self.perm[self.perm[xi] + yi + 1]
        ba = self.perm[self.perm[xi + 1] + yi]
        bb = self.perm[self.perm[xi + 1] + yi + 1]
        x1 = lerp(u, self.grad(aa, xf, yf), self.grad(ba, xf - 1, yf))
        x2 = lerp(u, self.grad(ab, xf, yf - 1), self.grad(bb, xf - 1, yf - 1))
        return lerp(v, x1, x2)

    def render(self, height, width, octaves=4, persistence=0.5):
        out = np.zeros((height, width))
        # pragma parallel for
        for i in range(height):
            for j in range(width):
                amplitude, frequency, total = 1.0, 0.1, 0.0
                for _ in range(octaves):
                    total += amplitude * self.at(j * frequency, i * frequency)
                    amplitude *= persistence
                    frequency *= 2
                out[i, j] = total * self.scale
        return out


def picture(seed, h, w):
    return Noise(seed).render(h, w)


def cases():
    yield picture, (1, 12, 9)
    yield picture, (7, 1, 0)
