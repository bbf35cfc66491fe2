"""What a running turn tells its channel."""

from dataclasses import dataclass
from typing import Literal

from agents.answer import Answer


@dataclass(frozen=True, slots=True)
class Delta:
    """More text of the answer, in whole sentences."""

    text: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    """The text so far does not hold: take it back. ``Final`` brings what does."""


@dataclass(frozen=True, slots=True)
class Progress:
    """A tool starts or ends. ``ok`` and ``ms`` are known at its end only."""

    tool: str
    phase: Literal["start", "end"]
    ok: bool | None = None
    ms: float | None = None


@dataclass(frozen=True, slots=True)
class Final:
    """The end of the turn. Its Markdown is the truth; the deltas were a preview of it."""

    answer: Answer


TurnEvent = Delta | Withdraw | Progress | Final
