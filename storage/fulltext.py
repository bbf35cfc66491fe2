"""The full-text index of the library: SQLite FTS5, or a tsvector column on PostgreSQL.

Both hold terms that are ready made (``knowledge_base.tokens``), so their own tokenisers only
split at spaces. The index is no table of a model and row filters cannot reach it; therefore
``candidates`` gives away nothing but passage ids and scores of one organisation, and whoever
calls it reads the passages themselves through a ``PrincipalSession``, which decides what
exists for the caller.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from storage.database import Database

_SQLITE = """
CREATE VIRTUAL TABLE IF NOT EXISTS library_fts USING fts5(
    chunk_id UNINDEXED, org, title, cues, body, slots,
    tokenize = "unicode61 remove_diacritics 0 tokenchars '-._/%'"
)
"""
_POSTGRES = (
    """CREATE TABLE IF NOT EXISTS library_fts (
        docid BIGINT PRIMARY KEY, chunk_id TEXT NOT NULL, org TEXT NOT NULL, terms TSVECTOR NOT NULL
    )""",
    "CREATE INDEX IF NOT EXISTS library_fts_terms ON library_fts USING GIN (terms)",
)

_REMOVE = {
    True: "DELETE FROM library_fts WHERE rowid = ?",
    False: "DELETE FROM library_fts WHERE docid = %s",
}

# What a hit in each field counts beside a hit in the running text.
_TITLE, _CUES, _BODY, _SLOTS = 2.0, 4.0, 1.0, 2.0
_MOST_TERMS = 64  # longer questions are cut: FTS5 bounds the size of an expression


@dataclass(frozen=True, slots=True)
class IndexRow:
    """One passage for the index; each field is a list of terms."""

    docid: int
    chunk_id: str
    org_id: str
    title: Sequence[str] = ()
    cues: Sequence[str] = ()
    body: Sequence[str] = ()
    slots: Sequence[str] = ()


def create(connection: Connection) -> None:
    """Make the index if it is not there. For migrations and tests."""
    statements = (_SQLITE,) if _is_sqlite(connection) else _POSTGRES
    for statement in statements:
        connection.exec_driver_sql(statement)


def write(connection: Connection, rows: Iterable[IndexRow]) -> None:
    """Put passages into the index, in the transaction of ``connection``.

    A row that was left behind under the same number gives way.
    """
    if _is_sqlite(connection):
        sql = (
            "INSERT OR REPLACE INTO library_fts (rowid, chunk_id, org, title, cues, body, slots)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)"
        )
        values = [
            (r.docid, r.chunk_id, _org_term(r.org_id), *map(" ".join, _fields(r))) for r in rows
        ]
    else:
        sql = (
            "INSERT INTO library_fts VALUES (%s, %s, %s, %s::tsvector)"
            " ON CONFLICT (docid) DO UPDATE SET"
            " chunk_id = excluded.chunk_id, org = excluded.org, terms = excluded.terms"
        )
        values = [(r.docid, r.chunk_id, r.org_id, _tsvector(r)) for r in rows]
    if values:
        connection.exec_driver_sql(sql, values)


def remove(connection: Connection, docids: Iterable[int]) -> None:
    """Take passages out of the index."""
    values = [(docid,) for docid in docids]
    if values:
        connection.exec_driver_sql(_REMOVE[_is_sqlite(connection)], values)


def candidates(
    database: Database,
    org_id: str,
    terms: Sequence[str],
    slots: Sequence[str] = (),
    *,
    limit: int = 200,
    offset: int = 0,
) -> list[tuple[str, float]]:
    """Passage ids of ``org_id`` that hold any of the terms or slots, best first, with a score > 0.

    No text leaves this function: an id says nothing until a principal session reads its row.
    """
    terms, slots = tuple(terms)[:_MOST_TERMS], tuple(slots)[:_MOST_TERMS]
    if not terms and not slots:
        return []
    with database.system("library_search", write=False) as session:
        connection = session.connection()
        find = _find_sqlite if _is_sqlite(connection) else _find_postgres
        return find(connection, org_id, terms, slots, (limit, offset))


def _find_sqlite(
    connection: Connection,
    org_id: str,
    terms: Sequence[str],
    slots: Sequence[str],
    page: tuple[int, int],
) -> list[tuple[str, float]]:
    wanted = []
    if terms:
        wanted.append(f"{{title cues body}} : ({_any_of(terms)})")
    if slots:
        wanted.append(f"slots : ({_any_of(slots)})")
    match = f'org : "{_org_term(org_id)}" AND ({" OR ".join(wanted)})'
    sql = (
        "SELECT chunk_id, -bm25(library_fts, 0, 0, ?, ?, ?, ?) AS score FROM library_fts"
        " WHERE library_fts MATCH ? ORDER BY score DESC, rowid LIMIT ? OFFSET ?"
    )
    values = (_TITLE, _CUES, _BODY, _SLOTS, match, *page)
    return [(row[0], row[1]) for row in connection.exec_driver_sql(sql, values)]


def _find_postgres(
    connection: Connection,
    org_id: str,
    terms: Sequence[str],
    slots: Sequence[str],
    page: tuple[int, int],
) -> list[tuple[str, float]]:
    query = " | ".join(f"'{term}'" for term in (*terms, *slots))
    sql = (
        "SELECT chunk_id, ts_rank('{0.25, 0.5, 0.5, 1.0}', terms, q.query) AS score"
        " FROM library_fts, (SELECT %s::tsquery AS query) q"
        " WHERE org = %s AND terms @@ q.query ORDER BY score DESC, docid LIMIT %s OFFSET %s"
    )
    rows = connection.exec_driver_sql(sql, (query, org_id, *page))
    return [(row[0], float(row[1])) for row in rows]


def _fields(row: IndexRow) -> tuple[Sequence[str], ...]:
    return (row.title, row.cues, row.body, row.slots)


def _any_of(terms: Sequence[str]) -> str:
    return " OR ".join(f'"{term}"' for term in terms)


def _org_term(org_id: str) -> str:
    """An organisation's id as one safe term, so that the index itself narrows to it."""
    return "org" + hashlib.blake2b(org_id.encode(), digest_size=8).hexdigest()


def _tsvector(row: IndexRow) -> str:
    """The row as a tsvector literal: cues weigh A, title and slots B, running text D."""
    places: dict[str, list[str]] = {}
    position = 0
    for field, weight in zip(_fields(row), "BADB", strict=True):
        for term in field:
            position = min(position + 1, 16383)
            places.setdefault(term, []).append(f"{position}{weight}")
    return " ".join(f"'{term}':{','.join(at[:255])}" for term, at in places.items())


def _is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"
