"""What can go wrong with a database, for real: each becomes a ``StorageError`` that says what."""

import os
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from psycopg import OperationalError
from psycopg_pool import PoolTimeout
from sqlalchemy import event, func, select, text
from sqlalchemy.engine.url import make_url
from sqlmodel import col

from storage import migrate
from storage.database import Database
from storage.errors import StorageError
from storage.failures import storage_error
from storage.identity import Caller
from storage.session import PrincipalSession
from storage.tables import Note, Organisation
from storage.vocabulary import Role
from tests.fakes.rights_world import NOW

REP = Caller("per-rep", "org", "rep", Role.REP)


def note(key: str = "n", text: str = "t") -> Note:
    return Note(id=key, org_id="org", owner_id="per-rep", text=text, written_at=NOW)


def notes(database: Database) -> int:
    with database.system("count", write=False) as session:
        return session.scalar(select(func.count()).select_from(Note)) or 0


def expect(reason: str, work: Any) -> StorageError:
    with pytest.raises(StorageError) as caught:
        work()
    assert caught.value.reason == reason
    return caught.value


def read(database: Database) -> None:
    with database.principal(REP, "test") as session:
        session.scalars(select(Note))


def add(database: Database, row: Note | None = None) -> None:
    with database.principal(REP, "test") as session:
        session.add(row or note())


@pytest.fixture
def sealed_folder() -> Iterator[Path]:
    """A folder that may be entered and not written; unlike pytest's own, by any user."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name)
        path.chmod(0o555)
        yield path
        path.chmod(0o755)


@pytest.fixture
def ordinary_user() -> Iterator[None]:
    """Not root for the time of a test: root may write wherever it likes."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_somebody_elses_lock_is_waited_for_and_then_told(sqlite_url: str) -> None:
    database = Database(sqlite_url, wait=0.05)
    path = str(database.path)
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    assert expect("locked", lambda: add(database)).detail == path
    expect("locked", lambda: migrate.migrate(database))
    read(database)  # readers do not wait for writers
    holder.execute("COMMIT")
    holder.close()
    add(database)
    assert notes(database) == 1
    database.close()


def test_a_lock_in_the_middle_of_a_unit_takes_all_of_it_back(sqlite_url: str) -> None:
    database = Database(sqlite_url, wait=0.05)
    holder = sqlite3.connect(str(database.path), isolation_level=None)

    def read_then_write() -> None:
        with database.principal(REP, "test") as session:
            session.scalars(select(Note))
            holder.execute("BEGIN IMMEDIATE")
            session.add(note())

    expect("locked", read_then_write)
    holder.execute("ROLLBACK")
    holder.close()
    assert notes(database) == 0
    database.close()


@pytest.mark.parametrize("damage", ["head", "whole", "middle"])
def test_a_damaged_file_is_told_from_a_good_one(sqlite_url: str, damage: str) -> None:
    database = Database(sqlite_url)
    for number in range(50):
        add(database, note(f"n{number}", "x" * 2000))
    path = Path(str(database.path))
    database.close()
    data = bytearray(path.read_bytes())
    start, end = {"head": (0, 100), "whole": (0, len(data)), "middle": (4096, len(data))}[damage]
    data[start:end] = os.urandom(end - start)
    path.write_bytes(data)
    before = path.read_bytes()
    broken = Database(sqlite_url)
    assert expect("corrupt", lambda: add(broken)).detail == str(path)
    expect("corrupt", lambda: read(broken))
    broken.close()
    assert path.read_bytes() == before


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    path.write_text("这不是数据库\n" * 200, encoding="utf-8")
    database = Database(f"sqlite:///{path}")
    expect("corrupt", lambda: migrate.migrate(database))
    expect("corrupt", lambda: migrate.state(database))
    database.close()
    assert path.read_text(encoding="utf-8").startswith("这不是")


def test_a_full_disk_leaves_no_half_written_unit(sqlite_url: str) -> None:
    database = Database(sqlite_url)

    @event.listens_for(database._engine, "connect")
    def _small_disk(connection: Any, _record: Any) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages + 20}")

    def fill() -> None:
        with database.principal(REP, "test") as session:
            for number in range(100):
                session.add(note(f"n{number}", "x" * 5000))

    assert expect("disk_full", fill).detail == str(database.path)
    assert notes(database) == 0
    add(database)
    assert notes(database) == 1
    database.close()


def test_a_quota_that_runs_out_counts_as_a_full_disk(sqlite_url: str) -> None:
    """In a child process, because the limit can only be lowered."""
    child = os.fork()
    if child == 0:
        os._exit(_write_under_a_quota(sqlite_url))
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    database = Database(sqlite_url)
    assert notes(database) == 0
    database.close()


def _write_under_a_quota(url: str) -> int:
    import resource
    import signal

    try:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        database = Database(url)
        size = Path(str(database.path)).stat().st_size + 8192
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        try:
            with database.principal(REP, "test") as session:
                for number in range(100):
                    session.add(note(f"n{number}", os.urandom(5000).hex()))
        except StorageError as error:
            return 0 if error.reason == "disk_full" else 2
    except BaseException:
        return 3
    return 1


def test_a_folder_without_write_permission(sealed_folder: Path, ordinary_user: None) -> None:
    path = sealed_folder / "new.db"
    database = Database(f"sqlite:///{path}")
    assert expect("read_only", lambda: migrate.migrate(database)).detail == str(path)
    database.close()


def test_a_file_opened_for_reading_only(sqlite_url: str) -> None:
    path = sqlite_url.removeprefix("sqlite:///")
    database = Database(f"sqlite:///file:{path}?mode=ro&uri=true")
    read(database)
    expect("read_only", lambda: add(database))
    database.close()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/no/such/folder/x.db")
    assert expect("missing", lambda: migrate.migrate(database)).detail.endswith("folder/x.db")
    database.close()
    assert not (tmp_path / "no").exists()


def test_a_database_without_our_tables(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/empty.db")
    expect("not_migrated", lambda: read(database))
    database.close()


def test_a_server_that_is_not_there_and_a_name_that_it_does_not_have(databases: Any) -> None:
    nobody = Database("postgresql://someone:secret@127.0.0.1:1/x?connect_timeout=2")
    error = expect("unreachable", lambda: migrate.migrate(nobody))
    assert "secret" not in str(error)
    assert "127.0.0.1" in error.detail
    nobody.close()
    url = databases.postgres()
    stranger = Database(url.replace("/test_", "/no_such_"))
    expect("missing", lambda: migrate.state(stranger))
    stranger.close()


def test_a_table_missing_on_a_server_is_told_from_a_statement_that_is_wrong(
    postgres_url: str,
) -> None:
    database = Database(postgres_url)
    with database.system("drop") as session:
        session.execute(text("DROP TABLE note"))
    expect("not_migrated", lambda: read(database))
    with pytest.raises(Exception, match="missing FROM"), database.system("test") as session:
        session.execute(select(col(Organisation.id)).group_by(Organisation.id).having(Note.id > ""))
    database.close()


def test_an_address_that_is_none_is_refused_without_showing_it() -> None:
    error = expect("unreachable", lambda: Database("not a url with secret"))
    assert "secret" not in str(error)


def test_a_driver_that_is_not_installed_is_no_server_that_is_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    expect("no_driver", lambda: Database("postgresql+psycopg://u@localhost/x"))


def test_other_errors_pass_as_they_are(database: Database) -> None:
    add(database)
    with pytest.raises(Exception, match="UNIQUE"):
        add(database)

    def fail(session: PrincipalSession) -> None:
        session.add(note("n2"))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), database.principal(REP, "test") as session:
        fail(session)
    assert notes(database) == 1


async def test_units_run_beside_the_loop(database: Database) -> None:
    await database.run(REP, "test", lambda session: session.add(note()), write=True)
    found = await database.run(REP, "test", lambda session: session.scalars(select(Note.id)))
    assert found == ["n"]
    assert notes(database) == 1
    assert await database.offload(lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        await database.run(REP, "test", lambda _session: 1 / 0)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (KeyError("the product does not exist"), None),
        (ValueError('database "x" does not exist'), None),
        (OperationalError('connection failed: FATAL:  database "x" does not exist'), "missing"),
        (OperationalError('connection failed: FATAL:  role "x" does not exist'), "unreachable"),
        (OperationalError("connection timeout expired"), "unreachable"),
        (PoolTimeout("couldn't get a connection after 10 sec"), "unreachable"),
        (ConnectionError("the page does not exist"), None),
    ],
)
def test_only_what_the_driver_says_is_trouble_of_the_database(
    error: Exception, reason: str | None
) -> None:
    found = storage_error(error, make_url("postgresql://127.0.0.1/x"))
    assert (found and found.reason) == reason
