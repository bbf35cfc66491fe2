"""The figures of ``eval --json`` (interface.md) and the same for people."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from bot.evaluation.intervals import Share, wilson
from bot.render.table import grid
from bot.wording import Words

_WIDTH = 110


@dataclass(frozen=True, slots=True)
class Score:
    """A share with its bar. ``worse`` says on which side of the bar it does not hold."""

    share: Share
    bar: float | None = None
    worse: Literal["below", "above"] = "below"

    @property
    def holds(self) -> bool | None:
        """Whether the share itself is on the right side; None without a bar."""
        if self.bar is None:
            return None
        good = self.share.value >= self.bar
        return good if self.worse == "below" else self.share.value <= self.bar

    def as_json(self) -> dict[str, Any]:
        """As interface.md has it, to four digits."""
        figures: dict[str, Any] = {k: round(v, 4) for k, v in asdict(self.share).items()}
        return figures if self.bar is None else {**figures, "bar": self.bar, "holds": self.holds}


@dataclass(frozen=True, slots=True)
class SetReport:
    """What one set gave; ``skipped`` says why it did not run."""

    name: str
    hash: str = ""
    n: int = 0
    scores: Mapping[str, Score] = field(default_factory=dict)
    matrix: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    wrong: Sequence[str] = ()
    skipped: str = ""

    def as_json(self) -> dict[str, Any]:
        """The set's JSON object."""
        if self.skipped:
            return {"set": self.name, "skipped": self.skipped}
        return {
            "set": self.name,
            "hash": self.hash,
            "n": self.n,
            "scores": {name: score.as_json() for name, score in self.scores.items()},
            "confusion": self.matrix,
        }


def score(hits: int, n: int, bar: float | None = None, *, most: bool = False) -> Score:
    """``hits`` of ``n`` with a bar to reach, or with ``most`` one not to pass."""
    return Score(wilson(hits, n), bar, "above" if most else "below")


def report_lines(report: SetReport, words: Words) -> list[str]:
    """The report for people: scores, confusion matrix, what went wrong."""
    if report.skipped:
        return [words("evaluation.skipped", name=report.name, why=report.skipped)]
    head = [words(f"evaluation.{key}") for key in ("score", "value", "interval", "bar", "holds")]
    rows = [_score_row(name, value, words) for name, value in report.scores.items()]
    lines = [words("evaluation.title", name=report.name, n=report.n, hash=report.hash)]
    lines += grid(head, rows, _WIDTH)
    if report.matrix:
        lines += ["", words("evaluation.matrix"), *_matrix_lines(report.matrix, words)]
    if report.wrong:
        lines += ["", words("evaluation.wrong_items"), *(f"  {item}" for item in report.wrong)]
    return lines


def _score_row(name: str, value: Score, words: Words) -> list[str]:
    share = value.share
    bar = (
        ""
        if value.bar is None
        else ("≥ " if value.worse == "below" else "≤ ") + _percent(value.bar)
    )
    mark = (
        "" if value.holds is None else words("evaluation.yes" if value.holds else "evaluation.no")
    )
    interval = f"{_percent(share.low95)} – {_percent(share.high95)}"
    return [name, _percent(share.value), interval, bar, mark]


def _matrix_lines(matrix: Mapping[str, Mapping[str, int]], words: Words) -> list[str]:
    columns = sorted({found for row in matrix.values() for found in row})
    codes = {found: f"c{place}" for place, found in enumerate(columns, start=1)}
    head = [words("evaluation.expected_found"), *codes.values()]
    rows = [
        [expected, *(str(row.get(found, "·")) for found in columns)]
        for expected, row in matrix.items()
    ]
    return [*grid(head, rows, _WIDTH), *(f"  {code} = {found}" for found, code in codes.items())]


def _percent(share: float) -> str:
    return f"{share * 100:.1f} %"
