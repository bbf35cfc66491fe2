"""Reads of diaries. Rows in reach are those of the caller and, for a manager, of the team."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Integer, bindparam, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from storage.plans import Query, fields
from storage.session import PrincipalSession
from storage.tables import CalendarEvent, Customer, Opportunity, Person
from storage.vocabulary import Grade

Grades = frozenset[Grade]


class DiaryEntry(NamedTuple):
    """An entry in somebody's diary."""

    id: str
    customer_id: str | None
    kind: str
    title: str
    location: str | None
    starts_at: datetime
    ends_at: datetime
    contact_ids: Sequence[str]
    status: str


class Name(NamedTuple):
    """What a person is called; ``english`` is a second name, where there is one."""

    name: str
    english: str | None


class EventView(NamedTuple):
    """A diary entry with what makes it weighty: its customer and the deal's amount."""

    event: DiaryEntry
    owner: str | None
    owner_english: str | None
    customer: str | None
    customer_english: str | None
    city: str | None
    tier: str | None
    amount_minor: int | None
    currency: str | None


def events_of(
    session: PrincipalSession, owner_id: str, start: datetime, end: datetime, limit: int
) -> list[EventView]:
    """One person's entries that touch ``start``..``end``, in time order; cancelled ones too."""
    return session.read(_EVENTS, owner=owner_id, start=start, end=end, limit=limit)


def events_of_others(
    session: PrincipalSession, owner_id: str, start: datetime, end: datetime, limit: int
) -> list[EventView]:
    """Entries with customers in everybody else's diaries that the caller may see."""
    return session.read(_OTHERS, owner=owner_id, start=start, end=end, limit=limit)


def next_events(
    session: PrincipalSession, customer_id: str, now: datetime, limit: int
) -> list[DiaryEntry]:
    """Entries with a customer that are not over yet, the next first."""
    return session.read(_NEXT_WITH, customer=customer_id, now=now, limit=limit)


def next_event_of(session: PrincipalSession, owner_id: str, after: datetime) -> EventView | None:
    """The next planned entry of a person, for "nothing today, next is …"."""
    return next(iter(session.read(_NEXT, owner=owner_id, after=after)), None)


def person_name(session: PrincipalSession, person_id: str) -> Name | None:
    """The name of a colleague."""
    return next(iter(session.read(_NAME, person=person_id)), None)


def manager_of(session: PrincipalSession, person_id: str) -> Name | None:
    """The name of a person's manager."""
    return next(iter(session.read(_MANAGER, person=person_id)), None)


def _events(grades: Grades) -> Any:
    statement = _between(grades).where(col(CalendarEvent.owner_id) == bindparam("owner"))
    return statement.limit(bindparam("limit", type_=Integer()))


def _others(grades: Grades) -> Any:
    return (
        _between(grades)
        .where(
            col(CalendarEvent.owner_id) != bindparam("owner"),
            col(CalendarEvent.customer_id).is_not(None),
            col(CalendarEvent.status) != "cancelled",
        )
        .limit(bindparam("limit", type_=Integer()))
    )


def _next_with(grades: Grades) -> Any:
    return (
        select(*fields(CalendarEvent, DiaryEntry._fields, grades))
        .where(
            col(CalendarEvent.customer_id) == bindparam("customer"),
            col(CalendarEvent.ends_at) >= bindparam("now"),
            col(CalendarEvent.status) == "planned",
        )
        .order_by(col(CalendarEvent.starts_at), col(CalendarEvent.id))
        .limit(bindparam("limit", type_=Integer()))
    )


def _next(grades: Grades) -> Any:
    return (
        _select(grades)
        .where(
            col(CalendarEvent.owner_id) == bindparam("owner"),
            col(CalendarEvent.starts_at) >= bindparam("after"),
            col(CalendarEvent.status) == "planned",
        )
        .limit(1)
    )


def _between(grades: Grades) -> Any:
    return _select(grades).where(
        col(CalendarEvent.starts_at) < bindparam("end"),
        col(CalendarEvent.ends_at) > bindparam("start"),
    )


def _select(grades: Grades) -> Any:
    return (
        select(
            *fields(CalendarEvent, DiaryEntry._fields, grades),
            col(Person.name),
            col(Person.english_name),
            col(Customer.name),
            col(Customer.english_name),
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


def _name(_: Grades) -> Any:
    columns = (col(Person.name), col(Person.english_name))
    return select(*columns).where(col(Person.id) == bindparam("person")).limit(1)


def _manager(_: Grades) -> Any:
    boss = aliased(Person)
    return (
        select(col(boss.name), col(boss.english_name))
        .select_from(Person)
        .join(boss, col(boss.id) == col(Person.manager_id))
        .where(col(Person.id) == bindparam("person"))
        .limit(1)
    )


_OWN = len(DiaryEntry._fields)


def _event(row: Sequence[Any]) -> EventView:
    return EventView(DiaryEntry._make(row[:_OWN]), *row[_OWN:])


_NAME = Query(_name, Name._make)
_MANAGER = Query(_manager, Name._make)
_EVENTS = Query(_events, _event)
_OTHERS = Query(_others, _event)
_NEXT = Query(_next, _event)
_NEXT_WITH = Query(_next_with, DiaryEntry._make)
