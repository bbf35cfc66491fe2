"""The whole demo company as plain rows, for the tests that look at all of it."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Row, select
from sqlmodel import SQLModel

from storage import demo
from storage.clock import FixedClock
from storage.database import Database
from storage.demo.writing import table_of

# Half past midnight in Shanghai: the day has hardly begun, so "today" is nearly all in the future.
NOW = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
TODAY = date(2026, 11, 21)
REP = "p-chen-siyuan"


class Company:
    """Reads tables of the built company as plain rows."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._rows: dict[type[SQLModel], list[Row[Any]]] = {}

    def rows(self, model: type[SQLModel]) -> list[Row[Any]]:
        """All rows of a table, by id."""
        if model not in self._rows:
            with self.database.system("test", write=False) as session:
                statement = select(table_of(model)).order_by(table_of(model).c.id)
                self._rows[model] = list(session.connection().execute(statement))
        return self._rows[model]

    def by_id(self, model: type[SQLModel]) -> dict[str, Row[Any]]:
        return {row.id: row for row in self.rows(model)}


def built(path: Path) -> Company:
    """A company in a new file; its making tells of its progress."""
    database = Database(f"sqlite:///{path}")
    with database.system("create") as session:
        SQLModel.metadata.create_all(session.connection())
    heard: list[tuple[str, int, int]] = []
    demo.build(
        database,
        FixedClock(NOW),
        progress=lambda label, done, total: heard.append((label, done, total)),
    )
    assert heard
    assert all(0 < done <= total for _, done, total in heard)
    return Company(database)
