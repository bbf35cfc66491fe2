"""Reads of customers and the people, competitors and outside signals around them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import col

from storage.repositories.reading import rows
from storage.session import PrincipalSession
from storage.tables import CompetitorPresence, Contact, Customer, OutsideSignal, Person, Region
from storage.vocabulary import ContactRole, Grade


@dataclass(frozen=True, slots=True)
class CustomerCard:
    """A customer with the names of its owner and region."""

    customer: Customer
    owner: str | None
    region: str | None


@dataclass(frozen=True, slots=True)
class ContactView:
    """A contact as far as the caller's grades go: hidden fields are None.

    ``named`` says whether the caller may read names and contact data (L1) at all, so that
    "hidden" and "unknown" stay apart.
    """

    id: str
    named: bool
    name: str | None
    title: str | None
    department: str | None
    buying_role: ContactRole | None
    phone: str | None
    email: str | None
    wechat: str | None
    attitude: str | None
    status: str
    verified_at: datetime | None
    left_on: date | None
    source: str


def customer_card(session: PrincipalSession, customer_id: str) -> CustomerCard | None:
    """The customer, if the caller may see it."""
    statement = (
        select(Customer, col(Person.name), col(Region.name))
        .outerjoin(Person, col(Person.id) == col(Customer.owner_id))
        .outerjoin(Region, col(Region.id) == col(Customer.region_id))
        .where(col(Customer.id) == customer_id)
        .limit(1)
    )
    for customer, owner, region in rows(session, statement):
        return CustomerCard(customer, owner, region)
    return None


def customer_names(session: PrincipalSession, ids: Sequence[str]) -> dict[str, str]:
    """Names of those customers that the caller may see, by id."""
    if not ids:
        return {}
    statement = select(col(Customer.id), col(Customer.name)).where(col(Customer.id).in_(ids))
    return {row.id: row.name for row in rows(session, statement)}


def contacts(session: PrincipalSession, customer_id: str, limit: int) -> list[ContactView]:
    """Contacts of a customer, those in service first, then the last verified first."""
    statement = (
        select(Contact)
        .where(col(Contact.customer_id) == customer_id)
        .order_by((col(Contact.status) == "left"), col(Contact.verified_at).desc(), col(Contact.id))
        .limit(limit)
    )
    grades = session.caller.grades
    return [_view(row, grades) for row in session.scalars(statement)]


def _view(row: Contact, grades: frozenset[Grade]) -> ContactView:
    named = Grade.L1 in grades
    return ContactView(
        id=row.id,
        named=named,
        name=row.name if named else None,
        title=row.title,
        department=row.department,
        buying_role=row.buying_role,
        phone=row.phone if named else None,
        email=row.email if named else None,
        wechat=row.wechat if named else None,
        attitude=row.attitude if Grade.L2 in grades else None,
        status=row.status,
        verified_at=row.verified_at,
        left_on=row.left_on,
        source=row.source,
    )


def competitors(
    session: PrincipalSession, customer_id: str, limit: int
) -> Sequence[CompetitorPresence]:
    """Competitors at a customer, the last seen first."""
    return session.scalars(
        select(CompetitorPresence)
        .where(col(CompetitorPresence.customer_id) == customer_id)
        .order_by(col(CompetitorPresence.seen_at).desc(), col(CompetitorPresence.id))
        .limit(limit)
    )


def signals(
    session: PrincipalSession, customer_id: str, until: datetime, limit: int
) -> Sequence[OutsideSignal]:
    """Outside signals about a customer, the latest first."""
    return session.scalars(
        select(OutsideSignal)
        .where(
            col(OutsideSignal.customer_id) == customer_id,
            col(OutsideSignal.published_at) <= until,
        )
        .order_by(col(OutsideSignal.published_at).desc(), col(OutsideSignal.id))
        .limit(limit)
    )


def contacts_of(
    session: PrincipalSession, customer_ids: Sequence[str], limit: int
) -> list[ContactView]:
    """Contacts of several customers, in no order that matters."""
    if not customer_ids:
        return []
    statement = (
        select(Contact)
        .where(col(Contact.customer_id).in_(customer_ids))
        .order_by(col(Contact.id))
        .limit(limit)
    )
    grades = session.caller.grades
    return [_view(row, grades) for row in session.scalars(statement)]
