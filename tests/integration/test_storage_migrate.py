"""Migrations: models and revisions agree on both databases, and nothing is left half done."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlmodel import SQLModel

from storage import migrate, policies
from storage.database import Database
from storage.errors import StorageError

# Made by hand, because no model can describe a full-text index.
FULLTEXT = "library_fts"


def tables(database: Database) -> set[str]:
    with database.system("tables", write=False) as session:
        return set(inspect(session.connection()).get_table_names())


def differences(database: Database) -> list[Any]:
    def ours(name: str | None, kind: str, _parents: Any) -> bool:
        return kind != "table" or not (name or "").startswith(FULLTEXT)

    with database.system("compare", write=False) as session:
        options = {"compare_type": True, "include_name": ours}
        context = MigrationContext.configure(session.connection(), opts=options)
        return list(compare_metadata(context, SQLModel.metadata))


def test_models_and_revisions_agree(fresh_database: Database) -> None:
    assert differences(fresh_database) == []
    assert {table.name for table in SQLModel.metadata.sorted_tables} < tables(fresh_database)
    assert any(name.startswith(FULLTEXT) for name in tables(fresh_database))


def test_the_comparison_sees_a_difference(fresh_database: Database) -> None:
    with fresh_database.system("change") as session:
        session.execute(text("ALTER TABLE turn ADD COLUMN surplus TEXT"))
        session.execute(text("DROP INDEX ix_note_owner_id"))
    assert len(differences(fresh_database)) == 2


def test_an_empty_database_becomes_current_and_stays_so(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/new.db")
    assert migrate.state(database) == "empty"
    migrate.migrate(database)
    before = tables(database)
    migrate.migrate(database)
    assert migrate.state(database) == "current"
    assert tables(database) == before
    database.close()


def test_a_newer_database_is_left_alone(fresh_database: Database) -> None:
    with fresh_database.system("newer") as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    before = tables(fresh_database)
    assert migrate.state(fresh_database) == "newer"
    with pytest.raises(StorageError) as caught:
        migrate.migrate(fresh_database)
    assert caught.value.reason == "newer"
    assert caught.value.detail == fresh_database.name
    assert tables(fresh_database) == before


def test_a_migration_that_fails_leaves_nothing(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/half.db")
    with database.system("obstacle") as session:
        session.execute(text("CREATE TABLE turn (id TEXT)"))
    with pytest.raises(Exception, match="turn"):
        migrate.migrate(database)
    assert tables(database) == {"turn"}
    assert migrate.state(database) == "empty"
    database.close()


def test_programs_that_start_at_once_wait_for_each_other(tmp_path: Path) -> None:
    programs = [Database(f"sqlite:///{tmp_path}/both.db") for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(migrate.migrate, programs))
    assert {migrate.state(program) for program in programs} == {"current"}
    for program in programs:
        program.close()


def test_file_names_tell_what_alembic_reads_from_the_files(database: Database) -> None:
    """``revisions`` reads names alone, so that a start need not import Alembic."""
    with database.system("script", write=False) as session:
        script = ScriptDirectory.from_config(migrate._config(session.connection()))
    known = [revision.revision for revision in script.walk_revisions()]
    assert list(migrate.revisions()) == known[::-1]
    assert script.get_heads() == [migrate.revisions()[-1]]


def test_the_first_revision_can_be_taken_back(fresh_database: Database) -> None:
    with fresh_database.system("downgrade") as session:
        if not fresh_database.is_sqlite:
            policies.remove(session.connection())
        command.downgrade(migrate._config(session.connection()), "base")
    assert tables(fresh_database) == {"alembic_version"}
    assert migrate.state(fresh_database) == "empty"
    migrate.migrate(fresh_database)
    assert differences(fresh_database) == []


def test_money_is_wide_enough_and_codes_stand_as_text(fresh_database: Database) -> None:
    with fresh_database.system("write") as session:
        session.execute(
            text(
                "INSERT INTO opportunity (id, org_id, name, stage, currency, source, amount_minor)"
                " VALUES ('o', 'org', 'n', 'won', 'CNY', 'test', 9000000000000)"
            )
        )
    from storage.tables import Opportunity
    from storage.vocabulary import Stage

    with fresh_database.system("read", write=False) as session:
        row = session.get_one(Opportunity, "o")
        assert (row.stage, row.amount_minor) == (Stage.WON, 9_000_000_000_000)
