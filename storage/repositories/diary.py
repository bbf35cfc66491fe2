"""Reads of diaries. Rows in reach are those of the caller and, for a manager, of the team."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from storage.repositories.reading import rows
from storage.session import PrincipalSession
from storage.tables import CalendarEvent, Customer, Opportunity, Person


@dataclass(frozen=True, slots=True)
class EventView:
    """A diary entry with what makes it weighty: its customer and the deal's amount."""

    event: CalendarEvent
    owner: str | None
    customer: str | None
    city: str | None
    tier: str | None
    amount_minor: int | None
    currency: str | None


def events_of(
    session: PrincipalSession, owner_id: str, start: datetime, end: datetime, limit: int
) -> list[EventView]:
    """One person's entries that touch ``start``..``end``, in time order; cancelled ones too."""
    statement = _events(start, end).where(col(CalendarEvent.owner_id) == owner_id).limit(limit)
    return [EventView(*row) for row in rows(session, statement)]


def events_of_others(
    session: PrincipalSession, owner_id: str, start: datetime, end: datetime, limit: int
) -> list[EventView]:
    """Entries with customers in everybody else's diaries that the caller may see."""
    statement = (
        _events(start, end)
        .where(
            col(CalendarEvent.owner_id) != owner_id,
            col(CalendarEvent.customer_id).is_not(None),
            col(CalendarEvent.status) != "cancelled",
        )
        .limit(limit)
    )
    return [EventView(*row) for row in rows(session, statement)]


def next_events(
    session: PrincipalSession, customer_id: str, now: datetime, limit: int
) -> Sequence[CalendarEvent]:
    """Entries with a customer that are not over yet, the next first."""
    return session.scalars(
        select(CalendarEvent)
        .where(
            col(CalendarEvent.customer_id) == customer_id,
            col(CalendarEvent.ends_at) >= now,
            col(CalendarEvent.status) == "planned",
        )
        .order_by(col(CalendarEvent.starts_at), col(CalendarEvent.id))
        .limit(limit)
    )


def next_event_of(session: PrincipalSession, owner_id: str, after: datetime) -> EventView | None:
    """The next planned entry of a person, for "nothing today, next is …"."""
    statement = (
        _select()
        .where(
            col(CalendarEvent.owner_id) == owner_id,
            col(CalendarEvent.starts_at) >= after,
            col(CalendarEvent.status) == "planned",
        )
        .limit(1)
    )
    return next((EventView(*row) for row in rows(session, statement)), None)


def person_name(session: PrincipalSession, person_id: str | None) -> str | None:
    """The name of a colleague."""
    if person_id is None:
        return None
    return session.first(select(col(Person.name)).where(col(Person.id) == person_id))


def manager_of(session: PrincipalSession, person_id: str) -> str | None:
    """The name of a person's manager."""
    manager = session.first(select(col(Person.manager_id)).where(col(Person.id) == person_id))
    return person_name(session, manager)


def _events(start: datetime, end: datetime) -> Any:
    return _select().where(col(CalendarEvent.starts_at) < end, col(CalendarEvent.ends_at) > start)


def _select() -> Any:
    return (
        select(
            CalendarEvent,
            col(Person.name),
            col(Customer.name),
            col(Customer.city),
            col(Customer.tier),
            col(Opportunity.amount_minor),
            col(Opportunity.currency),
        )
        .outerjoin(Person, col(Person.id) == col(CalendarEvent.owner_id))
        .outerjoin(Customer, col(Customer.id) == col(CalendarEvent.customer_id))
        .outerjoin(Opportunity, col(Opportunity.id) == col(CalendarEvent.opportunity_id))
        .order_by(col(CalendarEvent.starts_at), col(CalendarEvent.id))
    )
