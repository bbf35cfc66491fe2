"""Text relevance of playbooks to a question: pure, deterministic, with a place to say no.

The full-text index finds candidates; its scores say which of them is better, not whether any
is good. The figures here are absolute (0..1), so that "nothing fits" can be told from "fits".

A question is measured in *units*: CJK characters, Latin words, codes. A character counts as
found only as part of a pair of neighbours that is found, because single characters are in
every text; pairs across the border of two words then do no harm, as each of their characters
is found by its own word. A pair found the wrong way round (贵太 for 太贵) counts for less.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt

from knowledge_base.tokens import has_cjk


@dataclass(frozen=True, slots=True)
class Ranking:
    """The thresholds and weights of the ranking; calibrated on the development questions."""

    phrase: float = 0.65  # likeness to the closest trigger phrase …
    cover: float = 0.35  # … beside the share of the question that the playbook speaks of
    fit: float = 0.3  # slot fit, added to the text score
    least: float = 0.36  # below this text score nothing is shown
    near: float = 0.15  # text score from which a title is offered as "close by"
    foreign: float = 0.3  # taken off for a question of words that the candidates never use
    alike: float = 0.5  # likeness from which a trigger phrase is named as the reason
    beside: float = 0.72  # further hits need this share of the best one's score


RANKING = Ranking()

_WORD = 2.0  # a Latin word says as much as two characters
_CODE = 4.0  # pb-012, mg-2000: says exactly one thing
_TURNED = 0.7  # a pair found the wrong way round
_WHOLE = 0.85  # a trigger phrase that stands whole in a longer question
_ALONE = 0.6  # one word of a longer question or phrase may be there by chance
_SHORT, _LONG = 2.0, 4.0  # weight of one word or pair, and of two


@dataclass(frozen=True, slots=True)
class Terms:
    """A text as sets: pairs of characters, and units (characters, words, codes)."""

    pairs: frozenset[str]
    units: frozenset[str]
    words: frozenset[str]  # the units that are no characters

    @classmethod
    def of(cls, terms: Iterable[str]) -> "Terms":
        """From the terms of ``knowledge_base.tokens``."""
        distinct = set(terms)
        cjk = {term for term in distinct if has_cjk(term)}
        pairs = frozenset([term for term in cjk if len(term) == 2])
        return cls(pairs, frozenset(distinct - pairs), frozenset(distinct - cjk))

    @classmethod
    def union(cls, parts: Sequence["Terms"]) -> "Terms":
        """All of them together."""
        none: frozenset[str] = frozenset()
        return cls(
            none.union(*(part.pairs for part in parts)),
            none.union(*(part.units for part in parts)),
            none.union(*(part.words for part in parts)),
        )


@dataclass(frozen=True, slots=True)
class Text:
    """The terms of one playbook: each of its cue phrases, and all of its passages together."""

    phrases: tuple[Terms, ...]
    whole: Terms
    holders: Mapping[str, Sequence[int]]  # pair or word → numbers of the phrases that hold it

    @classmethod
    def of(cls, phrases: Sequence[Terms], rest: Sequence[Terms]) -> "Text":
        """From the cue phrases and the other passages."""
        holders: dict[str, list[int]] = {}
        for number, phrase in enumerate(phrases):
            for term in (*phrase.pairs, *phrase.words):
                holders.setdefault(term, []).append(number)
        return cls(tuple(phrases), Terms.union([*phrases, *rest]), holders)


class Question:
    """The question's units with their weights: less for what many of the candidates hold."""

    def __init__(self, terms: Terms, candidates: Sequence[Text]) -> None:
        self.terms = terms
        self._turned = frozenset(pair[::-1] for pair in terms.pairs)
        wholes = [text.whole for text in candidates]
        self._weights = {unit: self._weight(unit, wholes) for unit in terms.units}
        self._total = sum(self._weights.values())
        known = {unit for text in wholes for unit in self._found(text)}
        strange = sum(weight for unit, weight in self._weights.items() if unit not in known)
        self._trust = 1 - RANKING.foreign * strange / self._total if self._total else 0.0

    def score(self, text: Text) -> float:
        """How much ``text`` is about the question, from 0 to 1."""
        if not self._total:
            return 0.0
        found = self._found(text.whole)
        probes = (*self.terms.pairs, *self._turned, *self.terms.words)
        near = {number for probe in probes for number in text.holders.get(probe, ())}
        phrase = max((self._likeness(text.phrases[number]) for number in near), default=0.0)
        score = RANKING.phrase * phrase + RANKING.cover * self._share(found)
        return self._trust * score * (_ALONE if self._by_chance(found, text) else 1.0)

    def closest(self, phrases: Sequence[str], terms_of: Callable[[str], Terms]) -> str | None:
        """The phrase that the question is most like; None if it is not really like any."""
        alike = [self._likeness(terms_of(phrase)) for phrase in phrases]
        best = max(range(len(alike)), key=alike.__getitem__)
        return phrases[best] if alike[best] >= RANKING.alike else None

    def cover(self, text: Terms) -> float:
        """The share of the question that ``text`` speaks of, from 0 to 1."""
        return self._share(self._found(text))

    def _share(self, found: dict[str, float]) -> float:
        total = sum(self._weights[unit] * share for unit, share in found.items())
        return total / self._total if self._total else 0.0

    def _by_chance(self, found: dict[str, float], text: Text) -> bool:
        """Whether all that was found is one word or pair, and more was asked or said."""
        if sum(map(_kind, found)) > _SHORT:
            return False
        if sum(map(_kind, self.terms.units)) > _SHORT:
            return True
        return not any(phrase.units <= found.keys() for phrase in text.phrases)

    def _likeness(self, phrase: Terms) -> float:
        found = self._found(phrase)
        if not found:
            return 0.0
        shared = sum(self._weights[unit] * share for unit, share in found.items())
        rest = sum(_kind(unit) for unit in phrase.units if unit not in found)
        size = shared + rest
        asked, said = shared / self._total, shared / size
        even = 2 * asked * said / (asked + said)
        return max(even, 0.0 if rest else self._whole(found))

    def _whole(self, found: dict[str, float]) -> float:
        """What a trigger phrase counts that stands whole in a longer question.

        A phrase of one word or pair must be rare among the candidates to say so much.
        """
        size = sum(map(_kind, found))
        rare = min(self._weights[unit] / _kind(unit) for unit in found)
        full = _WHOLE * min(found.values())
        return full if size >= _LONG else full * sqrt(rare) if size >= _SHORT else 0.0

    def _found(self, text: Terms) -> dict[str, float]:
        """The question's units that stand in ``text``, with the share that each is worth."""
        found = dict.fromkeys(self.terms.words & text.words, 1.0)
        for pair in self._turned & text.pairs:
            found.update((unit, _TURNED) for unit in pair if unit in self._weights)
        for pair in self.terms.pairs & text.pairs:
            found.update(dict.fromkeys(pair, 1.0))
        return found

    def _weight(self, unit: str, candidates: Sequence[Terms]) -> float:
        near = [pair for pair in self.terms.pairs if unit in pair] or [unit]
        spread = max(self._spread(term, candidates) for term in near)
        return _kind(unit) * spread

    @staticmethod
    def _spread(term: str, candidates: Sequence[Terms]) -> float:
        holders = sum(term in text.pairs or term in text.units for text in candidates)
        return 1 / (1 + log(max(1, holders)))


def _kind(unit: str) -> float:
    if has_cjk(unit):
        return 1.0
    return _CODE if any(map(str.isdigit, unit)) and not unit.isdigit() else _WORD
