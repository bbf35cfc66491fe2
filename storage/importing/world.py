"""What is known while an import runs: rows in the database, and the records that come on top."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.importing.fields import Target, targets
from storage.importing.records import Record
from storage.importing.texts import fold

_NAME_FIELDS = ("name", "short_name", "english_name", "sku", "code", "number")


@dataclass(slots=True)
class World:
    """Rows by table and id. A record's fields cover those of the row with its id."""

    existing: dict[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    records: dict[str, dict[str, Record]] = field(default_factory=dict)
    _names: dict[str, "_Names"] = field(default_factory=dict)

    def load(self, session: Session, organisation: str, tables: set[str]) -> None:
        """Read the organisation's rows of these tables."""
        for name in tables:
            self.existing[name] = existing_rows(session, targets()[name].model, organisation)

    def alive(self, table: str, row: str) -> bool:
        """Whether there is, or will be, such a row."""
        record = self.records.get(table, {}).get(row)
        return (record is not None and record.alive) or row in self.existing.get(table, {})

    def value(self, table: str, row: str | None, name: str) -> Any:
        """A field of a row as it will be after this import; None if unknown."""
        if row is None:
            return None
        record = self.records.get(table, {}).get(row)
        if record is not None and record.alive and name in record.values:
            return record.values[name]
        return self.existing.get(table, {}).get(row, {}).get(name)

    def rows(self, table: str) -> Iterator[str]:
        """Ids of all rows of a table, as they will be after this import."""
        stored = self.existing.get(table, {})
        yield from stored
        for row, record in self.records.get(table, {}).items():
            if record.alive and row not in stored:
                yield row

    def find(self, table: str, said: str, by: str | None) -> list[str]:
        """Ids of the rows that a text names: by key, by exact name, or by name loosely written."""
        if table not in self._names:
            self._names[table] = _Names.of(self, targets()[table])
        return self._names[table].find(said, by)

    def known_names(self, table: str) -> list[str]:
        """Names in a table, for "did you mean"."""
        return list(self._names[table].exact) if table in self._names else []


@dataclass(slots=True)
class _Names:
    """How rows of one table are called."""

    world: World
    table: str
    keys: dict[str, str] = field(default_factory=dict)
    exact: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    loose: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    fields: dict[str, dict[str, set[str]]] = field(default_factory=dict)

    @classmethod
    def of(cls, world: World, target: Target) -> "_Names":
        names = cls(world, target.name)
        present = [name for name in _NAME_FIELDS if name in target.fields]
        for row, stored in world.existing.get(target.name, {}).items():
            names._add(row, stored.get("external_id"), stored, present)
        for row, record in world.records.get(target.name, {}).items():
            names._add(row, record.key, record.values, present)
        return names

    def find(self, said: str, by: str | None) -> list[str]:
        if by is not None:
            return sorted(self._by(by).get(fold(said), ()))
        if said in self.keys:
            return [self.keys[said]]
        return sorted(self.exact.get(said) or self.loose.get(fold(said)) or ())

    def _add(
        self, row: str, key: str | None, values: Mapping[str, Any], present: list[str]
    ) -> None:
        if key is not None:
            self.keys[key] = row
        for text in (*(values.get(name) for name in present), *(values.get("aliases") or ())):
            if text:
                self.exact[text].add(row)
                self.loose[fold(text)].add(row)

    def _by(self, name: str) -> dict[str, set[str]]:
        if name not in self.fields:
            index = self.fields[name] = defaultdict(set)
            for row in self.world.rows(self.table):
                value = self.world.value(self.table, row, name)
                if value is not None:
                    index[fold(str(value))].add(row)
        return self.fields[name]


def existing_rows(session: Session, model: Any, organisation: str) -> dict[str, Mapping[str, Any]]:
    """All rows of one organisation in one table, by id."""
    table = model.__table__
    found = session.execute(select(table).where(table.c.org_id == organisation)).mappings()
    return {row["id"]: dict(row) for row in found}
