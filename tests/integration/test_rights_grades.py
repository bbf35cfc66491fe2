"""Field grades: a field above the caller's grades comes out on no path, and narrows no result."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Text as SqlText
from sqlalchemy import (
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
    type_coerce,
    union_all,
)
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import Bundle, aliased, object_session

from storage import tables as t
from storage.database import Database
from storage.errors import GradeError, RightsError
from storage.identity import GRADES
from storage.session import PrincipalSession
from storage.vocabulary import Grade, Role
from tests.fakes.rights_world import MODELS, callers, company, seen

Session = PrincipalSession
ROWS = company()
CALLERS = callers()
GRADED = [
    (model, name, column.info["grade"])
    for model in MODELS
    for name, column in model.__mapper__.columns.items()
    if "grade" in column.info
]


# Each makes a statement in which the field decides or appears.
PATHS: dict[str, Callable[[Any, str], Any]] = {
    "selected": lambda m, f: select(getattr(m, f)),
    "selected beside": lambda m, f: select(m.id, getattr(m, f)),
    "labelled": lambda m, f: select(getattr(m, f).label("harmless")),
    "of an alias": lambda m, f: select(getattr(aliased(m), f)),
    "bundled": lambda m, f: select(Bundle("b", getattr(m, f))),
    "filtered": lambda m, f: select(m.id).where(getattr(m, f) == "x"),
    "filtered by like": lambda m, f: select(m.id).where(getattr(m, f).like("1%")),
    "filtered by null": lambda m, f: select(m.id).where(getattr(m, f).is_not(None)),
    "filtered deep": lambda m, f: select(m.id).where(or_(m.id == "x", and_(getattr(m, f) > ""))),
    "filtered in tuple": lambda m, f: select(m.id).where(tuple_(getattr(m, f)).in_([("",)])),
    "ordered": lambda m, f: select(m.id).order_by(getattr(m, f)),
    "ordered descending": lambda m, f: select(m).order_by(getattr(m, f).desc().nulls_last()),
    "ordered by name": lambda m, f: select(m.id, m.org_id).order_by(f),
    "grouped": lambda m, f: select(func.count(m.id)).group_by(getattr(m, f)),
    "having": lambda m, f: select(m.org_id).group_by(m.org_id).having(func.max(getattr(m, f)) > ""),
    "distinct": lambda m, f: select(getattr(m, f)).distinct(),
    "counted": lambda m, f: select(func.count(getattr(m, f))),
    "aggregated": lambda m, f: select(func.max(getattr(m, f))),
    "in a function": lambda m, f: select(func.coalesce(getattr(m, f), "")),
    "in a case": lambda m, f: select(case((getattr(m, f) == "x", 1), else_=0)),
    "cast": lambda m, f: select(cast(getattr(m, f), SqlText)),
    "coerced": lambda m, f: select(type_coerce(getattr(m, f), SqlText)),
    "joined on": lambda m, f: select(m.id).join((o := aliased(m)), getattr(o, f) == getattr(m, f)),
    "in a subquery": lambda m, f: select(select(getattr(m, f).label("k")).subquery().c.k),
    "in a cte": lambda m, f: select(select(getattr(m, f).label("k")).cte().c.k),
    "in a union": lambda m, f: union_all(select(getattr(m, f)), select(getattr(m, f))),
    "in exists": lambda m, f: select(m.id).where(exists().where(getattr(aliased(m), f) == "x")),
    "in a scalar": lambda m, f: select(
        m.id, select(getattr(aliased(m), f)).limit(1).scalar_subquery()
    ),
    "compared with a list": lambda m, f: select(m.id).where(
        literal("x").in_(select(getattr(m, f)))
    ),
    "whole row in a subquery": lambda m, f: select(select(m).subquery().c.id),
    "in a window": lambda m, f: select(m.id, func.row_number().over(order_by=getattr(m, f))),
    "partitioned": lambda m, f: select(m.id, func.count().over(partition_by=getattr(m, f))),
    "in a filter clause": lambda m, f: select(
        func.count(m.id).filter(getattr(m, f) == "x")
    ).select_from(m),
}


def test_there_are_graded_fields_of_both_grades() -> None:
    assert {grade for _, _, grade in GRADED} == {Grade.L1, Grade.L2}
    assert {model for model, _, grade in GRADED if grade == Grade.L1} == {t.Contact, t.Person}


@pytest.mark.parametrize("path", PATHS)
def test_a_field_above_the_grades_is_refused_and_one_within_is_served(
    filled: Database, path: str
) -> None:
    for caller in CALLERS:
        with filled.principal(caller, "grades") as session:
            for model, field, grade in GRADED:
                statement = PATHS[path](model, field)
                if set(_grades(model) if path.startswith("whole") else {grade}) <= caller.grades:
                    session.rows(statement)
                else:
                    with pytest.raises(GradeError):
                        session.rows(statement)


def test_entities_come_without_the_fields_above_the_grades(filled: Database) -> None:
    for caller in CALLERS:
        with filled.principal(caller, "grades") as session:
            for model, field, grade in GRADED:
                for row in session.scalars(select(model)):
                    if grade in caller.grades:
                        assert getattr(row, field) is not None
                    else:
                        assert field not in row.__dict__
                        with pytest.raises((InvalidRequestError, RightsError)):
                            getattr(row, field)


@pytest.mark.parametrize("ask", ["alias", "join", "get", "first", "refresh", "expire"])
def test_no_detour_brings_a_hidden_field(filled: Database, ask: str) -> None:
    finance = next(caller for caller in CALLERS if caller.role == Role.FINANCE)
    with filled.principal(finance, "grades") as session:
        other = aliased(t.Contact)
        row: Any = {
            "alias": lambda: session.scalars(select(other))[0],
            "join": lambda: session.rows(
                select(t.Customer, other).join(other, other.customer_id == t.Customer.id)
            )[0][1],
            "get": lambda: session.get(t.Contact, "org-contact-0"),
            "first": lambda: session.first(select(t.Contact)),
            "refresh": lambda: session.first(select(t.Contact)),
            "expire": lambda: session.first(select(t.Contact)),
        }[ask]()
        inner: Any = object_session(row)
        if ask == "refresh":
            with pytest.raises(RightsError):
                inner.refresh(row, ["phone"])
        if ask == "expire":
            inner.expire(row)
        with pytest.raises((InvalidRequestError, RightsError)):
            _ = row.phone
        assert "phone" not in row.__dict__


def test_rows_stay_whole_for_those_who_may_read_them(filled: Database) -> None:
    rep = next(caller for caller in CALLERS if caller.role == Role.REP)
    with filled.principal(rep, "grades") as session:
        found = session.scalars(select(t.Contact).order_by(t.Contact.phone))
        assert {row.id for row in found} == seen(rep, ROWS, t.Contact)
        assert {row.phone for row in found} == {"139"}


def test_l3_is_granted_by_authorship_to_every_role_alike() -> None:
    assert all(Grade.L3 not in grades for grades in GRADES.values())
    private = {m.__name__ for m in MODELS if m.visibility == "private"}
    assert private == {"Note", "InteractionText"}


@pytest.mark.parametrize("model", [t.Note, t.InteractionText], ids=lambda m: m.__name__)
def test_the_words_of_others_do_not_exist_for_anybody(filled: Database, model: Any) -> None:
    """Not to be read, counted, found, joined to, measured, or told from their absence."""
    for caller in CALLERS:
        foreign = [r for r in ROWS if type(r) is model and r.owner_id != caller.person_id]
        with filled.principal(caller, "red_team") as session:
            own = seen(caller, ROWS, model)
            assert session.first(select(func.count()).select_from(model)) == len(own)
            assert session.first(select(func.max(func.length(model.text))).select_from(model)) == (
                6 if own else None
            )
            for row in foreign:
                assert session.get(model, row.id) is None
                assert not session.rows(select(model.text).where(model.id == row.id))
                where = select(model.id).where(model.customer_id == row.customer_id)
                found = select(t.Organisation.id).where(where.exists())
                mine = [r for r in ROWS if r.__class__ is model and r.id in own]
                there = any(r.customer_id == row.customer_id for r in mine)
                assert bool(session.rows(found)) is there


def _grades(model: Any) -> set[Grade]:
    return {grade for m, _, grade in GRADED if m is model}
