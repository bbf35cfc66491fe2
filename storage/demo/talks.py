"""Interactions over two years, with the words, promises, tickets and notes that they leave."""

from dataclasses import dataclass
from random import Random
from typing import Any

from storage.currencies import whole_units
from storage.demo import data
from storage.demo.authors import Author
from storage.demo.deals import Deal
from storage.demo.parties import Account, Somebody
from storage.demo.plans import Plan, care_plans, deal_plans
from storage.demo.scenes import Complaint, Promise, Setting, Talk, compose
from storage.demo.world import Book, World
from storage.tables import Commitment, Interaction, InteractionText, ServiceTicket
from storage.vocabulary import InteractionKind

_SLOTS = (545, 585, 630, 675, 715, 800, 845, 890, 935, 980, 1020, 1055)
_KEPT = {"visit": 0.38, "call": 0.5, "meeting": 0.5, "chat": 0.72, "mail": 0.75}
_CHANNEL = {
    "visit": "on_site",
    "call": "phone",
    "meeting": "video",
    "chat": "wecom",
    "mail": "mail",
}


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


def add_talks(world: World, book: Book, accounts: list[Account], deals: list[Deal]) -> list[Met]:
    """All interactions in order of time; returns them for the diary."""
    rng = world.rng("talks")
    author = Author()
    plans = [*deal_plans(rng, deals), *care_plans(rng, accounts)]
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
        **_rival(account, product),
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


def _rival(account: Account, product: dict[str, Any]) -> dict[str, str]:
    rival = account.rival(product)
    prefix = "english_" if account.language == "en" else ""
    return {
        "competitor": rival["english" if prefix else "name"],
        "strength": rival[f"{prefix}strength"],
        "gap": rival[f"{prefix}gap"],
    }


def _amount(rng: Random, account: Account, yuan: float, pattern: str) -> str:
    value = whole_units(account.minor(yuan * rng.uniform(0.75, 0.95)), account.currency)
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
    """The interaction, and what it leaves behind."""
    key = book.number("i")
    kept = rng.random() < _KEPT[met.kind]
    _add_interaction(world, book, rng, met, talk, who, (key, kept))
    if kept:
        book.add(
            InteractionText,
            id=f"it{key[1:]}",
            owner_id=met.author,
            region_id=met.account.region,
            interaction_id=key,
            customer_id=met.account.id,
            occurred_at=world.moment(met.ago, met.minute),
            text=talk.text,
        )
    for promise in talk.promises:
        _add_promise(world, book, rng, met, promise, key)
    if talk.complaint is not None:
        _add_ticket(world, book, rng, met, talk.complaint)


def _add_interaction(
    world: World,
    book: Book,
    rng: Random,
    met: Met,
    talk: Talk,
    who: list[Somebody],
    row: tuple[str, bool],
) -> None:
    """``row``: the id, and whether the words are kept."""
    account, (key, kept) = met.account, row
    present = who[: 2 if met.kind == "meeting" else 1]
    book.add(
        Interaction,
        id=key,
        **account.owned,
        customer_id=account.id,
        opportunity_id=None if met.deal is None else met.deal.id,
        kind=InteractionKind(met.kind),
        direction=_direction(rng, met.kind, talk),
        channel=_CHANNEL[met.kind] if account.language == "zh" or met.kind != "chat" else "chat",
        occurred_at=world.moment(met.ago, met.minute),
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


def _add_promise(
    world: World, book: Book, rng: Random, met: Met, promise: Promise, interaction: str
) -> None:
    due, made = met.ago - promise.days, world.moment(met.ago, met.minute)
    book.add(
        Commitment,
        id=book.number("cm"),
        **met.account.owned,
        customer_id=met.account.id,
        opportunity_id=None if met.deal is None else met.deal.id,
        interaction_id=interaction,
        by=promise.by,
        text=promise.text,
        made_at=made,
        due_on=world.day(due) if rng.random() < 0.96 else None,
        status=_kept(rng, due),
        recorded_at=made,
    )


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


def _add_ticket(world: World, book: Book, rng: Random, met: Met, complaint: Complaint) -> None:
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
        kind=rng.choice(("question", "fault")) if complaint.severity == "low" else "complaint",
        severity=complaint.severity,
        title=complaint.title,
        description=complaint.text,
        status=("in_progress" if rng.random() < 0.6 else "open") if open_ else "closed",
        opened_at=world.moment(met.ago, met.minute + 30),
        closed_at=None if open_ else world.moment(closed, rng.randint(560, 1070)),
        recorded_at=world.moment(met.ago, met.minute + 30),
    )
