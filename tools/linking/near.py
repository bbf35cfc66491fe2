"""Finds forms that a text nearly contains: by sound (Chinese) and by letters (both scripts)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from tools.linking.forms import is_latin
from tools.linking.sounds import sound

_CJK = re.compile(r"[\u4e00-\u9fff]{2,}")
_WORDS = re.compile(r"[a-z0-9][a-z0-9&'.-]*")
_LONGEST_TEXT = 400  # guessing is for short messages; a pasted page is searched for exact names
_SOUND_MIN = 3  # two syllables sound like too many ordinary words
_TYPO_MIN_CJK = 4
_TYPO_MIN_LATIN = 5
_TYPO_SCORE = 80.0


def sounding_spans(text: str, forms: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """(start, end, form) where the text sounds like a form but is written otherwise."""
    if len(text) > _LONGEST_TEXT:
        return
    index = _sound_index(tuple(forms))
    for run in _CJK.finditer(text):
        syllables = sound(run.group())
        for start in range(len(syllables)):
            for length in range(_SOUND_MIN, min(14, len(syllables) - start) + 1):
                for form in index.get(syllables[start : start + length], ()):
                    left = run.start() + start
                    if _alike(text[left : left + length], form):
                        yield left, left + length, form


@lru_cache(maxsize=32)
def _sound_index(forms: tuple[str, ...]) -> dict[tuple[str, ...], list[str]]:
    index: dict[tuple[str, ...], list[str]] = {}
    for form in forms:
        if _SOUND_MIN <= len(form) <= 14 and _CJK.fullmatch(form):
            index.setdefault(sound(form), []).append(form)
    return index


def same_sound(text: str, forms: Sequence[str]) -> list[str]:
    """Forms of two or more characters that sound like the whole text and share a character."""
    if not 2 <= len(text) <= 14 or not _CJK.fullmatch(text):
        return []
    syllables = sound(text)
    candidates = (f for f in forms if len(f) == len(text) and _CJK.fullmatch(f))
    return [f for f in candidates if sound(f) == syllables and _alike(text, f)]


def _alike(said: str, form: str) -> bool:
    """At least a third of the characters must be the very same: sound alone is too weak."""
    same = sum(a == b for a, b in zip(said, form, strict=True))
    return len(form) - same > 0 and same * 3 >= len(form)


def near_forms(text: str, forms: Sequence[str]) -> Iterator[tuple[int, int, str, float]]:
    """(start, end, form, score 0..1) where one or two letters differ from a form."""
    if len(text) > _LONGEST_TEXT:
        return
    windows = list(_windows(text))
    if not windows:
        return
    from rapidfuzz import fuzz, process

    index = _start_index(tuple(forms))
    for start, end in windows:
        said = text[start:end]
        latin = is_latin(said)
        for form, score, _ in process.extract(
            said, index.like(said), scorer=fuzz.ratio, score_cutoff=_TYPO_SCORE, limit=3
        ):
            close = abs(len(form) - len(said)) <= (2 if latin else 1)
            if close and is_latin(form) == latin:
                yield start, end, form, score / 100


@dataclass(frozen=True, slots=True)
class _Starts:
    """Forms by how they start: two names often share their ending, a typo rarely hits the start.

    Either the first letter is right, or the two after it are.
    """

    first: dict[str, list[str]]
    then: dict[str, list[str]]

    def like(self, said: str) -> list[str]:
        """Forms that start like it."""
        found = [*self.first.get(said[0], ()), *self.then.get(said[1:3], ())]
        return list(dict.fromkeys(found))


@lru_cache(maxsize=32)
def _start_index(forms: tuple[str, ...]) -> _Starts:
    index = _Starts({}, {})
    for form in forms:
        if len(form) >= (_TYPO_MIN_LATIN if is_latin(form) else _TYPO_MIN_CJK):
            index.first.setdefault(form[0], []).append(form)
            index.then.setdefault(form[1:3], []).append(form)
    return index


def _windows(text: str) -> Iterator[tuple[int, int]]:
    for run in _CJK.finditer(text):
        for length in range(_TYPO_MIN_CJK - 1, 13):
            for start in range(run.start(), run.end() - length + 1):
                yield start, start + length
    words = list(_WORDS.finditer(text))
    for first in range(len(words)):
        for last in range(first, min(first + 3, len(words))):
            if words[last].end() - words[first].start() >= _TYPO_MIN_LATIN - 1:
                yield words[first].start(), words[last].end()
