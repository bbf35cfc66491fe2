"""Who is meant by ``--as``. For the terminal alone: chat platforms go by the linked account."""

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Protocol

from bot.errors import CommandError, WrongUseError
from bot.wording import Words
from storage.clock import Clock, day_in
from storage.errors import NotACallerError
from storage.identity import Caller

if TYPE_CHECKING:
    from storage.database import Database, SystemSession
    from storage.tables import Person

_NEAR = 0.6  # similarity from which a name is worth suggesting
_SUGGESTED = 3
_SHORT = 3  # characters up to which a name is compared as a set: most Chinese names


class Named(Protocol):
    """What a person is found by, and what says whether that person works here."""

    id: str
    name: str
    english_name: str | None
    aliases: list[str]
    active: bool
    timezone: str
    left_on: date | None


def caller_for(database: "Database", said: str | None, clock: Clock, words: Words) -> Caller:
    """The caller for ``--as``; without it the demo's default rep, or the imported company's.

    Raises WrongUseError for a name that is nobody's, several people's, or of somebody who left,
    and CommandError where there is nobody to be.
    """
    from storage.repositories.people import caller_of, find_person, list_people

    with database.system("who_asks", write=False) as session:
        now = clock.now()
        if said is None:
            person = _default(session, now)
            return caller_of(session, person.id, day_in(person.timezone, now))
        found = find_person(session, said)
        if not found:
            raise _unknown(said, list_people(session), words, now)
        found = [person for person in found if works_here(person, now)] or found
        if len(found) > 1:
            listed = ", ".join(f"{person.name} ({person.id})" for person in found)
            values = {"name": said, "names": listed, "example": found[0].id}
            raise WrongUseError("errors.several_people", **values)
        try:
            return caller_of(session, found[0].id, day_in(found[0].timezone, now))
        except NotACallerError:
            raise WrongUseError("errors.inactive_person", name=found[0].name) from None


def works_here(person: Named, moment: datetime) -> bool:
    """Whether somebody works here still, by the day that it is where the person is.

    ``left_on`` is the first day on which one is gone.
    """
    gone = person.left_on is not None and person.left_on <= day_in(person.timezone, moment)
    return person.active and not gone


def _default(session: "SystemSession", now: datetime) -> "Person":
    from storage.repositories.people import list_people
    from storage.tables import Organisation, Person

    organisations = [
        organisation
        for org_id in sorted({person.org_id for person in list_people(session)})
        if (organisation := session.get(Organisation, org_id)) is not None
    ]
    if not organisations:
        raise CommandError("errors.no_people")
    organisations.sort(key=lambda organisation: organisation.kind != "demo")
    for organisation in organisations:
        person = session.get(Person, organisation.default_person_id or "")
        if person is not None and works_here(person, now):
            return person
    here = [person for person in list_people(session) if works_here(person, now)]
    name = here[0].name if here else "…"
    raise CommandError("errors.no_default", example=f'"{name}"' if " " in name else name)


def _unknown(said: str, people: Sequence[Named], words: Words, now: datetime) -> WrongUseError:
    if not people:
        return WrongUseError("errors.no_people")
    near = near_names(said, [person for person in people if works_here(person, now)])
    hint = words("errors.near", names=words("errors.comma").join(near)) if near else ""
    return WrongUseError("errors.unknown_person", name=said, near=hint)


def near_names(said: str, people: Sequence[Named]) -> list[str]:
    """Names of those people, most similar first; at most three, none that is far off."""
    wanted = _fold(said)
    scored: dict[str, float] = {}
    for person in people:
        best = max(_similarity(wanted, _fold(name)) for name in _names_of(person))
        scored[person.name] = max(best, scored.get(person.name, 0.0))
    near = [name for name, score in scored.items() if score >= _NEAR]
    return sorted(near, key=lambda name: -scored[name])[:_SUGGESTED]


def _fold(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _names_of(person: Named) -> Iterable[str]:
    english = person.english_name
    return (person.id, person.name, *((english,) if english else ()), *person.aliases)


def _similarity(one: str, other: str) -> float:
    if len(one) <= _SHORT and len(other) <= _SHORT:
        common = len(set(one) & set(other))
        return common / max(len(one), len(other), 1) + 0.1 * (one[:1] == other[:1])
    return SequenceMatcher(None, one, other).ratio()
