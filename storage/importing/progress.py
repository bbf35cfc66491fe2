"""How far an import has come, for whoever shows it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Progress:
    """``done`` of ``total`` rows of one table in one step; ``total`` is None while unknown."""

    step: Literal["read", "link", "write"]
    table: str
    done: int
    total: int | None = None


ProgressCallback = Callable[[Progress], None]


def silent(_progress: Progress) -> None:
    """Tell nobody."""
