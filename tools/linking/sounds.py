"""How names sound: toneless pinyin with the confusions of hasty typing and southern speech folded.

Folded pairs (a standard list of fuzzy-pinyin input methods): zh/z, ch/c, sh/s, n/l, f/h before
u, r/l, an/ang, en/eng, in/ing.
"""

import re
from functools import lru_cache

_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"))
_FINALS = re.compile(r"(?<=[aei])ng$")


@lru_cache(maxsize=16384)
def syllable(character: str) -> str:
    """The folded syllable of one Chinese character, or the character itself."""
    if not "\u4e00" <= character <= "\u9fff":
        return character
    # Single readings are all that is needed: the program tells pypinyin to leave out its table
    # of phrases, which costs a second to load.
    from pypinyin import Style, pinyin

    reading = pinyin(character, style=Style.NORMAL, errors="default")[0][0]
    return fold_syllable(reading)


def fold_syllable(reading: str) -> str:
    """``zhang`` → ``zan``, ``ning`` → ``lin``: syllables that are often taken for one another."""
    for long, short in _INITIALS:
        if reading.startswith(long):
            reading = short + reading[2:]
    if reading.startswith(("n", "r")) and len(reading) > 1:
        reading = "l" + reading[1:]
    return _FINALS.sub("n", reading)


def sound(text: str) -> tuple[str, ...]:
    """The folded syllables of a text, one for each character."""
    return tuple(syllable(c) for c in text)
