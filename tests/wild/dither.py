"""Floyd-Steinberg dithering, ordered dithering, and quantisation to the nearest colour of a palette."""

import numpy as np

BAYER = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]]) / 16.0
PALETTE = [(0, 0, 0), (255, 255, 255), (200, 30, 30), (30, 200, 30), (30, 30, 200)]


def floyd_steinberg(image, levels=2):
    img = image.astype(float)
    h, w = img.shape
    # pragma sequential for
    for y in range(h):
        for x in range(w):
            old = img[y, x]
            new = np.round(old * (levels - 1)) / (levels - 1)
            img[y, x] = new
            err = old - new
            if x + 1 < w:
                img[y, x + 1] += err * 7 / 16
            if y + 1 < h:
                if x > 0:
                    img[y + 1, x - 1] += err * 3 / 16
                img[y + 1, x] += err * 5 / 16
                if x + 1 < w:
                    img[y + 1, x + 1] += err * 1 / 16
    return img


def ordered(image):
    out = np.zeros(image.shape, dtype=bool)
    # pragma parallel for
    for y, row in enumerate(image):
        for x, v in enumerate(row):
            out[y, x] = v > BAYER[y % 4, x % 4]
    return out


def quantise(rgb):
    h, w, _ = rgb.shape
    index = np.zeros((h, w), dtype=np.uint8)
    # pragma parallel for
    for y in range(h):
        for x in range(w):
            r, g, b = (int(c) for c in rgb[y, x])
            best, best_d = 0, float("inf")
            for k, (pr, pg, pb) in enumerate(PALETTE):
                d = (r - pr) ** 2 + (g - pg) ** 2 + (b - pb) ** 2
                if d < best_d:
                    best, best_d = k, d
            index[y, x] = best
    return index


def cases():
    rng = np.random.default_rng(3)
    img = rng.random((9, 11)).astype(np.float32)
    yield floyd_steinberg, (img,)
    yield floyd_steinberg, (img[:0], 4)
    yield ordered, (img,)
    yield quantise, (rng.integers(0, 256, (6, 5, 3), dtype=np.uint8),)
