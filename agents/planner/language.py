"""The language files of the capabilities: what can be wished, and how its arguments are filled.

Every capability folder brings ``language.<zh|en>.yaml``, and ``sentences.<zh|en>.yaml`` with how
people say it (``sentences.py``). Adding a capability never edits the planner.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

LANGUAGES = ("en", "zh")
Source = Literal[
    "customer", "person", "contact", "product", "opportunity", "day", "text", "dictation", "cue"
]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Slot(_Strict):
    """How an argument is filled: from which kinds of span, in order of preference.

    ``keep``: may be taken from the thread when the message does not say it.
    ``when``: kinds of span whose presence alone gives the argument a value.
    ``past``: a day that is about what has been: a bare weekday is the last one, not the next.
    """

    required: bool = False
    source: list[Source] = Field(default_factory=list, alias="from")
    keep: bool = True
    past: bool = False
    when: dict[Source, Any] = Field(default_factory=dict)


class Wish(_Strict):
    """One thing that people can want. ``tool`` is empty for talk that needs no tool.

    ``cues`` are words that speak for it; a cue may imply arguments.
    """

    tool: str | None
    label: str
    offer: str = ""
    reply: str | None = None
    slots: dict[str, Slot] = Field(default_factory=dict)
    cues: list[str | dict[str, Any]] = Field(default_factory=list)
    openers: list[str] = Field(default_factory=list)

    @property
    def key(self) -> str:
        """The same in every language: the tool, or what is replied."""
        return self.tool or self.reply or ""

    @property
    def takes_down(self) -> str | None:
        """The slot that dictated words fill."""
        return next((n for n, slot in self.slots.items() if "dictation" in slot.source), None)


class LanguageFile(_Strict):
    """The content of one language file."""

    capability: str
    wishes: list[Wish]


@dataclass(frozen=True, slots=True)
class Language:
    """All wishes of one language. ``capabilities`` are the folders that they come from."""

    code: str
    wishes: Sequence[Wish]
    capabilities: tuple[str, ...] = ()

    def wish_of(self, tool: str) -> Wish | None:
        """The wish that a tool serves."""
        return next((w for w in self.wishes if w.tool == tool), None)


class LanguageError(ValueError):
    """A language file is wrong; the message names the file and the place in it."""


_File = TypeVar("_File", bound=BaseModel)


def parse(model: type[_File], text: str, where: str) -> _File:
    """One file of the planner or of a capability. Raises LanguageError with file and place."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return model.model_validate(yaml.load(text, Loader=loader))  # noqa: S506 - safe loader
    except yaml.YAMLError as error:
        raise LanguageError(f"{where}: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise LanguageError(f"{where}: {place}: {first['msg']}") from error


def load_file(text: str, where: str) -> LanguageFile:
    """Parse one language file. Raises LanguageError with file and place."""
    return parse(LanguageFile, text, where)


def packages_of(capabilities: Iterable[str]) -> list[str]:
    """Where the files of the planner's own talk and of the capabilities stand."""
    return ["agents.planner", *(f"tools.{name}" for name in capabilities)]


@lru_cache(maxsize=8)
def load_language(code: str, capabilities: tuple[str, ...]) -> Language:
    """The wishes of the given capability folders, and the planner's own talk, in one language."""
    wishes: list[Wish] = []
    for package in packages_of(capabilities):
        file = resources.files(package) / f"language.{code}.yaml"
        where = f"{package.replace('.', '/')}/language.{code}.yaml"
        wishes.extend(load_file(file.read_text(encoding="utf-8"), where).wishes)
    return Language(code, tuple(wishes), capabilities)


@lru_cache(maxsize=8)
def openers_of(capabilities: tuple[str, ...]) -> tuple[str, ...]:
    """What announces dictated words, in every language: people mix them."""
    languages = (load_language(code, capabilities) for code in LANGUAGES)
    return tuple(o for language in languages for wish in language.wishes for o in wish.openers)
