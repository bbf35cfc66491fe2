"""When people talk with customers: along the stages of deals, and now and then about nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from storage.demo import data
from storage.demo.deals import Deal, Stay
from storage.demo.parties import Account
from storage.vocabulary import Stage

_HISTORY = 725


@dataclass(frozen=True, slots=True)
class Plan:
    """That somebody will talk: ``ago`` days before today, about a deal or about nothing special."""

    ago: int
    account: Account
    deal: Deal | None
    scene: str
    product: dict[str, Any]


def deal_plans(rng: Random, deals: list[Deal]) -> Iterator[Plan]:
    """Talks about deals."""
    for deal in deals:
        for stay in deal.stays:
            for ago in _days(rng, deal, stay):
                yield Plan(ago, deal.account, deal, stay.stage.value, deal.product)


def _days(rng: Random, deal: Deal, stay: Stay) -> Iterator[int]:
    """The days of one stay on which somebody talked."""
    if stay.stage is Stage.LOST:
        if rng.random() < 0.6:
            yield max(1, stay.entered - rng.randint(0, 12))
        return
    if stay.stage is Stage.WON:
        for _ in range(rng.choice((1, 2, 3))):
            yield max(1, stay.entered - rng.randint(5, 120))
        return
    end = stay.left if stay.left is not None else 1
    if deal.stalled and stay.left is None:
        end = max(stay.entered - rng.randint(2, 12), 1)
    span = stay.entered - end
    for _ in range(max(1, min(6, round(span / 20 + rng.random() - 0.3)))):
        yield rng.randint(end, stay.entered)
    if deal.open and stay.left is None and not deal.stalled and span > 10:
        yield rng.randint(1, min(12, stay.entered))


def care_plans(rng: Random, accounts: list[Account]) -> Iterator[Plan]:
    """Talks with those who bought before, about nothing special."""
    for account in accounts:
        if account.since is None or account.duplicate:
            continue
        product = rng.choice(data.catalogue(account.industry, rng.choice(account.lines)))
        ago = min(account.since, _HISTORY) - rng.randint(5, 60)
        while ago > 0:
            yield Plan(ago, account, None, "care", product)
            ago -= rng.randint(35, 120)
