"""When a playbook fits: the same typed parameters on the playbook and on the asker's side.

A playbook names the values it was written for; a question, a customer and a deal fill in what
is known. Missing stays *unknown* and never shuts a playbook out.
"""

from enum import StrEnum
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from storage.vocabulary import ContactRole, Stage


class Objection(StrEnum):
    """What stands in the way, in the words of the sales signals (plus three of the rep's own)."""

    PRICE_COMPLAINT = "price_complaint"
    BUDGET_TIGHT = "budget_tight"
    HESITATION = "hesitation"
    COMPARISON = "comparison"
    COMPETITOR_MENTION = "competitor_mention"
    DELIVERY_WORRY = "delivery_worry"
    TECHNICAL_DOUBT = "technical_doubt"
    LEGAL_INVOLVED = "legal_involved"
    FINANCE_TERMS = "finance_terms"
    NEW_STAKEHOLDER = "new_stakeholder"
    CHAMPION_LEFT = "champion_silent_or_left"
    COMPLAINT = "complaint"
    NO_NEED = "no_need"
    STALLED = "stalled"


class Occasion(StrEnum):
    """What the rep is about to do, whatever stands in the way."""

    FIRST_CONTACT = "first_contact"
    FIRST_VISIT = "first_visit"
    TECHNICAL_EXCHANGE = "technical_exchange"
    EXECUTIVE_VISIT = "executive_visit"
    TENDER = "tender"
    PILOT = "pilot"
    NEGOTIATION = "negotiation"
    RENEWAL = "renewal"
    EXPANSION = "expansion"
    ROLLOUT = "rollout"
    CHANNEL = "channel"
    POLICY_CHANGE = "policy_change"
    DEAL_REVIEW = "deal_review"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Range(_Strict):
    """A span of numbers; an open end is unlimited."""

    low: float | None = Field(default=None, ge=0)
    high: float | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low is None and self.high is None:
            raise ValueError("a range needs low, high or both")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("low is above high")
        return self

    def overlaps(self, other: "Range") -> bool:
        """Whether the two spans share a number."""
        lowest = max(self.low or 0.0, other.low or 0.0)
        ends = [end for end in (self.high, other.high) if end is not None]
        return not ends or lowest <= min(ends)


class AmountRange(Range):
    """A span of deal sizes in minor units (分, cents, whole yen) of one currency."""

    currency: str = Field(default="CNY", pattern="^[A-Z]{3}$")


Slot = Literal[
    "objection",
    "occasion",
    "industry",
    "customer_kind",
    "customer_tier",
    "stage",
    "technical_maturity",
    "buying_cycle_days",
    "competitor",
    "region",
    "role",
    "amount",
]


class Scenario(_Strict):
    """Scenario parameters. On a playbook, an empty slot means "whatever it is".

    ``required`` names slots in which another value rules the playbook out.
    """

    objection: tuple[Objection, ...] = ()
    occasion: tuple[Occasion, ...] = ()
    industry: tuple[str, ...] = ()
    customer_kind: tuple[Literal["company", "government", "hospital", "school"], ...] = ()
    customer_tier: tuple[Literal["key", "large", "medium", "small"], ...] = ()
    stage: tuple[Stage, ...] = ()
    technical_maturity: tuple[Literal["low", "medium", "high"], ...] = ()
    buying_cycle_days: Range | None = None
    competitor: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    role: tuple[ContactRole, ...] = ()
    amount: AmountRange | None = None
    required: tuple[Slot, ...] = ()

    @model_validator(mode="after")
    def _required_slots_are_set(self) -> Self:
        for slot in self.required:
            if not getattr(self, slot):
                raise ValueError(f"required names {slot}, which has no value")
        return self

    @property
    def known(self) -> bool:
        """Whether any slot has a value."""
        return any(getattr(self, slot) for slot in type(self).model_fields if slot != "required")
