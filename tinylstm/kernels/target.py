"""What processor the kernels are compiled for: the length of a vector, and how many registers."""

from typing import NamedTuple

from numba.core.registry import cpu_target


class Target(NamedTuple):
    """What the kernels need to know of a processor."""

    vector_bytes: int
    registers: int


AVX512 = Target(64, 32)  # a vector is a register; servers, some laptops of Intel, AMD from Zen 4 on
AVX2 = Target(64, 16)  # a vector is two registers, so that sums are grouped, and rounded, as above
AVX = Target(32, 16)  # without a fused multiply-add, which rounds differently anyway
NEON = Target(16, 32)  # every 64-bit ARM
SSE2 = Target(16, 16)  # every other x86-64; a safe guess for all that is neither


def find_target(triple: str, cpu: str, features: str) -> Target:
    """The target that Numba describes so: features is "+avx,-avx512f,...".

    It need not be this machine: code may be compiled for another (NUMBA_CPU_NAME and
    NUMBA_CPU_FEATURES). A feature that the name of the processor implies, and the list does not
    name, is not used.
    """
    switched_on = features.split(",")
    if "+avx512f" in switched_on:
        return AVX512
    if "+avx" in switched_on:
        return AVX2 if "+fma" in switched_on else AVX
    return NEON if triple.startswith(("aarch64", "arm64")) else SSE2


MACHINE: tuple[str, str, str] = cpu_target.target_context.codegen().magic_tuple()
TARGET = find_target(*MACHINE)
