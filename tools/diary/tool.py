"""``my_day`` as a LangChain tool."""

from typing import Any

from langchain.tools import ToolRuntime
from langchain_core.tools import BaseTool

from prompts.library import render
from storage.database import Database
from tools.context import TurnContext
from tools.customers.naming import Linking
from tools.diary.schemas import DayArguments, Scope
from tools.diary.service import fetch_day
from tools.plain import PlainTool


def make_tools(*, database: Database, linker: Linking) -> list[BaseTool]:
    """The tools of this capability."""

    async def my_day(
        runtime: ToolRuntime[TurnContext],
        day: str | None = None,
        days: int = 1,
        scope: Scope = "mine",
        person: str | None = None,
    ) -> tuple[str, dict[str, Any]]:
        """The day or week of the caller, or of a colleague whom the caller leads: appointments
        with customers in order, clashes and free time, promises that are due or overdue, deals
        that close or are stuck, open tickets of the customers to be met, and what to do first.

        ``day`` is an ISO date (work out "tomorrow" or "next Tuesday" first); ``days`` makes it a
        range. ``scope`` "team" adds the team's key meetings and what is due or stuck in the team,
        for managers only. ``person`` names the one colleague whose calendar is asked for.
        """
        result = await fetch_day(
            runtime.context,
            database=database,
            linker=linker,
            day=day,
            days=days,
            scope=scope,
            person=person,
        )
        shown = result.model_dump(mode="json")
        return render(result.kind, runtime.context.language, shown), shown

    return [
        PlainTool.from_function(
            coroutine=my_day,
            name="my_day",
            args_schema=DayArguments,
            response_format="content_and_artifact",
        )
    ]
