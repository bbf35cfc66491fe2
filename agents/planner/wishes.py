"""Stage 3: what does the person want? Clauses scored against the language files, with a margin.

clear → act; close → ask; nothing → say so. A message may hold several wishes.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from agents.planner.classifier import Classifier, fit, load
from agents.planner.features import VERSION, features
from agents.planner.language import Example, Language, Wish
from agents.planner.normalise import Normal
from agents.planner.spans import Span, typed_text
from agents.planner.spelling import Speller, words_of
from tools.linking.forms import fold

_BREAK = re.compile(
    r"[，,、。；;！!？?+＋&\n]+|\.\s|"
    r"顺便|顺带|然后|另外|同时|接着|还有|再帮我|再给我|再把|再看|再睇|"
    r"\band then\b|\bthen\b|\balso\b|\bplus\b|\bas well as\b|\band\b",
    re.ASCII,
)
_APART = re.compile(
    r"顺便|顺带|然后|另外|同时|接着|还有|再|[+＋&；;。]|\.\s|then|also|plus|as well as"
)
_SLOT = re.compile(r"\{[a-z]+\}")
OUTSIDE = -1


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Calibrated on the development half of the evaluation set; see docs/understanding.md."""

    clear: float = 0.42  # probability of the best wish from which the planner acts
    margin: float = 0.14  # lead over the second wish
    close: float = 0.26  # from here on a question back is worth it
    clause: float = 0.5  # a clause alone must be this sure to be a wish of its own
    whole: float = 0.72  # where every clause is this sure, the message is taken apart
    foreign: float = 0.6  # a clause this sure to be outside of the product is declined
    section: float = 0.30  # share within a wish from which a variant's arguments are taken
    plain: float = 0.75  # share of the plain variant above which cue words imply nothing
    near: float = 0.1  # wishes below this are not offered as "did you mean"


@dataclass(frozen=True, slots=True)
class Scored:
    """One wish found in ``start:end`` of the message."""

    wish: Wish
    start: int
    end: int
    probability: float
    implied: dict[str, Any] = field(default_factory=dict)


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
    start: int
    end: int
    scored: Sequence[Scored]
    outside: float
    apart: bool = False  # a word such as 另外 or "also" sets it apart from what came before

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
        self._classifier = classifier_of(language, cache)
        self._speller = Speller(words_of(language))
        self._cues = [_literal_cues(wish) for wish in language.wishes]

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
            replace(self._score(message, spans, start, end, allowed), apart=apart)
            for start, end, apart in _clauses(message.folded, spans)
        ]
        if len(clauses) > 1:
            groups = self._groups(clauses, spans)
            declined = [(c.start, c.end) for c in clauses if c.outside >= self.thresholds.foreign]
            apart = {clause.start for clause in clauses if clause.apart}
            parted = any(group.start in apart for group in groups[1:])
            if len(groups) > 1 and (parted or not self._is_one(whole, groups)):
                return Reading("clear", groups, declined=declined)
            if len(groups) == 1 and declined and not self._clear(whole):
                return Reading("clear", groups, declined=declined)
            if len(groups) == 1 and not self._clear(whole):
                # One clause is sure, the rest of the message is only its circumstances.
                return Reading("clear", [replace(groups[0], start=0, end=whole.end)])
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

    def _is_one(self, whole: _Clause, groups: Sequence[Scored]) -> bool:
        """Several clauses, one wish: ``they say too expensive, how do I respond``."""
        if not whole.scored or any(group.wish is groups[0].wish for group in groups[1:]):
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

    def _groups(self, clauses: Sequence[_Clause], spans: Sequence[Span]) -> list[Scored]:
        groups: list[Scored] = []
        waiting: int | None = None
        for clause in clauses:
            sure = self._clear(clause) and clause.best.probability >= self.thresholds.clause
            if not sure:
                if groups and clause.outside < self.thresholds.foreign:
                    groups[-1] = replace(groups[-1], end=clause.end)
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

    def _score(
        self, message: Normal, spans: Sequence[Span], start: int, end: int, allowed: frozenset[str]
    ) -> _Clause:
        """Wishes of one stretch, best first, and the probability that it wishes something else."""
        text = self._speller.mend(typed_text(message.folded, spans, start, end))
        probabilities = self._classifier.probabilities(features(text))
        by_wish: dict[int, dict[str, float]] = {}
        for label, probability in probabilities.items():
            number, _, variant = label.partition(" ")
            by_wish.setdefault(int(number), {})[variant] = probability
        outside = sum(by_wish.pop(OUTSIDE, {}).values())
        scored = [
            Scored(
                self.language.wishes[number],
                start,
                end,
                sum(variants.values()),
                self._implied(number, variants, text),
            )
            for number, variants in by_wish.items()
            if self._offered(number, allowed)
        ]
        return _Clause(start, end, sorted(scored, key=lambda s: -s.probability), outside)

    def _implied(self, number: int, variants: dict[str, float], text: str) -> dict[str, Any]:
        """Arguments of the strong variants, and of cue words that stand in the text."""
        total = sum(variants.values()) or 1.0
        implied = _strong(variants, self.thresholds.section)
        if not implied and variants.get("{}", 0.0) / total > self.thresholds.plain:
            return {}
        for cue, args in self._cues[number]:
            if cue in text:
                implied = _joined(implied, args)
        return implied

    def _offered(self, number: int, allowed: frozenset[str]) -> bool:
        tool = self.language.wishes[number].tool
        return tool is None or tool in allowed


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


def _customers(group: Scored, spans: Sequence[Span]) -> set[str]:
    return {
        match.entity.id
        for span in spans
        if span.kind == "customer" and group.start <= span.start < group.end
        for match in span.matches
    }


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


def _strong(variants: dict[str, float], share: float) -> dict[str, Any]:
    """Arguments of the variants that carry a good part of the wish's probability.

    The plain variant (no arguments) competes: if it is the strongest, nothing is implied.
    """
    total = sum(variants.values()) or 1.0
    strongest = max(variants, key=lambda v: variants[v])
    if strongest == "{}":
        return {}
    chosen = [v for v, p in variants.items() if p / total >= share and v != "{}"] or [strongest]
    result: dict[str, Any] = {}
    for variant in sorted(chosen, key=lambda v: -variants[v]):
        result = _joined(result, json.loads(variant))
    return result


def _clauses(folded: str, spans: Sequence[Span]) -> Iterator[tuple[int, int, bool]]:
    """(start, end, set apart) of stretches between breaks; names with a comma stay whole.

    What follows dictated words is always set apart.
    """
    place, apart = 0, False
    for hit in _BREAK.finditer(folded):
        if any(span.start < hit.end() and hit.start() < span.end for span in spans):
            continue
        if folded[place : hit.start()].strip():
            yield place, hit.start(), apart
            apart = False
        dictated = any(s.kind == "text" and s.end <= hit.end() for s in spans)
        apart = apart or dictated or bool(_APART.search(hit.group()))
        place = hit.end()
    if folded[place:].strip():
        yield place, len(folded), apart


def _literal_cues(wish: Wish) -> list[tuple[str, dict[str, Any]]]:
    return [(fold(c["text"]), c.get("set", {})) for c in wish.cues if isinstance(c, dict)]


def classifier_of(language: Language, cache: Path | None) -> Classifier:
    """The classifier of a language: kept in ``cache`` if it was fitted from the same sentences."""
    samples = list(_samples(language))
    digest = hashlib.sha256(repr((VERSION, samples)).encode()).hexdigest()[:16]
    path = cache / f"understanding-{language.code}-{digest}.npz" if cache else None
    kept = load(path) if path else None
    if kept is None:
        kept = fit(consistent([(_features(sentence), label) for sentence, label in samples]))
        if path:
            kept.save(path)
    return kept


def consistent(samples: Sequence[tuple[list[str], str]]) -> list[tuple[list[str], str]]:
    """Without near-misses of one capability that are examples of another.

    ``{customer}的竞品是谁`` is not a wish for a playbook, yet it is no wish outside of the product.
    """
    wished = {frozenset(found) for found, label in samples if not _is_outside(label)}
    return [s for s in samples if not (_is_outside(s[1]) and frozenset(s[0]) in wished)]


def _is_outside(label: str) -> bool:
    return label.startswith(f"{OUTSIDE} ")


def _samples(language: Language) -> Iterator[tuple[str, str]]:
    """(sentence, label): the number of a wish, and the arguments that the sentence implies."""
    for number, wish in enumerate(language.wishes):
        for example in (*wish.examples, *wish.cues):
            text, implied = example, {}
            if isinstance(example, Example):
                text, implied = example.text, example.set
            elif isinstance(example, dict):
                text, implied = str(example["text"]), example.get("set", {})
            yield str(text), f"{number} {json.dumps(implied, sort_keys=True)}"
        for sentence in wish.not_:
            yield sentence, f"{OUTSIDE} {{}}"
    for sentence in language.outside:
        yield sentence, f"{OUTSIDE} {{}}"


def _features(sentence: str) -> list[str]:
    """Features of a sentence from a file; its slots are typed already."""
    pieces: list[str] = []
    place = 0
    for hit in _SLOT.finditer(sentence):
        pieces += (fold(sentence[place : hit.start()]), f" {hit.group()} ")
        place = hit.end()
    pieces.append(fold(sentence[place:]))
    return features("".join(pieces))
