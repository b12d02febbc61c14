"""A 3x3 median filter, a local contrast map and a bilateral filter, with windows cut out by slices."""

import math

import numpy as np


def median3(img):
    out = img.copy()
    # pragma parallel for
    for i in range(1, img.shape[0] - 1):
        for j in range(1, img.shape[1] - 1):
            window = img[i - 1 : i + 2, j - 1 : j + 2]
            out[i, j] = np.sort(window.ravel())[4]
    return out


def local_contrast(img, r=2):
    rows, cols = img.shape
    out = np.empty((rows, cols))
    # pragma parallel for
    for i in range(rows):
        i0, i1 = max(0, i - r), min(rows, i + r + 1)
        for j in range(cols):
            patch = img[i0:i1, max(0, j - r) : min(cols, j + r + 1)]
            mu, sd = patch.mean(), patch.std()
            out[i, j] = (img[i, j] - mu) / sd if sd > 1e-12 else 0.0
    return out


def bilateral(img, sigma_s=1.5, sigma_r=0.2, radius=2):
    h, w = img.shape
    result = np.zeros((h, w), dtype=np.float64)
    offsets = [(dy, dx) for dy in range(-radius, radius + 1) for dx in range(-radius, radius + 1)]
    # pragma parallel for
    for y in range(h):
        for x in range(w):
            total, norm = 0.0, 0.0
            for dy, dx in offsets:
                yy, xx = y + dy, x + dx
                if not (0 <= yy < h and 0 <= xx < w):
                    continue
                diff = img[yy, xx] - img[y, x]
                weight = math.exp(-(dy**2 + dx**2) / (2 * sigma_s**2) - diff**2 / (2 * sigma_r**2))
                total += weight * img[yy, xx]
                norm += weight
            result[y, x] = total / norm
    return result


TOLERANCE = 1e-12  # sums are added in another order


def cases():
    img = np.random.default_rng(2).random((11, 9))
    for function in (median3, local_contrast, bilateral):
        yield function, (img.copy(),)
    yield local_contrast, (np.ones((3, 1)),)
