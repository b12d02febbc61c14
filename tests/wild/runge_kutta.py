"""Runge-Kutta for many initial values: a pendulum with adaptive steps, Lotka-Volterra with arrays, events."""

import math

import numpy as np

G, LENGTH = 9.81, 1.0


def rk4_step(f, t, y, h):
    k1 = f(t, y)
    k2 = f(t + h / 2, y + h / 2 * k1)
    k3 = f(t + h / 2, y + h / 2 * k2)
    k4 = f(t + h, y + h * k3)
    return y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)


def lotka(t, y):
    return np.array([1.1 * y[0] - 0.4 * y[0] * y[1], 0.1 * y[0] * y[1] - 0.4 * y[1]])


def populations(initial, h=0.05, steps=30):
    final = np.zeros_like(initial)
    # pragma parallel for
    for i in range(len(initial)):
        y = initial[i].copy()
        t = 0.0
        for _ in range(steps):
            y = rk4_step(lotka, t, y, h)
            t += h
        final[i] = y
    return final


def pendulum_periods(angles, tol=1e-6):
    periods = []
    # pragma parallel for
    for theta0 in angles:
        theta, omega, t, h = theta0, 0.0, 0.0, 0.01
        while theta > 0 and t < 10:
            acc = -G / LENGTH * math.sin(theta)
            mid_t, mid_o = theta + h / 2 * omega, omega + h / 2 * acc
            euler = theta + h * omega
            midpoint = theta + h * mid_o
            if abs(midpoint - euler) > tol * 100:
                h /= 2
                continue
            theta, omega = midpoint, omega - h * G / LENGTH * math.sin(mid_t)
            t += h
            h = min(h * 1.5, 0.01)
        periods.append(4 * t)
    return np.array(periods)


TOLERANCE = 1e-10  # sin is within an ulp


def cases():
    rng = np.random.default_rng(27)
    yield populations, (rng.random((4, 2)) + 1,)
    yield pendulum_periods, (np.array([0.1, 0.5, 1.0]),)
    yield pendulum_periods, (np.zeros(0),)
