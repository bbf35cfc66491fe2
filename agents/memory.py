"""What happens to a thread outside of a model's turn: decisions are remembered in it."""

import logging
from collections.abc import Sequence
from typing import Any

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage

from agents.cards import Worded, sensitive
from agents.reporting import where
from agents.settling import LastWord, Offer
from agents.turn import Turn
from agents.twin import Graph

_log = logging.getLogger(__name__)


class Memory:
    """Reads and appends to threads of a graph. The caller holds the thread's turn."""

    def __init__(self, agent: Graph) -> None:
        self._agent = agent

    async def last_word(self, key: str) -> LastWord:
        """How the thread ends."""
        state = await self._agent.aget_state(_config(key))
        return last_word(state.values.get("messages", []))

    async def remember(self, key: str, turn: Turn, said: str, told: Worded) -> None:
        """Append what was said and told for follow-ups; a failure here is only logged."""
        try:
            messages = _messages(turn, said, told)
            await self._agent.aupdate_state(_config(key), {"messages": messages}, as_node="model")
        except Exception as error:
            _log.error("decision %s is not remembered: %s", turn.context.turn_id, where(error))


def last_word(messages: Sequence[AnyMessage]) -> LastWord:
    """The end of a thread with these messages. Pure."""
    places = [i for i, message in enumerate(messages) if isinstance(message, HumanMessage)]
    if not places:
        return LastWord()
    spoken, reply = messages[places[-1]], messages[places[-1] + 1 :]
    last = reply[-1] if reply else None
    extra = last.additional_kwargs if isinstance(last, AIMessage) else {}
    offer = extra.get("offer")
    return LastWord(
        turn=spoken.id,
        asks=bool(extra.get("outcome") == "asked" or extra.get("asked") or any(map(_asks, reply))),
        offer=Offer(offer["verb"], tuple(offer["ids"]), offer["text"]) if offer else None,
    )


def _asks(message: AnyMessage) -> bool:
    artifact = message.artifact if isinstance(message, ToolMessage) else None
    return isinstance(artifact, dict) and artifact.get("outcome") == "asked"


def _config(key: str) -> Any:
    return {"configurable": {"thread_id": key}}


def _messages(turn: Turn, said: str, told: Worded) -> list[AnyMessage]:
    private = {"sensitive": sensitive(told.private)} if told.private else {}
    extra: dict[str, Any] = {"model": "none", "outcome": told.outcome}
    if told.title is not None:
        extra["receipt"] = told.title
    if told.offer is not None:
        extra["offer"] = told.offer.dump()
    human = HumanMessage(said, id=turn.context.turn_id, additional_kwargs=private)
    return [human, AIMessage(told.text, additional_kwargs={**extra, **private})]
