"""Asks ``fetch_customer_brief`` in the name of the rep of ``tool_world``."""

from typing import Any

from prompts.library import render
from tests.integration.tool_world import WANG, World, context
from tools.artifact import Artifact, Fact
from tools.context import Language
from tools.customers.schemas import CustomerBrief, Section
from tools.customers.service import fetch_brief


async def ask(
    world: World, customer: str = "仁和医院", *sections: Section, language: Language = "zh"
) -> Artifact:
    return await fetch_brief(
        context(WANG, language),
        database=world.database,
        linker=world.linker,
        customer=customer,
        sections=sections or None,
    )


async def brief(world: World, customer: str = "仁和医院", *sections: Section) -> CustomerBrief:
    result = await ask(world, customer, *sections)
    assert isinstance(result, CustomerBrief)
    return result


def words(result: Artifact, language: Language = "zh") -> str:
    return render(result.kind, language, result.model_dump(mode="json"))


def facts(result: CustomerBrief) -> list[Fact]:
    lists = (getattr(result, name) for name in type(result).model_fields)
    return [item for value in lists if isinstance(value, list) for item in value if _is(item)]


def _is(item: Any) -> bool:
    return isinstance(item, Fact)
