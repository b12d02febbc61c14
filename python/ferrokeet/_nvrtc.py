"""Where NVIDIA's run-time compiler may lie.

The `ferrokeet` command carries this file and runs it by itself, with the driver's version as its argument: it imports nothing of ours.
"""

import os
import sys
from glob import glob
from importlib.util import find_spec


def major(path: str) -> int:
    """The version in the name of a library."""
    number = path.rpartition(".so.")[2].partition(".")[0]
    return int(number) if number.isdecimal() else 0


def candidates(driver: int = 0) -> list[str]:
    """Paths of the library, and names by which the loader may find it, best first.

    `FERROKEET_NVRTC` is the only one where it is set. Else NVIDIA's wheels of this interpreter, then installations of CUDA, then
    the loader. A driver (12040: CUDA 12.4; 0: any) runs what compilers of its own generation and earlier ones make: those first.
    """
    named = os.environ.get("FERROKEET_NVRTC")
    if named:
        return [named]
    spec = find_spec("nvidia")
    places = list(spec.submodule_search_locations or []) if spec else []
    found = [path for place in places for path in glob(os.path.join(place, "*", "lib", "libnvrtc.so.*"))]
    for home in (os.environ.get("CUDA_HOME"), os.environ.get("CUDA_PATH"), "/usr/local/cuda"):
        if home:
            found += glob(os.path.join(home, "lib64", "libnvrtc.so.1[0-9]"))
    found += ["libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so.11.2"]
    paths = [path for path in dict.fromkeys(found) if "alt" not in os.path.basename(path)]
    newest = driver // 1000 if driver else sys.maxsize
    return sorted(paths, key=lambda path: (major(path) > newest, -major(path)))


if __name__ == "__main__":
    print("\n".join(candidates(*map(int, sys.argv[1:]))))
