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
        raise no_file(path)
    return database


def no_file(path: Path) -> StorageError:
    """Why there is no file at ``path``: nothing is there, or something that is in the way."""
    try:
        blocked = next((folder for folder in path.parents if folder.is_file()), None)
        if blocked is not None:
            return StorageError("not_a_folder", str(blocked))
        return StorageError("not_a_file" if path.is_dir() else "missing", str(path))
    except PermissionError:
        return StorageError("read_only", str(path))


def make_ready(
    database: "Database", clock: Clock, tell: Tell = silent, *, keeps_time: bool = True
) -> None:
    """Bring the schema up to date and, if it ``keeps_time``, what hangs on the clock.

    Proposals that ran out of time lose their words, and the demo moves to the clock's day. A
    replay does neither: its clock is not the world's.

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
    if keeps_time:
        expire(database, clock)
        roll_demo(database, clock, tell)


def expire(database: "Database", clock: Clock) -> None:
    """Close the proposals that ran out of time; takes the write lock only where there are some."""
    from storage.approvals import any_due, expire_due

    now = clock.now()
    with database.system("housekeeping", write=False) as session:
        due = any_due(session, now)
    if due:
        with database.system("housekeeping") as session:
            expire_due(session, now)


def roll_demo(database: "Database", clock: Clock, tell: Tell = silent) -> None:
    """Move the demo company to today, if there is one and it stands on another day."""
    from storage.demo import roll

    roll(database, clock, lambda label, done, total: tell(f"roll_{label}", done, total))
