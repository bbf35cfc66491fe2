"""Customers, with the dirt of real records."""

from random import Random
from typing import Any

from storage.demo import data
from storage.demo.contacts import add_contacts, domain
from storage.demo.parties import CURRENCY, Account
from storage.demo.world import DEFAULT_PERSON_ID, Book, World
from storage.tables import Customer

_TIERS = {  # employees, yearly revenue in million yuan
    "key": ((800, 6000), (900, 9000)),
    "large": ((300, 1500), (250, 1400)),
    "medium": ((90, 420), (40, 300)),
    "small": ((15, 110), (4, 50)),
}


def chosen(world: World) -> list[dict[str, Any]]:
    """The customers that this size keeps."""
    limit = world.size.customers_per_rep
    if limit is None:
        return data.customers()
    kept, count = [], dict[str, int]()
    for customer in data.customers():
        owner = customer["owner"]
        count[owner] = count.get(owner, 0) + 1
        if owner == DEFAULT_PERSON_ID or count[owner] <= limit:
            kept.append(customer)
    return kept


def add_accounts(world: World, book: Book) -> list[Account]:
    """Customers with contacts; returned for the sections that build on them."""
    rng = world.rng("accounts")
    left = {person["id"]: person["left"] for person in data.people() if "left" in person}
    accounts = []
    for record in chosen(world):
        account = _account(rng, record)
        _add_customer(world, book, rng, record, account)
        add_contacts(world, book, rng, account)
        if record.get("former") not in left:
            account.former = None
        accounts.append(account)
    return accounts


def _account(rng: Random, record: dict[str, Any]) -> Account:
    country = record.get("country", "CN")
    english = record.get("lang") == "en"
    place = _address(rng, record)
    return Account(
        id=record["id"],
        name=record["name"],
        short=record.get("english" if english else "short", record["name"]),
        english=record.get("english", record["name"]),
        industry=record["industry"],
        tier=record["tier"],
        city=record["city"],
        language="en" if english else "zh",
        owner=record["owner"],
        region=record["region"],
        currency=CURRENCY.get(country, "USD"),
        cycle=round(data.industry(record["industry"])["cycle"] * rng.uniform(0.7, 1.4)),
        address=place,
        other_address=_address(rng, record) if rng.random() < 0.06 else None,
        former=record.get("former"),
        since=rng.randint(60, 2600) if rng.random() < 0.6 else None,
        duplicate="copy_of" in record,
    )


def _address(rng: Random, record: dict[str, Any]) -> str:
    home = record.get("country", "CN") == "CN"
    street = rng.choice(data.load("stores")["streets" if home else "streets_en"])
    number = rng.randint(3, 880)
    pattern: str = data.load("organisation")["address"]["zh" if home else "en"]
    return pattern.format(city=record["city"], street=street, number=number)


def _revenue(rng: Random, account: Account) -> tuple[int, str]:
    """Yearly revenue and its currency; a few records have the wrong unit or currency."""
    yuan, currency = rng.randint(*_TIERS[account.tier][1]) * 1_000_000, account.currency
    if rng.random() < 0.015:
        yuan //= 10_000  # typed in 万元 where yuan were asked for
    if rng.random() < 0.012:
        currency = "USD" if currency == "CNY" else "CNY"
    return account.minor(yuan), currency


def _add_customer(
    world: World, book: Book, rng: Random, record: dict[str, Any], account: Account
) -> None:
    revenue, currency = _revenue(rng, account)
    number = int(account.id[2:])
    sparse = account.duplicate or rng.random() < 0.04
    public = account.industry in {"hospital", "government", "education"}
    book.add(
        Customer,
        id=account.id,
        **account.owned,
        name=account.name,
        short_name=record.get("short"),
        english_name=record.get("english"),
        aliases=record.get("aliases", []),
        industry=account.industry,
        tier=account.tier,
        kind=record.get("kind", "company"),
        city=account.city,
        country=record.get("country", "CN"),
        founded_year=None if sparse else rng.randint(1958 if public else 1989, 2019),
        employees=None if sparse else rng.randint(*_TIERS[account.tier][0]),
        annual_revenue_minor=None if sparse else revenue,
        currency=currency,
        # District 990000 does not exist, so the code is nobody's.
        credit_code=None if sparse else f"91990000MADM{number:04d}X{number % 10}",
        technical_maturity=rng.choice(("low", "medium", "medium", "high")),
        buying_cycle_days=None if sparse else account.cycle,
        subsidy_dependency=round(rng.uniform(0.2, 0.8), 2) if public else None,
        website=None if sparse else f"https://www.{domain(account)}",
        customer_since=None if account.since is None else world.day(account.since),
        updated_at=world.moment(rng.randint(1, 240), rng.randint(540, 1080)),
        external_id=f"CRM-{number:06d}",
        recorded_at=world.moment(max(account.since or 0, 740), 600),
    )
