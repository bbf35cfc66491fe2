"""What the rules find in the material of a brief, as facts with the source of their subject."""

from datetime import date

from tools.artifact import Fact
from tools.customers import rules
from tools.customers.material import Material
from tools.customers.schemas import (
    ContractFact,
    Contradiction,
    DealFact,
    PersonFact,
    Profile,
    RiskFact,
    RivalFact,
)


def situation(material: Material, today: date) -> rules.Situation:
    """The material as the rules want it."""
    last = material.touches[0].date if material.touches else None
    return rules.Situation(
        customer_id=material.profile.id,
        currency=material.profile.currency,
        today=today,
        quiet_days=rules.days_since(last, today),
        people=material.states,
        deals=[
            rules.DealState(
                d.id, d.stage, d.stage_days, d.overdue_days, bool(d.next_step), d.currency
            )
            for d in material.deals
        ],
        promises=[
            rules.PromiseState(p.id, p.by, p.overdue_days)
            for p in material.promises
            if p.status == "open"
        ],
        tickets=[
            rules.TicketState(t.id, t.type, t.severity, t.open_days)
            for t in material.tickets
            if t.status != "closed"
        ],
        rivals=[rules.TermState(r.id, r.days_left, share=r.share) for r in material.rivals],
        contracts=[
            rules.TermState(c.id, c.days_left, c.status == "active") for c in material.contracts
        ],
        overdue_payments=[
            (p.id, p.overdue_days) for p in material.unpaid if p.overdue_days is not None
        ],
    )


def risk_facts(found: list[rules.Risk], about: dict[str, Fact]) -> list[RiskFact]:
    """Findings with the words, source and date of what they are about."""
    facts: list[RiskFact] = []
    for risk in found:
        subject = about[risk.about]
        facts.append(
            RiskFact(
                id=risk.about,
                text=subject.text,
                source=subject.source,
                date=subject.date,
                grade=subject.grade,
                code=risk.code,
                severity=risk.severity,
                days=risk.days,
                limit=risk.limit,
            )
        )
    return facts


def contradictions(found: list[rules.Clash], material: Material) -> list[Contradiction]:
    """The records of each clash side by side, each with the value that differs."""
    about = material.by_id()
    return [
        Contradiction(code=clash.code, sides=[_side(about[key]) for key in clash.ids])
        for clash in found
    ]


def _side(fact: Fact) -> Fact:
    parts: list[object] = [fact.text]
    match fact:
        case PersonFact():
            parts += [fact.title if fact.title != fact.text else None, fact.phone, fact.left_on]
        case DealFact() | Profile():
            parts.append(fact.currency)
        case RivalFact() if fact.share is not None:
            parts.append(f"{fact.share:.0%}")
        case ContractFact():
            parts.append(fact.ends_on)
        case _:
            pass
    words = " · ".join(str(part) for part in parts if part is not None)
    return Fact(
        text=words, source=fact.source, date=fact.date, grade=fact.grade, mark="contradicted"
    )


def mark_contradicted(found: list[rules.Clash], material: Material) -> None:
    """Mark the facts that another record denies; the customer itself is never the culprit."""
    ids = {key for clash in found for key in clash.ids} - {material.profile.id}
    for fact in (*material.people, *material.deals, *material.rivals, *material.contracts):
        if fact.id in ids:
            fact.mark = "contradicted"
