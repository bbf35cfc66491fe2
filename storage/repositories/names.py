"""The names of everything that a caller may see and call by name."""

from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from storage.plans import Query
from storage.session import PrincipalSession
from storage.tables import Contact, Customer, Opportunity, Organisation, Person, Product, Region
from storage.vocabulary import OPEN_STAGES, Grade


@dataclass(frozen=True, slots=True)
class NameRow:
    """One named thing. ``names[0]`` is its full name; ``parent`` a customer's id."""

    kind: str
    id: str
    names: tuple[str | None, ...]
    place: str | None = None
    title: str | None = None
    parent: str | None = None


def version(session: PrincipalSession) -> int:
    """Counts changes of names in the caller's organisation."""
    return next(iter(session.read(_VERSION)), 0) or 0


def names(session: PrincipalSession) -> Iterator[NameRow]:
    """All names in the caller's reach; contacts only for callers who may read them (L1)."""
    yield from _customers(session)
    yield from _people(session)
    yield from _products(session)
    if Grade.L1 in session.caller.grades:
        yield from _contacts(session)
    yield from _opportunities(session)


def _rows(session: PrincipalSession, *columns: Any) -> Iterator[Any]:
    return iter(session.rows(select(*columns)))


def _customers(session: PrincipalSession) -> Iterator[NameRow]:
    c = Customer
    columns = (c.id, c.name, c.short_name, c.english_name, c.aliases, c.city)
    for key, name, short, english, aliases, city in _rows(session, *columns):
        yield NameRow("customer", key, (name, short, english, *aliases), place=city)


def _people(session: PrincipalSession) -> Iterator[NameRow]:
    regions = dict(_rows(session, Region.id, Region.name))
    p = Person
    columns = (p.id, p.name, p.english_name, p.aliases, p.region_id, p.title)
    for key, name, english, aliases, region, title in _rows(session, *columns):
        place = regions.get(region)
        yield NameRow("person", key, (name, english, *aliases), place=place, title=title)


def _products(session: PrincipalSession) -> Iterator[NameRow]:
    p = Product
    columns = (p.id, p.name, p.english_name, p.sku, p.aliases)
    for key, name, english, sku, aliases in _rows(session, *columns):
        yield NameRow("product", key, (name, english, sku, *aliases))


def _contacts(session: PrincipalSession) -> Iterator[NameRow]:
    columns = (Contact.id, Contact.name, Contact.customer_id, Contact.title)
    for key, name, customer, title in _rows(session, *columns):
        if name:
            yield NameRow("contact", key, (name,), title=title, parent=customer)


def _opportunities(session: PrincipalSession) -> Iterator[NameRow]:
    columns: tuple[Any, ...] = (Opportunity.id, Opportunity.name, Opportunity.customer_id)
    statement = select(*columns).where(col(Opportunity.stage).in_(OPEN_STAGES))
    found: Any = session.rows(statement)
    for key, name, customer in found:
        yield NameRow("opportunity", key, (name,), parent=customer)


_VERSION: Query[int] = Query(lambda _: select(col(Organisation.version)).limit(1), itemgetter(0))
