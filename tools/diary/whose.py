"""Whose calendar is asked for: the caller's own, or that of somebody whom the caller leads."""

from dataclasses import dataclass

from storage.identity import Caller, Reach, Visibility
from tools.artifact import Artifact, Choice, NotFound
from tools.customers.naming import Linking, equals, heard, option, printable
from tools.customers.schemas import Heard

_SELF = frozenset({"我", "本人", "自己", "我自己", "我本人", "me", "i", "myself", "mine", "my own"})
_MOST_OPTIONS = 5


@dataclass(frozen=True, slots=True)
class Whose:
    """A person by id; ``heard`` tells how a guessed name was taken.

    Not ``named`` is the caller who named nobody.
    """

    person_id: str
    named: bool
    heard: Heard | None = None


def leads(caller: Caller) -> bool:
    """Whether the caller may see other people's diaries."""
    return caller.reach(Visibility.DIARY) in (Reach.TEAM, Reach.ALL)


def may_see(caller: Caller, person_id: str) -> bool:
    """Whether somebody's diary lies in the caller's reach as a whole."""
    match caller.reach(Visibility.DIARY):
        case Reach.ALL:
            return True
        case Reach.TEAM:
            return person_id == caller.person_id or person_id in caller.team_ids
        case _:
            return person_id == caller.person_id


async def whose(linker: Linking, caller: Caller, said: str | None) -> Whose | Artifact:
    """The person whose calendar is asked for, or that there is nobody or are several.

    Of several people with one name those count whose calendar the caller may see.
    """
    name = printable(said or "")
    if not name or name.lower() in _SELF:
        return Whose(caller.person_id, named=bool(name))
    matches = equals(await linker.resolve(caller, name, "person"))
    if not matches:
        near = (await linker.lexicon(caller)).near(name, "person")
        return NotFound(what="person", name=name, near=near)
    # Where none may be seen, which one was meant changes nothing.
    seen = [m for m in matches if may_see(caller, m.entity.id)] or matches[:1]
    if len(seen) == 1:
        return Whose(seen[0].entity.id, named=True, heard=heard(seen[0]))
    options = [option(match) for match in seen[:_MOST_OPTIONS]]
    return Choice(what="person", name=name, options=options)
