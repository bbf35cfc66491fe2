"""The rules of the day, as tables."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.diary import rules
from tools.diary.rules import Agenda, First, Pressing, Promise, Slot

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 11, 23)
EARLY = datetime(2026, 11, 20, tzinfo=ZONE)


def at(hour: float) -> datetime:
    return datetime(2026, 11, 23, tzinfo=ZONE) + timedelta(hours=hour)


def slot(ident: str, start: float, end: float, **more: Any) -> Slot:
    return Slot(ident, at(start), at(end), **more)


@pytest.mark.parametrize(
    ("slots", "expected"),
    [
        ([], []),
        ([slot("a", 9, 10), slot("b", 10, 11)], []),
        ([slot("a", 9, 10.5), slot("b", 10, 11)], [("a", "b", 30)]),
        ([slot("b", 10, 11), slot("a", 9, 12)], [("a", "b", 60)]),
        (
            [slot("a", 9, 12), slot("b", 10, 11), slot("c", 11.5, 12)],
            [("a", "b", 60), ("a", "c", 30)],
        ),
    ],
)
def test_overlaps_are_found_with_their_length(
    slots: list[Slot], expected: list[tuple[str, str, int]]
) -> None:
    assert [(o.first.id, o.second.id, o.minutes) for o in rules.clashes(slots)] == expected


@pytest.mark.parametrize(
    ("first", "second", "needed"),
    [
        ({"location": "甲"}, {"location": "甲"}, 0),
        ({"location": "甲"}, {"location": None}, 0),
        ({"location": "甲"}, {"location": "乙"}, 30),
        ({"location": "甲", "city": "上海"}, {"location": "乙", "city": "上海"}, 30),
        ({"location": "甲", "city": "上海"}, {"location": "乙", "city": "北京"}, 120),
    ],
)
def test_travel_is_asked_for_where_places_differ(
    first: dict[str, Any], second: dict[str, Any], needed: int
) -> None:
    assert rules.travel_minutes(slot("a", 9, 10, **first), slot("b", 11, 12, **second)) == needed


@pytest.mark.parametrize(
    ("start", "tight"), [(10.0, True), (10.25, True), (10.5, False), (9.5, False)]
)
def test_too_little_time_between_two_places_is_told(start: float, tight: bool) -> None:
    slots = [slot("a", 9, 10, location="甲"), slot("b", start, 12, location="乙")]
    assert bool(rules.tight(slots)) is tight


@pytest.mark.parametrize(
    ("slots", "now", "expected"),
    [
        ([], EARLY, [(9, 18)]),
        ([slot("a", 10, 11)], EARLY, [(9, 10), (11, 18)]),
        ([slot("a", 9.5, 17.5)], EARLY, []),  # half an hour is no gap
        ([slot("a", 8, 12), slot("b", 10, 11)], EARLY, [(12, 18)]),
        ([slot("a", 10, 11)], at(10.5), [(11, 18)]),
        ([slot("a", 19, 20)], EARLY, [(9, 18)]),
        ([], at(17.5), []),
        ([], at(20), []),
    ],
)
def test_gaps_are_free_working_time_that_is_still_ahead(
    slots: list[Slot], now: datetime, expected: list[tuple[float, float]]
) -> None:
    found = rules.gaps(MONDAY, ZONE, slots, now)
    assert [(a, b) for a, b, _ in found] == [(at(a), at(b)) for a, b in expected]
    assert all(minutes == (b - a).total_seconds() / 60 for a, b, minutes in found)


def test_a_weekend_has_no_gaps() -> None:
    assert rules.gaps(date(2026, 11, 22), ZONE, [], EARLY) == []


@given(
    st.lists(
        st.tuples(st.integers(0, 1380), st.integers(5, 240)).map(
            lambda pair: slot(str(pair[0]), pair[0] / 60, (pair[0] + pair[1]) / 60)
        ),
        max_size=8,
    )
)
def test_a_gap_never_touches_an_appointment(slots: list[Slot]) -> None:
    for start, end, _ in rules.gaps(MONDAY, ZONE, slots, EARLY):
        assert at(9) <= start < end <= at(18)
        assert all(s.ends_at <= start or end <= s.starts_at for s in slots)


@pytest.mark.parametrize(
    ("close_in", "stage_days", "limit", "expected"),
    [
        (None, None, None, None),
        (-1, 99, 14, ("close_overdue", 1)),
        (0, None, None, ("closing", 0)),
        (7, 99, 14, ("closing", 7)),
        (8, 15, 14, ("stuck", 15)),
        (8, 14, 14, None),
        (None, None, 14, None),
        (None, 40, None, None),
    ],
)
def test_a_deal_presses_by_date_or_by_age(
    close_in: int | None,
    stage_days: int | None,
    limit: int | None,
    expected: tuple[str, int] | None,
) -> None:
    assert rules.pressing(close_in, stage_days, limit) == expected


@pytest.mark.parametrize(
    ("tier", "amount", "complaint", "expected"),
    [
        ("small", None, False, None),
        ("small", 99_999_999, False, None),
        ("small", 100_000_000, False, "large_deal"),
        ("key", None, False, "key_account"),
        ("key", None, True, "complaint"),
        (None, None, False, None),
    ],
)
def test_a_manager_hears_of_weighty_meetings(
    tier: str | None, amount: int | None, complaint: bool, expected: str | None
) -> None:
    assert rules.why_key(tier, amount, "CNY", complaint) == expected


MEETING = slot("m", 14, 15, customer_id="cus")
OVERLAP = rules.clashes([slot("a", 9, 11), slot("b", 10, 12)])


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"slots": []}, None),
        ({"slots": [slot("n", 9, 10)]}, None),  # an internal entry needs no preparation
        ({}, First("prepare_meeting", "m", at(14))),
        ({"deals": [Pressing("d", "stuck", 20)]}, First("deal_stuck", "d", None, 20)),
        ({"deals": [Pressing("d", "closing", 2)]}, First("deal_closing", "d", None, 2)),
        ({"promises": [Promise("p", "other", 0)]}, First("promise_due", "p", None, 0)),
        ({"promises": [Promise("p", "other", 2)]}, First("prepare_meeting", "m", at(14))),
        (
            {"promises": [Promise("p", "other", 1), Promise("q", "other", -3)]},
            First("promise_due", "q", None, -3),
        ),
        (
            {"promises": [Promise("p", "other", -9), Promise("q", "cus", -1)]},
            First("promise_before_meeting", "q", at(14), -1),
        ),
        ({"complaints": {"cus": "t"}}, First("complaint_before_meeting", "t", at(14))),
        (
            {"complaints": {"cus": "t"}, "promises": [Promise("p", "other", -9)]},
            First("complaint_before_meeting", "t", at(14)),
        ),
        (
            {"clashes": OVERLAP, "promises": [Promise("q", "cus", -1)]},
            First("clash", "b", at(10)),
        ),
    ],
)
def test_what_comes_first(changes: dict[str, Any], expected: First | None) -> None:
    calm: dict[str, Any] = {
        "slots": [MEETING],
        "clashes": [],
        "promises": [],
        "complaints": {},
        "deals": [],
    }
    assert rules.first_thing(Agenda(**(calm | changes))) == expected
