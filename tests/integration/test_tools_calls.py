"""The tools as a model calls them: schema, injected identity, words and artifact together."""

import itertools
from typing import Any

import pytest
from langchain.agents import create_agent
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool

from tests.fakes.scripted_model import ScriptedModel
from tests.integration.tool_world import CHEN, HR, WANG, World, context
from tools.context import TurnContext
from tools.customers import tool as customers
from tools.diary import tool as diary
from tools.notes import tool as notes


def tools_of(world: World) -> list[BaseTool]:
    numbers = itertools.count(1)
    database, linker = world.database, world.linker
    return [
        *customers.make_tools(database=database, linker=linker),
        *diary.make_tools(database=database, linker=linker),
        *notes.make_tools(
            database=database, linker=linker, new_id=lambda prefix: f"{prefix}-{next(numbers)}"
        ),
    ]


async def call(
    world: World, name: str, args: dict[str, Any], turn: TurnContext | None = None
) -> ToolMessage:
    """One tool call, made by a model inside of the agent graph."""
    request = AIMessage("", tool_calls=[{"name": name, "args": args, "id": "call-1"}])
    model = ScriptedModel(rule=lambda messages: AIMessage("。") if _answered(messages) else request)
    agent = create_agent(model, tools_of(world), context_schema=TurnContext)
    state = await agent.ainvoke({"messages": [HumanMessage("?")]}, context=turn or context())
    return next(m for m in state["messages"] if isinstance(m, ToolMessage))


def _answered(messages: list[Any]) -> bool:
    return isinstance(messages[-1], ToolMessage)


def test_schemas_name_no_identity_and_explain_themselves(world: World) -> None:
    schemas = {t.name: convert_to_openai_tool(t)["function"] for t in tools_of(world)}
    assert {name: sorted(s["parameters"]["properties"]) for name, s in schemas.items()} == {
        "fetch_customer_brief": ["customer", "sections"],
        "my_day": ["day", "days", "person", "scope"],
        "record_note": ["customer", "opportunity", "text"],
        "find_notes": ["author", "customer", "day", "days", "query"],
    }
    assert all(len(schema["description"]) > 80 for schema in schemas.values())
    assert schemas["fetch_customer_brief"]["parameters"]["required"] == ["customer"]
    assert schemas["record_note"]["parameters"]["required"] == ["text"]


@pytest.mark.parametrize(
    ("name", "args", "kind", "words"),
    [
        ("fetch_customer_brief", {"customer": "仁和"}, "customer_brief", "**仁和医院**"),
        (
            "fetch_customer_brief",
            {"customer": "仁和", "sections": ["tickets"]},
            "customer_brief",
            "上次投诉",
        ),
        ("my_day", {}, "day", "11月21日"),
        ("my_day", {"day": "2026-11-22", "days": 2}, "day", "起 2 天"),
        ("record_note", {"text": "周五回电", "customer": "仁和"}, "note_proposal", "> 周五回电"),
        ("find_notes", {}, "notes", "售后"),
        ("find_notes", {"author": "李强"}, "refusal", "李强"),
        ("fetch_customer_brief", {"customer": "没这家"}, "not_found", "没这家"),
        ("my_day", {"day": "明天"}, "problem", "明天"),
        ("record_note", {"text": " "}, "problem", "没有"),
    ],
)
async def test_a_call_brings_words_and_a_typed_artifact(
    world: World, name: str, args: dict[str, Any], kind: str, words: str
) -> None:
    message = await call(world, name, args)
    assert message.status == "success"
    assert words in str(message.content)
    assert isinstance(message.artifact, dict)
    assert message.artifact["kind"] == kind


async def test_the_language_of_the_turn_words_the_answer(world: World) -> None:
    message = await call(world, "my_day", {"day": "2026-11-22"}, context(language="en"))
    assert "Sun 22 Nov (tomorrow)" in str(message.content)


async def test_a_forged_identity_changes_nothing(world: World) -> None:
    forged = {"customer": "仁和", "person_id": "per-wang", "runtime": {"context": {"caller": "x"}}}
    message = await call(world, "fetch_customer_brief", forged, context(HR))
    assert message.artifact["kind"] == "not_found"


async def test_the_note_belongs_to_who_asked(world: World) -> None:
    message = await call(world, "record_note", {"text": "x"}, context(CHEN))
    with world.database.principal(WANG, "test") as session:
        from storage.approvals import get

        assert get(session, message.artifact["actions"][0]["id"]) is None
    with world.database.principal(CHEN, "test") as session:
        assert get(session, message.artifact["actions"][0]["id"]) is not None


async def test_a_section_that_does_not_exist_is_no_crash(world: World) -> None:
    message = await call(
        world, "fetch_customer_brief", {"customer": "仁和", "sections": ["horoscope"]}
    )
    assert message.status == "error"
