"""What every tool receives beside its arguments: who asks, where and when.

It travels as LangGraph runtime context and is therefore out of any model's reach.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from storage.identity import Caller
from storage.vocabulary import Language

__all__ = ["Language", "TurnContext"]


@dataclass(frozen=True, slots=True)
class TurnContext:
    """One turn of one caller in one thread. ``now`` is the turn's moment (UTC)."""

    caller: Caller
    thread_id: str
    turn_id: str
    now: datetime
    language: Language = "zh"

    @property
    def zone(self) -> ZoneInfo:
        """The caller's own time zone, in which days begin and end."""
        return ZoneInfo(self.caller.timezone)
