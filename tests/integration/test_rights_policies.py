"""PostgreSQL's own row filters: what gets past the session still finds nothing it may not see."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import ProgrammingError

from storage import migrate, policies
from storage.database import Database
from storage.guard import may_see
from storage.identity import WRITABLE, Caller
from storage.tables import Customer, Note
from storage.vocabulary import Role
from storage.writes import APPEND_ONLY, SYSTEM_ONLY
from tests.fakes.rights_world import MODELS, callers, company, key_of, seen, write

ROWS = company()
REP = Caller("per-rep", "org", "rep", Role.REP)
CHECKED = {"salestwin_checked": True}


@pytest.fixture(scope="module")
def world(databases: Any) -> Iterator[Database]:
    database = Database(databases.postgres())
    write(database, company())
    yield database
    database.close()


def behind(database: Database, caller: Caller | None, work: Callable[[Connection], Any]) -> Any:
    """What SQL finds that no session has looked at, in a transaction that is taken back."""
    bind = database._binds["principal", False].execution_options(**CHECKED)
    with bind.connect() as connection:
        if caller is not None:
            policies.work_for(connection, caller.scope, **CHECKED)
        try:
            return work(connection)
        finally:
            connection.rollback()


def keys(model: Any) -> str:
    column = "name" if model.__tablename__ == "lease" else "id"
    return f"SELECT {column} FROM {model.__tablename__}"


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_raw_sql_finds_what_the_policy_in_memory_allows(world: Database, model: Any) -> None:
    for caller in callers():
        found = behind(world, caller, lambda c: set(c.execute(text(keys(model))).scalars()))
        assert found == seen(caller, ROWS, model), caller.role


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_without_a_principal_there_are_no_rows(world: Database, model: Any) -> None:
    assert behind(world, None, lambda c: c.execute(text(keys(model))).all()) == []


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_raw_sql_changes_what_the_caller_may_write_alone(world: Database, model: Any) -> None:
    closed = (
        model.visibility not in WRITABLE
        or not hasattr(model, "owner_id")
        or model.__name__ in (SYSTEM_ONLY | APPEND_ONLY)
    )
    column = "name" if model.__tablename__ == "lease" else "id"
    touch = f"UPDATE {model.__tablename__} SET {column} = {column}"
    for caller in callers():
        own = {key_of(row) for row in ROWS if type(row) is model and may_see(caller, row)}
        expected = 0 if closed else len(own)
        assert behind(world, caller, lambda c: c.execute(text(touch)).rowcount) == expected
    gone = behind(world, REP, lambda c: c.execute(text("DELETE FROM note")).rowcount)
    assert gone == 1


@pytest.mark.parametrize("column", ["owner_id", "org_id"])
def test_raw_sql_moves_no_row_out_of_reach(world: Database, column: str) -> None:
    move = text(f"UPDATE customer SET {column} = 'rival' WHERE id = 'org-customer-0'")
    with pytest.raises(ProgrammingError, match="row-level security"):
        behind(world, REP, lambda c: c.execute(move))


def test_raw_sql_adds_no_row_out_of_reach(world: Database) -> None:
    add = (
        "INSERT INTO note (id, org_id, owner_id, text, written_at, source)"
        " VALUES ('x', :org, :owner, 't', now(), 'test')"
    )
    for org, owner in (("rival", "per-rep"), ("org", "per-mate")):
        with pytest.raises(ProgrammingError, match="row-level security"):
            behind(world, REP, lambda c, v=(org, owner): c.execute(text(add), _named(v)))
    behind(world, REP, lambda c: c.execute(text(add), {"org": "org", "owner": "per-rep"}))


def test_a_pooled_connection_forgets_for_whom_it_worked(world: Database) -> None:
    with world.principal(REP, "test") as session:
        assert session.scalars(select(Note.id)) == ["org-note-0"]
    asked = text("SELECT current_setting('salestwin.person', true)")
    assert behind(world, None, lambda c: c.execute(asked).scalar()) in {None, ""}
    with world.system("test", write=False) as session:
        assert len(session.scalars(select(Customer)).all()) == 14
    assert behind(world, None, lambda c: c.execute(text(keys(Note))).all()) == []


def test_a_unit_inside_another_gives_the_outer_one_back(world: Database) -> None:
    """An effect works for its requester; what ``decide`` does before and after, for the system."""
    from storage.session import PrincipalSession

    with world.system("test") as session:
        count = text("SELECT count(*) FROM note")
        assert session.scalar(count) == 14
        inner = PrincipalSession(session.connection(), REP, "effect")
        assert inner.scalars(select(Note.id)) == ["org-note-0"]
        assert session.scalar(count) == 1
        inner.commit()
        inner.close()
        assert session.scalar(count) == 14


def test_policies_are_renewed_when_they_change_and_only_then(world: Database) -> None:
    created = text("SELECT oid FROM pg_policy WHERE polrelid = 'note'::regclass ORDER BY polname")
    with world.system("test", write=False) as session:
        before = session.scalars(created).all()
    migrate.migrate(world)
    with world.system("test") as session:
        assert session.scalars(created).all() == before
        session.execute(text("COMMENT ON POLICY salestwin_select ON lease IS 'of old'"))
    migrate.migrate(world)
    with world.system("test") as session:
        assert session.scalars(created).all() != before


def _named(values: tuple[str, str]) -> dict[str, str]:
    return {"org": values[0], "owner": values[1]}
