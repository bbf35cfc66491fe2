"""What leaves the machine: every message to a remote model is masked, every reply filled again.

The mask is made anew for each call from the whole thread, so that a follow-up hides what an
earlier turn brought up. Tools, state and people see plain words only.
"""

import inspect
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from langchain.agents.middleware.types import ModelRequest, ModelResponse
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import (
    AIMessage,
    AnyMessage,
    BaseMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
)
from langchain_core.messages.tool import invalid_tool_call

from agents.filling import BROKEN, FillingChatModel
from agents.history import sensitive_items
from agents.identity import require_context
from agents.masking import Vault
from agents.modelcall import ModelHandler, ModelMiddleware
from agents.secrets import (
    PrivateSpans,
    Secret,
    Secrets,
    dictated_spans,
    may_leave,
    name_secrets,
    sensitive_secrets,
)
from storage.identity import Caller
from storage.vocabulary import Egress, Grade
from tools.context import TurnContext

Names = Callable[[Caller], Sequence[str] | Awaitable[Sequence[str]]]


def no_names(_caller: Caller) -> Sequence[str]:
    """The gazetteer of a program that has none."""
    return ()


@dataclass(frozen=True, slots=True)
class EgressOptions:
    """``level``: the highest grade that may leave; ``names``: contact names that the caller knows;
    ``private_spans``: where in a message the person dictates a note (L3).
    """

    level: Egress = "masked"
    names: Names = no_names
    private_spans: PrivateSpans = dictated_spans


class EgressMiddleware(ModelMiddleware):
    """Stands next to a remote model; lets calls of the local one through."""

    def __init__(self, local: BaseChatModel, options: EgressOptions) -> None:
        super().__init__()
        self._local = local
        self._options = options

    async def around(
        self, request: ModelRequest[TurnContext], handler: ModelHandler
    ) -> ModelResponse[Any]:
        if request.model is self._local:
            return await handler(request)
        vault = await self._vault(request)
        system = request.system_message
        response = await handler(
            request.override(
                model=FillingChatModel(inner=request.model, vault=vault),
                system_message=SystemMessage(vault.mask(str(system.text))) if system else None,
                messages=list(outgoing(request.messages, vault)),
            )
        )
        return ModelResponse([_incoming(m, vault) for m in response.result])

    async def _vault(self, request: ModelRequest[TurnContext]) -> Vault:
        options, caller = self._options, require_context(request.runtime).caller
        if options.level == "L3":
            return Vault("L3", Secrets(()))
        names = options.names(caller)
        known = await names if inspect.isawaitable(names) else names
        secrets = [
            *sensitive_secrets(sensitive_items(request.messages), options.level),
            *name_secrets((caller.name, *known), options.level),
            *self._dictated(request.messages),
        ]
        return Vault(options.level, Secrets(secrets))

    def _dictated(self, messages: Sequence[AnyMessage]) -> Iterator[Secret]:
        if may_leave(Grade.L3, self._options.level):
            return
        for message in messages:
            if isinstance(message, HumanMessage):
                text = str(message.text)
                for start, end in self._options.private_spans(text):
                    yield Secret(text[start:end], "words")


def outgoing(messages: Sequence[AnyMessage], vault: Vault) -> Iterator[AnyMessage]:
    """The messages as the endpoint gets them: masked, and nothing but role, text and calls."""
    for message in messages:
        text = vault.mask(str(message.text))
        if isinstance(message, ToolMessage):
            yield ToolMessage(text, tool_call_id=message.tool_call_id, name=message.name)
        elif isinstance(message, HumanMessage):
            yield HumanMessage(text)
        elif isinstance(message, AIMessage) and (text or message.tool_calls):
            calls = [{**c, "args": vault.mask_value(c["args"])} for c in message.tool_calls]
            yield AIMessage(text, tool_calls=calls)


def _incoming(message: BaseMessage, vault: Vault) -> AIMessage:
    """The reply as the thread keeps it: plain words, no endpoint's metadata."""
    if not isinstance(message, AIMessage):
        raise TypeError(f"a model answered with a {message.type} message")
    calls = [{**c, "args": vault.restore_value(c["args"])} for c in message.tool_calls]
    invalid = list(message.invalid_tool_calls)
    if message.additional_kwargs.get(BROKEN):
        invalid += [invalid_tool_call(name=c["name"], id=c["id"]) for c in message.tool_calls]
        calls = []
    return AIMessage(
        str(message.text),
        id=message.id,
        tool_calls=calls,
        invalid_tool_calls=invalid,
        usage_metadata=message.usage_metadata,
    )
