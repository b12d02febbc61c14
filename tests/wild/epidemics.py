"""SIR epidemics: Runge-Kutta over many parameters, and stochastic runs with a generator for each."""

import numpy as np


def sir_sweep(betas, gammas, days=20, dt=0.5):
    peaks = np.zeros((len(betas), len(gammas)))

    def deriv(s, i, r, beta, gamma):
        new = beta * s * i
        return -new, new - gamma * i, gamma * i

    # pragma parallel for
    for a, beta in enumerate(betas):
        for b, gamma in enumerate(gammas):
            s, i, r = 0.99, 0.01, 0.0
            peak = i
            for _ in range(int(days / dt)):
                k1 = deriv(s, i, r, beta, gamma)
                k2 = deriv(s + dt / 2 * k1[0], i + dt / 2 * k1[1], r + dt / 2 * k1[2], beta, gamma)
                s += dt * k2[0]
                i += dt * k2[1]
                r += dt * k2[2]
                peak = max(peak, i)
            peaks[a, b] = peak
    return peaks


def stochastic(runs, n=50, beta=0.4, gamma=0.1, seed=3):
    sizes = []
    durations = []
    # pragma parallel for
    for run in range(runs):
        rng = np.random.Generator(np.random.Philox(key=[seed, run]))
        S, I, R = n - 2, 2, 0
        t = 0.0
        while I > 0 and t < 60:
            rate = beta * S * I / n + gamma * I
            t += rng.exponential(1 / rate)
            if rng.random() < beta * S * I / n / rate:
                S, I = S - 1, I + 1
            else:
                I, R = I - 1, R + 1
        sizes.append(R)
        durations.append(t)
    return np.mean(sizes), np.array(durations)


def cases():
    yield sir_sweep, (np.linspace(0.1, 0.5, 4), [0.05, 0.1])
    yield stochastic, (6,)
    yield stochastic, (1, 2)
