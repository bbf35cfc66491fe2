"""``fetch_customer_brief`` as a LangChain tool."""

from typing import Any

from langchain.tools import ToolRuntime
from langchain_core.tools import BaseTool

from prompts.library import render
from storage.database import Database
from tools.context import TurnContext
from tools.customers.naming import Linking
from tools.customers.schemas import BriefArguments, Section
from tools.customers.service import fetch_brief
from tools.plain import PlainTool


def make_tools(*, database: Database, linker: Linking) -> list[BaseTool]:
    """The tools of this capability."""

    async def fetch_customer_brief(
        customer: str,
        runtime: ToolRuntime[TurnContext],
        sections: list[Section] | None = None,
    ) -> tuple[str, dict[str, Any]]:
        """What is known about a customer: who they are, the people there and their roles, contact
        history, open deals with stage age, commitments, service tickets and complaints,
        competitors, contracts and payments, outside news, the next meeting, risks.

        Use it before a visit or call and for any question about one customer. Leave ``sections``
        out for the whole brief on one screen; name sections to answer one question in detail
        (last complaint: tickets; who decides, phone: people; contract end: contracts;
        what was promised: commitments; last contact: history). Every fact names its source and
        date; what is unknown is said to be unknown – never fill it in.
        """
        result = await fetch_brief(
            runtime.context,
            database=database,
            linker=linker,
            customer=customer,
            sections=sections,
        )
        shown = result.model_dump(mode="json")
        return render(result.kind, runtime.context.language, shown), shown

    return [
        PlainTool.from_function(
            coroutine=fetch_customer_brief,
            name="fetch_customer_brief",
            args_schema=BriefArguments,
            response_format="content_and_artifact",
        )
    ]
