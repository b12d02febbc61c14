"""Optics: reflectance of thin films by transfer matrices, Gaussian beams through lenses, and Fresnel diffraction."""

import cmath
import math

import numpy as np


def reflectance(n, d, wavelengths, theta0=0.0):
    result = np.zeros(len(wavelengths))
    # pragma parallel for
    for w in range(len(wavelengths)):
        k0 = 2 * np.pi / wavelengths[w]
        m = np.eye(2, dtype=complex)
        sin0 = n[0] * np.sin(theta0)
        for layer in range(1, len(n) - 1):
            cos = np.sqrt(1 - (sin0 / n[layer]) ** 2)
            delta = k0 * n[layer] * d[layer] * cos
            eta = n[layer] * cos
            step = np.array([[np.cos(delta), 1j * np.sin(delta) / eta], [1j * eta * np.sin(delta), np.cos(delta)]])
            m = m @ step
        eta0, eta_s = n[0] * np.cos(theta0), n[-1]
        b = m[0, 0] + m[0, 1] * eta_s
        c = m[1, 0] + m[1, 1] * eta_s
        r = (eta0 * b - c) / (eta0 * b + c)
        result[w] = abs(r) ** 2
    return result


def beam_widths(q0, wavelength, elements):
    widths = []
    q = q0
    # pragma sequential for
    for kind, value in elements:
        if kind == 0:
            q = q + value
        else:
            q = q / (1 - q / value)
        widths.append(math.sqrt(-wavelength / (math.pi * (1 / q).imag)))
    return widths


def fresnel(aperture, xs, z, wavelength):
    k = 2 * math.pi / wavelength
    field = np.zeros(len(xs), dtype=complex)
    # pragma parallel for
    for i, x in enumerate(xs):
        total = 0j
        for a in aperture:
            total += cmath.exp(1j * k * (x - a) ** 2 / (2 * z))
        field[i] = total / len(aperture)
    return np.abs(field) ** 2


TOLERANCE = 1e-11  # functions are within an ulp, and sums are added in another order


def cases():
    n = np.array([1.0, 1.38, 2.1, 1.38, 1.52])
    d = np.array([0.0, 90e-9, 60e-9, 90e-9, 0.0])
    yield reflectance, (n, d, np.linspace(400e-9, 700e-9, 12))
    yield reflectance, (n, d, np.linspace(400e-9, 700e-9, 5), 0.3)
    yield beam_widths, (1.0j, 1e-6, [(0, 0.5), (1, 0.2), (0, 0.3)])
    yield fresnel, (np.linspace(-1e-4, 1e-4, 20), np.linspace(-5e-4, 5e-4, 11), 0.1, 5e-7)
