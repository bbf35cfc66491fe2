"""The traps of an agent loop: failing, hanging, endless and oversized; the thread goes on."""

import asyncio
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langchain_core.tools import StructuredTool

from agents.events import Final, Progress
from agents.middleware import TurnLimits
from agents.threads import thread_key
from agents.toolguard import ToolLimits
from agents.twin import Graph, TwinOptions
from storage.errors import StorageError
from tests.fakes.agent_world import (
    ANNA,
    Ledger,
    Topic,
    Words,
    messages_of,
    service,
    spoken,
    tool,
    twin,
)
from tests.fakes.scripted_model import ScriptedModel, call, calls_then, results, said, says

ECHO = calls_then([call("echo", topic="x")], "好的")


async def test_a_failing_tool_is_a_typed_result_and_the_thread_goes_on(
    saver: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def work(_topic: str, _context: Any) -> Exception:
        return RuntimeError("王总的电话是13912345678")

    agent = twin(ScriptedModel(rule=calls_then([call("bad")], "")), [tool("bad", work)], saver)
    turns = service(agent)
    answer = await turns.ask(ANNA, "t", "查一下")
    assert answer.outcome == "error"
    assert answer.tools[0].result == {
        "kind": "problem", "outcome": "error", "reason": "internal", "detail": "",
        "citations": [], "tables": [], "actions": [], "focus": [], "sensitive": [],
    }  # fmt: skip
    assert "内部错误" in answer.answer.markdown
    assert "RuntimeError at" in caplog.text
    assert "13912345678" not in caplog.text + answer.model_dump_json()
    again = await turns.ask(ANNA, "t", "再查")
    assert again.outcome == "error"
    kept = await messages_of(agent, ANNA, "t")
    assert [m.type for m in kept] == ["human", "ai", "tool", "ai"] * 2


@pytest.mark.parametrize("reason", ["locked", "corrupt", "disk_full", "missing", "read_only"])
async def test_storage_errors_are_said_in_both_languages(reason: str) -> None:
    bad = tool("bad", lambda _t, _c: StorageError(reason, "/data/x.db"))
    turns = service(twin(ScriptedModel(rule=calls_then([call("bad")], "")), [bad]))
    for text in ("查一下", "look it up"):
        answer = await turns.ask(ANNA, None, text)
        assert answer.tools[0].result is not None
        assert answer.tools[0].result["reason"] == f"storage_{reason}"
        assert "/data/x.db" in answer.answer.markdown
        assert "storage_" not in answer.answer.markdown


async def test_a_cancelled_turn_leaves_the_thread_usable(saver: Any) -> None:
    started, never = asyncio.Event(), asyncio.Event()

    async def hang() -> None:
        started.set()
        await never.wait()

    agent, ledger = _hanging(hang, saver), Ledger()
    turns = service(agent, ledger)
    task = asyncio.create_task(turns.ask(ANNA, "t", "慢慢查"))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [answer.outcome for _, answer in ledger.rows] == ["error"]
    answer = await turns.ask(ANNA, "t", "你好")
    assert answer.answer.markdown == "好的"
    kept = await messages_of(agent, ANNA, "t")
    calls = [c["id"] for m in kept if isinstance(m, AIMessage) for c in m.tool_calls]
    answered = [m.tool_call_id for m in kept if isinstance(m, ToolMessage)]
    assert calls == answered
    assert spoken(kept)[-1] == "你好"


async def test_closing_the_stream_in_the_middle_leaves_the_thread_usable(
    saver: Any,
) -> None:
    async def hang() -> None:
        await asyncio.Event().wait()

    turns = service(_hanging(hang, saver))
    events = turns.run(ANNA, "t", "慢慢查")
    assert await anext(events) == Progress("slow", "start")
    await events.aclose()
    assert turns._order._locks == {}
    found = [e async for e in turns.run(ANNA, "t", "你好")]
    assert isinstance(found[-1], Final)
    assert found[-1].answer.answer.markdown == "好的"


async def test_a_thread_stuck_by_another_program_is_repaired(saver: Any) -> None:
    """A crash with eager checkpoints leaves ``next=('tools',)`` and a dangling call."""
    agent = twin(ScriptedModel(rule=ECHO), checkpointer=saver)
    key = thread_key(ANNA.org_id, ANNA.person_id, "t")
    dangling = AIMessage("", tool_calls=[call("echo", "lost", topic="x")])
    config: Any = {"configurable": {"thread_id": key}}
    said_before = {"messages": [HumanMessage("坏了", id="h0")]}
    await agent.aupdate_state(config, said_before, as_node="__start__")
    await agent.aupdate_state(config, {"messages": [dangling]}, as_node="model")
    assert (await agent.aget_state(config)).next == ("tools",)
    answer = await service(agent).ask(ANNA, "t", "你好")
    assert answer.answer.markdown == "好的"
    kept = await messages_of(agent, ANNA, "t")
    assert [m.type for m in kept] == ["human", "ai", "tool", "human", "ai", "tool", "ai"]
    assert kept[2].tool_call_id == "lost"


def _hanging(hang: Any, saver: Any) -> Graph:
    async def slow(topic: str) -> tuple[str, dict[str, Any]]:
        if topic == "hang":
            await hang()
        return "x", {"kind": "words", "outcome": "answered"}

    made = StructuredTool.from_function(
        coroutine=slow,
        name="slow",
        description="slow",
        args_schema=Topic,
        response_format="content_and_artifact",
    )

    def rule(messages: list[Any]) -> AIMessage:
        if results(messages):
            return AIMessage("好的")
        topic = "hang" if "慢" in said(messages) else "go"
        return AIMessage("", tool_calls=[call("slow", f"id{len(messages)}", topic=topic)])

    return twin(ScriptedModel(rule=rule), [made], saver)


async def test_wrong_arguments_and_unknown_tools_are_typed_and_the_model_may_mend(
    saver: Any,
) -> None:
    def rule(messages: list[Any]) -> AIMessage:
        match len(results(messages)):
            case 0:
                return AIMessage("", tool_calls=[call("echo", "k1", topic=["not", "text"])])
            case 1:
                return AIMessage("", tool_calls=[call("nonsense", "k2")])
            case 2:
                return AIMessage("", tool_calls=[call("echo", "k3", topic="好")])
        return AIMessage("完")

    answer = await service(twin(ScriptedModel(rule=rule), checkpointer=saver)).ask(ANNA, "t", "问")
    assert [t.ok for t in answer.tools] == [False, False, True]
    first, second = answer.tools[0].result, answer.tools[1].result
    assert first is not None
    assert second is not None
    assert (first["reason"], first["detail"]) == ("bad_arguments", "topic")
    assert (second["reason"], second["detail"]) == ("unknown_tool", "nonsense")
    assert answer.outcome == "answered"
    kept = [m for m in await messages_of_thread(saver, answer) if isinstance(m, ToolMessage)]
    assert [m.status for m in kept] == ["error", "error", "success"]
    assert "没有“nonsense”这个功能" in str(kept[1].content)
    assert "not" not in str(kept[0].content)


async def messages_of_thread(saver: Any, answer: Any) -> list[Any]:
    key = thread_key(ANNA.org_id, ANNA.person_id, answer.thread)
    found = await saver.aget_tuple({"configurable": {"thread_id": key}})
    return list(found.checkpoint["channel_values"]["messages"])


@pytest.mark.parametrize(
    ("text", "sentence"), [("转圈", "需要的步骤太多"), ("go round", "too many steps")]
)
async def test_an_endless_loop_ends_with_a_sentence_of_ours(text: str, sentence: str) -> None:
    def rule(messages: list[Any]) -> AIMessage:
        return AIMessage("", tool_calls=[call("echo", f"k{len(messages)}", topic="x")])

    model = ScriptedModel(rule=rule)
    options = TwinOptions(limits=TurnLimits(model_calls=3))
    answer = await service(twin(model, options=options)).ask(ANNA, None, text)
    assert len(model.seen) == 3
    assert sentence in answer.answer.markdown
    assert len(answer.tools) == 3


async def test_a_model_that_calls_a_hundred_tools_at_once_gets_the_first_few() -> None:
    calls = [call("echo", f"k{n}", topic=str(n)) for n in range(100)]
    model = ScriptedModel(rule=calls_then(calls, "好"))
    answer = await service(twin(model)).ask(ANNA, None, "全部")
    assert len(answer.tools) == TurnLimits().calls_per_message


async def test_a_long_thread_stays_small_and_cheap(saver: Any) -> None:
    big = tool("big", lambda _t, _c: Words(text="客户" * 150))
    model = ScriptedModel(rule=calls_then([call("big")], "回答" * 30))
    turns = service(twin(model, [big], saver))
    key = thread_key(ANNA.org_id, ANNA.person_id, "t")
    sizes = "SELECT length(checkpoint) FROM checkpoints WHERE thread_id = ?"
    halves = []
    for half in range(2):
        for n in range(60):
            await turns.ask(ANNA, "t", f"第{60 * half + n}个问题")
        async with saver.conn.execute(sizes, (key,)) as rows:
            halves.append([row[0] for row in await rows.fetchall()])
    # Whatever the number of turns and steps: the present state and the one before.
    assert [len(found) for found in halves] == [2, 2]
    assert max(halves[0]) < 40_000
    assert max(halves[1]) <= max(halves[0]) + 200
    assert len(model.seen[-1]) < 60


async def test_conversations_are_not_traced_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from langsmith import utils

    for name in ("LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2", "LANGSMITH_TRACING_V2"):
        monkeypatch.setenv(name, "true")
    utils.get_env_var.cache_clear()
    try:
        agent = twin(ScriptedModel(rule=says("好")))
        assert utils.tracing_is_enabled() is False
        assert (await service(agent).ask(ANNA, None, "你好")).outcome == "answered"
    finally:
        utils.get_env_var.cache_clear()


async def test_an_oversized_result_is_refused_before_it_fills_the_thread(saver: Any) -> None:
    big = tool("big", lambda _t, _c: Words(text="客" * 5_000))
    options = TwinOptions(tool_limits=ToolLimits(words=1_000))
    agent = twin(ScriptedModel(rule=calls_then([call("big")], "")), [big], saver, options)
    answer = await service(agent).ask(ANNA, "t", "全部给我")
    assert answer.tools[0].result is not None
    assert answer.tools[0].result["reason"] == "too_large"


async def test_a_tool_that_takes_too_long_is_cut_off(saver: Any) -> None:
    never = asyncio.Event()

    async def hang() -> None:
        await never.wait()

    agent = _hanging(hang, saver)
    limited = twin(
        ScriptedModel(rule=calls_then([call("slow", topic="hang")], "")),
        list(agent.nodes["tools"].bound.tools_by_name.values()),
        saver,
        TwinOptions(tool_limits=ToolLimits(seconds=0.01)),
    )
    answer = await service(limited).ask(ANNA, "t", "查")
    assert answer.tools[0].result is not None
    assert answer.tools[0].result["reason"] == "timeout"


async def test_a_broken_model_is_a_sentence_not_a_traceback(
    saver: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def rule(_messages: list[Any]) -> AIMessage:
        raise ZeroDivisionError("13912345678")

    turns = service(twin(ScriptedModel(rule=rule), checkpointer=saver))
    answer = await turns.ask(ANNA, "t", "你好")
    assert answer.outcome == "error"
    assert "内部错误" in answer.answer.markdown
    assert "ZeroDivisionError at" in caplog.text
    assert "13912345678" not in caplog.text
