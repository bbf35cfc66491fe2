"""Where a message breaks into clauses, and which of them are set apart from what came before."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agents.planner.spans import Span

_BREAK = re.compile(
    r"[，,、。；;！!？?+＋&\n]+|\.\s|(?<=[一-龥}]) +(?=[一-龥{])|"
    r"顺便|顺带|然后|另外|同时|接着|还有|再帮我|再给我|再把|再看|再睇|"
    r"\band then\b|\bthen\b|\balso\b|\bplus\b|\bas well as\b|\band\b",
    re.ASCII,
)
_WORD_APART = re.compile(r"顺便|顺带|然后|另外|同时|接着|还有|再|[+＋&]|then|also|plus|as well as")
_MARK_APART = re.compile(r"[；;。]|\.\s")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A clause; ``apart`` by a word (另外, also) or a full stop from what came before."""

    start: int
    end: int
    apart: bool = False
    by_word: bool = False


def clauses_of(folded: str, spans: Sequence[Span]) -> Iterator[Stretch]:
    """Stretches between breaks; names with a comma stay whole.

    What follows dictated words is always set apart.
    """
    place, apart, by_word = 0, False, False
    for hit in _BREAK.finditer(folded):
        if any(span.start < hit.end() and hit.start() < span.end for span in spans):
            continue
        if folded[place : hit.start()].strip():
            yield Stretch(place, hit.start(), apart, by_word)
            apart = by_word = False
        dictated = any(s.kind == "text" and s.end <= hit.end() for s in spans)
        by_word = by_word or bool(_WORD_APART.search(hit.group()))
        apart = apart or by_word or dictated or bool(_MARK_APART.search(hit.group()))
        place = hit.end()
    if folded[place:].strip():
        yield Stretch(place, len(folded), apart, by_word)
