"""Two small companies in which every kind of row stands in and out of everybody's reach."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from storage import tables as t
from storage.database import Database
from storage.guard import may_see
from storage.identity import Caller
from storage.vocabulary import ContactRole, InteractionKind, Role, Stage

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
DAY = date(2026, 11, 21)
# owner, region; None stands for rows that nobody owns.
PLACES = (
    ("per-rep", "reg-1"),
    ("per-mate", "reg-1"),
    ("per-far", "reg-2"),
    ("per-regional_manager", None),
    ("per-consultant", "reg-2"),
    (None, "reg-1"),
    (None, None),
)
ORGS = ("org", "rival")
# In an order of their own: processes that share the tests must name the same ones.
MODELS: tuple[type[Any], ...] = tuple(
    sorted(
        (
            mapper.class_
            for mapper in SQLModel._sa_registry.mappers
            if mapper.class_.__module__.startswith("storage.tables")
        ),
        key=lambda model: str(model.__name__),
    )
)


def callers() -> list[Caller]:
    """One caller of each role, and a second rep."""
    managing = {
        Role.REGIONAL_MANAGER: (("per-rep",), ("reg-1",)),
        Role.KEY_ACCOUNT_DIRECTOR: (("per-far", "per-consultant"), ()),
    }
    everybody = [
        Caller(f"per-{role}", "org", role, role, *managing.get(role, ((), ()))) for role in Role
    ]
    return [*everybody, Caller("per-mate", "org", "mate", Role.REP)]


def company() -> list[Any]:
    """All rows, in an order that foreign keys allow."""
    return [row for org in ORGS for row in _company(org)]


def write(database: Database, rows: Iterable[Any]) -> None:
    """Store rows one by one, so that each finds what it refers to."""
    with database.system("test_world") as session:
        save(session, rows)


def save(session: Session, rows: Iterable[Any]) -> None:
    """The same in a session that is open."""
    for row in rows:
        session.add(row)
        session.flush()


def shared_with(caller: Caller, rows: Iterable[Any]) -> frozenset[str]:
    """The customers that are shared with people in the caller's reach."""
    shares = (row for row in rows if isinstance(row, t.CustomerShare) and may_see(caller, row))
    return frozenset(share.customer_id for share in shares)


def seen(caller: Caller, rows: Iterable[Any], model: type[Any]) -> set[str]:
    """The oracle: the ids of ``model`` that the caller may read."""
    rows = list(rows)
    shared = shared_with(caller, rows)
    return {key_of(r) for r in rows if type(r) is model and may_see(caller, r, shared)}


def key_of(row: Any) -> str:
    """The primary key, whatever its name."""
    key: str = row.name if isinstance(row, t.Lease) else row.id
    return key


def _company(org: str) -> Iterator[Any]:
    def at(kind: str, number: int) -> dict[str, Any]:
        owner, region = PLACES[number]
        key = f"{org}-{kind}-{number}"
        return {"id": key, "org_id": org, "owner_id": owner, "region_id": region}

    def free(kind: str) -> dict[str, Any]:
        return {"id": f"{org}-{kind}", "org_id": org}

    yield t.Organisation(id=org, name=f"{org} Ltd")
    for region in ("reg-1", "reg-2"):
        yield t.Region(id=f"{org}-{region}", org_id=org, name=region)
    for person in sorted({owner for owner, _ in PLACES if owner} | {f"per-{r}" for r in Role}):
        yield t.Person(
            id=f"{org}-{person}", org_id=org, name=person, role=Role.REP, phone="138", email="p@q.r"
        )
    person = f"{org}-per-rep"
    yield t.Product(**free("product"), name="product")
    yield t.Project(**free("project"), name="project", started_on=DAY)
    yield t.Skill(**free("skill"), person_id=person, kind="skill", name="welding")
    yield t.Certificate(**free("certificate"), person_id=person, name="ISO", issued_on=DAY)
    yield t.ProjectMember(**free("member"), project_id=f"{org}-project", person_id=person)
    yield t.Workload(**free("workload"), person_id=person, week=DAY, booked_hours=1.0)
    yield t.Factor(
        **free("factor"),
        code="f",
        name="f",
        english_name="f",
        unit="x",
        expected_sign=1,
        provider="p",
        owner_role="rep",
        fresh_days=1,
    )
    yield t.FactorReading(**free("reading"), factor_id=f"{org}-factor", day=DAY, value=1.0)
    yield t.LibraryItem(
        **free("item"), code="pb", revision="r", language="zh", title="t", indexed_at=NOW
    )
    yield t.LibraryChunk(
        **free("chunk"),
        item_id=f"{org}-item",
        docid=ORGS.index(org),
        position=0,
        part="card",
        locator="1",
        text="t",
        tokens="t",
    )
    yield t.Lease(name=f"{org}-lease", holder="h", until=NOW)
    for number in range(len(PLACES)):
        yield from _customer(org, at, number)
    # Customer 2 belongs to somebody far away, and is shared with one rep of the region.
    yield t.CustomerShare(**at("share", 1), customer_id=f"{org}-customer-2")


def _customer(org: str, at: Any, number: int) -> Iterator[Any]:
    customer = f"{org}-customer-{number}"
    yield t.Customer(**at("customer", number), name=f"name {number}")
    on: dict[str, Any] = {"customer_id": customer}
    yield t.Contact(
        **at("contact", number),
        **on,
        name="王",
        phone="139",
        email="a@b.c",
        wechat="wx",
        attitude="opponent",
        buying_role=ContactRole.USER,
    )
    yield t.CompetitorPresence(**at("rival", number), **on, competitor="联影", seen_at=NOW)
    yield t.OutsideSignal(**at("signal", number), **on, kind="news", title="t", published_at=NOW)
    yield t.Opportunity(
        **at("deal", number),
        **on,
        name="deal",
        stage=Stage.QUOTING,
        amount_minor=3_000_000_000 + number,
        buying_intent="high",
    )
    yield t.StageChange(
        **at("stage", number),
        opportunity_id=f"{org}-deal-{number}",
        stage=Stage.QUOTING,
        entered_at=NOW,
    )
    yield t.Interaction(
        **at("visit", number), **on, kind=InteractionKind.VISIT, occurred_at=NOW, summary="dear"
    )
    yield t.InteractionText(
        **at("words", number),
        **on,
        interaction_id=f"{org}-visit-{number}",
        occurred_at=NOW,
        text="canary",
    )
    yield t.Note(**at("note", number), **on, text="canary", written_at=NOW)
    yield t.CalendarEvent(
        **at("event", number), **on, title="t", starts_at=NOW, ends_at=NOW + timedelta(hours=1)
    )
    yield t.Commitment(**at("promise", number), **on, text="t", made_at=NOW)
    yield t.ServiceTicket(**at("ticket", number), **on, number="1", title="t", opened_at=NOW)
    yield t.Quote(**at("quote", number), **on, amount_minor=1)
    yield t.Contract(**at("contract", number), **on, number="1", amount_minor=1)
    yield t.Order(**at("order", number), **on, amount_minor=1, ordered_on=DAY)
    yield t.Payment(**at("payment", number), **on, amount_minor=1, due_on=DAY)
    yield t.Store(**at("store", number), code="s", name="store")
    yield t.StoreDay(
        **at("day", number),
        store_id=f"{org}-store-{number}",
        day=DAY,
        sales_minor=1,
        gross_profit_minor=1,
        traffic=1,
        orders=1,
        units=1,
    )
    yield t.StoreEvent(
        **at("happening", number), kind="promotion", title="t", starts_on=DAY, ends_on=DAY
    )
    yield t.Target(
        **at("target", number), level="person", subject_id="per-rep", month=DAY, amount_minor=1
    )
    yield t.Turn(
        **at("turn", number),
        thread_id="thread",
        started_at=NOW,
        outcome="answered",
        model="planner",
        prompt="p",
    )
    yield t.PendingAction(
        **at("action", number),
        thread_id="thread",
        turn_id="turn",
        tool="record_note",
        title="t",
        args={},
        args_hash="",
        approver_id=("per-rep", "per-mate", "per-cro")[number % 3],
        asked_at=NOW,
        expires_at=NOW,
    )
