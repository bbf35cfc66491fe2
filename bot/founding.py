"""Makes the database of a home: all of it or nothing, also when two programs try at once."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from bot.errors import CommandError
from bot.opening import Tell, roll_demo, silent
from bot.privacy import own_file, own_folder
from storage.clock import Clock

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
    own_folder(path.parent)
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

    _sweep(path)
    aside = own_file(path.with_name(f"{path.name}.{os.getpid()}.new"))
    database = Database(f"sqlite:///{aside}")
    try:
        yield database
        database.close()
        _take_place(aside, path)
    finally:
        database.close()
        _remove(aside)


def _sweep(path: Path) -> None:
    """Remove what programs that were killed while they built left beside ``path``."""
    for aside in path.parent.glob(f"{path.name}.*.new"):
        number = aside.name.removeprefix(f"{path.name}.").removesuffix(".new")
        if number.isdecimal() and not _is_building(int(number)):
            _remove(aside)


def _is_building(process: int) -> bool:
    """Whether that process may be at it. Our own number is another's before us: we begin only."""
    if process == os.getpid():
        return False
    if os.name != "posix":
        return True  # there is no harmless way to ask
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True  # it lives and is somebody else's, or it is no number of a process
    return True


def _remove(aside: Path) -> None:
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


def organisations(database: "Database") -> dict[str, str]:
    """The organisations that have people, with their kind: ``demo`` or ``real``."""
    from storage.repositories.people import list_people
    from storage.tables import Organisation

    with database.system("organisations", write=False) as session:
        ids = sorted({person.org_id for person in list_people(session)})
        rows = [session.get(Organisation, org_id) for org_id in ids]
    return {row.id: row.kind for row in rows if row is not None}
