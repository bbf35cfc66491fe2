"""Quotes, contracts, orders and payments behind the opportunities."""

from random import Random

from storage.demo import data
from storage.demo.deals import Deal
from storage.demo.world import Book, World
from storage.tables import Contract, Order, Payment, Quote
from storage.vocabulary import Stage

_LATE_STAGES = (Stage.QUOTING, Stage.NEGOTIATING, Stage.WON)
_SERVICE = frozenset({"年", "席/年", "套/年", "店/年"})  # units of products sold by the year


def add_money(world: World, book: Book, deals: list[Deal]) -> None:
    """Quotes for every deal that came so far, contract and money for those won."""
    rng = world.rng("money")
    for deal in deals:
        reached = [stay for stay in deal.stays if stay.stage in _LATE_STAGES]
        if reached:
            _add_quotes(world, book, rng, deal, reached[0].entered)
        if deal.stage is Stage.WON:
            _add_contract(world, book, rng, deal)


def _add_quotes(world: World, book: Book, rng: Random, deal: Deal, first: int) -> None:
    last = deal.ended or 1
    count = rng.choice((1, 1, 2, 2, 3)) if first - last > 8 else 1
    # Every version comes nearer to the price that the deal is worth in the end.
    given = 1 - deal.yuan / (deal.product["price"] * deal.quantity)
    for version in range(1, count + 1):
        sent = max(last, first - (first - last) * (version - 1) // count - rng.randint(0, 3), 1)
        valid = sent - rng.choice((15, 30, 30, 45))
        discount = given * (version / count) ** 2
        book.add(
            Quote,
            id=book.number("q"),
            **deal.account.owned,
            customer_id=deal.account.id,
            opportunity_id=deal.id,
            version=version,
            amount_minor=deal.account.minor(deal.yuan / (1 - given) * (1 - discount)),
            currency=deal.account.currency,
            discount=round(discount, 3),
            status=_quote_status(deal, version == count, valid),
            sent_at=world.moment(sent, rng.randint(560, 1060)),
            valid_until=world.day(valid),
            recorded_at=world.moment(sent, 1090),
        )


def _quote_status(deal: Deal, newest: bool, valid: int) -> str:
    if not newest:
        return "rejected"
    if deal.stage is Stage.WON:
        return "accepted"
    if deal.stage is Stage.LOST:
        return "rejected"
    return "expired" if valid > 0 else "sent"


def _add_contract(world: World, book: Book, rng: Random, deal: Deal) -> None:
    account, signed = deal.account, deal.stays[-1].entered
    words = data.load("money")[account.language]
    yearly = deal.product["unit"] in _SERVICE
    starts = max(signed - rng.randint(0, 12), 1)
    term = 365 if yearly else rng.choice((180, 270, 365, 365, 540, 730))
    # Some old agreements were never closed in the system: an ended term, still "active".
    status = "active" if starts - term < 0 or rng.random() < 0.05 else "ended"
    if rng.random() < 0.012:
        status = "terminated"
    key = book.number("k")
    terms = rng.choice(words["payment_terms"])
    book.add(
        Contract,
        id=key,
        **account.owned,
        customer_id=account.id,
        opportunity_id=deal.id,
        number=f"FS-{account.region[2:4].upper()}{int(key[2:]):05d}",
        amount_minor=account.minor(deal.yuan),
        currency=account.currency,
        signed_on=world.day(signed),
        starts_on=world.day(starts),
        ends_on=world.day(starts - term),
        payment_terms=terms["text"],
        terms=words["join"].join(rng.sample(words["clauses"], 3)),
        status=status,
        recorded_at=world.moment(signed, 1090),
    )
    _add_order(world, book, rng, deal, key, starts)
    _add_payments(world, book, rng, deal, key, starts, terms["parts"])


def _add_order(
    world: World, book: Book, rng: Random, deal: Deal, contract: str, starts: int
) -> None:
    parts = 2 if deal.quantity > 3 and rng.random() < 0.4 else 1
    for part in range(parts):
        quantity = deal.quantity // parts + (deal.quantity % parts if part == 0 else 0)
        ordered = max(starts - part * rng.randint(20, 50), 1)
        delivered = ordered - rng.randint(9, 65)
        open_ = delivered < 1
        book.add(
            Order,
            id=book.number("po"),
            **deal.account.owned,
            customer_id=deal.account.id,
            contract_id=contract,
            product_id=deal.product["id"],
            quantity=quantity,
            amount_minor=deal.account.minor(deal.yuan * quantity / deal.quantity),
            currency=deal.account.currency,
            ordered_on=world.day(ordered),
            delivered_on=None if open_ else world.day(delivered),
            status="open" if open_ else "delivered",
            recorded_at=world.moment(ordered, 1090),
        )


def _add_payments(
    world: World,
    book: Book,
    rng: Random,
    deal: Deal,
    contract: str,
    starts: int,
    parts: list[list[int]],
) -> None:
    """``parts``: per cent of the sum and days after the start."""
    account = deal.account
    slow = rng.random() < 0.12  # a customer that pays late
    whole = account.minor(deal.yuan)
    booked = 0
    for index, (percent, days) in enumerate(parts):
        amount = whole - booked if index == len(parts) - 1 else whole * percent // 100
        booked += amount
        due = starts - days
        paid = due - rng.randint(-6, 12) - (rng.randint(10, 70) if slow else 0)
        owed = paid < 1 or (due > 0 and rng.random() < 0.03)
        status = "paid" if not owed else ("overdue" if due > 0 else "due")
        book.add(
            Payment,
            id=book.number("pay"),
            **account.owned,
            customer_id=account.id,
            contract_id=contract,
            amount_minor=amount,
            currency=account.currency,
            due_on=world.day(due),
            paid_on=None if owed else world.day(paid),
            status=status,
            recorded_at=world.moment(starts, 1090),
        )
