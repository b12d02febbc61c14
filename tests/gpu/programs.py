"""Programs for a GPU that tests/array_forms lacks."""


def saxpy(a, x, y):
    # pragma parallel for
    for i in range(len(x)):
        y[i] = a * x[i] + y[i]


def histogram(x, counts):
    # pragma parallel for
    for i in range(len(x)):
        counts[x[i]] += 1


def smooth(steps, a, b):
    for _ in range(steps):
        # pragma parallel for
        for i in range(1, len(a) - 1):
            b[i] = 0.25 * a[i - 1] + 0.5 * a[i] + 0.25 * a[i + 1]
        # pragma parallel for
        for i in range(1, len(a) - 1):
            a[i] = b[i]
