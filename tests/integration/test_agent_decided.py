"""Decisions typed into a conversation: what they are about, and that they come to their end."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from langchain_core.messages import HumanMessage
from sqlalchemy import func, select

from agents.answer import Answer
from agents.turns import TurnService
from storage.clock import FixedClock
from storage.database import Database
from storage.errors import StorageError
from storage.tables import PendingAction
from storage.vocabulary import ActionState
from tests.fakes.action_world import ActionWorld, Gate, house, proposed
from tests.fakes.agent_world import ANNA, BEN, NOW, Ledger, messages_of


@pytest.fixture
def world(database: Database) -> ActionWorld:
    return ActionWorld(database)


@pytest.fixture
def turns(world: ActionWorld, saver: Any) -> TurnService:
    return house(world, saver)


def stored(world: ActionWorld, key: str) -> PendingAction:
    with world.database.system("look", write=False) as session:
        return session.get_one(PendingAction, key)


async def say(turns: TurnService, text: str, thread: str = "t") -> Answer:
    return await turns.ask(ANNA, thread, text)


# A new wording (finding: it was written at once, and remarks about other things were taken for one)


@pytest.mark.parametrize(
    ("edit", "says"),
    [("改成：周五回电", "> 周五回电"), ("change it to call back", "> call back")],
)
async def test_a_typed_edit_shows_a_new_card_and_writes_nothing(
    edit: str, says: str, world: ActionWorld, turns: TurnService
) -> None:
    old = await proposed(turns)
    answer = await say(turns, edit)
    assert answer.outcome == "pending"
    assert says in answer.answer.markdown
    assert world.ran == []
    new = answer.answer.actions[0].id
    assert [(a.id, a.verb) for a in answer.answer.actions] == [
        (new, "adopt"), (new, "edit"), (new, "ignore"),
    ]  # fmt: skip
    assert [(t.name, t.args["text"], t.ok) for t in answer.tools] == [("keep", says[2:], True)]
    assert new != old
    assert stored(world, old).state == ActionState.IGNORED
    await say(turns, "好的")
    assert [args["text"] for _, args in world.ran] == [says[2:]]


async def test_the_button_of_the_old_card_does_not_run_the_new_words(
    world: ActionWorld, turns: TurnService
) -> None:
    old = await proposed(turns)
    new = (await say(turns, "改成：周五回电")).answer.actions[0].id
    late = await turns.act(ANNA, old, "adopt")
    assert late.outcome == "refused"
    assert "新版本取代" in late.answer.markdown
    assert world.ran == []
    assert stored(world, new).expires_at == NOW + world.ttl


@pytest.mark.parametrize("remark", ["换成英文回答", "换成明天", "make it Friday"])
async def test_a_remark_about_something_else_is_no_edit(
    remark: str, world: ActionWorld, turns: TurnService
) -> None:
    action = await proposed(turns)
    assert (await say(turns, remark)).answer.markdown == f"听到：{remark}"
    assert stored(world, action).state == ActionState.PENDING
    assert world.ran == []


async def test_a_new_wording_after_another_turn_is_an_ordinary_message(
    world: ActionWorld, turns: TurnService
) -> None:
    action = await proposed(turns)
    await say(turns, "我今天有哪些安排？")
    assert (await say(turns, "改成明天")).answer.markdown == "听到：改成明天"
    assert stored(world, action).args == {"text": "客户嫌贵"}
    assert world.ran == []


async def test_dictated_words_after_another_turn_are_asked_about_and_become_a_card(
    world: ActionWorld, turns: TurnService
) -> None:
    await proposed(turns)
    await say(turns, "我今天有哪些安排？")
    asked = await say(turns, "修改：周五回电")
    assert (asked.outcome, asked.model) == ("asked", "none")
    assert "1. 笔记：「客户嫌贵」" in asked.answer.markdown
    shown = await say(turns, "1")
    assert shown.outcome == "pending"
    assert "> 周五回电" in shown.answer.markdown
    assert world.ran == []


async def test_an_edit_that_cannot_be_kept_is_asked_again(
    world: ActionWorld, turns: TurnService
) -> None:
    action = await proposed(turns)
    asked = await say(turns, "修改：!!")
    assert asked.outcome == "asked"
    assert "新的内容是空的" in asked.answer.markdown
    assert stored(world, action).state == ActionState.PENDING
    assert (await say(turns, "好的")).outcome == "asked"  # a yes to a question is no yes to a card
    assert (await say(turns, "改成：周五回电")).outcome == "pending"
    assert world.ran == []


async def test_what_was_said_of_private_words_is_marked_private_in_the_thread(
    world: ActionWorld, turns: TurnService
) -> None:
    await proposed(turns)
    await say(turns, "改成：周五回电")
    kept = await messages_of(turns._agent, ANNA, "t")
    assert [m.content for m in kept if isinstance(m, HumanMessage)][-1] == "改成：周五回电"
    for message in kept[-2:]:
        assert {"text": "周五回电", "grade": "L3", "kind": "words"} in (
            message.additional_kwargs["sensitive"]
        )


# A mere yes


@pytest.mark.parametrize("between", ["我今天有哪些安排？", "which", "选"])
async def test_a_mere_yes_after_another_turn_decides_nothing(
    between: str, world: ActionWorld, turns: TurnService
) -> None:
    await proposed(turns)
    await say(turns, between)
    assert (await say(turns, "好的")).answer.markdown == "听到：好的"
    assert world.ran == []
    await say(turns, "采纳")
    assert len(world.ran) == 1


async def test_a_mere_yes_after_a_turn_that_failed_decides_nothing(
    world: ActionWorld, turns: TurnService
) -> None:
    await proposed(turns)
    assert (await say(turns, "break")).outcome == "error"
    assert (await say(turns, "好的")).answer.markdown == "听到：好的"
    assert world.ran == []


async def test_a_decision_about_another_card_comes_between(
    world: ActionWorld, turns: TurnService
) -> None:
    await proposed(turns, "第一条")
    second = await proposed(turns, "第二条")
    await turns.act(ANNA, second, "ignore")
    assert (await say(turns, "好的")).answer.markdown == "听到：好的"
    assert world.ran == []


# The names of the buttons


@pytest.mark.parametrize(
    ("typed", "number", "verb"),
    [("采纳", "2", "采纳"), ("adopt", "the second one", "adopt"), ("采纳第二个", "第二个", "采纳")],
)
async def test_of_several_the_person_is_asked_which_and_the_number_answers(
    typed: str, number: str, verb: str, world: ActionWorld, turns: TurnService
) -> None:
    await proposed(turns, "第一条")
    await proposed(turns, "第二条")
    asked = await say(turns, typed)
    assert (asked.outcome, asked.model, asked.answer.actions) == ("asked", "none", [])
    assert verb in asked.answer.markdown
    listed = [line for line in asked.answer.markdown.splitlines() if line[1:3] == ". "]
    assert [("第一条" in line, "第二条" in line) for line in listed] == [
        (True, False), (False, True),
    ]  # fmt: skip
    assert all("笔记" in line for line in listed)
    assert world.ran == []
    assert (await say(turns, number)).outcome == "answered"
    assert world.ran == [(ANNA.person_id, {"text": "第二条"})]
    assert (await say(turns, "采纳")).outcome == "answered"  # one is left
    assert len(world.ran) == 2


async def test_two_cards_of_one_message_are_asked_about(
    world: ActionWorld, turns: TurnService
) -> None:
    await say(turns, "记：第一条；第二条")
    asked = await say(turns, "好的")
    assert asked.outcome == "asked"
    lines = asked.answer.markdown.splitlines()
    await say(turns, next(line[0] for line in lines if "第一条" in line))
    assert world.ran == [(ANNA.person_id, {"text": "第一条"})]


async def test_leaving_the_question_leaves_everything_waiting(
    world: ActionWorld, turns: TurnService
) -> None:
    keys = [await proposed(turns, "第一条"), await proposed(turns, "第二条")]
    await say(turns, "采纳")
    left = await say(turns, "算了")
    assert (left.outcome, "仍在等" in left.answer.markdown) == ("answered", True)
    assert [stored(world, key).state for key in keys] == [ActionState.PENDING] * 2
    # The question is gone: a number is an ordinary message again.
    assert (await say(turns, "1")).answer.markdown == "听到：1"


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("采纳", "没有等你决定"),
        ("忽略", "没有等你决定"),
        ("修改", "没有等你决定"),
        ("adopt", "Nothing is waiting"),
        ("ignore it", "Nothing is waiting"),
        ("edit: x", "Nothing is waiting"),
    ],
)
async def test_where_nothing_waits_it_is_said_and_no_tool_runs(
    typed: str, says: str, world: ActionWorld, turns: TurnService
) -> None:
    await proposed(turns, thread="another")
    for _ in range(2):
        answer = await say(turns, typed)
        assert (answer.outcome, answer.model, answer.tools) == ("unknown", "none", [])
        assert says in answer.answer.markdown
    assert world.ran == []


async def test_nobody_decides_in_anothers_thread(world: ActionWorld, turns: TurnService) -> None:
    await proposed(turns)
    answer = await turns.ask(BEN, "t", "adopt")
    assert "Nothing is waiting" in answer.answer.markdown
    assert world.ran == []


@pytest.mark.parametrize(
    ("typed", "says"), [("采纳", "已经过期"), ("好的", "已经过期"), ("adopt", "has expired")]
)
async def test_what_expired_is_said_to_have(
    typed: str, says: str, world: ActionWorld, turns: TurnService
) -> None:
    action = await proposed(turns)
    turns._clock = FixedClock(NOW + world.ttl + timedelta(minutes=1))
    answer = await say(turns, typed)
    assert (answer.outcome, answer.model) == ("refused", "none")
    assert says in answer.answer.markdown
    assert stored(world, action).state == ActionState.EXPIRED
    assert world.ran == []
    again = await say(turns, "采纳")
    assert "已经过期" in again.answer.markdown


async def test_the_button_edit_asks_for_words_and_gets_a_card(
    world: ActionWorld, turns: TurnService
) -> None:
    await proposed(turns)
    await say(turns, "我今天有哪些安排？")
    assert "改成什么" in (await say(turns, "修改")).answer.markdown
    assert (await say(turns, "改成周五回电")).outcome == "pending"
    await say(turns, "采纳")
    assert world.ran == [(ANNA.person_id, {"text": "周五回电"})]


# Cancelled in the middle


@pytest.mark.parametrize("typed", [False, True], ids=["pressed", "typed"])
async def test_a_decision_that_has_begun_ends_is_audited_and_remembered_though_cancelled(
    typed: bool, world: ActionWorld, saver: Any
) -> None:
    ledger = Ledger()
    turns = house(world, saver, ledger=ledger)
    action = await proposed(turns)
    gate = world.effect_gate = Gate()
    doing = say(turns, "采纳") if typed else turns.act(ANNA, action, "adopt")
    deciding = asyncio.create_task(doing)
    assert await asyncio.to_thread(gate.reached.wait, 60)
    for _ in range(2):
        deciding.cancel()
        await asyncio.wait({deciding}, timeout=0)
    # The thread is held for as long as the write runs.
    following = asyncio.create_task(say(turns, "后来呢"))
    done, _ = await asyncio.wait({deciding, following}, timeout=0)
    assert done == set()
    gate.opened.set()
    with pytest.raises(asyncio.CancelledError):
        await deciding
    assert len(world.ran) == 1
    assert [(a.outcome, a.answer.markdown) for _, a in ledger.rows][1] == (
        "answered", "已执行：笔记。",
    )  # fmt: skip
    assert (await following).outcome == "answered"
    kept = await messages_of(turns._agent, ANNA, "t")
    assert "已执行：笔记。" in [m.content for m in kept]


async def test_an_outage_during_a_cancelled_decision_is_audited_as_what_it_was(
    world: ActionWorld, saver: Any
) -> None:
    ledger = Ledger()
    turns = house(world, saver, ledger=ledger)
    action = await proposed(turns)
    gate = world.effect_gate = Gate()
    world.fault = StorageError("disk_full", "/data/x.db")
    deciding = asyncio.create_task(turns.act(ANNA, action, "adopt"))
    assert await asyncio.to_thread(gate.reached.wait, 60)
    deciding.cancel()
    gate.opened.set()
    with pytest.raises(asyncio.CancelledError):
        await deciding
    assert "磁盘已满" in ledger.rows[-1][1].answer.markdown
    assert stored(world, action).state == ActionState.PENDING


async def test_a_proposal_that_nobody_waits_for_any_more_leaves_nothing_waiting(
    world: ActionWorld, turns: TurnService, sqlite_url: str
) -> None:
    """As when its tool runs out of time: the guard cancels the call, the thread works on."""
    gate = world.proposal_gate = Gate()
    asking = asyncio.create_task(say(turns, "记：客户嫌贵"))
    assert await asyncio.to_thread(gate.reached.wait, 60)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    gate.opened.set()
    world.database.close()  # waits for its threads
    again = Database(sqlite_url)
    with again.system("look", write=False) as session:
        assert session.scalar(select(func.count()).select_from(PendingAction)) == 0
    again.close()
