"""Diaries from 60 days back to three weeks ahead; the past agrees with the interactions."""

from dataclasses import dataclass
from random import Random
from typing import Any

from storage.demo import data
from storage.demo.deals import Deal
from storage.demo.parties import Account, Somebody
from storage.demo.talks import Met
from storage.demo.world import DEFAULT_PERSON_ID, Book, World
from storage.tables import CalendarEvent

_BACK, _AHEAD = 60, 21
_SLOTS = (540, 630, 810, 900, 990)  # free beginnings of a planned day, minutes after midnight
_INTERNAL = 0.22
_LEADERS = frozenset({"regional_manager", "key_account_director", "cro"})


@dataclass(frozen=True, slots=True)
class _Entry:
    """One diary entry before it gets its day."""

    kind: str
    title: str
    location: str | None
    account: Account | None = None
    deal: Deal | None = None
    contacts: tuple[str, ...] = ()


def add_diary(
    world: World, book: Book, accounts: list[Account], deals: list[Deal], met: list[Met]
) -> None:
    """Past meetings from the interactions, planned ones for every rep, and internal ones."""
    rng = world.rng("diary")
    for occasion in met:
        if occasion.ago <= _BACK and occasion.kind in ("visit", "call", "meeting"):
            _add_past(world, book, rng, occasion)
    by_rep: dict[str, list[Account]] = {}
    open_deals: dict[str, list[Deal]] = {}
    for account in accounts:
        if not account.duplicate and any(p.left is None for p in account.people):
            by_rep.setdefault(account.owner, []).append(account)
    for deal in deals:
        if deal.open and not deal.stalled:
            open_deals.setdefault(deal.account.id, []).append(deal)
    for rep in data.reps():
        mine = by_rep.get(rep["id"], [])
        for ahead in range(_AHEAD + 1):
            _add_planned(world, book, rng, rep, mine, open_deals, ahead)
    _add_internal(world, book, rng)


def _add_past(world: World, book: Book, rng: Random, met: Met) -> None:
    titles = data.load("diary")[met.account.language][met.kind]
    pattern = rng.choice(titles.get(met.scene) or titles["any"])
    entry = _Entry(
        met.kind,
        _titled(pattern, met.account, met.who, met.product),
        _place(rng, met.account) if met.kind == "visit" else None,
        met.account,
        met.deal,
        (met.who.id,),
    )
    end = met.minute + met.minutes
    _write(world, book, met.author, met.account.region, entry, met.ago, (met.minute, end))


def _titled(pattern: str, account: Account, who: Somebody, product: dict[str, Any]) -> str:
    english = account.language == "en"
    called = product["english"] if english else product["name"].split(" ")[-1]
    return pattern.format(short=account.short, who=who.call, product=called)


def _place(rng: Random, account: Account) -> str:
    if account.other_address is not None and rng.random() < 0.4:
        return account.other_address
    return account.address


def _add_planned(
    world: World,
    book: Book,
    rng: Random,
    rep: dict[str, Any],
    accounts: list[Account],
    deals: dict[str, list[Deal]],
    ahead: int,
) -> None:
    """One to four entries a day, thinning out towards the end; always a visit tomorrow."""
    least = 2 if ahead <= 1 else 1
    most = 4 if ahead <= 7 else 3
    count = rng.randint(least, most)
    if rep["id"] == DEFAULT_PERSON_ID and ahead <= 1:
        count = 4
    slots = sorted(rng.sample(_SLOTS, count))
    # No customer is met twice on one day, and those with open deals come more often.
    ranks = {a.id: rng.random() * (0.45 if a.id in deals else 1.0) for a in accounts}
    chosen = sorted(accounts, key=lambda a: ranks[a.id])[:count]
    for index, slot in enumerate(slots):
        first_visit = index == 0 and ahead == 1
        if not chosen or (rng.random() < _INTERNAL and not first_visit):
            entry = _internal(rng, rep, "internal")
        else:
            entry = _planned(rng, chosen.pop(), deals, sure_visit=first_visit or index == 0)
        length = rng.choice((30, 45, 60, 60, 75)) if entry.kind != "call" else 20
        _write(world, book, rep["id"], rep["region"], entry, -ahead, (slot, slot + length))


def _planned(
    rng: Random, account: Account, deals: dict[str, list[Deal]], *, sure_visit: bool
) -> _Entry:
    mine = deals.get(account.id)
    deal = rng.choice(mine) if mine else None
    scene = deal.stage.value if deal else "care"
    kind = "visit" if sure_visit else rng.choice(("visit", "visit", "call", "call", "meeting"))
    titles = data.load("diary")[account.language][kind]
    pattern = rng.choice(titles.get(scene) or titles["any"])
    who = rng.choice([p for p in account.people if p.left is None])
    line = rng.choice(account.lines)
    product = deal.product if deal else rng.choice(data.catalogue(account.industry, line))
    place = _place(rng, account) if kind == "visit" else None
    title = _titled(pattern, account, who, product)
    return _Entry(kind, title, place, account, deal, (who.id,))


def _internal(rng: Random, person: dict[str, Any], group: str) -> _Entry:
    words = data.load("diary")["en" if person.get("lang") == "en" else "zh"]
    return _Entry("internal", rng.choice(words[group]), words["office"])


def _add_internal(world: World, book: Book, rng: Random) -> None:
    """Managers' diaries, and the internal meetings of the past."""
    for person in data.people():
        leader = person["role"] in _LEADERS
        if not leader and (person["role"] != "rep" or "left" in person):
            continue
        for ago in range(-_AHEAD if leader else 1, _BACK + 1):
            if rng.random() < (0.8 if leader else 0.25):
                entry = _internal(rng, person, "manager" if leader else "internal")
                start = rng.choice((510, 1080))  # before and after the customers' hours
                _write(
                    world, book, person["id"], person.get("region"), entry, ago, (start, start + 30)
                )


def _write(
    world: World,
    book: Book,
    person: str,
    region: str | None,
    entry: _Entry,
    ago: int,
    minutes: tuple[int, int],
) -> None:
    number = len(book.rows[CalendarEvent])
    cancelled = ago > 0 and entry.account is None and number % 17 == 0
    book.add(
        CalendarEvent,
        id=book.number("ev"),
        owner_id=person,
        region_id=region,
        customer_id=entry.account.id if entry.account else None,
        opportunity_id=entry.deal.id if entry.deal else None,
        kind=entry.kind,
        title=entry.title,
        location=entry.location,
        starts_at=world.moment(ago, minutes[0]),
        ends_at=world.moment(ago, minutes[1]),
        contact_ids=list(entry.contacts),
        status="planned" if ago <= 0 else ("cancelled" if cancelled else "done"),
        recorded_at=world.moment(max(ago, 0) + 1 + number % 6, 600),
    )
