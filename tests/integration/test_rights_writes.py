"""Writes of principal sessions: only in reach, never across it, nothing half done."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import aliased, object_session
from sqlmodel import col

from storage import tables as t
from storage.database import Database
from storage.errors import ForeignWriteError, GradeError, RightsError, UnscopedStatementError
from storage.guard import may_see
from storage.identity import Caller
from storage.session import PrincipalSession
from storage.vocabulary import ActionState, InteractionKind, Role
from tests.fakes.rights_world import DAY, MODELS, NOW, callers, company, key_of, write

REP = Caller("per-rep", "org", "rep", Role.REP)
MATE = Caller("per-mate", "org", "mate", Role.REP)
MANAGER = next(caller for caller in callers() if caller.role == Role.REGIONAL_MANAGER)
CRO = Caller("per-cro", "org", "cro", Role.CRO)
FINANCE = Caller("per-finance", "org", "finance", Role.FINANCE)


@pytest.fixture
def world(filled: Database) -> Iterator[Database]:
    """The filled database; whatever the test does to it must leave it as it was."""
    before = _contents(filled)
    yield filled
    assert _contents(filled) == before


class TakeBackError(Exception):
    """Ends a unit that went well, without keeping what it did."""


def trying(database: Database, caller: Caller, work: Callable[[PrincipalSession], Any]) -> Any:
    """Do ``work`` up to the flush and take it back."""
    result = None
    try:
        with database.principal(caller, "test") as session:
            result = work(session)
            raise TakeBackError
    except TakeBackError:
        return result


def refused(database: Database, caller: Caller, work: Callable[[PrincipalSession], Any]) -> None:
    with pytest.raises(RightsError), database.principal(caller, "test") as session:
        work(session)


def note(**values: Any) -> t.Note:
    usual = {"id": "n", "org_id": "org", "owner_id": "per-rep", "text": "t", "written_at": NOW}
    return t.Note(**{**usual, **values})


def visit(**values: Any) -> t.CalendarEvent:
    usual = {"id": "e", "org_id": "org", "owner_id": "per-rep", "title": "t"}
    return t.CalendarEvent(**{**usual, "starts_at": NOW, "ends_at": NOW, **values})


def test_a_caller_adds_rows_of_its_own(world: Database) -> None:
    for row in (
        note(),
        note(customer_id="org-customer-0", region_id="reg-1"),
        note(customer_id="org-customer-0", opportunity_id="org-deal-0"),
        visit(),
        t.Turn(
            id="x", org_id="org", owner_id="per-rep", thread_id="t", started_at=NOW,
            outcome="answered", model="planner", prompt="p",
        ),
    ):  # fmt: skip
        assert (
            trying(world, REP, lambda s, row=row: (s.add(row), s.get(type(row), row.id))[1]) is row
        )


def test_a_row_and_what_it_refers_to_may_be_new_together(world: Database) -> None:
    customer = t.Customer(id="c", org_id="org", owner_id="per-rep", name="new")
    trying(world, REP, lambda s: (s.add(customer), s.add(note(customer_id="c"))))


def test_a_note_on_a_shared_customer_is_ones_own(world: Database) -> None:
    trying(world, MATE, lambda s: s.add(note(owner_id="per-mate", customer_id="org-customer-2")))
    refused(world, REP, lambda s: s.add(note(customer_id="org-customer-2")))


@pytest.mark.parametrize(
    "row",
    [
        note(owner_id="per-mate"),
        note(owner_id=None),
        note(org_id="rival"),
        note(customer_id="org-customer-1"),
        note(customer_id="rival-customer-0"),
        note(customer_id="there is none"),
        note(customer_id="org-customer-0", opportunity_id="org-deal-1"),
        visit(owner_id="per-mate"),
        visit(customer_id="org-customer-3"),
        t.Customer(id="c", org_id="org", owner_id="per-mate", region_id="reg-1", name="x"),
        t.Customer(id="c", org_id="org", region_id="reg-1", name="x"),
        t.Interaction(
            id="i", org_id="org", owner_id="per-rep", customer_id="org-customer-1",
            kind=InteractionKind.VISIT, occurred_at=NOW,
        ),
    ],
    ids=range(12),
)  # fmt: skip
def test_rows_out_of_reach_are_not_added(world: Database, row: Any) -> None:
    refused(world, REP, lambda s: s.add(type(row)(**row.model_dump())))


def test_an_insert_does_not_tell_whether_a_row_out_of_reach_exists(world: Database) -> None:
    errors = set()
    for customer in ("org-customer-1", "rival-customer-0", "there is none"):
        with pytest.raises(ForeignWriteError) as caught, world.principal(REP, "test") as session:
            session.add(note(customer_id=customer))
        errors.add(str(caught.value).replace(customer, "…"))
    assert len(errors) == 1


def test_a_manager_writes_for_the_team_but_no_private_words(world: Database) -> None:
    trying(world, MANAGER, lambda s: s.add(visit(owner_id="per-rep")))
    trying(world, MANAGER, lambda s: s.add(visit(owner_id=None, region_id="reg-1")))
    refused(world, MANAGER, lambda s: s.add(visit(owner_id="per-far", region_id="reg-2")))
    refused(world, MANAGER, lambda s: s.add(note(owner_id="per-rep", region_id="reg-1")))


def test_master_data_grants_and_figures_are_not_written_by_callers(world: Database) -> None:
    rows = [
        t.Person(id="p", org_id="org", name="x", role=Role.CRO),
        t.Region(id="r", org_id="org", name="x", manager_id="per-rep"),
        t.Organisation(id="org2", name="x"),
        t.Product(id="p", org_id="org", name="x"),
        t.CustomerShare(id="s", org_id="org", owner_id="per-rep", customer_id="org-customer-1"),
        t.Lease(name="l", holder="h", until=NOW),
        t.Target(
            id="t", org_id="org", owner_id="per-rep", level="person", subject_id="per-rep",
            month=DAY, amount_minor=1,
        ),
        t.Quote(
            id="q", org_id="org", owner_id="per-rep", customer_id="org-customer-0", amount_minor=1
        ),
        t.Store(id="s", org_id="org", owner_id="per-rep", code="c", name="n"),
    ]  # fmt: skip
    for row in rows:
        for caller in (REP, CRO):
            refused(world, caller, lambda s, row=row: s.add(type(row)(**row.model_dump())))


def test_nobody_makes_himself_a_manager(world: Database) -> None:
    def promote(session: PrincipalSession) -> None:
        person = session.get(t.Person, "org-per-rep")
        assert person is not None
        person.role = Role.CRO

    refused(world, REP, promote)
    for values in ({"role": Role.CRO}, {"manager_id": "per-rep"}, {"name": "x"}):
        refused(world, REP, lambda s, v=values: s.change(update(t.Person).values(**v)))
    refused(world, REP, lambda s: s.change(delete(t.Person)))


def test_a_loaded_row_is_changed_in_place(world: Database) -> None:
    def rename(session: PrincipalSession) -> Any:
        customer = session.get(t.Customer, "org-customer-0")
        assert customer is not None
        customer.name = "renamed"
        return session.scalars(select(col(t.Customer.name)).where(t.Customer.name == "renamed"))

    assert trying(world, REP, rename) == ["renamed"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("owner_id", "per-mate"), ("org_id", "rival"), ("region_id", "reg-2"), ("id", "other")],
)
def test_no_row_is_moved_out_of_reach(world: Database, field: str, value: str) -> None:
    def move(session: PrincipalSession) -> None:
        row: Any = session.get(t.Customer, "org-customer-0")
        setattr(row, field, value)

    for caller in (REP, MANAGER, CRO):
        refused(world, caller, move)
        statement = update(t.Customer).where(col(t.Customer.id) == "org-customer-0")
        column = getattr(t.Customer, field)
        for moving in (
            statement.values({field: value}),
            statement.values({column: value}),
            statement.ordered_values((column, value)),
        ):
            refused(world, caller, lambda s, x=moving: s.change(x))


def test_no_row_is_moved_into_reach(world: Database) -> None:
    """A row that somehow got into the session is checked as it was, and as it would be."""

    def take(session: PrincipalSession) -> None:
        mine: Any = session.get(t.Customer, "org-customer-0")
        foreign = t.Customer(id="org-customer-1", org_id="org", owner_id="per-rep", name="taken")
        object_session(mine).merge(foreign)  # type: ignore[union-attr]

    with pytest.raises(Exception, match="customer"), world.principal(REP, "test") as session:
        take(session)


def test_a_shared_customer_is_read_and_not_changed(world: Database) -> None:
    def rename(session: PrincipalSession) -> None:
        customer = session.get(t.Customer, "org-customer-2")
        assert customer is not None
        customer.name = "mine now"

    def same(session: PrincipalSession) -> None:
        customer = session.get(t.Customer, "org-customer-2")
        assert customer is not None
        customer.name = str(customer.name)

    refused(world, MATE, rename)
    trying(world, MATE, same)  # nothing is written where nothing changes
    statement = update(t.Customer).where(col(t.Customer.id) == "org-customer-2").values(name="x")
    assert trying(world, MATE, lambda s: s.change(statement)) == 0
    assert trying(world, MATE, lambda s: s.change(delete(t.Contact))) == 1  # the own one


@pytest.mark.parametrize("model", [t.Customer, t.Contact, t.Interaction, t.Note, t.CalendarEvent])
def test_bulk_changes_touch_what_is_in_reach_alone(world: Database, model: Any) -> None:
    rows = company()
    for caller in callers():
        own = {key_of(r) for r in rows if type(r) is model and may_see(caller, r)}
        changing = update(model).values(source="changed")
        assert trying(world, caller, lambda s, c=changing: s.change(c)) == len(own)
        found = trying(
            world,
            caller,
            lambda s: [
                r.id
                for r in rows
                if type(r) is model
                and s.change(update(model).where(model.id == r.id).values(source="x"))
            ],
        )
        assert set(found) == own


def test_bulk_deletes_touch_what_is_in_reach_alone(world: Database) -> None:
    for caller in callers():
        own = [r for r in company() if isinstance(r, t.Note) and may_see(caller, r)]
        assert trying(world, caller, lambda s: s.change(delete(t.Note))) == len(own)


@pytest.mark.parametrize("sync", ["auto", "evaluate", "fetch", False])
def test_every_way_to_synchronise_is_guarded(world: Database, sync: Any) -> None:
    def work(session: PrincipalSession) -> int:
        session.scalars(select(t.Note))
        statement = update(t.Note).values(text="x").where(col(t.Note.text) == "canary")
        return session.change(statement.execution_options(synchronize_session=sync))

    assert trying(world, REP, work) == 1


def test_a_change_cannot_read_what_the_caller_cannot(world: Database) -> None:
    other = aliased(t.Note)
    secret = select(other.text).where(other.id == "org-note-1").scalar_subquery()
    changing = update(t.Note).where(col(t.Note.id) == "org-note-0")

    def copied(session: PrincipalSession) -> Any:
        changed = session.change(changing.values(source=func.coalesce(secret, "none")))
        return changed, session.scalars(select(col(t.Note.source)))

    assert trying(world, REP, copied) == (1, ["none"])
    for statement in (
        changing.where(col(t.Customer.id) == t.Note.customer_id).values(text="x"),
        delete(t.Note)
        .where(col(t.Customer.id) == t.Note.customer_id)
        .execution_options(synchronize_session=False),
        update(t.Note.__table__).values(text="x"),  # type: ignore[attr-defined]
        delete(t.Note.__table__),  # type: ignore[attr-defined]
    ):
        # SQLite knows no DELETE over two tables, which SQLAlchemy says first.
        told = (UnscopedStatementError, NotImplementedError)
        with pytest.raises(told), world.principal(REP, "test") as session:
            session.change(statement)


def test_fields_above_the_grades_are_not_written(world: Database) -> None:
    contact = {"org_id": "org", "owner_id": "per-finance", "customer_id": "org-customer-0"}
    for work in (
        lambda s: s.change(update(t.Contact).values(phone="1")),
        lambda s: s.change(update(t.Contact).where(t.Contact.phone == "139").values(title="x")),
        lambda s: s.change(delete(t.Contact).where(col(t.Contact.phone) == "139")),
        lambda s: s.change(update(t.Contact).values(title=t.Contact.phone)),
        lambda s: s.add(t.Contact(id="k", **contact, phone="1")),
        lambda s: setattr(s.get(t.Contact, "org-contact-0"), "phone", "1"),
    ):
        with pytest.raises(GradeError), world.principal(FINANCE, "test") as session:
            work(session)
    trying(world, FINANCE, lambda s: s.add(t.Contact(id="k", **contact, title="x")))


def test_pending_actions_are_not_changed_in_a_callers_name(world: Database) -> None:
    def raise_stakes(session: PrincipalSession) -> None:
        action = session.first(select(t.PendingAction))
        assert action is not None
        action.args = {"amount": 1_000_000}

    refused(world, REP, raise_stakes)
    a = t.PendingAction
    for statement in (
        update(a).values(state=ActionState.DONE),
        update(a).values(approver_id="per-rep"),
        delete(a),
        delete(t.Turn),
    ):
        refused(world, REP, lambda s, x=statement: s.change(x))


def test_a_refusal_leaves_nothing_behind(world: Database) -> None:
    """Good rows of the same unit are taken back as well; ``world`` compares everything."""

    def mixed(session: PrincipalSession) -> None:
        session.add(note(id="good"))
        session.change(update(t.Note).values(text="changed"))
        session.add(note(id="bad", owner_id="per-mate"))

    refused(world, REP, mixed)


def test_every_model_can_be_told_apart_by_its_right_to_be_written() -> None:
    """A new table is closed for writing until somebody decides otherwise."""
    open_tables = {m.__name__ for m in MODELS if m.visibility in {"customer", "diary", "private"}}
    assert open_tables == {
        "Customer", "Contact", "CompetitorPresence", "OutsideSignal", "CustomerShare",
        "Opportunity", "StageChange", "Interaction", "InteractionText", "Note", "CalendarEvent",
        "Commitment", "ServiceTicket",
    }  # fmt: skip


def test_reading_then_writing_waits_for_another_program(sqlite_url: str) -> None:
    """SQLite fails a reader that writes after somebody else wrote; the session begins anew."""
    mine, theirs = Database(sqlite_url), Database(sqlite_url)
    write(mine, company())
    with mine.principal(REP, "test") as session:
        before = session.scalars(select(t.Note))
        with theirs.principal(MATE, "test") as other:
            other.add(note(id="theirs", owner_id="per-mate"))
        session.add(note(id="mine"))
        before[0].text = "changed"
    with mine.system("check") as check:
        assert {row.id for row in check.scalars(select(t.Note)) if len(row.id) < 9} == {
            "theirs",
            "mine",
        }
        assert check.get_one(t.Note, before[0].id).text == "changed"
    mine.close()
    theirs.close()


def _contents(database: Database) -> dict[str, list[Any]]:
    with database.system("contents", write=False) as session:
        return {
            model.__name__: sorted(map(tuple, session.execute(select(model.__table__))), key=repr)
            for model in MODELS
        }
