"""Random companies, callers and statements: SQL finds what the policy in memory finds.

All examples run on one database handle, many callers in turn with the same statements, so that
compiled SQL which kept somebody's scope would show.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, or_, select, union
from sqlalchemy.orm import aliased

from storage import tables as t
from storage.database import Database
from storage.errors import RightsError
from storage.guard import may_see
from storage.identity import Caller
from storage.vocabulary import Role, Stage
from tests.fakes.rights_world import NOW, shared_with, write

ORGS = ("org", "rival")
PEOPLE = ("ann", "ben", "cem", "dan")
REGIONS = ("east", "west")
CUSTOMERS = ("c1", "c2", "c3", "c4")
MODELS: tuple[Any, ...] = (t.Customer, t.Contact, t.Opportunity, t.Note, t.Quote, t.CustomerShare)


@dataclass(frozen=True)
class Query:
    """A statement for the ids of ``model``, and the same question asked in memory."""

    model: Any
    statement: Any
    answer: Callable[["Seen"], set[str]]


@dataclass(frozen=True)
class Seen:
    """The rows that one caller may read."""

    caller: Caller
    rows: list[Any]

    def of(self, model: Any) -> list[Any]:
        shared = shared_with(self.caller, self.rows)
        return [r for r in self.rows if type(r) is model and may_see(self.caller, r, shared)]


@st.composite
def companies(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Rows as plain values, because the rows themselves belong to one session."""
    place = st.fixed_dictionaries(
        {
            "org_id": st.sampled_from(ORGS),
            "owner_id": st.sampled_from((*PEOPLE, None)),
            "region_id": st.sampled_from((*REGIONS, None)),
        }
    )
    customers = [{"model": t.Customer, "id": key, "name": key, **draw(place)} for key in CUSTOMERS]
    rest = [
        {"model": model, "id": f"{model.__name__}-{n}", "customer_id": customer, **draw(place)}
        for model in MODELS[1:]
        for n, customer in enumerate(draw(st.lists(st.sampled_from(CUSTOMERS), max_size=4)))
    ]
    return customers + rest


def callers() -> st.SearchStrategy[Caller]:
    return st.builds(
        Caller,
        person_id=st.sampled_from(PEOPLE),
        org_id=st.sampled_from(ORGS),
        name=st.just("n"),
        role=st.sampled_from(list(Role)),
        team_ids=st.lists(st.sampled_from(PEOPLE), unique=True, max_size=3).map(tuple),
        region_ids=st.lists(st.sampled_from(REGIONS), unique=True, max_size=2).map(tuple),
    )


def queries() -> st.SearchStrategy[Query]:
    return st.recursive(st.sampled_from(MODELS).flatmap(base), grown, max_leaves=4)


def base(model: Any) -> st.SearchStrategy[Query]:
    return st.sampled_from(
        [
            select(model.id),
            select(aliased(model).id),
            select(aliased(model, name="x").id),
            select(model).with_only_columns(model.id),
            select(select(model.id.label("k")).subquery().c.k),
            select(select(model.id.label("k")).cte().c.k),
            select(model.id).group_by(model.id).having(func.count() == 1),
        ]
    ).map(lambda s: Query(model, s, lambda seen: {row.id for row in seen.of(model)}))


def grown(children: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    one = st.tuples(children, st.sampled_from(MODELS), st.sampled_from((*PEOPLE, None)))
    ways = (owned, with_partner, without_partner, wrapped, joined, outer_joined)
    grown_by_one = st.sampled_from(ways).flatmap(lambda way: one.map(lambda a: way(*a)))
    return grown_by_one | st.tuples(children, children).map(both)


def owned(child: Query, _model: Any, owner: str | None) -> Query:
    """Those of the child's that ``owner`` has."""
    m = aliased(child.model)
    return Query(
        child.model,
        select(m.id).where(m.id.in_(child.statement), m.owner_id == owner),
        lambda seen: _narrowed(seen, child, lambda row: row.owner_id == owner),
    )


def with_partner(child: Query, model: Any, _owner: str | None) -> Query:
    """Those of the child's whose customer has a visible row of ``model``."""
    m, other = aliased(child.model), aliased(model)
    there = select(other.id).where(_customer(other) == _customer(m)).exists()
    return Query(
        child.model,
        select(m.id).where(m.id.in_(child.statement), there),
        lambda seen: _narrowed(seen, child, lambda row: _partner(seen, model, row)),
    )


def without_partner(child: Query, model: Any, _owner: str | None) -> Query:
    """Those whose customer has none: what is hidden must look exactly like what is not there."""
    m, other = aliased(child.model), aliased(model)
    number = select(func.count(other.id)).where(_customer(other) == _customer(m))
    return Query(
        child.model,
        select(m.id).where(m.id.in_(child.statement), number.scalar_subquery() == 0),
        lambda seen: _narrowed(seen, child, lambda row: not _partner(seen, model, row)),
    )


def wrapped(child: Query, _model: Any, owner: str | None) -> Query:
    """The child's, through one more subquery with a condition that tells nothing."""
    inner = child.statement.subquery()
    column = next(iter(inner.c))
    statement = select(column).where(or_(column != "no such id", column == str(owner)))
    return Query(child.model, statement, child.answer)


def joined(child: Query, model: Any, _owner: str | None) -> Query:
    """``with_partner`` by a join."""
    m, other = aliased(child.model), aliased(model)
    statement = select(m.id).join(other, _customer(other) == _customer(m))
    return Query(
        child.model,
        statement.where(m.id.in_(child.statement)).distinct(),
        with_partner(child, model, None).answer,
    )


def outer_joined(child: Query, model: Any, _owner: str | None) -> Query:
    """``without_partner`` by an outer join."""
    m, other = aliased(child.model), aliased(model)
    statement = select(m.id).outerjoin(other, _customer(other) == _customer(m))
    return Query(
        child.model,
        statement.where(m.id.in_(child.statement), other.id.is_(None)),
        without_partner(child, model, None).answer,
    )


def both(children: tuple[Query, Query]) -> Query:
    """The ids of either."""
    first, second = children
    merged = union(first.statement, second.statement).subquery()
    return Query(
        first.model,
        select(next(iter(merged.c))),
        lambda seen: first.answer(seen) | second.answer(seen),
    )


def _narrowed(seen: Seen, child: Query, keep: Callable[[Any], bool]) -> set[str]:
    ids = child.answer(seen)
    return {row.id for row in seen.of(child.model) if row.id in ids and keep(row)}


def _partner(seen: Seen, model: Any, row: Any) -> bool:
    return any(_customer(other) == _customer(row) for other in seen.of(model))


def _customer(row: Any) -> Any:
    return row.customer_id if hasattr(row, "customer_id") else row.id


@pytest.fixture(scope="module")
def database(lasting_database: Database) -> Database:
    """One for all examples; each example empties it first."""
    return lasting_database


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(companies(), st.lists(callers(), min_size=2, max_size=5), st.lists(queries(), min_size=1))
def test_sql_and_memory_agree(
    database: Database, company: list[dict[str, Any]], people: list[Caller], asked: list[Query]
) -> None:
    _refill(database, company)
    # Rows of one's own: those that were stored belong to a session.
    rows = list(_rows(company))
    for _ in range(2):
        for query in asked:
            for caller in people:
                with database.principal(caller, "property") as session:
                    found = set(session.scalars(query.statement))
                assert found == query.answer(Seen(caller, rows)), (caller, str(query.statement))


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(companies(), st.lists(callers(), min_size=2, max_size=5), st.sampled_from(MODELS[:4]))
def test_deletes_and_memory_agree(
    database: Database, company: list[dict[str, Any]], people: list[Caller], model: Any
) -> None:
    """A share never counts for a write, whatever the reading session may see."""
    _refill(database, company)
    rows = list(_rows(company))
    for caller in people:
        mine = [row for row in rows if type(row) is t.Note and may_see(caller, row)]
        try:
            with database.principal(caller, "property") as session:
                assert session.change(delete(t.Note)) == len(mine)
                raise _TakeBackError
        except _TakeBackError:
            pass
        foreign = next((r for r in rows if type(r) is model and not may_see(caller, r)), None)
        if foreign is not None:
            with pytest.raises(RightsError), database.principal(caller, "property") as session:
                session.add(type(foreign)(**{**foreign.model_dump(), "id": "new"}))


class _TakeBackError(Exception):
    """Ends a unit without keeping it."""


def _refill(database: Database, company: list[dict[str, Any]]) -> None:
    with database.system("clear") as session:
        for model in reversed(MODELS):
            session.execute(delete(model))
    write(database, _rows(company))


def _rows(company: list[dict[str, Any]]) -> Iterator[Any]:
    more: dict[Any, dict[str, Any]] = {
        t.Note: {"text": "t", "written_at": NOW},
        t.Opportunity: {"name": "n", "stage": Stage.QUOTING},
        t.Quote: {"amount_minor": 1},
    }
    for values in company:
        model = values["model"]
        own = {key: value for key, value in values.items() if key != "model"}
        yield model(**own, **more.get(model, {}))
