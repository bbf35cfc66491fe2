"""The uncertainty of a share, after Wilson (1927). Pure."""

from dataclasses import dataclass
from math import sqrt

_Z95 = 1.959964  # normal quantile of a two-sided 95 % interval


@dataclass(frozen=True, slots=True)
class Share:
    """A share of ``n`` cases with its 95 % interval, all between 0 and 1."""

    value: float
    low95: float
    high95: float


def wilson(hits: int, n: int) -> Share:
    """The share ``hits / n``; of nothing at all, everything is possible.

    Raises ValueError for counts that cannot be.
    """
    if not 0 <= hits <= n:
        raise ValueError(f"{hits} of {n}")
    if n == 0:
        return Share(0.0, 0.0, 1.0)
    share = hits / n
    z2 = _Z95**2 / n
    middle = (share + z2 / 2) / (1 + z2)
    half = _Z95 / (1 + z2) * sqrt(share * (1 - share) / n + z2 / (4 * n))
    # At 0 and at n the bounds meet the share itself; rounding must not put them past it.
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return Share(share, min(share, low), max(share, high))
