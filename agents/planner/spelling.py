"""Mends misspelt Latin words towards the words of the language files, for matching only."""

import re
from collections.abc import Iterable
from functools import cached_property

from tools.linking.forms import fold

_WORD = re.compile(r"(?<![a-z{])[a-z]{4,}(?![a-z}])")
_ANY = re.compile(r"[a-z]{2,}")


class Speller:
    """Knows a vocabulary; mends words that miss it by a letter or two."""

    def __init__(self, vocabulary: frozenset[str]) -> None:
        self._vocabulary = vocabulary
        self._mended: dict[str, str] = {}

    @cached_property
    def _long_words(self) -> list[str]:
        return sorted(word for word in self._vocabulary if len(word) >= 4)

    def knows(self, word: str) -> bool:
        """Whether the word, or its singular, is in the vocabulary."""
        return word in self._vocabulary or word.removesuffix("s") in self._vocabulary

    def mend(self, text: str) -> str:
        """The folded text with unknown Latin words replaced by the word they nearly are."""
        return _WORD.sub(lambda hit: self._mend_word(hit.group()), text)

    def _mend_word(self, word: str) -> str:
        if self.knows(word):
            return word
        if word not in self._mended:
            self._mended[word] = self._nearest(word)
        return self._mended[word]

    def _nearest(self, word: str) -> str:
        from rapidfuzz import process
        from rapidfuzz.distance import DamerauLevenshtein

        allowed = 1 if len(word) < 7 else 2
        candidates = [w for w in self._long_words if w[0] == word[0]]
        best = process.extractOne(
            word, candidates, scorer=DamerauLevenshtein.distance, score_cutoff=allowed
        )
        return word if best is None else str(best[0])


def words_of(sentences: Iterable[str]) -> frozenset[str]:
    """Every Latin word of the sentences."""
    return frozenset(word for text in sentences for word in _ANY.findall(fold(text)))
