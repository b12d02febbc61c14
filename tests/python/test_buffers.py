"""`np.frombuffer` of bytes from before the loop is an input."""

from array import array
from typing import Any

import ferrokeet
import numpy as np
import pytest
from harness import Pair, given

SOURCE = """
import numpy as np

def crc(data):
    crc = 0xFFFFFFFF
    # pragma sequential for
    for byte in np.frombuffer(data, dtype=np.uint8):
        crc = int(byte) ^ (crc >> 8)
    return crc

def named(data, n):
    s = 0
    # pragma sequential for
    for t in range(n):
        codes = np.frombuffer(data, "<u2")
        for k in range(len(codes)):
            s += int(codes[k]) * t
    return s, codes if n else None

def written(data):
    # pragma sequential for
    for t in range(3):
        a = np.frombuffer(data, np.uint8)
        a[t] = 7
    return data

def sums(box, out):
    # pragma parallel for
    for i in range(len(out)):
        out[i] = np.frombuffer(box.data).sum() + i

def made(out):
    # pragma parallel for
    for i in range(len(out)):
        out[i] = np.frombuffer(bytes(8))[0]
"""


class Box:
    def __init__(self, data: Any):
        self.data = data


@pytest.fixture(scope="module")
def buffers(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return Pair(tmp_path_factory.mktemp("buffers"), SOURCE)


def test_bytes(buffers: Pair) -> None:
    """Every object that gives its bytes away."""
    data: Any
    for data in (b"abcdefgh", b"", bytearray(b"abcdefghij"), array("H", [1, 2, 3]), np.arange(4, dtype=np.int16)):
        buffers.call("crc", given(data))
        buffers.call("named", given(data, 3))
        buffers.call("named", given(data, 0))
    for data in (b"abcdefghabcdefgh", b"", array("d", [1.0, 2.0])):
        buffers.call("sums", given(Box(data), np.zeros(3)))
    buffers.call("written", lambda: (bytearray(b"abcdefghij"),))


def test_left_to_python(buffers: Pair) -> None:
    """What NumPy refuses, and bytes that the loop makes."""
    for data in (b"abc", 5, [1, 2], "abcd"):
        buffers.call("named", given(data, 3), ran="python")
    buffers.call("written", lambda: (b"abcdefgh",), ran="python")
    buffers.call("made", lambda: (np.zeros(3),), ran=None)
    own = [one for one in ferrokeet.stats()["kernels"] if one["filename"] == str(buffers.path)]
    assert not any(one["name"].startswith("made") and one["fast"] + one["careful"] for one in own)
