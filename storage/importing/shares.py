"""Who else may read a customer: reps with own business there, beside its owner."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from storage.importing.fields import target_named
from storage.importing.mapping import ImportMapping
from storage.importing.records import joined_key, stable_id
from storage.importing.world import World, existing_rows
from storage.importing.write import CHUNK
from storage.tables import CustomerShare

REASON = "deals"
_TABLE: Any = CustomerShare.__table__  # type: ignore[attr-defined]  # put there by SQLAlchemy


@dataclass(slots=True)
class ShareChange:
    """Shares to add and to take back."""

    new: list[dict[str, Any]] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    unchanged: int = 0


def compare_shares(
    session: Session, world: World, mapping: ImportMapping, now: datetime
) -> ShareChange:
    """What the shares of this source should be, against what they are.

    Shares that somebody else granted are never taken back.
    """
    organisation = mapping.organisation.id
    rows = existing_rows(session, CustomerShare, organisation)
    wanted = dict(_wanted(world, mapping))
    change = ShareChange()
    for row, stored in rows.items():
        if stored["source"] == mapping.source and stored["reason"] == REASON and row not in wanted:
            change.gone.append(row)
    for row, share in wanted.items():
        if row in rows:
            change.unchanged += 1
        else:
            recorded = {"org_id": organisation, "source": mapping.source, "recorded_at": now}
            change.new.append({"id": row, "reason": REASON, **recorded, **share})
    return change


def write_shares(session: Session, change: ShareChange) -> None:
    """Add and take back."""
    for start in range(0, len(change.new), CHUNK):
        session.execute(insert(_TABLE), change.new[start : start + CHUNK])
    for start in range(0, len(change.gone), CHUNK):
        session.execute(delete(_TABLE).where(_TABLE.c.id.in_(change.gone[start : start + CHUNK])))


def _wanted(world: World, mapping: ImportMapping) -> Any:
    """One share for each rep with own rows at a customer that belongs to somebody else."""
    pairs = {
        (world.value(target.name, row, "customer_id"), world.value(target.name, row, "owner_id"))
        for name in mapping.shares
        if (target := target_named(name)) is not None
        for row in world.rows(target.name)
    }
    for customer, person in sorted(p for p in pairs if None not in p):
        if world.value("customer", customer, "owner_id") == person:
            continue
        key = joined_key([customer, person])
        row = stable_id(mapping.organisation.id, "customer_share", "shr", key)
        region = world.value("person", person, "region_id")
        yield (
            row,
            {
                "customer_id": customer,
                "owner_id": person,
                "region_id": region,
                "external_id": key,
            },
        )
