"""Stage 3: what does the person want? Clauses scored against the language files, with a margin.

clear → act; close → ask; nothing → say so. A message may hold several wishes.
"""

import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from agents.planner.clauses import Stretch, clauses_of
from agents.planner.features import asks, features
from agents.planner.language import Language, Wish
from agents.planner.normalise import Normal
from agents.planner.samples import MESSAGE, OUTSIDE, classifier_of
from agents.planner.spans import Span, typed_text
from agents.planner.spelling import Speller, words_of
from agents.planner.tokens import tokens_of
from tools.linking.forms import fold


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Calibrated on writers whose sentences were left out of the fit; see docs/understanding.md."""

    clear: float = 0.60  # probability of the best wish from which the planner acts
    margin: float = 0.40  # lead over the second wish
    close: float = 0.26  # from here on a question back is worth it
    clause: float = 0.5  # a clause alone must be this sure to be a wish of its own
    whole: float = 0.72  # where every clause is this sure, the message is taken apart
    foreign: float = 0.6  # a clause this sure to be outside of the product is declined
    section: float = 0.10  # share within a wish from which a variant's arguments are taken
    beside: float = 0.30  # … if it is also this large beside the strongest variant
    beside_cue: float = 0.50  # … the same where a cue word speaks for the strongest
    plain: float = 0.75  # share of the plain variant above which cue words imply nothing
    like: float = 0.4  # an unsure clause this probable adds its arguments to the one before it
    near: float = 0.1  # wishes below this are not offered as "did you mean"


@dataclass(frozen=True, slots=True)
class Scored:
    """One wish found in ``start:end`` of the message."""

    wish: Wish
    start: int
    end: int
    probability: float
    implied: dict[str, Any] = field(default_factory=dict)

    @property
    def told(self) -> bool:
        """Whether the stretch itself is what is to be taken down, without words that say so."""
        return MESSAGE in self.implied.values()


@dataclass(frozen=True, slots=True)
class Reading:
    """The outcome of this stage.

    ``nearest`` are the wishes to ask about; ``declined`` stretches of the message that wish
    something which the product does not do.
    """

    verdict: Literal["clear", "close", "nothing"]
    found: Sequence[Scored] = ()
    nearest: Sequence[Scored] = ()
    declined: Sequence[tuple[int, int]] = ()
    outside: float = 0.0  # probability that the message wishes something else altogether


@dataclass(frozen=True, slots=True)
class _Clause:
    """A stretch of the message with its wishes, best first."""

    start: int
    end: int
    scored: Sequence[Scored]
    outside: float
    asks: bool = True
    worded: bool = True  # it has words beside names and days
    stretch: Stretch | None = None

    @property
    def best(self) -> Scored:
        return self.scored[0]


class WishReader:
    """Scores messages of one language; fitted once, the same files give the same scores."""

    def __init__(
        self,
        language: Language,
        thresholds: Thresholds | None = None,
        cache: Path | None = None,
    ) -> None:
        self.language = language
        self.thresholds = thresholds or Thresholds()
        self._classifier = classifier_of(language.capabilities, cache)
        self._speller = Speller(self._classifier.words | words_of(_openers(language)))
        self._wishes = {wish.key: wish for wish in language.wishes}
        self._cues = {wish.key: _literal_cues(wish) for wish in language.wishes}

    def knows(self, feature: str) -> bool:
        """Whether a feature occurs in the language files."""
        return self._classifier.knows(feature)

    def common(self, word: str) -> bool:
        """Whether a Latin word is an ordinary word of the language files, or nearly one."""
        return self._speller.knows(word)

    def read(self, message: Normal, spans: Sequence[Span], allowed: frozenset[str]) -> Reading:
        """The wishes of a message, in reading order. ``allowed`` are the tools on offer."""
        whole = self._score(message, spans, 0, len(message.folded), allowed)
        clauses = [
            replace(self._score(message, spans, part.start, part.end, allowed), stretch=part)
            for part in clauses_of(message.folded, spans)
        ]
        if len(clauses) > 1:
            groups = self._groups(clauses, spans, self._clear(whole) and whole.best.told)
            declined = [(c.start, c.end) for c in clauses if c.outside >= self.thresholds.foreign]
            groups = _without_circumstances(groups, clauses, spans, foreign=bool(declined))
            apart = {c.start for c in clauses if c.stretch and c.stretch.apart}
            parted = any(group.start in apart for group in groups[1:])
            if len(groups) > 1 and (parted or not self._is_one(whole, groups, spans)):
                return Reading("clear", groups, declined=declined)
            if len(groups) == 1 and declined and not self._clear(whole):
                return Reading("clear", groups, declined=declined)
            if len(groups) == 1 and not self._clear(whole):
                # One clause is sure, the rest of the message is only its circumstances.
                return Reading("clear", [replace(groups[0], start=0, end=whole.end)])
            whole = _with_parts(whole, groups)
        return replace(self._single(whole), outside=whole.outside)

    def _single(self, whole: _Clause) -> Reading:
        if not whole.scored:
            return Reading("nothing")
        if self._clear(whole):
            return Reading("clear", [whole.best])
        near = [s for s in whole.scored[:3] if s.probability > self.thresholds.near]
        if whole.best.probability >= self.thresholds.close and near:
            return Reading("close", (), near)
        return Reading("nothing", (), whole.scored[:3])

    def _is_one(self, whole: _Clause, groups: Sequence[Scored], spans: Sequence[Span]) -> bool:
        """Several clauses, one wish: ``they say too expensive, how do I respond``."""
        if not whole.scored or any(_about_another(*pair, spans) for pair in _alike(groups)):
            return False
        weakest = min(group.probability for group in groups)
        leads = whole.best.probability >= self.thresholds.clear
        among = any(group.wish is whole.best.wish for group in groups)
        return leads and among and weakest < self.thresholds.whole

    def _clear(self, clause: _Clause) -> bool:
        if not clause.scored:
            return False
        second = clause.scored[1].probability if len(clause.scored) > 1 else 0.0
        lead = clause.best.probability - max(second, clause.outside)
        return clause.best.probability >= self.thresholds.clear and lead >= self.thresholds.margin

    def _groups(
        self, clauses: Sequence[_Clause], spans: Sequence[Span], told: bool
    ) -> list[Scored]:
        """Neighbouring clauses of one wish.

        In a message that is ``told`` to be taken down, only clauses that ask are wishes beside it.
        """
        groups: list[Scored] = []
        waiting: int | None = None
        for clause in clauses:
            sure = self._clear(clause) and clause.best.probability >= self.thresholds.clause
            sure = sure and (not told or clause.best.told or clause.asks) and clause.worded
            if not sure:
                if groups and clause.outside < self.thresholds.foreign:
                    groups[-1] = self._with_more(groups[-1], clause)
                elif clause.outside < self.thresholds.foreign:
                    waiting = clause.start if waiting is None else waiting
                continue
            begin = clause.start if waiting is None else waiting
            waiting = None
            new = replace(clause.best, start=begin)
            if (
                groups
                and groups[-1].wish is new.wish
                and not _about_another(groups[-1], new, spans)
            ):
                groups[-1] = _merged(groups[-1], new)
            else:
                groups.append(new)
        return groups

    def _with_more(self, group: Scored, clause: _Clause) -> Scored:
        """A group with an unsure clause behind it, whose arguments it takes if it is its like."""
        more = replace(group, end=clause.end)
        alike = bool(clause.scored) and clause.best.wish is group.wish and clause.worded
        if not alike or clause.best.probability < self.thresholds.like or not group.implied:
            return more
        return replace(more, implied=_joined(group.implied, clause.best.implied))

    def _score(
        self, message: Normal, spans: Sequence[Span], start: int, end: int, allowed: frozenset[str]
    ) -> _Clause:
        """Wishes of one stretch, best first, and the probability that it wishes something else."""
        text = self._speller.mend(typed_text(message.folded, spans, start, end))
        probabilities = self._classifier.probabilities(features(text))
        by_wish: dict[str, dict[str, float]] = {}
        for label, probability in probabilities.items():
            key, _, variant = label.partition(" ")
            by_wish.setdefault(key, {})[variant] = probability
        outside = sum(by_wish.pop(OUTSIDE, {}).values())
        scored = [
            Scored(
                self._wishes[key],
                start,
                end,
                sum(variants.values()),
                self._implied(key, variants, text),
            )
            for key, variants in by_wish.items()
            if self._offered(key, allowed)
        ]
        ranked = sorted(scored, key=lambda s: -s.probability)
        return _Clause(start, end, ranked, outside, asks(text), _is_worded(text))

    def _implied(self, key: str, variants: dict[str, float], text: str) -> dict[str, Any]:
        """Arguments of the strong variants, and of cue words that stand in the text."""
        total = sum(variants.values()) or 1.0
        cues = [args for cue, args in self._cues[key] if cue in text]
        implied = _strong(variants, self.thresholds, cues)
        if not implied and variants.get("{}", 0.0) / total > self.thresholds.plain:
            return {}
        for args in cues:
            implied = _joined(implied, args)
        return implied

    def _offered(self, key: str, allowed: frozenset[str]) -> bool:
        tool = self._wishes[key].tool
        return tool is None or tool in allowed


def _without_circumstances(
    groups: Sequence[Scored], clauses: Sequence[_Clause], spans: Sequence[Span], *, foreign: bool
) -> list[Scored]:
    """Without what is told only to explain a question: ``they say too expensive. What now?``

    So too beside a wish that is ``foreign`` to the product: ``mail them, say it is at three``.

    It is a wish of its own where a word (另外, "also") sets the two apart.
    """
    apart = {c.start for c in clauses if c.stretch and c.stretch.by_word}
    dictated = any(span.kind == "text" for span in spans)
    if dictated or (all(group.told for group in groups) and not foreign):
        return list(groups)
    kept: list[Scored] = []
    begin: int | None = None
    for group, following in itertools.zip_longest(groups, groups[1:]):
        alone = group.start in apart or (following is not None and following.start in apart)
        if group.told and not alone:
            if kept:
                kept[-1] = replace(kept[-1], end=group.end)
            else:
                begin = group.start if begin is None else begin
            continue
        kept.append(group if begin is None else replace(group, start=begin))
        begin = None
    return kept


def _with_parts(whole: _Clause, groups: Sequence[Scored]) -> _Clause:
    """A message of one wish in several clauses wants what each of them implies."""
    same = [group for group in groups if whole.scored and group.wish is whole.best.wish]
    if not same or not whole.best.implied:
        return whole
    implied = whole.best.implied
    for group in same:
        implied = _joined(implied, group.implied)
    return replace(whole, scored=[replace(whole.best, implied=implied), *whole.scored[1:]])


def _alike(groups: Sequence[Scored]) -> Iterator[tuple[Scored, Scored]]:
    """Pairs of groups with the same wish."""
    pairs = itertools.combinations(groups, 2)
    return ((a, b) for a, b in pairs if a.wish is b.wish)


def _about_another(first: Scored, second: Scored, spans: Sequence[Span]) -> bool:
    """Whether two clauses name different customers."""
    names = [
        {
            m.entity.id
            for s in spans
            if s.kind == "customer" and g.start <= s.start < g.end
            for m in s.matches
        }
        for g in (first, second)
    ]
    return bool(names[0] and names[1] and not names[0] & names[1])


def _merged(first: Scored, second: Scored) -> Scored:
    implied = _joined(first.implied, second.implied)
    best = max(first.probability, second.probability)
    return Scored(first.wish, first.start, second.end, best, implied)


def _joined(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """Both arguments; lists are united, for the rest the first wins."""
    result = dict(first)
    for key, value in second.items():
        known = result.get(key)
        if isinstance(known, list) and isinstance(value, list):
            result[key] = list(dict.fromkeys([*known, *value]))
        else:
            result.setdefault(key, value)
    return result


def _strong(
    variants: dict[str, float], thresholds: Thresholds, cues: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    """Arguments of the variants that carry a good part of the wish's probability.

    The plain variant (no arguments) competes: if it is the strongest, nothing is implied. Where
    two parts are about equally likely, both are shown: one of them is what was asked for.
    """
    total = sum(variants.values()) or 1.0
    strongest = max(variants, key=lambda v: variants[v])
    if strongest == "{}":
        return {}
    spoken_for = json.loads(strongest) in cues
    beside = thresholds.beside_cue if spoken_for else thresholds.beside
    least = max(thresholds.section * total, beside * variants[strongest])
    chosen = [v for v, p in variants.items() if p >= least and v != "{}"] or [strongest]
    result: dict[str, Any] = {}
    for variant in sorted(chosen, key=lambda v: -variants[v]):
        result = _joined(result, json.loads(variant))
    return result


def _is_worded(text: str) -> bool:
    return "{text}" in text or any(not word.startswith("{") for word in tokens_of(text))


def _openers(language: Language) -> Iterator[str]:
    return (opener for wish in language.wishes for opener in wish.openers)


def _literal_cues(wish: Wish) -> list[tuple[str, dict[str, Any]]]:
    return [(fold(c["text"]), c.get("set", {})) for c in wish.cues if isinstance(c, dict)]
