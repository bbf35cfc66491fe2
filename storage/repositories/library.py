"""Rows of the library: reading in a caller's name, renewing as the system.

Reads apply the gates that no score can override: organisation (by the session), audience,
compliance status and validity. A row behind a gate does not exist for the caller, not even
as a near title.
"""

from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from storage import fulltext
from storage.database import Database
from storage.session import PrincipalSession
from storage.tables import (
    CompetitorPresence,
    Contract,
    Customer,
    Interaction,
    LibraryChunk,
    LibraryItem,
    Opportunity,
    Region,
    ServiceTicket,
)
from storage.vocabulary import OPEN_STAGES, Role, Stage

APPROVED = "approved"


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item that the caller may see, without its body."""

    id: str
    code: str
    language: str
    title: str
    revision: str
    scenario: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ChunkRow:
    """A passage of such an item."""

    item_id: str
    part: str
    number: int
    locator: str
    text: str
    tokens: str


@dataclass(frozen=True, slots=True)
class Situation:
    """What the records say of a customer, as far as scenario slots go; missing is None or empty."""

    industry: str | None = None
    kind: str | None = None
    tier: str | None = None
    technical_maturity: str | None = None
    buying_cycle_days: int | None = None
    region: str | None = None
    stages: tuple[Stage, ...] = ()
    competitors: tuple[str, ...] = ()
    open_complaint: bool = False
    contract_ends_on: date | None = None  # the next active contract to end
    ever_contacted: bool = True


def audience_text(roles: Iterable[Role]) -> str:
    """Roles as ``LibraryItem.audience`` keeps them; empty for everybody."""
    named = sorted(roles)
    return f",{','.join(named)}," if named else ""


def codes_of_chunks(
    session: PrincipalSession, chunk_ids: Collection[str], day: date
) -> dict[str, str]:
    """Codes by passage id, for passages of items that the caller may see on ``day``."""
    statement: Any = (
        select(col(LibraryChunk.id), col(LibraryItem.code))
        .join(LibraryItem, col(LibraryItem.id) == col(LibraryChunk.item_id))
        .where(col(LibraryChunk.id).in_(chunk_ids), *_gates(session, day))
    )
    return {row[0]: row[1] for row in _rows(session, statement)}


def items_of_codes(session: PrincipalSession, codes: Collection[str], day: date) -> list[ItemRow]:
    """All editions of the playbooks with these codes that the caller may see on ``day``."""
    c = LibraryItem
    columns: tuple[Any, ...] = (c.id, c.code, c.language, c.title, c.revision, c.scenario)
    rows = _rows(session, select(*columns).where(col(c.code).in_(codes), *_gates(session, day)))
    return [ItemRow(*row) for row in rows]


def chunks(session: PrincipalSession, item_ids: Collection[str]) -> list[ChunkRow]:
    """The passages of these items in order. Pass only ids that went through a gate."""
    c = LibraryChunk
    columns: tuple[Any, ...] = (c.item_id, c.part, c.number, c.locator, c.text, c.tokens)
    statement = select(*columns).where(col(c.item_id).in_(item_ids))
    rows = _rows(session, statement.order_by(col(c.item_id), col(c.position)))
    return [ChunkRow(*row) for row in rows]


def bodies(session: PrincipalSession, item_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """The parsed forms of these items by id. Pass only ids that went through a gate."""
    columns: tuple[Any, ...] = (LibraryItem.id, LibraryItem.body)
    rows = _rows(session, select(*columns).where(col(LibraryItem.id).in_(item_ids)))
    return {row[0]: row[1] for row in rows}


def situation(session: PrincipalSession, customer_id: str, day: date) -> Situation | None:
    """What fills the scenario of a customer in the caller's reach; None outside it."""
    customer = session.get(Customer, customer_id)
    if customer is None:
        return None

    def of(column: Any, model: Any, *where: Any) -> Any:
        return select(col(column)).where(col(model.customer_id) == customer_id, *where)

    deal, rival, ticket, contract = Opportunity, CompetitorPresence, ServiceTicket, Contract
    region = select(col(Region.name)).where(col(Region.id) == customer.region_id)
    stages = of(deal.stage, deal, col(deal.stage).in_(OPEN_STAGES))
    complaints = of(ticket.id, ticket, ticket.kind == "complaint", ticket.status != "closed")
    running = of(
        contract.ends_on, contract, contract.status == "active", col(contract.ends_on) >= day
    )
    return Situation(
        industry=customer.industry,
        kind=customer.kind,
        tier=customer.tier,
        technical_maturity=customer.technical_maturity,
        buying_cycle_days=customer.buying_cycle_days,
        region=session.first(region),
        stages=tuple(sorted(set(session.scalars(stages)))),
        competitors=tuple(sorted(set(session.scalars(of(rival.competitor, rival))))),
        open_complaint=session.first(complaints) is not None,
        contract_ends_on=min(filter(None, session.scalars(running)), default=None),
        ever_contacted=session.first(of(Interaction.id, Interaction)) is not None,
    )


def unit(database: Database, *, write: bool) -> AbstractContextManager[Session]:
    """A unit of work of the library's own upkeep, which no caller asks for."""
    return database.system("library_sync", write=write)


def revisions(session: Session, org_id: str) -> dict[tuple[str, str], tuple[str, str]]:
    """(item id, revision) of every shipped item of an organisation, by code and language."""
    c = LibraryItem
    statement = select(col(c.code), col(c.language), col(c.id), col(c.revision))
    rows = session.execute(statement.where(col(c.org_id) == org_id, col(c.origin) == "shipped"))
    return {(code, language): (key, revision) for code, language, key, revision in rows}


def company_items(session: Session, org_id: str) -> set[tuple[str, str]]:
    """Code and language of the items that the company wrote or changed itself."""
    c = LibraryItem
    rows = session.execute(
        select(col(c.code), col(c.language)).where(
            col(c.org_id) == org_id, col(c.origin) != "shipped"
        )
    )
    return {(code, language) for code, language in rows}


def put(
    session: Session,
    item: LibraryItem,
    passages: Sequence[tuple[LibraryChunk, fulltext.IndexRow]],
) -> None:
    """Store an item with its passages and their index rows; one of the same id gives way."""
    drop(session, [item.id])
    session.add(item)
    session.flush()
    session.add_all(chunk for chunk, _ in passages)
    session.flush()
    fulltext.write(session.connection(), [row for _, row in passages])


def drop(session: Session, item_ids: Collection[str]) -> None:
    """Remove items with their passages and index rows."""
    docids = session.scalars(
        select(col(LibraryChunk.docid)).where(col(LibraryChunk.item_id).in_(item_ids))
    ).all()
    fulltext.remove(session.connection(), docids)
    session.execute(delete(LibraryChunk).where(col(LibraryChunk.item_id).in_(item_ids)))
    session.execute(delete(LibraryItem).where(col(LibraryItem.id).in_(item_ids)))


def last_docid(session: Session) -> int:
    """The highest passage number in use, 0 in an empty library."""
    return session.scalar(select(func.max(col(LibraryChunk.docid)))) or 0


def _gates(session: PrincipalSession, day: date) -> tuple[ColumnElement[bool], ...]:
    c = LibraryItem
    return (
        col(c.status) == APPROVED,
        or_(col(c.valid_from).is_(None), col(c.valid_from) <= day),
        or_(col(c.valid_until).is_(None), col(c.valid_until) >= day),
        or_(col(c.audience) == "", col(c.audience).like(f"%,{session.caller.role},%")),
    )


def _rows(session: PrincipalSession, statement: Any) -> Sequence[Any]:
    return session.rows(statement)
