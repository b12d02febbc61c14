"""Logistic regression by gradient descent, a perceptron, and the loss."""

import numpy as np


def sigmoid(z):
    if z >= 0:
        return 1 / (1 + np.exp(-z))
    e = np.exp(z)
    return e / (1 + e)


def train(X, y, lr=0.1, epochs=5):
    n, d = X.shape
    w = np.zeros(d)
    b = 0.0
    for epoch in range(epochs):
        grad_w = np.zeros(d)
        grad_b = 0.0
        loss = 0.0
        # pragma parallel for
        for i in range(n):
            p = sigmoid(np.dot(X[i], w) + b)
            err = p - y[i]
            grad_w += err * X[i]
            grad_b += err
            loss -= y[i] * np.log(p + 1e-12) + (1 - y[i]) * np.log(1 - p + 1e-12)
        w -= lr * grad_w / n
        b -= lr * grad_b / n
        print(f"epoch {epoch}: loss {loss / n:.3f}")
    return w, b


def perceptron(X, y, epochs=3):
    w = np.zeros(X.shape[1] + 1)
    errors = []
    # pragma sequential for
    for _ in range(epochs):
        wrong = 0
        for xi, target in zip(X, y):
            update = 0.1 * (target - (1 if np.dot(xi, w[1:]) + w[0] >= 0.0 else 0))
            w[1:] += update * xi
            w[0] += update
            wrong += int(update != 0.0)
        errors.append(wrong)
    return w, errors


TOLERANCE = 1e-11  # sums are added in another order, and exp and log are within an ulp


def cases():
    rng = np.random.default_rng(12)
    X = rng.normal(size=(30, 3))
    yield train, (X, (X[:, 0] > 0).astype(float))
    yield perceptron, (X, (X[:, 1] > 0).astype(int))
