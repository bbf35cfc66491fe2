"""What the capabilities' language files say to people: what can be asked, what a tool is called."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.wording import Language
from tools.registry import CAPABILITIES

if TYPE_CHECKING:
    from agents.planner.language import Wish

_STARTERS = 3
_LONGEST_NAME = 40  # characters of a customer's name in an example


def starters(language: Language, customer: str | None) -> list[str]:
    """Three things to ask, one of each of the first capabilities; ``customer`` fills a gap."""
    found: list[str] = []
    if customer is not None and len(customer) > _LONGEST_NAME:
        customer = None  # cut short it would be nobody's name, whole it would be the whole screen
    for wish in _wishes(language):
        offer = wish.offer.replace("{customer}", customer or "{customer}")
        if wish.tool and offer and "{" not in offer:
            found.append(offer)
    return found[:_STARTERS]


def tool_label(tool: str, language: Language) -> str:
    """What people call a tool; its own name where no file has a word for it."""
    return told(tool, language, "")[0] or tool


def told(tool: str, language: Language, customer: str) -> tuple[str | None, str]:
    """What people call a tool, and how it is asked for; ``customer`` fills a gap in that."""
    for wish in _wishes(language):
        if wish.tool == tool:
            return wish.label, wish.offer.replace("{customer}", customer)
    return None, ""


def _wishes(language: Language) -> "Sequence[Wish]":
    from agents.planner.language import load_language

    return load_language(language, CAPABILITIES).wishes
