"""Who is who, and as whom one may act."""

from datetime import date
from typing import Any

import pytest

from storage.database import Database
from storage.errors import NotACallerError
from storage.identity import Caller
from storage.repositories.people import caller_of, find_person, list_people
from storage.tables import Organisation, Person, Region
from storage.vocabulary import Role

TODAY = date(2026, 11, 21)


def person(key: str, name: str, **more: Any) -> Person:
    return Person(**{"id": key, "org_id": "org", "name": name, "role": Role.REP, **more})


STAFF: dict[str, dict[str, Any]] = {
    "cro": {"name": "赵启明", "english_name": "Evan Zhao", "role": Role.CRO, "aliases": ["赵总"]},
    "boss": {"name": "周雅琴", "role": Role.REGIONAL_MANAGER, "manager_id": "cro"},
    "lead": {"name": "李雷", "manager_id": "boss", "language": "en", "timezone": "Europe/Paris"},
    "rep": {
        "name": "陈思远", "english_name": "Simon Chen", "aliases": ["思远"], "manager_id": "lead"
    },
    "east": {"name": "张伟", "english_name": "Wei Zhang", "manager_id": "boss"},
    "south": {"name": "张伟", "english_name": "David Zhang"},
    "gone": {"name": "王芳", "left_on": date(2026, 11, 21), "manager_id": "boss"},
    "idle": {"name": "王芳", "active": False, "manager_id": "boss"},
    "old": {"name": "林丹", "active": False},
    "ring-a": {"name": "甲", "manager_id": "ring-b"},
    "ring-b": {"name": "乙", "manager_id": "ring-a"},
    "self": {"name": "丙", "manager_id": "self"},
}  # fmt: skip


@pytest.fixture(scope="module")
def company(lasting_database: Database) -> Database:
    with lasting_database.system("staff") as session:
        session.add_all([Organisation(id="org", name="one"), Organisation(id="two", name="two")])
        session.add_all(person(key, **values) for key, values in STAFF.items())
        session.add(person("stranger", "陈思远", org_id="two", manager_id="boss"))
        regions = [("r1", "boss", None), ("r11", None, "r1"), ("r111", None, "r11")]
        regions += [("r2", "cro", "r3"), ("r3", None, "r2")]
        session.add_all(
            Region(id=key, org_id="org", name=key, manager_id=manager, parent_id=parent)
            for key, manager, parent in regions
        )
        session.add(Region(id="x1", org_id="two", name="x1", manager_id="boss", parent_id="r1"))
    return lasting_database


def find(company: Database, text: str, org_id: str | None = "org") -> list[str]:
    with company.system("find", write=False) as session:
        return [found.id for found in find_person(session, text, org_id)]


def act_as(company: Database, key: str, today: date | None = TODAY) -> Caller:
    with company.system("identity", write=False) as session:
        return caller_of(session, key, today)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("rep", ["rep"]),
        ("陈思远", ["rep"]),
        (" 陈思远 ", ["rep"]),
        ("Simon Chen", ["rep"]),
        ("simon chen", ["rep"]),
        ("ＳＩＭＯＮ　ＣＨＥＮ", ["rep"]),
        ("思远", ["rep"]),
        ("赵总", ["cro"]),
        ("张伟", ["east", "south"]),
        ("wei zhang", ["east"]),
        ("王芳", ["gone"]),  # of two, the one who is not marked inactive
        ("林丹", ["old"]),
        ("陈", []),
        ("思", []),
        ("", []),
        ("  ", []),
        ("%", []),
        ("REP", []),  # an id is written as it is
    ],
)
def test_a_person_is_found_by_what_people_call_them(
    company: Database, said: str, meant: list[str]
) -> None:
    assert find(company, said) == meant


def test_names_are_those_of_one_organisation_or_of_all(company: Database) -> None:
    assert find(company, "陈思远", None) == ["rep", "stranger"]
    assert find(company, "陈思远", "two") == ["stranger"]
    with company.system("list", write=False) as session:
        assert len(list_people(session, "org")) == len(STAFF)
        assert len(list_people(session)) == len(STAFF) + 1


def test_a_caller_has_role_language_and_zone_of_the_person(company: Database) -> None:
    assert act_as(company, "lead") == Caller(
        "lead", "org", "李雷", Role.REP, ("rep",), (), "en", "Europe/Paris"
    )


def test_a_team_is_everybody_below_even_those_who_left(company: Database) -> None:
    everybody_below = ("east", "gone", "idle", "lead", "rep")
    assert act_as(company, "boss").team_ids == everybody_below
    assert act_as(company, "cro").team_ids == ("boss", *everybody_below)
    assert act_as(company, "rep").team_ids == ()


def test_circles_of_managers_end(company: Database) -> None:
    assert act_as(company, "ring-a").team_ids == ("ring-b",)
    assert act_as(company, "self").team_ids == ()


def test_regions_are_those_headed_with_those_inside(company: Database) -> None:
    assert act_as(company, "boss").region_ids == ("r1", "r11", "r111")
    assert act_as(company, "cro").region_ids == ("r2", "r3")
    assert act_as(company, "rep").region_ids == ()


@pytest.mark.parametrize(
    ("key", "reason"), [("nobody", "unknown"), ("idle", "inactive"), ("gone", "left")]
)
def test_nobody_acts_as_somebody_who_does_not_work_here(
    company: Database, key: str, reason: str
) -> None:
    for today in (TODAY, None):
        with pytest.raises(NotACallerError) as caught:
            act_as(company, key, today)
        assert (caught.value.reason, caught.value.person_id) == (reason, key)


def test_who_leaves_tomorrow_works_today(company: Database) -> None:
    assert act_as(company, "gone", date(2026, 11, 20)).person_id == "gone"
