"""Distances on the sphere: a matrix, the nearest station of each point, and the length of a track."""

from math import asin, atan2, cos, degrees, radians, sin, sqrt

import numpy as np

R_EARTH = 6371.0088


def haversine(lat1, lon1, lat2, lon2):
    lat1, lon1, lat2, lon2 = map(radians, [lat1, lon1, lat2, lon2])
    dlat, dlon = lat2 - lat1, lon2 - lon1
    a = sin(dlat / 2) ** 2 + cos(lat1) * cos(lat2) * sin(dlon / 2) ** 2
    return 2 * R_EARTH * asin(sqrt(a))


def distance_matrix(coords):
    n = len(coords)
    D = np.zeros((n, n))
    # pragma parallel for
    for i in range(n):
        for j in range(i + 1, n):
            D[i, j] = D[j, i] = haversine(*coords[i], *coords[j])
    return D


def nearest(points, stations):
    found = []
    # pragma parallel for
    for lat, lon in points:
        best = min(range(len(stations)), key=lambda s: haversine(lat, lon, stations[s, 0], stations[s, 1]))
        found.append(best)
    return np.array(found)


def track(lats: list[float], lons: list[float]):
    total = 0.0
    bearings = []
    # pragma parallel for
    for (la1, lo1), (la2, lo2) in zip(zip(lats, lons), zip(lats[1:], lons[1:])):
        total += haversine(la1, lo1, la2, lo2)
        y = sin(radians(lo2 - lo1)) * cos(radians(la2))
        x = cos(radians(la1)) * sin(radians(la2)) - sin(radians(la1)) * cos(radians(la2)) * cos(radians(lo2 - lo1))
        bearings.append((degrees(atan2(y, x)) + 360) % 360)
    return total, bearings


TOLERANCE = 1e-11  # sin, cos, asin and atan2 are within an ulp, and sums are added in another order


def cases():
    rng = np.random.default_rng(32)
    coords = np.stack([rng.uniform(-80, 80, 7), rng.uniform(-180, 180, 7)], axis=1)
    yield distance_matrix, (coords,)
    yield nearest, (coords, coords[::2] + 1)
    yield track, (coords[:, 0].tolist(), coords[:, 1].tolist())
    yield track, ([1.0], [2.0])
