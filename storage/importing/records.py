"""What a row of an export becomes before it is written."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from storage.importing.fields import Target
from storage.importing.mapping import DerivePart

_DIGITS = 16  # 64 bits: a million rows collide with a chance below one in thirty million


@dataclass(frozen=True, slots=True)
class Pending:
    """A reference by name that is still to be turned into an id."""

    field: str
    table: str
    by: str | None
    said: str | tuple[str, ...]
    column: str
    policy: str


@dataclass(slots=True)
class Record:
    """One future row. ``values`` are the fields that the mapping fills, and no others."""

    target: Target
    key: str
    id: str
    values: dict[str, Any]
    file: str
    line: int
    pending: Sequence[Pending] = ()
    needs: Mapping[str, str] = field(default_factory=dict)  # field that must not be empty: column
    derive: Mapping[str, DerivePart] = field(default_factory=dict)
    inherited: dict[str, bool] = field(default_factory=dict)  # field: whether it was mapped
    repaired: bool = False
    alive: bool = True


def joined_key(parts: Sequence[str]) -> str:
    """Key columns as one external id; the separator is escaped, so that keys stay distinct."""
    if len(parts) == 1:
        return parts[0]
    return "|".join(part.replace("\\", "\\\\").replace("|", "\\|") for part in parts)


def stable_id(organisation: str, target: str, prefix: str, key: str) -> str:
    """The id of a row: the same for the same organisation, table and external key, for ever."""
    digest = hashlib.sha256("\x1f".join((organisation, target, key)).encode()).hexdigest()
    return f"{prefix}-{digest[:_DIGITS]}"
