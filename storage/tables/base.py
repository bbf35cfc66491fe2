"""Mixins that every table is made of. A table without a visibility does not pass the tests."""

from datetime import datetime
from typing import ClassVar

from sqlmodel import Field, SQLModel

from storage.columns import moment_or_none
from storage.identity import Visibility

# Constraints get names, so that a later migration can speak of them.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Scoped(SQLModel):
    """A row of one organisation; ``visibility`` names the policy line that guards it."""

    visibility: ClassVar[Visibility]

    id: str = Field(primary_key=True)
    # No index: a database serves few organisations, and SQLite would prefer it to better ones.
    org_id: str


class Sourced(SQLModel):
    """Where a row came from: ``source`` + ``external_id`` make a re-import idempotent."""

    source: str = "manual"
    external_id: str | None = Field(default=None, index=True)
    recorded_at: datetime | None = moment_or_none()


class Owned(Scoped):
    """A row that belongs to a rep and a region.

    Both are copied from the customer, so that one predicate filters every table.
    ``shared_by`` names the column that holds the customer's id where facts about a customer
    are also open to the people that the customer is shared with (``CustomerShare``).
    """

    shared_by: ClassVar[str | None] = None

    owner_id: str | None = Field(default=None, index=True)
    region_id: str | None = Field(default=None, index=True)
