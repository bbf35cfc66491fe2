"""Driver errors that a person can do something about, as ``StorageError`` with a stable reason."""

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine.url import URL
from sqlalchemy.exc import DBAPIError

from storage.errors import StorageError

# SQLite's primary result codes; extended codes carry them in their low byte.
_SQLITE = {
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
    sqlite3.SQLITE_CORRUPT: "corrupt",
    sqlite3.SQLITE_NOTADB: "corrupt",
    sqlite3.SQLITE_FULL: "disk_full",
    sqlite3.SQLITE_READONLY: "read_only",
    sqlite3.SQLITE_CANTOPEN: "missing",
    sqlite3.SQLITE_IOERR: "corrupt",
}
# Of the input/output errors, these come from a disk or a quota that has run out.
_WRITING = frozenset(
    {sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_SHMSIZE}
)

# PostgreSQL's SQLSTATE, whole or by class.
_SQLSTATE = {
    "3D000": "missing",
    "53100": "disk_full",
    "55P03": "locked",
    "25006": "read_only",
    "XX001": "corrupt",
    "XX002": "corrupt",
    "08": "unreachable",
    "28": "unreachable",
    "57": "unreachable",
}


# By name, so that the driver is not imported for a database that is a file.
_DRIVERS = frozenset({"psycopg", "psycopg_pool"})
_NO_CONNECTION = frozenset({"OperationalError", "ConnectionTimeout", "PoolTimeout"})
# A role may be missing too, which nobody mends by making a database.
_NO_DATABASE = re.compile(r'database ".*" does not exist')


@contextmanager
def translated(url: URL) -> Iterator[None]:
    """Turn known driver errors inside the block into ``StorageError``; let others through."""
    try:
        yield
    except Exception as error:
        driver = error.orig if isinstance(error, DBAPIError) else error
        known = storage_error(driver, url)
        if known is None:
            raise
        raise known from error


def is_outage(error: BaseException) -> bool:
    """Whether the database itself failed, so that the same may well succeed later."""
    if isinstance(error, StorageError):
        return True
    return isinstance(error, DBAPIError) and _reason(error.orig) is not None


def storage_error(error: BaseException | None, url: URL) -> StorageError | None:
    """The ``StorageError`` for a driver error, or None if nobody but us can mend it.

    ``detail`` is the file, or the URL without its password.
    """
    reason = _reason(error)
    if reason == "missing" and _folder_is_read_only(Path(url.database or "")):
        reason = "read_only"
    sqlite = url.get_backend_name() == "sqlite"
    detail = url.database if sqlite else url.render_as_string(hide_password=True)
    return StorageError(reason, detail or "") if reason else None


def _reason(error: BaseException | None) -> str | None:
    return _sqlite_reason(error) if isinstance(error, sqlite3.Error) else _server_reason(error)


def _sqlite_reason(error: sqlite3.Error) -> str | None:
    code = getattr(error, "sqlite_errorcode", 0)
    if "no such table" in str(error):
        return "not_migrated"
    if code in _WRITING:
        return "disk_full"
    return _SQLITE.get(code & 0xFF)


def _folder_is_read_only(file: Path) -> bool:
    folder = file.parent
    return folder.is_dir() and not os.access(folder, os.W_OK, effective_ids=True)


def _connection_reason(error: BaseException | None) -> str | None:
    """Of an error without a state: the driver gives none when it never got into a database."""
    kind = type(error)
    if kind.__name__ not in _NO_CONNECTION or kind.__module__.partition(".")[0] not in _DRIVERS:
        return None
    return "missing" if _NO_DATABASE.search(str(error)) else "unreachable"


def _server_reason(error: BaseException | None) -> str | None:
    state = getattr(error, "sqlstate", None)
    if state is None:
        return _connection_reason(error)
    if state == "42P01":  # also given for a table that the statement itself forgot
        return "not_migrated" if "does not exist" in str(error) else None
    return _SQLSTATE.get(state) or _SQLSTATE.get(state[:2])
