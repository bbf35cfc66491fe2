"""Pure decisions about notes: which texts are accepted, and who may ask for whose."""

import unicodedata
from dataclasses import dataclass
from typing import Literal

TextFault = Literal["empty_note", "note_too_long", "unreadable_note"]

_SELF = frozenset({"我", "本人", "自己", "我自己", "我本人", "me", "i", "myself", "mine", "my own"})


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Characters of a note, hours that a proposal waits, search words that count."""

    longest: int = 4000
    waits_hours: int = 24
    most_words: int = 6


THRESHOLDS = Thresholds()


def text_fault(text: str, limits: Thresholds = THRESHOLDS) -> TextFault | None:
    """Why a text cannot be a note, or None. A good text is kept as it is, to the character."""
    if not any(_carries_meaning(c) for c in text):
        return "empty_note"
    if len(text) > limits.longest:
        return "note_too_long"
    if "\x00" in text or any("\ud800" <= c <= "\udfff" for c in text):
        return "unreadable_note"  # neither SQLite's tools nor PostgreSQL keep these
    return None


def _carries_meaning(character: str) -> bool:
    return not character.isspace() and unicodedata.category(character) not in ("Cc", "Cf", "Cs")


def is_self(author: str, name: str, person_id: str) -> bool:
    """Whether the named author is the person who asks."""
    said = author.strip().lower()
    return said in _SELF or said in (name.strip().lower(), person_id.lower())


def search_words(query: str | None, limits: Thresholds = THRESHOLDS) -> tuple[str, ...]:
    """The words that must all stand in a note."""
    return tuple((query or "").split()[: limits.most_words])


def private_pieces(text: str) -> list[str]:
    """A private text and its lines: whichever way it is shown, it can be recognised and hidden."""
    lines = [line.strip() for line in text.splitlines()]
    return list(dict.fromkeys([text, *(line for line in lines if len(line) > 1)]))
