"""What must not leave the machine in a given thread, and where it stands in a text.

Sources: the words that tools declare sensitive, known names, and what the person dictates.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from agents.patterns import Found
from storage.vocabulary import Egress, Grade
from tools.linking.forms import fold

PrivateSpans = Callable[[str], list[tuple[int, int]]]

_RANK = {"masked": 0, Grade.L1: 1, Grade.L2: 2, Grade.L3: 3}
# So many words (or Chinese characters) in a row betray a hidden text even when it is cut short.
_SHINGLE = 6
_TOKEN = re.compile(r"[a-z0-9]+|[^\W_]")
_LATIN = re.compile(r"[a-z0-9]")


def may_leave(grade: str, level: Egress) -> bool:
    """Whether data of ``grade`` may go to a model endpoint at this egress level."""
    return _RANK[Grade(grade)] <= _RANK[level]


@dataclass(frozen=True, slots=True)
class Secret:
    """Words to hide wherever they stand, and what they are."""

    text: str
    kind: str


class Secrets:
    """Finds known words: names and numbers exactly, longer texts also in part."""

    def __init__(self, secrets: Iterable[Secret]) -> None:
        self._exact: dict[str, str] = {}
        self._short: dict[tuple[str, ...], str] = {}
        self._shingles: dict[tuple[str, ...], str] = {}
        for secret in secrets:
            self._add(secret)
        self._names = list(self._exact)
        self._automaton: Any = _automaton(self._names) if self._names else None
        self._lengths = sorted({len(key) for key in self._short})

    def _add(self, secret: Secret) -> None:
        folded = fold(secret.text.strip())
        if len(folded) < 2:
            return
        if secret.kind != "words":
            self._exact.setdefault(folded, secret.kind)
            return
        tokens = tuple(_TOKEN.findall(folded))
        if len(tokens) < _SHINGLE:
            self._short.setdefault(tokens, secret.kind)
        for i in range(len(tokens) - _SHINGLE + 1):
            self._shingles[tokens[i : i + _SHINGLE]] = secret.kind

    def find(self, text: str) -> Iterator[Found]:
        """Where any of the words stand; spans may overlap."""
        folded = fold(text)
        if self._automaton is not None:
            yield from self._named(folded)
        if self._short or self._shingles:
            yield from self._worded(folded)

    def _named(self, folded: str) -> Iterator[Found]:
        for index, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            if not _inside_a_word(folded, start, end):
                yield Found(start, end, self._exact[self._names[index]])

    def _worded(self, folded: str) -> Iterator[Found]:
        hits = list(_TOKEN.finditer(folded))
        tokens = tuple(hit.group() for hit in hits)
        for length, known in (
            (_SHINGLE, self._shingles),
            *((n, self._short) for n in self._lengths),
        ):
            for i in range(len(tokens) - length + 1 if known and length else 0):
                if (kind := known.get(tokens[i : i + length])) is not None:
                    yield Found(hits[i].start(), hits[i + length - 1].end(), kind)


def _automaton(words: list[str]) -> Any:
    from ahocorasick_rs import AhoCorasick

    return AhoCorasick(words)


def _inside_a_word(text: str, start: int, end: int) -> bool:
    """``Li`` does not stand in ``Lindt``; Chinese names have no such edges."""
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    return bool(
        (_LATIN.match(text[start]) and _LATIN.match(before))
        or (_LATIN.match(text[end - 1]) and _LATIN.match(after))
    )


_QUOTED = re.compile(r"[“「『《\"](.+?)[”」』》\"]", re.DOTALL)
_OPENER = re.compile(
    r"记(?:录|个笔记|条笔记|一笔)?一?下来?|记(?:个|条|一条)?笔记|记录?(?=\s*[:：])|备注一?下|备注(?=\s*[:：])|"
    r"写下来?|\b(?:please\s+)?(?:note|record|remember|log)\s+(?:that|down)\b|"
    r"\b(?:note|record|memo)(?=\s*[:：])|\b(?:make|take|add|keep)\s+a\s+note(?:\s+(?:that|of))?\b|"
    r"\b(?:write|jot|put)\s+(?:this|that|it)?\s*down\b",
    re.IGNORECASE,
)
_AFTER_OPENER = re.compile(r"[\s:：,，。;；\-—–]*(?:一下|吧|哈|that\b|this\b)?[\s:：,，;；\-—–]*")
_CLOSING = re.compile(
    r"(?:[\s，,。.！!~～]|吧|哈|啊|哦|谢谢|这[个点条]|请|please|thanks|this|that|it)*",
    re.IGNORECASE,
)


def dictated_spans(text: str) -> list[tuple[int, int]]:
    """Default for ``PrivateSpans``: what is quoted, and what follows (or precedes) a note verb."""
    spans = [hit.span(1) for hit in _QUOTED.finditer(text)]
    opener = _OPENER.search(text)
    if opener is None:
        return spans
    if _CLOSING.fullmatch(text, opener.end()):
        return [*spans, (0, opener.start())]  # "…，帮我记一下"
    lead = _AFTER_OPENER.match(text, opener.end())
    return [*spans, (lead.end() if lead else opener.end(), len(text))]


def sensitive_secrets(items: Iterable[dict[str, Any]], level: Egress) -> Iterator[Secret]:
    """Secrets out of the artifacts' ``sensitive`` lists: those above the level."""
    for item in items:
        if not may_leave(item["grade"], level):
            yield Secret(item["text"], item["kind"])


def name_secrets(names: Sequence[str], level: Egress) -> Iterator[Secret]:
    """Secrets out of the known contact names (L1)."""
    if not may_leave(Grade.L1, level):
        for name in names:
            yield Secret(name, "person")
