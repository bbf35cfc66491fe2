"""Who is who, for ``people`` and ``/people``."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.identity import works_here
from bot.render.table import grid
from bot.wording import Words
from storage.vocabulary import Role

if TYPE_CHECKING:
    from storage.database import Database


@dataclass(frozen=True, slots=True)
class Entry:
    """One person; ``region`` and ``manager`` are names."""

    id: str
    name: str
    english_name: str | None
    aliases: Sequence[str]
    role: str
    title: str | None
    region: str | None
    region_id: str | None
    manager: str | None
    manager_id: str | None
    organisation: str
    active: bool  # works here today, where the person is

    def as_json(self) -> dict[str, Any]:
        """The person's JSON object."""
        return asdict(self)


def read_people(database: "Database", now: datetime) -> list[Entry]:
    """Everybody, by organisation and name."""
    from storage.repositories.people import list_people
    from storage.tables import Organisation, Region

    with database.system("people", write=False) as session:
        people = list_people(session)
        names = {person.id: person.name for person in people}
        regions = {
            region_id: region.name
            for region_id in {person.region_id for person in people if person.region_id}
            if (region := session.get(Region, region_id)) is not None
        }
        organisations = {
            org_id: organisation.name
            for org_id in {person.org_id for person in people}
            if (organisation := session.get(Organisation, org_id)) is not None
        }
    return [_entry(person, names, regions, organisations, now) for person in people]


def _entry(
    person: Any,
    names: Mapping[str, str],
    regions: Mapping[str, str],
    organisations: Mapping[str, str],
    now: datetime,
) -> Entry:
    return Entry(
        id=person.id,
        name=person.name,
        english_name=person.english_name,
        aliases=tuple(person.aliases),
        role=person.role.value,
        title=person.title,
        region=regions.get(person.region_id or ""),
        region_id=person.region_id,
        manager=names.get(person.manager_id or ""),
        manager_id=person.manager_id,
        organisation=organisations.get(person.org_id, person.org_id),
        active=works_here(person, now),
    )


def people_lines(database: "Database", words: Words, width: int, now: datetime) -> list[str]:
    """A table of the people who are here, one block per organisation."""
    order = [role.value for role in Role]
    people = [entry for entry in read_people(database, now) if entry.active]
    people.sort(key=lambda entry: order.index(entry.role))
    head = [words(f"people.{key}") for key in ("id", "name", "role", "region", "manager")]
    lines: list[str] = []
    for organisation in dict.fromkeys(entry.organisation for entry in people):
        rows = [_row(entry, words) for entry in people if entry.organisation == organisation]
        lines += [words("people.title", name=organisation, count=len(rows))]
        lines += [*grid(head, rows, width), ""]
    return lines


def _row(entry: Entry, words: Words) -> list[str]:
    name = f"{entry.name} {entry.english_name}" if entry.english_name else entry.name
    role = words(f"chat.roles.{entry.role}")
    return [entry.id, name, role, entry.region or "—", entry.manager or "—"]
