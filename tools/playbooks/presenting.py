"""From library hits to cards and citations. Every quoted line is copied, none is rewritten."""

from collections.abc import Iterator, Sequence
from datetime import date

from knowledge_base.fit import SlotFit
from knowledge_base.playbook import Playbook
from knowledge_base.search import PlaybookHit
from knowledge_base.words import locator
from tools.artifact import Citation
from tools.playbooks.schemas import Effect, PlaybookCard, RiskLine, SlotNote, StepLine


def card(hit: PlaybookHit, today: date) -> PlaybookCard:
    """A hit as the artifact keeps it."""
    book = hit.playbook
    return PlaybookCard(
        id=book.id,
        revision=hit.revision,
        version=book.version,
        language=book.language,
        title=book.title,
        summary=book.summary,
        score=round(hit.score, 3),
        fits=[_note(fit) for fit in hit.fits],
        phrase=hit.phrase,
        locator=hit.quote.locator,
        quote=hit.quote.text,
        steps=list(_steps(book)),
        risks=list(_risks(book)),
        effects=[
            Effect(
                name=metric.name,
                unit=metric.unit,
                window_days=metric.window_days,
                direction=metric.direction,
                baseline=metric.baseline,
            )
            for metric in book.metrics
        ],
        owner=book.owner,
        review_on=book.review_on,
        review_due=book.review_on < today,
    )


def citations(cards: Sequence[PlaybookCard]) -> list[Citation]:
    """What the words show: each step and risk of the first card, the closest place of others."""
    found = []
    for it in cards[:1]:
        found += [_cite(it, step.locator, _first_line(step)) for step in it.steps]
        found += [_cite(it, risk.locator, risk.check) for risk in it.risks]
    return found + [_cite(it, it.locator, it.quote) for it in cards[1:]]


def _cite(it: PlaybookCard, place: str, quote: str) -> Citation:
    return Citation(id=it.id, title=it.title, locator=place, quote=quote)


def _first_line(step: StepLine) -> str:
    return step.say[0] if step.say else step.what


def _steps(book: Playbook) -> Iterator[StepLine]:
    for number, step in enumerate(book.steps, 1):
        yield StepLine(
            locator=locator(book.language, "step", number),
            what=step.what,
            say=list(step.script),
            bring=step.tool,
            record=step.evidence,
        )


def _risks(book: Playbook) -> Iterator[RiskLine]:
    for number, risk in enumerate(book.risks, 1):
        place = locator(book.language, "risk", number)
        yield RiskLine(locator=place, check=risk.check, instead=risk.instead)


def _note(fit: SlotFit) -> SlotNote:
    return SlotNote(
        slot=fit.slot, verdict=fit.verdict, wanted=list(fit.wanted), asked=list(fit.asked)
    )
