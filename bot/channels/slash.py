"""The console's own commands, which begin with a slash."""

from dataclasses import dataclass
from difflib import get_close_matches

# Every command with its other spellings.
NAMES: dict[str, tuple[str, ...]] = {
    "help": ("帮助", "h", "?"),
    "as": ("身份",),
    "new": ("新对话",),
    "people": ("人员",),
    "lang": ("语言", "language"),
    "quit": ("退出", "exit", "q"),
}


@dataclass(frozen=True, slots=True)
class Slash:
    """A command and what stands behind it. ``near`` is a suggestion for an unknown one."""

    name: str
    rest: str = ""
    known: bool = True
    near: str | None = None


def read_slash(line: str) -> Slash | None:
    """The command of a line, or None if the line is for the twin. A full-width slash counts."""
    text = line.strip()
    if not text.startswith(("/", "／")):
        return None
    word, _, rest = text[1:].strip().partition(" ")
    spellings = {spelling: name for name, others in NAMES.items() for spelling in (name, *others)}
    name = spellings.get(word.lower())
    if name is not None:
        return Slash(name, rest.strip())
    close = get_close_matches(word.lower(), list(spellings), n=1)
    return Slash(word, rest.strip(), known=False, near=spellings[close[0]] if close else None)
