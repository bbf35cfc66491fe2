r"""Personal data that can be told by its form, in Chinese and English text.

A pattern is enough to mask; checksums would only let mistyped numbers through. ``\b`` does not
work beside Chinese characters, so every pattern looks around itself for digits and letters.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tools.linking.forms import fold

_NUMERALS = str.maketrans("〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖两", "0012345678911234567892")
# What people put between digits, seen or unseen; never a line's end.
_GAP = r"(?:[^\S\n]|[\-‐‑‒–—―.·•()\u200b-\u200f\u2060\ufeff]){0,3}"
_DASH = r"[ \-‐‑–—]?"
_DATE = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_CODE = "0-9a-hj-npqrtuwxy"
_PLACE = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领"
_PLATE = (
    rf"[{_PLACE}][a-hj-np-z][·\- ]?(?=(?:[a-z]*\d){{3}})"
    r"[a-hj-np-z0-9]{4,5}[a-hj-np-z0-9挂学警港澳](?![a-z0-9])"
)
_WECHAT = (
    r"(?:微信|wechat|weixin|(?<![a-z])[vw]x)(?:号 ?|id ?|\s*[:是为]\s*){1,2}"
    r"([a-z][a-z0-9_\-]{5,19})"
)

# Patterns over folded text: lower case, half width, simplified, Arabic numerals.
_SOURCES: tuple[tuple[str, str], ...] = (
    # A placeholder that somebody typed is itself replaced, so that it can never be filled.
    ("words", r"⟦[^⟦⟧]{0,30}⟧|[【\[]{1,2}\s*[a-z]+\s*:\s*\d+\s*[】\]]{1,2}"),
    ("mail", r"[a-z0-9._%+\-]+@[a-z0-9\-]+(?:\.[a-z0-9\-]+)+"),
    ("id", rf"(?<!\d)[1-9](?:{_DASH}\d){{16}}{_DASH}[\dx](?![\da-z])"),
    ("id", rf"(?<!\d)[1-9]\d{{7}}{_DATE}\d{{3}}(?!\d)"),
    ("id", r"(?<![a-z0-9])[egdsph][a-f]?\d{8}(?!\d)"),  # passports
    ("card", r"(?<!\d)[1-9]\d{15,18}(?!\d)"),
    ("card", rf"(?<!\d)[3-69]\d{{3}}(?:{_DASH}\d{{4}}){{3}}(?:{_DASH}\d{{1,3}})?(?!\d)"),
    ("code", rf"(?<![0-9a-z])[{_CODE}]{{2}}\d{{6}}[{_CODE}]{{10}}(?![0-9a-z])"),
    ("phone", rf"(?<!\d)(?:(?:\+|00)?86{_GAP})?1{_GAP}[3-9](?:{_GAP}\d){{9}}(?!\d)"),
    ("phone", rf"(?<!\d)\(?0\d{{2,3}}\)?{_DASH}{_DASH}[2-9]\d{{2,3}}{_DASH}\d{{4}}(?!\d)"),
    ("phone", rf"(?<!\d)[48]00{_DASH}(?:\d{{3}}{_DASH}\d{{4}}|\d{{4}}{_DASH}\d{{3}})(?!\d)"),
    ("phone", rf"(?<!\d)\+\d{{1,3}}{_DASH}(?:\(?\d{{1,4}}\)?{_DASH}){{2,5}}\d{{2,4}}(?!\d)"),
    ("phone", r"(?<!\d)(?:\(\d{3}\) ?|\d{3}[\-.])\d{3}[\-.]\d{4}(?!\d)"),
    ("wechat", _WECHAT),
    ("plate", _PLATE),
)
_PATTERNS = tuple((kind, re.compile(source)) for kind, source in _SOURCES)


@dataclass(frozen=True, slots=True)
class Found:
    """Something to hide at ``start:end``; ``kind`` names it in its placeholder."""

    start: int
    end: int
    kind: str


def find_personal(text: str) -> Iterator[Found]:
    """All personal data of a known form. Full-width and written numerals count as digits."""
    folded = fold(text).translate(_NUMERALS)
    for kind, pattern in _PATTERNS:
        for hit in pattern.finditer(folded):
            yield Found(hit.start(pattern.groups), hit.end(pattern.groups), kind)
