"""Words as the index and the planner see them: one tokeniser for both.

Chinese (and kana, hangul) becomes single characters and pairs of neighbours, Latin words their
English stem, numbers and article codes stay whole. Measured on Chinese and English retrieval
sets, this beats a word segmenter and needs no dictionary.
"""

import re
import unicodedata
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any

# Stored with the index: a change of the rules below makes every indexed text stale.
VERSION = "uni-bi-stem-1"

_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_LETTER = rf"[^\W_{_CJK}]"
# A run of CJK, or a chain of Latin letters and digits such as ``mg-2000`` or ``customer's``.
_PART = re.compile(rf"(?P<cjk>[{_CJK}]+)|(?P<chain>{_LETTER}+(?:[-._/'’]{_LETTER}+)*%?)")
_DIGIT = re.compile(r"\d")
_LINK = re.compile(r"[-_/]")
_BREAK = re.compile(r"[-._/%]+")
_LONGEST = 40  # letters of a term; what is longer is noise and is cut
# Characters that show nothing: a word is found with and without them.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
# The traditional characters that GB 2312 contains as well; every other one lies outside it.
_IN_BOTH = frozenset("乾菸薹拚捱摺吒後徵夥榘於袷麴醣麽")


def tokens(text: str) -> list[str]:
    """The index terms of ``text`` in reading order, repeated where they repeat.

    A run of CJK gives each character and the pair it begins: ``太贵了`` → 太 太贵 贵 贵了 了.
    Terms hold letters, digits and ``-._/%`` only, never spaces or quotes.
    Linear in the length of ``text``.
    """
    found: list[str] = []
    for part in _PART.finditer(normalise(text)):
        value = part.group()
        found.extend(_grams(value) if part.lastgroup == "cjk" else _latin(value))
    return found


def normalise(text: str) -> str:
    """``text`` in one width, lower case and simplified characters, without thousands commas."""
    folded = unicodedata.normalize("NFKC", text).lower()
    if not folded.isascii():
        folded = simplified(_INVISIBLE.sub("", folded))
    return _THOUSANDS.sub("", folded) if "," in folded else folded


def simplified(text: str) -> str:
    """``text`` in simplified characters; the converter is loaded only when it may be needed."""
    return (
        str(_converter().convert(text))
        if not text.isascii() and _may_be_traditional(text)
        else text
    )


def has_cjk(term: str) -> bool:
    """Whether a term is made of CJK characters: all scripts from kana upwards count as such."""
    return term >= "\u3040"


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """The English stem of a lower-case Latin word; a possessive ending is dropped."""
    bare = word.replace("’", "'").removesuffix("'s").replace("'", "")
    return str(_stemmer().stemWord(bare)) if bare.isascii() else bare


def _grams(run: str) -> list[str]:
    grams = [gram for left, right in pairwise(run) for gram in (left, left + right)]
    return [*grams, run[-1]]


def _latin(chain: str) -> list[str]:
    """A code whole and by its parts, so that ``30-day`` meets ``30 days``; words by their stem."""
    if not _DIGIT.search(chain) or len(chain) > _LONGEST:
        return [stem(word[:_LONGEST]) for word in _BREAK.split(chain) if word]
    parts = _LINK.split(chain)
    code = chain.replace("’", "'").replace("'", "")
    return [code] if len(parts) == 1 else [code, *map(stem, parts)]


def _may_be_traditional(text: str) -> bool:
    han = "".join(_HAN.findall(text))
    if not _IN_BOTH.isdisjoint(han):
        return True
    try:
        han.encode("gb2312")
    except UnicodeEncodeError:
        return True
    return False


@cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


@cache
def _stemmer() -> Any:
    from snowballstemmer import stemmer

    return stemmer("english")
