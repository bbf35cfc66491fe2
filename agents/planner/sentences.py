"""How people say it: the sentences that the classifier is fitted from.

Every capability folder brings ``sentences.<zh|en>.yaml``. They are thousands, and are read only
when there is no fitted classifier yet that was made from the very same files.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, RootModel

from agents.planner import concepts
from agents.planner.language import LANGUAGES, packages_of, parse


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Example(_Strict):
    """A sentence; ``set`` are the arguments that it implies."""

    text: str
    set: dict[str, Any] = Field(default_factory=dict)


class Said(_Strict):
    """How one wish is said. ``wish`` is its tool, or its reply where it has none.

    ``messages`` are sentences that are themselves what the tool takes down: no opener announces
    them, and as a whole they fill the slot that takes dictated words. ``not`` are near-misses.
    """

    wish: str
    examples: list[str | Example] = Field(default_factory=list)
    messages: list[str] = Field(default_factory=list)
    not_: list[str] = Field(default_factory=list, alias="not")


class SentencesFile(_Strict):
    """The content of one sentences file."""

    capability: str
    sentences: list[Said]


class _Outside(RootModel[dict[str, list[str]]]):
    """Sentences that wish nothing of the product, in groups."""


@dataclass(frozen=True, slots=True)
class Sentences:
    """All sentences of one language, and those that are none of its wishes."""

    said: Sequence[Said]
    outside: Sequence[str] = ()


def load_sentences(code: str, capabilities: tuple[str, ...]) -> Sentences:
    """The sentences of the given capability folders, and of the planner's own talk."""
    said: list[Said] = []
    for package in packages_of(capabilities):
        name = f"sentences.{code}.yaml"
        text = (resources.files(package) / name).read_text(encoding="utf-8")
        said += load_said(text, f"{package.replace('.', '/')}/{name}").sentences
    name = f"outside.{code}.yaml"
    text = (resources.files("agents.planner") / name).read_text(encoding="utf-8")
    groups = parse(_Outside, text, f"agents/planner/{name}").root
    return Sentences(tuple(said), tuple(line for group in groups.values() for line in group))


def load_said(text: str, where: str) -> SentencesFile:
    """Parse one sentences file. Raises LanguageError with file and place."""
    return parse(SentencesFile, text, where)


def fingerprint(capabilities: tuple[str, ...]) -> str:
    """A short hash over every file that a classifier is fitted from, in all languages."""
    digest = hashlib.sha256()
    for content in _contents(capabilities):
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()[:16]


def _contents(capabilities: tuple[str, ...]) -> Iterator[bytes]:
    yield (resources.files("agents.planner") / concepts.FILE).read_bytes()
    for code in LANGUAGES:
        yield (resources.files("agents.planner") / f"outside.{code}.yaml").read_bytes()
        for package in packages_of(capabilities):
            for kind in ("language", "sentences"):
                yield (resources.files(package) / f"{kind}.{code}.yaml").read_bytes()
