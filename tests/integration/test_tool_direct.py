"""A tool without a conversation stands under the same guard as in a turn."""

import asyncio
from typing import Any

import pytest
from langchain.tools import ToolRuntime
from langchain_core.tools import BaseTool, StructuredTool
from pydantic import BaseModel

from agents.direct import ArgumentsError, call_tool, describe
from agents.toolguard import ToolLimits
from storage.errors import StorageError
from tests.fakes.agent_world import ANNA, NOW, Words, tool
from tools.context import TurnContext

CONTEXT = TurnContext(ANNA, "thr", "turn", NOW, "en")


class Strict(BaseModel):
    number: int


def broken(_topic: str, _context: TurnContext) -> Words:
    Strict.model_validate({"number": "none"})
    return Words(text="never")


async def test_a_call_has_the_shape_of_an_answers_tools() -> None:
    found = await call_tool(
        tool("t", lambda t, c: Words(text=f"{t} {c.caller.name}")), {"topic": "x"}, CONTEXT
    )
    assert found.words == "x 安娜"
    assert found.run.model_dump().keys() == {"name", "args", "ok", "result", "ms"}
    assert (found.run.ok, found.run.args) == (True, {"topic": "x"})


async def test_a_validation_error_inside_a_tool_is_its_failure_and_no_wrong_usage() -> None:
    found = await call_tool(tool("t", broken), {"topic": "x"}, CONTEXT)
    assert found.run.ok is False
    assert found.run.result is not None
    assert found.run.result["reason"] == "internal"


async def test_a_database_that_fails_is_a_typed_result() -> None:
    failing = tool("t", lambda _t, _c: StorageError("locked", "a.db"))
    found = await call_tool(failing, {}, CONTEXT)
    assert found.run.result is not None
    assert found.run.result["reason"] == "storage_locked"
    assert "a.db" in found.words


async def test_a_call_is_bounded_in_time_and_size() -> None:
    async def run(topic: str, runtime: ToolRuntime[TurnContext]) -> tuple[str, dict[str, Any]]:
        del topic, runtime
        await asyncio.Event().wait()
        return "", {}

    class Topic(BaseModel):
        topic: str = ""

    never: BaseTool = StructuredTool.from_function(
        coroutine=run,
        name="never",
        description="waits",
        args_schema=Topic,
        response_format="content_and_artifact",
    )
    found = await call_tool(never, {}, CONTEXT, ToolLimits(seconds=0.01))
    assert found.run.result is not None
    assert found.run.result["reason"] == "timeout"
    big = tool("big", lambda _t, _c: Words(text="x" * 100))
    found = await call_tool(big, {}, CONTEXT, ToolLimits(words=50))
    assert found.run.result is not None
    assert found.run.result["reason"] == "too_large"


@pytest.mark.parametrize("args", [{"person_id": "p-ben"}, {"runtime": {}}, {"topic": 7}])
async def test_arguments_that_the_schema_refuses_run_nothing(args: dict[str, Any]) -> None:
    ran: list[str] = []

    def note(topic: str, _context: TurnContext) -> Words:
        ran.append(topic)
        return Words(text="ran")

    with pytest.raises(ArgumentsError) as caught:
        await call_tool(tool("t", note), args, CONTEXT)
    assert str(caught.value) == next(iter(args))
    assert ran == []


def test_a_tool_is_described_as_a_model_sees_it() -> None:
    described = describe(tool("t", lambda _t, _c: Words(text="x")))
    assert (described["name"], described["description"]) == ("t", "test tool t")
    assert list(described["schema"]["properties"]) == ["topic"]
