"""The people at a customer: posts, ways to reach them, and records that grew old."""

from random import Random

from storage.demo import data
from storage.demo.parties import Account, Somebody
from storage.demo.world import Book, World
from storage.tables import Contact
from storage.vocabulary import ContactRole

_PHONES = {"CN": "161", "SG": "+65 9000 ", "VN": "+84 90 000 ", "TH": "+66 80 000 "}


def domain(account: Account) -> str:
    """A domain that cannot exist, made of the English name."""
    words = [
        word.lower() for word in account.english.split(" ") if word.isascii() and word.isalpha()
    ]
    return f"{'-'.join(words[:2]) or account.id}.example"


def add_contacts(world: World, book: Book, rng: Random, account: Account) -> None:
    """Two to six contacts; now and then two people claim the same post."""
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
    name, call, mail = _new_name(rng, account, post)
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
        email=None if bare else f"{mail}@{domain(account)}",
        wechat=f"wx_{mail.replace('.', '')}{rng.randint(10, 99)}" if rng.random() < 0.5 else None,
        attitude=rng.choice(
            ("supporter", "supporter", "neutral", "neutral", "neutral", "opponent")
        ),
        status="active" if left is None else "left",
        verified_at=None if rng.random() < 0.03 else world.moment(verified, 630),
        left_on=None if left is None else world.day(left),
        recorded_at=world.moment(max(verified, 30) + rng.randint(0, 300), 640),
    )


def _new_name(rng: Random, account: Account, post: dict[str, str]) -> tuple[str, str, str]:
    """A name that is called otherwise than the colleagues'."""
    while (found := _name(rng, account, post))[1] in {person.call for person in account.people}:
        continue
    return found


def _name(rng: Random, account: Account, post: dict[str, str]) -> tuple[str, str, str]:
    names = data.load("names")
    if account.language == "zh":
        surname, s_latin = rng.choice(list(names["zh"]["surnames"].items()))
        given, g_latin = rng.choice(list(names["zh"]["given"].items()))
        while f"{surname}{given}" in names["zh"]["avoid"]:
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
