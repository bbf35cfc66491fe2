"""``record_note`` through its approval, and ``find_notes``, over a real database."""

import itertools
import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from prompts.library import render
from storage import tables as t
from storage.approvals import Decision, decide
from storage.identity import Caller
from storage.tables import Note
from tests.integration.tool_world import (
    CHEN,
    CRO,
    EMPTY,
    LI,
    NOW,
    ORG,
    RENHE,
    WANG,
    World,
    ago,
    context,
    owned,
)
from tools.artifact import Artifact, Choice, NotFound, Problem, Refusal
from tools.notes.effects import edit_record_note, effect_record_note
from tools.notes.schemas import NoteProposal, NotesFound
from tools.notes.service import find_own_notes, propose_note

TEXT = "王主任说：预算 380 万，\n  别告诉采购。"


async def propose(world: World, text: str = TEXT, caller: Caller = WANG, **args: Any) -> Artifact:
    numbers = itertools.count(1)
    return await propose_note(
        context(caller),
        database=world.database,
        linker=world.linker,
        new_id=lambda prefix: f"{prefix}-{next(numbers)}",
        text=text,
        **args,
    )


async def proposal(world: World, text: str = TEXT, **args: Any) -> NoteProposal:
    result = await propose(world, text, **args)
    assert isinstance(result, NoteProposal)
    return result


async def find(world: World, caller: Caller = WANG, **args: Any) -> Artifact:
    return await find_own_notes(
        context(caller), database=world.database, linker=world.linker, **args
    )


async def found(world: World, caller: Caller = WANG, **args: Any) -> NotesFound:
    result = await find(world, caller, **args)
    assert isinstance(result, NotesFound)
    return result


def click(world: World, verb: Any, caller: Caller = WANG, **more: Any) -> Decision:
    return decide(
        world.database,
        caller,
        "act-1",
        verb,
        **({"now": NOW} | more),
        effects={"record_note": effect_record_note},
        editors={"record_note": edit_record_note},
    )


def notes(world: World) -> list[Note]:
    with world.database.system("test", write=False) as session:
        rows = session.scalars(select(Note).where(Note.id != "note-1"))  # type: ignore[arg-type]
        return list(rows)


def words(result: Artifact, language: str = "zh") -> str:
    return render(result.kind, language, result.model_dump(mode="json"))


async def test_a_proposal_shows_the_exact_text_and_writes_nothing(world: World) -> None:
    result = await proposal(world, customer="仁和", opportunity="CT 升级")
    assert (result.outcome, result.text) == ("pending", TEXT)
    assert (result.customer, result.opportunity) == ("仁和医院", "CT 升级")
    assert [(a.id, a.verb, a.label) for a in result.actions] == [
        ("act-1", "adopt", "采纳"),
        ("act-1", "edit", "修改"),
        ("act-1", "ignore", "忽略"),
    ]
    assert result.expires_at == NOW + timedelta(hours=24)
    assert notes(world) == []
    text = words(result)
    assert "> 王主任说：预算 380 万，\n>   别告诉采购。" in text
    assert "只有你自己看得到（L3）" in text
    assert "11月22日 10:00 前不决定就作废" in text
    assert "（仁和医院，CT 升级），还没有记下" in text
    english = words(result, "en")
    assert "not written down yet" in english
    assert "Only you can see it (L3)" in english


async def test_every_line_of_a_proposed_text_is_private(world: World) -> None:
    result = await proposal(world)
    private = {item.text for item in result.sensitive}
    assert {TEXT, "王主任说：预算 380 万，", "别告诉采购。"} <= private
    shown = words(result)
    for item in sorted(result.sensitive, key=lambda i: -len(i.text)):
        shown = shown.replace(item.text, "□")
    assert "预算" not in shown
    assert "采购" not in shown


async def test_the_title_of_the_action_tells_nothing_private(world: World) -> None:
    await proposal(world, customer="仁和")
    with world.database.system("test", write=False) as session:
        action = session.scalars(select(t.PendingAction)).one()
        assert action.title == "记笔记 · 仁和医院"
        assert (action.owner_id, action.approver_id, action.tool) == (
            WANG.person_id,
            WANG.person_id,
            "record_note",
        )


async def test_adopting_writes_the_note_word_for_word(world: World) -> None:
    await proposal(world, customer="仁和", opportunity="CT 升级")
    decision = click(world, "adopt")
    assert decision.state == "done"
    [note] = notes(world)
    assert (note.text, note.owner_id, note.customer_id, note.opportunity_id, note.source) == (
        TEXT,
        WANG.person_id,
        RENHE,
        "opp-ct",
        "chat",
    )
    assert (note.written_at, note.region_id) == (NOW, "reg-east")
    receipt = decision.receipt or {}
    assert TEXT not in json.dumps(receipt, ensure_ascii=False)
    assert "已记下（仁和医院，CT 升级）" in render("note_receipt", "zh", receipt)
    assert "Noted (仁和医院, CT 升级)" in render("note_receipt", "en", receipt)


async def test_a_second_click_does_nothing(world: World) -> None:
    await proposal(world)
    assert [click(world, "adopt").state for _ in range(3)] == ["done", "already", "already"]
    assert len(notes(world)) == 1


async def test_the_effect_itself_is_idempotent(world: World) -> None:
    await proposal(world, customer="仁和")
    decision = click(world, "adopt")
    action = decision.action
    assert action is not None
    args = dict(decision.args or {})

    class Later:
        action_id, now = "act-1", NOW + timedelta(hours=1)

    with world.database.principal(WANG, "again") as session:
        receipt = effect_record_note(session, Later(), args)  # type: ignore[arg-type]
    assert receipt == decision.receipt
    assert len(notes(world)) == 1


async def test_an_edit_writes_the_new_text_for_the_same_customer(world: World) -> None:
    await proposal(world, customer="仁和")
    assert click(world, "edit", args_edit={"text": "改过的"}).state == "done"
    [note] = notes(world)
    assert (note.text, note.customer_id) == ("改过的", RENHE)


@pytest.mark.parametrize(
    "change", [{"text": "  "}, {"text": "字" * 4001}, {"customer_id": EMPTY}], ids=str
)
async def test_a_bad_edit_leaves_the_proposal_waiting(world: World, change: dict[str, str]) -> None:
    await proposal(world, customer="仁和")
    assert click(world, "edit", args_edit=change).state == "refused"
    assert notes(world) == []
    assert click(world, "adopt").state == "done"


async def test_ignored_expired_and_foreign_decisions_write_nothing(world: World) -> None:
    await proposal(world)
    assert click(world, "adopt", CHEN).state == "refused"
    assert click(world, "adopt", LI).state == "refused"
    assert click(world, "adopt", now=NOW + timedelta(hours=24)).state == "expired"
    assert notes(world) == []


async def test_a_customer_that_was_handed_over_meanwhile_stops_the_note(world: World) -> None:
    await proposal(world, customer="仁和")
    with world.database.system("hand over") as session:
        customer = session.get_one(t.Customer, RENHE)
        customer.owner_id, customer.region_id = LI.person_id, "reg-south"
    decision = click(world, "adopt")
    assert (decision.state, decision.reason) == ("failed", "customer_gone")
    assert notes(world) == []


async def test_a_note_may_be_about_nobody_or_only_about_a_deal(world: World) -> None:
    alone = await proposal(world)
    assert (alone.customer, alone.opportunity) == (None, None)
    assert "（不关联客户）" in words(alone)
    deal = await propose_note(
        context(),
        database=world.database,
        linker=world.linker,
        new_id=lambda prefix: f"{prefix}-deal",
        text="x",
        opportunity="CT 升级",
    )
    assert isinstance(deal, NoteProposal)
    assert (deal.customer, deal.opportunity) == ("仁和医院", "CT 升级")


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "empty_note"), ("   \n", "empty_note"), ("字" * 100_000, "note_too_long")],
    ids=["empty", "blank", "long"],
)
async def test_a_text_that_is_no_note_is_a_problem(world: World, text: str, reason: str) -> None:
    result = await propose(world, text)
    assert isinstance(result, Problem)
    assert (result.reason, result.outcome) == (reason, "asked")


async def test_unknown_foreign_and_mismatched_subjects(world: World) -> None:
    assert isinstance(await propose(world, customer="没这家"), NotFound)
    assert isinstance(await propose(world, customer="申江机械厂"), NotFound)
    mismatch = await propose(world, customer="空白科技", opportunity="CT 升级")
    assert isinstance(mismatch, NotFound)
    assert mismatch.what == "opportunity"
    with world.database.system("test", write=False) as session:
        assert session.scalar(select(func.count()).select_from(t.PendingAction)) == 0


async def test_characters_that_hide_others_are_shown_but_kept(world: World) -> None:
    tricky = "给\u202e他\u2066回电"
    result = await proposal(world, tricky)
    assert result.text == tricky
    assert "> 给\ufffd他\ufffd回电" in words(result)
    click(world, "adopt")
    assert notes(world)[0].text == tricky


async def test_own_notes_are_found_by_customer_and_words_latest_first(world: World) -> None:
    world.add(
        t.Note(**owned("note-2"), customer_id=EMPTY, text="要三家 比价", written_at=ago(1)),
        t.Note(**owned("note-3"), text="年会 100% 参加", written_at=ago(0.5)),
    )
    assert [n.id for n in (await found(world)).notes] == ["note-3", "note-2", "note-1"]
    assert [n.id for n in (await found(world, customer="仁和")).notes] == ["note-1"]
    assert [n.id for n in (await found(world, query="比价 三家")).notes] == ["note-2"]
    assert [n.id for n in (await found(world, query="100%")).notes] == ["note-3"]
    result = await found(world, author="我")
    text = words(result)
    assert "- 11月4日（17 天前） 仁和医院：王主任私下更看好我们的售后" in text
    assert {item.text for item in result.sensitive} >= {n.text for n in result.notes}


async def test_nothing_found_is_said_and_is_unknown(world: World) -> None:
    result = await found(world, query="不存在的词")
    assert (result.outcome, result.notes) == ("unknown", [])
    assert "没有找到你的笔记（含「不存在的词」）" in words(result)
    assert "You have no notes on 空白科技有限公司" in words(
        await found(world, customer="空白科技"), "en"
    )


async def test_many_notes_are_cut_and_long_ones_shortened(world: World) -> None:
    world.add(
        *(t.Note(**owned(f"note-x{i}"), text="长" * 3000, written_at=ago(i)) for i in range(30))
    )
    result = await found(world)
    assert (len(result.notes), result.more) == (10, True)
    assert len(words(result)) < 4000
    private = {item.text for item in result.sensitive}
    assert all(note.text in private for note in result.notes)


@pytest.mark.parametrize("caller", [CHEN, CRO, LI], ids=lambda c: c.person_id)
@pytest.mark.parametrize("has_notes", [True, False])
async def test_notes_of_others_are_refused_alike_whether_there_are_any(
    world: World, caller: Caller, has_notes: bool
) -> None:
    if not has_notes:
        with world.database.system("test") as session:
            session.delete(session.get_one(Note, "note-1"))
    result = await find(world, caller, author="王芳", customer="仁和")
    assert isinstance(result, Refusal)
    assert (result.reason, result.ask) == ("private_notes", "王芳")
    assert "售后" not in result.model_dump_json()


@pytest.mark.parametrize("caller", [CHEN, CRO], ids=lambda c: c.person_id)
async def test_without_an_author_everybody_finds_only_own_notes(
    world: World, caller: Caller
) -> None:
    assert (await found(world, caller)).notes == []
    assert (await found(world, caller, query="售后")).notes == []


async def test_an_unknown_author_is_unknown_and_a_namesake_is_oneself(world: World) -> None:
    assert isinstance(await find(world, author="查无此人"), NotFound)
    world.add(t.Person(id="per-wang2", org_id=ORG, name="王芳", role=WANG.role))
    fresh = World(world.database, type(world.linker)(world.database))
    assert isinstance(await find(fresh, author="王芳"), NotesFound)


async def test_two_customers_of_one_name_are_asked_about(world: World) -> None:
    world.add(t.Customer(**owned("cus-twin"), name="仁和医院"))
    fresh = World(world.database, type(world.linker)(world.database))
    assert isinstance(await propose(fresh, customer="仁和医院"), Choice)
    assert isinstance(await find(fresh, customer="仁和医院"), Choice)
