"""What a principal session must refuse: shapes that row and field filters cannot hold."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    case,
    cast,
    collate,
    column,
    delete,
    exists,
    extract,
    func,
    insert,
    inspect,
    lambda_stmt,
    literal_column,
    quoted_name,
    select,
    table,
    tablesample,
    text,
    true,
    union,
    union_all,
    update,
    values,
)
from sqlalchemy.orm import (
    Session,
    aliased,
    defer,
    load_only,
    object_session,
    undefer,
    undefer_group,
    with_loader_criteria,
)
from sqlalchemy.types import UserDefinedType

from storage import tables as t
from storage.database import Database
from storage.errors import RightsError, UnscopedStatementError
from storage.guard import guard_of
from storage.identity import Caller
from storage.vocabulary import Role
from tests.fakes.rights_world import NOW, company, seen

ROWS = company()
REP = Caller("per-rep", "org", "rep", Role.REP)
MANAGER = Caller(
    "per-regional_manager", "org", "m", Role.REGIONAL_MANAGER, ("per-rep", "per-mate"), ("reg-1",)
)
CRO = Caller("per-cro", "org", "cro", Role.CRO)
MATE = Caller("per-mate", "org", "mate", Role.REP)
C, N, K = t.Customer, t.Note, t.Contact
_customer: Any = C.__table__  # type: ignore[attr-defined]
_note: Any = N.__table__  # type: ignore[attr-defined]
_contact: Any = K.__table__  # type: ignore[attr-defined]


class RawType(UserDefinedType[str]):
    """A type that writes SQL of its own."""

    cache_ok = True

    def get_col_spec(self, **_kw: Any) -> str:
        return "TEXT), (SELECT text FROM note LIMIT 1"


def forbidden() -> Iterator[tuple[str, Any]]:
    """Statements that must not run, whatever they would find."""
    # Tables instead of classes.
    yield "core table", select(_note)
    yield "core column", select(_note.c.text)
    yield "core beside a class", select(C.id, _note.c.text).where(_note.c.customer_id == C.id)
    yield "core in where", select(C.id).where(C.id == _note.c.customer_id)
    yield "core in exists", select(C.id).where(exists().where(_note.c.customer_id == C.id))
    yield "core in subquery", select(C.id).where(C.id.in_(select(_note.c.customer_id)))
    yield "core from", select(func.count(C.id)).select_from(_note)
    yield "core join", select(C.id).join(_note, _note.c.customer_id == C.id)
    yield "core join object", select(C.id).select_from(_customer.join(_note))
    yield "core alias", select(C.id).join(_note.alias("n"), true())
    yield "core cte", select(C.id).join(select(_note).cte("n"), true())
    yield "core union", union(select(C.id), select(_note.c.id))
    yield "core in function", select(func.coalesce(C.name, _note.c.text))
    yield "core in case", select(case((C.id == "x", _note.c.text), else_=C.name))
    yield "core in order", select(C.id).order_by(select(_note.c.text).limit(1).scalar_subquery())
    yield "unmapped table", select(C.id, Table("x", MetaData(), Column("a", Integer)))
    yield "table by name", select(C.id, table("note", column("text")))
    yield "column by name", select(K.id, column("phone"))
    yield "column by name in where", select(K.id).where(column("phone") == "139")
    yield "catalogue", select(C.id, table("sqlite_master", column("sql")))
    # Text.
    yield "text", text("SELECT text FROM note")
    yield "text column", select(C.id, text("(SELECT text FROM note LIMIT 1)"))
    yield "text where", select(C.id).where(text("1=1 OR 1=1"))
    yield "text order", select(C.id).order_by(text("(SELECT text FROM note LIMIT 1)"))
    yield "text group", select(func.count(C.id)).group_by(text("1"))
    yield "text in exists", select(C.id).where(exists(select(text("1 FROM note"))))
    yield "textual select", select(C).from_statement(text("SELECT * FROM customer"))
    yield "textual columns", text("SELECT text FROM note").columns(C.id)
    yield (
        "textual subquery",
        select(text("SELECT text FROM note").columns(column("text")).subquery().c.text, C.id),
    )
    yield "literal column", select(C.id, literal_column("(SELECT text FROM note LIMIT 1)"))
    yield "literal where", select(C.id).where(literal_column("1") == literal_column("1"))
    yield "star", select(literal_column("*")).select_from(K)
    yield (
        "star in union",
        union_all(
            select(literal_column("*")).select_from(K), select(literal_column("*")).select_from(K)
        ),
    )
    yield (
        "star in subquery",
        select(func.count()).select_from(select(literal_column("*")).select_from(N).subquery()),
    )
    yield "prefix", select(C.id).prefix_with("(SELECT text FROM note LIMIT 1),")
    yield "suffix", select(C.id).suffix_with("UNION SELECT text FROM note")
    yield "hint", select(C.id).with_statement_hint("UNION SELECT text FROM note")
    yield "table hint", select(C.id).with_hint(C, "INDEXED BY x")
    yield "explain", select(C.id).prefix_with("EXPLAIN")
    yield "operator", select(C.id).where(C.id.op("= '' OR 1=1 --")("x"))
    yield "operator in column", select(C.id.op("|| (SELECT text FROM note) ||")("x"))
    yield "bool operator", select(C.id).where(C.id.bool_op("!= '' OR")("x"))
    yield (
        "extract",
        select(func.count())
        .select_from(C)
        .where(extract("epoch FROM now()) > 0 OR (1", C.updated_at) == 1),
    )
    # SQL in names and types.
    raw = quoted_name("x, (SELECT text FROM note LIMIT 1) AS y", quote=False)
    yield "raw label", select(C.id.label(raw))
    yield "raw alias", select(aliased(C, name=raw).id)
    yield "raw cte", select(select(C.id).cte(raw).c.id)
    yield "raw subquery", select(select(C.id).subquery(raw).c.id)
    yield "raw collation", select(collate(C.id, raw))
    yield "collation of a cast", select(cast(C.id, String(collation='x") , (SELECT 1) , ("')))
    yield "type of one's own", select(cast(C.id, RawType()))
    yield "value of a type of one's own", select(C.id).where(C.id == bindparam("x", "y", RawType()))
    # Names of the guard's own values.
    yield "person", select(C.id).where(C.owner_id == bindparam("guard_person", "per-mate"))
    yield "organisation", select(C.id).where(C.org_id == bindparam("guard_org", "rival"))
    yield "unbound", select(C.id).where(C.org_id == bindparam("guard_org", required=True))
    # Functions that are not on the list.
    yield "query_to_xml", select(func.query_to_xml("select * from note", True, False, ""), C.id)
    yield "pg_read_file", select(func.pg_read_file("/etc/passwd"), C.id)
    yield "load_extension", select(func.load_extension("x"), C.id)
    yield "set_config", select(func.set_config("a.b", "c", True), C.id)
    yield "packaged function", select(func.pg_catalog.lower(C.name))
    yield "table function", select(func.json_each(C.aliases).table_valued("value").c.value)
    yield "scalar function row", select(func.row_to_json(_customer.table_valued()), C.id)
    yield "function in where", select(C.id).where(func.pg_sleep(1) == "x")
    yield "sequence", select(func.nextval("x"), C.id)
    # Statements of another kind.
    yield "insert", insert(N).values(id="x", org_id="org", text="t", written_at=NOW)
    yield "insert from select", insert(N).from_select(["id"], select(C.id))
    yield "lambda", lambda_stmt(lambda: select(N))
    yield "values", select(C.id, values(column("a", Integer), name="v").data([(1,)]))
    yield "from_statement", select(C).from_statement(select(_customer))
    yield "from_statement of union", select(C).from_statement(union(select(C), select(C)))
    yield "no class", select(func.count())
    yield (
        "update inside",
        select(C.id).join(update(C).values(name="x").returning(C.id).cte("u"), true()),
    )
    yield "delete inside", select(C.id).join(delete(N).returning(N.id).cte("d"), true())
    yield "sample", select(C.id).select_from(tablesample(C, 50))
    yield (
        "create table",
        select(C.id).join(select(_note.c.id).subquery().alias("a"), true(), full=True),
    )
    yield "lock", select(C.id).with_for_update()
    # Options of its own.
    yield "undefer", select(K).options(undefer(K.phone))
    yield "undefer group", select(K).options(undefer_group("x"))
    yield "load only", select(K).options(load_only(K.phone))
    yield "defer", select(K).options(defer(K.phone))
    yield "criteria", select(C).options(with_loader_criteria(C, C.id == "x"))
    yield "another guard", select(C).options(guard_of(MANAGER.scope))
    yield "schema map", select(C.id).execution_options(schema_translate_map={None: "main"})
    yield "autoflush off", select(C.id).execution_options(autoflush=False)
    yield "pass", select(C.id).execution_options(salestwin_unit="system")
    # Classes over something else than their own table.
    yield (
        "class over another table",
        select(func.count()).select_from(aliased(C, _note, adapt_on_names=True)),
    )
    yield (
        "class over an alias of another",
        select(aliased(C, _note.alias("x"), adapt_on_names=True).id),
    )
    # Joins that SQLAlchemy leaves unfiltered.
    yield "full join", select(C.id, N.id).join(N, N.customer_id == C.id, full=True)
    yield "second class in one expression", select(func.coalesce(t.Region.name, N.text))
    yield "second class in a sum", select(func.length(t.Region.name) + func.length(N.text))
    yield (
        "alias in a function in where",
        select(C.id).where(func.length(aliased(N).text) > func.length(C.id)),
    )


FORBIDDEN = dict(forbidden())


@pytest.mark.parametrize("shape", FORBIDDEN)
def test_a_shape_that_cannot_be_filtered_is_refused(filled: Database, shape: str) -> None:
    for caller in (REP, MANAGER, CRO):
        with filled.principal(caller, "red_team") as session, pytest.raises(RightsError):
            session.rows(FORBIDDEN[shape])


def test_the_same_shapes_are_ordinary_in_a_system_unit(filled: Database) -> None:
    with filled.system("test", write=False) as session:
        assert session.execute(select(_note)).all()
        assert session.execute(select(C.id, literal_column("1"))).all()
        assert session.execute(select(C.id).where(text("1=1"))).all()
        assert session.execute(
            select(C.id, func.quote_literal(C.id) if _pg(filled) else C.id)
        ).all()


def test_the_inner_session_is_no_weaker_than_the_outer(filled: Database) -> None:
    with filled.principal(REP, "red_team") as session:
        inner = object_session(session.scalars(select(C))[0])
        assert inner is not None
        for call in (
            inner.connection,
            lambda: inner.execute(text("SELECT text FROM note")),
            lambda: inner.execute(select(_note)),
            lambda: inner.scalars(text("SELECT text FROM note")),
            lambda: inner.scalar(select(_note.c.text)),
            lambda: inner.bulk_save_objects([]),
            lambda: inner.bulk_insert_mappings(inspect(N), [{}]),
            lambda: inner.bulk_update_mappings(inspect(N), [{}]),
            lambda: inner.execute(insert(N), [{"id": "x"}]),
            lambda: inner.query(N).from_statement(text("SELECT * FROM note")).all(),
            lambda: inner.query(K).options(undefer(K.phone)).all(),
            lambda: inner.scalars(select(N), {"guard_person": "per-mate"}),
            lambda: inner.execute(update(N), [{"id": "org-note-1", "text": "x"}]),
            lambda: inner.execute(update(N).where(N.id == "org-note-1"), [{"text": "x"}]),
        ):
            with pytest.raises(RightsError):
                call()
        assert {row.id for row in inner.query(N)} == seen(REP, ROWS, N)
        assert inner.get(N, "org-note-1") is None
        assert inner.get(N, "org-note-0") is not None


def test_nothing_reaches_the_engine_outside_a_session(filled: Database) -> None:
    engine = filled._engine
    for call in (
        lambda c: c.exec_driver_sql("SELECT text FROM note"),
        lambda c: c.execute(text("SELECT text FROM note")),
        lambda c: c.execute(select(_note)),
        lambda c: c.scalar(select(_note.c.text)),
    ):
        with engine.connect() as connection, pytest.raises(UnscopedStatementError):
            call(connection)
    with Session(engine) as session, pytest.raises(UnscopedStatementError):
        session.scalars(select(N)).all()
    plain = Session(filled._binds["principal", False])
    with plain as session, pytest.raises(UnscopedStatementError):
        session.scalars(select(N)).all()


def test_there_is_no_session_without_a_principal_and_a_purpose(filled: Database) -> None:
    for caller, purpose in ((None, "p"), ("per-rep", "p"), (REP, ""), (REP.scope, "p")):
        with pytest.raises(RightsError), filled.principal(caller, purpose):  # type: ignore[arg-type]
            pass


def test_two_callers_never_share_loaded_rows(filled: Database) -> None:
    with filled.principal(REP, "first") as first, filled.principal(MATE, "second") as second:
        mine = first.get(N, "org-note-0")
        assert mine is not None
        assert second.get(N, "org-note-0") is None
        with pytest.raises(RightsError):
            second.add(mine)
        assert second.scalars(select(N)) == [second.get(N, "org-note-1")]


def _pg(database: Database) -> bool:
    return not database.is_sqlite
