"""Tokens of a folded text: what the planner's scoring counts. Pure."""

import re

# A typed span stands in the text as one token: {customer}, {day}, {text} …
_TOKEN = re.compile(r"\{[a-z]+\}|[a-z0-9]+(?:'[a-z]+)?|[\u4e00-\u9fff]")
_STOP_EN = frozenset({"a", "an", "the", "of", "to", "please", "s", "pls"})


def tokens_of(text: str) -> list[str]:
    """One for a Chinese character, a stemmed Latin word or a span."""
    return [_stem(token) for token in _TOKEN.findall(text) if token not in _STOP_EN]


def is_cjk(token: str) -> bool:
    """Whether a token is one Chinese character."""
    return len(token) == 1 and "\u4e00" <= token <= "\u9fff"


def _stem(token: str) -> str:
    """English plurals and ``-ing`` folded: enough for short requests."""
    if not token.isascii() or token.startswith("{") or len(token) < 5:
        return token
    for ending in ("ing", "es", "ed", "s"):
        if token.endswith(ending) and len(token) - len(ending) >= 3:
            return token[: -len(ending)]
    return token
