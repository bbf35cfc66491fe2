"""Chooses among candidate playbooks: pure values in, picks with reasons out.

Order of decision: slots that rule out, text relevance (absolute, so that it can say no), slot
fit on top, edition by language last. Effect evidence joins when there is some.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from knowledge_base.fit import SlotFit, fit_score, ruled_out, slot_fits
from knowledge_base.passages import PHRASES
from knowledge_base.ranking import RANKING, Question, Terms, Text
from knowledge_base.scenario import Scenario
from knowledge_base.words import terms as terms_of
from storage.repositories.library import ChunkRow, ItemRow

# Knowing one of these is a question in itself.
_DECISIVE = frozenset({"objection", "occasion"})
_STEPS_FIRST = 1.3  # a risk is quoted when it speaks that much more of the question than a step


@dataclass(frozen=True, slots=True)
class Case:
    """What is asked: the terms of the question, what is known of the case, how many to give."""

    terms: frozenset[str]
    scenario: Scenario
    language: str
    limit: int = 3


@dataclass(frozen=True, slots=True)
class Edition:
    """A playbook in one language: its passages in order (the card first), each with its terms."""

    item: ItemRow
    places: tuple[tuple[ChunkRow, Terms], ...]
    text: Text
    scenario: Scenario

    @classmethod
    def of(cls, item: ItemRow, chunks: Sequence[ChunkRow]) -> Self:
        """An edition from its rows."""
        texts: list[Terms] = []
        phrases: list[Terms] = []
        for chunk in chunks:
            body, *cue_phrases = chunk.tokens.split(PHRASES)
            texts.append(Terms.of(body.split()))
            phrases.extend(Terms.of(phrase.split()) for phrase in cue_phrases)
        places = tuple(zip(chunks, texts, strict=True))
        scenario = Scenario.model_validate(item.scenario)
        return cls(item, places, Text.of(phrases, texts), scenario)


@dataclass(frozen=True, slots=True)
class Pick:
    """A chosen edition. ``quote`` is (locator, line of the playbook)."""

    edition: Edition
    score: float
    text_score: float
    fits: list[SlotFit]
    quote: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Choice:
    """Picks best first, and the items that came close (best first) for when there is none."""

    picks: list[Pick]
    near: list[ItemRow]


def choose(case: Case, editions: Sequence[Edition]) -> Choice:
    """The playbooks that fit the case, one edition each."""
    question = Question(Terms.of(case.terms), [edition.text for edition in editions])
    by_code: dict[str, list[Edition]] = defaultdict(list)
    for edition in editions:
        by_code[edition.item.code].append(edition)
    ranked = sorted(
        (pick for group in by_code.values() if (pick := _best(case, group, question))),
        key=lambda pick: (-pick.score, pick.edition.item.code),
    )
    good = [pick for pick in ranked if _fits(case, pick)]
    if good:
        floor = RANKING.beside * good[0].score
        picks = [pick for pick in good if pick.score >= floor][: case.limit]
        return Choice([_quoted(question, by_code, pick) for pick in picks], [])
    return Choice([], [p.edition.item for p in ranked if p.text_score >= RANKING.near])


def select_named(case: Case, editions: Sequence[Edition], codes: Sequence[str]) -> list[Pick]:
    """The editions with these codes, in that order, whether they fit the case or not."""
    question = Question(Terms.of(case.terms), [])
    picks = []
    for code in codes:
        group = [edition for edition in editions if edition.item.code == code]
        if group:
            shown = _shown(case, group, [0.0] * len(group))
            fits = slot_fits(shown.scenario, case.scenario)
            picks.append(Pick(shown, 1.0, 1.0, fits, _quote(question, group, shown)))
    return picks


def _best(case: Case, group: Sequence[Edition], question: Question) -> Pick | None:
    """The edition to show, scored by whichever edition the question speaks to most."""
    scores = [question.score(edition.text) for edition in group]
    shown, text = _shown(case, group, scores), max(scores)
    fits = slot_fits(shown.scenario, case.scenario)
    if ruled_out(fits):
        return None
    score = text + RANKING.fit * fit_score(fits)
    return Pick(shown, score, text, fits)


def _shown(case: Case, group: Sequence[Edition], scores: Sequence[float]) -> Edition:
    """The edition in the asked language, or the one that the question speaks to most."""
    order = [
        (e.item.language == case.language, score) for e, score in zip(group, scores, strict=True)
    ]
    return group[order.index(max(order))]


def _quoted(question: Question, by_code: dict[str, list[Edition]], pick: Pick) -> Pick:
    group = by_code[pick.edition.item.code]
    return replace(pick, quote=_quote(question, group, pick.edition))


def _fits(case: Case, pick: Pick) -> bool:
    """Whether it answers: by its words, or by the objection or occasion that it was written for.

    Industry, size and stage alone choose nothing; they only order what fits otherwise.
    """
    if any(fit.slot in _DECISIVE and fit.verdict == "match" for fit in pick.fits):
        return True
    return bool(case.terms) and pick.text_score >= RANKING.least


def _quote(question: Question, group: Sequence[Edition], shown: Edition) -> tuple[str, str]:
    """The place that speaks most of the question, and its closest line.

    A place found in another edition is quoted from the shown one, whose steps correspond.
    """
    places = [
        (_worth(question, chunk, terms), -order, chunk.part, chunk.number)
        for edition in group
        for order, (chunk, terms) in enumerate(edition.places)
        if chunk.part in {"step", "risk"}
    ]
    *_, part, number = max(places)
    of_part = (c for c, _ in shown.places if (c.part, c.number) == (part, number))
    chunk = next(of_part, shown.places[1][0])
    lines = chunk.text.split("\n")
    return chunk.locator, max(lines, key=lambda line: question.cover(Terms.of(terms_of(line))))


def _worth(question: Question, chunk: ChunkRow, terms: Terms) -> float:
    worth = question.cover(terms)
    return worth if chunk.part == "step" else worth / _STEPS_FIRST
