"""Arguments and result of ``search_playbook``."""

import datetime as dt
from typing import Literal

from pydantic import BaseModel, Field

from knowledge_base.scenario import Objection, Occasion
from storage.vocabulary import OPEN_STAGES, Language
from tools.artifact import Artifact, Strict
from tools.customers.schemas import Heard
from tools.playbooks.rules import Because

_OBJECTIONS = ", ".join(Objection)
_OCCASIONS = ", ".join(Occasion)
_STAGES = ", ".join(OPEN_STAGES)


class SearchArguments(BaseModel):
    """What the model may say; who asks is not among it."""

    query: str = Field(
        description="The situation in the person's own words, with what the customer said; or a "
        "playbook code (pb-012) to read that one in full."
    )
    customer: str | None = Field(
        default=None,
        description="Name, short name, alias or id of the customer whom it is about, if one is "
        "named: industry, size and deal stage then count in the choice.",
    )
    objection: str | None = Field(
        default=None, description=f"What stands in the way, only if it is clear: {_OBJECTIONS}."
    )
    occasion: str | None = Field(
        default=None, description=f"What the person is about to do, if it is clear: {_OCCASIONS}."
    )
    stage: str | None = Field(
        default=None, description=f"Stage of the deal, if it was said: {_STAGES}."
    )
    competitor: str | None = Field(default=None, description="Name of the competitor, if said.")


class SlotNote(Strict):
    """How one scenario slot fits; ``asked`` is empty where it is unknown."""

    slot: str
    verdict: Literal["match", "unknown", "conflict"]
    wanted: list[str]
    asked: list[str]


class StepLine(Strict):
    """One action node, word for word."""

    locator: str
    what: str
    say: list[str]
    bring: str | None
    record: str | None


class RiskLine(Strict):
    """One risk checkpoint, word for word."""

    locator: str
    check: str
    instead: str | None


class Effect(Strict):
    """How the effect would be seen; ``baseline`` is None where nothing was measured."""

    name: str
    unit: str
    window_days: int
    direction: Literal["up", "down"]
    baseline: float | None


class PlaybookCard(Strict):
    """A playbook that fits, and why. ``locator`` and ``quote`` are its closest place.

    ``phrase`` is its trigger phrase that the question is like.
    """

    id: str
    revision: str
    version: int
    language: Language
    title: str
    summary: str
    score: float
    fits: list[SlotNote]
    phrase: str | None
    locator: str
    quote: str
    steps: list[StepLine]
    risks: list[RiskLine]
    effects: list[Effect]
    owner: str
    review_on: dt.date
    review_due: bool


class NearTitle(Strict):
    """A playbook that comes close to a question without an answer."""

    id: str
    title: str


class Playbooks(Artifact):
    """The playbooks that fit, best first; or none, with those that come close.

    ``full`` asks the words to show everything: the person named the playbook by its code.
    ``because`` is the record that chose where the question itself said nothing; ``stages`` of
    the customer's open deals stand beside a question back.
    """

    kind: str = "playbooks"
    query: str
    customer: str | None = None
    heard: Heard | None = None
    full: bool = False
    because: Because | None = None
    because_on: dt.date | None = None
    stages: list[str] = Field(default_factory=list)
    hits: list[PlaybookCard] = Field(default_factory=list)
    near: list[NearTitle] = Field(default_factory=list)
