"""What the thread is about, read from its messages: last things, last call, open question.

The same state that a real model sees; the planner keeps nothing outside of the messages.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage

from tools.artifact import Entity

_LOOK_BACK = 60


@dataclass(frozen=True, slots=True)
class Question:
    """A question that the planner asked: which argument of which call is open.

    ``options`` are pairs of what the person reads and what the argument becomes. A question
    without a tool asks which tool ``text`` meant: then the options' values are tools.
    """

    tool: str
    args: dict[str, Any]
    slot: str
    options: tuple[tuple[str, str], ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class ThreadState:
    """``focus``: the last entity of each kind. ``last_call``: the last tool with its arguments."""

    focus: dict[str, Entity] = field(default_factory=dict)
    last_call: tuple[str, dict[str, Any]] | None = None
    question: Question | None = None

    @property
    def day(self) -> date | None:
        """The day that the last call was about."""
        said = self.last_call[1].get("day") if self.last_call else None
        try:
            return date.fromisoformat(said) if isinstance(said, str) else None
        except ValueError:
            return None


def read_state(messages: Sequence[BaseMessage]) -> ThreadState:
    """The state before the last human message."""
    focus: dict[str, Entity] = {}
    last_call: tuple[str, dict[str, Any]] | None = None
    for message in reversed(messages[-_LOOK_BACK:]):
        if isinstance(message, ToolMessage):
            for entity in _focus_of(message):
                focus.setdefault(entity.kind, entity)
        elif isinstance(message, AIMessage) and message.tool_calls and last_call is None:
            call = message.tool_calls[-1]
            last_call = (call["name"], dict(call["args"]))
    return ThreadState(focus, last_call, _open_question(messages))


def _focus_of(message: ToolMessage) -> list[Entity]:
    artifact = message.artifact
    if not isinstance(artifact, dict):
        return []
    return [Entity.model_validate(item) for item in artifact.get("focus", ())]


def _open_question(messages: Sequence[BaseMessage]) -> Question | None:
    """A question is open only if nothing was said between it and the last human message."""
    previous = [m for m in messages if not isinstance(m, HumanMessage)]
    last = previous[-1] if previous else None
    if not isinstance(last, AIMessage):
        return None
    asked = last.additional_kwargs.get("asked")
    if not isinstance(asked, dict):
        return None
    options = tuple((label, value) for label, value in asked["options"])
    text = asked.get("text", "")
    return Question(asked["tool"], asked["args"], asked["slot"], options, text)
