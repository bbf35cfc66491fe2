"""The policy itself: each table has a line in it, and the lines say what the company wants."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Field, SQLModel

from storage import tables as t
from storage.errors import UnscopedStatementError
from storage.guard import Guard, guard_of, hidden_fields, may_see, visibility_of
from storage.identity import GRADES, REACH, WRITABLE, Caller, Reach, Scope, Visibility
from storage.vocabulary import Grade, Role
from tests.fakes.rights_world import MODELS, callers, company, seen

NOT_OF_AN_ORGANISATION = {"Organisation", "Lease"}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_table_has_a_visibility_and_the_columns_that_its_policy_reads(model: Any) -> None:
    visibility = visibility_of(model)
    columns = set(model.__table__.columns.keys())
    if model.__name__ not in NOT_OF_AN_ORGANISATION:
        assert "org_id" in columns
        assert not model.__table__.columns["org_id"].nullable
        if visibility != Visibility.ORG:
            assert {"owner_id", "region_id"} <= columns
    if shared_by := getattr(model, "shared_by", None):
        assert visibility == Visibility.CUSTOMER
        assert shared_by in columns


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
@pytest.mark.parametrize("role", list(Role))
def test_every_table_is_filtered_for_every_role(model: Any, role: Role) -> None:
    """A predicate that no column of the table takes part in would filter nothing."""
    for regions in ((), ("r",)):
        scope = Scope("org", "per", role, ("a",), regions)
        for part in Guard(scope, writes=False).predicate(model, model):
            assert {table.name for table in part._from_objects} >= {model.__tablename__}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_the_world_of_these_tests_has_rows_of_every_table(model: Any) -> None:
    assert any(type(row) is model for row in company())


def test_no_table_hangs_on_another_by_a_relationship() -> None:
    """Lazy loads would be one more way to rows; whoever adds one extends the leak matrix first."""
    assert not [(m, list(m.__mapper__.relationships)) for m in MODELS if m.__mapper__.relationships]


def test_a_model_without_a_visibility_cannot_be_read() -> None:
    class Stray(SQLModel):
        id: str = Field(primary_key=True)

    with pytest.raises(UnscopedStatementError):
        visibility_of(Stray)


def test_every_role_has_a_line_for_every_visibility_and_grades() -> None:
    assert set(REACH) == set(Role) == set(GRADES)
    assert all(set(line) == set(Visibility) for line in REACH.values())


def test_private_and_system_rows_are_ones_own_for_every_role() -> None:
    for line in REACH.values():
        assert line[Visibility.PRIVATE] == line[Visibility.SYSTEM] == Reach.OWN


def test_what_is_not_a_callers_to_write_is_master_data_and_figures() -> None:
    assert set(Visibility) - WRITABLE == {
        Visibility.ORG,
        Visibility.MONEY,
        Visibility.TARGET,
        Visibility.STORE,
    }


def test_a_rep_sees_the_own_rows_and_shared_customers_only() -> None:
    rows = company()
    rep = Caller("per-rep", "org", "rep", Role.REP)
    assert seen(rep, rows, t.Customer) == {"org-customer-0"}
    mate = Caller("per-mate", "org", "mate", Role.REP)
    assert seen(mate, rows, t.Customer) == {"org-customer-1", "org-customer-2"}
    assert seen(mate, rows, t.Contact) == {"org-contact-1", "org-contact-2"}
    assert seen(mate, rows, t.Opportunity) == {"org-deal-1"}
    assert seen(mate, rows, t.Note) == {"org-note-1"}


def test_a_manager_sees_the_team_the_region_and_no_private_words() -> None:
    rows = company()
    manager = next(c for c in callers() if c.role == Role.REGIONAL_MANAGER)
    assert seen(manager, rows, t.Opportunity) == {f"org-deal-{n}" for n in (0, 1, 3, 5)}
    assert seen(manager, rows, t.Customer) == {f"org-customer-{n}" for n in (0, 1, 2, 3, 5)}
    assert seen(manager, rows, t.Note) == {"org-note-3"}


def test_nobody_sees_another_organisation() -> None:
    for caller in callers():
        for row in company():
            if getattr(row, "org_id", "rival") == "rival" and row.__class__ is not t.Organisation:
                assert not may_see(caller, row, shared=("rival-customer-0", "org-customer-0"))


def test_sharing_is_for_reading_rows_about_the_customer() -> None:
    rep = Caller("per-rep", "org", "rep", Role.REP)
    customer = t.Customer(id="c", org_id="org", owner_id="per-far", name="x")
    assert may_see(rep, customer, shared={"c"})
    assert not may_see(rep, customer)
    hr = Caller("per-hr", "org", "hr", Role.HR)
    assert not may_see(hr, customer, shared={"c"})


def test_equal_scopes_share_a_guard_and_others_do_not() -> None:
    caller = Caller("p", "org", "a name", Role.REP)
    assert guard_of(caller.scope) is guard_of(replace(caller, name="another", language="en").scope)
    assert guard_of(caller.scope) is not guard_of(replace(caller, person_id="q").scope)
    assert guard_of(caller.scope) is not guard_of(caller.scope, writes=True)


@given(
    st.sampled_from(list(Role)),
    st.lists(st.text(max_size=3), max_size=3),
    st.lists(st.text(max_size=3), max_size=3),
    st.booleans(),
)
def test_sql_is_shared_between_scopes_of_one_shape_only(
    role: Role, team: list[str], regions: list[str], writes: bool
) -> None:
    """The cache key holds all that shapes the SQL; the values all travel as parameters."""
    scope = Scope("o", "p", role, tuple(team), tuple(regions))
    guard, binds = Guard(scope, writes), []  # type: ignore[var-annotated]
    key = guard._gen_cache_key(None, binds)
    assert key == (Guard, role, bool(regions), writes)
    values = [bind.value for bind in binds]
    assert values == ["o", "p", ("p", *team), tuple(regions)]


def test_fields_that_a_role_may_not_read_are_known_by_name() -> None:
    mapper = t.Contact.__mapper__  # type: ignore[attr-defined]
    assert hidden_fields(mapper, frozenset({Grade.L1, Grade.L2})) == ()
    assert hidden_fields(mapper, frozenset({Grade.L1})) == ("attitude",)
    assert set(hidden_fields(mapper, frozenset())) == {
        "name",
        "phone",
        "email",
        "wechat",
        "attitude",
    }
