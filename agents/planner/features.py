"""Features of a sentence for matching wishes: characters, words, their pairs, and typed spans."""

import itertools
import re

# Part of the name of kept classifiers: change it with the rules below.
VERSION = 1
# A typed span stands in the text as one token: {customer}, {day}, {text} …
_TOKEN = re.compile(r"\{[a-z]+\}|[a-z0-9]+(?:'[a-z]+)?|[\u4e00-\u9fff]")
# A sentence that names or points at nobody is seldom about one customer.
_NAMED = re.compile(
    r"\{(?:customer|contact|opportunity)\}|他们|她们|这家|那家|该客户|这个客户|那个客户|"
    r"\b(?:them|they|their|there|this customer|that customer)\b"
)
_STOP_EN = frozenset({"a", "an", "the", "of", "to", "please", "s", "pls"})


def features(text: str) -> list[str]:
    """Distinct features of a folded text, in order of first appearance.

    Chinese gives characters and their pairs, Latin script words and their pairs.
    """
    tokens = [t for t in _TOKEN.findall(text) if t not in _STOP_EN]
    names_nobody = [] if _NAMED.search(text) else ["{nobody}"]
    pairs = [f"{a}_{b}" for a, b in itertools.pairwise(tokens)]
    triples = [
        f"{a}_{b}_{c}"
        for a, b, c in zip(tokens, tokens[1:], tokens[2:], strict=False)
        if _is_cjk(a) and _is_cjk(b) and _is_cjk(c)
    ]
    return list(dict.fromkeys([*(_stem(t) for t in tokens), *pairs, *triples, *names_nobody]))


def _is_cjk(token: str) -> bool:
    return len(token) == 1 and "\u4e00" <= token <= "\u9fff"


def _stem(token: str) -> str:
    """English plurals and ``-ing`` folded: enough for short requests."""
    if not token.isascii() or token.startswith("{") or len(token) < 5:
        return token
    for ending in ("ing", "es", "ed", "s"):
        if token.endswith(ending) and len(token) - len(ending) >= 3:
            return token[: -len(ending)]
    return token
