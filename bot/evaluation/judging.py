"""Compares what a turn did with what was expected of it. Pure.

*right*: the expected tools ran, no others, with the expected slots, and the outcome fits.
*asked*: it asked back instead. *wrong*: a tool ran that was not expected or with a wrong slot.
*missed*: it did less than was expected, or said something else, and acted on nothing wrong.
"""

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Verdict = Literal["right", "asked", "missed", "wrong"]
Calls = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with the labels of the confusion matrix."""

    verdict: Verdict
    expected: str
    found: str


def judge(expect: Mapping[str, Any], outcome: str, runs: Calls) -> Judgement:
    """Judge one turn. ``runs`` are the answer's ``tools``: name, args, result.

    A run whose result asks back has acted on nothing and counts as asking.
    """
    wanted: Calls = expect.get("tools") or []
    acted = [run for run in runs if (run.get("result") or {}).get("outcome") != "asked"]
    labels = _label(wanted, str(expect.get("outcome", "answered"))), _label(runs, outcome)
    return Judgement(_verdict(expect, outcome, wanted, acted), *labels)


def _verdict(expect: Mapping[str, Any], outcome: str, wanted: Calls, acted: Calls) -> Verdict:
    open_calls = list(wanted)
    for run in acted:
        fit = next((call for call in open_calls if matches(call, run)), None)
        if fit is None:
            return "wrong"
        open_calls.remove(fit)
    outcome_fits = expect.get("outcome", outcome) == outcome
    if outcome_fits and (not open_calls or (outcome == "asked" and not acted)):
        return "right"
    return "asked" if outcome == "asked" else "missed"


def matches(call: Mapping[str, Any], run: Mapping[str, Any]) -> bool:
    """Whether a run is the expected call: same tool, every expected argument as expected."""
    if call["name"] != run["name"]:
        return False
    expected: Mapping[str, Any] = call.get("args") or {}
    return all(_slot_fits(name, value, run) for name, value in expected.items())


def _slot_fits(name: str, expected: Any, run: Mapping[str, Any]) -> bool:
    said = (run.get("args") or {}).get(name)
    if normal(said) == normal(expected):
        return True
    # An argument may be an id or an alias of what is meant: the result says what it was about.
    focus = (run.get("result") or {}).get("focus") or []
    about = [thing for thing in focus if thing.get("kind") == name]
    return said is not None and any(
        normal(expected) in (normal(thing["id"]), normal(thing["name"])) for thing in about[:1]
    )


def normal(value: Any) -> Any:
    """A value without case, width, spacing and punctuation; lists without order."""
    if isinstance(value, str):
        folded = unicodedata.normalize("NFKC", value).casefold()
        return "".join(c for c in folded if unicodedata.category(c)[0] not in "PZC")
    if isinstance(value, Mapping):
        return {key: normal(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return sorted((normal(inner) for inner in value), key=repr)
    return value


def confusion(judgements: Sequence[Judgement]) -> dict[str, dict[str, int]]:
    """Counts by expected and found label."""
    counts = Counter((j.expected, j.found) for j in judgements)
    matrix: dict[str, dict[str, int]] = {}
    for (expected, found), count in sorted(counts.items()):
        matrix.setdefault(expected, {})[found] = count
    return matrix


def _label(calls: Calls, outcome: str) -> str:
    names = sorted(str(call["name"]) for call in calls)
    return "+".join(names) if names else f"({outcome})"
