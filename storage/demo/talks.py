"""Interactions over two years, with the words, promises, tickets and notes that they leave."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from storage.demo import data
from storage.demo.accounts import Account, Somebody
from storage.demo.deals import Deal, Stay
from storage.demo.scenes import Setting, Talk, compose
from storage.demo.world import Book, World
from storage.tables import Commitment, Interaction, InteractionText, ServiceTicket
from storage.vocabulary import InteractionKind, Stage

_SLOTS = (545, 585, 630, 675, 715, 800, 845, 890, 935, 980, 1020, 1055)
_KEPT = {"visit": 0.38, "call": 0.5, "meeting": 0.5, "chat": 0.72, "mail": 0.75}
_CHANNEL = {
    "visit": "on_site",
    "call": "phone",
    "meeting": "video",
    "chat": "wecom",
    "mail": "mail",
}
_HISTORY = 725


@dataclass(frozen=True, slots=True)
class Plan:
    """That somebody will talk: ``ago`` days before today, about a deal or about nothing special."""

    ago: int
    account: Account
    deal: Deal | None
    scene: str
    product: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Met:
    """A conversation as the diary needs it."""

    ago: int
    minute: int
    minutes: int
    kind: str
    author: str
    account: Account
    deal: Deal | None
    scene: str
    product: dict[str, Any]
    who: Somebody


class Author:
    """Who led a conversation and what that person sounds like."""

    def __init__(self) -> None:
        self._left: dict[str, int] = {p["id"]: p["left"] for p in data.people() if "left" in p}
        self._people = {p["id"]: p for p in data.people()}
        self._order = list(self._people)

    def of(self, account: Account, ago: int) -> str:
        """The rep in charge on that day: before a hand-over it was the former one."""
        former = account.former
        return former if former is not None and ago > self._left[former] else account.owner

    def gone(self, account: Account, ago: int) -> bool:
        """The owner had left by that day and nobody took over."""
        return ago <= self._left.get(account.owner, 0)

    def names(self, person_id: str, language: str) -> tuple[str, str]:
        """How customers address the rep: short, and in letters."""
        person = self._people[person_id]
        if language == "en":
            first = person["english"].split(" ")[0]
            return first, first
        surname = person["name"][0]
        return surname, f"{surname}经理"

    def styles(self, person_id: str) -> tuple[int, ...]:
        """Three of the six or seven ways to write minutes that this person is used to."""
        start = self._order.index(person_id)
        return tuple((start + step) % 6 for step in (0, 1, 3))


def add_talks(world: World, book: Book, accounts: list[Account], deals: list[Deal]) -> list[Met]:
    """All interactions in order of time; returns them for the diary."""
    rng = world.rng("talks")
    author = Author()
    plans = [*_deal_plans(rng, deals), *_care_plans(rng, accounts)]
    plans = [plan for plan in plans if not author.gone(plan.account, plan.ago)]
    plans.sort(key=lambda plan: -plan.ago)
    taken: dict[tuple[str, int], list[int]] = {}
    met = []
    for plan in plans:
        who = _present(rng, plan.account, plan.ago)
        if who is None:
            continue
        person = author.of(plan.account, plan.ago)
        free = taken.setdefault((person, plan.ago), list(_SLOTS))
        minute = free.pop(rng.randrange(len(free))) if free else rng.randint(540, 1060)
        talk = compose(rng, _setting(rng, author, plan, person, who))
        occasion = Met(
            plan.ago,
            minute,
            talk.minutes,
            talk.kind,
            person,
            plan.account,
            plan.deal,
            plan.scene,
            plan.product,
            who[0],
        )
        _write(world, book, rng, occasion, talk, who)
        met.append(occasion)
    return met


def _deal_plans(rng: Random, deals: list[Deal]) -> Iterator[Plan]:
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


def _care_plans(rng: Random, accounts: list[Account]) -> Iterator[Plan]:
    for account in accounts:
        if account.since is None or account.duplicate:
            continue
        product = rng.choice(data.catalogue(account.industry, rng.choice(account.lines)))
        ago = min(account.since, _HISTORY) - rng.randint(5, 60)
        while ago > 0:
            yield Plan(ago, account, None, "care", product)
            ago -= rng.randint(35, 120)


def _present(rng: Random, account: Account, ago: int) -> list[Somebody] | None:
    """The contacts who were there, in random order; the first one is the partner of the talk."""
    people = [p for p in account.people if p.left is None or ago > p.left]
    if not people:
        return None
    return rng.sample(people, len(people))


def _setting(rng: Random, author: Author, plan: Plan, person: str, who: list[Somebody]) -> Setting:
    account, deal, product = plan.account, plan.deal, plan.product
    shape = data.load("talk/scenes")[account.language]
    quantity = 2 if deal is None else deal.quantity
    yuan = product["price"] * quantity if deal is None else deal.yuan
    me, my_name = author.names(person, account.language)
    boss = next((p.call for p in account.people if p.role == "decision_maker"), shape["boss"])
    slots = {
        "who": who[0].call,
        "who2": who[1].call if len(who) > 1 else shape["somebody"],
        "boss": boss if boss != who[0].call else shape["boss"],
        "department": who[0].department,
        "dept": rng.choice(data.departments(account.language, account.industry)),
        "short": account.short,
        "product": _called(rng, product, account.language),
        "qty": str(quantity),
        "unit": product["unit"].split("/")[0],
        "amount": _amount(rng, account, yuan, shape["million"]),
        "pct": rng.choice(shape["pct"]),
        "days": rng.choice(shape["days"]),
        "place": rng.choice(shape["places"]),
        "colleague": _colleague(rng, account),
        "me": me,
        "my_name": my_name,
        **_rival(account, product["line"]),
    }
    special = {
        role: {"who2": next((p.call for p in who[1:] if p.role == role), shape[role])}
        for role in ("legal", "finance")
    }
    return Setting(
        account.language,
        plan.scene,
        account.industry,
        product,
        slots,
        special,
        author.styles(person),
    )


def _called(rng: Random, product: dict[str, Any], language: str) -> str:
    """By its full name, its type, or what it is."""
    if language == "en":
        return str(product["english"])
    short = product["name"].split(" ")
    return str(short[0] if len(short) > 1 and rng.random() < 0.3 else short[-1])


def _rival(account: Account, line: str) -> dict[str, str]:
    rival = account.rivals[line]
    prefix = "english_" if account.language == "en" else ""
    return {
        "competitor": rival["english" if prefix else "name"],
        "strength": rival[f"{prefix}strength"],
        "gap": rival[f"{prefix}gap"],
    }


def _amount(rng: Random, account: Account, yuan: float, pattern: str) -> str:
    value = account.minor(yuan * rng.uniform(0.75, 0.95)) / 100
    if account.language == "en":
        return pattern.format(currency=account.currency, value=max(1, round(value / 1000)))
    return pattern.format(value=max(1, round(value / 10000)))


def _colleague(rng: Random, account: Account) -> str:
    pool = data.consultants()
    person = pool[rng.randrange(len(pool))]
    return str(person["english" if account.language == "en" else "name"])


def _write(
    world: World, book: Book, rng: Random, met: Met, talk: Talk, who: list[Somebody]
) -> None:
    account, key = met.account, book.number("i")
    occurred = world.moment(met.ago, met.minute)
    kept = rng.random() < _KEPT[met.kind]
    present = who[: 2 if met.kind == "meeting" else 1]
    deal_id = None if met.deal is None else met.deal.id
    book.add(
        Interaction,
        id=key,
        **account.owned,
        customer_id=account.id,
        opportunity_id=deal_id,
        kind=InteractionKind(met.kind),
        direction=_direction(rng, met.kind, talk),
        channel=_CHANNEL[met.kind] if account.language == "zh" or met.kind != "chat" else "chat",
        occurred_at=occurred,
        duration_minutes=None if met.kind in ("chat", "mail") else met.minutes,
        summary=None if rng.random() < 0.02 else talk.summary,
        action_item=talk.action if rng.random() < 0.62 else None,
        contact_ids=[contact.id for contact in present],
        person_ids=[met.author],
        consent=rng.choice(("consent", "consent", "contract")) if kept else "none",
        purpose="service" if talk.complaint or met.scene in ("care", "won") else "sales",
        language=account.language,
        recorded_at=world.moment(met.ago, met.minute + rng.randint(70, 240)),
    )
    if kept:
        book.add(
            InteractionText,
            id=f"it{key[1:]}",
            owner_id=met.author,
            region_id=account.region,
            interaction_id=key,
            customer_id=account.id,
            occurred_at=occurred,
            text=talk.text,
        )
    for promise in talk.promises:
        due = met.ago - promise.days
        book.add(
            Commitment,
            id=book.number("cm"),
            **account.owned,
            customer_id=account.id,
            opportunity_id=deal_id,
            interaction_id=key,
            by=promise.by,
            text=promise.text,
            made_at=occurred,
            due_on=world.day(due) if rng.random() < 0.96 else None,
            status=_kept(rng, due),
            recorded_at=occurred,
        )
    if talk.complaint is not None:
        _add_ticket(world, book, rng, met, talk)


def _direction(rng: Random, kind: str, talk: Talk) -> str:
    if kind in ("visit", "meeting"):
        return "outbound" if kind == "visit" else "both"
    if talk.complaint or kind == "mail":
        return "inbound"
    return rng.choice(("outbound", "outbound", "inbound"))


def _kept(rng: Random, due: int) -> str:
    """Old promises are settled, a few are not; those not yet due are mostly open."""
    if due > 30:
        return rng.choices(("kept", "broken", "open", "withdrawn"), (80, 10, 6, 4))[0]
    if due > 0:
        return rng.choices(("kept", "open", "broken"), (62, 32, 6))[0]
    return "open" if rng.random() < 0.85 else "kept"


def _add_ticket(world: World, book: Book, rng: Random, met: Met, talk: Talk) -> None:
    title, severity = talk.complaint or ("", "normal")
    key = book.number("t")
    took = rng.choice((1, 2, 3, 5, 8, 13, 21)) + (14 if rng.random() < 0.1 else 0)
    closed = met.ago - took
    open_ = closed < 1 or (met.ago < 150 and rng.random() < 0.06)
    book.add(
        ServiceTicket,
        id=key,
        **met.account.owned,
        customer_id=met.account.id,
        product_id=met.product["id"],
        number=f"SR-{key[2:]}",
        kind="complaint" if severity != "low" else rng.choice(("question", "fault")),
        severity=severity,
        title=title,
        description=talk.summary,
        status=("in_progress" if rng.random() < 0.6 else "open") if open_ else "closed",
        opened_at=world.moment(met.ago, met.minute + 30),
        closed_at=None if open_ else world.moment(closed, rng.randint(560, 1070)),
        recorded_at=world.moment(met.ago, met.minute + 30),
    )
