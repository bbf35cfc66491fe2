"""Turns names into ids, and drops records whose references or needs cannot be met."""

from collections.abc import Iterable

from storage.importing.findings import Findings
from storage.importing.problems import Place, Trouble, nearest
from storage.importing.records import Pending, Record
from storage.importing.rows import outcome_of
from storage.importing.world import World


def link(world: World, records: Iterable[Record], findings: Findings) -> None:
    """Resolve every reference. A record that is dropped may drop others that point to it."""
    everybody = list(records)
    for record in everybody:
        for pending in record.pending:
            if record.alive:
                _resolve(world, record, pending, findings)
    while sum(_lost(world, record, findings) for record in everybody if record.alive):
        continue


def leave_to_others(
    world: World, records: Iterable[Record], source: str, findings: Findings
) -> None:
    """Drop records whose row is not of this source: people and other imports keep their rows."""
    for record in records:
        row = world.existing[record.target.name].get(record.id)
        if row is None or not record.target.sourced or row["source"] == source:
            continue
        code = "made_by_people" if row["source"] == "manual" else "other_source"
        place = Place(record.file, record.line)
        _drop(record, findings, Trouble(code, place, {"source": str(row["source"])}))


def check_needs(records: Iterable[Record], findings: Findings) -> bool:
    """Drop records that lack a field which they need; whether there were any."""
    dropped = False
    for record in records:
        if not record.alive:
            continue
        blank = next((n for n in record.needs if record.values.get(n) in (None, "", [])), None)
        if blank is not None:
            place = Place(record.file, record.line, record.needs[blank])
            _drop(record, findings, Trouble("needed_blank", place, {"field": blank}))
            dropped = True
    return dropped


def drop_orphans(world: World, records: Iterable[Record], findings: Findings) -> None:
    """After records were dropped: settle those that point to them."""
    everybody = list(records)
    while sum(_lost(world, record, findings) for record in everybody if record.alive):
        check_needs(everybody, findings)


def _resolve(world: World, record: Record, pending: Pending, findings: Findings) -> None:
    if isinstance(pending.said, str):
        record.values[pending.field] = _one(world, record, pending, pending.said, findings)
        return
    found = (_one(world, record, pending, said, findings) for said in pending.said)
    record.values[pending.field] = [row for row in found if row is not None]


def _one(
    world: World, record: Record, pending: Pending, said: str, findings: Findings
) -> str | None:
    found = world.find(pending.table, said, pending.by)
    if len(found) == 1:
        return found[0]
    if found:
        _settle(record, pending, findings, "ambiguous_name", value=said, count=len(found))
    else:
        near = nearest(said, world.known_names(pending.table))
        _settle(record, pending, findings, "unknown_name", value=said, near=near)
    return None


def _lost(world: World, record: Record, findings: Findings) -> bool:
    """Whether the record pointed to one that was dropped meanwhile."""
    lost = False
    for pending in record.pending:
        held = record.values.get(pending.field)
        rows = held if isinstance(held, list) else [held]
        gone = [row for row in rows if row is not None and not world.alive(pending.table, row)]
        if not gone or not record.alive:
            continue
        lost = True
        record.values[pending.field] = (
            [row for row in rows if row not in gone] if isinstance(held, list) else None
        )
        said = pending.said if isinstance(pending.said, str) else ", ".join(pending.said)
        _settle(record, pending, findings, "skipped_name", value=said)
    return lost


def _settle(
    record: Record, pending: Pending, findings: Findings, code: str, **details: str | int
) -> None:
    place = Place(record.file, record.line, pending.column)
    trouble = Trouble(code, place, {**details, "among": pending.table})
    outcome = outcome_of(pending.policy)
    if outcome == "skipped":
        _drop(record, findings, trouble)
    else:
        findings.row(record.target.name, record.key, outcome, trouble)


def _drop(record: Record, findings: Findings, trouble: Trouble) -> None:
    if record.alive:
        record.alive = False
        findings.row(record.target.name, record.key, "skipped", trouble)
