"""What a typed decision is about: the card above, one of several, something expired, nothing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage

from agents.decisions import LAST, Decision, read_decision, read_number
from agents.memory import last_word
from agents.settling import (
    Ask,
    InThread,
    LastWord,
    Leave,
    Nothing,
    Offer,
    Revise,
    Step,
    Take,
    settle,
)
from storage.tables.work import PendingAction
from tests.fakes.agent_world import ANNA, NOW

OFFER = Offer("adopt", ("a", "b"))


def action(key: str, turn: str = "") -> PendingAction:
    return PendingAction(
        id=key,
        org_id=ANNA.org_id,
        owner_id=ANNA.person_id,
        approver_id=ANNA.person_id,
        thread_id="t",
        turn_id=turn or f"turn-{key}",
        tool="keep",
        title="笔记",
        args={"text": key},
        args_hash="",
        asked_at=NOW,
        expires_at=NOW + timedelta(hours=1),
    )


A, B, C = action("a"), action("b"), action("c")
ONE, TWO, NONE = InThread((A,)), InThread((A, B)), InThread()
LAPSED = InThread((), A)
CARD_A, CARD_B, LATER = LastWord("turn-a"), LastWord("turn-b"), LastWord("later")


def read(text: str) -> Decision | int:
    said = read_decision(text) or read_number(text)
    assert said is not None
    return said


@pytest.mark.parametrize(
    ("text", "found", "last", "step"),
    [
        # A button's own word is settled wherever it stands.
        ("采纳", ONE, LATER, Take("a", "adopt")),
        ("忽略", ONE, CARD_A, Take("a", "ignore")),
        ("修改", ONE, LATER, Take("a", "edit")),
        ("采纳", TWO, LATER, Ask("adopt", (A, B))),
        ("ignore", TWO, CARD_B, Ask("ignore", (A, B))),
        ("采纳第二个", TWO, LATER, Ask("adopt", (A, B))),  # no list was shown
        ("采纳第一个", ONE, LATER, Take("a", "adopt")),
        ("采纳第二个", ONE, LATER, Ask("adopt", (A,))),
        ("采纳", NONE, LATER, Nothing()),
        ("edit", NONE, LATER, Nothing()),
        ("修改：X", NONE, LATER, Nothing()),
        ("忽略", LAPSED, LATER, Take("a", "ignore")),
        ("采纳", InThread((B,), A), LATER, Take("b", "adopt")),
        ("采纳", InThread((B,), A), CARD_A, Take("a", "adopt")),  # the card above has expired
        # A mere yes or no counts right after the card.
        ("好的", ONE, CARD_A, Take("a", "adopt")),
        ("算了", ONE, CARD_A, Take("a", "ignore")),
        ("好的", ONE, LATER, None),
        ("嗯", ONE, replace(CARD_A, asks=True), None),
        ("ok", TWO, CARD_B, Ask("adopt", (A, B))),
        ("ok", NONE, LATER, None),
        ("好的", LAPSED, CARD_A, Take("a", "adopt")),
        ("好的", LAPSED, LATER, None),
        # A new wording makes a new card, and only of the card above.
        ("改成明天", ONE, CARD_A, Revise("a", "明天")),
        ("change it to Friday", TWO, CARD_B, Revise("b", "Friday")),
        ("改成明天", ONE, LATER, None),
        ("改成明天", NONE, LATER, None),
        ("改成：明天", NONE, LATER, None),
        ("改成：明天", ONE, LATER, Ask("edit", (A,), "明天")),
        ("修改：明天", ONE, LATER, Ask("edit", (A,), "明天")),
        ("修改：明天", TWO, CARD_A, Revise("a", "明天")),
        ("改一下", ONE, CARD_A, Take("a", "edit")),
        ("改一下", ONE, LATER, None),
        ("1", ONE, CARD_A, None),
    ],
)
def test_what_follows(text: str, found: InThread, last: LastWord, step: Step | None) -> None:
    assert settle(read(text), found, last) == step


def test_two_cards_of_one_turn_are_told_apart() -> None:
    both = (action("a", "turn"), action("b", "turn"))
    for text, verb, wording in (("好的", "adopt", None), ("改成：X", "edit", "X")):
        step = settle(read(text), InThread(both), LastWord("turn"))
        assert step == Ask(verb, both, wording)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "offer", "found", "step"),
    [
        ("2", OFFER, TWO, Take("b", "adopt")),
        ("第一个", OFFER, TWO, Take("a", "adopt")),
        ("the last one", OFFER, TWO, Take("b", "adopt")),
        ("忽略第二个", OFFER, TWO, Take("b", "ignore")),
        ("2", OFFER, InThread((A, B, C)), Take("b", "adopt")),  # as it was shown
        ("3", OFFER, TWO, Ask("adopt", (A, B))),
        ("0", OFFER, TWO, Ask("adopt", (A, B))),
        ("3", OFFER, NONE, Nothing()),
        ("好的", OFFER, TWO, Ask("adopt", (A, B))),
        ("算了", OFFER, TWO, Leave()),
        ("忽略", OFFER, TWO, Ask("ignore", (A, B))),
        ("2", Offer("edit", ("a", "b"), "X"), TWO, Revise("b", "X")),
        ("2", Offer("edit", ("a", "b")), TWO, Take("b", "edit")),
        ("改成Y", Offer("edit", ("a", "b")), TWO, Ask("edit", (A, B), "Y")),
        ("改成Y", Offer("edit", ("a",)), TWO, Revise("a", "Y")),
        ("edit: Y", Offer("edit", ("a",)), ONE, Revise("a", "Y")),
        ("好的", Offer("edit", ("a",)), ONE, Take("a", "edit")),
        ("采纳", Offer("edit", ("a",)), ONE, Take("a", "adopt")),
    ],
)
def test_an_answer_to_our_own_question(
    text: str, offer: Offer, found: InThread, step: Step | None
) -> None:
    last = LastWord("question", asks=True, offer=offer)
    assert settle(read(text), found, last) == step


def test_the_last_place_is_the_last_of_the_list() -> None:
    last = LastWord("question", offer=Offer("ignore", ("a", "b", "c")))
    assert settle(LAST, InThread((A, B, C)), last) == Take("c", "ignore")


@pytest.mark.parametrize(
    ("reply", "asks"),
    [
        ([AIMessage("好")], False),
        ([AIMessage("A?", additional_kwargs={"outcome": "asked"})], True),
        ([AIMessage("A?", additional_kwargs={"asked": {"tool": "x"}})], True),
        (
            [
                AIMessage("", tool_calls=[{"name": "x", "args": {}, "id": "1"}]),
                ToolMessage("?", tool_call_id="1", artifact={"outcome": "asked"}),
                AIMessage("A 还是 B"),
            ],
            True,
        ),
    ],
)
def test_the_end_of_a_thread(reply: list[AnyMessage], asks: bool) -> None:
    before: list[AnyMessage] = [
        HumanMessage("1", id="turn-1"),
        AIMessage("?", additional_kwargs={"outcome": "asked"}),
    ]
    assert last_word([*before, HumanMessage("2", id="turn-2"), *reply]) == LastWord("turn-2", asks)


def test_a_thread_that_is_empty_or_ends_with_our_question() -> None:
    assert last_word([]) == LastWord()
    extra: dict[str, Any] = {"outcome": "asked", "offer": Offer("edit", ("a",), "x").dump()}
    asked: list[AnyMessage] = [
        HumanMessage("1", id="turn-1"),
        AIMessage("?", additional_kwargs=extra),
    ]
    assert last_word(asked) == LastWord("turn-1", asks=True, offer=Offer("edit", ("a",), "x"))
