"""The closed vocabularies of the domain: the strings that stand in the database.

Labels for people live in ``prompts/``; here are only the codes.
"""

from enum import StrEnum
from typing import Literal

Language = Literal["zh", "en"]  # in which the product speaks
Verb = Literal["adopt", "edit", "ignore"]  # the decisions on a pending action
Egress = Literal["masked", "L1", "L2", "L3"]  # up to which grade data may go to a model endpoint


class Role(StrEnum):
    """What a person does in the company; it decides what that person may see."""

    REP = "rep"
    REGIONAL_MANAGER = "regional_manager"
    KEY_ACCOUNT_DIRECTOR = "key_account_director"
    CRO = "cro"
    FINANCE = "finance"
    COMPLIANCE = "compliance"
    HR = "hr"
    OPERATIONS = "operations"
    CONSULTANT = "consultant"


class Grade(StrEnum):
    """Data grade (DATA-4). Ungraded fields carry no grade at all."""

    L1 = "L1"  # names and ways to reach a person; run by the company
    L2 = "L2"  # buying intent and judgement; agreed between rep and company
    L3 = "L3"  # the customer's own words, the rep's notes; the rep's own


class Stage(StrEnum):
    """Stages of an opportunity, in selling order; ``WON`` and ``LOST`` end it."""

    PROSPECTING = "prospecting"
    ENGAGING = "engaging"
    SOLUTION = "solution"
    QUOTING = "quoting"
    NEGOTIATING = "negotiating"
    WON = "won"
    LOST = "lost"


OPEN_STAGES: tuple[Stage, ...] = (
    Stage.PROSPECTING,
    Stage.ENGAGING,
    Stage.SOLUTION,
    Stage.QUOTING,
    Stage.NEGOTIATING,
)


class InteractionKind(StrEnum):
    """How people met or wrote."""

    VISIT = "visit"
    CALL = "call"
    MEETING = "meeting"
    CHAT = "chat"
    MAIL = "mail"


class ContactRole(StrEnum):
    """The part a contact plays in a purchase."""

    DECISION_MAKER = "decision_maker"
    CHAMPION = "champion"
    TECHNICAL = "technical"
    PROCUREMENT = "procurement"
    FINANCE = "finance"
    LEGAL = "legal"
    USER = "user"


class ActionState(StrEnum):
    """Life of a pending action; every state but ``PENDING`` is final."""

    PENDING = "pending"
    DONE = "done"
    IGNORED = "ignored"
    EXPIRED = "expired"
    FAILED = "failed"
