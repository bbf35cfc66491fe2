"""Builds the lexicon of a caller from what that caller may see, and keeps it while it is valid."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator

from storage.database import Database
from storage.identity import Caller, Scope
from storage.repositories.names import NameRow, names, version
from storage.session import PrincipalSession
from tools.artifact import Entity
from tools.linking.forms import company_forms, person_forms, plain_forms
from tools.linking.lexicon import Entry, Lexicon, Match

_KEPT = 256  # lexicons in memory; a rep's is about 100 kB


class Linker:
    """Resolves names for callers. One lexicon per scope, rebuilt when names have changed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: OrderedDict[Scope, tuple[int, Lexicon]] = OrderedDict()

    async def lexicon(self, caller: Caller) -> Lexicon:
        """All names that this caller may see."""
        return await self._database.run(caller, "linking", self._current)

    async def resolve(self, caller: Caller, text: str, kind: str) -> list[Match]:
        """What ``text`` names among entities of ``kind``: best first, empty if unknown."""
        return (await self.lexicon(caller)).lookup(text, kind)

    def _current(self, session: PrincipalSession) -> Lexicon:
        scope = session.caller.scope
        current = version(session)
        kept = self._kept.get(scope)
        if kept is not None and kept[0] == current:
            return kept[1]
        lexicon = Lexicon(list(entries(names(session))))
        self._kept[scope] = (current, lexicon)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return lexicon


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
