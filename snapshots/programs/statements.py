import numpy as np
from .sub import thing as other, more


@jit(cache=True)
def saxpy(a: float, x: "f64[:]", y, *, n=3) -> None:
    # pragma parallel for
    for i, v in enumerate(x[1:]):
        y[i, -1] = a * v ** 2 + y[i] // 3
        if v < 0 <= a:
            continue
        elif not a:
            break
        else:
            s = t = 0.0
    else:
        pass
    while True:
        s += max(x, key=lambda k: -k)
    z: int = 3 if a else 4
    with open("f") as f, g:
        assert z, "no"
    return None
