"""The CUDA driver through ctypes: all that tests and benchmarks on a GPU need where there is only Python with NumPy.

Arrays are `DeviceArray`s, which Ferrokeet takes in place by `__cuda_array_interface__`.
"""

import ctypes
from collections.abc import Sequence
from typing import Any

import numpy as np

Pointer = ctypes.c_uint64


class DriverError(Exception):
    """A call of the driver failed, or there is none."""


class Device:
    """The first device, its primary context current on the calling thread."""

    def __init__(self) -> None:
        try:
            self.driver = ctypes.CDLL("libcuda.so.1")
        except OSError as error:
            raise DriverError(f"no CUDA driver: {error}") from None
        self.call("cuInit", 0)
        self.device, self.context = ctypes.c_int(), ctypes.c_void_p()
        self.call("cuDeviceGet", ctypes.byref(self.device), 0)
        self.call("cuDevicePrimaryCtxRetain", ctypes.byref(self.context), self.device)
        self.call("cuCtxPushCurrent_v2", self.context)

    def call(self, function: str, *arguments: Any) -> None:
        """Calls a function that returns a CUresult.

        Raises:
            DriverError: it is not 0.
        """
        result = getattr(self.driver, function)(*arguments)
        if result:
            text = ctypes.c_char_p()
            self.driver.cuGetErrorString(result, ctypes.byref(text))
            raise DriverError(f"{function}: {(text.value or b'error').decode()} ({result})")

    def name(self) -> str:
        """As the driver calls it."""
        text = ctypes.create_string_buffer(100)
        self.call("cuDeviceGetName", text, len(text), self.device)
        return text.value.decode()

    def architecture(self) -> str:
        """`sm_90`, for example."""
        parts = []
        for attribute in (75, 76):  # compute capability: major, minor
            value = ctypes.c_int()
            self.call("cuDeviceGetAttribute", ctypes.byref(value), attribute, self.device)
            parts.append(str(value.value))
        return f"sm_{''.join(parts)}"

    def free(self) -> int:
        """Bytes that it has left."""
        free, total = ctypes.c_size_t(), ctypes.c_size_t()
        self.call("cuMemGetInfo_v2", ctypes.byref(free), ctypes.byref(total))
        return free.value

    def load(self, image: bytes) -> "Module":
        """A module from a cubin or PTX."""
        module = ctypes.c_void_p()
        self.call("cuModuleLoadData", ctypes.byref(module), ctypes.create_string_buffer(image, len(image) + 1))
        return Module(self, module)

    def wait(self) -> None:
        """Until all that was asked of the device is done."""
        self.call("cuStreamSynchronize", None)

    def array(self, values: np.ndarray) -> "DeviceArray":
        """A copy of a dense array."""
        made = DeviceArray(self, values.shape, values.dtype)
        made.set(values)
        return made

    def seconds(self, work: Any, times: int = 1) -> float:
        """Device seconds of a call of `work`, the mean over so many in a row."""
        start, end = ctypes.c_void_p(), ctypes.c_void_p()
        self.call("cuEventCreate", ctypes.byref(start), 0)
        self.call("cuEventCreate", ctypes.byref(end), 0)
        self.call("cuEventRecord", start, None)
        for _ in range(times):
            work()
        self.call("cuEventRecord", end, None)
        self.wait()
        milliseconds = ctypes.c_float()
        self.call("cuEventElapsedTime", ctypes.byref(milliseconds), start, end)
        for event in (start, end):
            self.call("cuEventDestroy_v2", event)
        return milliseconds.value / 1e3 / times


class DeviceArray:
    """A dense array on a device; `__cuda_array_interface__` (version 3) says where."""

    def __init__(self, device: Device, shape: tuple[int, ...], dtype: np.dtype[Any]):
        self.device, self.shape, self.dtype = device, shape, np.dtype(dtype)
        self.bytes = int(np.prod(shape)) * self.dtype.itemsize
        self.address = Pointer()
        device.call("cuMemAlloc_v2", ctypes.byref(self.address), ctypes.c_size_t(max(self.bytes, 1)))

    def set(self, values: np.ndarray) -> None:
        """Copies values of the same shape and dtype to the device."""
        values = np.ascontiguousarray(values)
        size = ctypes.c_size_t(self.bytes)
        self.device.call("cuMemcpyHtoDAsync_v2", self.address, ctypes.c_void_p(values.ctypes.data), size, None)
        self.device.wait()

    def get(self) -> np.ndarray:
        """A copy on the host."""
        made = np.empty(self.shape, self.dtype)
        size = ctypes.c_size_t(self.bytes)
        self.device.call("cuMemcpyDtoHAsync_v2", ctypes.c_void_p(made.ctypes.data), self.address, size, None)
        self.device.wait()
        return made

    def copy_to(self, other: "DeviceArray") -> None:
        """A copy on the device, which does not wait."""
        self.device.call("cuMemcpyDtoDAsync_v2", other.address, self.address, ctypes.c_size_t(self.bytes), None)

    def __len__(self) -> int:
        return self.shape[0]

    @property
    def __cuda_array_interface__(self) -> dict[str, Any]:
        return {
            "shape": self.shape,
            "typestr": self.dtype.str,
            "data": (self.address.value, False),
            "strides": None,
            "version": 3,
            "stream": 1,
        }

    def __del__(self) -> None:
        self.device.driver.cuMemFree_v2(self.address)


class Module:
    """Loaded kernels."""

    def __init__(self, device: Device, handle: ctypes.c_void_p):
        self.device, self.handle = device, handle

    def launch(self, name: str, grid: Sequence[int], block: Sequence[int], *arguments: Any) -> None:
        """Launches a kernel on the default stream: arrays, ints (as int64) and floats (as float64)."""
        function = ctypes.c_void_p()
        self.device.call("cuModuleGetFunction", ctypes.byref(function), self.handle, name.encode())
        held = [
            argument.address
            if isinstance(argument, DeviceArray)
            else ctypes.c_double(argument)
            if isinstance(argument, float)
            else ctypes.c_int64(argument)
            for argument in arguments
        ]
        pointers = (ctypes.c_void_p * len(held))(*(ctypes.addressof(value) for value in held))
        sizes = [ctypes.c_uint(size) for size in (*grid, *[1] * (3 - len(grid)), *block, *[1] * (3 - len(block)))]
        self.device.call("cuLaunchKernel", function, *sizes, ctypes.c_uint(0), None, pointers, None)
