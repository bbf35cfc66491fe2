"""Arguments and result of ``my_day``."""

import datetime as dt
from typing import Literal

from pydantic import BaseModel, Field

from tools.artifact import Artifact, Strict
from tools.customers.schemas import Heard, Recorded

Scope = Literal["mine", "team"]
Urgency = Literal["close_overdue", "closing", "stuck"]


class DayArguments(BaseModel):
    """What the model may say; without a person, whose day it is follows from who asks."""

    day: str | None = Field(
        default=None, description="First day as an ISO date (2026-11-22); left out: today."
    )
    days: int = Field(default=1, description="Number of days from there, 1 to 31; a week is 7.")
    scope: Scope = Field(
        default="mine",
        description="'team' adds the team's key meetings, and what is due or stuck anywhere in "
        "the team; for managers who ask for the team.",
    )
    person: str | None = Field(
        default=None,
        description="A colleague whose own calendar is asked for, by name; for their manager. "
        "Leave out for the person who asks and for the team as a whole.",
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
    """An open promise; ``days`` until it is due, negative when overdue.

    ``owner`` is set where it is another person's than whose day this is.
    """

    owner: str | None = None
    by: str
    customer_id: str
    customer: str | None
    due_on: dt.date
    days: int


class DueTally(Strict):
    """How many promises of ours one person still has to keep; ``due`` includes the overdue."""

    owner: str
    due: int
    overdue: int


class PressingFact(Recorded):
    """A deal that needs something; ``days`` until the expected close, or in the stage.

    ``owner`` is set where it is another person's than whose day this is.
    """

    owner: str | None = None
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
    """What to do first, from rules. ``about`` is the record, ``text`` its words.

    ``owner`` is set where somebody else has to do it.
    """

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
    owner: str | None = None
    at: dt.datetime | None = None
    days: int | None = None


class Day(Artifact):
    """One day or a few. ``past``: nothing in it can be prepared any more.

    ``team_due`` counts the promises of a team, all of them, person by person.

    ``person`` is whose day it is, where it is not that of the person who asks; ``leads`` says
    that the person who asks has a team to ask for.
    """

    kind: str = "day"
    person: str | None = None
    heard: Heard | None = None
    leads: bool = False
    day: dt.date
    last: dt.date
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
    team_due: list[DueTally] = Field(default_factory=list)
    deals: list[PressingFact] = Field(default_factory=list)
    tickets: list[OpenTicketFact] = Field(default_factory=list)
    team: list[EventFact] = Field(default_factory=list)
    first: Advice | None = None
    next_event: EventFact | None = None
    more: dict[str, int] = Field(default_factory=dict)
