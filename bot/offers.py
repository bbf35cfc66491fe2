"""What the capabilities' language files say to people: what can be asked, what a tool is called."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.wording import Language
from tools.registry import CAPABILITIES

if TYPE_CHECKING:
    from agents.planner.language import Wish

_STARTERS = 3


def starters(language: Language, customer: str | None) -> list[str]:
    """Three things to ask, one of each of the first capabilities; ``customer`` fills a gap."""
    found: list[str] = []
    for wish in _wishes(language):
        offer = wish.offer.replace("{customer}", customer or "{customer}")
        if wish.tool and offer and "{" not in offer:
            found.append(offer)
    return found[:_STARTERS]


def tool_label(tool: str, language: Language) -> str:
    """What people call a tool; its own name where no file has a word for it."""
    return next((wish.label for wish in _wishes(language) if wish.tool == tool), tool)


def _wishes(language: Language) -> "Sequence[Wish]":
    from agents.planner.language import load_language

    return load_language(language, CAPABILITIES).wishes
