"""Waiting actions from the conversation's side: buttons, typed decisions, receipts, follow-ups."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage

from agents.events import Final
from agents.turns import TurnService
from storage.checkpoints import open_checkpointer
from storage.clock import FixedClock
from storage.database import Database
from storage.errors import StorageError
from storage.identity import Caller
from storage.vocabulary import Role
from tests.fakes.action_world import ActionWorld, house, proposed, rule
from tests.fakes.agent_world import ANNA, BEN, NOW, Ledger, counter, service, twin
from tests.fakes.scripted_model import ScriptedModel


@pytest.fixture
def world(database: Database) -> ActionWorld:
    return ActionWorld(database)


@pytest.fixture
def turns(world: ActionWorld, saver: Any) -> TurnService:
    return house(world, saver)


async def history(turns: TurnService, thread: str = "t") -> list[Any]:
    config: Any = {"configurable": {"thread_id": f"org-1/p-anna/{thread}"}}
    state = await turns._agent.aget_state(config)
    assert state.next == ()
    return list(state.values["messages"])


async def test_adopt_runs_once_and_says_so_from_the_receipt(
    world: ActionWorld, turns: TurnService
) -> None:
    action = await proposed(turns)
    assert world.ran == []
    answer = await turns.act(ANNA, action, "adopt")
    assert world.ran == [(ANNA.person_id, {"text": "客户嫌贵"})]
    assert (answer.outcome, answer.answer.markdown) == ("answered", "已执行：笔记。")
    assert [(t.name, t.args, t.ok, t.result) for t in answer.tools] == [
        ("keep", {"text": "客户嫌贵"}, True, {"characters": 4})
    ]
    assert (answer.thread, answer.model, answer.prompt) == ("t", "none", "none")
    assert answer.answer.actions == []


async def test_the_thread_knows_what_was_decided(turns: TurnService) -> None:
    await turns.act(ANNA, await proposed(turns), "adopt")
    kept = await history(turns)
    assert [m.type for m in kept] == ["human", "ai", "tool", "ai", "human", "ai"]
    assert (kept[-2].content, kept[-1].content) == ("采纳", "已执行：笔记。")
    answer = await turns.ask(ANNA, "t", "后来呢")
    assert answer.answer.markdown == "听到：后来呢"


async def test_ignore_runs_nothing(world: ActionWorld, turns: TurnService) -> None:
    answer = await turns.act(ANNA, await proposed(turns), "ignore")
    assert world.ran == []
    assert answer.outcome == "answered"
    assert answer.answer.markdown == "已忽略：笔记。没有改动任何数据。"
    assert answer.tools == []


async def test_an_edit_runs_shows_and_hides_the_new_wording(
    world: ActionWorld, turns: TurnService
) -> None:
    answer = await turns.act(ANNA, await proposed(turns), "edit", "客户要三月交货")
    assert world.ran == [(ANNA.person_id, {"text": "客户要三月交货"})]
    assert answer.tools[0].args == {"text": "客户要三月交货"}
    edit = (await history(turns))[-2]
    assert edit.content == "修改: 客户要三月交货"
    assert edit.additional_kwargs["sensitive"][0]["grade"] == "L3"


@pytest.mark.parametrize(("wording", "sentence"), [(None, "改成什么"), ("!!", "新的内容是空的")])
async def test_an_edit_without_usable_wording_is_asked_again_and_still_waits(
    wording: str | None, sentence: str, world: ActionWorld, turns: TurnService
) -> None:
    action = await proposed(turns)
    answer = await turns.act(ANNA, action, "edit", wording)
    assert answer.outcome == "asked"
    assert sentence in answer.answer.markdown
    assert (await turns.act(ANNA, action, "adopt")).outcome == "answered"
    assert len(world.ran) == 1


async def test_an_edit_cannot_change_the_tool(world: ActionWorld, turns: TurnService) -> None:
    answer = await turns.act(ANNA, await proposed(turns), "edit", '{"tool": "send_message"}')
    assert [t.name for t in answer.tools] == ["keep"]
    assert world.ran == [(ANNA.person_id, {"text": '{"tool": "send_message"}'})]


async def test_many_clicks_at_once_execute_once(
    world: ActionWorld, turns: TurnService, saver: Any
) -> None:
    action = await proposed(turns)
    elsewhere = house(world, saver, new_id=counter())  # a second program's service
    clicks = [s.act(ANNA, action, "adopt") for s in (turns, elsewhere) for _ in range(5)]
    answers = await asyncio.gather(*clicks)
    assert len(world.ran) == 1
    assert sorted(a.outcome for a in answers) == ["answered"] + ["refused"] * 9


async def test_a_late_click_learns_what_happened(world: ActionWorld, turns: TurnService) -> None:
    action = await proposed(turns)
    await turns.act(ANNA, action, "adopt")
    late = await turns.act(ANNA, action, "adopt")
    assert (late.outcome, late.tools) == ("refused", [])
    assert "之前已经执行过" in late.answer.markdown
    unknown = await turns.act(ANNA, "act-nonsense", "adopt")
    assert unknown.outcome == "unknown"
    assert "没有找到" in unknown.answer.markdown
    assert len(world.ran) == 1


async def test_what_was_ignored_never_runs(world: ActionWorld, turns: TurnService) -> None:
    action = await proposed(turns)
    await turns.act(ANNA, action, "ignore")
    late = await turns.act(ANNA, action, "adopt")
    assert late.outcome == "refused"
    assert "之前已经被忽略" in late.answer.markdown
    assert world.ran == []


async def test_nobody_decides_or_acts_for_another_person(
    world: ActionWorld, turns: TurnService
) -> None:
    action = await proposed(turns)
    for intruder in (BEN, Caller("p-boss", "org-1", "Boss", Role.CRO, language="en")):
        answer = await turns.act(intruder, action, "adopt")
        assert answer.outcome == "refused"
        assert "笔记" not in answer.model_dump_json()
        assert "客户嫌贵" not in answer.model_dump_json()
    foreign = Caller(ANNA.person_id, "org-2", "安娜", Role.REP)
    assert (await turns.act(foreign, action, "adopt")).outcome == "unknown"
    assert world.ran == []
    assert (await turns.act(ANNA, action, "adopt")).outcome == "answered"


async def test_the_effect_runs_as_the_one_who_asked(world: ActionWorld, turns: TurnService) -> None:
    world.approver = BEN.person_id
    action = await proposed(turns)
    assert (await turns.act(ANNA, action, "adopt")).outcome == "refused"
    answer = await turns.act(BEN, action, "adopt")
    assert answer.outcome == "answered"
    assert world.ran == [(ANNA.person_id, {"text": "客户嫌贵"})]
    assert (await history(turns))[-1].content == answer.answer.markdown  # in Anna's thread


async def test_a_new_message_leaves_the_action_waiting_and_the_history_whole(
    world: ActionWorld, turns: TurnService
) -> None:
    action = await proposed(turns)
    await turns.ask(ANNA, "t", "明天有什么安排")
    kept = await history(turns)
    calls = [c["id"] for m in kept if isinstance(m, AIMessage) for c in m.tool_calls]
    assert calls == [m.tool_call_id for m in kept if isinstance(m, ToolMessage)]
    assert (await turns.act(ANNA, action, "adopt")).outcome == "answered"
    assert len(world.ran) == 1


async def test_a_decision_works_after_a_restart(database: Database, tmp_path: Path) -> None:
    world, new_id = ActionWorld(database), counter()
    async with open_checkpointer(tmp_path / "c.db") as opened:
        action = await proposed(house(world, opened, new_id=new_id))
    async with open_checkpointer(tmp_path / "c.db") as opened:
        turns = house(world, opened, new_id=new_id)
        assert (await turns.act(ANNA, action, "adopt")).outcome == "answered"
        assert [m.type for m in await history(turns)][-2:] == ["human", "ai"]
    assert len(world.ran) == 1


async def test_an_expired_action_is_not_carried_out(world: ActionWorld, saver: Any) -> None:
    world.ttl = timedelta(minutes=5)
    turns = house(world, saver)
    action = await proposed(turns)
    turns._clock = FixedClock(NOW + timedelta(minutes=6))
    answer = await turns.act(ANNA, action, "adopt")
    assert answer.outcome == "refused"
    assert "过期" in answer.answer.markdown
    assert world.ran == []


async def test_an_effect_that_fails_is_told_and_changes_nothing(
    world: ActionWorld, turns: TurnService
) -> None:
    action = await proposed(turns)
    world.fault = ValueError("customer_gone")
    answer = await turns.act(ANNA, action, "adopt")
    assert answer.outcome == "error"
    assert "没有成功：笔记" in answer.answer.markdown
    assert [(t.name, t.ok) for t in answer.tools] == [("keep", False)]


async def test_an_outage_while_deciding_is_a_sentence_and_the_action_still_waits(
    world: ActionWorld, turns: TurnService
) -> None:
    action = await proposed(turns)
    world.fault = StorageError("disk_full", "/data/x.db")
    answer = await turns.act(ANNA, action, "adopt")
    assert answer.outcome == "error"
    assert "磁盘已满" in answer.answer.markdown
    world.fault = None
    assert (await turns.act(ANNA, action, "adopt")).outcome == "answered"


@pytest.mark.parametrize(
    ("typed", "ran"),
    [
        ("采纳", "客户嫌贵"),
        ("记吧", "客户嫌贵"),
        ("OK", "客户嫌贵"),
        ("算了", None),
        ("ignore it", None),
    ],
)
async def test_a_typed_decision_acts_on_the_one_thing_that_waits(
    typed: str, ran: str | None, world: ActionWorld, turns: TurnService
) -> None:
    await proposed(turns)
    answer = await turns.ask(ANNA, "t", typed)
    assert answer.outcome == "answered"
    assert answer.model == "none"
    assert [args["text"] for _, args in world.ran] == ([ran] if ran else [])
    events = [e async for e in turns.run(ANNA, "t", typed)]
    assert isinstance(events[-1], Final)
    assert events[-1].answer.outcome != "answered" or "听到" in events[-1].answer.answer.markdown
    assert len(world.ran) == (1 if ran else 0)  # nothing waits any more


@pytest.mark.parametrize("typed", ["可以帮我看看华星医疗吗", "取消了哪些订单", "ok show me Acme"])
async def test_a_near_miss_is_an_ordinary_message(
    typed: str, world: ActionWorld, turns: TurnService
) -> None:
    await proposed(turns)
    answer = await turns.ask(ANNA, "t", typed)
    assert answer.answer.markdown == f"听到：{typed}"
    assert world.ran == []


async def test_decisions_are_audited_without_words(
    database: Database, world: ActionWorld, saver: Any
) -> None:
    from agents.audit import Audit
    from storage.tables import Turn

    audit = Audit(database, linger=0.0)
    turns = house(world, saver, ledger=audit)
    action = await proposed(turns)
    await turns.act(ANNA, action, "adopt")
    await turns.close()
    with database.system("look", write=False) as session:
        from sqlmodel import select

        rows = session.scalars(select(Turn).order_by(Turn.id)).all()
    assert [(r.thread_id, r.outcome, r.model, r.tools) for r in rows] == [
        ("t", "pending", "planner", ["keep"]),
        ("t", "answered", "none", ["keep"]),
    ]
    assert {r.owner_id for r in rows} == {ANNA.person_id}
    assert "客户嫌贵" not in "".join(r.model_dump_json() for r in rows)


async def test_a_failing_audit_is_logged_and_harms_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from agents.audit import Audit

    broken = Database(f"sqlite:///{tmp_path}/nothing.db")
    turns = service(twin(ScriptedModel(rule=rule)), Audit(broken))
    assert (await turns.ask(ANNA, "t", "你好")).outcome == "answered"
    await turns.close()
    assert "turns not audited" in caplog.text
    broken.close()


async def test_the_ledger_keeps_each_turn_once(world: ActionWorld, saver: Any) -> None:
    ledger = Ledger()
    turns = house(world, saver, ledger=ledger)
    await turns.act(ANNA, await proposed(turns), "ignore")
    assert [c.turn_id for c, _ in ledger.rows] == [a.turn for _, a in ledger.rows]
    assert len({c.turn_id for c, _ in ledger.rows}) == 2
    assert [m.content for m in await history(turns) if isinstance(m, HumanMessage)][-1] == "忽略"
