"""The language files of the capabilities: what people say when they wish something.

Every capability folder brings ``language.<zh|en>.yaml``; this module reads and checks them.
Adding a capability never edits the planner.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

Source = Literal[
    "customer", "person", "contact", "product", "opportunity", "day", "text", "dictation", "cue"
]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Slot(_Strict):
    """How an argument is filled: from which kinds of span, in order of preference.

    ``keep``: may be taken from the thread when the message does not say it.
    ``when``: kinds of span whose presence alone gives the argument a value.
    """

    required: bool = False
    source: list[Source] = Field(default_factory=list, alias="from")
    keep: bool = True
    when: dict[Source, Any] = Field(default_factory=dict)


class Example(_Strict):
    """A sentence; ``set`` are the arguments that it implies."""

    text: str
    set: dict[str, Any] = Field(default_factory=dict)


class Wish(_Strict):
    """One thing that people can want. ``tool`` is empty for talk that needs no tool."""

    tool: str | None
    label: str
    offer: str = ""
    reply: str | None = None
    slots: dict[str, Slot] = Field(default_factory=dict)
    examples: list[str | Example]
    cues: list[str | dict[str, Any]] = Field(default_factory=list)
    openers: list[str] = Field(default_factory=list)
    not_: list[str] = Field(default_factory=list, alias="not")


class LanguageFile(_Strict):
    """The content of one language file."""

    capability: str
    wishes: list[Wish]


@dataclass(frozen=True, slots=True)
class Language:
    """All wishes of one language, and sentences that are none of them."""

    code: str
    wishes: Sequence[Wish]
    outside: Sequence[str] = field(default_factory=tuple)

    def wish_of(self, tool: str) -> Wish | None:
        """The wish that a tool serves."""
        return next((w for w in self.wishes if w.tool == tool), None)


class LanguageError(ValueError):
    """A language file is wrong; the message names the file and the place in it."""


def load_file(text: str, where: str) -> LanguageFile:
    """Parse one language file. Raises LanguageError with file and place."""
    import yaml

    try:
        return LanguageFile.model_validate(yaml.load(text, Loader=_loader()))  # noqa: S506 - safe loader
    except yaml.YAMLError as error:
        raise LanguageError(f"{where}: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise LanguageError(f"{where}: {place}: {first['msg']}") from error


def _loader() -> Any:
    import yaml

    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@lru_cache(maxsize=8)
def load_language(code: str, capabilities: tuple[str, ...]) -> Language:
    """The wishes of the given capability folders, and the planner's own talk, in one language."""
    import yaml

    wishes: list[Wish] = []
    for package in ("agents.planner", *(f"tools.{name}" for name in capabilities)):
        file = resources.files(package) / f"language.{code}.yaml"
        where = f"{package.replace('.', '/')}/language.{code}.yaml"
        wishes.extend(load_file(file.read_text(encoding="utf-8"), where).wishes)
    outside = resources.files("agents.planner") / f"outside.{code}.yaml"
    groups = yaml.load(outside.read_text(encoding="utf-8"), Loader=_loader())  # noqa: S506
    return Language(code, tuple(wishes), tuple(_flat(groups.values())))


def _flat(groups: Iterable[list[str]]) -> Iterable[str]:
    for group in groups:
        yield from group
