"""The database: engine, units of work, and the listener that stops unguarded statements."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.engine.url import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session

from storage.errors import StorageError, UnscopedStatementError
from storage.failures import translated
from storage.identity import Caller
from storage.policies import work_for_system
from storage.session import CHECKED, PRINCIPAL, UNIT, WRITES, PrincipalSession, is_flushing
from storage.statements import guard_dialect

T = TypeVar("T")
_SYSTEM = "system"
_PASSING = "salestwin_passing"
_THREADS = 4
_WAIT = 10.0


class _AbandonedError(Exception):
    """Takes back what a unit did that nobody waits for; nobody sees it either."""


# What ``system`` hands out; a name for those who may not import the library themselves.
SystemSession: TypeAlias = Session


class Database:
    """Opens sessions on one database (SQLite file or PostgreSQL URL).

    ``principal`` serves tools; ``system`` is for code that runs before there is a caller
    (identity, migration, import, workers) and is used in storage and the composition root only.
    ``wait`` is how long, in seconds, a unit waits for another program's lock.
    """

    def __init__(self, url: str, *, wait: float = _WAIT) -> None:
        self.url = _parsed(url)
        self._engine = _new_engine(self.url, wait)
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="storage")
        # Option engines share the pool; they are made once because each making costs.
        self._binds = {
            (kind, writes): self._engine.execution_options(**{UNIT: kind, WRITES: writes})
            for kind in (PRINCIPAL, _SYSTEM)
            for writes in (False, True)
        }
        self._passing = self._binds[_SYSTEM, True].execution_options(**{_PASSING: True})

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    @property
    def path(self) -> Path | None:
        """The SQLite file, or None for a server."""
        return Path(self.url.database) if self.is_sqlite and self.url.database else None

    @property
    def name(self) -> str:
        """What to call it to a person: the file, or the URL without its password."""
        return str(self.path or self.url.render_as_string(hide_password=True))

    @contextmanager
    def principal(
        self, caller: Caller, purpose: str, *, write: bool = False
    ) -> Iterator[PrincipalSession]:
        """A unit of work in the caller's name; committed when the block ends well.

        ``write`` takes SQLite's write lock at the start instead of at the first write.
        """
        with translated(self.url):
            session = PrincipalSession(self._binds[PRINCIPAL, write], caller, purpose)
            try:
                yield session
                session.commit()
            finally:
                session.close()

    @contextmanager
    def system(self, reason: str, *, write: bool = True, durable: bool = True) -> Iterator[Session]:
        """A unit of work outside any caller's rights; ``reason`` says what it is for.

        On SQLite a writing unit takes the write lock at its start, so that two programs
        wait for each other instead of failing in the middle; one that is not ``durable`` does
        not wait for the disk, and a power cut may undo it.
        """
        if not reason:
            raise ValueError("a reason is needed")
        bind = self._binds[_SYSTEM, write] if durable else self._passing
        with translated(self.url), Session(bind, expire_on_commit=False) as session:
            yield session
            session.commit()

    async def run(
        self,
        caller: Caller,
        purpose: str,
        work: Callable[[PrincipalSession], T],
        *,
        write: bool = False,
    ) -> T:
        """Run ``work`` in a unit of work on a storage thread, so that nothing blocks the loop.

        When nobody waits for it any more (a tool that ran out of time), it writes nothing.
        """
        abandoned = threading.Event()

        def unit() -> T:
            with self.principal(caller, purpose, write=write) as session:
                result = work(session)
                if abandoned.is_set():
                    raise _AbandonedError
                return result

        try:
            return await self.offload(unit)
        except asyncio.CancelledError:
            abandoned.set()
            raise

    async def offload(self, work: Callable[[], T]) -> T:
        """Run anything that opens units of its own (``approvals.decide``) on a storage thread."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def close(self) -> None:
        """Release threads and connections."""
        self._threads.shutdown(wait=True)
        self._engine.dispose()


def count_rows(session: Session) -> None:
    """After many writes: let SQLite see how its rows lie, so that it picks the narrowest index.

    Each query is filtered by owner, and without this SQLite takes any two indexes for equal.
    PostgreSQL sees to it by itself.
    """
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("ANALYZE")


def _parsed(text: str) -> URL:
    try:
        url = make_url(text)
    except ArgumentError:
        # The text itself stays out of the message: it may hold a password.
        raise StorageError("unreachable", "SALESTWIN_DATABASE_URL") from None
    if url.drivername in {"postgres", "postgresql"}:
        return url.set(drivername="postgresql+psycopg")
    return url


def _new_engine(url: URL, wait: float) -> Engine:
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": wait})
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)
    else:
        try:
            engine = create_engine(url, pool_pre_ping=True)
        except ImportError as error:
            raise StorageError("no_driver", str(error)) from None
        event.listen(engine, "begin", _postgres_begin)
    guard_dialect(engine.dialect)
    event.listen(engine, "before_cursor_execute", _stop_unguarded)
    return engine


def _sqlite_connect(connection: sqlite3.Connection, _record: Any) -> None:
    # We begin transactions ourselves: the driver's implicit BEGIN comes too late for reads.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-16000"):
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    passing = options.get(_PASSING, False)
    if connection.info.get(_PASSING, False) is not passing:
        connection.info[_PASSING] = passing
        _command(connection, f"PRAGMA synchronous={'NORMAL' if passing else 'FULL'}")
    _command(connection, "BEGIN IMMEDIATE" if options.get(WRITES, False) else "BEGIN")


def _postgres_begin(connection: Connection) -> None:
    # A principal session says itself for whom it works, as soon as it has a transaction.
    if connection.get_execution_options().get(UNIT) == _SYSTEM:
        work_for_system(connection)


def _command(connection: Connection, words: str) -> None:
    connection.exec_driver_sql(words, execution_options={CHECKED: True})


def _stop_unguarded(
    connection: Connection, _cursor: Any, statement: str, _params: Any, context: Any, _many: bool
) -> None:
    # This event sees everything, driver-level SQL too; before_execute would miss that.
    options = context.execution_options
    unit = options.get(UNIT)
    if unit is None or (
        unit == PRINCIPAL and CHECKED not in options and not is_flushing(connection)
    ):
        raise UnscopedStatementError(f"outside a session: {statement[:40]}")
