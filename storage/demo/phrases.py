"""Sentences with alternatives: ``[a|b]`` picks one, ``{slot}`` is filled in."""

import re
from collections.abc import Mapping, Sequence
from functools import cache

_CHOICE = re.compile(r"\[([^\]]*)\]")


class Phrase:
    """A compiled sentence pattern.

    The n-th choice takes the n-th draw (0..1). Two patterns rendered with the same draws
    therefore pick matching alternatives, so that a summary agrees with the words spoken.
    """

    __slots__ = ("_parts",)

    def __init__(self, pattern: str) -> None:
        pieces = _CHOICE.split(pattern)
        self._parts: tuple[str | tuple[str, ...], ...] = tuple(
            tuple(piece.split("|")) if index % 2 else piece for index, piece in enumerate(pieces)
        )

    def render(self, slots: Mapping[str, str], draws: Sequence[float]) -> str:
        """The sentence; an unknown slot raises ``KeyError``."""
        words = []
        choices = 0
        for part in self._parts:
            if isinstance(part, str):
                words.append(part)
            else:
                words.append(part[int(draws[choices % len(draws)] * len(part))])
                choices += 1
        return "".join(words).format_map(slots)


@cache
def phrase(pattern: str) -> Phrase:
    """The compiled form of a pattern."""
    return Phrase(pattern)
