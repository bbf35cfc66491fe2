"""What happens to a thread outside of a model's turn: decisions are remembered in it."""

import logging
from typing import Any

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage

from agents.actions import Worded
from agents.decisions import Decision
from agents.reporting import where
from agents.turn import Turn
from agents.twin import Graph
from prompts.filters import label
from storage.vocabulary import Grade

_log = logging.getLogger(__name__)


class Memory:
    """Reads and appends to threads of a graph. The caller holds the thread's turn."""

    def __init__(self, agent: Graph) -> None:
        self._agent = agent

    async def has_asked(self, key: str) -> bool:
        """Whether the thread's last word was a question, which a mere yes would answer."""
        state = await self._agent.aget_state(_config(key))
        messages = state.values.get("messages", [])
        last = messages[-1] if messages else None
        return isinstance(last, AIMessage) and last.additional_kwargs.get("outcome") == "asked"

    async def remember(self, key: str, turn: Turn, decision: Decision, told: Worded) -> None:
        """Append the decision and its receipt for follow-ups; a failure here is only logged."""
        try:
            messages = _messages(turn, decision, told)
            await self._agent.aupdate_state(_config(key), {"messages": messages}, as_node="model")
        except Exception as error:
            _log.error("decision %s is not remembered: %s", turn.context.turn_id, where(error))


def _config(key: str) -> Any:
    return {"configurable": {"thread_id": key}}


def _messages(turn: Turn, decision: Decision, told: Worded) -> list[AnyMessage]:
    words = label(decision.verb, "button", turn.language)
    said = HumanMessage(words, id=turn.context.turn_id)
    if decision.text:
        # The new wording of a private text is as private as the text.
        secret = {"text": decision.text, "grade": Grade.L3.value, "kind": "words"}
        said = HumanMessage(
            f"{words}: {decision.text}",
            id=turn.context.turn_id,
            additional_kwargs={"sensitive": [secret]},
        )
    extra: dict[str, Any] = {"model": "none", "outcome": told.outcome}
    if told.title is not None:
        extra["receipt"] = told.title
    return [said, AIMessage(told.text, additional_kwargs=extra)]
