"""Finds the words that a person dictates: 记一下：… , note that … – they are the rep's own (L3).

Dictated words are content: they are never split, never read as wishes, and leave the machine
only at grade L3.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_PAUSE = r"[\s：:，,。;；\-—–]*"
_LEAD = re.compile(
    # What still belongs to the opener stands right behind it: 记|一下：, 记|条备注，
    r"^(?:一?(?:下|条|个|笔)(?=[\s：:，,。]|备注|笔记|记录|备忘)(?:备注|笔记|记录|备忘)?|[吧来住上着](?=[\s：:，,。])|"
    rf"\s*(?:that|this|down|to self)\b)?{_PAUSE}"
    # "on Muning: …" says what the note is about; the words begin after the colon.
    r"(?:(?:on|for|about|under|to|关于|给)\s*[^:：,，。.]{2,40}[:：]\s*)?"
)
_TAIL = re.compile(r"[\s，,。.！!;；：:]*(?:谢谢|多谢|thanks|thank you|please|pls)?[\s。.！!~～]*$")
# What may stand before a short opener; nothing else, or the word means something else.
_FRONT = (
    r"^[\s，,。.！!~～:：]*(?:(?:请|帮我|帮忙|给我|麻烦|你|再|先|加个|加条|写个|写条|做个|please|pls|hey|ok|"
    r"twin|can|could|you|u|save|take|make|add|new|me|a)[\s，,]*){0,4}"
)
# Before an opener these make it a question about what was written: "what did I jot down".
_ASKS = re.compile(
    r"(?:我|之前|上次|上回|昨天|以前|刚才|当时|那时候?|那会儿?|那天|那次|那回|上周|上个月|都|还|有没有)"
    r"(?:有|还|都|给\S{1,12})?$|"
    r"\b(?:did|have|had|has|what|which|ever)\b[^.,;:!?]{0,24}$|"
    r"\b(?:every|all|any|each|print|list|show|find|read)\b[^.,;:!?]{0,12}$"
)
_SHORT = 40  # phrases around the dictated words are short; longer text is never searched for them
_CLOSING = re.compile(
    r"^[\s，,。.！!：:]*(?:一下|下|吧|哈|啊|哦|谢谢|这个|这点|这条|下来|到系统|请|"
    r"somewhere|for me|for later|on file|in my notes|"
    r"that|this|it|down|please|pls|thanks|[\s，,。.！!])*$"
)
_STORY = 8  # from here on the words before an opener may be what it is to take down
# After the opener the person goes on with something else: "… save that. What now?", …帮我记上另外…
_GOES_ON = re.compile(
    r"^\s*(?:一下|下|吧|哈|啊|来|了|下来|down)?"
    r"(?:\s*(?:[.。!！?？;；]|[，,]?\s*(?:and |also |plus |then )?"
    r"(?=(?:what|who|how|when|where|tell|show|give|find)\b))"
    r"|[\s，,]*(?:另外|顺便|顺带|然后|还有|同时|再帮我|再看|also\b|plus\b|and also\b))"
)
# 笔记里写|了什么: what was written is asked about, not dictated.
_QUESTION = re.compile(
    r"^\s*[了过着的]?(?:些|点|有)?(?:什么|啥|哪些|多少|几|没有|没|吗)[^：:，,。]{0,8}[?？。]?$"
)
_BEFORE = re.compile(
    r"(?:请|帮我|帮忙|麻烦|给我|把这个|把这条|你|please|can you|could you|pls|,|，|\s)+$"
)


@dataclass(frozen=True, slots=True)
class Dictation:
    """Dictated words at ``start:end`` of the message; ``opener`` announced them."""

    start: int
    end: int
    opener: str


def find_dictation(folded: str, openers: Sequence[str]) -> Dictation | None:
    """The dictated part of a message, or None.

    The words stand after the opener (记一下：…) or, when nothing follows it, before it
    (…，帮我记一下).
    """
    hit = _first_opener(folded, openers)
    if hit is None:
        return None
    start, end, opener = hit
    rest = folded[end:]
    if _QUESTION.match(rest):
        return None
    closed = len(rest) <= _SHORT and _CLOSING.match(rest)
    if closed or (start >= _STORY and _GOES_ON.match(rest)):
        before = folded[:start]
        cut = len(before) - len(_trailing(before))
        return Dictation(0, cut, opener) if before[:cut].strip() else None
    head = _LEAD.match(rest)
    tail = _TAIL.search(rest)
    begin = end + (head.end() if head else 0)
    stop = end + (tail.start() if tail else len(rest))
    return Dictation(begin, stop, opener) if stop > begin else None


def _trailing(text: str) -> str:
    hit = _BEFORE.search(text[-_SHORT:])
    return hit.group() if hit else ""


def _first_opener(folded: str, openers: Sequence[str]) -> tuple[int, int, str] | None:
    """The earliest opener, the longest where several begin there."""
    hits = [
        hit
        for pattern in _patterns(tuple(openers))
        for hit in pattern.finditer(folded)
        if not _ASKS.search(folded[: hit.start("opener")])
    ]
    first = min(hits, key=lambda h: (h.start("opener"), -h.end("opener")), default=None)
    return (first.start("opener"), first.end("opener"), first["opener"]) if first else None


@lru_cache(maxsize=8)
def _patterns(openers: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """One pattern for openers that may stand anywhere, one for those of the front alone."""
    short = [_bounded(o) for o in sorted(openers, key=len, reverse=True) if _is_short(o)]
    others = [_bounded(o) for o in sorted(openers, key=len, reverse=True) if not _is_short(o)]
    patterns = []
    if others:
        patterns.append(re.compile(f"(?P<opener>{'|'.join(others)})", re.ASCII))
    if short:
        front = rf"{_FRONT}(?P<opener>{'|'.join(short)})(?=[：:，,\s]|一下)"
        patterns.append(re.compile(front, re.ASCII))
    return tuple(patterns)


def _bounded(opener: str) -> str:
    """Latin openers are whole words."""
    pattern = re.escape(opener)
    pattern = (r"\b" if opener[0].isalpha() and opener[0].isascii() else "") + pattern
    return pattern + (r"\b" if opener[-1].isalpha() and opener[-1].isascii() else "")


def _is_short(opener: str) -> bool:
    """``记``, ``备注``, ``note`` are words of many sentences: they open one only at its front."""
    return len(opener) <= 2 if not opener.isascii() else " " not in opener
