"""The atomic playbook (战法): scenario, action nodes in order, risk checkpoints, effect metrics.

One file is one playbook in one language; editions in several languages share their ``id``.
``knowledge_base.files`` reads files, ``json_schema`` describes them to editors and models.
"""

import re
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from knowledge_base.scenario import Scenario
from storage.vocabulary import Language, Role

# Control and direction-changing characters: they could disguise text that a person approves.
_DISGUISE = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)


def _plain(text: str) -> str:
    if _DISGUISE.search(text):
        raise ValueError("contains a control or direction character")
    return text


Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=2, max_length=600),
    AfterValidator(_plain),
]
Title = Annotated[Line, StringConstraints(max_length=80)]
Phrase = Annotated[Line, StringConstraints(max_length=80)]
ComplianceStatus = Literal["draft", "in_review", "approved", "withdrawn"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Step(_Strict):
    """One action node: what to do, what to say, what to bring or use, what to leave in the CRM."""

    what: Line
    script: tuple[Line, ...] = ()
    tool: Line | None = None
    evidence: Line | None = None

    @property
    def lines(self) -> tuple[str, ...]:
        """Everything it says, word for word and in order."""
        return tuple(filter(None, (self.what, *self.script, self.tool, self.evidence)))


class Risk(_Strict):
    """A checkpoint: what must not happen, and what to do or say instead."""

    check: Line
    instead: Line | None = None


class Metric(_Strict):
    """How an effect would be seen. A baseline is a measured number with its source, or null."""

    name: Line
    unit: Annotated[str, StringConstraints(min_length=1, max_length=30)]
    window_days: int = Field(gt=0, le=1095)
    direction: Literal["up", "down"]
    baseline: float | None = None
    baseline_source: Line | None = None

    @model_validator(mode="after")
    def _sourced(self) -> Self:
        if self.baseline is not None and self.baseline_source is None:
            raise ValueError("a baseline needs baseline_source: where was it measured?")
        return self


class Playbook(_Strict):
    """One edition of a playbook.

    ``triggers`` are phrases as customers or reps say them, in any language. An empty
    ``audience`` means everybody. ``review_on`` is the day its owner looks at it again;
    outside ``valid_from``..``valid_until`` it is not shown at all.
    """

    id: Annotated[str, StringConstraints(pattern=r"^pb-\d{3,5}$")]
    language: Language
    title: Title
    summary: Line
    version: int = Field(ge=1)
    owner: Line
    review_on: date
    valid_from: date | None = None
    valid_until: date | None = None
    compliance_status: ComplianceStatus
    audience: tuple[Role, ...] = ()
    scenario: Scenario
    triggers: tuple[Phrase, ...] = Field(min_length=3)
    steps: tuple[Step, ...] = Field(min_length=2, max_length=12)
    risks: tuple[Risk, ...] = Field(min_length=1, max_length=12)
    metrics: tuple[Metric, ...] = Field(min_length=1)
    sources: tuple[Line, ...] = Field(min_length=1)
    background: str | None = None

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        if self.valid_from and self.valid_until and self.valid_from > self.valid_until:
            raise ValueError("valid_until is before valid_from")
        return self


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a playbook file."""
    return Playbook.model_json_schema(mode="validation")
