"""Pending actions: asked for once, decided once, carried out once (TWIN-3).

The row is the truth; a card in chat is a view of it. ``decide`` runs one transaction in which a
compare-and-set on the row, the effect and its receipt stand or fall together, so that a second
click, a second program or a restart in between finds the row decided and does nothing.

A row holds somebody's words for as long as it waits. Once it has ended, their hash and the ids
among the arguments are left for an audit, beside the receipt.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from storage.clock import IdSource, day_in
from storage.database import Database
from storage.errors import NotACallerError, RightsError
from storage.failures import is_outage
from storage.identity import Caller
from storage.repositories.people import caller_of
from storage.session import PrincipalSession
from storage.tables import PendingAction, Person
from storage.vocabulary import ActionState, Verb

State = Literal["done", "ignored", "expired", "already", "refused", "unknown", "failed", "revised"]


@dataclass(frozen=True, slots=True)
class EffectContext:
    """What an effect is told: the decision it follows, and from when and what it stems."""

    action_id: str
    tool: str
    thread_id: str
    turn_id: str
    requester: Caller
    approver: Caller
    now: datetime


class Effect(Protocol):
    """Carries an action out with the requester's rights and returns its receipt.

    It runs in the transaction of the decision and must do nothing that a rollback cannot undo.
    A ``ValueError`` whose text is a code (``customer_gone``) tells why it could not be done.
    """

    def __call__(
        self, session: PrincipalSession, context: EffectContext, args: dict[str, Any], /
    ) -> dict[str, Any]: ...


# (arguments as asked, what the person changed) -> arguments to run; ValueError with a code.
Editor = Callable[[Mapping[str, Any], Mapping[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Decision:
    """What came of a click.

    ``done`` and ``failed`` follow from this very click, and so do ``ignored`` and ``expired``.
    ``already``: decided before; ``action`` tells how, when and by whom. ``refused``: this person
    may not, or not so (``reason``); the action still waits. ``unknown``: no such action.
    ``revised``: ``action`` is a new one that waits in the place of the one asked about.
    ``args`` are the arguments that ran, word for word; the row no longer has them.
    """

    state: State
    action: PendingAction | None = None
    reason: str = ""
    args: Mapping[str, Any] | None = None

    @property
    def receipt(self) -> dict[str, Any] | None:
        """What was done, as the effect reported it."""
        return self.action.receipt if self.action is not None else None


def canonical_hash(args: Mapping[str, Any]) -> str:
    """SHA-256 of the arguments as canonical JSON: sorted keys, no spaces, UTF-8, no NaN."""
    text = json.dumps(
        args, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return hashlib.sha256(text.encode()).hexdigest()


def propose(
    session: PrincipalSession,
    *,
    tool: str,
    title: str,
    args: dict[str, Any],
    thread_id: str,
    turn_id: str,
    approver_id: str,
    now: datetime,
    ttl: timedelta,
    new_id: IdSource,
) -> PendingAction:
    """Store an action that waits for ``approver_id``; nothing else happens.

    Raises ``RightsError`` for an approver who does not work here (any more) and ``ValueError``
    for arguments that are not plain JSON.
    """
    approver = session.first(select(Person).where(col(Person.id) == approver_id))
    if approver is None or not approver.active or _has_left(approver, now):
        raise RightsError(f"no such approver: {approver_id}")
    action = PendingAction(
        id=new_id("act"),
        org_id=session.caller.org_id,
        owner_id=session.caller.person_id,
        thread_id=thread_id,
        turn_id=turn_id,
        tool=tool,
        title=title,
        args=args,
        args_hash=canonical_hash(args),
        approver_id=approver_id,
        asked_at=now,
        expires_at=now + ttl,
    )
    session.add(action)
    return action


def get(session: PrincipalSession, action_id: str) -> PendingAction | None:
    """An action that the caller asked for or is to decide."""
    return session.get(PendingAction, action_id)


def pending_in_thread(session: PrincipalSession, thread_id: str) -> Sequence[PendingAction]:
    """The actions of a thread that still wait, the oldest first."""
    a = PendingAction
    waiting = col(a.thread_id) == thread_id, col(a.state) == ActionState.PENDING
    return session.scalars(select(a).where(*waiting).order_by(col(a.asked_at), col(a.id)))


def latest_in_thread(
    session: PrincipalSession, thread_id: str, approver_id: str
) -> PendingAction | None:
    """The last thing that a thread proposed to this approver, however it ended."""
    a = PendingAction
    here = col(a.thread_id) == thread_id, col(a.approver_id) == approver_id
    return session.first(select(a).where(*here).order_by(col(a.asked_at).desc(), col(a.id).desc()))


def _late(now: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    a = PendingAction
    return col(a.state) == ActionState.PENDING, col(a.expires_at) <= now


def any_due(session: Session, now: datetime) -> bool:
    """In a system unit: whether an action has waited too long."""
    return (
        session.execute(select(col(PendingAction.id)).where(*_late(now)).limit(1)).first()
        is not None
    )


def expire_due(session: Session, now: datetime) -> int:
    """In a system unit: close all actions that waited too long; returns how many."""
    a = PendingAction
    late = _late(now)
    closed = 0
    for key, args in session.execute(select(col(a.id), col(a.args)).where(*late)).all():
        result: Any = session.execute(
            update(a)
            .where(col(a.id) == key, *late)
            .values(state=ActionState.EXPIRED, decided_at=now, args=_without_words(args))
        )
        closed += result.rowcount
    return closed


def decide(
    database: Database,
    caller: Caller,
    action_id: str,
    verb: Verb,
    *,
    args_edit: Mapping[str, Any] | None = None,
    now: datetime,
    effects: Mapping[str, Effect],
    editors: Mapping[str, Editor] | None = None,
) -> Decision:
    """Decide a pending action in the name of ``caller``; see ``Decision`` for what can come of it.

    ``caller`` must be the approver; the effect runs with the requester's rights as they are now.
    An edit goes through the tool's editor and changes arguments only, never the tool.
    Raises ``StorageError`` where the database cannot be used; the action then still waits.
    """
    click = _Click(caller, verb, dict(args_edit or {}), now, effects, editors or {})
    try:
        with database.system("decide") as session:
            return click.on(session, action_id)
    except _EffectError as failure:
        with database.system("decide_failed") as session:
            return click.failed(session, action_id, failure.reason)


def revise(
    database: Database,
    caller: Caller,
    action_id: str,
    change: Mapping[str, Any],
    *,
    turn_id: str,
    now: datetime,
    editors: Mapping[str, Editor],
    new_id: IdSource,
) -> Decision:
    """Put a changed proposal in the place of one that waits; nothing is carried out.

    The new one waits for as long as the old one did; the old one is closed, so that a button
    that shows the old words cannot run the new ones. What else can come of it: see ``Decision``.
    """
    click = _Click(caller, "edit", dict(change), now, {}, editors)
    with database.system("revise") as session:
        return click.revise(session, action_id, turn_id, new_id)


class _EffectError(Exception):
    """Takes the transaction of the decision back; ``reason`` is a code or a type's name."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class _Click:
    """One person's decision, as it was made."""

    caller: Caller
    verb: Verb
    edit: dict[str, Any]
    now: datetime
    effects: Mapping[str, Effect]
    editors: Mapping[str, Editor]

    def on(self, session: Session, action_id: str) -> Decision:
        action = self._open(session, action_id)
        if isinstance(action, Decision):
            return action
        if self.verb == "ignore":
            return self._end(session, action, "ignored", ActionState.IGNORED)
        return self._carry_out(session, action)

    def revise(self, session: Session, action_id: str, turn_id: str, new_id: IdSource) -> Decision:
        action = self._open(session, action_id)
        if isinstance(action, Decision):
            return action
        try:
            args = self._arguments(action)
        except ValueError as error:
            return Decision("refused", action, _code(error))
        changed = _changed(action, args, turn_id, self.now, new_id)
        receipt = {"replaced_by": changed.id}
        closed = self._end(session, action, "revised", ActionState.IGNORED, receipt=receipt)
        if closed.state == "already":
            return closed
        session.add(changed)
        return Decision("revised", changed)

    def _open(self, session: Session, action_id: str) -> PendingAction | Decision:
        """The action if it waits for this person, otherwise what there is to say about it."""
        action = session.get(PendingAction, action_id)
        if action is None or action.org_id != self.caller.org_id:
            return Decision("unknown")
        if action.approver_id != self.caller.person_id:
            return Decision("refused", action, "not_the_approver")
        if action.state == ActionState.EXPIRED:
            return Decision("expired", action)
        if action.state != ActionState.PENDING:
            return Decision("already", action)
        if action.expires_at <= self.now:
            return self._end(session, action, "expired", ActionState.EXPIRED)
        return action

    def failed(self, session: Session, action_id: str, reason: str) -> Decision:
        action = session.get_one(PendingAction, action_id)
        receipt = {"error": reason}
        decision = self._end(session, action, "failed", ActionState.FAILED, receipt=receipt)
        return decision if decision.state == "already" else Decision("failed", action, reason)

    def _carry_out(self, session: Session, action: PendingAction) -> Decision:
        effect = self.effects.get(action.tool)
        if effect is None:
            return Decision("refused", action, "no_effect")
        try:
            args = self._arguments(action)
        except ValueError as error:
            return Decision("refused", action, _code(error))
        people = self._people(session, action)
        if isinstance(people, str):
            return Decision("refused", action, people)
        executed = {**_without_words(args), "args_hash": canonical_hash(args)}
        decision = self._end(session, action, "done", ActionState.DONE, executed=executed)
        if decision.state != "done":
            return decision
        # A copy: an effect that changes its arguments must not change what is told of them.
        context = _context(action, *people, self.now)
        action.receipt = _run(session, effect, context, _plain(args))
        return Decision("done", action, args=args)

    def _arguments(self, action: PendingAction) -> dict[str, Any]:
        if canonical_hash(action.args) != action.args_hash:
            raise ValueError("changed_since_asked")
        if self.verb == "adopt":
            return dict(action.args)
        editor = self.editors.get(action.tool)
        if editor is None:
            raise ValueError("not_editable")
        if not self.edit:
            raise ValueError("nothing_to_edit")
        return _plain(editor(dict(action.args), self.edit))

    def _people(self, session: Session, action: PendingAction) -> tuple[Caller, Caller] | str:
        """Requester and approver as they are now, or why one of them cannot act."""
        try:
            approver = _caller_now(session, self.caller.person_id, self.now)
        except NotACallerError as error:
            return f"approver_{error.reason}"
        try:
            return _caller_now(session, action.owner_id or "", self.now), approver
        except NotACallerError as error:
            return f"requester_{error.reason}"

    def _end(
        self,
        session: Session,
        action: PendingAction,
        name: State,
        state: ActionState,
        **values: Any,
    ) -> Decision:
        """Compare and set: only one click finds the action pending."""
        a = PendingAction
        expired = state == ActionState.EXPIRED
        by = {} if expired else {"decided_by": self.caller.person_id, "decision": self.verb}
        result: Any = session.execute(
            update(a)
            .where(col(a.id) == action.id, col(a.state) == ActionState.PENDING)
            .values(
                state=state,
                decided_at=self.now,
                args=_without_words(action.args),
                **by,
                **values,
            )
            .execution_options(synchronize_session=False)
        )
        session.refresh(action)
        return Decision(name if result.rowcount == 1 else "already", action)


def _run(
    session: Session, effect: Effect, context: EffectContext, args: dict[str, Any]
) -> dict[str, Any]:
    inner = PrincipalSession(session.connection(), context.requester, f"effect:{context.tool}")
    try:
        receipt = _plain(effect(inner, context, args))
        inner.commit()
    except Exception as error:
        if is_outage(error):
            raise
        raise _EffectError(_code(error)) from error
    finally:
        inner.close()
    return receipt


def _changed(
    action: PendingAction,
    args: dict[str, Any],
    turn_id: str,
    now: datetime,
    new_id: IdSource,
) -> PendingAction:
    return PendingAction(
        id=new_id("act"),
        org_id=action.org_id,
        owner_id=action.owner_id,
        region_id=action.region_id,
        thread_id=action.thread_id,
        turn_id=turn_id,
        tool=action.tool,
        title=action.title,
        args=args,
        args_hash=canonical_hash(args),
        approver_id=action.approver_id,
        asked_at=now,
        expires_at=now + (action.expires_at - action.asked_at),
    )


def _without_words(args: Mapping[str, Any]) -> dict[str, Any]:
    """What stays of an ended action's arguments: which records they were about, and no words."""
    return {key: value for key, value in args.items() if key.endswith(("_id", "_ids"))}


def _has_left(person: Person, now: datetime) -> bool:
    """By the day that it is where the person is; ``left_on`` is the first day of being gone."""
    return person.left_on is not None and person.left_on <= day_in(person.timezone, now)


def _caller_now(session: Session, person_id: str, now: datetime) -> Caller:
    """As whom somebody may act at this moment. Raises ``NotACallerError``."""
    person = session.get(Person, person_id)
    return caller_of(session, person_id, day_in(person.timezone, now) if person else None)


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """The values as they will be stored, so that what runs and what is shown is what is kept."""
    plain: dict[str, Any] = json.loads(json.dumps(values, allow_nan=False))
    return plain


def _context(
    action: PendingAction, requester: Caller, approver: Caller, now: datetime
) -> EffectContext:
    return EffectContext(
        action_id=action.id,
        tool=action.tool,
        thread_id=action.thread_id,
        turn_id=action.turn_id,
        requester=requester,
        approver=approver,
        now=now,
    )


def _code(error: Exception) -> str:
    """A code where the error gives one; otherwise its kind, because its text may name people."""
    text = str(error)
    return text if re.fullmatch(r"[a-z][a-z0-9_]{0,60}", text) else type(error).__name__
