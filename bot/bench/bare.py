"""The yardstick: a bare ``create_agent`` loop with a scripted model and no checkpointer.

This is no way of the product; it is what the product's turn is measured against.
"""

from collections.abc import Sequence
from typing import Any

from langchain.agents import create_agent
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool

from tools.context import TurnContext


class ScriptedModel(BaseChatModel):
    """Asks for the given tool calls, and says one sentence when their results are there."""

    calls: list[dict[str, Any]]

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Sequence[Any], **_: Any) -> Runnable[Any, AIMessage]:
        """The script knows its tools."""
        return self.bind(tool_names=[tool.name for tool in tools])

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        del stop, run_manager, kwargs
        answered = isinstance(messages[-1], ToolMessage)
        message = AIMessage("done") if answered else AIMessage("", tool_calls=self.calls)
        return ChatResult(generations=[ChatGeneration(message=message)])

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        del run_manager
        return self._generate(messages, stop, None, **kwargs)


class BareLoop:
    """One turn of the bare loop is one call of ``turn``."""

    def __init__(
        self, tools: Sequence[BaseTool], calls: Sequence[tuple[str, dict[str, Any]]]
    ) -> None:
        names = {name for name, _ in calls}
        script = [
            {"name": name, "args": args, "id": f"call-{place}", "type": "tool_call"}
            for place, (name, args) in enumerate(calls)
        ]
        self._count = len(script)
        self._agent: Any = create_agent(
            ScriptedModel(calls=script),
            [tool for tool in tools if tool.name in names],
            context_schema=TurnContext,
        )

    async def turn(self, text: str, context: TurnContext) -> None:
        """Run one turn. Raises RuntimeError unless every tool has answered."""
        state = await self._agent.ainvoke({"messages": [HumanMessage(text)]}, context=context)
        results = [m for m in state["messages"] if isinstance(m, ToolMessage)]
        if len(results) != self._count or any(m.status == "error" for m in results):
            raise RuntimeError("the bare loop's tools did not run")
