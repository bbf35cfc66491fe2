"""Stage 5: ordered tool calls, with what each needs from the ones before.

Only the caller's words make the plan; what tools return fills slots and never adds a step.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from langchain_core.messages import ToolMessage

from agents.planner.normalise import Normal

# "the customer I meet tomorrow": the customer comes out of the diary, not out of the message.
_FROM_DIARY = re.compile(
    r"(?:要见|要拜访|拜访|见|去|约)的(?:那个|那家|第一个|第一家)?客户|下一个(?:要见的)?客户|下一家客户|"
    r"接下来(?:要见|拜访)的|我(?:要|马上)?(?:去见|去拜访|拜访)的|"
    r"\b(?:my )?next (?:customer|client|visit|account|meeting)\b|"
    r"\b(?:customer|client|account)s? (?:that )?i(?:'m| am|'ll| will)? (?:see|meet|visit)"
)


@dataclass(frozen=True, slots=True)
class Step:
    """One tool call. ``needs`` maps an argument to the kind of entity that fills it later."""

    tool: str
    args: dict[str, Any]
    needs: dict[str, str] = field(default_factory=dict)

    def dump(self) -> dict[str, Any]:
        return {"tool": self.tool, "args": self.args, "needs": self.needs}


def from_diary(message: Normal) -> bool:
    """Whether the customer must be looked up in the diary first."""
    return bool(_FROM_DIARY.search(message.folded))


def ready(
    steps: Sequence[dict[str, Any]], results: Sequence[ToolMessage]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """(steps that can run now with arguments filled, steps that must wait).

    A step whose need no earlier result satisfies is dropped once all results are in:
    the earlier tool's own words already say that there was nothing.
    """
    found = _entities(results)
    now: list[dict[str, Any]] = []
    later: list[dict[str, Any]] = []
    for step in steps:
        needs: dict[str, str] = step["needs"]
        if not needs:
            now.append(step)
        elif all(kind in found for kind in needs.values()):
            filled = {arg: found[kind] for arg, kind in needs.items()}
            now.append({**step, "args": {**step["args"], **filled}, "needs": {}})
        elif not results:
            later.append(step)
    return now, later


def _entities(results: Sequence[ToolMessage]) -> dict[str, str]:
    found: dict[str, str] = {}
    for message in results:
        artifact = message.artifact if isinstance(message.artifact, dict) else {}
        for entity in artifact.get("focus", ()):
            found.setdefault(entity["kind"], entity["id"])
    return found


def distinct(steps: Sequence[Step]) -> list[Step]:
    """The steps without repetitions."""
    kept: list[Step] = []
    for step in steps:
        if step not in kept:
            kept.append(step)
    return kept
