"""Compares what a turn did with what was expected of it. Pure.

*right*: exactly the expected tools ran, with the expected arguments, and the outcome fits.
*asked*: it asked back instead. *wrong*: a tool acted that was not expected, or on a wrong
argument. *missed*: it did less, or said something else, and acted on nothing wrong.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bot.evaluation.arguments import Run, fits

Verdict = Literal["right", "asked", "missed", "wrong"]


@dataclass(frozen=True, slots=True)
class Expectation:
    """One acceptable reading of a message: the tools in any order, and the outcome."""

    tools: Sequence[dict[str, Any]]
    outcome: str

    @classmethod
    def of(cls, value: dict[str, Any]) -> "Expectation":
        """From an ``expect`` or an ``alt`` of the set."""
        return cls(value.get("tools") or (), value["outcome"])


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with the labels of the confusion matrix."""

    verdict: Verdict
    expected: str
    found: str


def judge(readings: Sequence[Expectation], outcome: str, runs: Sequence[Run]) -> Judgement:
    """Judge one turn against all acceptable readings; the first one names the matrix's row."""
    verdict = _verdict(readings, outcome, runs)
    first = readings[0]
    expected = _label([call["name"] for call in first.tools], first.outcome)
    return Judgement(verdict, expected, _label([run.name for run in runs], outcome))


def _verdict(readings: Sequence[Expectation], outcome: str, runs: Sequence[Run]) -> Verdict:
    matched = [(reading, _match(reading, runs)) for reading in readings]
    for reading, (open_calls, acted_otherwise) in matched:
        if not open_calls and not acted_otherwise and reading.outcome == outcome:
            return "right"
    if all(acted_otherwise for _, (_, acted_otherwise) in matched):
        return "wrong"
    return "asked" if outcome == "asked" else "missed"


def _match(reading: Expectation, runs: Sequence[Run]) -> tuple[int, bool]:
    """How many expected calls did not come, and whether something else was acted on.

    A run that asks back has acted on nothing.
    """
    open_calls = list(reading.tools)
    acted_otherwise = False
    for run in sorted(runs, key=lambda one: one.asks):
        call = next((call for call in open_calls if fits(call, run)), None)
        if call is not None:
            open_calls.remove(call)
        elif not run.asks:
            acted_otherwise = True
    return len(open_calls), acted_otherwise


def confusion(judgements: Sequence[Judgement]) -> dict[str, dict[str, int]]:
    """Counts by expected and found label."""
    counts = Counter((j.expected, j.found) for j in judgements)
    matrix: dict[str, dict[str, int]] = {}
    for (expected, found), count in sorted(counts.items()):
        matrix.setdefault(expected, {})[found] = count
    return matrix


def _label(names: Sequence[str], outcome: str) -> str:
    return "+".join(sorted(names)) if names else f"({outcome})"
