"""Decisions on waiting actions: carried out by storage, worded from what storage reports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agents.answer import ToolRun
from agents.decisions import Verb
from prompts.library import render
from storage.approvals import Decision, Editor, Effect, decide, get, pending_in_thread
from storage.database import Database
from storage.identity import Caller
from storage.session import PrincipalSession
from storage.tables.work import PendingAction
from tools.artifact import Outcome
from tools.context import Language

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
}
# What this very click brought about; the thread remembers it.
_EVENTS = frozenset({"done", "ignored", "expired", "failed"})


class Actions:
    """The waiting actions of a database, with the effects and editors of each tool."""

    def __init__(
        self,
        database: Database,
        effects: Mapping[str, Effect],
        editors: Mapping[str, Editor] | None = None,
    ) -> None:
        self._database = database
        self._effects = effects
        self._editors = editors or {}

    async def find(self, caller: Caller, action_id: str) -> PendingAction | None:
        """The action, for who asked for it or is to decide it."""

        def work(session: PrincipalSession) -> PendingAction | None:
            return get(session, action_id)

        return await self._database.run(caller, "find_action", work)

    async def open_in_thread(
        self, caller: Caller, thread_id: str, now: datetime
    ) -> list[PendingAction]:
        """What waits for the caller in the caller's own thread."""

        def work(session: PrincipalSession) -> Sequence[PendingAction]:
            return pending_in_thread(session, thread_id)

        me = caller.person_id
        found = await self._database.run(caller, "pending_in_thread", work)
        return [a for a in found if a.owner_id == a.approver_id == me and a.expires_at > now]

    async def decide(
        self, caller: Caller, action_id: str, verb: Verb, text: str | None, now: datetime
    ) -> Decision:
        """Decide once; ``text`` is the new wording of an edit."""
        return await self._database.offload(
            lambda: decide(
                self._database,
                caller,
                action_id,
                verb,
                args_edit={"text": text} if text else None,
                now=now,
                effects=self._effects,
                editors=self._editors,
            )
        )


@dataclass(frozen=True, slots=True)
class Worded:
    """A decision as it is told. ``title`` is set if something was carried out."""

    text: str
    outcome: Outcome
    runs: tuple[ToolRun, ...] = ()
    title: str | None = None
    is_event: bool = False


def worded(decision: Decision, caller: Caller, language: Language) -> Worded:
    """The words for a decision, from its receipt alone; an action's title for its people only."""
    action = decision.action
    mine = action is not None and caller.person_id in (action.owner_id, action.approver_id)
    title = action.title if action is not None and mine else ""
    outcome = _OUTCOMES[decision.state]
    if decision.reason in _ASK_AGAIN:
        outcome = "asked"
    if decision.state == "done" and action is not None:
        text = _receipt(decision.receipt or {}, title, language)
        return Worded(text, outcome, (_ran(action, ok=True),), title, is_event=True)
    values = {
        "state": decision.state,
        "reason": decision.reason,
        "title": title,
        "before": action.state.value if action is not None else "",
    }
    runs = (_ran(action, ok=False),) if decision.state == "failed" and action is not None else ()
    text = render("decision", language, values)
    return Worded(text, outcome, runs, is_event=decision.state in _EVENTS)


def _receipt(receipt: dict[str, Any], title: str, language: Language) -> str:
    """A receipt's own words, or the plain ones of a receipt that names no template."""
    kind = receipt.get("kind")
    return (
        render(kind, language, receipt) if kind else render("receipt", language, {"title": title})
    )


def _ran(action: PendingAction, *, ok: bool) -> ToolRun:
    args = action.executed if action.executed is not None else action.args
    return ToolRun(name=action.tool, args=args, ok=ok, result=action.receipt, ms=0.0)
