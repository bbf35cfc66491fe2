"""Leak matrix: access path × role × table, on SQLite and PostgreSQL, against the policy in memory.

Every path either returns exactly what ``may_see`` allows or is refused. A path that a future
SQLAlchemy filters differently, and a table that nobody thought of, fail here.
"""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import (
    Text,
    bindparam,
    case,
    cast,
    exists,
    func,
    or_,
    select,
    true,
    tuple_,
    type_coerce,
    union,
    union_all,
)
from sqlalchemy.orm import Bundle, aliased

from storage import tables as t
from storage.database import Database
from storage.session import PrincipalSession
from tests.fakes.rights_world import callers, company, key_of, seen

Session = PrincipalSession
ROWS = company()
CALLERS = callers()
Company = aliased(t.Organisation)
# One class of each visibility, and those that the policy treats in a way of their own.
KINDS: tuple[Any, ...] = (
    t.Organisation, t.Product, t.Customer, t.Contact, t.CustomerShare, t.Opportunity, t.Quote,
    t.CalendarEvent, t.Target, t.Store, t.Note, t.Turn, t.PendingAction, t.Lease,
)  # fmt: skip


def key(model: Any) -> Any:
    """The primary key column of a class or alias."""
    return getattr(model, "id", None) or model.name


# ---- paths that find rows: each returns the ids it got out, or their number ------------------


def entity(s: Session, m: Any) -> Any:
    return ids(s.scalars(select(m)))


def entity_filtered(s: Session, m: Any) -> Any:
    return ids(s.scalars(select(m).where(or_(true(), key(m) == "x"))))


def entity_distinct(s: Session, m: Any) -> Any:
    return s.scalars(select(key(m)).distinct())


def entity_ordered(s: Session, m: Any) -> Any:
    return ids(s.scalars(select(m).order_by(key(m).desc()).limit(10_000).offset(0)))


def column_select(s: Session, m: Any) -> Any:
    return s.scalars(select(key(m)))


def ordered_by_name(s: Session, m: Any) -> Any:
    return s.scalars(select(key(m).label("it")).order_by("it"))


def core_attribute(s: Session, m: Any) -> Any:
    return s.scalars(select(key(m)).select_from(m))


def bundle(s: Session, m: Any) -> Any:
    return [row[0][0] for row in s.rows(select(Bundle("b", key(m))))]


def get_each(s: Session, m: Any) -> Any:
    if not hasattr(m, "id"):
        return entity(s, m)
    keys = [row.id for row in ROWS if type(row) is m]
    return [k for k in keys if s.get(m, k) is not None]


def first_each(s: Session, m: Any) -> Any:
    keys = [key_of(r) for r in ROWS if type(r) is m]
    return [k for k in keys if s.first(select(key(m)).where(key(m) == k))]


def count_star(s: Session, m: Any) -> Any:
    return s.first(select(func.count()).select_from(m))


def count_column(s: Session, m: Any) -> Any:
    return s.first(select(func.count(key(m))))


def count_distinct(s: Session, m: Any) -> Any:
    return s.first(select(func.count(key(m).distinct())))


def count_filter(s: Session, m: Any) -> Any:
    return s.first(select(func.count(key(m)).filter(key(m) != "x")).select_from(m))


def sum_of_ones(s: Session, m: Any) -> Any:
    return s.first(select(func.coalesce(func.sum(case((key(m).is_not(None), 1), else_=1)), 0)))


def having(s: Session, m: Any) -> Any:
    return s.scalars(select(key(m)).group_by(key(m)).having(func.count() > 0))


def grouped_count(s: Session, m: Any) -> Any:
    return sum(row[1] for row in s.rows(select(key(m), func.count()).group_by(key(m))))


def exists_each(s: Session, m: Any) -> Any:
    keys = [key_of(r) for r in ROWS if type(r) is m]
    return [k for k in keys if s.first(select(exists().where(key(m) == k)).select_from(Company))]


def exists_entity(s: Session, m: Any) -> Any:
    o = aliased(m)
    return s.scalars(select(key(m)).where(select(key(o)).where(key(o) == key(m)).exists()))


def not_exists(s: Session, m: Any) -> Any:
    """The organisation's own row, as often as no row of the model is to be seen."""
    inner = select(key(m)).exists()
    hidden = s.first(select(func.count()).select_from(Company).where(~inner))
    return s.first(select(func.count()).select_from(m)) if not hidden else 0


def alias_entity(s: Session, m: Any) -> Any:
    return ids(s.scalars(select(aliased(m))))


def alias_column(s: Session, m: Any) -> Any:
    return s.scalars(select(key(aliased(m))))


def alias_named(s: Session, m: Any) -> Any:
    return s.scalars(select(key(aliased(m, name="other_name"))))


def self_join(s: Session, m: Any) -> Any:
    o = aliased(m)
    return s.scalars(select(key(m)).join(o, key(o) == key(m)))


def self_join_right(s: Session, m: Any) -> Any:
    o = aliased(m)
    return s.scalars(select(key(o)).select_from(m).join(o, key(o) == key(m)))


def cross_join(s: Session, m: Any) -> Any:
    o = aliased(m)
    return {row[0] for row in s.rows(select(key(m), key(o)).where(key(m) == key(o)))}


def implicit_cross(s: Session, m: Any) -> Any:
    return s.scalars(select(key(m)).where(Company.id != key(m) + "x"))


def outer_join_right(s: Session, m: Any) -> Any:
    statement = select(key(m)).select_from(Company).outerjoin(m, Company.id != "x")
    return [found for found in s.scalars(statement) if found is not None]


def outer_join_left(s: Session, m: Any) -> Any:
    o = aliased(m)
    return {row[0] for row in s.rows(select(key(m), key(o)).outerjoin(o, key(o) != key(m)))}


def chained_outer(s: Session, m: Any) -> Any:
    o = aliased(m)
    statement = (
        select(key(o))
        .select_from(Company)
        .outerjoin(m, Company.id != "x")
        .outerjoin(o, key(o) == key(m))
    )
    return {found for found in s.scalars(statement) if found is not None}


def join_of_subquery(s: Session, m: Any) -> Any:
    inner = select(key(m).label("k")).subquery()
    return s.scalars(select(inner.c.k).select_from(Company).join(inner, true()))


def subquery(s: Session, m: Any) -> Any:
    inner = select(key(m).label("k")).subquery()
    return s.scalars(select(inner.c.k))


def nested_subquery(s: Session, m: Any) -> Any:
    inner = select(key(m).label("k")).subquery()
    middle = select(inner.c.k.label("j")).where(inner.c.k != "x").subquery()
    return s.scalars(select(middle.c.j))


def in_subquery(s: Session, m: Any) -> Any:
    return s.scalars(select(key(m)).where(key(m).in_(select(key(aliased(m))))))


def not_in_subquery(s: Session, m: Any) -> Any:
    o = aliased(m)
    return s.scalars(select(key(m)).where(key(m).not_in(select(key(o)).where(key(o) == "x"))))


def scalar_subquery(s: Session, m: Any) -> Any:
    inner = select(func.count(key(m))).scalar_subquery()
    return s.first(select(inner).select_from(Company))


def correlated(s: Session, m: Any) -> Any:
    o = aliased(m)
    inner = select(func.count(key(o))).where(key(o) == key(m)).scalar_subquery()
    return [row[0] for row in s.rows(select(key(m), inner)) if row[1] == 1]


def correlated_not(s: Session, m: Any) -> Any:
    inner = select(func.count(key(m))).correlate(None).scalar_subquery()
    found = s.rows(select(key(m), inner))
    return found[0][1] if found else 0


def cte(s: Session, m: Any) -> Any:
    inner = select(key(m).label("k")).cte("c")
    return s.scalars(select(inner.c.k))


def cte_joined(s: Session, m: Any) -> Any:
    inner = select(key(m).label("k")).cte("c")
    return s.scalars(select(key(m)).join(inner, inner.c.k == key(m)))


def cte_recursive(s: Session, m: Any) -> Any:
    top = select(key(m).label("k")).cte("c", recursive=True)
    both = top.union(select(key(m)).where(key(m) == top.c.k))
    return s.scalars(select(both.c.k))


def in_lateral(s: Session, m: Any) -> Any:
    if _sqlite(s):
        return column_select(s, m)  # there is no LATERAL
    inner = select(key(m).label("k")).where(Company.id != "x").lateral()
    return s.scalars(select(inner.c.k).select_from(Company).join(inner, true()))


def union_of(s: Session, m: Any) -> Any:
    return s.scalars(union(select(key(m)), select(key(aliased(m)))))


def union_subquery(s: Session, m: Any) -> Any:
    both = union_all(select(key(m).label("k")), select(key(m).label("k"))).subquery()
    return {*s.scalars(select(both.c.k))}


def union_entity(s: Session, m: Any) -> Any:
    both = union(select(key(m).label("k")), select(key(aliased(m)).label("k"))).subquery()
    return s.scalars(select(key(m)).join(both, both.c.k == key(m)))


def window(s: Session, m: Any) -> Any:
    numbered = select(key(m), func.row_number().over(order_by=key(m)))
    return [row[0] for row in s.rows(numbered)]


def window_count(s: Session, m: Any) -> Any:
    found = s.rows(select(key(m), func.count(key(m)).over()))
    return found[0][1] if found else 0


def cast_column(s: Session, m: Any) -> Any:
    return s.scalars(select(cast(key(m), Text)))


def coerced(s: Session, m: Any) -> Any:
    return s.scalars(select(type_coerce(key(m), Text)))


def concatenated(s: Session, m: Any) -> Any:
    return s.scalars(select(key(m) + ""))


def in_tuple(s: Session, m: Any) -> Any:
    keys = [(key_of(r),) for r in ROWS if type(r) is m]
    return s.scalars(select(key(m)).where(tuple_(key(m)).in_(keys)))


def bound(s: Session, m: Any) -> Any:
    return s.scalars(select(key(m)).where(key(m) != bindparam("x_like", "x")))


def with_columns(s: Session, m: Any) -> Any:
    return s.scalars(select(m).with_only_columns(key(m)))


def populated_anew(s: Session, m: Any) -> Any:
    return ids(s.scalars(select(m).execution_options(populate_existing=True)))


def other_and_this(s: Session, m: Any) -> Any:
    """Two classes in one list of columns."""
    return {row[1] for row in s.rows(select(Company.id, key(m)).where(Company.id != key(m) + "x"))}


FINDING: tuple[Callable[[Session, Any], Any], ...] = (
    entity, entity_filtered, entity_distinct, entity_ordered, column_select, ordered_by_name,
    core_attribute, bundle, get_each, first_each, count_star, count_column, count_distinct,
    count_filter, sum_of_ones, having, grouped_count, exists_each, exists_entity, not_exists,
    alias_entity, alias_column, alias_named, self_join, self_join_right, cross_join,
    implicit_cross, outer_join_right, outer_join_left, chained_outer, join_of_subquery, subquery,
    nested_subquery, in_subquery, not_in_subquery, scalar_subquery, correlated, correlated_not,
    cte, cte_joined, cte_recursive, in_lateral, union_of, union_subquery, union_entity, window,
    window_count, cast_column, coerced, concatenated, in_tuple, bound, with_columns,
    populated_anew, other_and_this,
)  # fmt: skip


@pytest.mark.parametrize("path", FINDING, ids=lambda path: path.__name__)
def test_a_path_finds_exactly_what_the_caller_may_see(
    filled: Database, path: Callable[[Session, Any], Any]
) -> None:
    for caller in CALLERS:
        with filled.principal(caller, "matrix") as session:
            for model in KINDS:
                found, expected = path(session, model), seen(caller, ROWS, model)
                if isinstance(found, int):
                    assert found == len(expected), (caller.role, model.__name__)
                else:
                    assert set(found) == expected, (caller.role, model.__name__)


def ids(rows: Any) -> list[str]:
    return [key_of(row) for row in rows]


def _sqlite(session: Session) -> bool:
    bind: Any = session._PrincipalSession__session.bind  # type: ignore[attr-defined]
    return bool(bind.dialect.name == "sqlite")
