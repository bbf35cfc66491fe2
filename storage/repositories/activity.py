"""Reads of what happened with customers: interactions, promises, service tickets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, select
from sqlmodel import col

from storage.repositories.reading import rows
from storage.session import PrincipalSession
from storage.tables import Commitment, Customer, Interaction, InteractionText, ServiceTicket
from storage.vocabulary import Grade, InteractionKind


@dataclass(frozen=True, slots=True)
class TouchView:
    """An interaction as far as the caller's grades go; ``summary`` is L2.

    ``readable`` says whether the caller may read summaries at all.
    """

    id: str
    kind: InteractionKind
    direction: str
    channel: str | None
    occurred_at: datetime
    readable: bool
    summary: str | None
    action_item: str | None
    contact_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DuePromise:
    """An open promise with the name of its customer."""

    commitment: Commitment
    customer: str | None


def interactions(
    session: PrincipalSession, customer_id: str, until: datetime, limit: int
) -> list[TouchView]:
    """The last interactions with a customer, the latest first."""
    statement = (
        select(Interaction)
        .where(col(Interaction.customer_id) == customer_id, col(Interaction.occurred_at) <= until)
        .order_by(col(Interaction.occurred_at).desc(), col(Interaction.id))
        .limit(limit)
    )
    readable = Grade.L2 in session.caller.grades
    return [_view(row, readable) for row in session.scalars(statement)]


def _view(row: Interaction, readable: bool) -> TouchView:
    return TouchView(
        id=row.id,
        kind=row.kind,
        direction=row.direction,
        channel=row.channel,
        occurred_at=row.occurred_at,
        readable=readable,
        summary=row.summary if readable else None,
        action_item=row.action_item,
        contact_ids=tuple(row.contact_ids),
    )


def own_words(
    session: PrincipalSession, interaction_ids: Sequence[str], limit: int
) -> dict[str, str]:
    """The words of those interactions that the caller wrote down (L3), by interaction."""
    if not interaction_ids:
        return {}
    statement = (
        select(InteractionText)
        .where(col(InteractionText.interaction_id).in_(interaction_ids))
        .order_by(col(InteractionText.occurred_at), col(InteractionText.id))
        .limit(limit)
    )
    words: dict[str, str] = {}
    for row in session.scalars(statement):
        words.setdefault(row.interaction_id, row.text)
    return words


def commitments(
    session: PrincipalSession, customer_id: str, limit: int, *, open_only: bool
) -> Sequence[Commitment]:
    """Promises of and to a customer: open ones first, the earliest due first."""
    statement = (
        select(Commitment)
        .where(col(Commitment.customer_id) == customer_id)
        .order_by(
            (col(Commitment.status) != "open"),
            col(Commitment.due_on).is_(None),
            col(Commitment.due_on),
            col(Commitment.made_at).desc(),
            col(Commitment.id),
        )
        .limit(limit)
    )
    if open_only:
        statement = statement.where(col(Commitment.status) == "open")
    return session.scalars(statement)


def due_promises(
    session: PrincipalSession, owner_id: str, until: date, limit: int
) -> list[DuePromise]:
    """Open promises at one rep's customers that fall due by ``until``, the last due first."""
    statement = (
        select(Commitment, col(Customer.name))
        .outerjoin(Customer, col(Customer.id) == col(Commitment.customer_id))
        .where(
            col(Commitment.owner_id) == owner_id,
            col(Commitment.status) == "open",
            col(Commitment.due_on) <= until,
        )
        .order_by(col(Commitment.due_on).desc(), col(Commitment.id))
        .limit(limit)
    )
    return [DuePromise(row, name) for row, name in rows(session, statement)]


def tickets(session: PrincipalSession, customer_id: str, limit: int) -> Sequence[ServiceTicket]:
    """Tickets of a customer: open complaints, other open ones, then the latest closed ones."""
    is_closed = col(ServiceTicket.status) == "closed"
    is_complaint = col(ServiceTicket.kind) == "complaint"
    return session.scalars(
        select(ServiceTicket)
        .where(col(ServiceTicket.customer_id) == customer_id)
        .order_by(
            case((is_closed, 2), (is_complaint, 0), else_=1),
            col(ServiceTicket.opened_at).desc(),
            col(ServiceTicket.id),
        )
        .limit(limit)
    )


def last_complaint(session: PrincipalSession, customer_id: str) -> ServiceTicket | None:
    """The latest complaint of a customer, open or closed."""
    return session.first(
        select(ServiceTicket)
        .where(
            col(ServiceTicket.customer_id) == customer_id, col(ServiceTicket.kind) == "complaint"
        )
        .order_by(col(ServiceTicket.opened_at).desc(), col(ServiceTicket.id))
    )


def open_tickets(
    session: PrincipalSession, customer_ids: Sequence[str], limit: int
) -> Sequence[ServiceTicket]:
    """Open tickets of several customers: complaints first, then the oldest."""
    if not customer_ids:
        return ()
    return session.scalars(
        select(ServiceTicket)
        .where(
            col(ServiceTicket.customer_id).in_(customer_ids),
            col(ServiceTicket.status) != "closed",
        )
        .order_by(
            (col(ServiceTicket.kind) != "complaint"),
            col(ServiceTicket.opened_at),
            col(ServiceTicket.id),
        )
        .limit(limit)
    )
