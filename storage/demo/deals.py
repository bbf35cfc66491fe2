"""Opportunities with their way through the stages, told in days before today."""

from dataclasses import dataclass
from random import Random
from typing import Any

from storage.demo import data
from storage.demo.parties import Account
from storage.demo.world import Book, World
from storage.tables import Customer, Opportunity, StageChange
from storage.vocabulary import OPEN_STAGES, Stage

_OFTEN = {"key": 8.4, "large": 6.3, "medium": 4.6, "small": 3.3}
_QUANTITY = {"key": (2, 9), "large": (1, 6), "medium": (1, 3), "small": (1, 2)}
_SHARE = {
    Stage.PROSPECTING: 0.18,
    Stage.ENGAGING: 0.22,
    Stage.SOLUTION: 0.24,
    Stage.QUOTING: 0.18,
    Stage.NEGOTIATING: 0.18,
}
_WON, _STALLED, _FRESH = 0.42, 0.05, 0.13


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay in one stage; ``left`` is None for the present one. Days ago and minute of day."""

    stage: Stage
    entered: int
    minute: int
    left: int | None = None
    left_minute: int = 0


@dataclass(slots=True)
class Deal:
    """An opportunity as the generator needs it."""

    id: str
    account: Account
    product: dict[str, Any]
    quantity: int
    yuan: int
    stays: list[Stay]
    stalled: bool

    @property
    def stage(self) -> Stage:
        return self.stays[-1].stage

    @property
    def open(self) -> bool:
        return self.stage in OPEN_STAGES

    @property
    def ended(self) -> int | None:
        """Days ago of the end; None while open."""
        return None if self.open else self.stays[-1].entered


def add_deals(world: World, book: Book, accounts: list[Account]) -> list[Deal]:
    """All opportunities with stage history."""
    rng = world.rng("deals")
    deals = []
    for account in accounts:
        often = 1.2 if account.duplicate else _OFTEN[account.tier]
        names: set[str] = set()
        certain = _showcase(rng, book, account)
        drawn = range(max(1, round(rng.gauss(often, 1.3))))
        for deal in (*certain, *(_deal(rng, book.number("o"), account) for _ in drawn)):
            _add_opportunity(world, book, rng, deal, _name(rng, deal, names))
            _add_stays(world, book, deal)
            deals.append(deal)
    _first_purchases(world, book, deals)
    return deals


def _first_purchases(world: World, book: Book, deals: list[Deal]) -> None:
    """Whoever signed is a customer since the first signature at the latest."""
    rows = {row["id"]: row for row in book.rows[Customer]}
    for deal in deals:
        since, ended = deal.account.since, deal.ended
        if deal.stage is Stage.WON and ended is not None and (since is None or since < ended):
            deal.account.since = ended
            rows[deal.account.id]["customer_since"] = world.day(ended)


def _showcase(rng: Random, book: Book, account: Account) -> list[Deal]:
    """The deals of a customer that do not depend on chance."""
    deals = []
    for plan in data.load("showcase")["deals"]:
        if plan["customer"] != account.id:
            continue
        product = next(p for p in data.products() if p["sku"] == plan["sku"])
        days = list(plan["stays"].values())
        minutes = [rng.randint(545, 1070) for _ in days]
        ends: list[tuple[int | None, int]] = [*zip(days[1:], minutes[1:], strict=True), (None, 0)]
        stays = [
            Stay(Stage(stage), entered, minute, *end)
            for stage, entered, minute, end in zip(plan["stays"], days, minutes, ends, strict=True)
        ]
        yuan = round(product["price"] * plan["quantity"] * 0.93)
        deals.append(
            Deal(book.number("o"), account, product, plan["quantity"], yuan, stays, stalled=False)
        )
    return deals


def _deal(rng: Random, key: str, account: Account) -> Deal:
    product = rng.choice(data.catalogue(account.industry, rng.choice(account.lines)))
    target = (
        rng.lognormvariate(0, 0.55)
        * {"key": 900, "large": 560, "medium": 330, "small": 160}[account.tier]
    )
    quantity = max(1, round(target * 1000 / product["price"]))
    quantity = min(quantity, 12 if product["price"] > 100_000 else 900)
    stalled = rng.random() < _STALLED
    stays = _stays(rng, account.cycle, stalled)
    yuan = round(product["price"] * quantity * rng.uniform(0.82, 1.0))
    return Deal(key, account, product, quantity, yuan, stays, stalled)


def _stays(rng: Random, cycle: int, stalled: bool) -> list[Stay]:
    """The way through the stages: forwards, now and then a step skipped or taken back."""
    way = list(OPEN_STAGES)
    if rng.random() < 0.07:
        way.remove(rng.choice((Stage.ENGAGING, Stage.SOLUTION)))
    if rng.random() < 0.06 and Stage.SOLUTION in way:
        way.insert(way.index(Stage.QUOTING) + 1, Stage.SOLUTION)
        way.insert(way.index(Stage.QUOTING) + 2, Stage.QUOTING)
    won = rng.random() < _WON
    if not won:
        way = way[: rng.choice((1, 2, 3, 3, 4, 4, len(way)))]
    whole = cycle * rng.lognormvariate(0, 0.4)
    lengths = [max(1, round(whole * _SHARE[stage] * rng.uniform(0.5, 1.6))) for stage in way]
    opened = rng.randint(sum(lengths) // 3 + 2, 725)
    if rng.random() < _FRESH:
        opened = rng.randint(3, max(cycle * 2 // 3, 12))
    if stalled:
        opened = rng.randint(25, 260)
        way, lengths = _stall(rng, way, lengths, opened)
    return _laid_out(rng, way, lengths, opened, Stage.WON if won else Stage.LOST)


def _stall(
    rng: Random, way: list[Stage], lengths: list[int], opened: int
) -> tuple[list[Stage], list[int]]:
    """The last stage reached simply never ends."""
    reached = rng.randint(1, len(way))
    room = max(opened - rng.randint(22, 70), reached)
    squeezed = [max(1, min(length, room // reached)) for length in lengths[: reached - 1]]
    return way[:reached], [*squeezed, opened + 1]


def _laid_out(
    rng: Random, way: list[Stage], lengths: list[int], opened: int, end: Stage
) -> list[Stay]:
    stays: list[Stay] = []
    entered, minute = opened, rng.randint(545, 1070)
    for stage, length in zip(way, lengths, strict=True):
        left = entered - length
        if left < 1:
            return [*stays, Stay(stage, entered, minute)]
        left_minute = rng.randint(545, 1070)
        stays.append(Stay(stage, entered, minute, left, left_minute))
        entered, minute = left, left_minute
    return [*stays, Stay(end, entered, minute)]


def _name(rng: Random, deal: Deal, taken: set[str]) -> str:
    titles = data.load("deals")[deal.account.language]
    product = deal.product["sku"] if rng.random() < 0.4 else _short(deal)
    slots = {"short": deal.account.short, "product": product}
    for pattern in rng.sample(titles["names"], len(titles["names"])):
        name = str(pattern.format(**slots))
        if name not in taken:
            break
    else:
        name = titles["again"].format(name=name, number=len(taken))
    taken.add(name)
    return name


def _short(deal: Deal) -> str:
    """The product as people call it."""
    if deal.account.language == "en":
        return str(deal.product["english"])
    return str(deal.product["name"].split(" ")[-1])


def _add_opportunity(world: World, book: Book, rng: Random, deal: Deal, name: str) -> None:
    words = data.talk(deal.account.language)["next"]
    last, first = deal.stays[-1], deal.stays[0]
    amount, currency = _worth(rng, deal)
    expected = max(deal.account.cycle - first.entered, 0) + rng.randint(4, 75)
    if deal.stalled:
        expected = rng.randint(-60, 40)
    ended = deal.ended
    touched = min(last.entered, rng.randint(1, 12)) if deal.open and not deal.stalled else None
    book.add(
        Opportunity,
        id=deal.id,
        **deal.account.owned,
        customer_id=deal.account.id,
        product_id=deal.product["id"],
        name=name,
        stage=deal.stage,
        stage_entered_at=world.moment(last.entered, last.minute),
        amount_minor=amount,
        currency=currency,
        opened_at=world.moment(first.entered, first.minute),
        expected_close_on=world.day(-expected if ended is None else ended + rng.randint(-20, 20)),
        closed_at=None if ended is None else world.moment(ended, last.minute),
        loss_reason=rng.choice(words["loss"]) if deal.stage is Stage.LOST else None,
        main_competitor=_rival(rng, deal),
        next_step=rng.choice(words["step"][deal.stage.value])
        if deal.open and not (deal.stalled and rng.random() < 0.6)
        else None,
        buying_intent=_intent(rng, deal),
        updated_at=world.moment(touched or last.entered, last.minute),
        external_id=f"OPP-{deal.id[2:]}",
        recorded_at=world.moment(first.entered, first.minute),
    )


def _worth(rng: Random, deal: Deal) -> tuple[int | None, str]:
    """Amount and currency, now and then typed wrongly or not at all."""
    amount, currency = deal.account.minor(deal.yuan), deal.account.currency
    dirt = rng.random()
    if dirt < 0.006:
        return amount // 100, currency  # yuan typed where 分 were asked for
    if dirt < 0.011:
        return amount, "USD" if currency == "CNY" else "CNY"
    return (None, currency) if dirt < 0.021 and deal.open else (amount, currency)


def _rival(rng: Random, deal: Deal) -> str | None:
    if rng.random() < 0.45:
        return None
    rival = deal.account.rival(deal.product)
    return str(rival["english" if deal.account.language == "en" else "name"])


def _intent(rng: Random, deal: Deal) -> str | None:
    if not deal.open:
        return None
    if deal.stalled:
        return rng.choice(("low", "low", "medium"))
    if deal.stage in (Stage.QUOTING, Stage.NEGOTIATING):
        return rng.choice(("high", "high", "medium"))
    return rng.choice(("high", "medium", "medium", "low"))


def _add_stays(world: World, book: Book, deal: Deal) -> None:
    for stay in deal.stays:
        entered = world.moment(stay.entered, stay.minute)
        book.add(
            StageChange,
            id=book.number("sc"),
            **deal.account.owned,
            opportunity_id=deal.id,
            stage=stay.stage,
            entered_at=entered,
            left_at=None if stay.left is None else world.moment(stay.left, stay.left_minute),
            recorded_at=entered,
        )
