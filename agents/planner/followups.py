"""Follow-ups that want the last call once more with something else in it: 那明天呢, same for X."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from agents.planner.language import Wish
from agents.planner.normalise import Normal
from agents.planner.slots import Ask, Filled, day_arguments, meant_day
from agents.planner.spans import Span
from tools.linking.lexicon import Match

_ELLIPSIS = re.compile(
    r"^\W*(?:那么?|换成|换|再看看?|还有|以及)|呢\W*$|"
    r"^\W*(?:what about|how about|and|same|now)\b"
)
# These want the same again, whatever else the words may look like.
_SAME = re.compile(
    r"^\W*(?:换成|换|同样|一样)|也(?:一样|同样|来一[份个])\W*$|"
    r"^\W*(?:same|ditto|likewise)\b|\b(?:same|ditto)\W*$"
)
_KINDS = ("customer", "person", "day", "product")
_LONGEST = 24  # characters of such a message
_SHORT = 12  # from here on its own wish counts, if that is clear
_REST = 12  # characters beside the names and days
_BARE = 2  # … of a message that is a name or a day alone


def is_elliptic(message: Normal, spans: Sequence[Span], *, clear: bool) -> bool:
    """Whether a message only replaces something of the last call; ``clear``: has its own wish."""
    folded = message.folded
    weak = not clear or len(folded) <= _SHORT or bool(_SAME.search(folded))
    rest = len(folded) - sum(span.end - span.start for span in spans)
    pointed = bool(_ELLIPSIS.search(folded.strip()))
    return (
        weak
        and any(span.kind in _KINDS for span in spans)
        and len(folded) <= _LONGEST
        and rest <= _REST
        and (pointed or rest <= _BARE)
    )


def filled_again(
    args: Mapping[str, Any],
    wish: Wish,
    message: Normal,
    spans: Sequence[Span],
    name_of: Callable[[Match], str],
) -> Filled | None:
    """The last arguments with what the message replaces in them; None where it replaces nothing."""
    filled = Filled(dict(args))
    changed = False
    for name, slot in wish.slots.items():
        span = next((s for s in spans if s.kind in slot.source), None)
        if span is None:
            continue
        if len(span.matches) > 1:
            filled.ask = Ask(name, span.said, span.matches)
            return filled
        changed = True
        if span.kind != "day":
            filled.args[name] = name_of(span.matches[0])
            continue
        filled.args.pop("days", None)
        if span.value is None:
            filled.ask = Ask(name, span.said)
            return filled
        filled.args |= day_arguments(name, meant_day(span, slot, message), wish)
    return filled if changed else None
