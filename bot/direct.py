"""Tools without a conversation, for ``tool list`` and ``tool run``.

A tool is called as the graph would call it: with the caller as runtime context.
"""

import time
from typing import TYPE_CHECKING, Any

from langchain.tools import ToolRuntime
from langchain_core.messages import ToolMessage
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import ValidationError

from bot.errors import WrongUseError
from bot.wording import Language
from knowledge_base.search import Library
from storage.clock import random_id
from storage.database import Database
from storage.identity import Caller
from tools.context import TurnContext
from tools.linking.service import Linker
from tools.registry import Parts, make_tools

if TYPE_CHECKING:
    from bot.container import App


def all_tools() -> list[BaseTool]:
    """The tools as they are described, over no database: they cannot run."""
    nowhere = Database("sqlite://")
    return make_tools(Parts(nowhere, Linker(nowhere), Library(nowhere), random_id))


def describe(tool: BaseTool) -> dict[str, Any]:
    """Name, description and JSON Schema, as a model sees them."""
    function = convert_to_openai_tool(tool)["function"]
    return {
        "name": function["name"],
        "description": function["description"],
        "schema": function["parameters"],
    }


async def invoke(
    app: "App", caller: Caller, name: str, args: dict[str, Any], language: Language
) -> tuple[str, dict[str, Any]]:
    """Run one tool; returns its words, and its run in the shape of an answer's ``tools``.

    Raises WrongUseError for an unknown tool and for arguments that its schema refuses.
    """
    tool = next((tool for tool in app.tools if tool.name == name), None)
    if tool is None:
        names = ", ".join(tool.name for tool in app.tools)
        raise WrongUseError("usage.no_tool", name=name, names=names)
    context = TurnContext(
        caller=caller,
        thread_id=app.new_id("thr"),
        turn_id=app.new_id("turn"),
        now=app.clock.now(),
        language=language,
    )
    started = time.perf_counter()
    message = await _call(tool, args, context)
    spent = (time.perf_counter() - started) * 1000
    artifact = message.artifact if isinstance(message.artifact, dict) else None
    ok = artifact is not None and artifact.get("outcome") != "error"
    run = {"name": name, "args": args, "ok": ok, "result": artifact, "ms": round(spent, 1)}
    return str(message.text), run


async def _call(tool: BaseTool, args: dict[str, Any], context: TurnContext) -> ToolMessage:
    runtime: ToolRuntime[TurnContext, dict[str, Any]] = ToolRuntime(
        state={},
        context=context,
        config={},
        stream_writer=lambda _: None,
        tool_call_id=context.turn_id,
        store=None,
    )
    refused = sorted(set(args) - set(tool.args))
    if refused:
        raise WrongUseError("usage.arguments", name=tool.name, why=", ".join(refused))
    call = {"name": tool.name, "args": {**args, "runtime": runtime}, "id": context.turn_id}
    try:
        message: ToolMessage = await tool.ainvoke({**call, "type": "tool_call"})
    except ValidationError as error:
        places = (".".join(map(str, one["loc"])) for one in error.errors(include_url=False))
        raise WrongUseError("usage.arguments", name=tool.name, why=", ".join(places)) from None
    return message
