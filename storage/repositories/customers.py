"""Reads of customers and the people, competitors and outside signals around them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Integer, bindparam, false, select, true
from sqlmodel import col

from storage.plans import Query, fields
from storage.session import PrincipalSession
from storage.statements import Among, Ids
from storage.tables import CompetitorPresence, Contact, Customer, OutsideSignal, Person, Region
from storage.vocabulary import ContactRole, Grade

Grades = frozenset[Grade]


class CustomerView(NamedTuple):
    """What is read of a customer."""

    id: str
    owner_id: str | None
    region_id: str | None
    name: str
    short_name: str | None
    english_name: str | None
    industry: str | None
    tier: str | None
    kind: str
    city: str | None
    country: str | None
    founded_year: int | None
    parent_id: str | None
    employees: int | None
    annual_revenue_minor: int | None
    currency: str
    technical_maturity: str | None
    buying_cycle_days: int | None
    duplicate_of: str | None
    customer_since: date | None
    updated_at: datetime | None
    source: str
    recorded_at: datetime | None


class CustomerCard(NamedTuple):
    """A customer with the names of its owner and region."""

    customer: CustomerView
    owner: str | None
    owner_english: str | None
    region: str | None
    region_english: str | None


class ContactView(NamedTuple):
    """A contact as far as the caller's grades go: hidden fields are None.

    ``named`` says whether the caller may read names and contact data (L1) at all, so that
    "hidden" and "unknown" stay apart.
    """

    id: str
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
    named: bool


class KnownContact(NamedTuple):
    """How to recognise a contact in a text; hidden fields are None."""

    id: str
    name: str | None
    title: str | None
    phone: str | None
    email: str | None
    wechat: str | None


class RivalView(NamedTuple):
    """A competitor at a customer."""

    id: str
    competitor: str
    product: str | None
    share: float | None
    strength: str | None
    gap: str | None
    contract_ends_on: date | None
    seen_at: datetime
    source: str


class SignalView(NamedTuple):
    """Something that was published about a customer."""

    id: str
    kind: str
    title: str
    keywords: Sequence[str]
    publisher: str | None
    published_at: datetime
    source: str


def customer_card(session: PrincipalSession, customer_id: str) -> CustomerCard | None:
    """The customer, if the caller may see it."""
    return next(iter(session.read(_CARD, customer=customer_id)), None)


def customer_names(
    session: PrincipalSession, ids: Sequence[str]
) -> dict[str, tuple[str, str | None]]:
    """Names and English names of those customers that the caller may see, by id."""
    if not ids:
        return {}
    found = session.read(_NAMES, customers=tuple(ids))
    return {key: (name, english) for key, name, english in found}


def contacts(session: PrincipalSession, customer_id: str, limit: int) -> list[ContactView]:
    """Contacts of a customer, those in service first, then the last verified first."""
    return session.read(_CONTACTS, customer=customer_id, limit=limit)


def contacts_of(
    session: PrincipalSession, customer_ids: Sequence[str], limit: int
) -> list[KnownContact]:
    """Contacts of several customers, in no order that matters."""
    if not customer_ids:
        return []
    return session.read(_CONTACTS_OF, customers=tuple(customer_ids), limit=limit)


def competitors(session: PrincipalSession, customer_id: str, limit: int) -> list[RivalView]:
    """Competitors at a customer, the last seen first."""
    return session.read(_COMPETITORS, customer=customer_id, limit=limit)


def signals(
    session: PrincipalSession, customer_id: str, until: datetime, limit: int
) -> list[SignalView]:
    """Outside signals about a customer, the latest first."""
    return session.read(_SIGNALS, customer=customer_id, until=until, limit=limit)


def _card(grades: Grades) -> Any:
    return (
        select(
            *fields(Customer, CustomerView._fields, grades),
            col(Person.name),
            col(Person.english_name),
            col(Region.name),
            col(Region.english_name),
        )
        .outerjoin(Person, col(Person.id) == col(Customer.owner_id))
        .outerjoin(Region, col(Region.id) == col(Customer.region_id))
        .where(col(Customer.id) == bindparam("customer"))
        .limit(1)
    )


def _names(_: Grades) -> Any:
    columns = (col(Customer.id), col(Customer.name), col(Customer.english_name))
    return select(*columns).where(Among(Customer.id, bindparam("customers", type_=Ids())))


def _contacts(grades: Grades) -> Any:
    named = true() if Grade.L1 in grades else false()
    return (
        select(*fields(Contact, ContactView._fields[:-1], grades), named)
        .where(col(Contact.customer_id) == bindparam("customer"))
        .order_by((col(Contact.status) == "left"), col(Contact.verified_at).desc(), col(Contact.id))
        .limit(bindparam("limit", type_=Integer()))
    )


def _contacts_of(grades: Grades) -> Any:
    return (
        select(*fields(Contact, KnownContact._fields, grades))
        .where(Among(Contact.customer_id, bindparam("customers", type_=Ids())))
        .order_by(col(Contact.id))
        .limit(bindparam("limit", type_=Integer()))
    )


def _competitors(grades: Grades) -> Any:
    return (
        select(*fields(CompetitorPresence, RivalView._fields, grades))
        .where(col(CompetitorPresence.customer_id) == bindparam("customer"))
        .order_by(col(CompetitorPresence.seen_at).desc(), col(CompetitorPresence.id))
        .limit(bindparam("limit", type_=Integer()))
    )


def _signals(grades: Grades) -> Any:
    return (
        select(*fields(OutsideSignal, SignalView._fields, grades))
        .where(
            col(OutsideSignal.customer_id) == bindparam("customer"),
            col(OutsideSignal.published_at) <= bindparam("until"),
        )
        .order_by(col(OutsideSignal.published_at).desc(), col(OutsideSignal.id))
        .limit(bindparam("limit", type_=Integer()))
    )


_CARD = Query(_card, lambda row: CustomerCard(CustomerView._make(row[:-4]), *row[-4:]))
_NAMES: Query[tuple[str, str, str | None]] = Query(_names, tuple)
_CONTACTS = Query(_contacts, ContactView._make)
_CONTACTS_OF = Query(_contacts_of, KnownContact._make)
_COMPETITORS = Query(_competitors, RivalView._make)
_SIGNALS = Query(_signals, SignalView._make)
