"""The answer of one turn: the JSON of ``ask`` and ``act``, put together from its messages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from langchain_core.messages import AIMessage, AnyMessage, ToolMessage
from pydantic import Field

from agents import claims
from agents.wording import nothing_done, problem
from tools.artifact import ActionButton, Chart, Citation, Outcome, Strict, Table
from tools.context import Language

# What several tools make of one turn: a waiting decision must be seen; a refusal and a question
# must not hide behind another result; one answer outweighs gaps; an error counts if it is alone.
_ORDER: tuple[Outcome, ...] = ("pending", "refused", "asked", "answered", "unknown", "error")


class Body(Strict):
    """What is shown to the person."""

    markdown: str
    citations: list[Citation] = Field(default_factory=list)
    tables: list[Table] = Field(default_factory=list)
    charts: list[Chart] = Field(default_factory=list)
    actions: list[ActionButton] = Field(default_factory=list)


class ToolRun(Strict):
    """One tool call with the arguments that ran and the typed artifact that came back."""

    name: str
    args: dict[str, Any]
    ok: bool
    result: dict[str, Any] | None
    ms: float


class Milliseconds(Strict):
    """Where the time went."""

    total: float
    model: float = 0.0
    tools: float = 0.0


class Answer(Strict):
    """The outside shape of a turn (interface.md, "The answer of ask --json")."""

    thread: str
    turn: str
    outcome: Outcome
    answer: Body
    tools: list[ToolRun] = Field(default_factory=list)
    plan: dict[str, Any] | None = None
    model: str
    prompt: str
    ms: Milliseconds


@dataclass(frozen=True, slots=True)
class TurnFacts:
    """What is known of a turn beside its messages. ``receipts`` are titles of earlier effects."""

    thread: str
    turn: str
    language: Language
    model: str
    prompt: str
    total_ms: float
    receipts: Sequence[str] = field(default_factory=tuple)


def assemble(messages: Sequence[AnyMessage], facts: TurnFacts) -> Answer:
    """The answer of the turn whose messages (after the person's own) are given."""
    results = [m for m in messages if isinstance(m, ToolMessage)]
    artifacts = [a for m in results if (a := artifact_of(m)) is not None]
    said = _last_reply(messages)
    outcome = derive_outcome(results, said)
    markdown, outcome = _wording(said, results, outcome, facts)
    notes = [problem(f"model_{why}", facts.language) for why in _fallbacks(messages)]
    runs = list(_runs(messages))
    return Answer(
        thread=facts.thread,
        turn=facts.turn,
        outcome=outcome,
        answer=Body(
            markdown="\n\n".join([markdown, *notes]),
            citations=_unique(artifacts, "citations"),
            tables=_unique(artifacts, "tables"),
            charts=_unique(artifacts, "charts"),
            actions=_unique(artifacts, "actions"),
        ),
        tools=runs,
        plan=next((a["plan"] for a in reversed(artifacts) if a.get("plan")), None),
        model=_model(messages, facts.model),
        prompt=facts.prompt,
        ms=Milliseconds(
            total=round(facts.total_ms, 1),
            model=round(sum(_ms(m) for m in messages if isinstance(m, AIMessage)), 1),
            tools=round(sum(run.ms for run in runs), 1),
        ),
    )


def artifact_of(message: ToolMessage) -> dict[str, Any] | None:
    """The typed result of a tool message, or None."""
    return message.artifact if isinstance(message.artifact, dict) else None


def derive_outcome(results: Sequence[ToolMessage], said: AIMessage | None) -> Outcome:
    """One outcome for the turn: by ``_ORDER`` over its tools; without tools, the model's hint."""
    found = {_outcome(message) for message in results}
    if found:
        return next(outcome for outcome in _ORDER if outcome in found)
    if said is None:
        return "error"
    hint = said.additional_kwargs.get("outcome")
    return hint if hint in _ORDER else "answered"


def _outcome(message: ToolMessage) -> Outcome:
    artifact = artifact_of(message)
    default = "error" if message.status == "error" else "answered"
    outcome = artifact.get("outcome", default) if artifact else default
    return outcome if outcome in _ORDER else "error"


def _wording(
    said: AIMessage | None, results: Sequence[ToolMessage], outcome: Outcome, facts: TurnFacts
) -> tuple[str, Outcome]:
    """What is said, and the outcome it leaves: claims without a receipt become the truth."""
    proofs = tool_words(results)
    text = str(said.text).strip() if said is not None else ""
    if not text:
        text = "\n\n".join(dict.fromkeys(proofs))
    if not text:
        return problem("no_answer", facts.language), "error"

    def truth() -> str:
        waiting = outcome == "pending"
        return nothing_done(facts.language, waiting=waiting, earlier=facts.receipts)

    fair = claims.truthful(text, proofs, truth, strict=is_strict(results))
    if fair is None:
        return text, outcome
    only_claimed = outcome == "answered" and not results
    return fair, "error" if only_claimed else outcome


def tool_words(results: Sequence[ToolMessage]) -> list[str]:
    """What the turn's tools said."""
    return [words for m in results if (words := str(m.text).strip())]


def is_strict(results: Sequence[ToolMessage]) -> bool:
    """Claims without a subject count where there is no data that they could be about."""
    return not results or any(_outcome(message) == "pending" for message in results)


def _last_reply(messages: Sequence[AnyMessage]) -> AIMessage | None:
    last = messages[-1] if messages else None
    return last if isinstance(last, AIMessage) else None


def _runs(messages: Sequence[AnyMessage]) -> Iterator[ToolRun]:
    results = {m.tool_call_id: m for m in messages if isinstance(m, ToolMessage)}
    calls = (c for m in messages if isinstance(m, AIMessage) for c in m.tool_calls)
    for call in calls:
        message = results.get(str(call["id"]))
        if message is None:
            continue
        yield ToolRun(
            name=call["name"],
            args=message.additional_kwargs.get("args", call["args"]),
            ok=_outcome(message) != "error",
            result=artifact_of(message),
            ms=round(_ms(message), 1),
        )


def _ms(message: AnyMessage) -> float:
    return float(message.additional_kwargs.get("ms", 0.0))


def _model(messages: Sequence[AnyMessage], default: str) -> str:
    said = [m for m in messages if isinstance(m, AIMessage)]
    names = (m.additional_kwargs.get("model") for m in reversed(said))
    return next((str(name) for name in names if name), default)


def _fallbacks(messages: Sequence[AnyMessage]) -> list[str]:
    reasons = (m.additional_kwargs.get("fallback") for m in messages if isinstance(m, AIMessage))
    return list(dict.fromkeys(str(reason) for reason in reasons if reason))


def _unique(artifacts: Sequence[dict[str, Any]], key: str) -> list[Any]:
    kept: list[Any] = []
    for artifact in artifacts:
        kept.extend(item for item in artifact.get(key) or () if item not in kept)
    return kept
