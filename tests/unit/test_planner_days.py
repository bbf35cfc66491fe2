"""Day phrases against a hand-made table, for several kinds of today."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.planner.days import find_days

SATURDAY = date(2026, 11, 21)
MONDAY = date(2026, 11, 23)
NEW_YEAR = date(2026, 1, 1)
LEAP_DAY = date(2028, 2, 29)

CASES = [
    ("明天有什么安排", SATURDAY, date(2026, 11, 22), 1),
    ("大后天的行程", SATURDAY, date(2026, 11, 24), 1),
    ("昨天见了谁", NEW_YEAR, date(2025, 12, 31), 1),
    ("后天呢", LEAP_DAY, date(2028, 3, 2), 1),
    ("下周三要见谁", SATURDAY, date(2026, 11, 25), 1),
    ("下周三要见谁", MONDAY, date(2026, 12, 2), 1),
    ("这周五", MONDAY, date(2026, 11, 27), 1),
    ("上周日", MONDAY, date(2026, 11, 22), 1),
    ("周一见谁", SATURDAY, date(2026, 11, 23), 1),
    ("周六干嘛", SATURDAY, SATURDAY, 1),
    ("这周都有什么", SATURDAY, date(2026, 11, 16), 7),
    ("下个星期的安排", SATURDAY, date(2026, 11, 23), 7),
    ("周末有事吗", MONDAY, date(2026, 11, 28), 2),
    ("下周末有事吗", MONDAY, date(2026, 12, 5), 2),
    ("未来三天", SATURDAY, SATURDAY, 3),
    ("接下来10天", SATURDAY, SATURDAY, 10),
    ("11月25日", SATURDAY, date(2026, 11, 25), 1),
    ("2026-11-25", SATURDAY, date(2026, 11, 25), 1),
    ("2026年11月25号的会", SATURDAY, date(2026, 11, 25), 1),
    ("1月3号", SATURDAY, date(2027, 1, 3), 1),
    ("12月30日", NEW_YEAR, date(2025, 12, 30), 1),
    ("25号去哪", SATURDAY, date(2026, 11, 25), 1),
    ("3号去哪", SATURDAY, date(2026, 12, 3), 1),
    ("what's on tomorrow", SATURDAY, date(2026, 11, 22), 1),
    ("the day after tomorrow", SATURDAY, date(2026, 11, 23), 1),
    ("next tuesday", SATURDAY, date(2026, 11, 24), 1),
    ("on friday", SATURDAY, date(2026, 11, 27), 1),
    ("this week", SATURDAY, date(2026, 11, 16), 7),
    ("next week please", SATURDAY, date(2026, 11, 23), 7),
    ("next weekend", MONDAY, date(2026, 12, 5), 2),
    ("the next three days", SATURDAY, SATURDAY, 3),
    ("nov 25", SATURDAY, date(2026, 11, 25), 1),
    ("25th of november", SATURDAY, date(2026, 11, 25), 1),
    ("monday to wednesday agenda", SATURDAY, MONDAY, 3),
    ("周一到周三的安排", SATURDAY, MONDAY, 3),
    ("明天至周五", MONDAY, date(2026, 11, 24), 4),
    ("thursday - friday", MONDAY, date(2026, 11, 26), 2),
    ("wats on wendesday", SATURDAY, date(2026, 11, 25), 1),
    ("what did i do yesturday", NEW_YEAR, date(2025, 12, 31), 1),
    ("today's plan", SATURDAY, SATURDAY, 1),
    ("todays plan", MONDAY, MONDAY, 1),
    ("tomorrows visits", SATURDAY, date(2026, 11, 22), 1),
    ("我上个月记的", NEW_YEAR, date(2025, 12, 1), 31),
    ("十月份拜访之后", SATURDAY, date(2026, 10, 1), 31),
    ("2月份", LEAP_DAY, date(2028, 2, 1), 29),
    ("notes from last month", SATURDAY, date(2026, 10, 1), 31),
    ("what i captured in october", SATURDAY, date(2026, 10, 1), 31),
    ("who am i seeing on the 27th?", SATURDAY, date(2026, 11, 27), 1),
    ("2nd december", SATURDAY, date(2026, 12, 2), 1),
]


@pytest.mark.parametrize(("text", "today", "first", "days"), CASES)
def test_phrase(text: str, today: date, first: date, days: int) -> None:
    found = find_days(text, today)
    assert [(span.first, span.days) for span in found] == [(first, days)]


@pytest.mark.parametrize(
    "text",
    [
        "客户的情况",
        "13号线地铁",
        "may i ask something",
        "the sun is out",
        "march on",
        "2026-13-45",
        "第3天线",
        "周总怎么说",
        "三月没联系",
    ],
)
def test_no_day_is_seen_where_there_is_none(text: str) -> None:
    assert find_days(text, SATURDAY) == []


def test_two_days_in_one_message() -> None:
    found = find_days("明天和周五的安排", SATURDAY)
    assert [span.first for span in found] == [SATURDAY + timedelta(1), SATURDAY + timedelta(6)]


@pytest.mark.parametrize(
    ("text", "first", "days"),
    [
        ("明天和后天的安排", date(2026, 11, 22), 2),
        ("明后两天", date(2026, 11, 22), 2),
        ("今明两天忙啥", SATURDAY, 2),
        ("周一二去哪", MONDAY, 2),
        ("下周三四有空吗", date(2026, 11, 25), 2),
        ("monday and tuesday", MONDAY, 2),
        ("today and tomorrow", SATURDAY, 2),
        ("下周上半周", MONDAY, 3),
        ("下周后半周", date(2026, 11, 26), 4),
        ("早 early next week", MONDAY, 3),
        ("接下来一周", SATURDAY, 7),
        ("未来两周", SATURDAY, 14),
        ("这几天", SATURDAY, 3),
        ("next few days", SATURDAY, 3),
        ("rest of the week", SATURDAY, 2),
        ("the week after next", date(2026, 11, 30), 7),
        ("week commencing 7 dec", date(2026, 12, 7), 7),
        ("再下周", date(2026, 11, 30), 7),
        ("下一周的", MONDAY, 7),
        ("十一月二十五号", date(2026, 11, 25), 1),
        ("二十五号见谁", date(2026, 11, 25), 1),
        ("下个月3号", date(2026, 12, 3), 1),
        ("下月二十五号", date(2026, 12, 25), 1),
        ("3到5号", date(2026, 12, 3), 3),
        ("12月3号到5号", date(2026, 12, 3), 3),
        ("28号到2号", date(2026, 11, 28), 5),
        ("12/3 有啥安排", date(2026, 12, 3), 1),
        ("三天后", date(2026, 11, 24), 1),
        ("两周后", date(2026, 12, 5), 1),
        ("3天前", date(2026, 11, 18), 1),
        ("in three days", date(2026, 11, 24), 1),
        ("two weeks from now", date(2026, 12, 5), 1),
        ("in a fortnight", date(2026, 12, 5), 1),
        ("monday week", date(2026, 11, 30), 1),
        ("friday after next", date(2026, 12, 4), 1),
        ("月底", date(2026, 11, 21), 10),
        ("下月初", date(2026, 12, 1), 10),
        ("12月中旬", date(2026, 12, 11), 10),
        ("end of next month", date(2026, 12, 21), 11),
        ("wed morning", date(2026, 11, 25), 1),
        ("tomoz", date(2026, 11, 22), 1),
        ("on the 5th of next month", date(2026, 12, 5), 1),
        ("weekend plans", SATURDAY, 2),
        ("从周一起三天", MONDAY, 3),
        ("帮我看一下下周四", date(2026, 11, 26), 1),
        ("下下周四", date(2026, 12, 3), 1),
        ("从今天算起三天里", SATURDAY, 3),
        ("看下这周日历", date(2026, 11, 16), 7),
        ("本周日程", date(2026, 11, 16), 7),
        ("本周日去哪", date(2026, 11, 22), 1),
        ("三日内须完成", SATURDAY, 3),
        ("本周二至周四", date(2026, 11, 17), 3),
        ("周五之前要交什么", SATURDAY, 7),
        ("due by friday", SATURDAY, 7),
        ("before next wednesday", SATURDAY, 5),
        ("week of the 14th", date(2026, 12, 14), 7),
        ("tuesday of next week", date(2026, 11, 24), 1),
        ("next week on thursday", date(2026, 11, 26), 1),
        ("下周的周二", date(2026, 11, 24), 1),
        ("这个月剩下的日子", SATURDAY, 10),
        ("十二月下半月", date(2026, 12, 16), 16),
        ("明天起到周五", date(2026, 11, 22), 6),
        ("周一上午到周三", MONDAY, 3),
        ("between monday and thursday", MONDAY, 4),
        ("这周剩下几天", SATURDAY, 2),
        ("明天开始连着两天", date(2026, 11, 22), 2),
        ("from monday for three days", MONDAY, 3),
        ("下个月第一周", date(2026, 12, 1), 7),
        ("12月最后一个星期", date(2026, 12, 25), 7),
        ("24、25号两天", date(2026, 11, 24), 2),
        ("24-26号", date(2026, 11, 24), 3),
        ("11.25有会吗", date(2026, 11, 25), 1),
        ("后个儿去哪", date(2026, 11, 23), 1),
    ],
)
def test_phrases_of_several_days_and_days_counted(text: str, first: date, days: int) -> None:
    assert [(span.first, span.days) for span in find_days(text, SATURDAY)] == [(first, days)]


@pytest.mark.parametrize(
    ("text", "ahead", "behind", "days"),
    [
        ("周三记的", date(2026, 11, 25), date(2026, 11, 18), 1),
        ("周六", SATURDAY, date(2026, 11, 14), 1),
        ("on tuesday", date(2026, 11, 24), date(2026, 11, 17), 1),
        ("5号", date(2026, 12, 5), date(2026, 11, 5), 1),
        ("the 30th", date(2026, 11, 30), date(2026, 10, 30), 1),
        ("最近三天", SATURDAY, date(2026, 11, 19), 3),
        ("in march", date(2027, 3, 1), date(2026, 3, 1), 31),
        ("1月3号", date(2027, 1, 3), date(2026, 1, 3), 1),
        ("周一到周三", MONDAY, date(2026, 11, 16), 3),
    ],
)
def test_what_a_phrase_means_of_the_past(text: str, ahead: date, behind: date, days: int) -> None:
    (span,) = find_days(text, SATURDAY)
    assert (span.first, span.days) == (ahead, days)
    assert span.past is not None
    assert (span.past.first, span.past.days) == (behind, days)


@pytest.mark.parametrize("text", ["notes since monday", "周一以来的笔记"])
def test_since_a_day_is_up_to_today(text: str) -> None:
    (span,) = find_days(text, SATURDAY)
    assert (span.first, span.days) == (date(2026, 11, 16), 6)


@given(st.dates(date(2020, 1, 1), date(2035, 12, 28)), st.text(max_size=40))
def test_any_text_is_read_without_error_and_in_bounds(today: date, text: str) -> None:
    for span in find_days(text, today):
        assert 0 <= span.start < span.end <= len(text)
        assert 1 <= span.days <= 31


@given(st.dates(date(2020, 1, 1), date(2035, 12, 28)))
def test_an_iso_date_means_itself(day: date) -> None:
    assert [s.first for s in find_days(f"看 {day.isoformat()} 的", SATURDAY)] == [day]


ANCHOR = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("and the day after", date(2026, 12, 1)),
        ("那天还有别的事吗", ANCHOR),
        ("前一天呢", date(2026, 11, 29)),
        ("what else is on that day", ANCHOR),
        ("the day after tomorrow", date(2026, 11, 23)),
    ],
)
def test_a_phrase_that_counts_from_the_day_talked_about(text: str, first: date) -> None:
    found = find_days(text, SATURDAY, ANCHOR)
    assert [(span.first, span.days) for span in found] == [(first, 1)]


@pytest.mark.parametrize(
    "text",
    [
        "and the day after",
        "那天还有别的事吗",
        "ugh, saturdays",
        "三个月交货",
        "on the 3rd floor",
        "报了11.25万",
        "周日程安排",
        "第3号文件",
        "a month",
        "march on",
    ],
)
def test_no_day_is_meant(text: str) -> None:
    assert find_days(text, SATURDAY) == []
