"""What passes between the twin and any chat channel, in no channel's own terms."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from storage.vocabulary import Verb
from tools.artifact import Chart, Citation, Outcome, Table

if TYPE_CHECKING:
    from agents.answer import Answer


@dataclass(frozen=True, slots=True)
class Caps:
    """What a channel can show. ``max_text`` is in characters, ``width`` in terminal cells."""

    streaming: bool = False
    buttons: bool = False
    tables: bool = False
    pictures: bool = False
    max_text: int | None = None
    width: int | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """A button: a decision (``verb``) on the pending action ``id``.

    ``draft`` is the wording that an edit starts from.
    """

    id: str
    verb: Verb
    label: str
    expires_at: datetime | None = None
    draft: str = ""


@dataclass(frozen=True, slots=True)
class Press:
    """Somebody pressed a button; ``text`` comes with an edit."""

    action_id: str
    verb: Verb
    text: str | None = None


@dataclass(frozen=True, slots=True)
class ChatEvent:
    """Something arrived on a channel: words, or a pressed button.

    ``event_id`` is the platform's own id, by which a repeated delivery is recognised;
    ``sender`` is the platform's id of the account, not yet a person.
    """

    channel: str
    conversation: str
    sender: str
    event_id: str
    moment: datetime
    text: str = ""
    press: Press | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as any channel shows it."""

    outcome: Outcome
    markdown: str
    citations: Sequence[Citation] = field(default=())
    tables: Sequence[Table] = field(default=())
    charts: Sequence[Chart] = field(default=())
    actions: Sequence[Action] = field(default=())


def reply_of(answer: "Answer") -> Reply:
    """What a channel shows of a turn's answer."""
    body = answer.answer
    drafts = _drafts(answer)
    return Reply(
        outcome=answer.outcome,
        markdown=body.markdown,
        citations=tuple(body.citations),
        tables=tuple(body.tables),
        charts=tuple(body.charts),
        actions=tuple(
            Action(a.id, a.verb, a.label, a.expires_at, drafts.get(a.id, "")) for a in body.actions
        ),
    )


def _drafts(answer: "Answer") -> dict[str, str]:
    """What the turn's proposals say, by action."""
    results = [run.result or {} for run in answer.tools]
    return {
        action["id"]: str(result.get("text", ""))
        for result in results
        for action in result.get("actions", ())
    }
