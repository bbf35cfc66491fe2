"""``PrincipalSession``: the only database handle that tools get."""

from collections.abc import Sequence
from typing import Any, NoReturn, TypeVar

from sqlalchemy import CompoundSelect, Delete, Row, Select, Update, event, inspect, select
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Session

from storage.errors import RightsError, UnscopedStatementError
from storage.guard import guard_of
from storage.identity import Caller
from storage.plans import Query, plan_of
from storage.policies import work_for, work_for_system
from storage.statements import check_parameters, has_guard, with_guard
from storage.writes import check_change, check_rows

ModelT = TypeVar("ModelT")
RowT = TypeVar("RowT")

# Execution options. The engine listener of ``storage.database`` lets only connections with
# ``UNIT`` reach the database, and on those of principals only what the session has checked.
UNIT = "salestwin_unit"
CHECKED = "salestwin_checked"
WRITES = "salestwin_writes"
PRINCIPAL = "principal"
_FLUSHING = "salestwin_flushing"


class PrincipalSession:
    """A database session of one caller for one purpose.

    Reads return only rows in the caller's reach and only fields of the caller's grades;
    writes are refused outside it. It offers no connection, no text and no bulk insert.
    ``purpose`` says why data is read (for example ``customer_brief``) and is never empty.
    """

    def __init__(self, bind: Engine | Connection, caller: Caller, purpose: str) -> None:
        if not isinstance(caller, Caller):
            raise RightsError("no principal, no rows")
        if not purpose:
            raise RightsError("a purpose is needed")
        self.caller = caller
        self.purpose = purpose
        self.__session = GuardedSession(bind, caller)

    def read(self, query: Query[RowT], /, **values: Any) -> list[RowT]:
        """All rows of a query that is compiled once, with these values."""
        return self.__session.read(query, values)

    def scalars(self, statement: Select[ModelT]) -> Sequence[ModelT]:
        """All rows of a select of one entity or column."""
        return self.__session.scalars(statement).all()

    def rows(self, statement: Select[Any]) -> Sequence[Row[Any]]:
        """All rows of a select of several columns."""
        return self.__session.execute(statement).all()

    def first(self, statement: Select[ModelT]) -> ModelT | None:
        """The first row, or None."""
        return self.__session.scalars(statement.limit(1)).first()

    def get(self, model: type[ModelT], key: str) -> ModelT | None:
        """The row with that id if the caller may see it; always asks the database."""
        identity: Any = model
        return self.first(select(model).where(identity.id == key))

    def add(self, *rows: Any) -> None:
        """Store new rows; each must be in the caller's reach, and so must what it refers to."""
        if not all(inspect(row).transient for row in rows):
            raise RightsError("a row of another session, with what that one was allowed to load")
        self.__session.add_all(rows)
        self.__session.flush()

    def change(self, statement: Update | Delete) -> int:
        """Run an ORM update or delete over the rows in reach; returns how many changed."""
        result: Any = self.__session.execute(statement)
        return int(result.rowcount)

    def commit(self) -> None:
        """End the unit of work and keep it."""
        self.__session.commit()

    def close(self) -> None:
        """Give the connection back; what was not committed is undone."""
        self.__session.close()


class GuardedSession(Session):
    """The ORM session inside: every statement passes the guard, whoever got hold of it.

    A row knows its session (``object_session``), so this class must not be weaker than
    ``PrincipalSession`` itself.
    """

    def __init__(self, bind: Engine | Connection, caller: Caller) -> None:
        super().__init__(
            bind,
            expire_on_commit=False,
            join_transaction_mode="create_savepoint",
            execution_options={CHECKED: True},
        )
        self.caller = caller
        self._guards = guard_of(caller.scope), guard_of(caller.scope, writes=True)
        self._joined = isinstance(bind, Connection)
        self._locked: object = None

    def _execute_internal(self, statement: Any, params: Any = None, *args: Any, **kw: Any) -> Any:
        # The one place that execute, scalars, scalar, get, refresh and lazy loads go through.
        check_parameters(params)
        return super()._execute_internal(self._admitted(statement), params, *args, **kw)

    def read(self, query: Query[RowT], values: dict[str, Any]) -> list[RowT]:
        """Rows of a query, as ``execute`` would find them: its plan has passed the guard."""
        check_parameters(values)
        self.flush()
        connection, guard = super().connection(), self._guards[0]
        return plan_of(query, connection.dialect, guard).run(connection, values, guard)

    def _admitted(self, statement: Any) -> Any:
        reading, writing = self._guards
        if isinstance(statement, Update | Delete):
            check_change(statement, self.caller)
            self._lock_for_writing()
            return with_guard(statement, writing)
        if isinstance(statement, Select | CompoundSelect):
            # The session itself asks again, with the same guard, before some updates.
            return statement if has_guard(statement, writing) else with_guard(statement, reading)
        raise UnscopedStatementError(f"not an ORM statement: {type(statement).__name__}")

    def flush(self, objects: Sequence[Any] | None = None) -> None:
        """Write what was added or changed, if the caller may write all of it."""
        new, deleted = list(self.new), list(self.deleted)
        dirty = [row for row in self.dirty if self.is_modified(row)]
        if not (new or dirty or deleted):
            return
        with self.no_autoflush:
            check_rows(self, self.caller, new, dirty, deleted)
        self._lock_for_writing()
        info = super().connection().info
        info[_FLUSHING] = True
        try:
            super().flush(objects)
        finally:
            info.pop(_FLUSHING, None)

    def _lock_for_writing(self) -> None:
        """On SQLite, take the write lock before the first write, waiting for it if need be.

        A transaction that has read cannot wait for the lock: SQLite fails it at once when
        another program has written meanwhile. So it is ended and begun anew as a writing one;
        what was read before may be older than what is written, as on PostgreSQL.
        """
        transaction = self.get_transaction() or self.begin()
        if self._locked is transaction:
            return
        connection = super().connection()
        if connection.dialect.name == "sqlite" and not _writes(connection):
            for word in ("COMMIT", "BEGIN IMMEDIATE"):
                connection.exec_driver_sql(word, execution_options={CHECKED: True})
        self._locked = transaction

    def close(self) -> None:
        """Undo what was not committed; a unit that was joined works for the system again."""
        super().close()
        bind = self.bind
        if self._joined and isinstance(bind, Connection) and bind.dialect.name == "postgresql":
            work_for_system(bind)

    def connection(self, *_args: Any, **_kw: Any) -> NoReturn:
        """There is no raw connection in a principal session."""
        raise UnscopedStatementError("a raw connection")

    def bulk_save_objects(self, *_args: Any, **_kw: Any) -> NoReturn:
        """There are no bulk writes in a principal session."""
        raise UnscopedStatementError("a bulk write")

    bulk_insert_mappings = bulk_update_mappings = bulk_save_objects


def _introduce(session: GuardedSession, _transaction: Any, connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        work_for(connection, session.caller.scope, **{CHECKED: True})


event.listen(GuardedSession, "after_begin", _introduce)


def _writes(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get(WRITES, False))


def is_flushing(connection: Connection) -> bool:
    """Whether a principal session is writing checked rows on this connection just now."""
    return bool(connection.info.get(_FLUSHING, False))
