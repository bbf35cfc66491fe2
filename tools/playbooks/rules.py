"""Pure decisions about a playbook question: what it asks, once names and codes are taken out."""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Literal

Because = Literal["open_complaint", "contract_ends", "no_contact"]

_CODE = re.compile(r"(?<![a-z0-9])pb[-_ ]?(\d{3,5})(?!\d)", re.IGNORECASE)
_RENEWAL_AHEAD = timedelta(days=120)  # how long before the end a renewal begins
_SPACES = re.compile(r"\s+")


def playbook_codes(text: str) -> list[str]:
    """The codes that a question names, as they are kept: ``PB 012`` is pb-012, ``PB 1`` is none."""
    return list(dict.fromkeys(f"pb-{digits}" for digits in _CODE.findall(text)))


def without_spans(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """``text`` with those pieces replaced by a space: names say nothing about the matter."""
    kept, place = [], 0
    for start, end in sorted(spans):
        kept.append(text[place:start])
        place = max(place, end)
    return _SPACES.sub(" ", " ".join([*kept, text[place:]])).strip()


def name_in(text: str, names: Iterable[str]) -> tuple[int, int] | None:
    """Where one of the names, or how it begins, stands in the text: 空白科技 for 空白科技有限公司.

    The longest such piece counts, from three characters on (Latin letters: from four).
    """
    folded = text.lower()
    for name in map(str.lower, names):
        least = 4 if name[:1].isascii() else 3
        for length in range(len(name), least - 1, -1):
            if (start := folded.find(name[:length])) >= 0:
                return start, start + length
    return None


def pressing(
    *,
    open_complaint: bool,
    contract_ends_on: date | None,
    ever_contacted: bool,
    today: date,
) -> Because | None:
    """What in a customer's records presses most: a complaint, a renewal, then a first meeting."""
    if open_complaint:
        return "open_complaint"
    if contract_ends_on is not None and contract_ends_on - today <= _RENEWAL_AHEAD:
        return "contract_ends"
    return None if ever_contacted else "no_contact"


def one_of(value: str | None, allowed: Iterable[str]) -> str | None:
    """The value as the vocabulary writes it; None for an empty or unknown one."""
    wanted = (value or "").strip().lower().replace(" ", "_").replace("-", "_")
    return wanted if wanted in set(allowed) else None
