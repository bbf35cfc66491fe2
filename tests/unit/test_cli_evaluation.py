"""Scores: intervals, the judging of turns, the shape of the report."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import CommandError
from bot.evaluation.arguments import Run, fits
from bot.evaluation.intervals import wilson
from bot.evaluation.judging import Expectation, Judgement, confusion, judge
from bot.evaluation.report import SetReport, report_lines, score
from bot.evaluation.sets import load_set, set_folder
from bot.wording import Words

TODAY = date(2026, 3, 2)


def run(name: str, *, asks: bool = False, meant: str | None = None, **args: Any) -> Run:
    named = {"customer": frozenset({meant})} if meant else {}
    return Run(name, args, TODAY, named, asks)


def reading(outcome: str, *tools: dict[str, Any]) -> Expectation:
    return Expectation(tools, outcome)


# Wilson (1927): published values.
@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (15, 50, 0.1910, 0.4375), (0, 0, 0.0, 1.0)],
)
def test_wilson_against_known_values(hits: int, n: int, low: float, high: float) -> None:
    share = wilson(hits, n)
    assert share.low95 == pytest.approx(low, abs=5e-5)
    assert share.high95 == pytest.approx(high, abs=5e-5)


@given(st.integers(1, 10_000), st.data())
def test_wilson_holds_the_share_and_mirrors(n: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, n))
    share, other = wilson(hits, n), wilson(n - hits, n)
    assert 0 <= share.low95 <= share.value <= share.high95 <= 1
    assert share.low95 == pytest.approx(1 - other.high95)


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="3 of 2"):
        wilson(3, 2)


BRIEF = {"name": "fetch_customer_brief", "args": {"customer": "c-1"}}
DAY = {"name": "my_day"}
GOOD = run("fetch_customer_brief", customer="c-1")
OTHER = run("fetch_customer_brief", customer="x")
ASKING = run("fetch_customer_brief", asks=True, customer="x")
TICKETS = {"name": "fetch_customer_brief", "args": {"customer": "c-1", "sections": ["tickets"]}}


@pytest.mark.parametrize(
    ("call", "ran", "fit"),
    [
        (BRIEF, run("fetch_customer_brief", customer="长风", meant="c-1"), True),
        (BRIEF, run("fetch_customer_brief", customer="c-1"), True),
        (BRIEF, run("fetch_customer_brief", customer="长风", meant="c-2"), False),
        (BRIEF, run("fetch_customer_brief"), False),
        (BRIEF, run("fetch_customer_brief", customer="c-1", sections=["tickets"]), False),
        (TICKETS, run("fetch_customer_brief", customer="c-1", sections=["deals", "tickets"]), True),
        (TICKETS, run("fetch_customer_brief", customer="c-1"), False),
        ({"name": "fetch_customer_brief"}, run("fetch_customer_brief", customer="?"), True),
        (BRIEF, run("my_day"), False),
        ({"name": "my_day", "args": {"day": "2026-03-02"}}, run("my_day"), True),
        ({"name": "my_day", "args": {"day": "2026-03-03"}}, run("my_day"), False),
        ({"name": "my_day", "args": {"day": "2026-03-02"}}, run("my_day", days=2), False),
        ({"name": "my_day", "args": {"day": "2026-03-02"}}, run("my_day", scope=None), True),
        (
            {"name": "record_note", "args": {"customer": None, "text": "三月交货"}},
            run("record_note", text="他想  三月交货。"),
            True,
        ),
        (
            {"name": "record_note", "args": {"customer": None}},
            run("record_note", customer="长风"),
            False,
        ),
        (
            {"name": "record_note", "args": {"text": "三月交货"}},
            run("record_note", text="四月"),
            False,
        ),
    ],
)
def test_arguments(call: dict[str, Any], ran: Run, *, fit: bool) -> None:
    assert fits(call, ran) is fit


@pytest.mark.parametrize(
    ("readings", "outcome", "runs", "verdict"),
    [
        ([reading("answered", BRIEF)], "answered", [GOOD], "right"),
        ([reading("answered", BRIEF)], "asked", [], "asked"),
        ([reading("answered", BRIEF)], "unknown", [], "missed"),
        ([reading("answered", BRIEF)], "answered", [OTHER], "wrong"),
        ([reading("asked")], "asked", [], "right"),
        ([reading("asked")], "asked", [ASKING], "right"),
        ([reading("unknown")], "asked", [], "asked"),
        ([reading("unknown"), reading("asked")], "asked", [], "right"),
        ([reading("unknown")], "answered", [run("my_day")], "wrong"),
        ([reading("answered", BRIEF, DAY)], "answered", [run("my_day")], "missed"),
        (
            [reading("answered", BRIEF, DAY)],
            "answered",
            [run("my_day"), run("fetch_customer_brief", customer="c-1")],
            "right",
        ),
        ([reading("answered", DAY)], "answered", [run("my_day"), run("my_day")], "wrong"),
        ([reading("answered", BRIEF)], "unknown", [GOOD], "missed"),
    ],
)  # fmt: skip
def test_verdicts(readings: list[Expectation], outcome: str, runs: list[Run], verdict: str) -> None:
    assert judge(readings, outcome, runs).verdict == verdict


def test_confusion_counts_by_label() -> None:
    first = judge([reading("answered", BRIEF)], "asked", [])
    assert (first.expected, first.found) == ("fetch_customer_brief", "(asked)")
    assert confusion([first, first]) == {"fetch_customer_brief": {"(asked)": 2}}


def test_scores_know_on_which_side_of_the_bar_they_stand() -> None:
    assert score(9, 10, 0.9).as_json() == {
        "value": 0.9,
        "low95": 0.5958,
        "high95": 0.9821,
        "bar": 0.9,
        "holds": True,
    }
    assert score(1, 10, 0.02, most=True).holds is False
    assert "bar" not in score(1, 10).as_json()


def test_the_json_of_a_report_and_of_a_skipped_set() -> None:
    matrix = confusion([Judgement("right", "a", "a")])
    report = SetReport("understanding", "abc", 10, {"right": score(9, 10, 0.9)}, matrix)
    assert report.as_json().keys() == {"set", "hash", "n", "scores", "confusion"}
    assert SetReport("data", skipped="no file").as_json() == {"set": "data", "skipped": "no file"}


def test_the_report_for_people_has_scores_and_matrix() -> None:
    matrix = confusion([Judgement("right", "my_day", "my_day")])
    report = SetReport("understanding", "abc", 10, {"right": score(9, 10, 0.9)}, matrix, ["u1 …"])
    text = "\n".join(report_lines(report, Words("zh")))
    assert "90.0 %" in text
    assert "my_day" in text
    assert "u1 …" in text


def test_a_set_is_read_line_by_line_and_hashed(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": 1}\n\n{"id": 2}\n', encoding="utf-8")
    found = load_set("x", tmp_path)
    assert [item["id"] for item in found.items] == [1, 2]
    (tmp_path / "a.jsonl").write_text('{"id": 1}\n', encoding="utf-8")
    assert load_set("x", tmp_path).hash != found.hash


def test_a_broken_line_is_named_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": 1}\n[1]\n', encoding="utf-8")
    with pytest.raises(CommandError) as caught:
        load_set("x", tmp_path)
    assert caught.value.values == {"place": "a.jsonl:2"}


def test_a_set_may_lie_in_the_home(tmp_path: Path) -> None:
    assert set_folder("own", tmp_path) is None
    folder = tmp_path / "evals" / "own"
    folder.mkdir(parents=True)
    (folder / "a.jsonl").write_text("{}")
    assert set_folder("own", tmp_path) == folder
