"""A rep, a colleague and a manager in a database, with one tool whose effect leaves a trace."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlmodel import col

from storage import approvals
from storage.approvals import Decision, EffectContext
from storage.database import Database
from storage.identity import Caller
from storage.session import PrincipalSession
from storage.tables import Note, Organisation, PendingAction, Person, Region
from storage.vocabulary import Role, Verb

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
TTL = timedelta(hours=1)
ANN = Caller("ann", "org", "Ann", Role.REP)
BEN = Caller("ben", "org", "Ben", Role.REP)
BOSS = Caller("boss", "org", "Boss", Role.REGIONAL_MANAGER, ("ann", "ben"), ("east",))
STRANGER = Caller("ann", "rival", "Ann of elsewhere", Role.CRO)


def staff(database: Database) -> None:
    """Fill an empty database with the people above."""
    with database.system("staff") as session:
        session.add(Organisation(id="org", name="org"))
        session.add(Region(id="east", org_id="org", name="East", manager_id="boss"))
        for caller, manager in ((ANN, "boss"), (BEN, "boss"), (BOSS, None)):
            session.add(
                Person(
                    id=caller.person_id,
                    org_id="org",
                    name=caller.name,
                    role=caller.role,
                    manager_id=manager,
                )
            )


def ask(
    database: Database,
    *,
    by: Caller = ANN,
    approver: str = "ann",
    args: dict[str, Any] | None = None,
    tool: str = "record_note",
    thread: str = "thread",
    key: str = "act-1",
    now: datetime = NOW,
) -> PendingAction:
    """Propose a note."""
    with database.principal(by, "ask") as session:
        return approvals.propose(
            session,
            tool=tool,
            title="note",
            args=args or {"text": "价格太高"},
            thread_id=thread,
            turn_id="turn",
            approver_id=approver,
            now=now,
            ttl=TTL,
            new_id=lambda _prefix: key,
        )


def keep_note(
    session: PrincipalSession, context: EffectContext, args: dict[str, Any]
) -> dict[str, Any]:
    """The effect: a note of the requester. Its id is new each time, so that two would show."""
    number = session.first(select(func.count(col(Note.id)))) or 0
    key = f"{context.action_id}-{number}"
    session.add(
        Note(
            id=key,
            org_id=session.caller.org_id,
            owner_id=session.caller.person_id,
            text=args["text"],
            written_at=context.now,
        )
    )
    return {"note": key, "by": session.caller.person_id, "for": context.approver.person_id}


def change_text(args: Mapping[str, Any], edit: Mapping[str, Any]) -> dict[str, Any]:
    """The editor: the text alone, and not an empty one."""
    if not str(edit.get("text", "")).strip():
        raise ValueError("empty_text")
    return {**args, "text": edit["text"]}


def click(
    database: Database,
    verb: Verb = "adopt",
    *,
    by: Caller = ANN,
    key: str = "act-1",
    edit: dict[str, Any] | None = None,
    now: datetime = NOW + timedelta(minutes=1),
    effect: approvals.Effect = keep_note,
) -> Decision:
    """Press a button."""
    return approvals.decide(
        database,
        by,
        key,
        verb,
        args_edit=edit,
        now=now,
        effects={"record_note": effect},
        editors={"record_note": change_text},
    )


def notes(database: Database) -> list[str]:
    """All notes there are."""
    with database.system("notes", write=False) as session:
        return list(session.scalars(select(col(Note.text)).order_by(col(Note.id))))


def stored(database: Database, key: str = "act-1") -> PendingAction:
    """The row as it stands."""
    with database.system("stored", write=False) as session:
        return session.get_one(PendingAction, key)
