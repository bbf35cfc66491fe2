"""In which language something is said to a person.

What stands around an answer is in the answer's own language, and a decision is answered in the
language in which it was asked for: nothing is said half in one and half in the other.
"""

from typing import TYPE_CHECKING

from bot.wording import LANGUAGES, Language
from storage.identity import Caller

if TYPE_CHECKING:
    from agents.answer import Answer
    from storage.tables import PendingAction


def own_language(caller: Caller) -> Language:
    """The language that a person has chosen."""
    return next((one for one in LANGUAGES if one == caller.language), "zh")


def spoken_in(text: str, caller: Caller) -> Language:
    """The language of a message; the person's own for one that has none, such as a number."""
    from agents.text import MAX_CHARACTERS, clean, detect_language

    return detect_language(clean(text[:MAX_CHARACTERS]), own_language(caller))


def answered_in(answer: "Answer", said: str, caller: Caller) -> Language:
    """The language of an answer: its prompt's (``twin.en@1a2b3c``), or the message's own."""
    code = answer.prompt.partition("@")[0].rpartition(".")[2]
    return next((one for one in LANGUAGES if one == code), None) or spoken_in(said, caller)


def asked_in(action: "PendingAction | None", caller: Caller) -> Language:
    """The language in which an action was proposed: that of the first words of its title.

    Behind them stands the name of what it is about, which may be in any language.
    """
    return spoken_in(action.title.partition(" · ")[0] if action else "", caller)


def is_blank(text: str) -> bool:
    """Whether nothing can be seen in a text."""
    from agents.text import clean

    return not clean(text).strip()
