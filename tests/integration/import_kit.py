"""What the tests of the import share: an empty database, files in a folder, a look at the rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlmodel import SQLModel

from storage import tables
from storage.clock import FixedClock
from storage.database import Database
from storage.importing import ImportReport, run

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
LATER = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)

HEAD = """\
version: 1
source: ledger
organisation: {id: org-t, name: T, currency: USD, timezone: Europe/Berlin, language: en}
"""


@dataclass(frozen=True, slots=True)
class Desk:
    """A folder with an export, a mapping beside it, and the database it goes into."""

    folder: Path
    database: Database

    def file(self, name: str, content: str | bytes) -> Path:
        """A file of the export."""
        path = self.folder / "export" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def mapping(self, text: str, *, head: str = HEAD) -> Path:
        """The mapping file."""
        path = self.folder / "mapping.yaml"
        path.write_text(head + text, encoding="utf-8")
        return path

    def run(
        self,
        mapping: str | Path | None,
        source: str | Path | None = None,
        *,
        now: datetime = NOW,
        dry_run: bool = False,
    ) -> ImportReport:
        """Import the folder, or another source."""
        path = self.mapping(mapping) if isinstance(mapping, str) else mapping
        return run(
            self.database,
            str(source or self.folder / "export"),
            mapping=path,
            clock=FixedClock(now),
            dry_run=dry_run,
        )

    def rows(self, model: Any) -> dict[str, Any]:
        """All rows of a table by external key (by id where a table keeps none)."""
        with self.database.system("test", write=False) as session:
            found = session.scalars(select(model)).all()
        return {getattr(row, "external_id", None) or row.id: row for row in found}

    def count(self) -> Mapping[str, int]:
        """How many rows every table has."""
        models = [getattr(tables, name) for name in tables.__all__]
        with self.database.system("test", write=False) as session:
            return {
                model.__tablename__: session.scalar(select(func.count()).select_from(model)) or 0
                for model in models
                if hasattr(model, "__table__")
            }

    def change(self, statement: Any) -> None:
        """What somebody did in between."""
        with self.database.system("test") as session:
            session.execute(statement)


def new_desk(folder: Path) -> Desk:
    """An empty database in ``folder``."""
    database = Database(f"sqlite:///{folder / 'salestwin.db'}")
    with database.system("test") as session:
        SQLModel.metadata.create_all(session.connection())
    return Desk(folder, database)
