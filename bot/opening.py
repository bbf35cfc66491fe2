"""Readies the database of a program that wants to work with it: there, current, on today's day."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from storage.clock import Clock
from storage.errors import StorageError

if TYPE_CHECKING:
    from storage.database import Database

# Hears a stable code of what is being done, how much is done, and how much there is.
Tell = Callable[[str, int, int], None]


def silent(_step: str, _done: int, _total: int) -> None:
    """Nobody wants to know."""


def open_database(url: str) -> "Database":
    """The database, if it is there. Raises StorageError; never makes an empty file."""
    from storage.database import Database

    database = Database(url)
    path = database.path
    if path is not None and not path.is_file():
        database.close()
        raise StorageError("missing" if is_absent(path) else "read_only", str(path))
    return database


def is_absent(path: Path) -> bool:
    """Whether the file does not exist, as far as one may look."""
    try:
        return not path.exists()
    except PermissionError:
        return False


def make_ready(database: "Database", clock: Clock, tell: Tell = silent) -> None:
    """Bring schema and demo day up to date.

    A file on this machine is migrated without asking; a server is left to ``salestwin init``,
    because others work on it. Raises StorageError.
    """
    from storage.migrate import migrate, state

    found = state(database)
    if found == "newer":
        raise StorageError("newer", database.name)
    if found == "empty":
        raise StorageError("missing", database.name)
    if found == "old":
        if not database.is_sqlite:
            raise StorageError("not_migrated", database.name)
        tell("migrate", 0, 1)
        migrate(database)
    roll_demo(database, clock, tell)


def roll_demo(database: "Database", clock: Clock, tell: Tell = silent) -> None:
    """Move the demo company to today, if there is one and it stands on another day."""
    from storage.demo import roll

    roll(database, clock, lambda label, done, total: tell(f"roll_{label}", done, total))
