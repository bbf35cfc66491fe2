"""Tools without a conversation, for ``tool list`` and ``tool run``."""

from typing import TYPE_CHECKING, Any

from agents.direct import ArgumentsError, call_tool, describe, named
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


def described_tools() -> list[dict[str, Any]]:
    """Every tool as a model sees it."""
    nowhere = Database("sqlite://")  # they are described and never run
    tools = make_tools(Parts(nowhere, Linker(nowhere), Library(nowhere), random_id))
    return [describe(tool) for tool in tools]


async def invoke(
    app: "App", caller: Caller, name: str, args: dict[str, Any], language: Language
) -> tuple[str, dict[str, Any]]:
    """Run one tool; returns its words, and its run in the shape of an answer's ``tools``.

    Raises WrongUseError for an unknown tool and for arguments that its schema refuses.
    """
    tool = named(app.tools, name)
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
    try:
        call = await call_tool(tool, args, context)
    except ArgumentsError as error:
        raise WrongUseError("usage.arguments", name=name, why=str(error)) from None
    return call.words, call.run.model_dump(mode="json")
