"""What is said about waiting actions: receipts, refusals, the changed card, the question which."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from agents.answer import ToolRun
from agents.settling import Ask, Offer
from prompts.filters import label, visible
from prompts.library import render
from storage.approvals import Decision
from storage.identity import Caller
from storage.tables.work import PendingAction
from storage.vocabulary import Grade
from tools.artifact import ActionButton, Artifact, Outcome, Sensitive
from tools.context import Language, TurnContext

# A person who gave no wording, or one that cannot be kept, is asked for another.
_ASK_AGAIN = frozenset({"nothing_to_edit", "empty_note", "note_too_long", "unreadable_note"})
_OUTCOMES: dict[str, Outcome] = {
    "done": "answered",
    "ignored": "answered",
    "expired": "refused",
    "already": "refused",
    "refused": "refused",
    "unknown": "unknown",
    "failed": "error",
    "revised": "pending",
}
# What this very click brought about; the thread remembers it.
_EVENTS = frozenset({"done", "ignored", "expired", "failed"})
_EXCERPT = 40  # characters of a proposed text by which it is told from another


class EditedProposal(Artifact):
    """A proposal with the wording that the person gave it; it waits like the first one."""

    kind: str = "edited_proposal"
    title: str
    text: str
    expires_at: datetime
    today: date
    timezone: str


@dataclass(frozen=True, slots=True)
class Worded:
    """A decision as it is told. ``title`` is set if something was carried out.

    ``offer``: it asks something that the next message may answer. ``private``: words in it that
    are as private as what they were taken from.
    """

    text: str
    outcome: Outcome
    runs: tuple[ToolRun, ...] = ()
    title: str | None = None
    is_event: bool = False
    actions: tuple[ActionButton, ...] = ()
    offer: Offer | None = None
    private: tuple[str, ...] = ()


def worded(decision: Decision, caller: Caller, language: Language) -> Worded:
    """The words for a decision, from its receipt alone; an action's title for its people only."""
    action = decision.action
    mine = action is not None and caller.person_id in (action.owner_id, action.approver_id)
    title = action.title if action is not None and mine else ""
    outcome = _OUTCOMES[decision.state]
    offer = None
    if decision.reason in _ASK_AGAIN and action is not None:
        outcome, offer = "asked", Offer("edit", (action.id,))
    if decision.state == "done" and action is not None:
        text = _receipt(decision.receipt or {}, title, language)
        return Worded(text, outcome, (_ran(decision, action),), title, is_event=True)
    values = {
        "state": decision.state,
        "reason": decision.reason,
        "title": title,
        "before": _before(action),
    }
    failed = decision.state == "failed" and action is not None
    runs = (_ran(decision, action),) if failed and action is not None else ()
    text = render("decision", language, values)
    return Worded(text, outcome, runs, is_event=decision.state in _EVENTS, offer=offer)


def card(action: PendingAction, context: TurnContext) -> Worded:
    """A proposal that was changed, with its buttons."""
    text = str(action.args.get("text", ""))
    buttons = [
        ActionButton(
            id=action.id,
            verb=verb,
            label=label(verb, "button", context.language),
            expires_at=action.expires_at,
        )
        for verb in ("adopt", "edit", "ignore")
    ]
    shown = EditedProposal(
        outcome="pending",
        title=action.title,
        text=text,
        expires_at=action.expires_at,
        today=context.now.astimezone(context.zone).date(),
        timezone=context.caller.timezone,
        actions=buttons,
        # The new wording of a private text is as private as the text.
        sensitive=[Sensitive(text=text, grade=Grade.L3, kind="words")],
    ).model_dump(mode="json")
    run = ToolRun(name=action.tool, args=dict(action.args), ok=True, result=shown, ms=0.0)
    words = render("edited_proposal", context.language, shown)
    private = tuple(dict.fromkeys((text, visible(text))))
    return Worded(words, "pending", (run,), actions=tuple(buttons), private=private)


def which(ask: Ask, context: TurnContext) -> Worded:
    """The question which of several things is meant, numbered."""
    options = [_option(action) for action in ask.actions]
    values = {
        "verb": ask.verb,
        "options": options,
        "today": context.now.astimezone(context.zone).date(),
        "timezone": context.caller.timezone,
    }
    offer = Offer(ask.verb, tuple(action.id for action in ask.actions), ask.text)
    private = tuple(option["excerpt"] for option in options if option["excerpt"])
    text = render("which_action", context.language, values)
    return Worded(text, "asked", offer=offer, private=private)


def plainly(state: str, outcome: Outcome, language: Language) -> Worded:
    """A sentence about no action in particular: ``nothing`` waits, all is ``left`` as it is."""
    values = {"state": state, "reason": "", "title": "", "before": ""}
    return Worded(render("decision", language, values), outcome)


def sensitive(texts: Sequence[str]) -> list[dict[str, str]]:
    """Private words as a message declares them, so that they are masked for any endpoint."""
    return [{"text": text, "grade": Grade.L3.value, "kind": "words"} for text in texts]


def _option(action: PendingAction) -> dict[str, Any]:
    text = visible(str(action.args.get("text", "")))
    excerpt = text if len(text) <= _EXCERPT else f"{text[:_EXCERPT]}…"
    return {"title": action.title, "excerpt": excerpt, "asked_at": action.asked_at}


def _before(action: PendingAction | None) -> str:
    if action is None:
        return ""
    return "replaced" if "replaced_by" in (action.receipt or {}) else action.state.value


def _receipt(receipt: dict[str, Any], title: str, language: Language) -> str:
    """A receipt's own words, or the plain ones of a receipt that names no template."""
    kind = receipt.get("kind")
    return (
        render(kind, language, receipt) if kind else render("receipt", language, {"title": title})
    )


def _ran(decision: Decision, action: PendingAction) -> ToolRun:
    """The call as it ran; of one that did not, what the row still has of its arguments."""
    args = action.args if decision.args is None else decision.args
    ok = decision.state == "done"
    return ToolRun(name=action.tool, args=dict(args), ok=ok, result=action.receipt, ms=0.0)
