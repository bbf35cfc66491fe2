"""Pure decisions of the playbook tool."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.scenario import Objection, Range
from storage.repositories.library import Situation
from storage.vocabulary import Stage
from tools.playbooks.rules import name_in, one_of, playbook_codes, pressing, without_spans
from tools.playbooks.service import scenario_of

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("pb-012", ["pb-012"]),
        ("看一下PB-012第二步", ["pb-012"]),
        ("PB 012 and pb_003, then pb-012", ["pb-012", "pb-003"]),
        ("pb-1", []),
        ("http-012", []),
        ("pb-0000001", []),
        ("客户说太贵了", []),
    ],
)
def test_codes_in_a_question(text: str, codes: list[str]) -> None:
    assert playbook_codes(text) == codes


@pytest.mark.parametrize(
    ("text", "spans", "left"),
    [
        ("仁和医院嫌太贵", [(0, 4)], "嫌太贵"),
        ("嫌仁和医院太贵", [(1, 5)], "嫌 太贵"),
        ("abc", [], "abc"),
        ("abcdef", [(0, 4), (2, 6)], ""),
    ],
)
def test_names_are_taken_out(text: str, spans: list[tuple[int, int]], left: str) -> None:
    assert without_spans(text, spans) == left


@pytest.mark.parametrize(
    ("text", "names", "span"),
    [
        ("空白科技嫌太贵", ["空白科技有限公司"], (0, 4)),
        ("问下仁和医院的", ["仁和", "仁和医院"], (2, 6)),
        ("第一次拜访医院", ["第一医院"], None),
        ("what about DUOHENG now", ["Duoheng Auto Parts"], (11, 19)),
        ("the auto deal", ["Autumn Ltd"], None),
        ("", ["仁和医院"], None),
    ],
)
def test_a_name_is_found_by_how_it_begins(
    text: str, names: list[str], span: tuple[int, int] | None
) -> None:
    assert name_in(text, names) == span


@given(st.text(max_size=30), st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30))))
def test_taking_out_never_adds(text: str, ends: list[tuple[int, int]]) -> None:
    spans = [(min(pair), max(pair)) for pair in ends]
    assert set(without_spans(text, spans)) <= set(text) | {" "}


@pytest.mark.parametrize(
    ("complaint", "ends_in", "contacted", "because"),
    [
        (True, 10, True, "open_complaint"),
        (False, 120, True, "contract_ends"),
        (False, 121, True, None),
        (False, 0, False, "contract_ends"),
        (False, None, False, "no_contact"),
        (False, None, True, None),
    ],
)
def test_what_presses_most(
    complaint: bool, ends_in: int | None, contacted: bool, because: str | None
) -> None:
    ends_on = None if ends_in is None else TODAY + timedelta(ends_in)
    found = pressing(
        open_complaint=complaint, contract_ends_on=ends_on, ever_contacted=contacted, today=TODAY
    )
    assert found == because


def test_arguments_are_read_with_tolerance_and_no_guessing() -> None:
    assert one_of("Price-Complaint ", Objection) == "price_complaint"
    assert one_of("price", Objection) is None
    assert one_of(None, Objection) is None


def test_records_fill_the_slots_and_what_no_slot_holds_stays_unknown() -> None:
    records = Situation(
        industry="hospital",
        kind="hospital",
        tier="gold",
        technical_maturity="high",
        buying_cycle_days=90,
        region="华东",
        stages=(Stage.QUOTING,),
        competitors=("博睦",),
    )
    case = scenario_of(records)
    assert case.customer_kind == ("hospital",)
    assert case.customer_tier == ()
    assert case.technical_maturity == ("high",)
    assert case.buying_cycle_days == Range(low=90, high=90)
    assert (case.stage, case.competitor, case.region) == ((Stage.QUOTING,), ("博睦",), ("华东",))
    assert not scenario_of(Situation()).known
    assert scenario_of(Situation(buying_cycle_days=0)).buying_cycle_days is None
