"""A demo company to measure on: a copy of the home's own, or one made for the run."""

import sqlite3
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path

from bot.container import App, build
from bot.founding import found, organisations, sqlite_path
from bot.opening import Tell, make_ready
from bot.settings import DATABASE_FILE, Settings
from storage.errors import StorageError


@contextmanager
def demo_home(settings: Settings, tell: Tell) -> Iterator[Settings]:
    """Settings of a throw-away home with the demo company.

    Nothing of a measurement is left in the home that people use: its demo is copied, and
    where it has none, one is made.
    """
    with tempfile.TemporaryDirectory(prefix="salestwin-") as folder:
        home = Path(folder)
        here = settings.model_copy(update={"home": home, "database_url": None})
        if not _copied(settings, home / DATABASE_FILE):
            app = build(here)
            found(app, "demo", tell)
            app.release()
        yield here


@asynccontextmanager
async def started(settings: Settings, tell: Tell) -> AsyncIterator[App]:
    """A started app over these settings."""
    app = build(settings)
    try:
        make_ready(app.database, app.clock, tell)  # a copy: nobody else looks at it
        app.warm()
        await app.start()
        yield app
    finally:
        await app.close()


def _copied(settings: Settings, target: Path) -> bool:
    """Copy the home's database if it is a demo's."""
    path = sqlite_path(settings.database)
    if path is None or not path.is_file():
        return False
    app = build(settings)
    try:
        if set(organisations(app.database).values()) != {"demo"}:
            return False
    except StorageError:
        return False
    finally:
        app.release()
    # SQLite's own backup: a whole copy also while another program writes.
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
    return True
