"""Arguments and results of ``record_note`` and ``find_notes``."""

import datetime as dt
from typing import Literal

from pydantic import BaseModel, Field

from tools.artifact import Artifact
from tools.customers.schemas import Heard, Recorded


class RecordArguments(BaseModel):
    """What the model may say; the author is who asks."""

    text: str = Field(description="The note, word for word as the person said it.")
    customer: str | None = Field(
        default=None, description="The customer it is about, if the person named one."
    )
    opportunity: str | None = Field(
        default=None, description="The deal it is about, if the person named one."
    )


class FindArguments(BaseModel):
    """What to look for; all given conditions must hold."""

    customer: str | None = Field(default=None, description="Only notes about this customer.")
    author: str | None = Field(
        default=None, description="Whose notes, if the person named somebody; leave out for own."
    )
    query: str | None = Field(default=None, description="Words that stand in the note.")
    day: str | None = Field(
        default=None,
        description="Written on this day or later, as an ISO date; left out: any time.",
    )
    days: int = Field(default=1, description="With day: how many days from there, 1 to 31.")


class NoteProposal(Artifact):
    """A note that waits for its author's decision: the exact text, for whom, until when."""

    kind: str = "note_proposal"
    text: str
    customer: str | None
    opportunity: str | None
    heard: Heard | None = None
    seen_by: Literal["author"] = "author"
    expires_at: dt.datetime
    today: dt.date
    timezone: str


class NoteLine(Recorded):
    """One of the caller's notes. ``text`` is on one line, and cut if it is long."""

    customer_id: str | None
    customer: str | None


class NotesFound(Artifact):
    """The caller's own notes, the latest first, written ``first`` to ``last``. ``more``: others."""

    kind: str = "notes"
    today: dt.date
    customer: str | None
    query: str | None
    first: dt.date | None = None
    last: dt.date | None = None
    heard: Heard | None = None
    notes: list[NoteLine]
    more: bool = False
