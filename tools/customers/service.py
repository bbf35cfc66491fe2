"""The use case: rows in the caller's reach become a brief with its findings and citations."""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Any, TypeVar, get_args

from prompts.filters import label
from storage.database import Database
from storage.identity import Reach, Visibility
from storage.repositories.customers import customer_card
from storage.repositories.masks import ContactMask, contact_mask
from storage.session import PrincipalSession
from storage.vocabulary import Grade
from tools.artifact import Artifact, NotFound, Refusal
from tools.context import TurnContext
from tools.customers import rules
from tools.customers.display import citations, deal_table
from tools.customers.facts import Facts
from tools.customers.findings import (
    contradictions,
    mark_contradicted,
    risk_facts,
    situation,
)
from tools.customers.masking import hidden_everywhere, sensitive_words
from tools.customers.material import Material, make, pressing_only
from tools.customers.naming import Linking, focus, heard, name_in, one_entity
from tools.customers.records import ENDED, MOST, MOST_PEOPLE, closed_sections, collect
from tools.customers.schemas import CustomerBrief, Section
from tools.linking.lexicon import Match

ALL_SECTIONS: tuple[Section, ...] = get_args(Section)
ItemT = TypeVar("ItemT")

# How many entries of a part are shown: on the one screen of the whole brief, and in detail.
_SHOWN: MappingProxyType[str, tuple[int, int]] = MappingProxyType(
    {
        "people": (5, 20),
        "history": (3, 10),
        "deals": (3, 20),
        "closed_deals": (3, ENDED),
        "commitments": (4, 20),
        "tickets": (3, 20),
        "competitors": (3, 20),
        "contracts": (2, 20),
        "unpaid": (2, 20),
        "signals": (2, 10),
        "next_meeting": (1, 3),
        "risks": (4, 15),
    }
)


async def fetch_brief(
    context: TurnContext,
    *,
    database: Database,
    linker: Linking,
    customer: str,
    sections: Sequence[Section] | None = None,
) -> Artifact:
    """The brief of the named customer, or why there is none. One database session."""
    match = await one_entity(linker, context.caller, customer, "customer")
    if not isinstance(match, Match):
        return match

    def work(session: PrincipalSession) -> Artifact:
        return brief(session, context, match, sections, database=database)

    return await database.run(context.caller, "customer_brief", work)


def brief(
    session: PrincipalSession,
    context: TurnContext,
    match: Match,
    sections: Sequence[Section] | None = None,
    *,
    database: Database,
) -> Artifact:
    """The brief of a customer that was found by name."""
    card = customer_card(session, match.entity.id)
    if card is None:
        return NotFound(what="customer", name=match.entity.name)
    wanted = tuple(dict.fromkeys(sections)) if sections else ALL_SECTIONS
    closed = closed_sections(session, card)
    shown = [part for part in wanted if part not in closed]
    if not shown:
        subject = label(wanted[0], "section", context.language)
        owner = name_in(context.language, card.owner, card.owner_english) if card.owner else None
        return Refusal(reason="closed_section", subject=subject, ask=owner)
    records = collect(
        session, card, shown, detail=bool(sections), now=context.now, zone=context.zone
    )
    today = context.now.astimezone(context.zone).date()
    named = Grade.L1 in context.caller.grades
    mask = None if named else contact_mask(database, context.caller, [card.customer.id])
    facts = Facts(today, context.zone, context.language, mask)
    material = make(records, facts, _limit("history", detail=bool(sections)))
    result = CustomerBrief(
        customer_id=card.customer.id,
        name=material.profile.text,
        owner=material.profile.owner,
        today=today,
        timezone=context.caller.timezone,
        heard=heard(match),
        detail=bool(sections),
        partial=context.caller.reach(Visibility.CUSTOMER) is not Reach.ALL,
        sections=shown,
        closed=[part for part in wanted if part in closed],
        names_hidden=not named,
        judgement_hidden=Grade.L2 not in context.caller.grades,
        focus=focus(match),
    )
    _decide(result, material)
    _show(result, material)
    result.payments_known = records.has_payments
    result.citations = citations(result, context.language)
    result.tables = deal_table(result, context.language)
    return _guarded(result, material, mask)


def _decide(result: CustomerBrief, material: Material) -> None:
    """Run the rules; contradictions are told whenever their records were read."""
    view = situation(material, result.today)
    clashes = rules.clashes(view)
    mark_contradicted(clashes, material)
    result.contradictions = contradictions(clashes, material)
    if "risks" in result.sections:
        result.risks = _cut(result, "risks", risk_facts(rules.risks(view), material.by_id()))


def _show(result: CustomerBrief, material: Material) -> None:
    """Take over what was asked for, cut to what a reader can take in."""
    if not result.detail:
        material = pressing_only(material, result.today)
    parts = set(result.sections)
    if "overview" in parts:
        result.overview = material.profile
    if "people" in parts:
        result.people = _cut(result, "people", material.people)
    if "history" in parts:
        result.history = _cut(result, "history", material.touches, material.known_touches)
        result.notes = material.notes
    if "commitments" in parts:
        result.commitments = _cut(result, "commitments", material.promises)
    if "tickets" in parts:
        result.tickets = _cut(result, "tickets", material.tickets)
        result.last_complaint = material.last_complaint
    if "competitors" in parts:
        result.competitors = _cut(result, "competitors", material.rivals)
    if "signals" in parts:
        result.signals = _cut(result, "signals", material.signals)
    if "next_meeting" in parts:
        result.next_meeting = _cut(result, "next_meeting", material.meetings)
    _show_money(result, material)


def _show_money(result: CustomerBrief, material: Material) -> None:
    if "deals" in result.sections:
        result.deals = _cut(result, "deals", material.deals)
        result.closed_deals = _cut(result, "closed_deals", material.closed_deals)
        result.deal_totals = material.totals
        hidden = sum(total.count for total in material.totals) - len(result.deals)
        if hidden > 0:
            result.more["deals"] = hidden
    if "contracts" in result.sections:
        result.contracts = _cut(result, "contracts", material.contracts)
        result.unpaid = _cut(result, "unpaid", material.unpaid)
        result.debts = material.debts
        result.orders = material.orders


def _cut(
    result: CustomerBrief, part: str, items: Sequence[ItemT], known: int | None = None
) -> list[ItemT]:
    """The first items; ``known`` is how many there are where not all of them were made."""
    limit = _limit(part, detail=result.detail)
    count = len(items) if known is None else known
    read = MOST_PEOPLE if part == "people" else MOST
    if count > limit:
        result.more[part] = count - limit if count <= read else -1
    return list(items[:limit])


def _limit(part: str, *, detail: bool) -> int:
    return _SHOWN[part][1 if detail else 0]


def _guarded(result: CustomerBrief, material: Material, mask: ContactMask | None) -> CustomerBrief:
    """The last step before the result leaves: masks by grade, and the list for egress."""
    shown: Any = None
    if mask is not None:
        shown = hidden_everywhere(result.model_dump(mode="json"), mask.hide)
        result = CustomerBrief.model_validate(shown)
    verbatim = [
        *(touch.words for touch in result.history or () if touch.words),
        *(note.text for note in result.notes or ()),
    ]
    people = () if mask else [(p.name, p.phone, p.mail, p.wechat) for p in material.people]
    result.sensitive = sensitive_words(shown or result.model_dump_json(), people, verbatim)
    return result
