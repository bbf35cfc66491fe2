"""The playbook library as rows: what is published, to whom, and the text that is searched.

The full-text index ``library_fts`` (SQLite FTS5, or a tsvector on PostgreSQL) is written in
the same transaction as its row; see ``storage.fulltext``.
"""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field

from storage.columns import json_object, moment
from storage.identity import Visibility
from storage.tables.base import Scoped


class LibraryItem(Scoped, table=True):
    """One published revision of a playbook (later: pack, document). ``body`` is its parsed form.

    ``audience`` is empty (everybody in the organisation) or roles between commas: ``,rep,cro,``.
    ``status`` is the compliance status; only ``approved`` items are found by a search.
    ``scenario`` repeats that part of the body, small enough to be read for every candidate.
    """

    __tablename__ = "library_item"
    __table_args__ = (UniqueConstraint("org_id", "code", "language"),)
    visibility: ClassVar[Visibility] = Visibility.ORG

    kind: str = Field(default="playbook", index=True)
    code: str = Field(index=True)  # stable id that people cite: pb-012
    origin: str = "shipped"  # shipped with the product, or company: a sync leaves those alone
    revision: str  # content hash, 12 hex digits
    language: str = Field(index=True)
    title: str
    body: dict[str, Any] = json_object()
    scenario: dict[str, Any] = json_object()
    audience: str = ""
    status: str = "approved"
    valid_from: date | None = None
    valid_until: date | None = None
    indexed_at: datetime = moment()


class LibraryChunk(Scoped, table=True):
    """A passage of an item that can be found and quoted; ``tokens`` is what the ranking reads.

    ``docid`` ties the passage to its row in the full-text index, in which only integers serve.
    """

    __tablename__ = "library_chunk"
    visibility: ClassVar[Visibility] = Visibility.ORG

    item_id: str = Field(foreign_key="library_item.id", index=True)
    docid: int = Field(unique=True, sa_type=BigInteger)
    position: int
    part: str  # card, step, risk, background
    number: int = 0  # of the step or risk, from 1
    locator: str  # where in the item, in words people read: "第2步", "risk 2"
    text: str
    tokens: str
