"""What can be wrong with an import, as codes with places; the sentences stand in ``words/``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any

from storage.importing.texts import visible
from storage.yaml_text import read_yaml

Detail = str | int | list[str]
LANGUAGES = ("zh", "en")
_LONGEST = 300  # characters of a quoted cell or list in a sentence


@lru_cache(maxsize=4)
def words(language: str) -> Mapping[str, Any]:
    """All words of the importer in one language."""
    name = language if language in LANGUAGES else "en"
    text = (files("storage.importing") / "words" / f"{name}.yaml").read_text(encoding="utf-8")
    loaded: Mapping[str, Any] = read_yaml(text)
    return loaded


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the input: file (or mapping file), line (row of a sheet or result), column."""

    file: str | None = None
    line: int | None = None
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong, at one place. ``details`` fill the sentence."""

    code: str
    place: Place = Place()
    details: Mapping[str, Detail] = field(default_factory=dict)

    def sentence(self, language: str) -> str:
        """What is wrong, where, and what to do."""
        vocabulary = words(language)
        text = vocabulary["problems"][self.code].format_map(_readable(self.details, vocabulary))
        return f"{where(self.place, language)}{text}"


def where(place: Place, language: str) -> str:
    """The place in words, ending so that a sentence can follow; empty if there is no place."""
    vocabulary = words(language)
    parts = [
        vocabulary["place"][name].format(value)
        for name, value in (("file", place.file), ("line", place.line), ("column", place.column))
        if value is not None
    ]
    joined: str = vocabulary["place"]["joiner"].join(parts)
    return f"{joined}{vocabulary['place']['end']}" if parts else ""


def _readable(details: Mapping[str, Detail], vocabulary: Mapping[str, Any]) -> dict[str, str]:
    """Details as text without anything invisible in it. ``near`` is a name that may have been
    meant, and says nothing if there is none; ``among`` is a table and ``because`` the kind of a
    mistake, both put into words.
    """
    readable = {}
    for key, value in details.items():
        joined = vocabulary["joiner"].join(value) if isinstance(value, list) else str(value)
        text = " ".join(visible(joined).split())
        if key == "near":
            text = vocabulary["near"].format(text) if text else ""
        elif key == "because":
            reasons = vocabulary["reasons"]
            text = reasons.get(text, reasons["other"]).format_map(details)
        elif key == "among":
            text = vocabulary["labels"]["table"].get(text, text)
        readable[key] = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return readable


class ImportProblem(Exception):  # noqa: N818 - the word of the domain
    """The import stops, and nothing of it is written.

    ``code`` is stable; ``file``, ``line`` and ``column`` say where; ``sentence(language)`` says
    what is wrong and what to do.
    """

    def __init__(
        self,
        code: str,
        *,
        file: str | None = None,
        line: int | None = None,
        column: str | None = None,
        **details: Detail,
    ) -> None:
        self.trouble = Trouble(code, Place(file, line, column), details)
        super().__init__(self.trouble.sentence("en"))

    @classmethod
    def of(cls, trouble: Trouble) -> "ImportProblem":
        """The problem for a trouble that was found on the way."""
        place = trouble.place
        return cls(
            trouble.code,
            file=place.file,
            line=place.line,
            column=place.column,
            **trouble.details,
        )

    @property
    def code(self) -> str:
        return self.trouble.code

    @property
    def file(self) -> str | None:
        return self.trouble.place.file

    @property
    def line(self) -> int | None:
        return self.trouble.place.line

    @property
    def column(self) -> str | None:
        return self.trouble.place.column

    def sentence(self, language: str) -> str:
        """What is wrong, where, and what to do, in ``zh`` or ``en``."""
        return self.trouble.sentence(language)


def nearest(name: str, known: list[str]) -> str:
    """The known name that looks most like ``name``, for "did you mean"; empty if none does."""
    import difflib

    if len(name) > _LONGEST:
        return ""  # it is no name, and comparing it with each would take long
    folded = {item.casefold(): item for item in reversed(known)}
    hits = difflib.get_close_matches(name.casefold(), list(folded), n=1, cutoff=0.6)
    return folded[hits[0]] if hits else ""
