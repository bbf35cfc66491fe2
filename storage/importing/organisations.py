"""The organisation that an import belongs to, and the people whom an export does not list."""

from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from storage.importing.fields import targets
from storage.importing.findings import Findings
from storage.importing.mapping import ImportMapping, PersonPart
from storage.importing.problems import ImportProblem
from storage.importing.records import Pending, Record, stable_id
from storage.importing.world import World
from storage.importing.yaml_lines import Lines
from storage.tables import Organisation

_TABLE: Any = Organisation.__table__  # type: ignore[attr-defined]  # put there by SQLAlchemy


def ensure_organisation(session: Session, mapping: ImportMapping, findings: Findings) -> bool:
    """Create the organisation if it is not there; whether it was created.

    One that is there keeps its settings: people may have changed them. The demo company is
    refused, because its next laying-out would wipe what was imported.
    """
    part = mapping.organisation
    row = session.execute(select(_TABLE).where(_TABLE.c.id == part.id)).mappings().first()
    if row is None:
        settings = part.model_dump(exclude={"default_person"})
        session.execute(insert(_TABLE), [{**settings, "kind": "real", "version": 1}])
        return True
    if row["kind"] == "demo":
        raise ImportProblem("demo_organisation", organisation=part.id)
    for name in ("name", "currency", "timezone", "language"):
        if row[name] != getattr(part, name):
            details = {"field": name, "kept": row[name], "mapped": getattr(part, name)}
            findings.notice("organisation_kept", **details)
    return False


def settle_organisation(
    session: Session, mapping: ImportMapping, world: World, *, created: bool, changed: bool
) -> None:
    """Name the default person of a new organisation, and count that names have changed."""
    part, values = mapping.organisation, {}
    if created and part.default_person is not None:
        found = world.find("person", part.default_person, None)
        if len(found) != 1:
            raise ImportProblem("default_person", name=part.default_person)
        values["default_person_id"] = found[0]
    if changed and not created:
        values["version"] = _TABLE.c.version + 1
    if values:
        session.execute(update(_TABLE).where(_TABLE.c.id == part.id).values(values))


def declared_people(mapping: ImportMapping, file: str, lines: Lines) -> list[Record]:
    """Records for the mapping's own ``people``, placed where they stand in its file."""
    return [
        _person(mapping, part, file, lines.of(("people", number)))
        for number, part in enumerate(mapping.people)
    ]


def _person(mapping: ImportMapping, part: PersonPart, file: str, line: int) -> Record:
    target, organisation = targets()["person"], mapping.organisation
    key = part.key or part.name
    values = part.model_dump(exclude={"key", "region", "manager"})
    values["timezone"] = part.timezone or organisation.timezone
    values["language"] = part.language or organisation.language
    links = (("region_id", "region", part.region), ("manager_id", "person", part.manager))
    values |= {name: None for name, _, _ in links}
    pending = tuple(
        Pending(name, table, None, said, name, "stop")
        for name, table, said in links
        if said is not None
    )
    row = stable_id(organisation.id, target.name, target.prefix, key)
    return Record(target, key, row, values, file, line, pending)
