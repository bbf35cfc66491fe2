"""A turn service whose model is the loopback endpoint, with a scripted planner behind it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from langchain_core.messages import AIMessage
from langchain_core.tools import BaseTool

from agents.egress import EgressOptions
from agents.endpoint import RetryPolicy
from agents.models import ModelOptions, build_remote
from agents.turns import TurnService
from agents.twin import Graph, TwinOptions
from storage.checkpoints import open_checkpointer
from tests.fakes.agent_world import service, twin
from tests.fakes.openai_server import KEY, OpenAIServer, openai_server
from tests.fakes.scripted_model import ScriptedModel, results

LABEL = "openai:test-model"


def planned(messages: list[Any]) -> AIMessage:
    """The stand-in planner: the tools' words, or a word of its own."""
    found = results(messages)
    return AIMessage("\n".join(str(m.content) for m in found) or "规划器的回答")


@dataclass
class Endpoint:
    """``waited``: the seconds that the fallback would have slept."""

    server: OpenAIServer
    turns: TurnService
    agent: Graph
    planner: ScriptedModel
    waited: list[float] = field(default_factory=list)


@asynccontextmanager
async def endpoint(
    path: Path,
    tools: Sequence[BaseTool] = (),
    *,
    key: str = KEY,
    patience: float = 10.0,
    egress: EgressOptions | None = None,
    address: str | None = None,
    **options: Any,
) -> AsyncIterator[Endpoint]:
    """Everything running; closed in order at the end."""
    planner, waited = ScriptedModel(rule=planned), list[float]()

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    async with openai_server() as server, open_checkpointer(path / "threads.db") as saver:
        remote = build_remote(
            ModelOptions(
                name=LABEL, api_key=key, base_url=address or server.address, timeout=patience
            )
        )
        assert remote is not None
        built = TwinOptions(remote=remote, egress=egress, retry=RetryPolicy(), sleep=sleep)
        agent = twin(planner, tools, saver, built)
        turns = service(agent, model=LABEL, **options)
        try:
            yield Endpoint(server, turns, agent, planner, waited)
        finally:
            await remote.close()
