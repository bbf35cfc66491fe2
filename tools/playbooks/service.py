"""The use case: from a question, and what is known of the customer, to playbooks with sources."""

from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, get_args

from knowledge_base.scenario import Objection, Occasion, Range, Scenario
from knowledge_base.search import Found, Library, says_something
from storage.database import Database
from storage.repositories.library import Situation, situation
from storage.vocabulary import OPEN_STAGES
from tools.artifact import Artifact, Entity, NotFound, Problem
from tools.context import TurnContext
from tools.customers.naming import Linking, heard, one_entity
from tools.linking.lexicon import Match
from tools.playbooks import rules
from tools.playbooks.presenting import card, citations
from tools.playbooks.schemas import NearTitle, Playbooks, SearchArguments

_LONGEST = 2000
# What the records make pressing, as scenario slots.
_PRESSING: MappingProxyType[rules.Because, dict[str, Any]] = MappingProxyType(
    {
        "open_complaint": {"objection": (Objection.COMPLAINT,)},
        "contract_ends": {"occasion": (Occasion.RENEWAL,)},
        "no_contact": {"occasion": (Occasion.FIRST_VISIT, Occasion.FIRST_CONTACT)},
    }
)


@dataclass(frozen=True, slots=True)
class Sources:
    """What the use case reads from."""

    database: Database
    linker: Linking
    library: Library


async def find_playbooks(
    context: TurnContext, sources: Sources, asked: SearchArguments
) -> Artifact:
    """The playbooks that fit; ``unknown`` with near titles when none does.

    A customer fills the scenario with what the caller may see of it. An unknown or ambiguous
    customer is answered with ``NotFound`` or ``Choice``, before anything is searched.
    """
    asked = asked.model_copy(update={"query": asked.query.strip()[:_LONGEST]})
    if wrong := _wrong_argument(asked):
        return Problem(reason="bad_arguments", detail=wrong)
    match: Match | None = None
    records: Situation | None = None
    if asked.customer:
        found = await one_entity(sources.linker, context.caller, asked.customer, "customer")
        if isinstance(found, Artifact):
            return found
        match = found
        records = await _situation(context, sources, match.entity.id)
        if records is None:
            return NotFound(what="customer", name=asked.customer)
    return await _search(context, sources, asked, match, records)


async def _search(
    context: TurnContext,
    sources: Sources,
    asked: SearchArguments,
    match: Match | None,
    records: Situation | None,
) -> Playbooks:
    case = _with_said(scenario_of(records) if records else Scenario(), asked)
    today, library = _today(context), sources.library
    if codes := rules.playbook_codes(asked.query):
        named = await library.named(
            context.caller, codes, language=context.language, scenario=case, on=today
        )
        return _answer(context, asked, match, Found(tuple(named)))
    text = await _matter(context, sources, asked.query, match)
    if not says_something(text) and not (case.objection or case.occasion):
        because = _pressing(records, today)
        if records is None or because is None:
            return _question(asked, match, case)
        case = case.model_copy(update=_PRESSING[because])
        found = await library.find(
            context.caller, "", language=context.language, scenario=case, on=today
        )
        ends_on = records.contract_ends_on if because == "contract_ends" else None
        reason = {"because": because, "because_on": ends_on}
        return _answer(context, asked, match, found).model_copy(update=reason)
    found = await library.find(
        context.caller, text, language=context.language, scenario=case, on=today
    )
    return _answer(context, asked, match, found)


def scenario_of(records: Situation) -> Scenario:
    """The scenario slots that a customer's records fill; what a slot cannot hold stays unknown."""
    days = records.buying_cycle_days
    known: dict[str, Any] = {
        "industry": [records.industry] if records.industry else [],
        "customer_kind": _allowed("customer_kind", records.kind),
        "customer_tier": _allowed("customer_tier", records.tier),
        "technical_maturity": _allowed("technical_maturity", records.technical_maturity),
        "buying_cycle_days": Range(low=days, high=days) if days and days > 0 else None,
        "region": [records.region] if records.region else [],
        "stage": records.stages,
        "competitor": records.competitors,
    }
    return Scenario.model_validate(known)


def _answer(
    context: TurnContext, asked: SearchArguments, match: Match | None, result: Found
) -> Playbooks:
    cards = [card(hit, _today(context)) for hit in result.hits]
    books = [Entity(kind="playbook", id=it.id, name=it.title) for it in cards[:1]]
    return Playbooks(
        outcome="answered" if cards else "unknown",
        query=asked.query,
        customer=match.entity.name if match else None,
        heard=heard(match) if match else None,
        full=bool(rules.playbook_codes(asked.query)),
        hits=cards,
        near=[NearTitle(id=near.code, title=near.title) for near in result.near],
        citations=citations(cards),
        focus=[*([match.entity] if match else []), *books],
    )


def _question(asked: SearchArguments, match: Match | None, case: Scenario) -> Playbooks:
    """Nothing was said that chooses a playbook: ask where it is stuck."""
    return Playbooks(
        outcome="asked",
        query=asked.query,
        customer=match.entity.name if match else None,
        heard=heard(match) if match else None,
        stages=[str(stage) for stage in case.stage],
        focus=[match.entity] if match else [],
    )


def _pressing(records: Situation | None, today: date) -> rules.Because | None:
    if records is None:
        return None
    return rules.pressing(
        open_complaint=records.open_complaint,
        contract_ends_on=records.contract_ends_on,
        ever_contacted=records.ever_contacted,
        today=today,
    )


async def _situation(context: TurnContext, sources: Sources, customer_id: str) -> Situation | None:
    today = _today(context)
    return await sources.database.run(
        context.caller, "playbook_scenario", lambda session: situation(session, customer_id, today)
    )


async def _matter(context: TurnContext, sources: Sources, query: str, match: Match | None) -> str:
    """The question without the customer's names: they say nothing about the matter."""
    if match is None:
        return query
    lexicon = await sources.linker.lexicon(context.caller)
    spans = [
        (link.start, link.end)
        for link in lexicon.scan(query)
        if any(m.entity.id == match.entity.id for m in link.matches)
    ]
    if (span := rules.name_in(query, (match.said, match.entity.name))) is not None:
        spans.append(span)
    return rules.without_spans(query, spans)


def _with_said(case: Scenario, asked: SearchArguments) -> Scenario:
    """What was said outright goes before what the records say."""
    said: dict[str, Any] = {}
    if objection := rules.one_of(asked.objection, Objection):
        said["objection"] = (Objection(objection),)
    if occasion := rules.one_of(asked.occasion, Occasion):
        said["occasion"] = (Occasion(occasion),)
    if stage := rules.one_of(asked.stage, OPEN_STAGES):
        said["stage"] = tuple(s for s in OPEN_STAGES if s == stage)
    if asked.competitor and asked.competitor.strip():
        said["competitor"] = (asked.competitor.strip()[:80],)
    return case.model_copy(update=said)


def _wrong_argument(asked: SearchArguments) -> str | None:
    checks = (
        ("objection", asked.objection, Objection),
        ("occasion", asked.occasion, Occasion),
        ("stage", asked.stage, OPEN_STAGES),
    )
    for name, value, allowed in checks:
        if value and value.strip() and rules.one_of(value, allowed) is None:
            return f"{name}={value[:40]!r}"
    return None


def _allowed(slot: str, value: str | None) -> tuple[str, ...]:
    """The value if the slot's vocabulary has it."""
    item, *_ = get_args(Scenario.model_fields[slot].annotation)
    return (value,) if value is not None and value in get_args(item) else ()


def _today(context: TurnContext) -> date:
    return context.now.astimezone(context.zone).date()
