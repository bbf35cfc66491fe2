"""The thread's list of messages: repaired, bounded, and never forgetting what to hide."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage

from agents.history import (
    FRESH_TURNS,
    MAX_TOKENS,
    MAX_TURNS,
    OLD_WORDS,
    merge,
    repair,
    sensitive_items,
    split_turns,
)
from agents.tokens import count_tokens, message_tokens, total_tokens
from tests.fakes.scripted_model import call


def tool(call_id: str, words: str = "结果", **artifact: Any) -> ToolMessage:
    return ToolMessage(words, name="echo", tool_call_id=call_id, artifact=artifact or None)


def turn(n: int, words: str = "结果", **artifact: Any) -> list[AnyMessage]:
    return [
        HumanMessage(f"问题{n}", id=f"h{n}"),
        AIMessage("", id=f"c{n}", tool_calls=[call("echo", f"k{n}")]),
        tool(f"k{n}", words, kind="words", outcome="answered", **artifact),
        AIMessage(f"回答{n}", id=f"a{n}"),
    ]


def grown(turns: int, words: str = "结果", **artifact: Any) -> list[AnyMessage]:
    state: list[AnyMessage] = []
    for n in range(turns):
        for message in turn(n, words, **artifact):
            state = merge(state, [message])
    return state


def test_a_chinese_character_is_a_token_and_latin_text_a_quarter() -> None:
    assert count_tokens("客户" * 50) == 100
    assert count_tokens("a" * 100) == 25
    assert count_tokens("客户abcd") == 3
    assert count_tokens("") == 0
    with_call = AIMessage("", tool_calls=[call("echo", topic="客户" * 50)])
    assert message_tokens(with_call) > 100


def test_short_threads_are_kept_whole() -> None:
    state = grown(3)
    assert [m.id for m in state if isinstance(m, HumanMessage)] == ["h0", "h1", "h2"]
    assert len(state) == 12


def test_long_threads_keep_the_newest_whole_turns() -> None:
    state = grown(200)
    turns = split_turns(state)
    assert len(turns) == MAX_TURNS
    assert all(isinstance(t[0], HumanMessage) and len(t) == 4 for t in turns)
    assert turns[-1][-1].id == "a199"


def test_heavy_threads_are_bounded_in_tokens_but_keep_the_last_turn() -> None:
    state = grown(50, "客" * 4_000)
    assert len(split_turns(state)) == MAX_TURNS  # old results are short
    said: list[AnyMessage] = []
    for n in range(50):
        said = merge(said, [HumanMessage("客" * 2_000, id=f"h{n}")])
        said = merge(said, [AIMessage("好", id=f"a{n}")])
    assert MAX_TOKENS - 2_100 <= total_tokens(said) <= MAX_TOKENS
    lone = merge([], [HumanMessage("客" * 19_000, id="big")])
    assert [m.id for m in lone] == ["big"]


def test_of_old_results_the_words_are_cut_once() -> None:
    clause = "电话13912345678，"
    state = grown(8, clause * 50)
    words = [str(m.content) for m in state if isinstance(m, ToolMessage)]
    assert set(words[:-FRESH_TURNS]) == {clause * (OLD_WORDS // len(clause)) + "…"}
    assert set(words[-FRESH_TURNS:]) == {clause * 50}
    solid = [m for m in grown(8, "客" * 500) if isinstance(m, ToolMessage)]
    assert solid[0].content == "…"


def test_old_results_keep_what_follow_ups_need_and_lose_the_rest() -> None:
    state = grown(8, rows=["x"] * 500, focus=[{"kind": "customer", "id": "c1", "name": "华星"}])
    artifacts = [m.artifact for m in state if isinstance(m, ToolMessage)]
    assert ["rows" in a for a in artifacts] == [False] * (8 - FRESH_TURNS) + [True] * FRESH_TURNS
    assert all(a["focus"][0]["id"] == "c1" and a["kind"] == "words" for a in artifacts)


def test_words_to_hide_outlive_their_turn() -> None:
    secret = {"text": "老婆反对", "grade": "L3", "kind": "words"}
    state = grown(1, sensitive=[secret])
    for n in range(1, 60):
        for message in turn(n):
            state = merge(state, [message])
    assert "h0" not in [m.id for m in state]
    assert list(sensitive_items(state)) == [secret]


def test_a_dangling_call_is_answered_before_the_next_turn() -> None:
    stuck: list[AnyMessage] = turn(0)[:2]
    state = merge(stuck, [HumanMessage("继续", id="h1")])
    assert [m.type for m in state] == ["human", "ai", "tool", "human"]
    missing = state[2]
    assert isinstance(missing, ToolMessage)
    assert (missing.tool_call_id, missing.status) == ("k0", "error")


def test_within_a_turn_nothing_is_repaired() -> None:
    state = merge(turn(0)[:1], [turn(0)[1]])
    assert [m.type for m in state] == ["human", "ai"]


def test_only_the_missing_one_of_two_calls_is_filled_in() -> None:
    two = AIMessage("", tool_calls=[call("a", "k1"), call("b", "k2")])
    fixed = repair([HumanMessage("?"), two, tool("k2"), AIMessage("!")])
    assert [m.tool_call_id for m in fixed if isinstance(m, ToolMessage)] == ["k1", "k2"]


def test_a_result_without_its_call_is_dropped() -> None:
    assert [m.type for m in repair([tool("lost"), HumanMessage("?")])] == ["human"]


kinds = st.lists(st.sampled_from(["human", "calls", "result", "answer"]), max_size=40)


@given(kinds)
def test_after_repair_every_call_is_answered_once_and_in_order(kinds: list[str]) -> None:
    messages: list[AnyMessage] = []
    for n, kind in enumerate(kinds):
        match kind:
            case "human":
                messages.append(HumanMessage("?", id=f"h{n}"))
            case "calls":
                messages.append(AIMessage("", id=f"c{n}", tool_calls=[call("echo", f"k{n}")]))
            case "result":
                messages.append(tool(f"k{n - 1}"))
            case _:
                messages.append(AIMessage("!", id=f"a{n}"))
    fixed = repair(messages)
    open_calls: set[str] = set()
    for message in fixed:
        if isinstance(message, ToolMessage):
            assert message.tool_call_id in open_calls
            open_calls.remove(message.tool_call_id)
        elif isinstance(message, AIMessage):
            open_calls.update(str(c["id"]) for c in message.tool_calls)
    assert not open_calls
    assert repair(fixed) == fixed
