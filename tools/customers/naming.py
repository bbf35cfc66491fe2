"""From a name as it was said to one entity, or to the answer that it is unknown or ambiguous."""

import unicodedata
from collections.abc import Sequence
from typing import Protocol

from storage.identity import Caller
from tools.artifact import Artifact, Choice, Entity, NotFound, Option
from tools.customers.schemas import Heard
from tools.linking.lexicon import Lexicon, Match

_LONGEST_NAME = 80
_MOST_OPTIONS = 5


class Linking(Protocol):
    """What is needed of ``tools.linking.service.Linker``."""

    async def resolve(self, caller: Caller, text: str, kind: str) -> list[Match]: ...

    async def lexicon(self, caller: Caller) -> Lexicon: ...


async def one_entity(linker: Linking, caller: Caller, said: str, kind: str) -> Match | Artifact:
    """The one thing of ``kind`` that ``said`` names.

    Otherwise a ``Choice`` (several fit equally well) or ``NotFound`` with visible names close
    to it. What lies outside of the caller's rights is simply unknown.
    """
    name = printable(said)
    matches = await linker.resolve(caller, name, kind) if name else []
    best = equals(matches)
    if len(best) == 1:
        return best[0]
    if best:
        options = [option(match) for match in best[:_MOST_OPTIONS]]
        return Choice(what=kind, name=name, options=options)
    near = (await linker.lexicon(caller)).near(name, kind) if name else []
    return NotFound(what=kind, name=name, near=near)


def equals(matches: Sequence[Match]) -> list[Match]:
    """The matches that are as good as the best one."""
    if not matches:
        return []
    first = matches[0]
    return [m for m in matches if m.score == first.score and m.guessed == first.guessed]


def option(match: Match) -> Option:
    """One choice; its id is what can be said without doubt where names are equal."""
    # The dot is at home in either language; brackets and commas are not.
    hint = f" · {match.hint}" if match.hint else ""
    return Option(label=f"{match.entity.name}{hint}", say=match.entity.id)


def heard(found: Match) -> Heard | None:
    """The echo of a guess; None where the name was said as it is known."""
    match found.how:
        case "typo" | "homophone" as how:
            return Heard(said=found.said, meant=found.entity.name, how=how)
        case _:
            return None


def focus(match: Match) -> list[Entity]:
    """What the conversation is about from now on."""
    return [match.entity]


def name_in(language: str, name: str, english: str | None) -> str:
    """What something is called in a language: an English name is for readers of English."""
    return english if english and language == "en" else name


def printable(text: str) -> str:
    """A name without control and direction characters, cut at a length that no name has."""
    kept = "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co"))
    return kept.strip()[:_LONGEST_NAME]
