"""Queries that are compiled once give each caller what a statement of its own would give."""

from collections.abc import Callable
from operator import itemgetter
from typing import Any

import pytest
from sqlalchemy import (
    BigInteger,
    bindparam,
    column,
    func,
    literal_column,
    select,
    table,
    text,
    update,
)
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from storage import tables as t
from storage.database import Database
from storage.errors import GradeError, UnscopedStatementError
from storage.identity import Caller
from storage.plans import Query, fields
from storage.statements import Among, Ids
from storage.vocabulary import Grade, Role
from tests.fakes.rights_world import MODELS, NOW, callers, company, key_of, seen

ROWS = company()
CALLERS = callers()
REP = Caller("per-rep", "org", "rep", Role.REP)


def keys(model: Any) -> Query[str]:
    """The primary keys of a table."""
    name = "name" if model.__tablename__ == "lease" else "id"
    return Query(lambda _: select(getattr(model, name)), itemgetter(0))


def test_a_query_finds_what_the_policy_in_memory_allows(filled: Database) -> None:
    for query, model in [(keys(model), model) for model in MODELS]:
        for caller in CALLERS:
            with filled.principal(caller, "plans") as session:
                found = session.read(query)
            assert len(found) == len(set(found))
            assert set(found) == seen(caller, ROWS, model), (caller.role, model.__name__)


def test_callers_of_one_role_share_sql_and_no_rows(filled: Database) -> None:
    query = keys(t.Customer)
    found = []
    for person in ("per-rep", "per-mate", "per-nobody"):
        with filled.principal(Caller(person, "org", person, Role.REP), "plans") as session:
            found.append(set(session.read(query)))
    assert found[0]
    assert found[1]
    assert found[0] != found[1]
    assert found[2] == set()


def test_a_join_filters_both_sides(filled: Database) -> None:
    query = Query(
        lambda _: select(col(t.Contact.id), col(t.Customer.id)).outerjoin(
            t.Customer, col(t.Customer.id) == col(t.Contact.customer_id)
        ),
        tuple,
    )
    for caller in CALLERS:
        customers = seen(caller, ROWS, t.Customer)
        with filled.principal(caller, "plans") as session:
            found = session.read(query)
        assert {contact for contact, _ in found} == seen(caller, ROWS, t.Contact)
        assert {customer for _, customer in found} <= {*customers, None}


def test_fields_above_the_grades_are_null_or_refused(filled: Database) -> None:
    names = ("id", "name", "attitude")
    masked = Query(lambda grades: select(*fields(t.Contact, names, grades)), tuple)
    plain = Query(lambda _: select(col(t.Contact.id), col(t.Contact.name)), tuple)
    contacts = {row.id: row for row in ROWS if isinstance(row, t.Contact)}
    for caller in CALLERS:
        with filled.principal(caller, "plans") as session:
            for key, name, attitude in session.read(masked):
                assert name == (contacts[key].name if Grade.L1 in caller.grades else None)
                assert attitude == (contacts[key].attitude if Grade.L2 in caller.grades else None)
            if Grade.L1 not in caller.grades:
                with pytest.raises(GradeError):
                    session.read(plain)


def test_values_come_back_as_an_entity_would_have_them(filled: Database) -> None:
    models = (t.Interaction, t.Opportunity, t.CalendarEvent, t.Contract, t.CompetitorPresence)
    for model in models:
        names = tuple(model.__mapper__.columns.keys())  # type: ignore[attr-defined]
        query = Query(lambda _, m=model, n=names: select(*fields(m, n, REP.grades)), tuple)
        with filled.principal(REP, "plans") as session:
            rows = {row[names.index("id")]: row for row in session.read(query)}
            entities = session.scalars(select(model))
            assert entities
            for entity in entities:
                assert rows[entity.id] == tuple(getattr(entity, name) for name in names)


def test_sets_of_ids_are_one_value(filled: Database) -> None:
    query = Query(
        lambda _: select(col(t.Customer.id)).where(
            Among(t.Customer.id, bindparam("wanted", type_=Ids()))
        ),
        itemgetter(0),
    )
    everything = tuple(key_of(row) for row in ROWS if isinstance(row, t.Customer))
    with filled.principal(REP, "plans") as session:
        mine = seen(REP, ROWS, t.Customer)
        assert set(session.read(query, wanted=everything)) == mine
        assert session.read(query, wanted=()) == []
        assert session.read(query, wanted=(min(mine), "x' OR 1=1 --")) == [min(mine)]


def test_a_row_that_was_just_added_is_found(filled: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        _add_and_fail(filled)
    with filled.principal(REP, "plans") as session:
        assert "n-new" not in session.read(keys(t.Note))


def _add_and_fail(database: Database) -> None:
    with database.principal(REP, "plans") as session:
        session.add(t.Note(id="n-new", org_id="org", owner_id="per-rep", text="x", written_at=NOW))
        assert "n-new" in session.read(keys(t.Note))
        raise ZeroDivisionError  # nothing of it stays


BY_NAME = Query(
    lambda _: select(col(t.Customer.id)).where(col(t.Customer.name) == bindparam("name")),
    itemgetter(0),
)


@pytest.mark.parametrize(
    "values", [{}, {"name": "x", "other": 1}, {"other": 1}, {"name": "x", "guard_org": "rival"}]
)
def test_other_values_than_it_asks_for_are_refused(
    filled: Database, values: dict[str, Any]
) -> None:
    with filled.principal(REP, "plans") as session:
        assert session.read(BY_NAME, name="x") == []
        with pytest.raises(UnscopedStatementError):
            session.read(BY_NAME, **values)


REFUSED: dict[str, Callable[[], Any]] = {
    "a core table": lambda: select(t.Customer.__table__.c.id),  # type: ignore[attr-defined]
    "a table by name": lambda: select(table("customer", column("id"))),
    "text": lambda: text("SELECT id FROM customer"),
    "a literal column": lambda: select(col(t.Customer.id), literal_column("1")),
    "a function": lambda: select(func.load_extension(col(t.Customer.id))),
    "an update": lambda: update(t.Customer).values(name="x"),
    "in_()": lambda: select(col(t.Customer.id)).where(col(t.Customer.id).in_(["a"])),
    "a value of the guard": lambda: select(col(t.Customer.id)).where(
        col(t.Customer.org_id) == bindparam("guard_org")
    ),
    "options": lambda: select(col(t.Customer.id)).execution_options(stream_results=True),
}


@pytest.mark.parametrize("shape", REFUSED)
def test_what_cannot_be_filtered_gets_no_plan(filled: Database, shape: str) -> None:
    query = Query(lambda _: REFUSED[shape](), tuple)
    with filled.principal(REP, "plans") as session:
        for _ in range(2):  # a refusal is not remembered as a plan
            with pytest.raises(UnscopedStatementError):
                session.read(query)


def test_errors_of_the_driver_come_as_those_of_the_engine(filled: Database) -> None:
    size = bindparam("size", type_=BigInteger())
    query = Query(lambda _: select(col(t.Customer.id), func.abs(size)), tuple)
    with filled.principal(REP, "plans") as session:
        assert session.read(query, size=-1)
        with pytest.raises(DBAPIError) as error:
            session.read(query, size=-(2**63))
    assert str(2**63) not in str(error.value)
