"""Groups of words that mean much the same: ``ring``, ``give a bell``, 打电话 are all ``call``.

A rare word then counts like a common one of its group, in either language. The groups stand in
``concepts.yaml``; a capability's own words belong into its sentences.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources

from pydantic import RootModel

from agents.planner.language import LANGUAGES, parse
from agents.planner.tokens import tokens_of
from tools.linking.forms import fold

FILE = "concepts.yaml"


class _File(RootModel[dict[str, dict[str, list[str]]]]):
    """Concept → language → forms."""


@dataclass(slots=True)
class _Node:
    """A state of the automaton: what may follow, and the concepts of the form that ends here."""

    following: dict[str, "_Node"] = field(default_factory=dict)
    concepts: tuple[str, ...] = ()


def concepts_of(tokens: Sequence[str]) -> list[str]:
    """The concepts and typed spans of a sentence in order; the longest form wins at each place."""
    found: list[str] = []
    place = 0
    while place < len(tokens):
        if tokens[place].startswith("{"):
            found.append(tokens[place])
        length, concepts = _longest(tokens, place)
        found += [f"#{concept}" for concept in concepts]
        place += max(length, 1)
    return found


def _longest(tokens: Sequence[str], place: int) -> tuple[int, tuple[str, ...]]:
    node, best = _root(), 0
    concepts: tuple[str, ...] = ()
    for length, token in enumerate(tokens[place:], start=1):
        following = node.following.get(token)
        if following is None:
            break
        node = following
        if node.concepts:
            best, concepts = length, node.concepts
    return best, concepts


@lru_cache(maxsize=1)
def _root() -> _Node:
    text = resources.files("agents.planner").joinpath(FILE).read_text(encoding="utf-8")
    root = _Node()
    for concept, forms in load(text).items():
        for form in (form for code in LANGUAGES for form in forms.get(code, ())):
            node = root
            for token in tokens_of(fold(form)):
                node = node.following.setdefault(token, _Node())
            if node is not root:
                node.concepts = tuple(dict.fromkeys((*node.concepts, concept)))
    return root


def load(text: str) -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Parse the file. Raises LanguageError with the place."""
    return parse(_File, text, f"agents/planner/{FILE}").root
