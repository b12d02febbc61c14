"""Regions that ask for a GPU compute functions as it does wherever they run: an emulated GPU and the CPU give the same bits."""

from pathlib import Path

from test_cuda_emulation import NEEDS_COMPILER, on_both

pytestmark = NEEDS_COMPILER


def test_single_numbers_have_the_bits_of_a_gpu(tmp_path: Path) -> None:
    script = Path(__file__).with_name("cuda_bits_program.py")
    printed = []
    for way, lines, kernels in on_both(script, tmp_path):
        assert sum(kernel[way] for kernel in kernels) == 17, kernels
        assert [kernel["name"].split("_L")[0] for kernel in kernels if kernel["careful"] + kernel["python"] > 0] == [
            "floats"
        ], kernels
        printed.append(lines)
    assert printed[0][-1] == "math domain error True"
    for processor, device in zip(*printed, strict=True):
        assert processor == device
