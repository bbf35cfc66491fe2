"""Masks what may not leave the machine, and puts it back: ⟦person:1⟧, ⟦phone:2⟧, ⟦words:3⟧.

Pure. A ``Vault`` serves one model call: equal words get equal placeholders throughout it, in
order of appearance, so the numbers stay the same while a thread grows.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from agents.patterns import Found, find_personal
from agents.secrets import Secrets, may_leave
from storage.vocabulary import Egress, Grade

# What a pattern finds: ways to reach a person are L1; documents and cards leave with L3 only.
_PATTERN_GRADE = {"phone": Grade.L1, "mail": Grade.L1, "wechat": Grade.L1}
_INSIDE = r"\s*([a-z]+)\s*[:：]\s*(\d+)\s*"
# The brackets that we write, and those that models make of them.
_BRACKETS = (("⟦", "⟧"), ("【", "】"), (r"\[\[", r"\]\]"), (r"\[", r"\]"))
_PLACEHOLDER = re.compile("|".join(f"{left}{_INSIDE}{right}" for left, right in _BRACKETS))


class Vault:
    """The placeholders of one model call, and what they stand for."""

    def __init__(self, level: Egress, secrets: Secrets) -> None:
        self._level = level
        self._secrets = secrets
        self._placeholders: dict[tuple[str, str], str] = {}
        self._originals: dict[str, str] = {}

    def mask(self, text: str) -> str:
        """The text with everything above the level replaced."""
        if self._level == "L3" or not text:
            return text
        parts: list[str] = []
        place = 0
        for span in _merged(self._found(text)):
            parts += [text[place : span.start], self._placeholder(span.kind, text, span)]
            place = span.end
        return "".join([*parts, text[place:]])

    def _found(self, text: str) -> Iterator[Found]:
        yield from self._secrets.find(text)
        for span in find_personal(text):
            if not may_leave(_PATTERN_GRADE.get(span.kind, Grade.L3), self._level):
                yield span

    def _placeholder(self, kind: str, text: str, span: Found) -> str:
        original = text[span.start : span.end]
        key = (kind, original)
        if key not in self._placeholders:
            made = f"⟦{kind}:{len(self._placeholders) + 1}⟧"
            self._placeholders[key] = made
            self._originals[made] = original
        return self._placeholders[key]

    def restore(self, text: str) -> str:
        """The text with its placeholders filled; brackets that a model changed are understood."""
        return _PLACEHOLDER.sub(self._original, text)

    def _original(self, hit: re.Match[str]) -> str:
        kind, number = (group for group in hit.groups() if group is not None)
        return self._originals.get(f"⟦{kind}:{number}⟧", hit.group())

    def mask_value(self, value: Any) -> Any:
        """The same for JSON: strings inside lists and objects, and numbers that are secrets."""
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, int | float):
            masked = self.mask(str(value))
            return value if masked == str(value) else masked
        return _mapped(value, self.mask, self.mask_value)

    def restore_value(self, value: Any) -> Any:
        """Placeholders inside JSON filled."""
        return _mapped(value, self.restore, self.restore_value)


def _mapped(value: Any, text: Callable[[str], str], inner: Callable[[Any], Any]) -> Any:
    if isinstance(value, str):
        return text(value)
    if isinstance(value, list | tuple):
        return [inner(item) for item in value]
    if isinstance(value, dict):
        return {text(str(key)): inner(item) for key, item in value.items()}
    return value


def _merged(spans: Iterable[Found]) -> list[Found]:
    """Spans in order, overlapping ones joined; the longer one names the kind."""
    joined: list[Found] = []
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        last = joined[-1] if joined else None
        if last is None or span.start >= last.end:
            joined.append(span)
            continue
        longer = last if last.end - last.start >= span.end - span.start else span
        joined[-1] = Found(last.start, max(last.end, span.end), longer.kind)
    return joined


class Restorer:
    """Fills placeholders in a stream, also one that is split over chunks."""

    _OPEN = re.compile(r"[⟦【\[][^⟧】\]]{0,24}$")

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._held = ""

    def feed(self, chunk: str) -> str:
        """What can be said now; a possible beginning of a placeholder is held back."""
        text = self._held + chunk
        hit = self._OPEN.search(text)
        cut = hit.start() if hit else len(text)
        self._held = text[cut:]
        return self._vault.restore(text[:cut])

    def rest(self) -> str:
        """What was held back when the stream ended."""
        held, self._held = self._held, ""
        return self._vault.restore(held)
