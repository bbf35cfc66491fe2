"""Arguments and result of ``fetch_customer_brief``.

Every statement is a ``Fact`` with its source and date; the subclasses carry the values that the
word templates, tables and later steps need. Amounts are integers in minor units.
"""

import datetime as dt
from typing import Literal

from pydantic import BaseModel, Field

from tools.artifact import Artifact, Fact, Strict

Section = Literal[
    "overview",
    "people",
    "history",
    "deals",
    "commitments",
    "tickets",
    "competitors",
    "contracts",
    "signals",
    "next_meeting",
    "risks",
]


class BriefArguments(BaseModel):
    """What the model may say; who asks is not among it."""

    customer: str = Field(description="Name, short name, alias or id of the customer.")
    sections: list[Section] | None = Field(
        default=None,
        description="Only these parts, in detail. Leave out for the whole brief on one screen.",
    )


class Heard(Strict):
    """A name that was guessed, so that the answer can say how it was understood."""

    said: str
    meant: str
    how: Literal["typo", "homophone"]


class Recorded(Fact):
    """A fact that stands in one record. ``id`` is the record's."""

    id: str


class Profile(Recorded):
    """Who the customer is. ``unknown`` names the fields that nobody has filled in."""

    short_name: str | None
    industry: str | None
    tier: str | None
    type: str
    city: str | None
    country: str | None
    founded_year: int | None
    parent: str | None
    employees: int | None
    annual_revenue_minor: int | None
    currency: str
    customer_since: dt.date | None
    technical_maturity: str | None
    buying_cycle_days: int | None
    owner: str | None
    region: str | None
    duplicate_of: str | None
    unknown: list[str]


class PersonFact(Recorded):
    """A contact. ``lead``: in service and verified lately, so worth approaching.

    ``masked`` means that name and contact data exist for other roles only (L1).
    """

    name: str | None
    title: str | None
    department: str | None
    role: str | None
    phone: str | None
    mail: str | None
    wechat: str | None
    attitude: str | None
    status: str
    verified_on: dt.date | None
    left_on: dt.date | None
    lead: bool
    masked: bool


class Stay(Strict):
    """One stay of a deal in one stage."""

    stage: str
    entered_on: dt.date
    left_on: dt.date | None


class Offer(Strict):
    """The last quote of a deal."""

    version: int
    amount_minor: int
    currency: str
    discount: float
    status: str
    valid_until: dt.date | None


class DealFact(Recorded):
    """An opportunity; ``stage_days`` is None when its source keeps no stage history."""

    stage: str
    stage_days: int | None
    stage_limit: int | None
    amount_minor: int | None
    currency: str
    expected_close_on: dt.date | None
    overdue_days: int | None
    closed_on: dt.date | None
    loss_reason: str | None
    competitor: str | None
    next_step: str | None
    intent: str | None
    stays: list[Stay] = Field(default_factory=list)
    offer: Offer | None = None


class DealTotal(Strict):
    """Open deals of one currency; ``amount_minor`` is the sum of the ``known`` amounts."""

    currency: str
    count: int
    known: int
    amount_minor: int


class Debt(Strict):
    """What the customer owes in one currency; ``longest_days`` is the age of the oldest debt."""

    currency: str
    count: int
    amount_minor: int
    overdue: int
    overdue_minor: int
    longest_days: int


class PromiseFact(Recorded):
    """A promise. ``by`` is ``us`` or ``customer``; ``overdue_days`` only while it is open."""

    by: str
    status: str
    due_on: dt.date | None
    overdue_days: int | None


class TicketFact(Recorded):
    """A service ticket; ``open_days`` is how long it has been open, or took to close.

    ``description`` sums up what the customer said (L2); None where it may not be read.
    """

    number: str
    type: str
    severity: str
    status: str
    description: str | None
    closed_on: dt.date | None
    open_days: int


class RivalFact(Recorded):
    """A competitor in the account; ``days_left`` until its contract ends."""

    product: str | None
    share: float | None
    strength: str | None
    gap: str | None
    ends_on: dt.date | None
    days_left: int | None


class ContractFact(Recorded):
    """A contract; ``text`` is its number, ``days_left`` is negative past its end date."""

    terms: str
    amount_minor: int
    currency: str
    status: str
    starts_on: dt.date | None
    ends_on: dt.date | None
    days_left: int | None
    payment_terms: str | None


class DueFact(Recorded):
    """Money that the customer owes; ``overdue_days`` is None before the due date."""

    amount_minor: int
    currency: str
    due_on: dt.date
    overdue_days: int | None


class OrderFact(Recorded):
    """An order."""

    amount_minor: int
    currency: str
    quantity: int
    status: str
    delivered_on: dt.date | None


class TouchFact(Recorded):
    """A visit, call, meeting, chat or mail. ``words`` are verbatim (L3), for their author only."""

    type: str
    direction: str
    people: list[str]
    action_item: str | None
    hidden: bool
    words: str | None = None


class NoteFact(Recorded):
    """One of the caller's own notes (L3)."""


class SignalFact(Recorded):
    """Something that was published about the customer."""

    type: str
    keywords: list[str]


class MeetingFact(Recorded):
    """A planned meeting with the customer."""

    type: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    location: str | None
    people: list[str]


class RiskFact(Recorded):
    """A risk, or a chance. ``days`` is over or left, ``limit`` the threshold behind it (days)."""

    code: str
    severity: Literal["high", "medium", "chance"]
    days: int | None
    limit: int | None


class Contradiction(Strict):
    """Records that cannot both be right, side by side."""

    code: str
    sides: list[Fact]


class CustomerBrief(Artifact):
    """The brief, or the asked parts of it. A part that was not asked for is None.

    ``more`` says how many known entries of a part are not shown (-1: some, uncounted);
    ``closed`` are parts that the caller's role does not reach. ``partial``: there may be records
    that this caller does not see, so nothing found is no proof that there is nothing.
    """

    kind: str = "customer_brief"
    customer_id: str
    name: str
    owner: str | None = None
    today: dt.date
    timezone: str
    heard: Heard | None = None
    detail: bool
    partial: bool = False
    sections: list[Section]
    closed: list[Section] = Field(default_factory=list)
    more: dict[str, int] = Field(default_factory=dict)
    names_hidden: bool = False
    judgement_hidden: bool = False
    overview: Profile | None = None
    people: list[PersonFact] | None = None
    history: list[TouchFact] | None = None
    notes: list[NoteFact] | None = None
    deals: list[DealFact] | None = None
    deal_totals: list[DealTotal] = Field(default_factory=list)
    closed_deals: list[DealFact] = Field(default_factory=list)
    commitments: list[PromiseFact] | None = None
    tickets: list[TicketFact] | None = None
    last_complaint: TicketFact | None = None
    competitors: list[RivalFact] | None = None
    contracts: list[ContractFact] | None = None
    unpaid: list[DueFact] = Field(default_factory=list)
    debts: list[Debt] = Field(default_factory=list)
    payments_known: bool = False
    orders: list[OrderFact] = Field(default_factory=list)
    signals: list[SignalFact] | None = None
    next_meeting: list[MeetingFact] | None = None
    risks: list[RiskFact] | None = None
    contradictions: list[Contradiction] = Field(default_factory=list)
