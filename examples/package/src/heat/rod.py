"""The loops. Their annotations are what `ferrokeet build` knows the types from."""


def step(old: "f64[:]", new: "f64[:]", rate: float) -> None:
    """One step in time; the ends keep their temperature."""
    # pragma parallel for simd
    for i in range(1, len(old) - 1):
        new[i] = old[i] + rate * (old[i - 1] - 2.0 * old[i] + old[i + 1])


def energy(rod: "f64[:]") -> float:
    """The sum of the temperatures."""
    total = 0.0
    # pragma parallel for simd
    for i in range(len(rod)):
        total += rod[i]
    return total
