"""The rules of the customer brief, as tables."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.customers import rules
from tools.customers.rules import (
    THRESHOLDS,
    Clash,
    DealState,
    PersonState,
    PromiseState,
    Risk,
    Situation,
    TermState,
    TicketState,
)

TODAY = date(2026, 11, 21)


def days(number: int) -> date:
    return TODAY + timedelta(number)


def person(ident: str = "p1", **more: Any) -> PersonState:
    values: dict[str, Any] = {
        "role": "decision_maker",
        "status": "active",
        "verified_on": days(-10),
        "left_on": None,
    }
    return PersonState(ident, **(values | more))


def deal(key: str = "d1", **more: Any) -> DealState:
    values: dict[str, Any] = {
        "stage": "solution",
        "stage_days": 3,
        "overdue_days": None,
        "has_next_step": True,
        "currency": "CNY",
    }
    return DealState(key, **(values | more))


def situation(**more: Any) -> Situation:
    return Situation("c1", "CNY", TODAY, **({"quiet_days": 1} | more))


def codes(view: Situation) -> list[str]:
    return [risk.code for risk in rules.risks(view)]


@pytest.mark.parametrize(
    ("verified", "stale"),
    [(None, True), (days(-180), False), (days(-181), True), (TODAY, False), (days(5), False)],
)
def test_a_contact_is_stale_after_180_days_or_when_never_verified(
    verified: date | None, stale: bool
) -> None:
    assert rules.is_stale(verified, TODAY) is stale


@pytest.mark.parametrize(
    ("changes", "lead"),
    [
        ({}, True),
        ({"status": "left"}, False),
        ({"status": "unknown"}, False),
        ({"left_on": days(-1)}, False),
        ({"left_on": days(30)}, True),
        ({"verified_on": days(-200)}, False),
        ({"verified_on": None}, False),
    ],
)
def test_only_who_is_in_service_and_verified_is_a_lead(changes: dict[str, Any], lead: bool) -> None:
    assert rules.is_lead(person(**changes), TODAY) is lead


@pytest.mark.parametrize(
    ("stage", "age", "stuck"),
    [
        ("quoting", 14, False),
        ("quoting", 15, True),
        ("negotiating", 22, True),
        ("prospecting", 30, False),
        ("quoting", None, False),
        ("won", 999, False),
    ],
)
def test_a_deal_is_stuck_past_the_limit_of_its_stage(
    stage: str, age: int | None, stuck: bool
) -> None:
    assert rules.is_stuck(stage, age) is stuck


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        (situation(), []),
        (situation(deals=[deal()], people=[person()]), []),
        (situation(deals=[deal()]), ["decision_maker_unknown"]),
        (situation(people=[]), []),  # nobody decides where nothing is to be decided
        (situation(deals=[deal()], people=[person(status="left")]), ["decision_maker_left"]),
        (
            situation(deals=[deal()], people=[person(verified_on=days(-200))]),
            ["decision_maker_stale"],
        ),
        (
            situation(people=[person("p1"), person("p2")]),
            ["decision_maker_contradicted"],
        ),
        (situation(people=[person("p1", key="张三"), person("p2", key="张三")]), []),
        (
            situation(deals=[deal(stage="quoting", stage_days=20)], people=[person()]),
            ["stage_stale"],
        ),
        (situation(deals=[deal(overdue_days=3)], people=[person()]), ["close_overdue"]),
        (
            situation(deals=[deal(stage="negotiating", has_next_step=False)], people=[person()]),
            ["no_next_step"],
        ),
        (situation(deals=[deal(has_next_step=False)], people=[person()]), []),
        (situation(promises=[PromiseState("x", "us", 4)]), ["commitment_overdue"]),
        (situation(promises=[PromiseState("x", "us", None)]), []),
        (
            situation(promises=[PromiseState("x", "customer", 4)]),
            ["customer_commitment_overdue"],
        ),
        (situation(tickets=[TicketState("t", "complaint", "low", 2)]), ["open_complaint"]),
        (situation(tickets=[TicketState("t", "fault", "high", 2)]), ["open_fault"]),
        (situation(tickets=[TicketState("t", "fault", "normal", 2)]), []),
        (situation(contracts=[TermState("k", 90)]), ["contract_ending"]),
        (situation(contracts=[TermState("k", 91)]), []),
        (situation(contracts=[TermState("k", None)]), []),
        (situation(contracts=[TermState("k", 10, active=False)]), []),
        (situation(contracts=[TermState("k", -1)]), ["contract_lapsed"]),
        (situation(overdue_payments=[("pay", 9)]), ["payment_overdue"]),
        (situation(rivals=[TermState("r", 120)]), ["rival_ending"]),
        (situation(rivals=[TermState("r", 121)]), []),
        (situation(rivals=[TermState("r", -1)]), []),
        (situation(quiet_days=91), ["no_contact"]),
        (situation(quiet_days=90), []),
        (situation(quiet_days=31, deals=[deal()], people=[person()]), ["no_contact"]),
        (situation(quiet_days=None, deals=[deal()], people=[person()]), ["never_contacted"]),
        (situation(quiet_days=None), []),
    ],
)
def test_each_risk_has_its_condition(view: Situation, expected: list[str]) -> None:
    assert codes(view) == expected


def test_a_risk_tells_its_days_and_the_limit_that_was_passed() -> None:
    view = situation(deals=[deal(stage="quoting", stage_days=23)], people=[person()])
    assert rules.risks(view) == [
        Risk("stage_stale", "medium", "d1", 23, THRESHOLDS.stage["quoting"])
    ]


def test_the_gravest_comes_first_and_a_chance_last() -> None:
    view = situation(
        rivals=[TermState("r", 5)],
        contracts=[TermState("l", 60), TermState("k", 50)],
        promises=[PromiseState("x", "us", 3), PromiseState("y", "us", 30)],
    )
    assert [(r.code, r.about) for r in rules.risks(view)] == [
        ("commitment_overdue", "y"),
        ("commitment_overdue", "x"),
        ("contract_ending", "k"),
        ("contract_ending", "l"),
        ("rival_ending", "r"),
    ]


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        (situation(people=[person("a"), person("b", role="user")]), []),
        (
            situation(people=[person("a", key="张三"), person("b", key="李四")]),
            [Clash("decision_makers", ("a", "b"))],
        ),
        (situation(people=[person("a"), person("b", status="left")]), []),
        (
            # One person twice is one decision maker with two records.
            situation(
                people=[
                    person("a", key="张三", phone="1"),
                    person("b", key="张三", phone="2"),
                ]
            ),
            [Clash("same_person", ("a", "b"))],
        ),
        (situation(people=[person("a", key="张三", role=None), person("b", key="李四")]), []),
        (situation(people=[person(left_on=days(-3))]), [Clash("left_but_active", ("p1",))]),
        (situation(deals=[deal(currency="USD")]), [Clash("currency", ("c1", "d1"))]),
        (
            situation(rivals=[TermState("a", None, share=0.7), TermState("b", None, share=0.6)]),
            [Clash("shares", ("a", "b"))],
        ),
        (situation(rivals=[TermState("a", None, share=0.4), TermState("b", None, share=0.6)]), []),
        (situation(contracts=[TermState("k", -5)]), [Clash("contract_dates", ("k",))]),
        (situation(contracts=[TermState("k", -5, active=False)]), []),
    ],
)
def test_records_that_deny_each_other_are_found(view: Situation, expected: list[Clash]) -> None:
    assert rules.clashes(view) == expected


@given(st.integers(-4000, 4000))
def test_a_date_is_overdue_exactly_after_it_has_passed(shift: int) -> None:
    late = rules.overdue(days(shift), TODAY)
    assert late == (-shift if shift < 0 else None)


@given(st.lists(st.integers(0, 400), max_size=8))
def test_every_overdue_promise_is_told_once(ages: list[int]) -> None:
    view = situation(promises=[PromiseState(str(i), "us", age) for i, age in enumerate(ages)])
    found = rules.risks(view)
    assert sorted(r.about for r in found) == sorted(map(str, range(len(ages))))
    assert [r.days for r in found] == sorted(ages, reverse=True)
