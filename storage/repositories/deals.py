"""Reads of opportunities and of the contracts, quotes, orders and payments behind them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Date, Integer, bindparam, case, func, or_, select
from sqlmodel import col

from storage.plans import Query, fields
from storage.session import PrincipalSession
from storage.statements import Among, Ids
from storage.tables import (
    Contract,
    Customer,
    Opportunity,
    Order,
    Payment,
    Person,
    Quote,
    StageChange,
)
from storage.vocabulary import OPEN_STAGES, Grade, Stage

Grades = frozenset[Grade]


class DealView(NamedTuple):
    """An opportunity as far as the caller's grades go; ``buying_intent`` is L2.

    The names at the end are read for the deals of a day only.
    """

    id: str
    customer_id: str | None
    name: str
    stage: Stage
    stage_entered_at: datetime | None
    amount_minor: int | None
    currency: str
    opened_at: datetime | None
    expected_close_on: date | None
    closed_at: datetime | None
    loss_reason: str | None
    main_competitor: str | None
    next_step: str | None
    buying_intent: str | None
    source: str
    updated_at: datetime | None
    owner_id: str | None
    customer: str | None = None
    customer_english: str | None = None
    owner: str | None = None
    owner_english: str | None = None


@dataclass(frozen=True, slots=True)
class Total:
    """How many open deals there are in one currency, how many of them have an amount, and what
    those add up to (minor units).
    """

    currency: str
    count: int
    known: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class OwedTotal:
    """What a customer owes in one currency (minor units), and how much of it is overdue."""

    currency: str
    count: int
    amount_minor: int
    overdue: int
    overdue_minor: int
    oldest_due_on: date


class StayView(NamedTuple):
    """One stay of an opportunity in one stage; ``left_at`` is None for the present one."""

    opportunity_id: str
    stage: Stage
    entered_at: datetime
    left_at: datetime | None


class QuoteView(NamedTuple):
    """An offer."""

    opportunity_id: str | None
    version: int
    amount_minor: int
    currency: str
    discount: float
    status: str
    valid_until: date | None


class ContractView(NamedTuple):
    """A contract with its term."""

    id: str
    number: str
    amount_minor: int
    currency: str
    signed_on: date | None
    starts_on: date | None
    ends_on: date | None
    payment_terms: str | None
    terms: str
    status: str


class PaymentView(NamedTuple):
    """Money that is due."""

    id: str
    contract_id: str | None
    amount_minor: int
    currency: str
    due_on: date


class OrderView(NamedTuple):
    """A purchase order."""

    id: str
    external_id: str | None
    quantity: int
    amount_minor: int
    currency: str
    ordered_on: date
    delivered_on: date | None
    status: str


def open_deals(session: PrincipalSession, customer_id: str, limit: int) -> list[DealView]:
    """Open opportunities of a customer, the largest first; unknown amounts come last."""
    return session.read(_OPEN_DEALS, customer=customer_id, limit=limit)


def open_totals(session: PrincipalSession, customer_id: str) -> list[Total]:
    """Number and sum of a customer's open opportunities by currency."""
    return session.read(_OPEN_TOTALS, customer=customer_id)


def closed_deals(session: PrincipalSession, customer_id: str, limit: int) -> list[DealView]:
    """The opportunities of a customer that ended last."""
    return session.read(_CLOSED_DEALS, customer=customer_id, limit=limit)


def pressing_deals(
    session: PrincipalSession,
    owner_id: str | None,
    *,
    closing_until: date,
    entered_before: datetime,
    limit: int,
) -> list[DealView]:
    """Open deals that should close by a day, or stand long in their stage: the largest first.

    Those of one rep, or without ``owner_id`` all in the caller's reach. ``entered_before`` is
    the loosest limit of any stage; the caller judges by stage.
    """
    values = {"closing_until": closing_until, "entered_before": entered_before, "limit": limit}
    if owner_id is None:
        return session.read(_ALL_PRESSING, **values)
    return session.read(_PRESSING, owner=owner_id, **values)


def stage_history(
    session: PrincipalSession, opportunity_ids: Sequence[str], limit: int
) -> list[StayView]:
    """Stage stays of those opportunities, the latest first."""
    if not opportunity_ids:
        return []
    return session.read(_STAYS, opportunities=tuple(opportunity_ids), limit=limit)


def quotes(
    session: PrincipalSession, opportunity_ids: Sequence[str], limit: int
) -> list[QuoteView]:
    """Quotes of those opportunities, the last version first."""
    if not opportunity_ids:
        return []
    return session.read(_QUOTES, opportunities=tuple(opportunity_ids), limit=limit)


def contracts(session: PrincipalSession, customer_id: str, limit: int) -> list[ContractView]:
    """Contracts of a customer: those in force first, the soonest to end first."""
    return session.read(_CONTRACTS, customer=customer_id, limit=limit)


def unpaid(session: PrincipalSession, customer_id: str, limit: int) -> list[PaymentView]:
    """Money that a customer owes, the oldest due date first."""
    return session.read(_UNPAID, customer=customer_id, limit=limit)


def owed_totals(session: PrincipalSession, customer_id: str, today: date) -> list[OwedTotal]:
    """What a customer owes by currency; due before ``today`` is overdue."""
    return session.read(_OWED, customer=customer_id, today=today)


def has_payments(session: PrincipalSession, customer_id: str) -> bool:
    """Whether any payment of a customer is on record, paid or not."""
    return bool(session.read(_ANY_PAYMENT, customer=customer_id))


def orders(session: PrincipalSession, customer_id: str, limit: int) -> list[OrderView]:
    """The last orders of a customer."""
    return session.read(_ORDERS, customer=customer_id, limit=limit)


def _one_of(stages: Sequence[Stage]) -> ColumnElement[bool]:
    return or_(*(col(Opportunity.stage) == stage for stage in stages))


def _deals(grades: Grades, *names: Any) -> Any:
    columns = fields(Opportunity, DealView._fields[:_OWN], grades)
    return select(*columns, *names).limit(bindparam("limit", type_=Integer()))


def _open_deals(grades: Grades) -> Any:
    return (
        _deals(grades)
        .where(col(Opportunity.customer_id) == bindparam("customer"), _one_of(OPEN_STAGES))
        .order_by(func.coalesce(col(Opportunity.amount_minor), -1).desc(), col(Opportunity.id))
    )


def _open_totals(_: Grades) -> Any:
    return (
        select(
            col(Opportunity.currency),
            func.count(col(Opportunity.id)),
            func.count(col(Opportunity.amount_minor)),
            func.coalesce(func.sum(col(Opportunity.amount_minor)), 0),
        )
        .where(col(Opportunity.customer_id) == bindparam("customer"), _one_of(OPEN_STAGES))
        .group_by(col(Opportunity.currency))
        .order_by(col(Opportunity.currency))
    )


def _closed_deals(grades: Grades) -> Any:
    ended = _one_of((Stage.WON, Stage.LOST))
    return (
        _deals(grades)
        .where(col(Opportunity.customer_id) == bindparam("customer"), ended)
        .order_by(col(Opportunity.closed_at).desc(), col(Opportunity.id))
    )


def _pressing(grades: Grades) -> Any:
    # Whose they are is known where they are one person's.
    names = (col(Customer.name), col(Customer.english_name))
    deals = _deals(grades, *names).where(col(Opportunity.owner_id) == bindparam("owner"))
    return _that_press(deals)


def _all_pressing(grades: Grades) -> Any:
    customer = (col(Customer.name), col(Customer.english_name))
    deals = _deals(grades, *customer, col(Person.name), col(Person.english_name))
    owned = deals.outerjoin(Person, col(Person.id) == col(Opportunity.owner_id))
    return _that_press(owned)


def _that_press(deals: Any) -> Any:
    return (
        deals.outerjoin(Customer, col(Customer.id) == col(Opportunity.customer_id))
        .where(
            _one_of(OPEN_STAGES),
            or_(
                col(Opportunity.expected_close_on) <= bindparam("closing_until"),
                col(Opportunity.stage_entered_at) <= bindparam("entered_before"),
            ),
        )
        .order_by(func.coalesce(col(Opportunity.amount_minor), -1).desc(), col(Opportunity.id))
    )


def _stays(grades: Grades) -> Any:
    return (
        select(*fields(StageChange, StayView._fields, grades))
        .where(Among(StageChange.opportunity_id, bindparam("opportunities", type_=Ids())))
        .order_by(col(StageChange.entered_at).desc(), col(StageChange.id))
        .limit(bindparam("limit", type_=Integer()))
    )


def _quotes(grades: Grades) -> Any:
    return (
        select(*fields(Quote, QuoteView._fields, grades))
        .where(Among(Quote.opportunity_id, bindparam("opportunities", type_=Ids())))
        .order_by(col(Quote.version).desc(), col(Quote.id))
        .limit(bindparam("limit", type_=Integer()))
    )


def _contracts(grades: Grades) -> Any:
    return (
        select(*fields(Contract, ContractView._fields, grades))
        .where(col(Contract.customer_id) == bindparam("customer"))
        .order_by(
            (col(Contract.status) != "active"),
            func.coalesce(col(Contract.ends_on), date.max),
            col(Contract.id),
        )
        .limit(bindparam("limit", type_=Integer()))
    )


def _is_owed() -> tuple[ColumnElement[bool], ...]:
    return (
        col(Payment.customer_id) == bindparam("customer"),
        col(Payment.paid_on).is_(None),
        or_(col(Payment.status) == "due", col(Payment.status) == "overdue"),
    )


def _owed(_: Grades) -> Any:
    late = col(Payment.due_on) < bindparam("today", type_=Date())
    amount = col(Payment.amount_minor)
    return (
        select(
            col(Payment.currency),
            func.count(col(Payment.id)),
            func.sum(amount),
            func.sum(case((late, 1), else_=0)),
            func.sum(case((late, amount), else_=0)),
            func.min(col(Payment.due_on)),
        )
        .where(*_is_owed())
        .group_by(col(Payment.currency))
        .order_by(col(Payment.currency))
    )


def _any_payment(_: Grades) -> Any:
    return select(col(Payment.id)).where(col(Payment.customer_id) == bindparam("customer")).limit(1)


def _unpaid(grades: Grades) -> Any:
    return (
        select(*fields(Payment, PaymentView._fields, grades))
        .where(*_is_owed())
        .order_by(col(Payment.due_on), col(Payment.id))
        .limit(bindparam("limit", type_=Integer()))
    )


def _orders(grades: Grades) -> Any:
    return (
        select(*fields(Order, OrderView._fields, grades))
        .where(col(Order.customer_id) == bindparam("customer"))
        .order_by(col(Order.ordered_on).desc(), col(Order.id))
        .limit(bindparam("limit", type_=Integer()))
    )


def _total(row: Sequence[Any]) -> Total:
    currency, count, known, amount = row
    return Total(currency, int(count), int(known), int(amount))


def _owed_total(row: Sequence[Any]) -> OwedTotal:
    currency, count, amount, overdue, late, oldest = row
    return OwedTotal(currency, int(count), int(amount), int(overdue), int(late), oldest)


def _deal(row: Sequence[Any]) -> DealView:
    return DealView(*row)


_OWN = DealView._fields.index("customer")
_OPEN_DEALS = Query(_open_deals, _deal)
_OPEN_TOTALS = Query(_open_totals, _total)
_CLOSED_DEALS = Query(_closed_deals, _deal)
_PRESSING = Query(_pressing, _deal)
_ALL_PRESSING = Query(_all_pressing, _deal)
_STAYS = Query(_stays, StayView._make)
_QUOTES = Query(_quotes, QuoteView._make)
_CONTRACTS = Query(_contracts, ContractView._make)
_OWED = Query(_owed, _owed_total)
_ANY_PAYMENT: Query[str] = Query(_any_payment, itemgetter(0))
_UNPAID = Query(_unpaid, PaymentView._make)
_ORDERS = Query(_orders, OrderView._make)
