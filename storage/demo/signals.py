"""What is known about customers beside the talks: competitors, outside signals, private notes."""

from random import Random
from typing import Any

from storage.demo import data
from storage.demo.authors import Author
from storage.demo.deals import Deal
from storage.demo.parties import Account
from storage.demo.phrases import phrase
from storage.demo.world import Book, World
from storage.tables import CompetitorPresence, Note, OutsideSignal


def add_signals(world: World, book: Book, accounts: list[Account], deals: list[Deal]) -> None:
    """Competitors in use, news and papers, and the notes of the reps."""
    rng = world.rng("signals")
    first_deal: dict[str, Deal] = {}
    for deal in deals:
        first_deal.setdefault(deal.account.id, deal)
    author = Author()
    for account in accounts:
        if account.duplicate:
            continue
        _add_rivals(world, book, rng, account)
        for _ in range(rng.choice((0, 1, 2, 2, 3, 4))):
            _add_signal(world, book, rng, account)
        for _ in range(rng.choice((1, 2, 3, 4, 5, 6))):
            _add_note(world, book, rng, account, first_deal.get(account.id), author)


def _add_rivals(world: World, book: Book, rng: Random, account: Account) -> None:
    lines = sorted(set(account.lines))
    prefix = "english_" if account.language == "en" else ""
    for line in rng.sample(lines, rng.choice((0, 1, 1, 1, min(2, len(lines))))):
        rival = account.rival(rng.choice(data.catalogue(account.industry, line)))
        seen = rng.randint(4, 420)
        book.add(
            CompetitorPresence,
            id=book.number("cp"),
            **account.owned,
            customer_id=account.id,
            competitor=rival["english" if prefix else "name"],
            product=rival[f"{prefix}product"],
            share=round(rng.uniform(0.1, 0.8), 2) if rng.random() < 0.8 else None,
            strength=rival[f"{prefix}strength"],
            gap=rival[f"{prefix}gap"],
            contract_ends_on=world.day(-rng.randint(-120, 400)) if rng.random() < 0.6 else None,
            seen_at=world.moment(seen, 680),
            recorded_at=world.moment(seen, 700),
        )


def _slots(rng: Random, account: Account, line: str) -> dict[str, str]:
    english = account.language == "en"
    goods = [p for p in data.catalogue(account.industry, line) if "sort" not in p]
    product = rng.choice(goods)
    people = rng.sample(account.people, min(2, len(account.people)))
    shape = data.load("talk/scenes")[account.language]
    boss = next((p.call for p in account.people if p.role == "decision_maker"), shape["boss"])
    return {
        "short": account.short,
        "product": product["english"] if english else product["name"].split(" ")[-1],
        "competitor": account.rival(product)["english" if english else "name"],
        "qty": str(rng.randint(2, 24)),
        "days": rng.choice(shape["days"]),
        "dept": rng.choice(data.departments(account.language, account.industry)),
        "who": people[0].call,
        "who2": people[-1].call if len(people) > 1 else shape["somebody"],
        "boss": boss if boss != people[0].call else shape["boss"],
        "colleague": rng.choice(data.consultants())["english" if english else "name"],
    }


def _add_signal(world: World, book: Book, rng: Random, account: Account) -> None:
    line = rng.choice(account.lines)
    fitting: list[dict[str, Any]] = [
        entry
        for entry in data.load("outside")[account.language]
        if entry["for"] in (line, "all")
        and account.industry in entry.get("industry", (account.industry,))
    ]
    entry, slots, ago = rng.choice(fitting), _slots(rng, account, line), rng.randint(1, 400)
    book.add(
        OutsideSignal,
        id=book.number("sg"),
        **account.owned,
        customer_id=account.id,
        kind=entry["kind"],
        title=entry["title"].format_map(slots),
        text=entry["text"].format_map(slots),
        keywords=[word.format_map(slots) for word in entry["keywords"]],
        publisher=entry["publisher"],
        published_at=world.moment(ago, rng.randint(420, 1200)),
        recorded_at=world.moment(ago, 1320),
    )


def _add_note(
    world: World, book: Book, rng: Random, account: Account, deal: Deal | None, author: Author
) -> None:
    ago = rng.randint(1, 500)
    if author.gone(account, ago):
        return
    slots = _slots(rng, account, rng.choice(account.lines))
    draws = tuple(rng.random() for _ in range(4))
    text = phrase(rng.choice(data.talk(account.language)["notes"])).render(slots, draws)
    after = deal is not None and deal.stays[0].entered >= ago
    book.add(
        Note,
        id=book.number("n"),
        owner_id=author.of(account, ago),
        region_id=account.region,
        customer_id=account.id,
        opportunity_id=deal.id if deal is not None and after and rng.random() < 0.5 else None,
        text=text,
        written_at=world.moment(ago, rng.randint(560, 1340)),
        recorded_at=world.moment(ago, 1400),
    )
