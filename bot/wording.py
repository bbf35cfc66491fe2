"""The command line's sentences: one YAML file per topic and language in ``bot/words``.

A key is ``topic.name`` (``storage.locked``). A file is read when its first sentence is needed.
"""

from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Any

from storage.vocabulary import Language
from storage.yaml_text import read_yaml

__all__ = ["LANGUAGES", "Language", "Words", "topic_words"]

LANGUAGES: tuple[Language, ...] = ("zh", "en")


class Words:
    """The sentences of one language. A missing key or value is a defect and raises KeyError."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, key: str, **values: object) -> str:
        """The sentence ``key`` with its ``{placeholders}`` filled."""
        text = self.entry(key)
        if not isinstance(text, str):
            raise KeyError(f"{key} ({self.language}) is not a sentence")
        return text.format_map(values)

    def entry(self, key: str) -> Any:
        """What stands under ``key``: a sentence, a list of them, or a group."""
        topic, _, path = key.partition(".")
        found: Any = topic_words(topic, self.language)
        for step in path.split(".") if path else ():
            if not isinstance(found, Mapping) or step not in found:
                raise KeyError(f"{key} ({self.language})")
            found = found[step]
        return found

    def has(self, key: str) -> bool:
        """Whether there is anything under ``key``."""
        try:
            self.entry(key)
        except KeyError:
            return False
        return True


@lru_cache(maxsize=64)
def topic_words(topic: str, language: Language) -> Mapping[str, Any]:
    """All words of a topic. Raises KeyError for a topic that has no file."""
    file = resources.files("bot") / "words" / f"{topic}.{language}.yaml"
    if not file.is_file():
        raise KeyError(f"no words for {topic} in {language}")
    content = read_yaml(file.read_text(encoding="utf-8"))
    return content if isinstance(content, Mapping) else {}
