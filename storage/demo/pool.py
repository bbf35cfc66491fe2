"""The capability pool: what consultants can do, have proved, have done, and are booked for."""

from datetime import date
from random import Random
from typing import Any

from storage.demo import data
from storage.demo.noise import between, uniform
from storage.demo.parties import Account
from storage.demo.spans import Span
from storage.demo.world import ORG_ID, Book, World
from storage.tables import Certificate, Project, ProjectMember, Skill

_PROJECTS = 280
_COUNTRY = {
    "Asia/Ho_Chi_Minh": "VN",
    "Asia/Bangkok": "TH",
    "Asia/Singapore": "SG",
    "Asia/Jakarta": "ID",
}


def add_pool(world: World, book: Book, accounts: list[Account]) -> None:
    """Skills and certificates of the consultants and reps, and the projects they did together."""
    rng = world.rng("pool")
    consultants = data.consultants()
    for person in consultants:
        _add_skills(book, rng, person)
        _add_certificates(world, book, rng, person)
    for rep in data.reps():
        _add_skill(book, rep["id"], "language", rep.get("lang", "zh"), 5)
    _add_projects(world, book, rng, consultants, accounts)


def _add_skill(book: Book, person: str, kind: str, name: str, level: int) -> None:
    if kind == "language":
        name = data.load("pool")["languages"][name]
    book.add(Skill, id=book.number("sk"), person_id=person, kind=kind, name=name, level=level)


def _add_skills(book: Book, rng: Random, person: dict[str, Any]) -> None:
    pool = data.load("pool")
    senior = person["title_en"].startswith("Senior")
    top = 5 if senior else 4
    for vertical in person["verticals"]:
        _add_skill(book, person["id"], "vertical", vertical, rng.randint(2, top))
        names = pool["skills"][vertical]
        for name in rng.sample(names, rng.randint(1, min(3, len(names)))):
            _add_skill(book, person["id"], "skill", name, rng.randint(2, top))
    mother = person.get("lang", "zh")
    _add_skill(book, person["id"], "language", mother, 5)
    others = {"en": 0.62, "zh": 0.7, "ja": 0.05, "de": 0.04, "vi": 0.02}
    for language, chance in others.items():
        if language != mother and rng.random() < chance:
            _add_skill(book, person["id"], "language", language, rng.randint(2, 4))
    home = pool["regulation_home"].get(_COUNTRY.get(person.get("tz", ""), ""))
    wanted = rng.choice((0, 1, 1, 2)) + (2 if "Regulatory" in person["title_en"] else 0)
    known = [*rng.sample(pool["regulations"][:9], wanted), *([home] if home else [])]
    for name in known:
        _add_skill(book, person["id"], "regulation", name, rng.randint(2, top))


def _add_certificates(world: World, book: Book, rng: Random, person: dict[str, Any]) -> None:
    for certificate in rng.sample(data.load("pool")["certificates"], rng.choice((0, 1, 1, 2, 3))):
        issued = rng.randint(40, 1500)
        book.add(
            Certificate,
            id=book.number("ce"),
            person_id=person["id"],
            name=certificate["name"],
            issuer=certificate["issuer"],
            issued_on=world.day(issued),
            valid_until=world.day(issued - certificate["years"] * 365),
        )


def _add_projects(
    world: World,
    book: Book,
    rng: Random,
    consultants: data.Records,
    accounts: list[Account],
) -> None:
    pool, names = data.load("pool"), data.load("organisation")["project"]
    groups = data.load("contacts")["groups"]
    eligible = [account for account in accounts if not account.duplicate]
    for _ in range(_PROJECTS):
        account = rng.choice(eligible)
        kind = rng.choice(pool["projects"][account.language][groups[account.industry]])
        started = rng.randint(20, 900)
        ended = started - rng.randint(30, 240)
        outcome = rng.choices(("success", "partial", "failure"), (68, 24, 8))[0]
        key = book.number("pj")
        book.add(
            Project,
            id=key,
            name=names[account.language].format(short=account.short, kind=kind),
            vertical=account.industry,
            customer_id=account.id,
            started_on=world.day(started),
            ended_on=world.day(ended) if ended > 0 else None,
            outcome=outcome if ended > 0 else None,
            tags=[account.industry, kind],
            summary=rng.choice(pool["project_summary"][outcome]) if ended > 0 else "",
        )
        _add_members(book, rng, key, account, consultants)


def _add_members(
    book: Book, rng: Random, project: str, account: Account, consultants: data.Records
) -> None:
    """Mostly people of the customer's vertical; the same few meet again and again."""
    fitting = [p for p in consultants if account.industry in p["verticals"]]
    start = rng.randrange(len(fitting))
    circle = (fitting + fitting)[start : start + 7]
    team = rng.sample(circle, rng.randint(2, min(4, len(circle))))
    team += rng.sample([p for p in consultants if p not in team], rng.choice((0, 1, 1, 2)))
    roles = data.load("pool")["project_roles"]
    for index, person in enumerate(team):
        book.add(
            ProjectMember,
            id=book.number("pm"),
            project_id=project,
            person_id=person["id"],
            role=roles[0] if index == 0 else rng.choice(roles[1:]),
            hours=rng.randint(24, 420),
        )


def workload_rows(span: Span) -> list[dict[str, Any]]:
    """Booked hours by consultant for the weeks whose Monday lies in the span."""
    mondays = [day for day in span.days() if day.weekday() == 0]
    return [_week(person, monday) for person in data.consultants() for monday in mondays]


def _week(person: dict[str, Any], monday: date) -> dict[str, Any]:
    name = f"load/{person['id']}"
    capacity = 20.0 if uniform(f"{name}/part-time", 0) < 0.06 else 40.0
    level = between(name, 0, 0.3, 1.0)
    busy = between(f"{name}/season", monday.toordinal() // 28, 0.7, 1.3)
    hours = capacity * level * busy * between(f"{name}/week", monday.toordinal(), 0.8, 1.2)
    return {
        "id": f"wl-{person['id'][2:]}-{monday:%Y%m%d}",
        "org_id": ORG_ID,
        "person_id": person["id"],
        "week": monday,
        "booked_hours": round(hours * 2) / 2,
        "capacity_hours": capacity,
    }
