"""Typed decisions, and messages that only look like one."""

import pytest

from agents.decisions import Decision, read_decision

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
EDITS = [
    ("改成：客户要三月交货", "客户要三月交货"),
    ("改成客户要三月交货", "客户要三月交货"),
    ("修改为“周五回电”", "周五回电"),
    ("把它改成 周五回电", "周五回电"),
    ("修改：周五回电", "周五回电"),
    ("edit: call back on Friday", "call back on Friday"),
    ("change it to call back on Friday", "call back on Friday"),
    ("Please change this to: call back", "call back"),
    ("make it Friday", "Friday"),
    ("改为：\n第一行\n第二行", "第一行\n第二行"),
]
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
    "",
    "   ",
    "改",
]


@pytest.mark.parametrize("text", ADOPT.split())
def test_yes(text: str) -> None:
    decision = read_decision(text.replace("_", " "))
    assert decision is not None
    assert (decision.verb, decision.text) == ("adopt", None)


@pytest.mark.parametrize("text", IGNORE.split())
def test_no(text: str) -> None:
    decision = read_decision(text.replace("_", " "))
    assert decision is not None
    assert (decision.verb, decision.text) == ("ignore", None)


@pytest.mark.parametrize(("text", "wording"), EDITS)
def test_edit_takes_the_new_wording(text: str, wording: str) -> None:
    assert read_decision(text) == Decision("edit", wording)


@pytest.mark.parametrize("text", ["修改", "edit", "我要改", "修改为："])
def test_edit_without_wording(text: str) -> None:
    assert read_decision(text) == Decision("edit", None)


@pytest.mark.parametrize("text", NOT_DECISIONS)
def test_near_misses_are_ordinary_messages(text: str) -> None:
    assert read_decision(text) is None


def test_hidden_characters_neither_make_nor_break_a_decision() -> None:
    assert read_decision("采\u200b纳") == Decision("adopt")
    assert read_decision("忽略\u202e") == Decision("ignore")


def test_a_mere_yes_is_told_from_the_buttons_own_word() -> None:
    assert read_decision("好的") == Decision("adopt", bare=True)
    assert read_decision("adopt it") == Decision("adopt", bare=False)
