"""Gridded climate data: weighted means, monthly anomalies, trends with missing values, EOFs by power iteration."""

from dataclasses import dataclass

import numpy as np


@dataclass
class Grid:
    lat: np.ndarray
    lon: np.ndarray
    missing: float = -999.0


def global_means(grid, field):
    means = []
    # pragma parallel for
    for t in range(field.shape[0]):
        total = weight = 0.0
        for i, phi in enumerate(grid.lat):
            w = np.cos(np.radians(phi))
            for j in range(len(grid.lon)):
                value = field[t, i, j]
                if value != grid.missing:
                    total += w * value
                    weight += w
        means.append(total / weight if weight else np.nan)
    return means


def anomalies(field):
    nt = len(field)
    climatology = np.zeros((12, *field.shape[1:]))
    out = np.empty_like(field)
    # pragma parallel for
    for month in range(12):
        climatology[month] = field[month::12].mean(axis=0)
    # pragma parallel for
    for t in range(nt):
        out[t] = field[t] - climatology[t % 12]
    return out


def trends(years, field, missing=-999.0, at_least=3):
    nt, ny, nx = field.shape
    slope = np.full((ny, nx), np.nan)
    # pragma parallel for collapse(2)
    for i in range(ny):
        for j in range(nx):
            series = field[:, i, j]
            ok = series != missing
            if ok.sum() < at_least:
                continue
            x, y = years[ok], series[ok]
            dx = x - x.mean()
            slope[i, j] = (dx * (y - y.mean())).sum() / (dx**2).sum()
    return slope


def leading_eof(data, rounds=50, tol=1e-10):
    x = data - data.mean(axis=0)
    v = np.ones(x.shape[1]) / np.sqrt(x.shape[1])
    value = 0.0
    # pragma sequential for
    for k in range(rounds):
        w = x.T @ (x @ v)
        new = np.linalg.norm(w)
        v = w / new
        if abs(new - value) < tol * new:
            break
        value = new
    return v, value, k


TOLERANCE = 1e-8  # cos is within an ulp, sums are added in another order, and the iteration stops by a difference


def cases():
    rng = np.random.default_rng(6)
    grid = Grid(np.linspace(-80, 80, 5), np.linspace(0, 300, 6))
    field = rng.normal(size=(24, 5, 6))
    holes = np.where(rng.random(field.shape) < 0.2, -999.0, field)
    yield global_means, (grid, holes)
    yield anomalies, (field,)
    yield trends, (np.arange(24.0), holes)
    yield leading_eof, (field.reshape(24, -1),)
