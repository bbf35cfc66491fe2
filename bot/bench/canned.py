"""Tools that answer from memory what the real ones answered once."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from langchain.tools import ToolRuntime
from langchain_core.tools import BaseTool, StructuredTool

from bot.direct import invoke
from storage.identity import Caller
from tools.context import TurnContext

if TYPE_CHECKING:
    from bot.container import App


async def canned_tools(
    app: "App", caller: Caller, calls: Sequence[tuple[str, dict[str, Any]]]
) -> list[BaseTool]:
    """One tool per call, with the real tool's name, description and schema."""
    real = {tool.name: tool for tool in app.tools}
    tools = []
    for name, args in calls:
        text, run = await invoke(app, caller, name, args, "zh")
        tools.append(_canned(real[name], text, run["result"]))
    return tools


def _canned(tool: BaseTool, text: str, artifact: dict[str, Any]) -> BaseTool:
    async def answer(runtime: ToolRuntime[TurnContext], **_: Any) -> tuple[str, dict[str, Any]]:
        del runtime
        return text, artifact

    return StructuredTool.from_function(
        coroutine=answer,
        name=tool.name,
        description=tool.description,
        args_schema=tool.args_schema,
        response_format="content_and_artifact",
    )
