"""A database as source: tables, queries, never a write, and a password that is never shown."""

import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from storage.importing import ImportProblem
from storage.tables import Customer, Opportunity, Person
from storage.vocabulary import Stage
from tests.integration.import_kit import Desk, new_desk

MAPPING = Path(__file__).parents[2] / "examples" / "import" / "sql-source.yaml"
SCRIPT = """
CREATE TABLE crm_users (id INTEGER, full_name TEXT, kind TEXT, mail TEXT, boss_id INTEGER,
                        is_active BOOLEAN);
INSERT INTO crm_users VALUES (1, 'Ida Kern', 'head', 'ida@example.org', NULL, 1),
                             (2, 'Jo Lang', 'ae', NULL, 1, 1), (3, 'Kim Roth', 'ae', NULL, 1, 0);
CREATE TABLE crm_accounts (id INTEGER, name TEXT, country TEXT, user_id INTEGER, since DATE);
INSERT INTO crm_accounts VALUES (10, 'Nord AG', 'DE', 2, '2020-05-01'), (11, 'Süd SE', 'AT',
                                 3, NULL);
CREATE TABLE crm_deals (id INTEGER, title TEXT, state TEXT, amount NUMERIC, currency TEXT,
                        account_id INTEGER, created_at TIMESTAMP, closed_at TIMESTAMP,
                        deleted INTEGER);
INSERT INTO crm_deals VALUES
  (100, 'Pumps', 'won', 1999.99, 'EUR', 10, '2025-01-02 09:30:00.000000',
   '2025-02-01 00:00:00.000000', 0),
  (101, 'Valves', 'talk', 500, 'CHF', 11, '2025-03-01 10:00:00.000000', NULL, 0),
  (102, 'Gone', 'new', 1, 'EUR', 10, NULL, NULL, 1);
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return new_desk(tmp_path)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "crm.db"
    connection = sqlite3.connect(path)
    connection.executescript(SCRIPT)
    connection.close()
    return path


def problem(desk: Desk, mapping: str, source: str) -> ImportProblem:
    with pytest.raises(ImportProblem) as caught:
        desk.run(mapping, source)
    return caught.value


def test_tables_and_a_query(desk: Desk, source: Path) -> None:
    report = desk.run(MAPPING, f"sqlite:///{source}")
    people, customers, deals = desk.rows(Person), desk.rows(Customer), desk.rows(Opportunity)
    assert people["2"].manager_id == people["1"].id
    assert [people[key].active for key in "123"] == [True, True, False]
    assert people["1"].email == "ida@example.org"
    assert customers["10"].owner_id == people["2"].id
    assert customers["10"].customer_since == date(2020, 5, 1)
    assert set(deals) == {"100", "101"}
    assert (deals["100"].amount_minor, deals["100"].stage) == (199_999, Stage.WON)
    assert deals["100"].opened_at == datetime(2025, 1, 2, 9, 30, tzinfo=UTC)
    assert (deals["101"].currency, deals["101"].amount_minor) == ("CHF", 50_000)
    assert deals["101"].owner_id == people["3"].id
    assert report.rows == []
    again = desk.run(MAPPING, f"sqlite:///{source}")
    assert sum(t.taken + t.updated for t in again.tables) == 0


def test_a_column_list_without_header_guessing(desk: Desk, source: Path) -> None:
    mapping = "tables:\n  - {target: product, from: crm_deals, key: id, columns: {titel: name}}\n"
    found = problem(desk, mapping, f"sqlite:///{source}")
    assert (found.code, found.column) == ("missing_column", "titel")
    assert 'Did you mean "title"?' in found.sentence("en")


def test_a_table_that_is_not_there(desk: Desk, source: Path) -> None:
    mapping = "tables:\n  - {target: product, from: crm_deal, key: id, columns: {title: name}}\n"
    found = problem(desk, mapping, f"sqlite:///{source}")
    assert found.code == "missing_table"
    assert 'Did you mean "crm_deals"?' in found.sentence("en")


@pytest.mark.parametrize(
    "query",
    ["DELETE FROM crm_deals", "SELECT 1; DROP TABLE crm_deals", "PRAGMA user_version = 3"],
)
def test_only_queries_are_sent(desk: Desk, source: Path, query: str) -> None:
    mapping = f"""\
tables:
  - target: product
    from: {{query: "{query}"}}
    key: id
    columns: {{title: name}}
"""
    assert problem(desk, mapping, f"sqlite:///{source}").code == "sql_not_a_query"


def test_a_query_that_would_write_is_refused_by_the_source(desk: Desk, source: Path) -> None:
    before = source.read_bytes()
    mapping = """\
tables:
  - target: product
    from: {query: "WITH x AS (SELECT 1) DELETE FROM crm_deals"}
    key: id
    columns: {title: name}
"""
    assert problem(desk, mapping, f"sqlite:///{source}").code == "sql_failed"
    assert source.read_bytes() == before


def test_colons_in_a_query_are_just_colons(desk: Desk, source: Path) -> None:
    mapping = """\
tables:
  - target: product
    from: {query: "SELECT id, title || ':x' AS title FROM crm_deals"}
    key: id
    columns: {title: name}
"""
    assert desk.run(mapping, f"sqlite:///{source}").table("product").taken == 3


def test_a_source_that_cannot_be_reached(desk: Desk, tmp_path: Path) -> None:
    mapping = "tables:\n  - {target: product, from: t, key: id, columns: {title: name}}\n"
    missing = tmp_path / "none.db"
    assert problem(desk, mapping, f"sqlite:///{missing}").code == "sql_failed"
    assert not missing.exists()
    (tmp_path / "torn.db").write_bytes(b"SQLite format 3\x00" + b"x" * 5000)
    assert problem(desk, mapping, f"sqlite:///{tmp_path / 'torn.db'}").code == "sql_failed"
    assert problem(desk, mapping, "nonsense://x/y").code == "sql_driver"
    assert problem(desk, mapping, "sqlite:///:::?::").code in {"sql_failed", "sql_url"}


def test_a_password_is_never_shown(desk: Desk) -> None:
    mapping = "tables:\n  - {target: product, from: t, key: id, columns: {title: name}}\n"
    url = "postgresql+psycopg://reader:hush@127.0.0.1:9/crm?connect_timeout=2"
    found = problem(desk, mapping, url)
    assert found.code == "sql_failed"
    for language in ("zh", "en"):
        assert "hush" not in found.sentence(language)
        assert "127.0.0.1" in found.sentence(language)
