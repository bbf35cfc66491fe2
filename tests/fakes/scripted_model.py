"""A chat model that says what a test tells it to say, streaming included."""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    BaseMessage,
    HumanMessage,
    ToolMessage,
)
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from pydantic import PrivateAttr

Rule = Callable[[list[BaseMessage]], AIMessage]


class ScriptedModel(BaseChatModel):
    """``rule`` makes each reply from the messages; ``seen`` keeps what it was given."""

    rule: Rule
    chunk: int = 5
    _seen: list[list[BaseMessage]] = PrivateAttr(default_factory=list)

    @property
    def seen(self) -> list[list[BaseMessage]]:
        return self._seen

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Runnable[Any, AIMessage]:
        del tools
        kwargs.pop("tool_choice", None)
        return self.bind(**kwargs)

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        raise NotImplementedError

    async def _agenerate(
        self, messages: list[BaseMessage], *args: Any, **kwargs: Any
    ) -> ChatResult:
        self._seen.append(messages)
        return ChatResult(generations=[ChatGeneration(message=self.rule(messages))])

    async def _astream(
        self, messages: list[BaseMessage], *args: Any, **kwargs: Any
    ) -> AsyncIterator[ChatGenerationChunk]:
        self._seen.append(messages)
        reply = self.rule(messages)
        text = str(reply.content)
        for i in range(0, len(text), self.chunk):
            yield ChatGenerationChunk(message=AIMessageChunk(content=text[i : i + self.chunk]))
        last = AIMessageChunk(
            content="",
            tool_calls=reply.tool_calls,
            additional_kwargs=reply.additional_kwargs,
            chunk_position="last",
        )
        yield ChatGenerationChunk(message=last)


def call(name: str, call_id: str = "", **args: Any) -> dict[str, Any]:
    """One tool call."""
    return {"name": name, "args": args, "id": call_id or f"call-{name}", "type": "tool_call"}


def said(messages: Sequence[BaseMessage]) -> str:
    """What the person said last."""
    return str(next(m for m in reversed(messages) if isinstance(m, HumanMessage)).text)


def results(messages: Sequence[BaseMessage]) -> list[ToolMessage]:
    """The tool results after what the person said last."""
    place = max(i for i, m in enumerate(messages) if isinstance(m, HumanMessage))
    return [m for m in messages[place:] if isinstance(m, ToolMessage)]


def calls_then(calls: Sequence[dict[str, Any]], text: str) -> Rule:
    """Call these tools first, then say ``text``; ids are new in every turn."""

    def rule(messages: list[BaseMessage]) -> AIMessage:
        if results(messages):
            return AIMessage(text)
        turn = len(messages)
        made = [{**c, "id": f"{c['id']}-{turn}"} for c in calls]
        return AIMessage("", tool_calls=made)

    return rule


def says(text: str, **extra: Any) -> Rule:
    """Always the same words and no tool."""
    return lambda _messages: AIMessage(text, additional_kwargs=extra)
