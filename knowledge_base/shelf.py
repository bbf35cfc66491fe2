"""Editions that were read before, ready for ranking."""

from collections import defaultdict

from knowledge_base.choosing import Edition
from storage.repositories import library as rows
from storage.repositories.library import ChunkRow, ItemRow
from storage.session import PrincipalSession

_MOST = 500  # editions kept in memory, some 150 kB each


class Shelf:
    """Editions by id and revision, so that a warm search parses nothing.

    It is asked with items that went through the gates for this caller in this search; what it
    keeps is the content of a revision, which never changes.
    """

    def __init__(self) -> None:
        self._read: dict[tuple[str, str], Edition] = {}

    def editions(self, session: PrincipalSession, items: list[ItemRow]) -> list[Edition]:
        """The editions of these items; what is not known yet is read."""
        unread = {item.id: item for item in items if (item.id, item.revision) not in self._read}
        if len(self._read) + len(unread) > _MOST:
            self._read = {}
            unread = {item.id: item for item in items}
        fresh: dict[str, list[ChunkRow]] = defaultdict(list)
        for chunk in rows.chunks(session, unread) if unread else ():
            fresh[chunk.item_id].append(chunk)
        for item_id, chunks in fresh.items():
            item = unread[item_id]
            self._read[item.id, item.revision] = Edition.of(item, chunks)
        known = (self._read.get((item.id, item.revision)) for item in items)
        return [edition for edition in known if edition]
