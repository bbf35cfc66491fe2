"""The typed result that every tool returns beside its text.

An artifact is plain JSON once dumped: it is kept in the thread, shown by ``--json`` and read by
the channel that renders it. ``kind`` names its word template in ``prompts/words``.
"""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from storage.vocabulary import Grade, Verb

Day = date  # a field named "date" hides the type in its own class

Outcome = Literal["answered", "asked", "refused", "unknown", "pending", "error"]


class Strict(BaseModel):
    """A model that refuses fields it does not know."""

    model_config = ConfigDict(extra="forbid")


class Citation(Strict):
    """Where a statement stands: a playbook step, a document passage, a record."""

    id: str
    title: str
    locator: str
    quote: str


class Column(Strict):
    """A table column; ``unit`` is what its numbers are counted in."""

    key: str
    label: str
    unit: str | None = None


class Table(Strict):
    """A small table with its rows in column order."""

    title: str
    columns: list[Column]
    rows: list[list[Any]]


class Chart(Strict):
    """A picture on disk."""

    title: str
    path: str


class ActionButton(Strict):
    """A button under an answer: a decision on the pending action ``id``."""

    id: str
    verb: Verb
    label: str
    expires_at: datetime


class Fact(Strict):
    """One statement with its origin. ``grade`` is empty for ungraded facts."""

    text: str
    source: str
    date: Day | None = None
    grade: Grade | None = None
    mark: Literal["stale", "contradicted", "missing"] | None = None


class Sensitive(Strict):
    """Words in this artifact that may not leave the machine below their grade.

    ``kind`` says what they are, for the placeholder that stands in for them.
    """

    text: str
    grade: Grade
    kind: Literal["person", "phone", "mail", "wechat", "words"]


class Entity(Strict):
    """Something a conversation can be about."""

    kind: Literal["customer", "person", "contact", "product", "opportunity", "playbook"]
    id: str
    name: str


class Option(Strict):
    """One choice when the tool asks back; ``say`` is what the person can answer with."""

    label: str
    say: str


class Artifact(Strict):
    """Base of all results. Subclasses set ``kind`` and add their own fields."""

    kind: str
    outcome: Outcome = "answered"
    citations: list[Citation] = Field(default_factory=list)
    tables: list[Table] = Field(default_factory=list)
    actions: list[ActionButton] = Field(default_factory=list)
    focus: list[Entity] = Field(default_factory=list)
    sensitive: list[Sensitive] = Field(default_factory=list)


class NotFound(Artifact):
    """Nothing of that name where the caller may look; ``near`` are visible names close to it."""

    kind: str = "not_found"
    outcome: Outcome = "unknown"
    what: str
    name: str
    near: list[str] = Field(default_factory=list)


class Choice(Artifact):
    """Several things fit; the person must say which."""

    kind: str = "choice"
    outcome: Outcome = "asked"
    what: str
    name: str
    options: list[Option]


class Refusal(Artifact):
    """The caller may not; ``reason`` is a template key, ``ask`` the person who may decide."""

    kind: str = "refusal"
    outcome: Outcome = "refused"
    reason: str
    subject: str = ""
    ask: str | None = None


class Problem(Artifact):
    """The tool failed or got arguments it cannot use; ``reason`` is a template key."""

    kind: str = "problem"
    outcome: Outcome = "error"
    reason: str
    detail: str = ""
