"""Turns playbooks into library rows, and keeps the rows of shipped playbooks up to date."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from knowledge_base import tokens
from knowledge_base.files import playbook_files, read_library
from knowledge_base.passages import PHRASES, passages, slot_terms
from knowledge_base.playbook import Playbook
from knowledge_base.words import terms, words
from storage.clock import Clock
from storage.database import Database
from storage.fulltext import IndexRow
from storage.repositories import library as rows
from storage.tables import LibraryChunk, LibraryItem

# The shape of the rows below; a change makes every stored item stale.
_SHAPE = "1"


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync changed, as ids with language: ``pb-001.zh``."""

    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: int = 0


def renew(database: Database, org_id: str, clock: Clock, folder: Path | None = None) -> SyncReport:
    """Bring an organisation's shipped playbooks to the state of the files in ``folder``.

    Raises ContentError before anything is changed. With nothing to do, nothing is parsed and
    the write lock is not taken.
    """
    files = read_files(folder or shipped_folder())
    revisions = [revision_of(content) for _, content in files]
    with rows.unit(database, write=False) as session:
        stored = rows.revisions(session, org_id)
    if sorted(revisions) == sorted(revision for _, revision in stored.values()):
        return SyncReport(unchanged=len(stored))
    playbooks = dict(zip(revisions, read_library(files), strict=True))
    with rows.unit(database, write=True) as session:
        return _apply(session, org_id, playbooks, clock.now())


def shipped_folder() -> Path:
    """Where the playbooks that come with the product stand."""
    return Path(str(resources.files("knowledge_base") / "content" / "playbooks"))


def read_files(folder: Path) -> list[tuple[str, bytes]]:
    """Name (relative to the folder, for messages) and content of every playbook file."""
    return [
        (path.relative_to(folder).as_posix(), path.read_bytes()) for path in playbook_files(folder)
    ]


def revision_of(content: bytes) -> str:
    """12 hex digits over the file and everything that decides how it is indexed."""
    return hashlib.sha256(content + _index_version().encode()).hexdigest()[:12]


def item_row(playbook: Playbook, org_id: str, revision: str, now: datetime) -> LibraryItem:
    """The item of a playbook; its id is the same for every revision."""
    return LibraryItem(
        id=f"lib-{org_id}-{playbook.id}-{playbook.language}",
        org_id=org_id,
        code=playbook.id,
        revision=revision,
        language=playbook.language,
        title=playbook.title,
        body=playbook.model_dump(mode="json"),
        scenario=playbook.scenario.model_dump(mode="json", exclude_defaults=True),
        audience=rows.audience_text(playbook.audience),
        status=playbook.compliance_status,
        valid_from=playbook.valid_from,
        valid_until=playbook.valid_until,
        indexed_at=now,
    )


def passage_rows(
    playbook: Playbook, item: LibraryItem, first_docid: int
) -> Iterator[tuple[LibraryChunk, IndexRow]]:
    """The passages of an item, each with its row in the full-text index."""
    title = terms(playbook.title)
    slots = slot_terms(playbook.scenario)
    for position, passage in enumerate(passages(playbook)):
        docid, body = first_docid + position, terms(passage.text)
        chunk = LibraryChunk(
            id=f"{item.id}-{position}",
            org_id=item.org_id,
            item_id=item.id,
            docid=docid,
            position=position,
            part=passage.part,
            number=passage.number,
            locator=passage.locator,
            text=passage.text,
            tokens=PHRASES.join(" ".join(part) for part in (body, *passage.cues)),
        )
        phrases = [term for phrase in passage.cues for term in phrase]
        found_by = slots if passage.part == "card" else ()
        yield chunk, IndexRow(docid, chunk.id, item.org_id, title, phrases, body, found_by)


@cache
def _index_version() -> str:
    return f"{_SHAPE} {tokens.VERSION} {words().digest}"


def _apply(
    session: Any, org_id: str, playbooks: Mapping[str, Playbook], now: datetime
) -> SyncReport:
    """Store what differs from ``playbooks`` (by revision) in the transaction of ``session``.

    An edition that the company made its own stands in place of the shipped one.
    """
    stored = rows.revisions(session, org_id)
    theirs = rows.company_items(session, org_id)
    shipped = {(book.id, book.language): revision for revision, book in playbooks.items()}
    wanted = {key: revision for key, revision in shipped.items() if key not in theirs}
    gone = [key for key in stored if key not in wanted]
    stale = [key for key, revision in wanted.items() if stored.get(key, ("", ""))[1] != revision]
    rows.drop(session, [stored[key][0] for key in gone])
    for key in stale:
        book = playbooks[wanted[key]]
        item = item_row(book, org_id, wanted[key], now)
        rows.put(session, item, list(passage_rows(book, item, rows.last_docid(session) + 1)))
    return SyncReport(
        added=_names(key for key in stale if key not in stored),
        updated=_names(key for key in stale if key in stored),
        removed=_names(gone),
        unchanged=len(wanted) - len(stale),
    )


def _names(keys: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(sorted(".".join(key) for key in keys))
