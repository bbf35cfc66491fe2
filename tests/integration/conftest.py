"""Fixtures of the integration tests: databases that last for a whole file, and what is in them."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from storage.checkpoints import open_checkpointer
from storage.database import Database
from tests.fakes.rights_world import company, write
from tests.integration.demo_kit import Company, built
from tests.integration.tool_world import World, make_world


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def lasting_database(
    request: pytest.FixtureRequest, databases: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """An empty, migrated database for all tests of one file, on SQLite and on PostgreSQL."""
    folder = tmp_path_factory.mktemp("lasting")
    url = databases.sqlite(folder) if request.param == "sqlite" else databases.postgres()
    opened = Database(url)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def filled(lasting_database: Database) -> Database:
    """The two companies of ``rights_world``, for all tests of one file: none may change them."""
    write(lasting_database, company())
    return lasting_database


@pytest.fixture
def world(sqlite_url: str) -> Iterator[World]:
    """The customers of ``tool_world`` on SQLite, for tests of tools."""
    made = make_world(sqlite_url)
    yield made
    made.close()


@pytest.fixture
async def saver(tmp_path: Path) -> AsyncIterator[Any]:
    """A store of conversations in a file."""
    async with open_checkpointer(tmp_path / "threads.db") as opened:
        yield opened


@pytest.fixture(scope="session")
def farsail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """The whole demo company, built once for all files."""
    made = built(tmp_path_factory.mktemp("demo") / "full.db")
    yield made
    made.database.close()
