"""Input as people (and attackers) type it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.text import MAX_CHARACTERS, clean, detect_language, find_problem


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        ("你好", "你好"),
        ("采\u200b纳\u200d", "采纳"),
        ("\u202eab\u202c c", "ab c"),
        ("tag\U000e0041\U000e007f!", "tag!"),
        ("a\x00b\x1b[31mc", "ab[31mc"),
        ("一\r\n二\r三\u2028四\x0c五", "一\n二\n三\n四\n五"),
        ("列\t列", "列\t列"),
        ("broken \ud83d tail", "broken  tail"),
        ("\ufeff开头", "开头"),
        ("soft\u00adhyphen", "softhyphen"),
        ("家👨\u200d👩\u200d👧庭", "家👨\u200d👩\u200d👧庭"),
        ("好👍🏽❤\ufe0f", "好👍🏽❤\ufe0f"),
        ("混合 mixed ﾃｽﾄ №１", "混合 mixed ﾃｽﾄ №１"),
    ],
)
def test_clean_removes_what_cannot_be_seen_and_keeps_emoji(typed: str, cleaned: str) -> None:
    assert clean(typed) == cleaned


@given(st.text())
def test_clean_is_stable_and_can_always_be_stored(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    once.encode("utf-8")


@pytest.mark.parametrize("text", ["", " ", "\n\t ", "\u200b\u2060", "\u3000"])
def test_nothing_visible_is_empty(text: str) -> None:
    assert find_problem(text) == "empty_text"


def test_length_is_judged_at_its_border() -> None:
    assert find_problem("字" * MAX_CHARACTERS) is None
    assert find_problem("字" * (MAX_CHARACTERS + 1)) == "too_long"
    assert find_problem("\u202e" * 100_000) == "too_long"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("下周要见的客户怎么样", "zh"),
        ("how is the customer I meet next week", "en"),
        ("tell me about 华星医疗", "en"),
        ("把 pipeline report 给我", "zh"),
        ("华星医疗 brief", "zh"),
        ("show 华星医疗's open deals and their stage", "en"),
        ("ACME 的 open deals 有哪些", "zh"),
        ("hello", "en"),
        ("12345", "default"),
        ("👍", "default"),
        ("？？", "default"),
    ],
)
def test_language_is_that_of_the_sentence_not_of_the_names(text: str, language: str) -> None:
    for default in ("zh", "en"):
        expected = default if language == "default" else language
        assert detect_language(text, default) == expected  # type: ignore[arg-type]
