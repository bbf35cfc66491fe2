"""What happened and what is planned: interactions, notes, diary, promises, tickets.

Verbatim words are L3 and stand in tables of their own (``InteractionText``, ``Note``),
so that for anybody but their author there is no row at all: nothing to count, filter or find.
"""

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import Index
from sqlmodel import Field

from storage.columns import graded, json_list, moment, moment_or_none, word
from storage.identity import Visibility
from storage.tables.base import Owned, Sourced
from storage.vocabulary import Grade, InteractionKind


def _index(table: str, *columns: str) -> Index:
    return Index(f"ix_{table}_{'_'.join(columns)}", *columns)


class Interaction(Owned, Sourced, table=True):
    """A visit, call, meeting, chat or mail; ``summary`` is what the company keeps of it."""

    __tablename__ = "interaction"
    visibility: ClassVar[Visibility] = Visibility.CUSTOMER
    # The last ones with a customer, however many there are.
    __table_args__ = (_index("interaction", "customer_id", "occurred_at"),)

    customer_id: str = Field(foreign_key="customer.id")
    opportunity_id: str | None = Field(default=None, foreign_key="opportunity.id", index=True)
    kind: InteractionKind = word(InteractionKind)
    direction: str = "outbound"  # outbound, inbound, both
    channel: str | None = None  # phone, wecom, slack, mail, on_site …
    occurred_at: datetime = moment(index=True)
    duration_minutes: int | None = None
    summary: str | None = graded(Grade.L2)
    action_item: str | None = None
    contact_ids: list[str] = json_list()
    person_ids: list[str] = json_list()
    consent: str | None = None  # basis on which the words are kept: contract, consent, none
    purpose: str | None = None
    language: str = "zh"


class InteractionText(Owned, table=True):
    """The words of an interaction, in the order spoken. ``owner_id`` is the author."""

    __tablename__ = "interaction_text"
    visibility: ClassVar[Visibility] = Visibility.PRIVATE

    interaction_id: str = Field(foreign_key="interaction.id", index=True)
    customer_id: str = Field(foreign_key="customer.id", index=True)
    occurred_at: datetime = moment(index=True)
    text: str


class Note(Owned, Sourced, table=True):
    """A rep's own note. ``owner_id`` is the author."""

    __tablename__ = "note"
    visibility: ClassVar[Visibility] = Visibility.PRIVATE

    customer_id: str | None = Field(default=None, foreign_key="customer.id", index=True)
    opportunity_id: str | None = Field(default=None, foreign_key="opportunity.id", index=True)
    text: str
    written_at: datetime = moment(index=True)


class CalendarEvent(Owned, Sourced, table=True):
    """An entry in ``owner_id``'s diary."""

    __tablename__ = "calendar_event"
    visibility: ClassVar[Visibility] = Visibility.DIARY
    # One day of one person, however many years there are.
    __table_args__ = (_index("calendar_event", "owner_id", "starts_at"),)

    customer_id: str | None = Field(default=None, foreign_key="customer.id", index=True)
    opportunity_id: str | None = Field(default=None, foreign_key="opportunity.id")
    kind: str = "visit"  # visit, call, meeting, internal, travel, training
    title: str
    location: str | None = None
    starts_at: datetime = moment(index=True)
    ends_at: datetime = moment()
    contact_ids: list[str] = json_list()
    status: str = "planned"  # planned, done, cancelled


class Commitment(Owned, Sourced, table=True):
    """A promise. ``by`` is ``us`` or ``customer``."""

    __tablename__ = "commitment"
    visibility: ClassVar[Visibility] = Visibility.CUSTOMER

    customer_id: str = Field(foreign_key="customer.id", index=True)
    opportunity_id: str | None = Field(default=None, foreign_key="opportunity.id")
    interaction_id: str | None = Field(default=None, foreign_key="interaction.id")
    by: str = "us"
    text: str
    made_at: datetime = moment()
    due_on: date | None = Field(default=None, index=True)
    status: str = "open"  # open, kept, broken, withdrawn


class ServiceTicket(Owned, Sourced, table=True):
    """A complaint, a fault or a question after the sale."""

    __tablename__ = "service_ticket"
    visibility: ClassVar[Visibility] = Visibility.CUSTOMER
    shared_by: ClassVar[str | None] = "customer_id"

    customer_id: str = Field(foreign_key="customer.id", index=True)
    product_id: str | None = Field(default=None, foreign_key="product.id")
    number: str
    kind: str = "fault"  # complaint, fault, question
    severity: str = "normal"  # low, normal, high
    title: str
    description: str = graded(Grade.L2, "")  # what the customer said, as it was summed up
    status: str = "open"  # open, in_progress, closed
    opened_at: datetime = moment(index=True)
    closed_at: datetime | None = moment_or_none()
