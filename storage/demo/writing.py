"""Writes many rows quickly: one Core insert per table, defaults taken from the models."""

from collections.abc import Callable
from functools import cache
from typing import Any, cast

from sqlalchemy import Table
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from storage.demo.world import ORG_ID, SOURCE, Book
from storage.tables import (
    CalendarEvent,
    Certificate,
    Commitment,
    CompetitorPresence,
    Contact,
    Contract,
    Customer,
    Factor,
    Interaction,
    InteractionText,
    Note,
    Opportunity,
    Order,
    Organisation,
    OutsideSignal,
    Payment,
    Person,
    Product,
    Project,
    ProjectMember,
    Quote,
    Region,
    ServiceTicket,
    Skill,
    StageChange,
    Store,
)

Progress = Callable[[str, int, int], None]

# Parents before children: foreign keys are checked row by row.
ORDER: tuple[type[SQLModel], ...] = (
    Organisation,
    Region,
    Person,
    Product,
    Customer,
    Contact,
    Opportunity,
    StageChange,
    Interaction,
    InteractionText,
    Note,
    CalendarEvent,
    Commitment,
    ServiceTicket,
    CompetitorPresence,
    OutsideSignal,
    Quote,
    Contract,
    Order,
    Payment,
    Store,
    Factor,
    Skill,
    Certificate,
    Project,
    ProjectMember,
)
_CHUNK = 5000


def table_of(model: type[SQLModel]) -> Table:
    """The Core table of a model; usable in system sessions only."""
    return cast("Table", cast("Any", model).__table__)


@cache
def _defaults(model: type[SQLModel]) -> dict[str, Any]:
    found = {
        name: field.get_default(call_default_factory=True, validated_data={})
        for name, field in model.model_fields.items()
        if not field.is_required()
    }
    if "org_id" in model.model_fields:
        found["org_id"] = ORG_ID
    if "source" in model.model_fields:
        found["source"] = SOURCE
    return found


def insert(session: Session, model: type[SQLModel], rows: list[dict[str, Any]]) -> None:
    """Insert rows; what a row leaves out takes the model's default."""
    defaults, statement = _defaults(model), table_of(model).insert()
    for start in range(0, len(rows), _CHUNK):
        chunk = [{**defaults, **row} for row in rows[start : start + _CHUNK]]
        session.connection().execute(statement, chunk)


def write(session: Session, book: Book, progress: Progress) -> None:
    """Insert everything in the book."""
    for done, model in enumerate(ORDER):
        insert(session, model, book.rows.pop(model, []))
        progress("write", done + 1, len(ORDER))
    if book.rows:
        missing = ", ".join(sorted(model.__name__ for model in book.rows))
        raise ValueError(f"tables without a place in ORDER: {missing}")
