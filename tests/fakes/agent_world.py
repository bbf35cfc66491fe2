"""A small house for agent tests: callers, tools, a checkpointer, a turn service."""

import itertools
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from langchain.tools import ToolRuntime
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage
from langchain_core.tools import BaseTool, StructuredTool
from pydantic import BaseModel

from agents.answer import Answer
from agents.settling import InThread
from agents.threads import thread_key
from agents.turns import TurnService
from agents.twin import Graph, TwinOptions, build_twin
from storage.clock import FixedClock
from storage.identity import Caller
from storage.vocabulary import Role
from tools.artifact import Artifact
from tools.context import TurnContext

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
ANNA = Caller("p-anna", "org-1", "安娜", Role.REP)
BEN = Caller("p-ben", "org-1", "Ben", Role.REP, language="en")


class Words(Artifact):
    """A plain result."""

    kind: str = "words"
    text: str


class Topic(BaseModel):
    """Arguments of the test tools."""

    topic: str = ""


def tool(name: str, work: Callable[[str, TurnContext], Artifact | Exception]) -> BaseTool:
    """A tool whose artifact ``work`` makes; an exception is raised. Its words are the text."""

    async def run(topic: str, runtime: ToolRuntime[TurnContext]) -> tuple[str, dict[str, Any]]:
        result = work(topic, runtime.context)
        if isinstance(result, Exception):
            raise result
        artifact = result.model_dump(mode="json")
        return str(artifact.get("text", artifact["kind"])), artifact

    return StructuredTool.from_function(
        coroutine=run,
        name=name,
        description=f"test tool {name}",
        args_schema=Topic,
        response_format="content_and_artifact",
    )


def echo(name: str = "echo") -> BaseTool:
    """Says who asked for what."""
    return tool(name, lambda topic, ctx: Words(text=f"{ctx.caller.name}:{topic}"))


class Ledger:
    """An audit that keeps answers in memory."""

    def __init__(self) -> None:
        self.rows: list[tuple[TurnContext, Answer]] = []

    def record(self, context: TurnContext, answer: Answer) -> None:
        self.rows.append((context, answer))

    async def close(self) -> None:
        return None


def counter() -> Callable[[str], str]:
    """Ids in order: turn-1, thr-2 …"""
    numbers = itertools.count(1)
    return lambda prefix: f"{prefix}-{next(numbers)}"


def twin(
    model: BaseChatModel,
    tools: Sequence[BaseTool] = (),
    checkpointer: Any = None,
    options: TwinOptions | None = None,
) -> Graph:
    """A graph over a model and tools."""
    return build_twin(model, tools or [echo()], checkpointer, options)


class NoActions:
    """Where nothing ever waits."""

    async def find(self, *_args: Any) -> None:
        return None

    async def in_thread(self, *_args: Any) -> InThread:
        return InThread()


def service(agent: Graph, ledger: Ledger | None = None, **options: Any) -> TurnService:
    """A turn service over a graph."""
    return TurnService(
        agent,
        actions=options.pop("actions", None) or NoActions(),
        audit=ledger or Ledger(),
        clock=FixedClock(NOW),
        new_id=options.pop("new_id", None) or counter(),
        **options,
    )


def context(caller: Caller = ANNA, thread: str = "t", **values: Any) -> TurnContext:
    """A turn context."""
    return TurnContext(caller, thread, values.pop("turn_id", "turn-x"), NOW, **values)


async def messages_of(agent: Graph, caller: Caller, thread: str) -> list[Any]:
    """What a thread holds; no turn of it hangs in the middle."""
    key = thread_key(caller.org_id, caller.person_id, thread)
    state = await agent.aget_state({"configurable": {"thread_id": key}})
    assert state.next == ()
    return list(state.values.get("messages", []))


def spoken(messages: list[Any]) -> list[str]:
    """What the person said."""
    return [str(m.content) for m in messages if isinstance(m, HumanMessage)]
