"""A remote model's reply on its way in: placeholders are filled while it streams."""

import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langgraph.constants import TAG_NOSTREAM
from pydantic import ConfigDict

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


class FillingChatModel(BaseChatModel):
    """A chat model whose text has the placeholders filled, also while it streams."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

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

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        del run_manager
        message: AIMessage = await self.inner.ainvoke(messages, _SILENT, stop=stop, **kwargs)
        filled = message.model_copy(update={"content": self.vault.restore(str(message.text))})
        return ChatResult(generations=[ChatGeneration(message=filled)])

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        del run_manager  # the caller of this method reports each chunk
        restorer, arguments = Restorer(self.vault), _Arguments()
        async for chunk in self.inner.astream(messages, _SILENT, stop=stop, **kwargs):
            text = restorer.feed(str(chunk.text))
            # Without an id of its own, every chunk gets that of the run: one message, one id.
            filled = chunk.model_copy(update={"content": text, "id": None})
            yield ChatGenerationChunk(message=filled)
            arguments.add(chunk)
        extra = {BROKEN: True} if arguments.are_broken else {}
        rest = AIMessageChunk(content=restorer.rest(), additional_kwargs=extra)
        yield ChatGenerationChunk(message=rest)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        raise NotImplementedError("the twin runs in the event loop: use ainvoke or astream")
