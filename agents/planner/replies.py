"""Reads the answer to a question that the planner asked: a number, an ordinal or a name."""

import re
from collections.abc import Sequence

from tools.linking.forms import fold

_ORDINALS = {
    "一": 0, "1": 0, "first": 0, "former": 0, "前": 0, "one": 0,
    "二": 1, "2": 1, "second": 1, "latter": 1, "后": 1, "two": 1,
    "三": 2, "3": 2, "third": 2, "three": 2,
    "四": 3, "4": 3, "fourth": 3, "four": 3,
    "五": 4, "5": 4, "fifth": 4, "five": 4,
}  # fmt: skip
_ORDINAL = re.compile(
    r"^\W*(?:选|就|是|要|我要|我说的是|the|number|no\.?|option)?\s*(?:第)?\s*"
    r"([一二三四五1-5前后]|first|second|third|fourth|fifth|former|latter|one|two|three|four|five)"
    r"\s*(?:个|家|位|者|项|条|号|one)?\s*(?:吧|那个|please)?\W*$"
)
_SMALL_WORDS = re.compile(
    r"是|就|的|那个|那家|我说|我指|我问|吧|哈|呢|啊|"
    r"\b(?:i mean|i meant|the one|one|the|in|at|from|please|it's|its|is)\b"
)
_BREAKS = re.compile(r"[\s，,。.！!？?：:（）()]+")


def choose(text: str, options: Sequence[str]) -> int | None:
    """The number (from 0) of the option that the text names; None when it names none or several."""
    folded = fold(text).strip()
    if hit := _ORDINAL.match(folded):
        place = _ORDINALS[hit[1]]
        return place if place < len(options) else None
    said = [part for part in _BREAKS.split(_SMALL_WORDS.sub(" ", folded)) if part]
    if sum(map(len, said)) < 2:
        return None
    fits = [i for i, option in enumerate(options) if all(part in fold(option) for part in said)]
    return fits[0] if len(fits) == 1 else None
