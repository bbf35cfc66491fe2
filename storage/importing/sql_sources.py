"""Any database that SQLAlchemy speaks to, as a source; it is only ever read."""

import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import MetaData, Table, create_engine, event, inspect, select, text
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from storage.importing.mapping import SourcePart
from storage.importing.problems import ImportProblem, nearest
from storage.importing.sheets import RawTable, Row

_READS = re.compile(r"\s*(select|with)\b", re.IGNORECASE)
_FETCH = 2000
_READ_ONLY = dict.fromkeys(("mysql", "mariadb"), "SET SESSION TRANSACTION READ ONLY")


class SqlSource:
    """Tables and queries of one database. The password in its URL is never shown."""

    def __init__(self, url: str) -> None:
        self._engine, self.name = _engine(url)

    def names(self) -> list[str]:
        """Tables and views."""
        with _explained(self.name):
            inspector = inspect(self._engine)
            return [*inspector.get_table_names(), *inspector.get_view_names()]

    def has(self, part: SourcePart) -> bool:
        """A database is a whole export: a table that is not there is a problem, said on reading."""
        return bool(part.query or part.table)

    def unread(self) -> list[str]:
        """Nothing to mention: databases hold many tables that no import is about."""
        return []

    def read(self, part: SourcePart) -> RawTable:
        """A table, or the result of a query, row by row."""
        statement, label = self._statement(part)
        with _explained(label):
            connection = _reading(self._engine)
            try:
                result = connection.execution_options(stream_results=True).execute(statement)
            except BaseException:
                connection.close()
                raise
        columns = list(map(str, result.keys()))
        return RawTable(label, _rows(connection, result, label), columns=columns)

    def close(self) -> None:
        """Give up all connections."""
        self._engine.dispose()

    def _statement(self, part: SourcePart) -> tuple[Any, str]:
        if part.query is not None:
            query = part.query.strip().rstrip(";")
            if not _READS.match(query) or ";" in query:
                raise ImportProblem("sql_not_a_query", file=self.name)
            return text(query.replace(":", "\\:")), f"{self.name} › query"
        known = self.names()
        wanted = part.table or part.name
        if wanted not in known:
            near = nearest(wanted, known)
            raise ImportProblem(
                "missing_table", file=self.name, name=wanted, near=near, known=known
            )
        with _explained(self.name):
            table = Table(wanted, MetaData(), autoload_with=self._engine)
        return select(table), f"{self.name} › {wanted}"


def _engine(url: str) -> tuple[Engine, str]:
    try:
        parsed = make_url(url)
        shown = parsed.render_as_string(hide_password=True)
        engine = create_engine(_file_url(parsed))
    except (NoSuchModuleError, ImportError) as error:
        driver = url.partition(":")[0]
        raise ImportProblem("sql_driver", driver=driver) from error
    except ArgumentError as error:
        raise ImportProblem("sql_url") from error
    if parsed.get_backend_name() == "sqlite":
        # Without this SQLite would begin transactions on its own and could lock the source.
        event.listen(engine, "connect", lambda raw, _record: raw.execute("PRAGMA query_only=ON"))
    return engine, shown


def _file_url(url: URL) -> URL:
    """SQLite files are opened for reading only, so a wrong path does not make a new file."""
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return url
    return url.set(
        database=f"file:{url.database}", query={**url.query, "mode": "ro", "uri": "true"}
    )


def _reading(engine: Engine) -> Connection:
    """A connection that refuses writes as far as the database knows how to."""
    options: dict[str, Any] = {}
    if engine.dialect.name == "postgresql":
        options["postgresql_readonly"] = True
    connection = engine.connect().execution_options(**options)
    if engine.dialect.name in _READ_ONLY:
        connection.exec_driver_sql(_READ_ONLY[engine.dialect.name])
    return connection


def _rows(connection: Connection, result: Any, label: str) -> Iterator[Row]:
    line = 0
    try:
        with _explained(label):
            for batch in result.partitions(_FETCH):
                for row in batch:
                    line += 1
                    yield line, list(row)
    finally:
        connection.close()


class _explained:  # noqa: N801 - reads as a word in ``with``
    """Driver errors become one ``ImportProblem``; its words never hold the connection string."""

    def __init__(self, label: str) -> None:
        self.label = label

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, SQLAlchemyError | OSError):
            original = getattr(error, "orig", None) or error
            lines = str(original).strip().splitlines()
            reason = lines[0][:200] if lines else type(original).__name__
            raise ImportProblem("sql_failed", file=self.label, reason=reason) from error
