"""What stands around every model call and every tool call of a turn, in one ordered stack.

Only ``wrap_*`` hooks: a ``before_*`` or ``after_*`` hook would be a graph node of its own.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from langchain.agents.middleware.types import AgentMiddleware, ModelRequest, ModelResponse
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, SystemMessage

from agents.egress import EgressMiddleware
from agents.fallback import FallbackMiddleware, RemoteOptions
from agents.identity import require_context
from agents.modelcall import ModelHandler, ModelMiddleware
from agents.persona import fill
from agents.toolguard import ToolGuard, ToolLimits
from agents.wording import problem
from tools.context import TurnContext


@dataclass(frozen=True, slots=True)
class TurnLimits:
    """Bounds of one turn: model calls, and tool calls that one model message may ask for."""

    model_calls: int = 8
    calls_per_message: int = 8


class ModelGuard(ModelMiddleware):
    """Requires a caller, bounds the loop, fills the persona in, and takes the time."""

    def __init__(self, persona: str, limits: TurnLimits) -> None:
        super().__init__()
        self._persona = persona
        self._limits = limits

    async def around(
        self, request: ModelRequest[TurnContext], handler: ModelHandler
    ) -> ModelResponse[Any]:
        context = require_context(request.runtime)
        if _calls_so_far(request.messages) >= self._limits.model_calls:
            text = problem("too_many_steps", context.language)
            return ModelResponse([AIMessage(text, additional_kwargs={"outcome": "error"})])
        started = time.perf_counter()
        system = SystemMessage(fill(self._persona, context))
        response = await handler(request.override(system_message=system))
        spent = (time.perf_counter() - started) * 1000
        return ModelResponse([self._finished(m, spent) for m in response.result])

    def _finished(self, message: Any, milliseconds: float) -> Any:
        extra = {**message.additional_kwargs, "ms": round(milliseconds, 2)}
        update: dict[str, Any] = {"additional_kwargs": extra}
        if len(message.tool_calls) > self._limits.calls_per_message:
            update["tool_calls"] = message.tool_calls[: self._limits.calls_per_message]
        return message.model_copy(update=update)


def _calls_so_far(messages: Sequence[AnyMessage]) -> int:
    count = 0
    for message in reversed(messages):
        if isinstance(message, HumanMessage):
            break
        count += isinstance(message, AIMessage)
    return count


def build_stack(
    persona: str,
    remote: RemoteOptions | None = None,
    *,
    limits: TurnLimits | None = None,
    tool_limits: ToolLimits | None = None,
) -> list[AgentMiddleware[Any, TurnContext, Any]]:
    """The stack, outermost first: guard, fallback, egress (next to the model); tool guard."""
    stack: list[AgentMiddleware[Any, TurnContext, Any]] = [
        ModelGuard(persona, limits or TurnLimits())
    ]
    if remote is not None:
        stack.append(FallbackMiddleware(remote))
        stack.append(EgressMiddleware(remote.local, remote.egress))
    return [*stack, ToolGuard(tool_limits or ToolLimits())]
