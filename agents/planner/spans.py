"""Stage 2: typed spans of a message: names that this caller may see, days, quotations."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from agents.planner.days import find_days
from agents.planner.normalise import Normal
from tools.linking.lexicon import Lexicon, Link, Match

_QUOTED = re.compile(r"[“「『\"]([^”」』\"]{1,2000})[”」』\"]|(?<!\w)'([^']{4,2000})'(?!\w)")
_CODE = re.compile(r"\bpb-\d{2,4}\b")
# Where a name may mean several kinds of thing, the earlier kind wins.
_POROUS = frozenset({"text", "quote"})
_LATIN_WORD = re.compile(r"(?<![a-z0-9])[a-z][a-z0-9-]{3,}(?![a-z0-9])")
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


def find_spans(message: Normal, lexicon: Lexicon, today: date) -> list[Span]:
    """All spans of a message in reading order, without overlaps."""
    spans = [_quoted(hit) for hit in _QUOTED.finditer(message.original)]
    spans += [_name(link) for link in lexicon.scan(message.original)]
    for day in find_days(message.folded, today):
        last = day.first + timedelta(day.days - 1)
        said = message.original[day.start : day.end]
        spans.append(Span("day", day.start, day.end, said, (day.first, last)))
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

    ``common`` tells ordinary words, which are never taken for a name.
    """
    found: list[Span] = []
    for hit in _LATIN_WORD.finditer(message.folded):
        taken = any(
            s.start < hit.end() and hit.start() < s.end for s in known if s.kind not in _POROUS
        )
        matches = () if taken or common(hit.group()) else lexicon.called(hit.group())
        if matches:
            found.append(Span("customer", hit.start(), hit.end(), hit.group(), None, matches))
    return found


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
