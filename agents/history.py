"""The thread's state: one list of messages that repairs itself and never grows without bound.

Both happen in the channel's reducer, at the moment a new turn's first message arrives: no graph
node, no extra checkpoint, no extra read.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, cast

from langchain.agents.middleware.types import AgentState
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage
from langgraph.graph.message import add_messages

from agents.tokens import total_tokens

MAX_TURNS = 12
MAX_TOKENS = 12_000
# Turns whose results are kept whole (the running one included); older ones keep what
# follow-ups need.
FRESH_TURNS = 2
MAX_CARRIED = 200
# Characters of an old result's words: the answer that was made of them is kept.
OLD_WORDS = 200
_MARKS = "\n。，；：！？,;!?"

_COMPACT_KEYS = ("kind", "outcome", "focus", "sensitive", "actions", "receipt")


def merge(left: list[AnyMessage], right: Any) -> list[AnyMessage]:
    """Reducer of the ``messages`` channel: append, and at a new turn repair and shorten."""
    merged: Any = add_messages(cast("Any", left), right)
    added = right if isinstance(right, list) else [right]
    if any(isinstance(message, HumanMessage) for message in added):
        return shorten(repair(merged))
    return list(merged)


class TwinState(AgentState[Any]):
    """What a thread remembers."""

    messages: Annotated[list[AnyMessage], merge]


def repair(messages: Sequence[AnyMessage]) -> list[AnyMessage]:
    """The messages with every tool call answered and no answer without its call.

    A turn that was cancelled between a call and its result leaves the call dangling; chat
    endpoints refuse such a history. The missing result is said to be missing.
    """
    answered = {m.tool_call_id for m in messages if isinstance(m, ToolMessage)}
    called: set[str] = set()
    whole: list[AnyMessage] = []
    for message in messages:
        if isinstance(message, ToolMessage) and message.tool_call_id not in called:
            continue
        whole.append(message)
        if isinstance(message, AIMessage) and message.tool_calls:
            called.update(str(call["id"]) for call in message.tool_calls)
            whole.extend(_missing(message, answered))
    return whole


def _missing(message: AIMessage, answered: set[str]) -> Iterator[ToolMessage]:
    for call in message.tool_calls:
        if call["id"] not in answered:
            yield ToolMessage(
                "(interrupted: no result)",
                name=call["name"],
                tool_call_id=str(call["id"]),
                id=f"{call['id']}-missing",
                status="error",
                artifact={"kind": "problem", "outcome": "error", "reason": "interrupted"},
            )


def shorten(messages: Sequence[AnyMessage]) -> list[AnyMessage]:
    """The newest whole turns within the bounds; of older results only what follow-ups need.

    Words that must stay masked outlive their turn: they move to the first turn that is kept.
    """
    turns = split_turns(messages)
    keep = _how_many(turns)
    dropped, kept = turns[: len(turns) - keep], turns[len(turns) - keep :]
    old = max(0, len(kept) - FRESH_TURNS)
    slim = [[_compact(m) for m in turn] for turn in kept[:old]] + kept[old:]
    if dropped:
        slim[0] = _carry(slim[0], list(sensitive_items(m for turn in dropped for m in turn)))
    return [message for turn in slim for message in turn]


def split_turns(messages: Sequence[AnyMessage]) -> list[list[AnyMessage]]:
    """The messages in turns; a turn begins with what the person said."""
    turns: list[list[AnyMessage]] = []
    for message in messages:
        if isinstance(message, HumanMessage) or not turns:
            turns.append([])
        turns[-1].append(message)
    return turns


def _how_many(turns: Sequence[Sequence[AnyMessage]]) -> int:
    total = 0
    for count, turn in enumerate(reversed(turns)):
        total += total_tokens(turn)
        if count >= MAX_TURNS or (count and total > MAX_TOKENS):
            return count
    return len(turns)


def _compact(message: AnyMessage) -> AnyMessage:
    if not isinstance(message, ToolMessage):
        return message
    update: dict[str, Any] = {}
    artifact, words = message.artifact, str(message.text)
    if isinstance(artifact, dict) and not artifact.keys() <= set(_COMPACT_KEYS):
        update["artifact"] = {key: artifact[key] for key in _COMPACT_KEYS if key in artifact}
    if len(words) > OLD_WORDS + 1:
        update["content"] = f"{_beginning(words)}…"
    return message.model_copy(update=update) if update else message


def _beginning(words: str) -> str:
    """Whole clauses only: half a name or number could no longer be told from other text."""
    head = words[:OLD_WORDS]
    return head[: max(head.rfind(mark) for mark in _MARKS) + 1]


def _carry(turn: list[AnyMessage], items: Sequence[dict[str, Any]]) -> list[AnyMessage]:
    if not items:
        return turn
    first = turn[0]
    own = first.additional_kwargs.get("sensitive", ())
    unique = {(i["kind"], i["text"]): i for i in (*items, *own)}
    carried = list(unique.values())[-MAX_CARRIED:]
    extra = {**first.additional_kwargs, "sensitive": carried}
    return [first.model_copy(update={"additional_kwargs": extra}), *turn[1:]]


def sensitive_items(messages: Iterable[AnyMessage]) -> Iterator[dict[str, Any]]:
    """All words that these messages declare sensitive (``tools.artifact.Sensitive``, dumped)."""
    for message in messages:
        artifact = message.artifact if isinstance(message, ToolMessage) else None
        if isinstance(artifact, dict):
            yield from artifact.get("sensitive") or ()
        yield from message.additional_kwargs.get("sensitive") or ()
