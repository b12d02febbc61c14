"""Bilinear resizing of a colour image and a rotation about its centre."""

import math

import numpy as np


def resize(img, new_h, new_w):
    h, w = img.shape[:2]
    out = np.zeros((new_h, new_w, img.shape[2]), dtype=img.dtype)
    sy, sx = h / new_h, w / new_w
    # pragma parallel for
    for i in range(new_h):
        for j in range(new_w):
            y, x = (i + 0.5) * sy - 0.5, (j + 0.5) * sx - 0.5
            y0, x0 = int(math.floor(y)), int(math.floor(x))
            dy, dx = y - y0, x - x0
            y1, x1 = min(y0 + 1, h - 1), min(x0 + 1, w - 1)
            y0, x0 = max(y0, 0), max(x0, 0)
            top = img[y0, x0] * (1 - dx) + img[y0, x1] * dx
            bottom = img[y1, x0] * (1 - dx) + img[y1, x1] * dx
            out[i, j] = np.clip(top * (1 - dy) + bottom * dy + 0.5, 0, 255).astype(np.uint8)
    return out


def rotate(img: np.ndarray, degrees: float, fill: float = 0.0) -> np.ndarray:
    height, width = img.shape
    angle = math.radians(degrees)
    cos, sin = math.cos(angle), math.sin(angle)
    cy, cx = (height - 1) / 2, (width - 1) / 2

    def sample(y, x):
        i, j = int(np.floor(y)), int(np.floor(x))
        if i < 0 or j < 0 or i >= height - 1 or j >= width - 1:
            return fill
        fy, fx = y - i, x - j
        return (
            img[i, j] * (1 - fy) * (1 - fx)
            + img[i + 1, j] * fy * (1 - fx)
            + img[i, j + 1] * (1 - fy) * fx
            + img[i + 1, j + 1] * fy * fx
        )

    out = np.full_like(img, fill)
    # pragma parallel for
    for i in range(height):
        for j in range(width):
            u, v = i - cy, j - cx
            out[i, j] = sample(cos * u + sin * v + cy, -sin * u + cos * v + cx)
    return out


def cases():
    rng = np.random.default_rng(4)
    yield resize, (rng.integers(0, 256, (7, 5, 3), dtype=np.uint8), 10, 9)
    yield resize, (rng.integers(0, 256, (4, 4, 1), dtype=np.uint8), 1, 3)
    yield rotate, (rng.random((9, 8)), 30.0)
    yield rotate, (rng.random((2, 2)), -90.0, 1.0)
