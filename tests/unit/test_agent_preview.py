"""The preview of a streamed answer: whole sentences, nothing unproven, in line at the end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessageChunk, ToolMessage

from agents.answer import Answer, Body, Milliseconds
from agents.events import Delta, TurnEvent, Withdraw
from agents.preview import Preview


def answer(markdown: str) -> Answer:
    return Answer(
        thread="t",
        turn="x",
        outcome="answered",
        answer=Body(markdown=markdown),
        model="m",
        prompt="p",
        ms=Milliseconds(total=1),
    )


def stream(preview: Preview, text: str, message: str = "m1", size: int = 3) -> list[TurnEvent]:
    parts = [text[i : i + size] for i in range(0, len(text), size)]
    return [e for p in parts for e in preview.chunk(AIMessageChunk(content=p, id=message))]


def shown(events: list[TurnEvent]) -> str:
    text = ""
    for event in events:
        if isinstance(event, Withdraw):
            text = ""
        elif isinstance(event, Delta):
            text += event.text
    return text


def test_text_comes_in_whole_sentences() -> None:
    preview = Preview()
    events = stream(preview, "第一句。第二句！第三句还没")
    assert events == [Delta("第一句。"), Delta("第二句！")]
    assert list(preview.finish(answer("第一句。第二句！第三句还没完"))) == [Delta("第三句还没完")]


def test_a_decimal_point_ends_no_sentence() -> None:
    assert stream(Preview(), "It grew by 3.5 per cent. And so on", size=1) == [
        Delta("It grew by 3.5 per cent.")
    ]


def test_nothing_is_shown_from_an_unproven_claim_on() -> None:
    preview = Preview()
    events = stream(preview, "客户要货。好的，已记录。还有吗？再见。", size=2)
    assert shown(events) == "客户要货。"
    events += preview.finish(answer("客户要货。没有执行。还有吗？再见。"))
    assert shown(events) == "客户要货。没有执行。还有吗？再见。"
    assert not any(isinstance(e, Withdraw) for e in events)


def test_what_a_tool_said_may_be_shown() -> None:
    preview = Preview()
    preview.results(
        [ToolMessage("已发送报价。", tool_call_id="k", artifact={"outcome": "pending"})]
    )
    assert shown(stream(preview, "已发送报价。完。")) == "已发送报价。"


def test_another_message_takes_the_place_of_the_first() -> None:
    preview = Preview()
    events = stream(preview, "半句话。断", "m1") + stream(preview, "新的回答。好", "m2")
    assert events == [Delta("半句话。"), Withdraw(), Delta("新的回答。")]


def test_an_answer_that_differs_replaces_what_was_shown() -> None:
    preview = Preview()
    events = [*stream(preview, "甲。乙。"), *preview.finish(answer("丙。"))]
    assert events[-2:] == [Withdraw(), Delta("丙。")]


def test_blank_lines_at_the_end_are_no_difference() -> None:
    preview = Preview()
    events = [*stream(preview, "\n\n甲。\n\n\n"), *preview.finish(answer("甲。"))]
    assert shown(events).strip() == "甲。"
    assert not any(isinstance(e, Withdraw) for e in events)


@pytest.mark.parametrize("size", [1, 2, 7])
@given(text=st.text(st.sampled_from("甲乙。！\n a.1"), max_size=40))
def test_in_the_end_the_channel_shows_the_answer(size: int, text: str) -> None:
    preview = Preview()
    events = stream(preview, text, size=size)
    final = text.strip() or "空"
    events += preview.finish(answer(final))
    assert shown(events).rstrip() == final.rstrip()
