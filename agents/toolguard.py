"""Nothing that a tool does or gets wrong leaves the tool call: every end is a typed result."""

import asyncio
import logging
import marshal
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from langchain.agents.middleware.types import AgentMiddleware, ToolCallRequest
from langchain_core.messages import ToolMessage
from langchain_core.tools import BaseTool
from langgraph.errors import GraphBubbleUp
from langgraph.types import Command
from pydantic import BaseModel, ValidationError

from agents.events import Progress
from agents.identity import MissingCallerError, require_context
from agents.reporting import where
from agents.wording import problem
from storage.errors import StorageError
from tools.artifact import Problem
from tools.context import TurnContext

ToolHandler = Callable[[ToolCallRequest], Awaitable[ToolMessage | Command[Any]]]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ToolLimits:
    """Bounds of one tool call: seconds, characters of its words, bytes of its artifact."""

    seconds: float = 30.0
    words: int = 40_000
    artifact: int = 1_000_000


class ToolGuard(AgentMiddleware[Any, TurnContext, Any]):
    """Drops what a model may not say, bounds the call, words its failures, takes the time."""

    def __init__(self, limits: ToolLimits) -> None:
        super().__init__()
        self._limits = limits
        self._arguments: dict[str, frozenset[str]] = {}

    def awrap_tool_call(
        self, request: ToolCallRequest, handler: ToolHandler
    ) -> Coroutine[Any, Any, ToolMessage | Command[Any]]:
        return self._call(request, handler)

    async def _call(
        self, request: ToolCallRequest, handler: ToolHandler
    ) -> ToolMessage | Command[Any]:
        context = require_context(request.runtime)
        call, name = request.tool_call, request.tool_call["name"]
        started = time.perf_counter()
        request.runtime.stream_writer(Progress(name, "start"))
        args = self._known(request.tool, call["args"])
        if len(args) < len(call["args"]):
            request = request.override(tool_call={**call, "args": args})
        message = await self._run(request, handler, context)
        spent = round((time.perf_counter() - started) * 1000, 2)
        message.additional_kwargs["ms"] = spent
        if len(args) < len(call["args"]):
            message.additional_kwargs["args"] = args
        request.runtime.stream_writer(Progress(name, "end", message.status != "error", spent))
        return message

    def _known(self, tool: BaseTool | None, args: dict[str, Any]) -> dict[str, Any]:
        """The arguments that the tool declares. Identity is never one of them (forged: gone)."""
        if tool is None:
            return args
        known = self._arguments.get(tool.name)
        if known is None:
            known = self._arguments[tool.name] = _declared(tool)
        return {key: value for key, value in args.items() if key in known}

    async def _run(
        self, request: ToolCallRequest, handler: ToolHandler, context: TurnContext
    ) -> ToolMessage:
        reason, detail = "unknown_tool", request.tool_call["name"]
        if request.tool is not None:
            try:
                async with asyncio.timeout(self._limits.seconds):
                    message = await handler(request)
                reason, detail = self._fault(request, message)
                if not reason and isinstance(message, ToolMessage):
                    return message
            except (GraphBubbleUp, MissingCallerError):
                raise
            except Exception as error:
                reason, detail = _reason(error)
                _log.error("tool %s failed: %s", request.tool_call["name"], where(error))
        return _failed(request, reason, detail, context)

    def _fault(
        self, request: ToolCallRequest, message: ToolMessage | Command[Any]
    ) -> tuple[str, str]:
        """Why a returned message does not stand, as (reason, detail); ("", "") if it does."""
        if not isinstance(message, ToolMessage):
            return "internal", ""
        if message.status == "error" and message.artifact is None:
            return "bad_arguments", wrong_arguments(request.tool, request.tool_call["args"])
        if len(str(message.content)) > self._limits.words:
            return "too_large", ""
        # Plain values only, as JSON has them; counted in bytes, which takes a tenth of the time.
        size = len(marshal.dumps(message.artifact))
        return ("too_large", "") if size > self._limits.artifact else ("", "")


def _declared(tool: BaseTool) -> frozenset[str]:
    schema = tool.args_schema
    if isinstance(schema, type) and issubclass(schema, BaseModel):
        return frozenset(schema.model_fields)
    return frozenset(tool.args)


def wrong_arguments(tool: BaseTool | None, args: dict[str, Any]) -> str:
    """Names of the arguments that do not fit the tool's schema; no values, they may be data."""
    schema = tool.args_schema if tool is not None else None
    if not isinstance(schema, type) or not issubclass(schema, BaseModel):
        return ""
    try:
        schema.model_validate(args)
    except ValidationError as error:
        places = (".".join(map(str, item["loc"])) for item in error.errors())
        return ", ".join(dict.fromkeys(places))
    return ""


def _reason(error: Exception) -> tuple[str, str]:
    if isinstance(error, StorageError):
        return f"storage_{error.reason}", error.detail
    if isinstance(error, TimeoutError):
        return "timeout", ""
    return "internal", ""


def _failed(
    request: ToolCallRequest, reason: str, detail: str, context: TurnContext
) -> ToolMessage:
    return ToolMessage(
        problem(reason, context.language, detail),
        name=request.tool_call["name"],
        tool_call_id=str(request.tool_call["id"]),
        status="error",
        artifact=Problem(reason=reason, detail=detail).model_dump(mode="json"),
    )
