"""Turns on one graph with a real checkpointer: order, separation, language, identity."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage

from agents.identity import MissingCallerError
from agents.text import MAX_CHARACTERS
from agents.threads import thread_key
from storage.checkpoints import open_checkpointer
from storage.errors import LeaseBusyError
from storage.identity import Caller
from tests.fakes.agent_world import (
    ANNA,
    BEN,
    Ledger,
    Words,
    context,
    counter,
    echo,
    messages_of,
    service,
    spoken,
    tool,
    twin,
)
from tests.fakes.scripted_model import ScriptedModel, call, calls_then, results, said, says

ECHO = calls_then([call("echo", topic="x")], "好的")


async def test_a_turn_with_a_tool_is_answered_audited_and_kept(saver: Any) -> None:
    ledger = Ledger()
    agent = twin(ScriptedModel(rule=ECHO), checkpointer=saver)
    answer = await service(agent, ledger).ask(ANNA, "t", "你好")
    assert (answer.outcome, answer.answer.markdown) == ("answered", "好的")
    assert [(t.name, t.args, t.ok) for t in answer.tools] == [("echo", {"topic": "x"}, True)]
    assert answer.tools[0].result is not None
    assert answer.tools[0].result["text"] == "安娜:x"
    assert answer.prompt.startswith("twin.zh@")
    assert (answer.model, answer.thread) == ("planner", "t")
    assert ledger.rows == [(ledger.rows[0][0], answer)]
    kept = await messages_of(agent, ANNA, "t")
    assert [m.type for m in kept] == ["human", "ai", "tool", "ai"]
    assert kept[0].id == answer.turn


async def test_turns_of_one_thread_are_all_kept_in_the_order_they_came(saver: Any) -> None:
    agent = twin(ScriptedModel(rule=ECHO), checkpointer=saver)
    turns = service(agent)
    texts = [f"第{n}句" for n in range(8)]
    answers = await asyncio.gather(*(turns.ask(ANNA, "t", text) for text in texts))
    assert all(a.outcome == "answered" for a in answers)
    assert spoken(await messages_of(agent, ANNA, "t")) == texts
    assert turns._order._locks == {}


async def test_two_hundred_threads_of_many_people_at_once_neither_mix_nor_lose(saver: Any) -> None:
    def whose(topic: str, ctx: Any) -> Words:
        return Words(text=f"{ctx.caller.person_id}|{ctx.thread_id}|{topic}")

    def rule(messages: list[Any]) -> AIMessage:
        if found := results(messages):
            return AIMessage(str(found[0].content))
        topic = said(messages)
        return AIMessage("", tool_calls=[call("whose", f"id-{topic}", topic=topic)])

    agent = twin(ScriptedModel(rule=rule), [tool("whose", whose)], saver)
    turns = service(agent)
    people = [Caller(f"p{n % 20}", "org-1", f"n{n}", ANNA.role) for n in range(200)]
    asks = [turns.ask(p, f"t{n}", f"m{n}") for n, p in enumerate(people)]
    answers = await asyncio.gather(*asks)
    expected = [f"{p.person_id}|t{n}|m{n}" for n, p in enumerate(people)]
    assert [a.answer.markdown for a in answers] == expected


async def test_somebody_elses_thread_id_is_a_new_thread_of_ones_own(saver: Any) -> None:
    agent = twin(ScriptedModel(rule=says("好")), checkpointer=saver)
    turns = service(agent)
    await turns.ask(ANNA, "shared", "我的秘密")
    await turns.ask(BEN, "shared", "hello")
    other = Caller(ANNA.person_id, "org-2", "安娜", ANNA.role)
    await turns.ask(other, "shared", "别家公司")
    assert spoken(await messages_of(agent, ANNA, "shared")) == ["我的秘密"]
    assert spoken(await messages_of(agent, BEN, "shared")) == ["hello"]
    assert spoken(await messages_of(agent, other, "shared")) == ["别家公司"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("o", "p", "t"), ("o", "p/t", "")),
        (("o", "a/b", "c"), ("o", "a", "b/c")),
        (("o", "a%2Fb", "c"), ("o", "a/b", "c")),
        (("o", "p", "x" * 500), ("o", "p", "x" * 501)),
        (("o", "p", "\ud800"), ("o", "p", "\ud801")),
    ],
)
def test_no_thread_id_reaches_into_another_persons_key(
    one: tuple[str, str, str], other: tuple[str, str, str]
) -> None:
    assert thread_key(*one) != thread_key(*other)


async def test_without_a_thread_every_turn_opens_one(saver: Any) -> None:
    turns = service(twin(ScriptedModel(rule=says("好")), checkpointer=saver))
    first = await turns.ask(ANNA, None, "一")
    second = await turns.ask(ANNA, None, "二")
    assert first.thread != second.thread
    assert first.thread.startswith("thr-")


async def test_threads_survive_a_restart(tmp_path: Path) -> None:
    model = ScriptedModel(rule=says("好"))
    new_id = counter()
    for text in ("一", "二"):
        async with open_checkpointer(tmp_path / "threads.db") as opened:
            turns = service(twin(model, checkpointer=opened), new_id=new_id)
            await turns.ask(ANNA, "t", text)
    assert spoken(model.seen[-1]) == ["一", "二"]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("", "没有收到内容"), (" \n\u200b", "没有收到内容"), ("字" * 100_000, str(MAX_CHARACTERS))],
)
async def test_unusable_input_is_refused_with_a_sentence_and_runs_nothing(
    typed: str, sentence: str, saver: Any
) -> None:
    model = ScriptedModel(rule=says("好"))
    agent = twin(model, checkpointer=saver)
    answer = await service(agent).ask(ANNA, "t", typed)
    assert answer.outcome == "error"
    assert sentence in answer.answer.markdown
    assert model.seen == []
    assert await messages_of(agent, ANNA, "t") == []


async def test_hidden_characters_do_not_reach_the_model_and_emoji_do(saver: Any) -> None:
    model = ScriptedModel(rule=says("好"))
    turns = service(twin(model, checkpointer=saver))
    await turns.ask(ANNA, "t", "查\u202e华星\u200b\U000e0041 👨\u200d👩\u200d👧")
    assert said(model.seen[0]) == "查华星 👨\u200d👩\u200d👧"


@pytest.mark.parametrize(
    ("text", "caller", "prompt"),
    [("你好", BEN, "twin.zh"), ("hello", ANNA, "twin.en"), ("123", BEN, "twin.en")],
)
async def test_the_answer_is_in_the_language_of_the_question(
    text: str, caller: Caller, prompt: str
) -> None:
    model = ScriptedModel(rule=says("!"))
    answer = await service(twin(model)).ask(caller, None, text)
    assert answer.prompt.startswith(prompt)
    system = str(model.seen[0][0].content)
    assert caller.name in system
    assert "2026-11-21" in system
    assert "$" not in system


async def test_identity_cannot_be_forged_by_arguments() -> None:
    forged = call(
        "echo",
        topic="x",
        runtime={"context": {"caller": "ben"}},
        caller="ben",
        person_id="p-ben",
        user_id="p-ben",
    )
    answer = await service(twin(ScriptedModel(rule=calls_then([forged], "好")))).ask(
        ANNA, None, "查"
    )
    assert answer.tools[0].result is not None
    assert answer.tools[0].result["text"] == "安娜:x"
    assert answer.tools[0].args == {"topic": "x"}


async def test_without_a_caller_nothing_runs() -> None:
    model = ScriptedModel(rule=ECHO)
    agent = twin(model)
    with pytest.raises(MissingCallerError):
        await agent.ainvoke({"messages": [HumanMessage("你好")]})
    assert model.seen == []


async def test_private_data_of_the_context_is_not_in_the_checkpoint(saver: Any) -> None:
    agent = twin(ScriptedModel(rule=says("好")), checkpointer=saver)
    await service(agent).ask(ANNA, "t", "你好")
    async with saver.conn.execute("SELECT metadata, checkpoint FROM checkpoints") as rows:
        stored = [bytes(part) if isinstance(part, bytes) else part.encode()
                  for row in await rows.fetchall() for part in row]  # fmt: skip
    assert not any("安娜".encode() in part for part in stored)


async def test_a_thread_in_another_programs_hands_is_said_to_be_busy(saver: Any) -> None:
    def taken(name: str) -> Any:
        raise LeaseBusyError(name)

    turns = service(twin(ScriptedModel(rule=says("好")), checkpointer=saver), lease=taken)
    answer = await turns.ask(ANNA, "t", "你好")
    assert (answer.outcome, answer.answer.markdown) == (
        "error",
        "这个会话正在另一个程序里处理。请等它结束后再试。",
    )


async def test_the_context_tells_a_model_who_asks() -> None:
    from agents.identity import current_context

    seen = []

    def rule(_messages: list[Any]) -> AIMessage:
        seen.append(current_context())
        return AIMessage("好")

    await service(twin(ScriptedModel(rule=rule))).ask(ANNA, "t", "你好")
    assert [(c.caller, c.thread_id) for c in seen] == [(ANNA, "t")]
    assert context().caller == ANNA
    assert echo().name == "echo"
