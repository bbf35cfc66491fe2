"""Arguments and result of ``my_day``."""

import datetime as dt
from typing import Literal

from pydantic import BaseModel, Field

from tools.artifact import Artifact, Strict
from tools.customers.schemas import Recorded

Scope = Literal["mine", "team"]
Urgency = Literal["close_overdue", "closing", "stuck"]


class DayArguments(BaseModel):
    """What the model may say; whose day it is follows from who asks."""

    day: str | None = Field(
        default=None, description="First day as an ISO date (2026-11-22); left out: today."
    )
    days: int = Field(default=1, description="Number of days from there, 1 to 31; a week is 7.")
    scope: Scope = Field(
        default="mine",
        description="'team' adds the team's key meetings; for managers who ask for them.",
    )


class EventFact(Recorded):
    """A diary entry; ``owner`` is set for entries of other people, with ``why`` it is shown."""

    type: str
    status: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    location: str | None
    customer_id: str | None
    customer: str | None
    tier: str | None
    people: list[str]
    owner: str | None = None
    why: Literal["key_account", "large_deal", "complaint"] | None = None


class Pair(Strict):
    """Two entries that get in each other's way; ``minutes`` overlap or are left to travel."""

    first: str
    second: str
    first_at: dt.datetime
    second_at: dt.datetime
    minutes: int
    needed: int | None = None


class Gap(Strict):
    """Free time within working hours."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    minutes: int


class DueFact(Recorded):
    """An open promise; ``days`` until it is due, negative when overdue."""

    by: str
    customer_id: str
    customer: str | None
    due_on: dt.date
    days: int


class PressingFact(Recorded):
    """A deal that needs something; ``days`` until the expected close, or in the stage."""

    customer_id: str | None
    customer: str | None
    urgency: Urgency
    days: int
    limit: int | None
    stage: str
    amount_minor: int | None
    currency: str
    next_step: str | None


class OpenTicketFact(Recorded):
    """An open ticket of a customer in the diary."""

    customer_id: str
    customer: str | None
    type: str
    severity: str
    open_days: int


class Advice(Strict):
    """What to do first, from rules. ``about`` is the record, ``text`` its words."""

    code: Literal[
        "clash",
        "promise_before_meeting",
        "complaint_before_meeting",
        "promise_due",
        "deal_closing",
        "deal_stuck",
        "prepare_meeting",
    ]
    about: str
    text: str
    customer: str | None = None
    at: dt.datetime | None = None
    days: int | None = None


class Day(Artifact):
    """One day or a few. ``past``: nothing in it can be prepared any more."""

    kind: str = "day"
    day: dt.date
    days: int
    today: dt.date
    timezone: str
    scope: Scope
    past: bool
    events: list[EventFact] = Field(default_factory=list)
    clashes: list[Pair] = Field(default_factory=list)
    tight: list[Pair] = Field(default_factory=list)
    gaps: list[Gap] = Field(default_factory=list)
    promises: list[DueFact] = Field(default_factory=list)
    deals: list[PressingFact] = Field(default_factory=list)
    tickets: list[OpenTicketFact] = Field(default_factory=list)
    team: list[EventFact] = Field(default_factory=list)
    first: Advice | None = None
    next_event: EventFact | None = None
    more: dict[str, int] = Field(default_factory=dict)
