"""Loads prompts and answer templates, each with the hash of its content.

Files are named ``<name>.<language>.md`` (prompts, in ``system/``) and
``<kind>.<language>.j2`` (answer templates, in ``words/``). Nothing is read at import time.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment

_METHODS = frozenset(dir(dict))


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt text; ``label`` (``twin.zh@1a2b3c``) is recorded with every turn that used it."""

    name: str
    text: str

    @property
    def label(self) -> str:
        digest = hashlib.sha256(self.text.encode()).hexdigest()[:6]
        return f"{self.name}@{digest}"


@lru_cache(maxsize=64)
def load_prompt(name: str, language: str) -> Prompt:
    """The prompt ``system/<name>.<language>.md``. Raises FileNotFoundError if there is none."""
    file = resources.files("prompts") / "system" / f"{name}.{language}.md"
    return Prompt(f"{name}.{language}", file.read_text(encoding="utf-8"))


def render(kind: str, language: str, values: Mapping[str, Any]) -> str:
    """The words for a result of ``kind`` in ``language``; template errors are defects and raise."""
    template = _environment().get_template(f"{kind}.{language}.j2")
    return template.render(values).strip()


@lru_cache(maxsize=1)
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from prompts.filters import FILTERS

    class Quick(Environment):
        """Looks a name up in a JSON object first, where Jinja would look for a method first."""

        def getattr(self, obj: Any, attribute: str) -> Any:
            if type(obj) is dict and attribute in obj and attribute not in _METHODS:
                return obj[attribute]
            return super().getattr(obj, attribute)

    folder = resources.files("prompts") / "words"
    environment = Quick(
        loader=FileSystemLoader(str(folder)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # the files are part of the program
        autoescape=False,  # the output is Markdown for chat, never HTML
    )
    environment.filters.update(FILTERS)
    return environment
