"""Grey images: equalised histograms, Otsu's threshold, disparities of stereo pairs, and integral images."""

import numpy as np


def equalise(img):
    hist = np.zeros(256, dtype=np.int64)
    # pragma parallel for
    for row in img:
        for value in row:
            hist[value] += 1
    cdf = hist.cumsum()
    low = cdf[cdf > 0].min()
    out = np.empty_like(img)
    # pragma parallel for
    for i in range(img.shape[0]):
        for j in range(img.shape[1]):
            out[i, j] = round((cdf[img[i, j]] - low) / (img.size - low) * 255)
    return out


def otsu(hist):
    total = hist.sum()
    mean_all = (np.arange(256) * hist).sum()
    best, threshold = -1.0, 0
    w = 0
    m = 0.0
    # pragma sequential for
    for t in range(256):
        w += hist[t]
        if w == 0:
            continue
        rest = total - w
        if rest == 0:
            break
        m += t * hist[t]
        between = w * rest * (m / w - (mean_all - m) / rest) ** 2
        if between > best:
            best, threshold = between, t
    return threshold


def disparity(left, right, block, most):
    h, w = left.shape
    half = block // 2
    out = np.zeros((h, w), np.uint8)
    # pragma parallel for
    for y in range(half, h - half):
        for x in range(half + most, w - half):
            patch = left[y - half : y + half + 1, x - half : x + half + 1].astype(np.int32)
            costs = []
            for d in range(most):
                other = right[y - half : y + half + 1, x - d - half : x - d + half + 1].astype(np.int32)
                costs.append(np.abs(patch - other).sum())
            out[y, x] = int(np.argmin(costs))
    return out


def integral(img):
    h, w = img.shape
    table = np.zeros((h + 1, w + 1), dtype=np.int64)
    # pragma sequential for
    for i in range(h):
        line = 0
        for j in range(w):
            line += int(img[i, j])
            table[i + 1, j + 1] = table[i, j + 1] + line
    return table


def cases():
    rng = np.random.default_rng(1)
    img = rng.integers(20, 200, (16, 21)).astype(np.uint8)
    yield equalise, (img,)
    hist = np.bincount(img.ravel(), minlength=256)
    yield otsu, (hist,)
    yield disparity, (img, np.roll(img, -2, axis=1), 3, 5)
    yield integral, (img,)
    yield integral, (img[:0],)
