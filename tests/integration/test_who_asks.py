"""As whom the terminal asks: nobody who has left, by the day of the place where the person is."""

from datetime import UTC, date, datetime

import pytest

from bot.directory import people_lines, read_people
from bot.errors import CommandError, WrongUseError
from bot.identity import caller_for
from bot.wording import Words
from storage.clock import FixedClock
from storage.database import Database
from storage.tables import Organisation, Person
from storage.vocabulary import Role

MORNING = FixedClock(datetime(2026, 11, 20, 22, tzinfo=UTC))  # six on the 21st in Shanghai
LEAVING = date(2026, 11, 21)
ENGLISH = Words("en")
STAFF = (
    Person(id="p-1", org_id="org", name="王芳", role=Role.REP, left_on=LEAVING),
    Person(
        id="p-2", org_id="org", name="王芳", role=Role.REP, left_on=LEAVING, timezone="Europe/Paris"
    ),
    Person(id="p-3", org_id="org", name="林丹", role=Role.REP, left_on=LEAVING),
    Person(id="p-4", org_id="org", name="林单", role=Role.REP),
)


@pytest.fixture
def company(database: Database) -> Database:
    with database.system("staff") as session:
        session.add(Organisation(id="org", name="org", default_person_id="p-3"))
        session.add_all(Person(**person.model_dump()) for person in STAFF)
    return database


def refused(company: Database, said: str | None) -> str:
    with pytest.raises(CommandError) as caught:
        caller_for(company, said, MORNING, ENGLISH)
    return str(caught.value.key)


def test_nobody_acts_from_the_morning_of_the_day_on_which_one_is_gone(company: Database) -> None:
    with pytest.raises(WrongUseError):
        caller_for(company, "p-1", MORNING, ENGLISH)
    evening = FixedClock(datetime(2026, 11, 20, 15, tzinfo=UTC))
    assert caller_for(company, "p-1", evening, ENGLISH).person_id == "p-1"


def test_of_two_of_one_name_the_one_who_is_here_is_meant(company: Database) -> None:
    assert caller_for(company, "王芳", MORNING, ENGLISH).person_id == "p-2"


def test_a_default_person_who_has_left_is_none(company: Database) -> None:
    with pytest.raises(CommandError) as caught:
        caller_for(company, None, MORNING, ENGLISH)
    assert caught.value.key == "errors.no_default"
    # The example is somebody who is here, and not of the demo company.
    assert caught.value.values["example"] in {"林单", "王芳"}


def test_names_of_those_who_left_are_not_suggested(company: Database) -> None:
    with pytest.raises(WrongUseError) as caught:
        caller_for(company, "林旦", MORNING, ENGLISH)
    near = str(caught.value.values["near"])
    assert "林单" in near
    assert "林丹" not in near


def test_the_list_of_people_leaves_out_who_has_left(company: Database) -> None:
    here = {one.id: one.active for one in read_people(company, MORNING.now())}
    assert here == {"p-1": False, "p-2": True, "p-3": False, "p-4": True}
    shown = "\n".join(people_lines(company, ENGLISH, 80, MORNING.now()))
    assert ("p-2" in shown, "p-1" in shown) == (True, False)
