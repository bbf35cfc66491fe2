"""Three-valued slot fit."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from knowledge_base.fit import fit_score, ruled_out, slot_fits
from knowledge_base.scenario import AmountRange, Objection, Range, Scenario
from storage.vocabulary import Stage


def scenario(**slots: Any) -> Scenario:
    return Scenario.model_validate(slots)


def verdicts(book: Scenario, case: Scenario) -> dict[str, str]:
    return {fit.slot: fit.verdict for fit in slot_fits(book, case)}


@pytest.mark.parametrize(
    ("book", "case", "verdict"),
    [
        ({"stage": ["quoting"]}, {}, "unknown"),
        ({"stage": ["quoting"]}, {"stage": ["quoting", "won"]}, "match"),
        ({"stage": ["quoting"]}, {"stage": ["won"]}, "conflict"),
        ({"industry": ["healthcare"]}, {"industry": ["医院"]}, "match"),
        ({"industry": ["healthcare"]}, {"industry": ["零售"]}, "conflict"),
        ({"industry": ["healthcare"]}, {"industry": ["养鸭业"]}, "unknown"),
        ({"competitor": ["博睦"]}, {"competitor": ["博睦医疗"]}, "match"),
        ({"competitor": ["博睦"]}, {"competitor": ["科澜"]}, "conflict"),
        ({"region": ["华东"]}, {"region": ["华东一区"]}, "match"),
        (
            {"buying_cycle_days": {"high": 90}},
            {"buying_cycle_days": {"low": 60, "high": 60}},
            "match",
        ),
        ({"buying_cycle_days": {"high": 90}}, {"buying_cycle_days": {"low": 91}}, "conflict"),
        ({"amount": {"low": 100}}, {"amount": {"high": 50}}, "conflict"),
        ({"amount": {"low": 100}}, {"amount": {"high": 50, "currency": "USD"}}, "unknown"),
    ],
)
def test_a_slot_matches_conflicts_or_is_unknown(
    book: dict[str, Any], case: dict[str, Any], verdict: str
) -> None:
    assert verdicts(scenario(**book), scenario(**case)) == {next(iter(book)): verdict}


def test_a_slot_that_the_playbook_leaves_open_is_not_compared() -> None:
    assert verdicts(scenario(), scenario(stage=["won"], industry=["零售"])) == {}


def test_only_a_known_other_value_of_a_required_slot_rules_out() -> None:
    book = scenario(customer_kind=["hospital"], stage=["quoting"], required=["customer_kind"])
    assert not ruled_out(slot_fits(book, scenario()))
    assert not ruled_out(slot_fits(book, scenario(customer_kind=["hospital"], stage=["won"])))
    assert ruled_out(slot_fits(book, scenario(customer_kind=["company"], stage=["quoting"])))


def test_several_matches_say_more_than_one_and_the_unknown_says_nothing() -> None:
    book = scenario(stage=["quoting"], objection=["price_complaint"], industry=["retail"])
    one = slot_fits(book, scenario(stage=["quoting"]))
    two = slot_fits(book, scenario(stage=["quoting"], objection=["price_complaint"]))
    mixed = slot_fits(book, scenario(stage=["quoting"], objection=["stalled"]))
    assert fit_score(slot_fits(book, scenario())) == 0.0
    assert fit_score(mixed) < 0.0 < fit_score(one) < fit_score(two) < 1.0


@given(
    st.sets(st.sampled_from(Stage)),
    st.sets(st.sampled_from(Stage)),
    st.sets(st.sampled_from(Objection)),
    st.sets(st.sampled_from(Objection)),
)
def test_fit_lies_between_minus_one_and_one_and_is_even_handed(
    stages: set[Stage], asked: set[Stage], objections: set[Objection], heard: set[Objection]
) -> None:
    book = scenario(stage=sorted(stages), objection=sorted(objections))
    case = scenario(stage=sorted(asked), objection=sorted(heard))
    fits = slot_fits(book, case)
    assert -1.0 < fit_score(fits) < 1.0
    known = {
        slot: verdict for slot, verdict in verdicts(book, case).items() if verdict != "unknown"
    }
    assert known == {s: v for s, v in verdicts(case, book).items() if v != "unknown"}


def test_impossible_scenarios_are_refused() -> None:
    with pytest.raises(ValidationError, match="low is above high"):
        Range(low=5, high=1)
    with pytest.raises(ValidationError, match="low, high or both"):
        Range()
    with pytest.raises(ValidationError, match="required names stage"):
        scenario(required=["stage"])
    with pytest.raises(ValidationError, match="currency"):
        AmountRange(low=1, currency="yuan")
