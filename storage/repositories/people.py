"""Who works here, and as whom somebody may act. For the composition root, in a system unit."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from storage.errors import NotACallerError
from storage.identity import Caller
from storage.tables import Person, Region


def list_people(session: Session, org_id: str | None = None) -> Sequence[Person]:
    """Everybody, by name; of one organisation, or of all."""
    statement = select(Person).order_by(col(Person.org_id), col(Person.name), col(Person.id))
    if org_id is not None:
        statement = statement.where(col(Person.org_id) == org_id)
    return session.scalars(statement).all()


def find_person(session: Session, text: str, org_id: str | None = None) -> list[Person]:
    """The people whom ``text`` can mean; none is unknown, several are ambiguous.

    The first of these that fits somebody counts: id, name, English name, either of them in
    another case or width, alias. Among several, people who still work here go first.
    """
    wanted = text.strip()
    people = list_people(session, org_id)
    for fits in _ways(wanted):
        found = [person for person in people if wanted and fits(person)]
        if found:
            return [person for person in found if person.active] or found
    return []


def caller_of(session: Session, person_id: str, today: date | None = None) -> Caller:
    """The identity in which that person acts: role, everybody below, the regions headed.

    Without ``today`` any leaving date counts as past. Raises ``NotACallerError`` for somebody
    unknown, inactive or gone: nobody acts in their name.
    """
    person = session.get(Person, person_id)
    if person is None:
        raise NotACallerError("unknown", person_id)
    if not person.active:
        raise NotACallerError("inactive", person_id)
    if person.left_on is not None and (today is None or person.left_on <= today):
        raise NotACallerError("left", person_id)
    return Caller(
        person_id=person.id,
        org_id=person.org_id,
        name=person.name,
        role=person.role,
        team_ids=_team(session, person),
        region_ids=_regions(session, person),
        language=person.language,
        timezone=person.timezone,
    )


def _ways(wanted: str) -> Iterable[Callable[[Person], bool]]:
    folded = _fold(wanted)
    yield lambda person: person.id == wanted
    yield lambda person: person.name == wanted
    yield lambda person: person.english_name == wanted
    yield lambda person: folded in {_fold(person.name), _fold(person.english_name or "")}
    yield lambda person: folded in map(_fold, person.aliases)


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _team(session: Session, person: Person) -> tuple[str, ...]:
    """All who report to ``person``, directly or further down, whether or not they still work here.

    Rows of people who left stay in the reach of those they reported to.
    """
    below = (
        select(col(Person.id))
        .where(col(Person.manager_id) == person.id, col(Person.org_id) == person.org_id)
        .cte("below", recursive=True)
    )
    # UNION, not UNION ALL: a circle of managers in bad data ends the recursion.
    further = select(col(Person.id)).where(
        col(Person.manager_id) == below.c.id, col(Person.org_id) == person.org_id
    )
    team = below.union(further)
    found = session.scalars(select(team.c.id).where(team.c.id != person.id))
    return tuple(sorted(found))


def _regions(session: Session, person: Person) -> tuple[str, ...]:
    """The regions that ``person`` heads, with the regions inside them."""
    headed = (
        select(col(Region.id))
        .where(col(Region.manager_id) == person.id, col(Region.org_id) == person.org_id)
        .cte("headed", recursive=True)
    )
    inside = select(col(Region.id)).where(
        col(Region.parent_id) == headed.c.id, col(Region.org_id) == person.org_id
    )
    return tuple(sorted(session.scalars(select(headed.union(inside).c.id))))
