"""A remote model's reply on its way in: placeholders are filled while it streams."""

import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

from langchain_core.language_models import LanguageModelInput
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.runnables import Runnable
from langgraph.constants import TAG_NOSTREAM

from agents.async_model import AsyncChatModel
from agents.masking import Restorer

# Set in a message's extras when a stream brought tool arguments that are no JSON object.
BROKEN = "broken_arguments"
# The inner model does not stream to the person: the outer one does, with the text filled.
_SILENT: Any = {"tags": [TAG_NOSTREAM]}


class _Arguments:
    """The arguments of streamed tool calls, as text.

    LangChain completes JSON that a stream cut off; half an argument must not be taken for one.
    """

    def __init__(self) -> None:
        self._texts: dict[Any, str] = {}

    def add(self, chunk: AIMessageChunk) -> None:
        for part in chunk.tool_call_chunks:
            place = part.get("index")
            self._texts[place] = self._texts.get(place, "") + (part.get("args") or "")

    @property
    def are_broken(self) -> bool:
        return any(text and not _is_object(text) for text in self._texts.values())


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


class FillingChatModel(AsyncChatModel):
    """A chat model whose text has the placeholders filled, also while it streams."""

    inner: Any
    vault: Any

    @property
    def _llm_type(self) -> str:
        return "salestwin-filling"

    def bind_tools(
        self, tools: Sequence[Any], *, tool_choice: str | None = None, **kwargs: Any
    ) -> Runnable[LanguageModelInput, AIMessage]:
        bound = self.inner.bind_tools(tools, tool_choice=tool_choice, **kwargs)
        return FillingChatModel(inner=bound, vault=self.vault)

    async def reply(
        self, messages: list[BaseMessage], stop: list[str] | None, **kwargs: Any
    ) -> AIMessage:
        message: AIMessage = await self.inner.ainvoke(messages, _SILENT, stop=stop, **kwargs)
        return message.model_copy(update={"content": self.vault.restore(str(message.text))})

    async def reply_chunks(
        self, messages: list[BaseMessage], stop: list[str] | None, **kwargs: Any
    ) -> AsyncIterator[AIMessageChunk]:
        restorer, arguments = Restorer(self.vault), _Arguments()
        async for chunk in self.inner.astream(messages, _SILENT, stop=stop, **kwargs):
            text = restorer.feed(str(chunk.text))
            # Without an id of its own, every chunk gets that of the run: one message, one id.
            yield chunk.model_copy(update={"content": text, "id": None})
            arguments.add(chunk)
        extra = {BROKEN: True} if arguments.are_broken else {}
        yield AIMessageChunk(content=restorer.rest(), additional_kwargs=extra)
