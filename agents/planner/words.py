"""Stage 6: the planner's own sentences, from templates; results come worded by their tools."""

from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.messages import ToolMessage

from agents.planner.language import Language, Wish
from agents.planner.slots import Ask
from prompts.library import render
from tools.linking.lexicon import Match


def answer(results: Sequence[ToolMessage], notes: Mapping[str, Any], language: str) -> str:
    """The worded results in order, after the echo of what was guessed; what is declined last."""
    echoes, declined = notes.get("echoes"), notes.get("declined")
    parts = [render("planner_echo", language, {"echoes": echoes})] if echoes else []
    parts += [str(message.content) for message in results]
    parts += [render("planner_declined", language, {"declined": declined})] if declined else []
    return "\n\n".join(dict.fromkeys(part.strip() for part in parts if part.strip()))


def echo_values(echoes: Sequence[Match]) -> list[dict[str, str]]:
    """What was said and what it was taken for."""
    return [{"said": m.said, "meant": m.entity.name} for m in echoes]


def question(ask: Ask, wish: Wish | None, options: Sequence[str], language: str) -> str:
    """One short question for one argument."""
    values: dict[str, Any] = {
        "slot": ask.slot,
        "said": ask.said,
        "options": list(options),
        "wish": wish.label if wish else "",
    }
    return render("planner_question", language, values)


def between(wishes: Sequence[Wish], language: str) -> str:
    """A question back when two wishes are equally likely."""
    values = {"options": [{"label": w.label, "offer": w.offer} for w in wishes]}
    return render("planner_between", language, values)


def talk(reply: str, language: Language, tools: frozenset[str], customer: str | None) -> str:
    """Greeting, help, thanks."""
    values = {"reply": reply, "offers": offers(language, tools, customer)}
    return render("planner_talk", language.code, values)


def not_understood(
    language: Language, tools: frozenset[str], customer: str | None, *, foreign: bool
) -> str:
    """The honest answer with three things that work here. ``foreign``: clear, but not offered."""
    values = {"offers": offers(language, tools, customer), "foreign": foreign}
    return render("planner_unknown", language.code, values)


def offers(language: Language, tools: frozenset[str], customer: str | None) -> list[str]:
    """Up to three example questions that this caller can ask, with a customer of the caller's."""
    found: list[str] = []
    for wish in language.wishes:
        if wish.tool not in tools or not wish.offer:
            continue
        if "{customer}" in wish.offer and customer is None:
            continue
        found.append(wish.offer.replace("{customer}", customer or ""))
    return found[:3]
