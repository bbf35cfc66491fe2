"""The rep's twin: one compiled agent graph, built once and used for everybody.

Who asks travels as runtime context, so the graph itself knows nobody.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from langchain.agents import create_agent
from langchain_core.language_models import BaseChatModel
from langchain_core.tools import BaseTool
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph.state import CompiledStateGraph

from agents.egress import EgressOptions
from agents.endpoint import RetryPolicy
from agents.fallback import RemoteOptions, Sleep
from agents.history import TwinState
from agents.middleware import TurnLimits, build_stack
from agents.models import RemoteModel, silence_tracing
from agents.toolguard import ToolLimits
from tools.context import TurnContext

PERSONA = "twin"
Graph = CompiledStateGraph[Any, TurnContext, Any, Any]


@dataclass(frozen=True, slots=True)
class TwinOptions:
    """How a twin is built. Without ``remote`` the given model answers alone."""

    persona: str = PERSONA
    remote: RemoteModel | None = None
    egress: EgressOptions | None = None
    retry: RetryPolicy | None = None
    sleep: Sleep = asyncio.sleep
    limits: TurnLimits | None = None
    tool_limits: ToolLimits | None = None


def build_twin(
    model: BaseChatModel,
    tools: Sequence[BaseTool],
    checkpointer: BaseCheckpointSaver[Any] | None,
    options: TwinOptions | None = None,
) -> Graph:
    """The agent. ``model`` is the local one: it answers, or takes over from ``options.remote``."""
    silence_tracing()
    options = options or TwinOptions()
    remote = _remote(model, options)
    return create_agent(
        options.remote.chat if options.remote else model,
        list(tools),
        middleware=build_stack(
            options.persona, remote, limits=options.limits, tool_limits=options.tool_limits
        ),
        state_schema=TwinState,
        context_schema=TurnContext,
        checkpointer=checkpointer,
        name=options.persona,
    )


def _remote(local: BaseChatModel, options: TwinOptions) -> RemoteOptions | None:
    if options.remote is None:
        return None
    return RemoteOptions(
        label=options.remote.label,
        local=local,
        egress=options.egress or EgressOptions(),
        retry=options.retry or RetryPolicy(),
        sleep=options.sleep,
    )
