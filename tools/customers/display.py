"""Citations and tables of a brief."""

from collections.abc import Iterator, Sequence

from prompts.filters import clipped, label
from storage.currencies import whole_units
from storage.vocabulary import Grade
from tools.artifact import Citation, Column, Table
from tools.customers.schemas import CustomerBrief, DealFact, Recorded

_MOST_CITATIONS = 12
_LONGEST_QUOTE = 80


def citations(result: CustomerBrief, language: str) -> list[Citation]:
    """Where the shown statements stand, the gravest first, each record once."""
    found: dict[str, Citation] = {}
    for part, fact in _cited(result):
        if fact.id not in found and len(found) < _MOST_CITATIONS:
            place = label(part, "section", language)
            locator = f"{place} · {fact.date.isoformat()}" if fact.date else place
            found[fact.id] = Citation(
                id=fact.id, title=fact.source, locator=locator, quote=_quote(fact)
            )
    return list(found.values())


def _quote(fact: Recorded) -> str:
    # A private text is quoted whole or not at all: a piece of it could slip past a mask.
    return fact.text if fact.grade is Grade.L3 else clipped(fact.text, _LONGEST_QUOTE)


def _cited(result: CustomerBrief) -> Iterator[tuple[str, Recorded]]:
    parts: tuple[tuple[str, Sequence[Recorded] | None], ...] = (
        ("risks", result.risks),
        ("next_meeting", result.next_meeting),
        ("tickets", [result.last_complaint] if result.last_complaint else None),
        ("commitments", result.commitments),
        ("tickets", result.tickets),
        ("deals", result.deals),
        ("deals", result.closed_deals),
        ("contracts", result.contracts),
        ("contracts", result.unpaid),
        ("history", result.history),
        ("notes", result.notes),
        ("people", result.people),
        ("competitors", result.competitors),
        ("signals", result.signals),
        ("overview", [result.overview] if result.overview else None),
    )
    for part, facts in parts:
        for fact in facts or ():
            yield part, fact


def deal_table(result: CustomerBrief, language: str) -> list[Table]:
    """Open deals as a table; amounts in whole units of the currency beside them."""
    deals = result.deals or []
    if len(deals) < 2:
        return []
    days, unit = label("days", "column", language), _unit(result)
    columns = [
        Column(key="opportunity", label=label("opportunity", "column", language)),
        Column(key="stage", label=label("stage", "column", language)),
        Column(key="stage_days", label=label("stage_days", "column", language), unit=days),
        Column(key="amount", label=label("amount", "column", language), unit=unit),
        # One currency stands in the head of the amounts.
        *([] if unit else [Column(key="currency", label=label("currency", "column", language))]),
        Column(key="expected_close", label=label("expected_close", "column", language)),
        Column(key="next_step", label=label("next_step", "column", language)),
    ]
    rows = [
        [
            deal.text,
            label(deal.stage, "stage", language),
            deal.stage_days,
            _amount(deal),
            *([] if unit else [deal.currency]),
            deal.expected_close_on.isoformat() if deal.expected_close_on else None,
            deal.next_step,
        ]
        for deal in deals
    ]
    return [Table(title=label("deals", "table", language), columns=columns, rows=rows)]


def _amount(deal: DealFact) -> float | None:
    minor = deal.amount_minor
    return None if minor is None else float(whole_units(minor, deal.currency))


def _unit(result: CustomerBrief) -> str | None:
    currencies = {deal.currency for deal in result.deals or ()}
    return currencies.pop() if len(currencies) == 1 else None
