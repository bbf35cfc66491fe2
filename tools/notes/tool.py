"""``record_note`` and ``find_notes`` as LangChain tools."""

from typing import Any

from langchain.tools import ToolRuntime
from langchain_core.tools import BaseTool, StructuredTool

from prompts.library import render
from storage.clock import IdSource
from storage.database import Database
from tools.artifact import Artifact
from tools.context import TurnContext
from tools.customers.naming import Linking
from tools.notes.schemas import FindArguments, RecordArguments
from tools.notes.service import TOOL, find_own_notes, propose_note


def make_tools(*, database: Database, linker: Linking, new_id: IdSource) -> list[BaseTool]:
    """The tools of this capability."""

    async def record_note(
        text: str,
        runtime: ToolRuntime[TurnContext],
        customer: str | None = None,
        opportunity: str | None = None,
    ) -> tuple[str, dict[str, Any]]:
        """Propose a private note of the caller about a customer, a deal or nothing in particular.

        Nothing is written by this call: the person sees the exact text and adopts, edits or
        ignores it. Only the author can ever read the note. Give ``text`` word for word as it was
        said, without summary or correction; use it only when the person asked to write down.
        """
        result = await propose_note(
            runtime.context,
            database=database,
            linker=linker,
            new_id=new_id,
            text=text,
            customer=customer,
            opportunity=opportunity,
        )
        return _worded(result, runtime.context)

    async def find_notes(
        runtime: ToolRuntime[TurnContext],
        customer: str | None = None,
        author: str | None = None,
        query: str | None = None,
        day: str | None = None,
        days: int = 1,
    ) -> tuple[str, dict[str, Any]]:
        """The caller's own notes, with dates, by customer, by words and by when they were written.

        Notes of other people are private for every role; with ``author`` naming somebody else
        the answer is a refusal, whether or not there are any.
        """
        result = await find_own_notes(
            runtime.context,
            database=database,
            linker=linker,
            customer=customer,
            author=author,
            query=query,
            day=day,
            days=days,
        )
        return _worded(result, runtime.context)

    return [
        StructuredTool.from_function(
            coroutine=record_note,
            name=TOOL,
            args_schema=RecordArguments,
            response_format="content_and_artifact",
        ),
        StructuredTool.from_function(
            coroutine=find_notes,
            name="find_notes",
            args_schema=FindArguments,
            response_format="content_and_artifact",
        ),
    ]


def _worded(result: Artifact, context: TurnContext) -> tuple[str, dict[str, Any]]:
    shown = result.model_dump(mode="json")
    return render(result.kind, context.language, shown), shown
