"""A remote model that fails is replaced by the planner, visibly, for the rest of the turn."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from langchain.agents.middleware.types import ModelRequest, ModelResponse
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage

from agents.egress import EgressOptions
from agents.endpoint import Failure, RetryPolicy, classify, wait_before
from agents.identity import require_context
from agents.modelcall import ModelHandler, ModelMiddleware
from prompts.library import load_prompt
from tools.context import TurnContext

Sleep = Callable[[float], Awaitable[None]]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RemoteOptions:
    """What a remote model needs around it; ``label`` is its name in answers."""

    label: str
    local: BaseChatModel
    egress: EgressOptions
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    sleep: Sleep = asyncio.sleep


class FallbackMiddleware(ModelMiddleware):
    """Retries what may pass, asks once for a repair, then lets the local model answer.

    Replies carry ``model`` (who really spoke) and, once, ``fallback`` (why) in their extras.
    """

    def __init__(self, options: RemoteOptions) -> None:
        super().__init__()
        self._local = options.local
        self._label = options.label
        self._policy = options.retry
        self._sleep = options.sleep

    async def around(
        self, request: ModelRequest[TurnContext], handler: ModelHandler
    ) -> ModelResponse[Any]:
        if (label := _fell_back(request.messages)) is not None:
            return await self._locally(request, handler, {"model": label})
        reply = await self._remotely(request.override(tool_choice="auto"), handler)
        if isinstance(reply, ModelResponse):
            return _labelled(reply, {"model": self._label})
        _log.warning("model %s failed: %s; the planner takes over", self._label, reply.short)
        label = f"planner ({self._label} failed: {reply.short})"
        return await self._locally(request, handler, {"model": label, "fallback": reply.reason})

    async def _locally(
        self, request: ModelRequest[TurnContext], handler: ModelHandler, extra: dict[str, Any]
    ) -> ModelResponse[Any]:
        return _labelled(await handler(request.override(model=self._local)), extra)

    async def _remotely(
        self, request: ModelRequest[TurnContext], handler: ModelHandler
    ) -> ModelResponse[Any] | Failure:
        """A sound reply, or why there is none."""
        reply = await self._attempts(request, handler)
        if isinstance(reply, Failure) or not (fault := _fault(reply)):
            return reply
        language = require_context(request.runtime).language
        please = HumanMessage(load_prompt("repair", language).text)
        again = request.override(messages=[*request.messages, please])
        reply = await self._attempts(again, handler)
        if isinstance(reply, Failure) or not (fault := _fault(reply)):
            return reply
        return Failure("malformed", fault)

    async def _attempts(
        self, request: ModelRequest[TurnContext], handler: ModelHandler
    ) -> ModelResponse[Any] | Failure:
        attempt = 0
        while True:
            try:
                return await handler(request)
            except Exception as error:
                failure = classify(error)
            wait = wait_before(failure, attempt, self._policy)
            if wait is None:
                return failure
            attempt += 1
            await self._sleep(wait)


def _fell_back(messages: Sequence[AnyMessage]) -> str | None:
    """The label of a fallback earlier in this turn: a dead endpoint is not asked twice."""
    for message in reversed(messages):
        if isinstance(message, HumanMessage):
            return None
        if isinstance(message, AIMessage) and (
            str(message.additional_kwargs.get("model", "")).startswith("planner (")
        ):
            return str(message.additional_kwargs["model"])
    return None


def _fault(reply: ModelResponse[Any]) -> str | None:
    """What is wrong with a reply that came: tool arguments that are no JSON, or nothing at all."""
    message = reply.result[-1]
    if not isinstance(message, AIMessage):
        return "malformed reply"
    if message.invalid_tool_calls:
        return "malformed tool call"
    return None if message.tool_calls or str(message.text).strip() else "empty reply"


def _labelled(reply: ModelResponse[Any], extra: dict[str, Any]) -> ModelResponse[Any]:
    messages = [
        m.model_copy(update={"additional_kwargs": {**m.additional_kwargs, **extra}})
        for m in reply.result
    ]
    return ModelResponse(messages)
