"""Stage 2: typed spans of a message: names that this caller may see, days, quotations."""

import itertools
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from agents.planner.days import find_days, named_days
from agents.planner.normalise import Normal
from tools.linking.forms import fold
from tools.linking.lexicon import Lexicon, Link, Match

_QUOTED = re.compile(r"[“「『\"]([^”」』\"]{1,2000})[”」』\"]|(?<!\w)'([^']{4,2000})'(?!\w)")
_CODE = re.compile(r"\bpb-\d{2,4}\b")
# Where a name may mean several kinds of thing, the earlier kind wins.
_POROUS = frozenset({"text", "quote"})
_TAIL_WORD = re.compile(r"[a-z][a-z-]{3,}|[\u4e00-\u9fff]{2,}")
_NEXT_WORD = re.compile(r"\s+([a-z][a-z-]{3,})(?![a-z])")
_LATIN_WORD = re.compile(r"(?<![a-z0-9])[a-z][a-z0-9-]{3,}(?![a-z0-9])")
_AFTER = 40  # where the words that tell two names apart stand, behind what both share
_NEAR_WORD = 84.0
_ORDER = ("customer", "opportunity", "contact", "product", "person")


@dataclass(frozen=True, slots=True)
class Span:
    """A typed piece of the message. ``matches`` holds what a name may mean, best first."""

    kind: str
    start: int
    end: int
    said: str
    value: Any = None
    matches: tuple[Match, ...] = ()

    @property
    def guessed(self) -> bool:
        """Whether what it means was guessed from sound or spelling."""
        return bool(self.matches) and self.matches[0].guessed


def find_spans(
    message: Normal, lexicon: Lexicon, today: date, anchor: date | None = None
) -> list[Span]:
    """All spans of a message in reading order, without overlaps.

    ``anchor`` is the day that the thread is about, for ``the day after``.
    """
    spans = [_quoted(hit) for hit in _QUOTED.finditer(message.original)]
    spans += [_name(link) for link in lexicon.scan(message.original)]
    for day in find_days(message.folded, today, anchor):
        said = message.original[day.start : day.end]
        spans.append(Span("day", day.start, day.end, said, day))
    for start, end in named_days(message.folded):
        spans.append(Span("day", start, end, message.original[start:end]))
    spans += [
        Span("playbook", hit.start(), hit.end(), hit.group(), hit.group())
        for hit in _CODE.finditer(message.folded)
    ]
    return without_overlaps(spans)


def guessed_spans(message: Normal, lexicon: Lexicon, known: Iterable[Span]) -> list[Span]:
    """Names that the message seems to mean, outside of the spans that are known already."""
    taken = [Link(span.start, span.end, ()) for span in known if span.kind not in _POROUS]
    return [_name(link) for link in lexicon.guess(message.original, taken)]


def partial_spans(
    message: Normal, lexicon: Lexicon, known: Sequence[Span], common: Callable[[str], bool]
) -> list[Span]:
    """Customers called by the first word of a Latin name: ``Duoheng`` for Duoheng Auto Parts.

    ``common`` tells ordinary words, which are never taken for a name. Further words of the name
    (``Duoheng parts``) belong to the span.
    """
    found: list[Span] = []
    for hit in _LATIN_WORD.finditer(message.folded):
        taken = any(
            s.start < hit.end() and hit.start() < s.end for s in known if s.kind not in _POROUS
        )
        matches = () if taken or common(hit.group()) else lexicon.called(hit.group())
        if matches:
            end = _end_of_name(message.folded, lexicon, matches, hit.end())
            found.append(Span("customer", hit.start(), end, hit.group(), None, matches))
    return found


def _end_of_name(text: str, lexicon: Lexicon, matches: Sequence[Match], end: int) -> int:
    """Where words that stand in every candidate's name end."""
    words = [_words_of(lexicon, match) for match in matches]
    while (hit := _NEXT_WORD.match(text, end)) and all(
        _is_among(hit.group(1), known) for known in words
    ):
        end = hit.end()
    return end


def narrowed(message: Normal, lexicon: Lexicon, spans: Iterable[Span]) -> list[Span]:
    """Spans that mean several customers, narrowed by the words behind them.

    ``Chengyuan hospital`` is the hospital, not the health bureau of the same district; a letter
    may be wrong: ``lingchuan precison``.
    """
    return [_narrowed(message, lexicon, span) if len(span.matches) > 1 else span for span in spans]


def _narrowed(message: Normal, lexicon: Lexicon, span: Span) -> Span:
    tail = message.folded[span.end : span.end + _AFTER]
    words = {m.entity.id: _words_of(lexicon, m) for m in span.matches}
    for hit in itertools.islice(_TAIL_WORD.finditer(tail), 2):
        fits = [m for m in span.matches if _is_among(hit.group(), words[m.entity.id])]
        if len(fits) == 1:
            end = span.end + hit.end()
            return replace(span, end=end, said=message.original[span.start : end], matches=(*fits,))
    return span


def _words_of(lexicon: Lexicon, match: Match) -> frozenset[str]:
    forms = " ".join(fold(form) for form in lexicon.forms_of(match.entity.id))
    return frozenset(w for hit in _TAIL_WORD.finditer(forms) for w in _pieces(hit.group()))


def _pieces(word: str) -> Iterable[str]:
    """A Latin word as it is, Chinese by pairs: names are spoken of by any part of them."""
    return [word] if word.isascii() else map("".join, itertools.pairwise(word))


def _is_among(word: str, words: frozenset[str]) -> bool:
    if not word.isascii():
        return word[:2] in words
    from rapidfuzz import fuzz, process

    return process.extractOne(word, words, scorer=fuzz.ratio, score_cutoff=_NEAR_WORD) is not None


def without_overlaps(spans: Sequence[Span]) -> list[Span]:
    """The longest spans first; quotations only hide what lies within them entirely."""
    chosen: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.kind == "quote", s.start - s.end, s.start)):
        if all(span.end <= c.start or c.end <= span.start for c in chosen):
            chosen.append(span)
    return sorted(chosen, key=lambda s: s.start)


def typed_text(text: str, spans: Iterable[Span], start: int, end: int) -> str:
    """The folded text between two offsets with every span replaced by its kind: ``{customer}``."""
    pieces: list[str] = []
    place = start
    for span in sorted(spans, key=lambda s: s.start):
        if span.start < place or span.end > end or span.kind == "quote":
            continue
        pieces += (text[place : span.start], f" {{{span.kind}}} ")
        place = span.end
    pieces.append(text[place:end])
    return "".join(pieces)


def _quoted(hit: re.Match[str]) -> Span:
    words = hit[1] or hit[2]
    return Span("quote", hit.start(), hit.end(), words, words)


def _name(link: Link) -> Span:
    kinds = {match.entity.kind for match in link.matches}
    kind = next(k for k in _ORDER if k in kinds)
    matches = tuple(m for m in link.matches if m.entity.kind == kind)
    return Span(kind, link.start, link.end, matches[0].said, None, matches)
