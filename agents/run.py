"""One run of the graph for one turn: its live events, and its messages at the end."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from typing import Any

from langchain_core.messages import AIMessageChunk, AnyMessage, HumanMessage, ToolMessage

from agents.events import Progress, TurnEvent
from agents.preview import Preview
from agents.twin import Graph
from tools.context import TurnContext

# Model and tool steps; the model guard ends a turn long before.
_RECURSION = 60


class GraphRun:
    """``messages``: the thread after the run; ``new``: those that came after the person's own."""

    def __init__(self, agent: Graph, context: TurnContext, key: str, *, live: bool) -> None:
        self._agent = agent
        self._context = context
        self._config: Any = {"configurable": {"thread_id": key}, "recursion_limit": _RECURSION}
        self._modes: list[Any] = ["values", "messages", "custom"] if live else ["values"]
        self.preview = Preview()
        self.messages: list[AnyMessage] = []

    @property
    def before(self) -> list[AnyMessage]:
        """The thread as it was when the person spoke."""
        return self.messages[: self._place()]

    @property
    def new(self) -> list[AnyMessage]:
        """What this turn added after the person's message."""
        return self.messages[self._place() + 1 :]

    @property
    def receipts(self) -> list[str]:
        """What was carried out in this thread before, by title."""
        titles = (m.additional_kwargs.get("receipt") for m in self.before)
        return [str(title) for title in titles if title]

    def _place(self) -> int:
        mine = self._context.turn_id
        places = (i for i, m in enumerate(self.messages) if m.id == mine)
        return next(places, len(self.messages))

    async def events(self, message: HumanMessage) -> AsyncGenerator[TurnEvent]:
        """Run the graph on ``message``. Closing this iterator cancels the run and its tools."""
        stream: Any = self._agent.astream(
            {"messages": [message]},
            self._config,
            context=self._context,
            stream_mode=self._modes,
            durability="exit" if self._agent.checkpointer else None,
        )
        async with aclosing(stream):
            async for mode, part in stream:
                for event in self._events(mode, part):
                    yield event

    def _events(self, mode: str, part: Any) -> Iterator[TurnEvent]:
        match mode:
            case "values":
                self.messages = part["messages"]
                self.preview.results([m for m in self.new if isinstance(m, ToolMessage)])
            case "custom" if isinstance(part, Progress):
                if part.phase == "start":
                    yield from self.preview.withdraw()
                yield part
            case "messages" if isinstance(part[0], AIMessageChunk):
                if part[1].get("langgraph_node") == "model":
                    yield from self.preview.chunk(part[0])
