"""The twin's own state: turns, pending actions and leases. Each row belongs to one person."""

from datetime import datetime
from typing import Any, ClassVar

from sqlmodel import Field, SQLModel

from storage.columns import json_list, json_object, json_or_none, moment, moment_or_none, word
from storage.identity import Visibility
from storage.tables.base import Owned
from storage.vocabulary import ActionState


class Turn(Owned, table=True):
    """One question and its answer, for audit. The words themselves stay in the thread."""

    __tablename__ = "turn"
    visibility: ClassVar[Visibility] = Visibility.SYSTEM

    thread_id: str = Field(index=True)
    started_at: datetime = moment(index=True)
    outcome: str
    model: str
    prompt: str  # name@hash of the prompt that was in force
    tools: list[str] = json_list()
    milliseconds: float = 0.0


class PendingAction(Owned, table=True):
    """A proposed effect that waits for a decision (TWIN-3). ``owner_id`` is the requester.

    While it waits, ``args`` are the exact arguments; ``args_hash`` is their SHA-256 over canonical
    JSON. Once it has ended, ``args`` keep the ids among them and no words, and ``executed`` has
    the ids and the hash of what really ran (it differs from ``args_hash`` after an edit).
    """

    __tablename__ = "pending_action"
    visibility: ClassVar[Visibility] = Visibility.SYSTEM

    thread_id: str = Field(index=True)
    turn_id: str
    tool: str
    title: str
    args: dict[str, Any] = json_object()
    args_hash: str
    approver_id: str = Field(index=True)
    state: ActionState = word(ActionState, index=True, default=ActionState.PENDING)
    asked_at: datetime = moment()
    expires_at: datetime = moment()
    decided_at: datetime | None = moment_or_none()
    decided_by: str | None = None
    decision: str | None = None  # adopt, edit, ignore
    executed: dict[str, Any] | None = json_or_none()
    receipt: dict[str, Any] | None = json_or_none()


class Lease(SQLModel, table=True):
    """A short claim on a name (a thread, a folder) by one running program."""

    __tablename__ = "lease"
    visibility: ClassVar[Visibility] = Visibility.SYSTEM

    name: str = Field(primary_key=True)
    holder: str
    until: datetime = moment()
