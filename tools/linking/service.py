"""Builds the lexicon of a caller from what that caller may see, and keeps it while it is valid."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from threading import Lock

from storage.database import Database
from storage.identity import Caller, Scope
from storage.repositories.names import NameRow, names, version
from storage.session import PrincipalSession
from tools.artifact import Entity
from tools.linking.forms import company_forms, person_forms, plain_forms
from tools.linking.lexicon import Entry, Lexicon, Match

_KEPT = 256  # lexicons in memory; a rep's is about 100 kB


class Linker:
    """Resolves names for callers. One lexicon per scope, rebuilt when names have changed.

    Safe to share between threads; the ``most`` scopes that asked last are kept.
    """

    def __init__(self, database: Database, *, most: int = _KEPT) -> None:
        self._database = database
        self._most = most
        self._kept: OrderedDict[Scope, tuple[int, Lexicon]] = OrderedDict()
        self._lock = Lock()

    async def lexicon(self, caller: Caller) -> Lexicon:
        """All names that this caller may see."""
        return await self._database.run(caller, "linking", self._current)

    async def resolve(self, caller: Caller, text: str, kind: str) -> list[Match]:
        """What ``text`` names among entities of ``kind``: best first, empty if unknown."""
        return (await self.lexicon(caller)).lookup(text, kind)

    def _current(self, session: PrincipalSession) -> Lexicon:
        scope = session.caller.scope
        current = version(session)
        kept = self._known(scope, current)
        if kept is not None:
            return kept
        # Outside the lock: to build one takes long, and nobody else should wait for it.
        lexicon = Lexicon(list(entries(names(session))))
        self._keep(scope, current, lexicon)
        return lexicon

    def _known(self, scope: Scope, current: int) -> Lexicon | None:
        with self._lock:
            kept = self._kept.get(scope)
            if kept is None or kept[0] != current:
                return None
            self._kept.move_to_end(scope)
            return kept[1]

    def _keep(self, scope: Scope, current: int, lexicon: Lexicon) -> None:
        with self._lock:
            self._kept[scope] = (current, lexicon)
            self._kept.move_to_end(scope)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)


def entries(rows: Iterable[NameRow]) -> Iterator[Entry]:
    """Lexicon entries of name rows; customers come before what belongs to them."""
    customers: dict[str, Entity] = {}
    for row in rows:
        entity = Entity.model_validate({"kind": row.kind, "id": row.id, "name": row.names[0]})
        if row.kind == "customer":
            customers[row.id] = entity
        parent = customers.get(row.parent or "")
        belongs = parent.name if parent is not None else None
        hint = " ".join(filter(None, (belongs, row.place, row.title)))
        yield Entry(entity, tuple(_forms(row)), parent, hint)


def _forms(row: NameRow) -> list[str]:
    if row.kind == "customer":
        return company_forms(row.names, row.place)
    if row.kind == "person":
        return person_forms(row.names)
    return plain_forms(row.names)
