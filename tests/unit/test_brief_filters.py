"""Dates, ages and labels as people read them."""

import re
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import get_args

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from prompts import filters as f
from storage.vocabulary import (
    ActionState,
    ContactRole,
    Grade,
    InteractionKind,
    Role,
    Stage,
)
from tools.customers.schemas import Section

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("days", "zh", "en"),
    [
        (0, "今天", "today"),
        (-1, "昨天", "yesterday"),
        (1, "明天", "tomorrow"),
        (-2, "前天", "2 days ago"),
        (2, "后天", "in 2 days"),
        (-18, "18 天前", "18 days ago"),
        (59, "59 天后", "in 59 days"),
        (-60, "2 个月前", "2 months ago"),
        (-365, "12 个月前", "12 months ago"),
        (-800, "2.2 年前", "2.2 years ago"),
    ],
)
def test_distance_in_both_languages(days: int, zh: str, en: str) -> None:
    moment = TODAY + timedelta(days)
    assert f.ago(moment, TODAY, "zh") == zh
    assert f.ago(moment.isoformat(), TODAY.isoformat(), "en") == en


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        ("2026-11-03", "11月3日", "3 Nov"),
        ("2025-03-02", "2025年3月2日", "2 Mar 2025"),
        (datetime(2026, 1, 9, 12, tzinfo=UTC), "1月9日", "9 Jan"),
        (None, "未知", "unknown"),
        ("", "未知", "unknown"),
    ],
)
def test_a_date_leaves_out_the_present_year(value: str | datetime | None, zh: str, en: str) -> None:
    assert f.day(value, TODAY, "zh") == zh
    assert f.day(value, TODAY, "en") == en


def test_a_date_without_a_present_keeps_its_year() -> None:
    assert f.day("2026-11-03", None, "zh") == "2026年11月3日"


def test_when_says_both() -> None:
    assert f.when("2026-11-03", TODAY, "zh") == "11月3日（18 天前）"
    assert f.when("2026-11-03", TODAY, "en") == "3 Nov (18 days ago)"
    assert f.when(None, TODAY, "en") == "unknown"


def test_times_are_the_readers_own() -> None:
    assert f.clock("2026-11-22T06:00:00+00:00", "Asia/Shanghai") == "14:00"
    assert f.moment("2026-11-21T23:30:00+00:00", TODAY, "Asia/Shanghai", "en") == "22 Nov 07:30"
    assert f.weekday("2026-11-22", "zh") == "周日"
    assert f.weekday("2026-11-22", "en") == "Sun"


@pytest.mark.parametrize(
    ("days", "zh", "en"),
    [(1, "1 天", "1 day"), (45, "45 天", "45 days"), (None, "未知", "unknown")],
)
def test_durations(days: int | None, zh: str, en: str) -> None:
    assert (f.duration(days, "zh"), f.duration(days, "en")) == (zh, en)


@pytest.mark.parametrize(
    ("days", "zh"),
    [
        (59, "59 天"),
        (81, "3 个月"),
        (800, "2.2 年"),
        (3287, "9 年"),
        (3330, "9 年"),
        (3399, "9 年"),
    ],
)
def test_long_durations_have_no_needless_decimals(days: int, zh: str) -> None:
    assert f.duration(days, "zh") == zh


def test_what_is_late_is_told_to_the_day_within_a_year() -> None:
    assert [f.lasting(days, "zh") for days in (1, 81, 365)] == ["1 天", "81 天", "365 天"]
    assert f.lasting(3399, "zh") == f.duration(3399, "zh")
    assert f.lasting(3399, "en") == "9 years"
    assert f.lasting(None, "en") == "unknown"


@pytest.mark.parametrize(
    ("text", "longest", "cut"),
    [
        ("Trial went well", 15, "Trial went well"),
        ("Trial went well", 9, "Trial…"),
        ("Trial went well", 11, "Trial went…"),
        ("Trialwentwell", 6, "Trial…"),
        ("王主任说预算砍了一半", 6, "王主任说预…"),
        ("他们用CRM系统", 6, "他们用…"),
    ],
)
def test_words_are_not_cut_in_half(text: str, longest: int, cut: str) -> None:
    assert f.clipped(text, longest) == cut


@given(st.text(), st.integers(2, 40))
def test_a_cut_text_keeps_its_bound(text: str, longest: int) -> None:
    assert len(f.clipped(text, longest)) <= longest


@pytest.mark.parametrize(
    ("title", "word", "rest"),
    [
        ("电话：王总", "电话", "王总"),
        ("Call: Claire", "call", "Claire"),
        ("电话跟进王总", "电话", "电话跟进王总"),
        ("电话：", "电话", "电话："),
        ("王总", "电话", "王总"),
    ],
)
def test_a_title_does_not_repeat_its_kind(title: str, word: str, rest: str) -> None:
    assert f.bare(title, word) == rest


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)))
def test_past_and_future_never_sound_alike(moment: date) -> None:
    words = f.ago(moment, TODAY, "en")
    assert words.endswith(("ago", "yesterday")) == (moment < TODAY)


def test_shares_are_percentages_and_unknown_ones_say_so() -> None:
    assert f.percent(0.355) == "36%"
    assert f.percent(None, "en") == "unknown"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    ("group", "codes"),
    [
        ("role", list(Role)),
        ("grade", list(Grade)),
        ("stage", list(Stage)),
        ("interaction_kind", list(InteractionKind)),
        ("contact_role", list(ContactRole)),
        ("action_state", list(ActionState)),
        ("section", list(get_args(Section))),
    ],
)
def test_every_code_of_the_vocabulary_has_a_word(
    language: str, group: str, codes: list[str]
) -> None:
    assert [code for code in codes if code not in f.labels(language)[group]] == []


def test_both_languages_have_the_same_labels() -> None:
    zh, en = f.labels("zh"), f.labels("en")
    assert {k: set(v) for k, v in zh.items()} == {k: set(v) for k, v in en.items()}


def test_every_country_of_the_example_import_has_a_name() -> None:
    path = Path(__file__).parents[2] / "examples" / "import" / "crm-sales-opportunities.yaml"
    codes = set(
        re.findall(r"^          [A-Z][A-Za-z ]+: ([A-Z]{2})$", path.read_text(), re.MULTILINE)
    )
    assert len(codes) >= 15
    for language in ("zh", "en"):
        assert codes <= set(f.labels(language)["country"])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_labels_are_text_and_keys_are_not_repeated(language: str) -> None:
    text = (resources.files("prompts") / f"labels.{language}.yaml").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("  ")]
    assert sum(len(group) for group in yaml.safe_load(text).values()) == len(lines)
    assert all(isinstance(w, str) for group in f.labels(language).values() for w in group.values())


def test_an_unknown_code_stands_for_itself_and_an_empty_one_is_unknown() -> None:
    assert f.label("quantum", "stage", "zh") == "quantum"
    assert f.label(None, "stage", "zh") == "未知"


def test_tidy_joins_lists_and_keeps_paragraphs_apart() -> None:
    assert (
        f.tidy("a  \n\n\n\nb\n\n- c\n\n- d\n\n\n**e**\n\n1. f\n\n")
        == "a\n\nb\n- c\n- d\n\n**e**\n1. f"
    )


def test_hidden_direction_marks_become_visible() -> None:
    assert f.visible("abc\u202edef\x07\n\nghi") == "abc\ufffddef\ufffd ghi"
    assert f.quoted("一\n\n二\u2066") == "> 一\n>\n> 二\ufffd"
