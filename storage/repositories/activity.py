"""Reads of what happened with customers: interactions, promises, service tickets."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import Date, Integer, bindparam, case, false, func, select, true
from sqlmodel import col

from storage.plans import Query, fields
from storage.session import PrincipalSession
from storage.statements import Among, Ids
from storage.tables import (
    Commitment,
    Customer,
    Interaction,
    InteractionText,
    Person,
    ServiceTicket,
)
from storage.vocabulary import Grade, InteractionKind

Grades = frozenset[Grade]


class TouchView(NamedTuple):
    """An interaction as far as the caller's grades go; ``summary`` is L2.

    ``readable`` says whether the caller may read summaries at all.
    """

    id: str
    kind: InteractionKind
    direction: str
    channel: str | None
    occurred_at: datetime
    summary: str | None
    action_item: str | None
    contact_ids: Sequence[str]
    readable: bool


class PromiseView(NamedTuple):
    """A promise of or to a customer."""

    id: str
    customer_id: str
    by: str
    text: str
    made_at: datetime
    due_on: date | None
    status: str


class DuePromise(NamedTuple):
    """An open promise with the names of its customer and of whose customer that is."""

    commitment: PromiseView
    owner_id: str | None
    customer: str | None
    customer_english: str | None
    owner: str | None
    owner_english: str | None


class DueCount(NamedTuple):
    """How many promises of ours to one person's customers are due, and how many overdue."""

    owner: str | None
    owner_english: str | None
    due: int
    overdue: int


class TicketView(NamedTuple):
    """A service ticket."""

    id: str
    customer_id: str
    number: str
    kind: str
    severity: str
    title: str
    description: str
    status: str
    opened_at: datetime
    closed_at: datetime | None


def interactions(
    session: PrincipalSession, customer_id: str, until: datetime, limit: int
) -> list[TouchView]:
    """The last interactions with a customer, the latest first."""
    return session.read(_INTERACTIONS, customer=customer_id, until=until, limit=limit)


def own_words(
    session: PrincipalSession, interaction_ids: Sequence[str], limit: int
) -> dict[str, str]:
    """The words of those interactions that the caller wrote down (L3), by interaction."""
    if not interaction_ids:
        return {}
    words: dict[str, str] = {}
    for key, text in session.read(_OWN_WORDS, interactions=tuple(interaction_ids), limit=limit):
        words.setdefault(key, text)
    return words


def commitments(
    session: PrincipalSession, customer_id: str, limit: int, *, open_only: bool
) -> list[PromiseView]:
    """Promises of and to a customer: open ones first, the earliest due first."""
    query = _OPEN_COMMITMENTS if open_only else _COMMITMENTS
    return session.read(query, customer=customer_id, limit=limit)


def due_promises(
    session: PrincipalSession, owner_id: str | None, until: date, limit: int
) -> list[DuePromise]:
    """Open promises that fall due by ``until``, the last due first.

    Those at one rep's customers, or without ``owner_id`` all in the caller's reach.
    """
    if owner_id is None:
        return session.read(_ALL_DUE, until=until, limit=limit)
    return session.read(_DUE, owner=owner_id, until=until, limit=limit)


def due_counts(session: PrincipalSession, until: date, today: date, limit: int) -> list[DueCount]:
    """Our own open promises in the caller's reach by person, due by ``until``: most overdue first.

    Those due before ``today`` are overdue.
    """
    return session.read(_DUE_COUNTS, until=until, today=today, limit=limit)


def tickets(session: PrincipalSession, customer_id: str, limit: int) -> list[TicketView]:
    """Tickets of a customer: open complaints, other open ones, then the latest closed ones."""
    return session.read(_TICKETS, customer=customer_id, limit=limit)


def last_complaint(session: PrincipalSession, customer_id: str) -> TicketView | None:
    """The latest complaint of a customer, open or closed."""
    return next(iter(session.read(_LAST_COMPLAINT, customer=customer_id)), None)


def open_tickets(
    session: PrincipalSession, customer_ids: Sequence[str], limit: int
) -> list[TicketView]:
    """Open tickets of several customers: complaints first, then the oldest."""
    if not customer_ids:
        return []
    return session.read(_OPEN_TICKETS, customers=tuple(customer_ids), limit=limit)


def _interactions(grades: Grades) -> Any:
    readable = true() if Grade.L2 in grades else false()
    return (
        select(*fields(Interaction, TouchView._fields[:-1], grades), readable)
        .where(
            col(Interaction.customer_id) == bindparam("customer"),
            col(Interaction.occurred_at) <= bindparam("until"),
        )
        .order_by(col(Interaction.occurred_at).desc(), col(Interaction.id))
        .limit(bindparam("limit", type_=Integer()))
    )


def _own_words(_: Grades) -> Any:
    words = InteractionText
    return (
        select(col(words.interaction_id), col(words.text))
        .where(Among(words.interaction_id, bindparam("interactions", type_=Ids())))
        .order_by(col(words.occurred_at), col(words.id))
        .limit(bindparam("limit", type_=Integer()))
    )


def _commitments(grades: Grades, *, open_only: bool) -> Any:
    statement = (
        select(*fields(Commitment, PromiseView._fields, grades))
        .where(col(Commitment.customer_id) == bindparam("customer"))
        .order_by(
            (col(Commitment.status) != "open"),
            col(Commitment.due_on).is_(None),
            col(Commitment.due_on),
            col(Commitment.made_at).desc(),
            col(Commitment.id),
        )
        .limit(bindparam("limit", type_=Integer()))
    )
    return statement.where(col(Commitment.status) == "open") if open_only else statement


def _due(grades: Grades) -> Any:
    return _all_due(grades).where(col(Commitment.owner_id) == bindparam("owner"))


def _all_due(grades: Grades) -> Any:
    return (
        select(
            *fields(Commitment, PromiseView._fields, grades),
            col(Commitment.owner_id),
            col(Customer.name),
            col(Customer.english_name),
            col(Person.name),
            col(Person.english_name),
        )
        .outerjoin(Customer, col(Customer.id) == col(Commitment.customer_id))
        .outerjoin(Person, col(Person.id) == col(Commitment.owner_id))
        .where(
            col(Commitment.status) == "open",
            col(Commitment.due_on) <= bindparam("until"),
        )
        .order_by(col(Commitment.due_on).desc(), col(Commitment.id))
        .limit(bindparam("limit", type_=Integer()))
    )


def _due_counts(_: Grades) -> Any:
    late = func.sum(case((col(Commitment.due_on) < bindparam("today", type_=Date()), 1), else_=0))
    due = func.count(col(Commitment.id))
    return (
        select(col(Person.name), col(Person.english_name), due, late)
        .select_from(Commitment)
        .outerjoin(Person, col(Person.id) == col(Commitment.owner_id))
        .where(
            col(Commitment.by) == "us",
            col(Commitment.status) == "open",
            col(Commitment.due_on) <= bindparam("until"),
        )
        .group_by(col(Commitment.owner_id), col(Person.name), col(Person.english_name))
        .order_by(late.desc(), due.desc(), col(Commitment.owner_id))
        .limit(bindparam("limit", type_=Integer()))
    )


def _tickets(grades: Grades) -> Any:
    is_closed = col(ServiceTicket.status) == "closed"
    is_complaint = col(ServiceTicket.kind) == "complaint"
    return (
        select(*fields(ServiceTicket, TicketView._fields, grades))
        .where(col(ServiceTicket.customer_id) == bindparam("customer"))
        .order_by(
            case((is_closed, 2), (is_complaint, 0), else_=1),
            col(ServiceTicket.opened_at).desc(),
            col(ServiceTicket.id),
        )
        .limit(bindparam("limit", type_=Integer()))
    )


def _last_complaint(grades: Grades) -> Any:
    return (
        select(*fields(ServiceTicket, TicketView._fields, grades))
        .where(
            col(ServiceTicket.customer_id) == bindparam("customer"),
            col(ServiceTicket.kind) == "complaint",
        )
        .order_by(col(ServiceTicket.opened_at).desc(), col(ServiceTicket.id))
        .limit(1)
    )


def _open_tickets(grades: Grades) -> Any:
    return (
        select(*fields(ServiceTicket, TicketView._fields, grades))
        .where(
            Among(ServiceTicket.customer_id, bindparam("customers", type_=Ids())),
            col(ServiceTicket.status) != "closed",
        )
        .order_by(
            (col(ServiceTicket.kind) != "complaint"),
            col(ServiceTicket.opened_at),
            col(ServiceTicket.id),
        )
        .limit(bindparam("limit", type_=Integer()))
    )


_PROMISE = len(PromiseView._fields)


def _due_promise(row: Sequence[Any]) -> DuePromise:
    return DuePromise(PromiseView._make(row[:_PROMISE]), *row[_PROMISE:])


_INTERACTIONS = Query(_interactions, TouchView._make)
_OWN_WORDS: Query[tuple[str, str]] = Query(_own_words, tuple)
_COMMITMENTS = Query(partial(_commitments, open_only=False), PromiseView._make)
_OPEN_COMMITMENTS = Query(partial(_commitments, open_only=True), PromiseView._make)
_DUE = Query(_due, _due_promise)
_DUE_COUNTS = Query(_due_counts, lambda row: DueCount(row[0], row[1], int(row[2]), int(row[3])))
_ALL_DUE = Query(_all_due, _due_promise)
_TICKETS = Query(_tickets, TicketView._make)
_LAST_COMPLAINT = Query(_last_complaint, TicketView._make)
_OPEN_TICKETS = Query(_open_tickets, TicketView._make)
