"""Tools without a conversation: described, or called as the graph calls them.

A call has the caller as its runtime context and stands under the same guard as in a turn, so that
what a tool does wrong is a typed result here too.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from langchain.agents.middleware.types import ToolCallRequest
from langchain.tools import ToolRuntime
from langchain_core.messages import ToolMessage
from langchain_core.messages.tool import tool_call
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool
from langgraph.types import Command

from agents.answer import ToolRun
from agents.toolguard import ToolGuard, ToolLimits, wrong_arguments
from tools.context import TurnContext


class ArgumentsError(ValueError):
    """Arguments that the tool's schema refuses; the text names them, without their values."""


@dataclass(frozen=True, slots=True)
class DirectCall:
    """A finished call: its words, and its run in the shape of an answer's ``tools``."""

    words: str
    run: ToolRun


def describe(tool: BaseTool) -> dict[str, Any]:
    """Name, description and JSON Schema, as a model sees them."""
    function = convert_to_openai_tool(tool)["function"]
    return {
        "name": function["name"],
        "description": function["description"],
        "schema": function["parameters"],
    }


async def call_tool(
    tool: BaseTool, args: dict[str, Any], context: TurnContext, limits: ToolLimits | None = None
) -> DirectCall:
    """Call one tool. Raises ArgumentsError before anything runs; a failing tool is a result."""
    unknown = ", ".join(sorted(set(args) - set(tool.args)))
    if refused := unknown or wrong_arguments(tool, args):
        raise ArgumentsError(refused)
    started = time.perf_counter()
    message = await _guarded(tool, args, context, limits or ToolLimits())
    spent = round((time.perf_counter() - started) * 1000, 1)
    artifact = message.artifact if isinstance(message.artifact, dict) else None
    ok = artifact is not None and artifact.get("outcome") != "error"
    run = ToolRun(name=tool.name, args=args, ok=ok, result=artifact, ms=spent)
    return DirectCall(str(message.text), run)


async def _guarded(
    tool: BaseTool, args: dict[str, Any], context: TurnContext, limits: ToolLimits
) -> ToolMessage:
    runtime: ToolRuntime[Any, Any] = ToolRuntime(
        state={},
        context=context,
        config={},
        stream_writer=lambda _: None,
        tool_call_id=context.turn_id,
        store=None,
    )
    call = tool_call(name=tool.name, args=args, id=context.turn_id)
    request = ToolCallRequest(call, tool, {}, runtime)
    message = await ToolGuard(limits).awrap_tool_call(request, _called)
    if not isinstance(message, ToolMessage):
        raise TypeError("a guarded tool call ends in a message")
    return message


async def _called(request: ToolCallRequest) -> ToolMessage | Command[Any]:
    """What the graph's tool node does: hand the runtime in beside the arguments."""
    if request.tool is None:
        raise TypeError("there is no call without a tool")
    call = request.tool_call
    args = {**call["args"], "runtime": request.runtime}
    message: ToolMessage = await request.tool.ainvoke({**call, "args": args, "type": "tool_call"})
    return message


def named(tools: Sequence[BaseTool], name: str) -> BaseTool | None:
    """The tool of that name."""
    return next((tool for tool in tools if tool.name == name), None)
