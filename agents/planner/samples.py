"""Sentences as samples, and the classifier fitted from them.

All languages are fitted together: people mix them (``查下他们的 open ticket``), and what the
languages share – names, days, mood – is learned from both.
"""

import contextlib
import json
import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from agents.planner.classifier import Classifier, load, wish_of
from agents.planner.days import day_stretches
from agents.planner.features import VERSION, features
from agents.planner.fitting import fit
from agents.planner.language import LANGUAGES, Language, load_language
from agents.planner.sentences import Example, Sentences, fingerprint, load_sentences
from agents.planner.spelling import words_of
from tools.linking.forms import fold

Labels = tuple[str, ...]
OUTSIDE = "outside"
MESSAGE = "{message}"  # as an argument: the wish's own stretch of the message, word for word
_SLOT = re.compile(r"\{[a-z]+\}")
_SOME_DAY = date(2024, 1, 1)  # day phrases are typed in a sentence whatever they mean


def classifier_of(capabilities: tuple[str, ...], cache: Path | None) -> Classifier:
    """The classifier of these capabilities; the one in ``cache`` if its files were the same."""
    name = f"understanding-{VERSION}-{fingerprint(capabilities)}.npz"
    path = cache / name if cache else None
    kept = load(path) if path else None
    if kept is None:
        samples = list(samples_of(capabilities))
        words = words_of(sentence for sentence, _ in samples)
        typed = [(typed_features(text), labels) for text, labels in samples]
        kept = fit(consistent(typed), words)
        if path:
            # A folder that cannot be written costs a fit at every start, not the answer.
            with contextlib.suppress(OSError):
                kept.save(path)
    return kept


def samples_of(capabilities: tuple[str, ...]) -> Iterator[tuple[str, Labels]]:
    """(sentence, labels) of every language; a label is ``<wish> <arguments that it implies>``.

    A sentence that implies a list of several values has one label for each of them.
    """
    for code in LANGUAGES:
        language = load_language(code, capabilities)
        yield from _samples(language, load_sentences(code, capabilities))


def consistent(samples: Sequence[tuple[list[str], Labels]]) -> list[tuple[list[str], Labels]]:
    """Without near-misses of one capability that are examples of another.

    ``{customer}的竞品是谁`` is not a wish for a playbook, yet it is no wish outside of the product.
    """
    wished = {frozenset(found) for found, labels in samples if not _is_outside(labels)}
    return [s for s in samples if not (_is_outside(s[1]) and frozenset(s[0]) in wished)]


def _is_outside(labels: Labels) -> bool:
    return wish_of(labels[0]) == OUTSIDE


def _samples(language: Language, sentences: Sentences) -> Iterator[tuple[str, Labels]]:
    slots = {wish.key: wish.takes_down or "" for wish in language.wishes}
    for wish in language.wishes:
        for cue in wish.cues:
            text, implied = (cue["text"], cue.get("set")) if isinstance(cue, dict) else (cue, None)
            yield str(text), _labels(wish.key, implied)
    for said in sentences.said:
        for example in said.examples:
            if isinstance(example, Example):
                yield example.text, _labels(said.wish, example.set)
            else:
                yield example, _labels(said.wish)
        for sentence in said.messages:
            yield sentence, _labels(said.wish, {slots[said.wish]: MESSAGE})
        for sentence in said.not_:
            yield sentence, _labels(OUTSIDE)
    for sentence in sentences.outside:
        yield sentence, _labels(OUTSIDE)


def _labels(wish: str, implied: dict[str, Any] | None = None) -> Labels:
    lists = {key: value for key, value in (implied or {}).items() if isinstance(value, list)}
    if not lists:
        return (f"{wish} {json.dumps(implied or {}, sort_keys=True)}",)
    key, values = next(iter(lists.items()))
    single = ({**(implied or {}), key: [value]} for value in values)
    return tuple(f"{wish} {json.dumps(one, sort_keys=True)}" for one in single)


def typed_features(sentence: str) -> list[str]:
    """Features of a sentence from a file; its slots are typed already, its days are not."""
    folded = _SLOT.sub(lambda hit: f" {hit.group()} ", fold(sentence))
    for start, end in reversed(day_stretches(folded, _SOME_DAY)):
        folded = f"{folded[:start]} {{day}} {folded[end:]}"
    return features(folded)
