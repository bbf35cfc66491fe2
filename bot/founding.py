"""Makes the database of a home: all of it or nothing, also when two programs try at once."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from bot.errors import CommandError
from bot.opening import Tell, roll_demo, silent
from storage.clock import Clock
from storage.errors import StorageError

if TYPE_CHECKING:
    from bot.container import App
    from storage.database import Database

Content = Literal["demo", "empty"]
Outcome = Literal["made_demo", "made_empty", "current", "migrated"]


def found(app: "App", wanted: Content | None, tell: Tell) -> Outcome:
    """Create the database with ``wanted`` content, or bring the one that is there up to date.

    What is there already keeps its data; the demo is added to an empty database only. Raises
    CommandError for a wish that what is there cannot fulfil, and StorageError.
    """
    path = sqlite_path(app.settings.database)
    if path is None or path.exists():
        return _bring_up(app, wanted, tell)
    _prepare_folder(path)
    with _built_aside(path) as database:
        _fill(app, database, wanted, tell)
    return "made_demo" if wanted == "demo" else "made_empty"


def sqlite_path(url: str) -> Path | None:
    """The file of a SQLite URL; None for a server."""
    prefix = "sqlite:///"
    return Path(url.removeprefix(prefix)) if url.startswith(prefix) else None


def _bring_up(app: "App", wanted: Content | None, tell: Tell) -> Outcome:
    from storage.migrate import migrate, state

    database = app.database
    before = state(database)
    if before != "current":
        tell("migrate", 0, 1)
        migrate(database)
    kinds = set(organisations(database).values())
    if wanted == "demo" and not kinds:
        _fill(app, database, wanted, tell)
        return "made_demo"
    if (wanted == "demo" and "demo" not in kinds) or (wanted == "empty" and kinds):
        raise CommandError("init.not_empty", place=database.name)
    roll_demo(database, app.clock, tell)
    shelve(database, app.clock, tell)
    if before == "empty":
        return "made_empty"
    return "current" if before == "current" else "migrated"


def _fill(app: "App", database: "Database", wanted: Content | None, tell: Tell) -> None:
    from storage.migrate import migrate

    tell("migrate", 0, 1)
    migrate(database)
    if wanted == "demo":
        from storage.demo import build

        build(database, app.clock, progress=tell)
        shelve(database, app.clock, tell)


def shelve(database: "Database", clock: Clock, tell: Tell = silent) -> None:
    """Put the shipped playbooks on every organisation's shelf, where they are not there yet."""
    from knowledge_base.shelving import renew

    ids = list(organisations(database))
    for done, org_id in enumerate(ids, start=1):
        renew(database, org_id, clock)
        tell("index", done, len(ids))


@contextmanager
def _built_aside(path: Path) -> "Iterator[Database]":
    """A database in a file beside ``path`` that takes its place when the block ends well."""
    from storage.database import Database

    aside = path.with_name(f"{path.name}.{os.getpid()}.new")
    database = Database(f"sqlite:///{aside}")
    try:
        yield database
        database.close()
        _take_place(aside, path)
    finally:
        database.close()
        for leftover in aside.parent.glob(f"{aside.name}*"):
            leftover.unlink(missing_ok=True)


def _take_place(aside: Path, path: Path) -> None:
    # A hard link fails where the file exists by now: another program was faster.
    try:
        os.link(aside, path)
    except FileExistsError:
        raise CommandError("init.made_meanwhile", place=str(path)) from None
    except OSError:
        _rename(aside, path)  # a file system without hard links


def _rename(aside: Path, path: Path) -> None:
    if path.exists():
        raise CommandError("init.made_meanwhile", place=str(path))
    aside.rename(path)


def _prepare_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StorageError(folder_reason(error), str(path.parent)) from error


def folder_reason(error: OSError) -> str:
    """Why a folder cannot be had, as a reason of StorageError."""
    return "disk_full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "read_only"


def organisations(database: "Database") -> dict[str, str]:
    """The organisations that have people, with their kind: ``demo`` or ``real``."""
    from storage.repositories.people import list_people
    from storage.tables import Organisation

    with database.system("organisations", write=False) as session:
        ids = sorted({person.org_id for person in list_people(session)})
        rows = [session.get(Organisation, org_id) for org_id in ids]
    return {row.id: row.kind for row in rows if row is not None}
