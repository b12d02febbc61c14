"""The other programs: networks, weather, flows, fractals, particles, sparse and complex algebra."""

from typing import Any

import numpy as np
from registry import Arguments, program

Rng = np.random.Generator
SUMS = "sums are added in another order"


@program(
    "azimint_hist/azimint_hist",
    "azimint_hist",
    {"azimint_hist assign 0": "parallel", "azimint_hist return 0": "parallel"},
    [(400, 7), (33, 1)],
    1e-12,
    SUMS,
)
def azimint_hist(rng: Rng, n: int, bins: int) -> Arguments:
    return rng.random(n), rng.random(n), bins


@program(
    "azimint_naive/azimint_naive",
    "azimint_naive",
    {"azimint_naive assign 0": "parallel", "azimint_naive for 0": "parallel for"},
    [(400, 7), (33, 1)],
    1e-12,
    SUMS,
)
def azimint_naive(rng: Rng, n: int, bins: int) -> Arguments:
    return rng.random(n), rng.random(n), bins


def flow(rng: Rng, ny: int, nx: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return tuple(0.01 * rng.random((ny, nx)) for _ in range(3))  # type: ignore[return-value]


@program(
    "cavity_flow/cavity_flow",
    "cavity_flow",
    {
        "build_up_b assign 0": "parallel",
        "pressure_poisson for 0": "sequential for",
        "cavity_flow assign 5": "parallel",
    },
    [(11, 12, 3, 4), (3, 3, 1, 1), (17, 9, 2, 2)],
)
def cavity_flow(rng: Rng, nx: int, ny: int, steps: int, inner: int) -> Arguments:
    u, v, p = flow(rng, ny, nx)
    return nx, ny, steps, inner, u, v, 0.001, 2 / (nx - 1), 2 / (ny - 1), p, 1.0, 0.1


@program(
    "channel_flow/channel_flow",
    "channel_flow",
    {
        "build_up_b assign 0": "parallel",
        "build_up_b assign 2": "parallel",
        "build_up_b assign 3": "parallel",
        "pressure_poisson_periodic for 0": "sequential for",
        "channel_flow assign 5": "parallel",
        "channel_flow assign 6": "parallel",
        "channel_flow assign 7": "parallel",
        "channel_flow assign 8": "parallel",
        "channel_flow assign 9": "parallel",
        "channel_flow assign 10": "parallel",
        "channel_flow assign 11": "parallel",
    },
    [(11, 12, 4), (3, 3, 1)],
    1e-12,
    "the loop ends by a quotient of sums, which are added in another order",
)
def channel_flow(rng: Rng, nx: int, ny: int, inner: int) -> Arguments:
    u, v, p = (np.zeros((ny, nx)), np.zeros((ny, nx)), np.ones((ny, nx)))
    return inner, u, v, 0.1, 2 / (nx - 1), 2 / (ny - 1), p, 1.0, 0.1, 1.0


@program("compute/compute", "compute", {"compute return 0": "parallel"}, [(20, 30), (1, 1), (3, 129)])
def compute(rng: Rng, m: int, n: int) -> Arguments:
    return rng.integers(0, 1000, (m, n)), rng.integers(0, 1000, (m, n)), 4, 3, 9


def complexes(rng: Rng, *shape: int) -> np.ndarray:
    values: np.ndarray = rng.random(shape) + 1j * rng.random(shape)
    return values


@program(
    "contour_integral/contour_integral",
    "contour_integral",
    {"contour_integral for 1": "sequential for", "contour_integral assign 7": "parallel"},
    [(9, 9, 2, 5), (9, 4, 1, 3)],
    1e-9,
    "powers of complex numbers, amplified by the solution of a linear system",
)
def contour_integral(rng: Rng, nr: int, nm: int, slabs: int, points: int) -> Arguments:
    return nr, nm, slabs, complexes(rng, slabs + 1, nr, nr), complexes(rng, points), complexes(rng, nr, nm)


def floats(rng: Rng, *shape: int) -> np.ndarray:
    return rng.random(shape, dtype=np.float32)


@program(
    "deep_learning/conv2d_bias/conv2d",
    "conv2d_bias",
    {"conv2d for 0": "parallel for"},
    [(2, 9, 10, 3, 4, 3), (1, 3, 3, 1, 1, 3)],
    1e-5,
    SUMS + ", in float32",
)
def conv2d_bias(rng: Rng, n: int, h: int, w: int, c_in: int, c_out: int, k: int) -> Arguments:
    return floats(rng, n, h, w, c_in), floats(rng, k, k, c_in, c_out), floats(rng, c_out)


@program("crc16/crc16", "crc16", {"crc16 for 0": "sequential for"}, [(100,), (0,), (1,)])
def crc16(rng: Rng, n: int) -> Arguments:
    return (rng.integers(0, 256, n).astype(np.uint8),)


@program(
    "go_fast/go_fast",
    "go_fast",
    {"go_fast for 0": "parallel for", "go_fast return 0": "parallel"},
    [(20,), (1,), (33,)],
    1e-12,
    SUMS,
)
def go_fast(rng: Rng, n: int) -> Arguments:
    return (rng.random((n, n)),)


@program("weather_stencils/hdiff/hdiff", "hdiff", {"hdiff assign 1": "parallel"}, [(8, 9, 5), (1, 1, 1), (17, 3, 2)])
def hdiff(rng: Rng, i: int, j: int, k: int) -> Arguments:
    return rng.random((i + 4, j + 4, k)), rng.random((i, j, k)), rng.random((i, j, k))


@program(
    "deep_learning/lenet/lenet",
    "lenet5",
    {
        "relu return 0": "parallel",
        "conv2d for 0": "parallel for",
        "maxpool2d for 0": "parallel for",
        "lenet5 assign 5": "parallel",
        "lenet5 return 0": "parallel",
    },
    [(3, 28, 28), (1, 16, 17)],
    1e-3,
    SUMS + ", in float32, five layers deep; the values are of the order of 10^6",
)
def lenet(rng: Rng, n: int, h: int, w: int) -> Arguments:
    h2, w2 = ((h - 4) // 2 - 4) // 2, ((w - 4) // 2 - 4) // 2
    flat = 16 * h2 * w2
    shapes = [(n, h, w, 1), (5, 5, 1, 6), (6,), (5, 5, 6, 16), (16,)]
    shapes += [(flat, 120), (120,), (120, 84), (84,), (84, 10), (10,)]
    return *(floats(rng, *shape) for shape in shapes), n, flat


COMPLEX = "abs of a complex number is within an ulp; the orbits are compared after few steps"


@program(
    "mandelbrot1/mandelbrot1",
    "mandelbrot",
    {"mandelbrot assign 0": "parallel", "mandelbrot for 0": "sequential for", "mandelbrot assign 8": "parallel"},
    [(20, 17, 6), (1, 1, 3)],
    1e-9,
    COMPLEX,
)
def mandelbrot1(rng: Rng, xn: int, yn: int, limit: int) -> Arguments:
    return -1.75, 0.25, -1.0, 1.0, xn, yn, limit, 2.0


@program(
    "mandelbrot2/mandelbrot2",
    "mandelbrot",
    {"mandelbrot assign 1": "parallel", "mandelbrot assign 8": "parallel"},
    [(20, 17, 6), (1, 1, 3)],
    1e-9,
    COMPLEX,
)
def mandelbrot2(rng: Rng, xn: int, yn: int, limit: int) -> Arguments:
    return -1.75, 0.25, -1.0, 1.0, xn, yn, limit, 2.0


@program(
    "deep_learning/mlp/mlp",
    "mlp",
    {"mlp assign 0": "parallel"},
    [(8, 5, 9, 7, 6), (1, 1, 1, 1, 1)],
    1e-5,
    SUMS + ", in float32",
)
def mlp(rng: Rng, n: int, c_in: int, s0: int, s1: int, s2: int) -> Arguments:
    shapes = [(n, c_in), (c_in, s0), (s0,), (s0, s1), (s1,), (s1, s2), (s2,)]
    return tuple(floats(rng, *shape) for shape in shapes)


@program(
    "deep_learning/resnet/resnet",
    "resnet_basicblock",
    {
        "relu return 0": "parallel",
        "conv2d for 0": "parallel for",
        "batchnorm2d assign 0": "parallel",
        "batchnorm2d return 0": "parallel",
        "resnet_basicblock return 0": "parallel",
    },
    [(3, 7, 7, 8, 3), (2, 3, 3, 2, 2)],
    1e-3,
    SUMS + ", in float32, then divided by a standard deviation near 0",
)
def resnet(rng: Rng, n: int, w: int, h: int, c1: int, c2: int) -> Arguments:
    return floats(rng, n, h, w, c1), floats(rng, 1, 1, c1, c2), floats(rng, 3, 3, c2, c2), floats(rng, 1, 1, c2, c1)


@program(
    "deep_learning/softmax/softmax",
    "softmax",
    {"softmax assign 0": "parallel", "softmax return 0": "parallel"},
    [(3, 4, 5, 6), (1, 1, 1, 1), (2, 1, 3, 33)],
    1e-6,
    SUMS + ", and exp is within an ulp, in float32",
)
def softmax(rng: Rng, n: int, h: int, s1: int, s2: int) -> Arguments:
    return (floats(rng, n, h, s1, s2),)


@program(
    "nbody/nbody",
    "nbody",
    {
        "getAcc assign 3": "parallel",
        "getAcc assign 6": "parallel",
        "getAcc assign 8": "parallel",
        "getAcc assign 11": "parallel",
        "getEnergy assign 0": "parallel",
        "getEnergy assign 4": "parallel",
        "getEnergy assign 7": "parallel",
        "getEnergy assign 9": "parallel",
        "nbody assign 0": "parallel",
        "nbody assign 4": "parallel",
        "nbody assign 5": "parallel",
        "nbody assign 7": "parallel",
    },
    [(12, 3), (1, 1), (17, 2)],
    1e-10,
    SUMS,
)
def nbody(rng: Rng, n: int, steps: int) -> Arguments:
    mass = 20.0 * np.ones((n, 1)) / n
    zeros: Any = np.zeros
    return mass, rng.random((n, 3)), rng.random((n, 3)), n, steps, 0.01, 1.0, 0.1, zeros(steps + 1), zeros(steps + 1)


@program(
    "scattering_self_energies/scattering_self_energies",
    "scattering_self_energies",
    {"scattering_self_energies for 0": "parallel for"},
    [(2, 3, 2, 2, 2, 4, 3, 3), (1, 1, 1, 1, 1, 1, 1, 1)],
    1e-11,
    SUMS,
)
def scattering_self_energies(
    rng: Rng, nkz: int, ne: int, nqz: int, nw: int, n3d: int, na: int, nb: int, norb: int
) -> Arguments:
    neighbours = rng.integers(0, na, (na, nb)).astype(np.int32)
    shapes = [
        (na, nb, n3d, norb, norb),
        (nkz, ne, na, norb, norb),
        (nqz, nw, na, nb, n3d, n3d),
        (nkz, ne, na, norb, norb),
    ]
    dh, g, d, sigma = (complexes(rng, *shape) for shape in shapes)
    return neighbours, dh, g, d, sigma


@program("spmv/spmv", "spmv", {"spmv for 0": "parallel for"}, [(20, 30), (1, 1), (33, 5)], 1e-13, SUMS)
def spmv(rng: Rng, m: int, n: int) -> Arguments:
    counts = rng.integers(0, 6, m)
    row = np.concatenate(([0], np.cumsum(counts))).astype(np.uint32)
    return row, rng.integers(0, n, row[-1]).astype(np.uint32), rng.random(row[-1]), rng.random(n)


@program(
    "stockham_fft/stockham_fft",
    "stockham_fft",
    {"stockham_fft for 0": "sequential for"},
    [(2, 5), (3, 2), (2, 1)],
    1e-11,
    SUMS + ", and sin and cos are within an ulp",
)
def stockham_fft(rng: Rng, radix: int, k: int) -> Arguments:
    n = radix**k
    return n, radix, k, complexes(rng, n), np.zeros(n, np.complex128)


@program(
    "weather_stencils/vadv/vadv",
    "vadv",
    {f"vadv for {index}": "sequential for" for index in range(5)},
    [(6, 7, 9), (1, 1, 3), (17, 2, 5)],
)
def vadv(rng: Rng, i: int, j: int, k: int) -> Arguments:
    stage, u, pos, utens = (rng.random((i, j, k)) for _ in range(4))
    return stage, u, rng.random((i + 1, j, k)), pos, utens, 3.0 / 20.0


@program(
    "pythran/arc_distance/arc_distance",
    "arc_distance",
    {"arc_distance assign 0": "parallel"},
    [(100,), (0,), (1,), (129,)],
    1e-14,
    "sin, cos and arctan2 are within an ulp each",
)
def arc_distance(rng: Rng, n: int) -> Arguments:
    return tuple(rng.random(n) for _ in range(4))
