"""Reads of opportunities and of the contracts, quotes, orders and payments behind them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import col

from storage.repositories.reading import rows
from storage.session import PrincipalSession
from storage.tables import Contract, Customer, Opportunity, Order, Payment, Quote, StageChange
from storage.vocabulary import OPEN_STAGES, Grade, Stage


@dataclass(frozen=True, slots=True)
class DealView:
    """An opportunity as far as the caller's grades go; ``buying_intent`` is L2."""

    id: str
    customer_id: str | None
    customer: str | None
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


@dataclass(frozen=True, slots=True)
class Total:
    """How many open deals there are in one currency and what they add up to (minor units)."""

    currency: str
    count: int
    amount_minor: int


def open_deals(session: PrincipalSession, customer_id: str, limit: int) -> list[DealView]:
    """Open opportunities of a customer, the largest first; unknown amounts come last."""
    statement = (
        select(Opportunity)
        .where(col(Opportunity.customer_id) == customer_id, _is_open())
        .order_by(func.coalesce(col(Opportunity.amount_minor), -1).desc(), col(Opportunity.id))
        .limit(limit)
    )
    return [_view(row, session.caller.grades) for row in session.scalars(statement)]


def open_totals(session: PrincipalSession, customer_id: str) -> list[Total]:
    """Number and sum of a customer's open opportunities by currency."""
    statement = (
        select(
            col(Opportunity.currency),
            func.count(col(Opportunity.id)),
            func.coalesce(func.sum(col(Opportunity.amount_minor)), 0),
        )
        .where(col(Opportunity.customer_id) == customer_id, _is_open())
        .group_by(col(Opportunity.currency))
        .order_by(col(Opportunity.currency))
    )
    return [
        Total(currency, int(n), int(amount)) for currency, n, amount in rows(session, statement)
    ]


def closed_deals(session: PrincipalSession, customer_id: str, limit: int) -> list[DealView]:
    """The opportunities of a customer that ended last."""
    statement = (
        select(Opportunity)
        .where(
            col(Opportunity.customer_id) == customer_id,
            col(Opportunity.stage).in_((Stage.WON, Stage.LOST)),
        )
        .order_by(col(Opportunity.closed_at).desc(), col(Opportunity.id))
        .limit(limit)
    )
    return [_view(row, session.caller.grades) for row in session.scalars(statement)]


def pressing_deals(
    session: PrincipalSession,
    owner_id: str,
    *,
    closing_until: date,
    entered_before: datetime,
    limit: int,
) -> list[DealView]:
    """Open deals of one rep that should close by a day, or stand long in their stage.

    ``entered_before`` is the loosest limit of any stage; the caller judges by stage.
    """
    statement = (
        select(Opportunity, col(Customer.name))
        .outerjoin(Customer, col(Customer.id) == col(Opportunity.customer_id))
        .where(
            col(Opportunity.owner_id) == owner_id,
            _is_open(),
            or_(
                col(Opportunity.expected_close_on) <= closing_until,
                col(Opportunity.stage_entered_at) <= entered_before,
            ),
        )
        .order_by(func.coalesce(col(Opportunity.amount_minor), -1).desc(), col(Opportunity.id))
        .limit(limit)
    )
    grades = session.caller.grades
    return [_view(row, grades, customer) for row, customer in rows(session, statement)]


def stage_history(
    session: PrincipalSession, opportunity_ids: Sequence[str], limit: int
) -> Sequence[StageChange]:
    """Stage stays of those opportunities, the latest first."""
    if not opportunity_ids:
        return ()
    return session.scalars(
        select(StageChange)
        .where(col(StageChange.opportunity_id).in_(opportunity_ids))
        .order_by(col(StageChange.entered_at).desc(), col(StageChange.id))
        .limit(limit)
    )


def quotes(
    session: PrincipalSession, opportunity_ids: Sequence[str], limit: int
) -> Sequence[Quote]:
    """Quotes of those opportunities, the last version first."""
    if not opportunity_ids:
        return ()
    return session.scalars(
        select(Quote)
        .where(col(Quote.opportunity_id).in_(opportunity_ids))
        .order_by(col(Quote.version).desc(), col(Quote.id))
        .limit(limit)
    )


def contracts(session: PrincipalSession, customer_id: str, limit: int) -> Sequence[Contract]:
    """Contracts of a customer: those in force first, the soonest to end first."""
    return session.scalars(
        select(Contract)
        .where(col(Contract.customer_id) == customer_id)
        .order_by(
            (col(Contract.status) != "active"),
            func.coalesce(col(Contract.ends_on), date.max),
            col(Contract.id),
        )
        .limit(limit)
    )


def unpaid(session: PrincipalSession, customer_id: str, limit: int) -> Sequence[Payment]:
    """Money that a customer owes, the oldest due date first."""
    return session.scalars(
        select(Payment)
        .where(
            col(Payment.customer_id) == customer_id,
            col(Payment.paid_on).is_(None),
            col(Payment.status).in_(("due", "overdue")),
        )
        .order_by(col(Payment.due_on), col(Payment.id))
        .limit(limit)
    )


def orders(session: PrincipalSession, customer_id: str, limit: int) -> Sequence[Order]:
    """The last orders of a customer."""
    return session.scalars(
        select(Order)
        .where(col(Order.customer_id) == customer_id)
        .order_by(col(Order.ordered_on).desc(), col(Order.id))
        .limit(limit)
    )


def _is_open() -> ColumnElement[bool]:
    return col(Opportunity.stage).in_(OPEN_STAGES)


def _view(row: Opportunity, grades: frozenset[Grade], customer: str | None = None) -> DealView:
    return DealView(
        id=row.id,
        customer_id=row.customer_id,
        customer=customer,
        name=row.name,
        stage=row.stage,
        stage_entered_at=row.stage_entered_at,
        amount_minor=row.amount_minor,
        currency=row.currency,
        opened_at=row.opened_at,
        expected_close_on=row.expected_close_on,
        closed_at=row.closed_at,
        loss_reason=row.loss_reason,
        main_competitor=row.main_competitor,
        next_step=row.next_step,
        buying_intent=row.buying_intent if Grade.L2 in grades else None,
        source=row.source,
        updated_at=row.updated_at,
    )
