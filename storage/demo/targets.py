"""Targets by month: laid down for persons and shops, added up to regions and the company."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from storage.demo import data
from storage.demo.noise import between, uniform
from storage.demo.spans import Span
from storage.demo.store_days import expected
from storage.demo.stores import shops
from storage.demo.world import ORG_ID, SOURCE

_QUOTA = 720_000  # yuan a month for a rep of average weight, all lines
_LINES = {"medical": 0.36, "industrial": 0.34, "software": 0.2, "retail": 0.1}
_STEP = 1_000_000  # person and shop targets are whole ten-thousands of yuan, in 分
_CRO = "p-zhao-qiming"


def target_rows(span: Span) -> list[dict[str, Any]]:
    """All targets of the months that begin in the span."""
    rows: list[dict[str, Any]] = []
    for month in span.months():
        rows.extend(_signed(month))
        rows.extend(_sales(month))
    return rows


def _signed(month: date) -> Iterator[dict[str, Any]]:
    """Contract value by person and line; a person's total is the sum of the lines."""
    regions = {region["id"]: region for region in data.regions()}
    by_region: dict[tuple[str, str | None], int] = defaultdict(int)
    for rep in data.reps():
        weight = regions[rep["region"]]["weight"] * between(f"quota/{rep['id']}", 0, 0.8, 1.2)
        total = 0
        for line, share in _LINES.items():
            amount = _quota(rep["id"], line, month) * share * weight
            minor = max(1, round(amount * 100 / _STEP)) * _STEP
            yield _row("person", rep["id"], rep["id"], rep["region"], month, line, minor)
            by_region[rep["region"], line] += minor
            total += minor
        yield _row("person", rep["id"], rep["id"], rep["region"], month, None, total)
        by_region[rep["region"], None] += total
    yield from _sums(by_region, month, "signed")


def _quota(rep: str, line: str, month: date) -> float:
    """The plan grows six per cent a year and breathes a little from month to month."""
    growth = 1.06 ** min(max(month.year - 2026, -6), 6)
    breath = between(f"quota/{rep}/{line}", month.year * 12 + month.month, 0.85, 1.15)
    quarter_end = 1.12 if month.month % 3 == 0 else 0.94
    return _QUOTA * growth * breath * quarter_end


def _sales(month: date) -> Iterator[dict[str, Any]]:
    """Shop sales: what the shop's rhythm promises in that month, plus some ambition."""
    by_region: dict[tuple[str, str | None], int] = defaultdict(int)
    factor = data.load("stores")["month_factor"][month.month - 1]
    after = (month + timedelta(days=32)).replace(day=1)
    days = list(Span(month, after - timedelta(days=1)).days())
    for shop in shops():
        traffic, conversion, aov = expected(shop, days)
        ambition = 0.97 + 0.11 * uniform(f"ambition/{shop.code}", month.year * 12 + month.month)
        minor = float((traffic * conversion * aov).sum()) * factor * ambition
        amount = max(1, round(minor / 100_000)) * 100_000
        yield _row("store", shop.id, shop.owner, shop.region, month, None, amount, "sales")
        by_region[shop.region, None] += amount
    yield from _sums(by_region, month, "sales")


def _sums(
    by_region: dict[tuple[str, str | None], int], month: date, metric: str
) -> Iterator[dict[str, Any]]:
    managers = {region["id"]: region["manager"] for region in data.regions()}
    company: dict[str | None, int] = defaultdict(int)
    for (region, line), amount in by_region.items():
        yield _row("region", region, managers[region], region, month, line, amount, metric)
        company[line] += amount
    for line, amount in company.items():
        yield _row("company", ORG_ID, _CRO, None, month, line, amount, metric)


def _row(
    level: str,
    subject: str,
    owner: str,
    region: str | None,
    month: date,
    line: str | None,
    amount: int,
    metric: str = "signed",
) -> dict[str, Any]:
    return {
        "id": f"tg-{subject}-{month:%Y%m}-{metric}-{line or 'all'}",
        "org_id": ORG_ID,
        "source": SOURCE,
        "owner_id": owner,
        "region_id": region,
        "level": level,
        "subject_id": subject,
        "month": month,
        "product_line": line,
        "metric": metric,
        "amount_minor": amount,
        "currency": "CNY",
        "version": 1,
    }
