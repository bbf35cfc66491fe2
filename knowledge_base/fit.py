"""Slot fit: how a playbook's scenario agrees with what is known of the case at hand.

Three values, never two: a slot that nobody knows is *unknown* and counts nothing. Only a slot
that the author marked ``required`` can rule a playbook out, and only by a known other value.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from knowledge_base.scenario import AmountRange, Range, Scenario, Slot
from knowledge_base.tokens import normalise
from knowledge_base.words import industry_code
from storage.currencies import minor_digits

Verdict = Literal["match", "unknown", "conflict"]

# What a slot counts beside the stage. A judgement, to be refitted once choices are recorded.
WEIGHTS: MappingProxyType[Slot, float] = MappingProxyType(
    {
        "objection": 3.0,
        "occasion": 3.0,
        "customer_kind": 2.0,
        "competitor": 2.0,
        "industry": 1.5,
        "role": 1.5,
        "stage": 1.0,
        "customer_tier": 1.0,
        "technical_maturity": 1.0,
        "buying_cycle_days": 1.0,
        "region": 1.0,
        "amount": 1.0,
    }
)
# Added below the line, so that one lone match is less than several.
_PRIOR = 2.0


@dataclass(frozen=True, slots=True)
class SlotFit:
    """One slot that the playbook names. ``asked`` is empty when it is unknown."""

    slot: Slot
    verdict: Verdict
    wanted: tuple[str, ...]
    asked: tuple[str, ...] = ()
    required: bool = False


def slot_fits(playbook: Scenario, case: Scenario) -> list[SlotFit]:
    """The fit of every slot that the playbook names, in the order of ``WEIGHTS``."""
    return list(_fits(playbook, case))


def ruled_out(fits: list[SlotFit]) -> bool:
    """Whether a required slot is known to be something else."""
    return any(fit.required and fit.verdict == "conflict" for fit in fits)


def fit_score(fits: list[SlotFit]) -> float:
    """Between -1 (all known slots conflict) and 1 (many match); 0 when nothing is known."""
    known = [fit for fit in fits if fit.verdict != "unknown"]
    total = sum(WEIGHTS[fit.slot] for fit in known)
    signed = sum(WEIGHTS[fit.slot] * (1 if fit.verdict == "match" else -1) for fit in known)
    return signed / (total + _PRIOR) if known else 0.0


def _fits(playbook: Scenario, case: Scenario) -> Iterator[SlotFit]:
    for slot in WEIGHTS:
        wanted, asked = getattr(playbook, slot), getattr(case, slot)
        if not wanted:
            continue
        verdict = _compare(slot, wanted, asked) if asked else "unknown"
        known = _shown(asked) if asked and verdict != "unknown" else ()
        yield SlotFit(slot, verdict, _shown(wanted), known, slot in playbook.required)


def _compare(slot: Slot, wanted: Any, asked: Any) -> Verdict:
    if slot in _OPEN:
        return _OPEN[slot](wanted, asked)
    return "conflict" if set(wanted).isdisjoint(asked) else "match"


def _industries(wanted: tuple[str, ...], asked: tuple[str, ...]) -> Verdict:
    codes = {code for name in asked if (code := industry_code(name))}
    if not codes:
        return "unknown"  # a name that the list of industries does not know
    return (
        "conflict" if codes.isdisjoint(industry_code(name) or name for name in wanted) else "match"
    )


def _names(wanted: tuple[str, ...], asked: tuple[str, ...]) -> Verdict:
    """Open names: the same, or one inside the other (华东 and 华东一区)."""
    left, right = [[normalise(name) for name in side] for side in (wanted, asked)]
    return "match" if any(a in b or b in a for a in left for b in right) else "conflict"


def _ranges(wanted: Range, asked: Range) -> Verdict:
    return "match" if wanted.overlaps(asked) else "conflict"


def _amounts(wanted: AmountRange, asked: AmountRange) -> Verdict:
    return _ranges(wanted, asked) if wanted.currency == asked.currency else "unknown"


_OPEN: MappingProxyType[str, Callable[[Any, Any], Verdict]] = MappingProxyType(
    {
        "industry": _industries,
        "competitor": _names,
        "region": _names,
        "buying_cycle_days": _ranges,
        "amount": _amounts,
    }
)


def _shown(value: Any) -> tuple[str, ...]:
    if isinstance(value, AmountRange):
        unit = 10 ** minor_digits(value.currency)
        return (f"{_end(value.low, unit)}-{_end(value.high, unit)} {value.currency}",)
    if isinstance(value, Range):
        return (f"{_end(value.low)}-{_end(value.high)}",)
    return tuple(str(item) for item in value)


def _end(value: float | None, divisor: int = 1) -> str:
    return "" if value is None else f"{value / divisor:,.0f}"
