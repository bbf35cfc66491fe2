"""The demo moves with the clock, and what people did stays where it was."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlmodel import SQLModel, col

from storage import demo
from storage.clock import FixedClock
from storage.database import Database
from storage.tables import (
    CalendarEvent,
    Customer,
    Interaction,
    InteractionText,
    Note,
    Opportunity,
    Organisation,
    StoreDay,
    Target,
)

START = date(2026, 11, 21)
FEW = demo.Size(customers_per_rep=1, history_days=8)


def on(day: date, hour: int = 9) -> FixedClock:
    """A clock at that hour in Shanghai."""
    return FixedClock(datetime(day.year, day.month, day.day, hour, tzinfo=UTC) - timedelta(hours=8))


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[date, int], Database]]:
    """Builds a small company for a day."""
    opened: list[Database] = []

    def build(day: date, seed: int = 20) -> Database:
        path: Path = tmp_path_factory.mktemp("demo") / "small.db"
        database = Database(f"sqlite:///{path}")
        opened.append(database)
        with database.system("create") as session:
            SQLModel.metadata.create_all(session.connection())
        demo.build(database, on(day), seed=seed, size=FEW)
        return database

    yield build
    for database in opened:
        database.close()


@pytest.fixture(scope="module")
def company(make: Callable[..., Database]) -> Database:
    """One company that the tests move about; each test says where it wants it."""
    return make(START)


def visits(database: Database, person: str, day: date) -> int:
    """How many visits stand in a diary on a local day."""
    start = on(day, 0).now()
    with database.system("test", write=False) as session:
        return int(
            session.scalar(
                select(func.count())
                .select_from(CalendarEvent)
                .where(
                    col(CalendarEvent.owner_id) == person,
                    col(CalendarEvent.kind) == "visit",
                    col(CalendarEvent.starts_at) >= start,
                    col(CalendarEvent.starts_at) < start + timedelta(days=1),
                )
            )
            or 0
        )


def test_equal_seed_and_day_give_equal_rows(
    make: Callable[..., Database], company: Database
) -> None:
    demo.roll(company, on(START))
    first = demo.digest(company)
    assert demo.digest(make(START)) == first
    assert demo.digest(make(START, 21)) != first


@pytest.mark.parametrize("day", [date(2027, 1, 4), date(2024, 2, 29)])
def test_a_moved_company_equals_one_built_on_that_day(
    make: Callable[..., Database], company: Database, day: date
) -> None:
    demo.roll(company, on(day))
    assert demo.digest(company) == demo.digest(make(day))


def test_it_moves_on_every_kind_of_database(any_database: Database) -> None:
    demo.build(any_database, on(START), size=FEW)
    before = demo.digest(any_database)
    assert demo.roll(any_database, on(START + timedelta(days=33)))
    assert visits(any_database, "p-chen-siyuan", START + timedelta(days=34)) >= 1
    assert demo.roll(any_database, on(START))
    assert demo.digest(any_database) == before


def test_there_and_back_again(company: Database) -> None:
    demo.roll(company, on(START))
    before = demo.digest(company)
    assert demo.roll(company, on(START + timedelta(days=400)))
    assert demo.digest(company) != before
    assert demo.roll(company, on(START))
    assert demo.digest(company) == before


def test_on_the_same_day_nothing_is_done(company: Database) -> None:
    demo.roll(company, on(START))
    before = demo.digest(company)
    assert not demo.roll(company, on(START, 0))
    assert not demo.roll(company, on(START, 23))
    assert demo.digest(company) == before


def test_the_day_is_that_of_the_organisation(company: Database) -> None:
    demo.roll(company, on(START))
    # 17:00 UTC is already tomorrow in Shanghai.
    assert demo.roll(company, FixedClock(datetime(2026, 11, 21, 17, 0, tzinfo=UTC)))
    with company.system("test", write=False) as session:
        assert session.scalar(select(col(Organisation.demo_day))) == date(2026, 11, 22)


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 11, 20),  # Friday: tomorrow is a weekend day
        date(2026, 11, 21),
        date(2026, 11, 22),
        date(2026, 12, 31),
        date(2028, 2, 28),  # tomorrow is a leap day
        date(2028, 2, 29),
        date(2025, 6, 15),
    ],
)
def test_every_rep_visits_somebody_tomorrow(company: Database, day: date) -> None:
    demo.roll(company, on(day))
    with company.system("test", write=False) as session:
        owners = set(session.scalars(select(col(CalendarEvent.owner_id)).distinct()))
    reps = [key for key in owners if visits(company, key, day + timedelta(days=1))]
    assert "p-chen-siyuan" in reps
    assert len(reps) >= 40


@pytest.mark.parametrize("days", [3, -200, 500])
def test_after_a_move_nothing_has_happened_yet_to_come(company: Database, days: int) -> None:
    day = START + timedelta(days=days)
    demo.roll(company, on(day, 0))
    now = on(day, 0).now()
    with company.system("test", write=False) as session:
        for column in (
            Interaction.occurred_at,
            InteractionText.occurred_at,
            Opportunity.stage_entered_at,
            Note.written_at,
            Interaction.recorded_at,
        ):
            newest = session.scalar(select(func.max(col(column))))
            assert newest is not None
            assert now - timedelta(days=15) < newest <= now
        assert session.scalar(select(func.max(col(StoreDay.day)))) == day - timedelta(days=1)
        months = session.scalars(select(col(Target.month)).distinct()).all()
        assert (min(months), max(months)) == (
            date(day.year - 1, 1, 1),
            date(day.year, 12, 1),
        )


def test_what_people_wrote_stays(company: Database) -> None:
    demo.roll(company, on(START))
    written = on(START, 15).now()
    owned = {"org_id": demo.ORG_ID, "owner_id": "p-chen-siyuan", "region_id": "r-east"}
    with company.system("test") as session:
        session.add(Note(id="n-own", text="自己写的", written_at=written, source="twin", **owned))
        session.add(
            Customer(id="c-own", name="新客户", customer_since=START, source="manual", **owned)
        )
        session.add(
            CalendarEvent(
                id="ev-own",
                title="自己约的",
                starts_at=written,
                ends_at=written + timedelta(hours=1),
                source="manual",
                **owned,
            )
        )
        session.commit()
        session.add(
            Interaction(
                id="i-own",
                customer_id="c-own",
                kind="visit",
                occurred_at=written,
                source="twin",
                **owned,
            )
        )
        session.commit()
        session.add(
            InteractionText(
                id="it-own",
                interaction_id="i-own",
                customer_id="c-own",
                occurred_at=written,
                text="原话",
                **owned,
            )
        )
    demo.roll(company, on(START + timedelta(days=9)))
    with company.system("test") as session:
        assert session.get_one(Note, "n-own").written_at == written
        assert session.get_one(Customer, "c-own").customer_since == START
        assert session.get_one(CalendarEvent, "ev-own").starts_at == written
        assert session.get_one(InteractionText, "it-own").occurred_at == written
        for model, key in (
            (InteractionText, "it-own"),
            (Interaction, "i-own"),
            (CalendarEvent, "ev-own"),
            (Note, "n-own"),
            (Customer, "c-own"),
        ):
            session.delete(session.get_one(model, key))
            session.flush()


def test_a_changed_demo_row_moves_and_keeps_the_change(company: Database) -> None:
    demo.roll(company, on(START))
    touched = datetime(2026, 11, 21, 3, 4, 5, 678901, tzinfo=UTC)
    with company.system("test") as session:
        deal = session.get_one(Opportunity, "o-00001")
        before = (deal.next_step, deal.updated_at)
        deal.next_step, deal.updated_at = "改过的下一步", touched
    demo.roll(company, on(START + timedelta(days=2)))
    with company.system("test") as session:
        deal = session.get_one(Opportunity, "o-00001")
        assert deal.next_step == "改过的下一步"
        assert deal.updated_at == touched + timedelta(days=2)
        deal.next_step = before[0]
        deal.updated_at = before[1] + timedelta(days=2) if before[1] else None


def test_without_a_demo_there_is_nothing_to_move(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    with database.system("create") as session:
        SQLModel.metadata.create_all(session.connection())
        session.add(Organisation(id="real", name="真实公司"))
    assert not demo.roll(database, on(START))
    database.close()


def test_a_failure_in_the_middle_leaves_everything_as_it_was(company: Database) -> None:
    demo.roll(company, on(START))
    before = demo.digest(company)

    def stop(label: str, _done: int, _total: int) -> None:
        if label == "store_days":
            raise RuntimeError(label)

    with pytest.raises(RuntimeError):
        demo.roll(company, on(START + timedelta(days=5)), stop)
    assert demo.digest(company) == before
