"""Typed decisions, and messages that only look like one."""

import pytest

from agents.decisions import LAST, Decision, read_decision, read_number

ADOPT = """
采纳 采纳吧 确认 确认一下 可以 可以的 可以了 好 好的 好的，采纳 行 同意 没问题 就这样
记吧 记下来吧 记下吧 那就采纳吧 嗯，可以 采纳！ “采纳” 是的 对 👍
ok OK Ok。 okay yes Yes! adopt adopt_it please_adopt confirm approve go_ahead do_it looks_good sure
yes,_please ok_thanks
"""
IGNORE = """
忽略 忽略吧 算了 算了吧 不用了 不要了 取消 取消吧 别记了 不记了 不 不行 先不用了 那就算了 👎
no No. nope ignore ignore_it cancel cancel_that never_mind nevermind drop_it discard skip_it
no_thanks forget_it
"""
BARE_EDITS = [
    ("改成：客户要三月交货", "客户要三月交货"),
    ("改成客户要三月交货", "客户要三月交货"),
    ("修改为“周五回电”", "周五回电"),
    ("把它改成 周五回电", "周五回电"),
    ("change it to call back on Friday", "call back on Friday"),
    ("Please change this to: call back", "call back"),
    ("改为：\n第一行\n第二行", "第一行\n第二行"),
]
BUTTON_EDITS = [
    ("修改：周五回电", "周五回电"),
    ("edit: call back on Friday", "call back on Friday"),
]
BUTTONS = [
    ("采纳", "adopt"), ("请采纳", "adopt"), ("我要采纳", "adopt"), ("采纳一下", "adopt"),
    ("采纳这条笔记", "adopt"), ("都采纳", "adopt"), ("全部采纳吧", "adopt"),
    ("好的，采纳", "adopt"),
    ("adopt all", "adopt"), ("Adopt the note, please", "adopt"), ("ok, adopt that one", "adopt"),
    ("忽略", "ignore"), ("不采纳", "ignore"), ("忽略它吧", "ignore"), ("ignore both", "ignore"),
    ("修改", "edit"), ("我想修改一下", "edit"), ("编辑", "edit"), ("edit it", "edit"),
]  # fmt: skip
NUMBERED = [
    ("采纳第二条", "adopt", 2), ("采纳2", "adopt", 2), ("忽略第一个吧", "ignore", 1),
    ("adopt the second one", "adopt", 2), ("edit number 3", "edit", 3),
    ("adopt the last one", "adopt", LAST),
]  # fmt: skip
NUMBERS = [
    ("1", 1), ("２", 2), (" 3. ", 3), ("#2", 2), ("一", 1), ("第二个", 2), ("就第 2 条吧", 2),
    ("选3", 3), ("最后一个", LAST), ("the first one, please", 1), ("second", 2), ("3rd", 3),
    ("number two", 2), ("the last one", LAST), ("0", 0),
]  # fmt: skip
NO_NUMBERS = [
    "三个", "2 个客户", "第二季度", "一下", "1.5", "2026", "123", "one more thing", "first quarter",
    "last week", "the second customer",
]  # fmt: skip
NOT_DECISIONS = [
    "可以帮我看看华星医疗吗",
    "可以吗",
    "可以看一下他们的商机",
    "好的客户有哪些",
    "确认一下他们的电话",
    "采纳率是多少",
    "取消了哪些订单",
    "算了一下预算",
    "忽略掉过期的联系人",
    "不要忘了明天的拜访",
    "行业情况怎么样",
    "对手是谁",
    "ok, show me the brief of Acme",
    "yes and what about their open deals?",
    "no open deals?",
    "cancel the meeting with Acme on Friday",
    "do it for Acme as well",
    "who can approve this",
    "edit distance of our drafts",
    "changes since last week",
    "是不是该跟进了",
    "记一下：客户嫌贵",
    "换成英文回答",
    "换成明天",
    "make it Friday",
    "采纳这个战法要多久",
    "全部客户",
    "edited by whom",
    "ignore the overdue ones",
    "adoption",
    "修改客户地址",
    "",
    "   ",
    "改",
]


@pytest.mark.parametrize("text", ADOPT.split())
def test_yes(text: str) -> None:
    decision = read_decision(text.replace("_", " "))
    assert decision is not None
    assert (decision.verb, decision.text) == ("adopt", None)
    assert decision.bare == ("采纳" not in text and "adopt" not in text)


@pytest.mark.parametrize("text", IGNORE.split())
def test_no(text: str) -> None:
    decision = read_decision(text.replace("_", " "))
    assert decision is not None
    assert (decision.verb, decision.text) == ("ignore", None)
    assert decision.bare == ("忽略" not in text and "ignore" not in text)


@pytest.mark.parametrize(("text", "wording"), BARE_EDITS)
def test_a_new_wording_may_be_meant_for_something_else(text: str, wording: str) -> None:
    colon = "：" in text or ":" in text
    assert read_decision(text) == Decision("edit", wording, bare=True, dictated=colon)


@pytest.mark.parametrize(("text", "wording"), BUTTON_EDITS)
def test_a_new_wording_behind_the_buttons_name(text: str, wording: str) -> None:
    assert read_decision(text) == Decision("edit", wording, dictated=True)


@pytest.mark.parametrize("text", ["改一下", "我要改", "修改为：", "change it"])
def test_edit_without_wording(text: str) -> None:
    assert read_decision(text) == Decision("edit", None, bare=True)


@pytest.mark.parametrize(("text", "verb"), BUTTONS)
def test_the_buttons_own_names(text: str, verb: str) -> None:
    assert read_decision(text) == Decision(verb)  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "verb", "number"), NUMBERED)
def test_a_button_for_one_of_several(text: str, verb: str, number: int) -> None:
    assert read_decision(text) == Decision(verb, number=number)  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "number"), NUMBERS)
def test_a_place_in_a_list(text: str, number: int) -> None:
    assert read_number(text) == number


@pytest.mark.parametrize("text", [*NO_NUMBERS, *NOT_DECISIONS])
def test_what_only_has_a_number_in_it(text: str) -> None:
    assert read_number(text) is None


@pytest.mark.parametrize("text", NOT_DECISIONS)
def test_near_misses_are_ordinary_messages(text: str) -> None:
    assert read_decision(text) is None


def test_hidden_characters_neither_make_nor_break_a_decision() -> None:
    assert read_decision("采\u200b纳") == Decision("adopt")
    assert read_decision("忽略\u202e") == Decision("ignore")


def test_a_mere_yes_is_told_from_the_buttons_own_word() -> None:
    assert read_decision("好的") == Decision("adopt", bare=True)
    assert read_decision("adopt it") == Decision("adopt", bare=False)
