"""Customers and the people there, with the dirt of real records."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from storage.demo import data
from storage.demo.world import DEFAULT_PERSON_ID, Book, World
from storage.tables import Contact, Customer
from storage.vocabulary import ContactRole

CURRENCY = {"CN": "CNY", "SG": "SGD", "MY": "MYR"}
RATES = {"CNY": 1.0, "SGD": 5.4, "MYR": 1.6, "USD": 7.1}  # yuan for one; fixed for the demo
_TIERS = {  # employees, yearly revenue in million yuan
    "key": ((800, 6000), (900, 9000)),
    "large": ((300, 1500), (250, 1400)),
    "medium": ((90, 420), (40, 300)),
    "small": ((15, 110), (4, 50)),
}
_PHONES = {"CN": "161", "SG": "+65 9000 ", "VN": "+84 90 000 ", "TH": "+66 80 000 "}


@dataclass(slots=True)
class Somebody:
    """A contact as the generator needs it. ``call`` is how the rep addresses the person."""

    id: str
    name: str
    call: str
    department: str
    role: str
    left: int | None = None  # days since


@dataclass(slots=True)
class Account:
    """A customer as the generator needs it."""

    id: str
    name: str
    short: str
    english: str
    industry: str
    tier: str
    city: str
    language: str
    owner: str
    region: str
    currency: str
    cycle: int
    address: str
    other_address: str | None  # some records disagree about where the customer sits
    former: str | None
    since: int | None  # days ago of the first purchase
    duplicate: bool
    rivals: dict[str, dict[str, Any]] = field(default_factory=dict)
    people: list[Somebody] = field(default_factory=list)

    def minor(self, yuan: float) -> int:
        """Yuan as minor units of the customer's currency, rounded to hundreds of units."""
        return round(yuan / RATES[self.currency] / 100) * 10000

    @property
    def lines(self) -> list[str]:
        """The product lines that it buys, the usual ones more than once."""
        return list(data.industry(self.industry)["lines"])

    @property
    def owned(self) -> dict[str, str]:
        """The two fields that every row about this customer carries."""
        return {"owner_id": self.owner, "region_id": self.region}


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
        _add_contacts(world, book, rng, account)
        if record.get("former") not in left:
            account.former = None
        accounts.append(account)
    return accounts


def _account(rng: Random, record: dict[str, Any]) -> Account:
    country = record.get("country", "CN")
    english = record.get("lang") == "en"
    rivals = {
        line: rng.choice([c for c in data.load("competitors")["competitors"] if c["line"] == line])
        for line in ("medical", "industrial", "retail", "software")
    }
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
        since=rng.randint(60, 2600) if rng.random() < 0.72 else None,
        duplicate="copy_of" in record,
        rivals=rivals,
    )


def _address(rng: Random, record: dict[str, Any]) -> str:
    home = record.get("country", "CN") == "CN"
    street = rng.choice(data.load("stores")["streets" if home else "streets_en"])
    number = rng.randint(3, 880)
    return f"{record['city']}{street}{number}号" if home else f"{number} {street}, {record['city']}"


def _add_customer(
    world: World, book: Book, rng: Random, record: dict[str, Any], account: Account
) -> None:
    staff, revenue = _TIERS[account.tier]
    yuan = rng.randint(*revenue) * 1_000_000
    if rng.random() < 0.015:
        yuan //= 10_000  # typed in 万元 where yuan were asked for
    currency = account.currency
    if rng.random() < 0.012:
        currency = "USD" if currency == "CNY" else "CNY"  # the wrong currency in the record
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
        employees=None if sparse else rng.randint(*staff),
        annual_revenue_minor=None if sparse else account.minor(yuan),
        currency=currency,
        # District 990000 does not exist, so the code is nobody's.
        credit_code=None if sparse else f"91990000MADM{number:04d}X{number % 10}",
        technical_maturity=rng.choice(("low", "medium", "medium", "high")),
        buying_cycle_days=None if sparse else account.cycle,
        subsidy_dependency=round(rng.uniform(0.2, 0.8), 2) if public else None,
        website=None if sparse else f"https://www.{_domain(account)}",
        customer_since=None if account.since is None else world.day(account.since),
        updated_at=world.moment(rng.randint(1, 240), rng.randint(540, 1080)),
        external_id=f"CRM-{number:06d}",
        recorded_at=world.moment(max(account.since or 0, 740), 600),
    )


def _domain(account: Account) -> str:
    words = [
        word.lower() for word in account.english.split(" ") if word.isascii() and word.isalpha()
    ]
    return f"{'-'.join(words[:2]) or account.id}.example"


def _add_contacts(world: World, book: Book, rng: Random, account: Account) -> None:
    files = data.load("contacts")
    pool = list(files[account.language][files["groups"][account.industry]])
    count = 2 if account.duplicate else rng.choice((2, 3, 3, 4, 4, 5, 6))
    head = [post for post in pool if post["role"] == "decision_maker"][:1]
    rest = [post for post in pool if post not in head]
    posts = head + rng.sample(rest, min(count - 1, len(rest)))
    if rng.random() < 0.05:
        posts.append(posts[-1])  # two people claim the same post
    for index, post in enumerate(posts):
        _add_contact(world, book, rng, account, post, may_leave=index > 0)


def _add_contact(
    world: World,
    book: Book,
    rng: Random,
    account: Account,
    post: dict[str, str],
    *,
    may_leave: bool,
) -> None:
    name, call, mail = _name(rng, account, post)
    left = rng.randint(20, 400) if may_leave and rng.random() < 0.08 else None
    verified = rng.randint(181, 700) if rng.random() < 0.22 else rng.randint(3, 170)
    if left is not None:
        verified = max(verified, left)
    contact = Somebody(book.number("ct"), name, call, post["dept"], post["role"], left)
    account.people.append(contact)
    bare = rng.random() < 0.06
    book.add(
        Contact,
        id=contact.id,
        **account.owned,
        customer_id=account.id,
        name=name,
        title=post["title"],
        department=post["dept"],
        buying_role=None if rng.random() < 0.05 else ContactRole(post["role"]),
        phone=None if bare else _phone(rng, account),
        email=None if bare else f"{mail}@{_domain(account)}",
        wechat=f"wx_{mail.replace('.', '')}{rng.randint(10, 99)}" if rng.random() < 0.5 else None,
        attitude=rng.choice(
            ("supporter", "supporter", "neutral", "neutral", "neutral", "opponent")
        ),
        status="active" if left is None else "left",
        verified_at=None if rng.random() < 0.03 else world.moment(verified, 630),
        left_on=None if left is None else world.day(left),
        recorded_at=world.moment(max(verified, 30) + rng.randint(0, 300), 640),
    )


def _name(rng: Random, account: Account, post: dict[str, str]) -> tuple[str, str, str]:
    names = data.load("names")
    if account.language == "zh":
        surname, s_latin = rng.choice(list(names["zh"]["surnames"].items()))
        given, g_latin = rng.choice(list(names["zh"]["given"].items()))
        return f"{surname}{given}", f"{surname}{post['call']}", f"{s_latin}.{g_latin}"
    country = {"SGD": "SG", "MYR": "MY", "CNY": "CN"}.get(account.currency, "")
    parts = names["en"][country or _usd_country(account.city)]
    first, last = rng.choice(parts["first"]), rng.choice(parts["last"])
    return f"{first} {last}", first, f"{first}.{last}".lower().replace(" ", "")


def _usd_country(city: str) -> str:
    if city in {"Bangkok", "Chonburi", "Rayong"}:
        return "TH"
    return "ID" if city in {"Jakarta", "Surabaya", "Bandung"} else "VN"


def _phone(rng: Random, account: Account) -> str:
    if account.currency == "CNY":
        return f"161{rng.randint(0, 99999999):08d}"
    prefix = {"SGD": _PHONES["SG"], "MYR": "+60 12 000 "}.get(account.currency)
    country = _usd_country(account.city)
    return f"{prefix or _PHONES.get(country, '+62 811 000 ')}{rng.randint(0, 9999):04d}"
