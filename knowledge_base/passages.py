"""Cuts a playbook into the passages that are indexed, found and quoted.

A playbook is atomic and is always shown whole; its passages only say where the words stand.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from knowledge_base.playbook import Playbook
from knowledge_base.scenario import Scenario
from knowledge_base.words import cues, industry_code, locator

Part = Literal["card", "step", "risk", "background"]
PHRASES = " | "  # stands between the cue phrases of a card's terms


@dataclass(frozen=True, slots=True)
class Passage:
    """A quotable part; every line of ``text`` stands word for word in the playbook.

    ``cues`` (of the card alone) are the terms of each trigger phrase, of the title and of the code.
    """

    part: Part
    number: int
    locator: str
    text: str
    cues: tuple[tuple[str, ...], ...] = ()


def passages(playbook: Playbook) -> Iterator[Passage]:
    """The card, then the steps, the risk checkpoints and the paragraphs of the background."""
    language = playbook.language
    phrases = (*playbook.triggers, playbook.title, playbook.id)
    yield Passage("card", 0, locator(language, "card", 0), playbook.summary, _cue_sets(phrases))
    for number, step in enumerate(playbook.steps, 1):
        place = locator(language, "step", number)
        yield Passage("step", number, place, "\n".join(step.lines))
    for number, risk in enumerate(playbook.risks, 1):
        text = "\n".join(filter(None, (risk.check, risk.instead)))
        yield Passage("risk", number, locator(language, "risk", number), text)
    for number, paragraph in enumerate(_paragraphs(playbook.background), 1):
        place = locator(language, "background", number)
        yield Passage("background", number, place, paragraph)


def slot_terms(scenario: Scenario) -> list[str]:
    """The closed slots of a scenario as index terms: ``objection.price_complaint``.

    Open slots (regions, competitors, spans) are compared after the search, not by it.
    """
    found = [f"objection.{value}" for value in scenario.objection]
    found += [f"occasion.{value}" for value in scenario.occasion]
    found += [f"stage.{value}" for value in scenario.stage]
    found += [f"customer_kind.{value}" for value in scenario.customer_kind]
    codes = filter(None, map(industry_code, scenario.industry))
    return [*found, *(f"industry.{code}" for code in codes)]


def _cue_sets(phrases: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    sets = (tuple(dict.fromkeys(cues(phrase))) for phrase in phrases)
    return tuple(dict.fromkeys(found for found in sets if found))


def _paragraphs(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split("\n\n") if part.strip()]
