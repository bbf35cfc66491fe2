"""Who is meant by ``--as``. For the terminal alone: chat platforms go by the linked account."""

import unicodedata
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Protocol

from bot.errors import CommandError, WrongUseError
from bot.wording import Words
from storage.clock import Clock
from storage.errors import NotACallerError
from storage.identity import Caller

if TYPE_CHECKING:
    from storage.database import Database, SystemSession

_NEAR = 0.6  # similarity from which a name is worth suggesting
_SUGGESTED = 3
_SHORT = 3  # characters up to which a name is compared as a set: most Chinese names


class Named(Protocol):
    """What a person is found by."""

    id: str
    name: str
    english_name: str | None
    aliases: list[str]
    active: bool


def caller_for(database: "Database", said: str | None, clock: Clock, words: Words) -> Caller:
    """The caller for ``--as``; without it the demo's default rep, or the imported company's.

    Raises WrongUseError for a name that is nobody's, several people's, or of somebody who left,
    and CommandError where there is nobody to be.
    """
    from storage.repositories.people import caller_of, find_person, list_people

    with database.system("who_asks", write=False) as session:
        today = clock.now().date()
        if said is None:
            return caller_of(session, _default(session), today)
        found = find_person(session, said)
        if not found:
            raise _unknown(said, list_people(session), words)
        if len(found) > 1:
            listed = ", ".join(f"{person.name} ({person.id})" for person in found)
            values = {"name": said, "names": listed, "example": found[0].id}
            raise WrongUseError("errors.several_people", **values)
        try:
            return caller_of(session, found[0].id, today)
        except NotACallerError:
            raise WrongUseError("errors.inactive_person", name=found[0].name) from None


def _default(session: "SystemSession") -> str:
    from storage.repositories.people import list_people
    from storage.tables import Organisation

    organisations = [
        organisation
        for org_id in sorted({person.org_id for person in list_people(session)})
        if (organisation := session.get(Organisation, org_id)) is not None
    ]
    if not organisations:
        raise CommandError("errors.no_people")
    organisations.sort(key=lambda organisation: organisation.kind != "demo")
    for organisation in organisations:
        if organisation.default_person_id:
            return organisation.default_person_id
    raise CommandError("errors.no_default")


def _unknown(said: str, people: Sequence[Named], words: Words) -> WrongUseError:
    if not people:
        return WrongUseError("errors.no_people")
    near = near_names(said, people)
    hint = words("errors.near", names="、".join(near)) if near else ""
    return WrongUseError("errors.unknown_person", name=said, near=hint)


def near_names(said: str, people: Sequence[Named]) -> list[str]:
    """Names of people who are here, most similar first; at most three, none that is far off."""
    wanted = _fold(said)
    scored: dict[str, float] = {}
    for person in people:
        if person.active:
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
