"""The figures of ``bench --json`` (interface.md) and the same for people. Pure."""

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.render.table import grid
from bot.wording import Words

_WIDTH = 110


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value. ``bar`` bounds the ratio where ``of_ratio``, else the value itself;
    ``least`` says that more is better.
    """

    value: float
    unit: str
    beside: tuple[str, float] | None = None
    bar: float | None = None
    of_ratio: bool = False
    least: bool = False

    @property
    def ratio(self) -> float | None:
        """How many times the yardstick."""
        if self.beside is None or self.beside[1] == 0:
            return None
        return self.value / self.beside[1]

    @property
    def holds(self) -> bool | None:
        """Whether the figure is on the right side of its bar; None without one."""
        measured = self.ratio if self.of_ratio else self.value
        if self.bar is None or measured is None:
            return None
        return measured >= self.bar if self.least else measured <= self.bar

    def as_json(self) -> dict[str, Any]:
        """As interface.md has it; parts that a figure does not have are left out."""
        beside = self.beside and {"what": self.beside[0], "value": round(self.beside[1], 3)}
        parts = {
            "value": round(self.value, 3),
            "unit": self.unit,
            "beside": beside,
            "ratio": None if self.ratio is None else round(self.ratio, 3),
            "bar": self.bar,
            "holds": self.holds,
        }
        return {name: part for name, part in parts.items() if part is not None}


@dataclass(frozen=True, slots=True)
class BenchReport:
    """What one benchmark gave; ``skipped`` says of a figure why it was not measured."""

    name: str
    figures: Mapping[str, Figure]
    skipped: Mapping[str, str] = field(default_factory=dict)
    machine: str = ""

    def as_json(self) -> dict[str, Any]:
        """The benchmark's JSON object."""
        figures: dict[str, Any] = {name: one.as_json() for name, one in self.figures.items()}
        figures |= {name: {"skipped": why} for name, why in self.skipped.items()}
        return {"name": self.name, "machine": self.machine or machine(), "figures": figures}


def machine() -> str:
    """Cores, system and Python, so that figures can be compared."""
    return (
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}"
    )


def report_lines(report: BenchReport, words: Words) -> list[str]:
    """The report for people."""
    head = [words(f"bench.{key}") for key in ("figure", "value", "beside", "ratio", "bar", "holds")]
    rows = [_row(name, one, words) for name, one in report.figures.items()]
    lines = [words("bench.title", name=report.name, machine=report.machine or machine())]
    lines += grid(head, rows, _WIDTH)
    return lines + [words("bench.skipped", name=n, why=why) for n, why in report.skipped.items()]


def _row(name: str, one: Figure, words: Words) -> list[str]:
    beside = f"{one.beside[1]:.1f} ({one.beside[0]})" if one.beside else ""
    ratio = f"{one.ratio:.2f}×" if one.ratio is not None else ""
    sign = "≥" if one.least else "≤"
    bar = "" if one.bar is None else f"{sign} {one.bar:g}{'×' if one.of_ratio else ''}"
    holds = "" if one.holds is None else words("bench.yes" if one.holds else "bench.no")
    return [name, f"{one.value:.1f} {one.unit}", beside, ratio, bar, holds]
