"""The embedded planner as a LangChain chat model, behind the same graph as any other model."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any

from langchain_core.language_models import LanguageModelInput
from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    BaseMessage,
    HumanMessage,
    ToolMessage,
)
from langchain_core.messages.tool import tool_call, tool_call_chunk
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from pydantic import PrivateAttr

from agents.async_model import AsyncChatModel
from agents.planner import words
from agents.planner.language import Language
from agents.planner.plan import ready
from agents.planner.state import Question, ThreadState, read_state
from agents.planner.understand import Situation, Understander, Understanding
from storage.identity import Caller
from tools.context import TurnContext
from tools.linking.lexicon import Lexicon

_CHUNK = 24
LexiconSource = Callable[[Caller], Awaitable[Lexicon]]


class PlannerChatModel(AsyncChatModel):
    """Understands, plans tool calls and words answers without any outside model.

    ``lexicons`` gives the names that a caller may see; ``languages`` the wishes by language code.
    ``kept_in`` is the folder of fitted classifiers.
    The caller comes from the run's ``TurnContext``, never from a message.
    """

    lexicons: LexiconSource
    languages: dict[str, Language]
    context_of: Callable[[], TurnContext]
    kept_in: Path | None = None
    _understanders: dict[str, Understander] = PrivateAttr(default_factory=dict)
    _fitting: Lock = PrivateAttr(default_factory=Lock)

    @property
    def _llm_type(self) -> str:
        return "salestwin-planner"

    def understander(self, code: str) -> Understander:
        """The understander of a language, fitted at first use."""
        with self._fitting:
            if code not in self._understanders:
                self._understanders[code] = Understander(self.languages[code], self.kept_in)
            return self._understanders[code]

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Bind by name: the planner fills arguments from its own language files."""
        del tool_choice
        names = [tool.name for tool in tools if isinstance(tool, BaseTool)]
        return self.bind(tool_names=names, **kwargs)

    async def reply(
        self, messages: list[BaseMessage], stop: list[str] | None, **kwargs: Any
    ) -> AIMessage:
        """The next calls, a question, or the worded answer."""
        del stop
        context = self.context_of()
        place = max(i for i, m in enumerate(messages) if isinstance(m, HumanMessage))
        results = [m for m in messages[place + 1 :] if isinstance(m, ToolMessage)]
        if results:
            return _go_on(messages[place + 1 :], results, context)
        lexicon = await self.lexicons(context.caller)
        state = read_state(messages[:place])
        tools = frozenset(kwargs.get("tool_names", ()))
        situation = Situation(lexicon, state, _today(context), tools)
        text = str(messages[place].text)
        language = self.languages[context.language]
        # Pure computing, up to a second for a long message: beside the loop, not in it.
        understood = await asyncio.to_thread(
            lambda: self.understander(language.code).understand(text, situation)
        )
        return _first_reply(understood, language, situation, context.turn_id)

    async def reply_chunks(
        self, messages: list[BaseMessage], stop: list[str] | None, **kwargs: Any
    ) -> AsyncIterator[AIMessageChunk]:
        """The same in pieces, as channels show it."""
        for chunk in _chunks(await self.reply(messages, stop, **kwargs)):
            yield chunk


def _today(context: TurnContext) -> Any:
    moment: datetime = context.now.astimezone(context.zone)
    return moment.date()


def _first_reply(
    understood: Understanding, language: Language, situation: Situation, turn: str
) -> AIMessage:
    if understood.steps:
        notes = {
            "echoes": words.echo_values(understood.echoes),
            "declined": list(understood.declined),
        }
        return _calls([step.dump() for step in understood.steps], notes, (), turn)
    customer = _some_customer(situation.lexicon, situation.state)
    if understood.question is not None and understood.ask is not None:
        asked = understood.question
        wish = language.wish_of(asked.tool)
        labels = [label for label, _ in asked.options]
        text = words.question(understood.ask, wish, labels, language.code)
        return AIMessage(text, additional_kwargs={"outcome": "asked", "asked": _kept(asked)})
    if understood.reply is not None:
        text = words.talk(understood.reply, language, situation.tools, customer)
        return AIMessage(text, additional_kwargs={"outcome": "answered"})
    if understood.close:
        text = words.between(understood.close, language.code)
        open_question = _kept(understood.question) if understood.question else None
        return AIMessage(text, additional_kwargs={"outcome": "asked", "asked": open_question})
    text = words.not_understood(language, situation.tools, customer, foreign=understood.foreign)
    return AIMessage(text, additional_kwargs={"outcome": "unknown"})


def _kept(question: Question) -> dict[str, Any]:
    """A question as it is kept with the message that asks it."""
    return {
        "tool": question.tool,
        "args": question.args,
        "slot": question.slot,
        "options": [list(option) for option in question.options],
        "text": question.text,
    }


def _go_on(
    messages: Sequence[BaseMessage], results: Sequence[ToolMessage], context: TurnContext
) -> AIMessage:
    """Run the steps that waited for these results, or word the answer."""
    last = next(m for m in reversed(messages) if isinstance(m, AIMessage))
    # A plan is missing when another model made the calls and failed before it could answer.
    plan = last.additional_kwargs.get("plan", {"later": [], "notes": {}})
    now, _ = ready(plan["later"], results)
    if now:
        return _calls(now, plan["notes"], results, context.turn_id)
    text = words.answer(results, plan["notes"], context.language)
    asked = _asked_by_tool(last, results)
    return AIMessage(text, additional_kwargs={"asked": asked} if asked else {})


def _asked_by_tool(last: AIMessage, results: Sequence[ToolMessage]) -> dict[str, Any] | None:
    """The question that a tool put back (several things fit), so that "the second" answers it."""
    for message in results:
        artifact = message.artifact if isinstance(message.artifact, dict) else {}
        call = next((c for c in last.tool_calls if c["id"] == message.tool_call_id), None)
        if artifact.get("kind") != "choice" or call is None:
            continue
        options = [[option["label"], option["say"]] for option in artifact["options"]]
        slot = artifact["what"]
        return {"tool": call["name"], "args": call["args"], "slot": slot, "options": options}
    return None


def _calls(
    steps: Sequence[dict[str, Any]],
    notes: dict[str, Any],
    results: Sequence[ToolMessage],
    turn: str,
) -> AIMessage:
    now, later = ready(steps, results)
    calls = [
        tool_call(name=step["tool"], args=step["args"], id=f"{turn}-{len(results) + i}")
        for i, step in enumerate(now)
    ]
    plan = {"later": later, "notes": notes}
    return AIMessage("", tool_calls=calls, additional_kwargs={"plan": plan})


def _some_customer(lexicon: Lexicon, state: ThreadState) -> str | None:
    if focus := state.focus.get("customer"):
        return focus.name
    names = (e.entity.name for e in lexicon.entries if e.entity.kind == "customer")
    return next(names, None)


def _chunks(reply: AIMessage) -> Iterator[AIMessageChunk]:
    text = str(reply.content)
    for start in range(0, len(text), _CHUNK):
        yield AIMessageChunk(content=text[start : start + _CHUNK])
    calls = [
        tool_call_chunk(name=call["name"], args=_json(call["args"]), id=call["id"], index=i)
        for i, call in enumerate(reply.tool_calls)
    ]
    yield AIMessageChunk(
        content="",
        tool_call_chunks=calls,
        additional_kwargs=reply.additional_kwargs,
        chunk_position="last",
    )


def _json(args: dict[str, Any]) -> str:
    import json

    return json.dumps(args, ensure_ascii=False)
