"""The seeded demo company 远帆智联集团 (Farsail Group).

``build`` lays it out in a migrated, empty database; ``roll`` moves it with the clock; ``digest``
is the fingerprint of its rows. Rows of the demo carry ``source="demo"``; what people add or import
has another source and is never touched.
"""

from datetime import date

from sqlalchemy import select

from storage.clock import Clock
from storage.database import Database
from storage.demo.size import FULL, SMALL, Size
from storage.demo.world import DEFAULT_PERSON_ID, ORG_ID, local_day
from storage.demo.writing import Progress, table_of
from storage.tables import Organisation

__all__ = [
    "DEFAULT_PERSON_ID",
    "FULL",
    "ORG_ID",
    "SMALL",
    "Size",
    "build",
    "days_apart",
    "digest",
    "roll",
]


def build(
    database: Database,
    clock: Clock,
    *,
    seed: int = 20,
    size: Size = FULL,
    progress: Progress | None = None,
) -> None:
    """Create the demo organisation as of the clock's day, in one transaction.

    The same seed, size and day give the same rows. ``progress`` hears a stable code of what is
    being done, how much is done and how much there is.
    """
    from storage.demo.building import build_company

    build_company(database, clock, seed, size, progress or _silent)


def roll(database: Database, clock: Clock, progress: Progress | None = None) -> bool:
    """Move the demo to the clock's day, forwards or backwards; True if there was anything to do.

    Dates of the demo's own rows are shifted by whole days. Shop days, factor readings, shop events,
    targets and workloads belong to the calendar: they are made anew where the window moved.
    """
    if days_apart(database, clock) is None:
        return False
    from storage.demo.rolling import move_to_today

    return move_to_today(database, clock, progress or _silent)


def days_apart(database: Database, clock: Clock) -> tuple[date, date] | None:
    """The demo's day and the clock's day there, if there is a demo and they differ."""
    day, today = _demo_day(database), local_day(clock)
    return None if day is None or day == today else (day, today)


def digest(database: Database) -> str:
    """A SHA-256 over all rows of the demo organisation."""
    from storage.demo.fingerprint import fingerprint

    return fingerprint(database)


def _demo_day(database: Database) -> date | None:
    """The day that the demo is laid out for; None where there is no demo."""
    table = table_of(Organisation)
    mine = select(table.c.demo_day).where(table.c.id == ORG_ID, table.c.kind == "demo")
    with database.system("demo day", write=False) as session:
        return session.connection().execute(mine).scalar()


def _silent(_label: str, _done: int, _total: int) -> None:
    """No progress is wanted."""
