"""Reads and writes of a person's own notes (L3): nobody else's rows exist for a caller."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from storage.repositories.reading import rows
from storage.session import PrincipalSession
from storage.tables import Customer, Note


@dataclass(frozen=True, slots=True)
class NoteView:
    """A note with the name of the customer it is about."""

    note: Note
    customer: str | None


def own_notes(
    session: PrincipalSession,
    *,
    customer_id: str | None = None,
    words: Sequence[str] = (),
    written: tuple[datetime, datetime] | None = None,
    limit: int,
) -> list[NoteView]:
    """The caller's notes, the latest first; all ``words`` stand in each.

    ``written`` is from when to before when.
    """
    statement: Any = (
        select(Note, col(Customer.name))
        .outerjoin(Customer, col(Customer.id) == col(Note.customer_id))
        .where(col(Note.owner_id) == session.caller.person_id)
        .order_by(col(Note.written_at).desc(), col(Note.id))
        .limit(limit)
    )
    if customer_id is not None:
        statement = statement.where(col(Note.customer_id) == customer_id)
    if written is not None:
        first, end = written
        statement = statement.where(col(Note.written_at) >= first, col(Note.written_at) < end)
    for word in words:
        statement = statement.where(col(Note.text).ilike(_containing(word), escape="/"))
    return [NoteView(note, customer) for note, customer in rows(session, statement)]


def _containing(word: str) -> str:
    for special in "/%_":
        word = word.replace(special, f"/{special}")
    return f"%{word}%"


def note_by_id(session: PrincipalSession, note_id: str) -> Note | None:
    """One of the caller's notes."""
    return session.get(Note, note_id)


def add_note(session: PrincipalSession, note: Note) -> None:
    """Keep a new note; its owner is the caller."""
    session.add(note)
