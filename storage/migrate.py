"""Creates the tables and brings older databases up to date.

Revisions are numbered files in ``storage/migrations/versions``: ``0002_what_it_does.py``. To write
one, change the tables and call ``write_revision``; a test fails while models and revisions differ.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection

import storage.tables  # noqa: F401 - every table must be known when policies are made
from storage.database import Database
from storage.errors import StorageError
from storage.policies import install, remove

if TYPE_CHECKING:
    from alembic.config import Config

State = Literal["empty", "current", "old", "newer"]

_FOLDER = Path(__file__).parent / "migrations"
# Any number does; all programs on one PostgreSQL database must use the same.
_LOCK = 7_046_201


def state(database: Database) -> State:
    """How the database's schema stands to this program.

    ``empty`` has no tables of ours, ``old`` needs ``migrate``, ``newer`` was written by a later
    version of the program. Raises ``StorageError`` where the database cannot be read.
    """
    with database.system("schema_state", write=False) as session:
        return _state(session.connection())


def migrate(database: Database) -> None:
    """Bring the schema up to date, all of it or nothing of it.

    Two programs that start at once wait for each other. Raises ``StorageError("newer")`` for a
    database that a later version has written, and leaves it as it is.
    """
    with database.system("migrate") as session:
        connection = session.connection()
        postgres = connection.dialect.name == "postgresql"
        if postgres:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        match _state(connection):
            case "newer":
                raise StorageError("newer", database.name)
            case "empty" | "old":
                if postgres:
                    remove(connection)
                _upgrade(connection)
            case "current":
                pass
        if postgres:
            install(connection)


def revisions() -> tuple[str, ...]:
    """The revisions that this program knows, oldest first."""
    return tuple(
        sorted(file.stem.partition("_")[0] for file in (_FOLDER / "versions").glob("*.py"))
    )


def write_revision(database: Database, message: str) -> None:
    """For developers: write the next revision from how the models differ from ``database``."""
    from alembic import command

    number = f"{int(revisions()[-1]) + 1:04}"
    with database.system("write_revision", write=False) as session:
        config = _config(session.connection())
        command.revision(config, message, autogenerate=True, rev_id=number)


def _state(connection: Connection) -> State:
    # Alembic itself takes a fifth of a second to import; a program that starts needs only this.
    if not inspect(connection).has_table("alembic_version"):
        return "empty"
    found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    known = revisions()
    if found is None:
        return "empty"
    if found not in known:
        return "newer"
    return "current" if found == known[-1] else "old"


def _upgrade(connection: Connection) -> None:
    from alembic import command

    command.upgrade(_config(connection), "head")


def _config(connection: Connection) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config
