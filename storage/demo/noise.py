"""Repeatable noise: a number in [0, 1) that depends on a name and a whole number alone.

Everything that is bound to the calendar (shop days, factor readings, targets) is made of it, so
that a value never depends on when, in which order or together with what it was computed.
"""

from functools import cache
from hashlib import blake2b
from typing import Any

_MASK = (1 << 64) - 1
_GOLDEN, _FIRST, _SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB


@cache
def _key(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big")


def uniform(name: str, number: int) -> float:
    """Noise for one number (splitmix64)."""
    z = (_key(name) + number * _GOLDEN) & _MASK
    z = ((z ^ (z >> 30)) * _FIRST) & _MASK
    z = ((z ^ (z >> 27)) * _SECOND) & _MASK
    return float((z ^ (z >> 31)) >> 11) / float(1 << 53)


def uniforms(name: str, numbers: Any) -> Any:
    """The same for a NumPy array of whole numbers."""
    import numpy as np

    z = np.uint64(_key(name)) + numbers.astype(np.uint64) * np.uint64(_GOLDEN)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(_FIRST)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(_SECOND)
    return ((z ^ (z >> np.uint64(31))) >> np.uint64(11)).astype(np.float64) / float(1 << 53)


def normals(name: str, numbers: Any) -> Any:
    """Noise of mean 0 and spread 1, roughly bell-shaped (sum of three uniforms), as an array."""
    total = sum(uniforms(f"{name}/{part}", numbers) for part in range(3))
    return (total - 1.5) * 2.0


def between(name: str, number: int, low: float, high: float) -> float:
    """A number between ``low`` and ``high``."""
    return low + (high - low) * uniform(name, number)
