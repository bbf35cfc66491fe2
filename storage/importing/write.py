"""Compares records with rows and writes the difference, in chunks."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, update
from sqlalchemy.orm import Session

from storage.importing.fields import Target, TargetField
from storage.importing.records import Record

CHUNK = 1000


@dataclass(slots=True)
class Change:
    """What one table's records amount to."""

    target: Target
    new: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes rows of one organisation from one source at one moment."""

    session: Session
    organisation: str
    source: str
    now: datetime

    def compare(
        self, target: Target, records: Sequence[Record], rows: Mapping[str, Mapping[str, Any]]
    ) -> Change:
        """Sort records into new, changed and unchanged."""
        change = Change(target)
        for record in records:
            values = _complete(target, record.values)
            row = rows.get(record.id)
            if row is None:
                change.new.append(self._new(target, record, values))
            elif any(row[name] != value for name, value in values.items()):
                change.changed.append(self._changed(target, record, row, values))
            else:
                change.counts["unchanged"] += 1
            change.counts["repaired"] += record.repaired
        change.counts["taken"], change.counts["updated"] = len(change.new), len(change.changed)
        return change

    def write(self, change: Change, progress: Callable[[int, int], None]) -> None:
        """Write new and changed rows; ``progress`` hears how many of how many are done."""
        table = change.target.model.__table__
        done, total = 0, len(change.new) + len(change.changed)
        for chunk in _chunks(change.new):
            self.session.execute(insert(table), chunk)
            done += len(chunk)
            progress(done, total)
        for chunk in _chunks(change.changed):
            names = [name for name in chunk[0] if name != "row_id"]
            changing = update(table).where(table.c.id == bindparam("row_id"))
            self.session.connection().execute(
                changing.values({name: bindparam(f"new_{name}") for name in names}),
                [{"row_id": row["row_id"], **{f"new_{n}": row[n] for n in names}} for row in chunk],
            )
            done += len(chunk)
            progress(done, total)

    def _new(self, target: Target, record: Record, values: dict[str, Any]) -> dict[str, Any]:
        row = {name: _default(f) for name, f in target.fields.items()}
        row |= {**values, "id": record.id, "org_id": self.organisation}
        if target.sourced:
            row |= {"source": self.source, "external_id": record.key, "recorded_at": self.now}
        return row

    def _changed(
        self,
        target: Target,
        record: Record,
        row: Mapping[str, Any],
        values: dict[str, Any],
    ) -> dict[str, Any]:
        """All fields, so that rows of a chunk have the same; unmapped ones stay as they are."""
        changed = {name: values.get(name, row[name]) for name in target.fields}
        if target.sourced:
            changed["recorded_at"] = self.now
        return {"row_id": record.id, **changed}


def _complete(target: Target, values: Mapping[str, Any]) -> dict[str, Any]:
    """The mapped fields; one that may not be empty gets its default."""
    complete = {}
    for name, value in values.items():
        described = target.fields[name]
        missing = value is None and not described.nullable
        complete[name] = _default(described) if missing else value
    return complete


def _default(described: TargetField) -> Any:
    return described.default() if callable(described.default) else described.default


def _chunks(rows: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, len(rows), CHUNK):
        yield rows[start : start + CHUNK]
