"""Stage 1: one folded text for matching, with offsets that stay valid in the original."""

import re
import unicodedata
from dataclasses import dataclass

from tools.linking.forms import fold

_SPACES = re.compile(r"\s")
# Bidi controls, zero-width marks and tag characters: invisible, so they decide nothing.
_INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad")


@dataclass(frozen=True, slots=True)
class Normal:
    """``folded`` has the length of ``original``: a span of one is a span of the other."""

    original: str
    folded: str


def normalise(text: str) -> Normal:
    """Removes what cannot be seen, then folds width, case and script one to one."""
    original = "".join(" " if _is_control(c) else c for c in text if not _is_invisible(c))
    return Normal(original, _SPACES.sub(" ", fold(original)))


def _is_invisible(character: str) -> bool:
    category = unicodedata.category(character)
    return character in _INVISIBLE or (category == "Cf") or 0xE0000 <= ord(character) <= 0xE007F


def _is_control(character: str) -> bool:
    return unicodedata.category(character) == "Cc" and character not in "\n\t"
