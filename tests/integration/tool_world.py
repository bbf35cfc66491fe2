"""A small company in a real database, for the tests of the tools.

It is the morning of Saturday, 2026-11-21 in Shanghai.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from storage import tables as t
from storage.database import Database
from storage.identity import Caller
from storage.vocabulary import ContactRole, InteractionKind, Role, Stage
from tools.context import Language, TurnContext
from tools.linking.service import Linker

ORG = "org"
NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
TODAY = date(2026, 11, 21)
SHANGHAI = ZoneInfo("Asia/Shanghai")
RENHE = "cus-renhe"
EMPTY = "cus-empty"

WANG = Caller("per-wang", ORG, "王芳", Role.REP)
LI = Caller("per-li", ORG, "李强", Role.REP)
CHEN = Caller(
    "per-chen",
    ORG,
    "陈刚",
    Role.REGIONAL_MANAGER,
    team_ids=("per-wang",),
    region_ids=("reg-east",),
)
CRO = Caller("per-cro", ORG, "赵总", Role.CRO)
FINANCE = Caller("per-fin", ORG, "钱敏", Role.FINANCE)
COMPLIANCE = Caller("per-law", ORG, "孙法", Role.COMPLIANCE)
CONSULTANT = Caller("per-con", ORG, "周顾问", Role.CONSULTANT)
HR = Caller("per-hr", ORG, "吴人", Role.HR)
EVERYBODY = (WANG, LI, CHEN, CRO, FINANCE, COMPLIANCE, CONSULTANT, HR)


@dataclass(frozen=True, slots=True)
class World:
    """A database with a linker over it."""

    database: Database
    linker: Linker

    def add(self, *rows: Any) -> None:
        """Rows of a test's own, written in this order."""
        with self.database.system("test rows") as session:
            session.add_all(rows)

    def close(self) -> None:
        self.database.close()


def make_world(url: str) -> World:
    """The company, in an empty migrated database: people, regions, a full and an empty customer."""
    database = Database(url)
    world = World(database, Linker(database))
    for rows in (_company(), _people(), _customers(), _renhe()):
        for row in rows:
            world.add(row)
    return world


def context(caller: Caller = WANG, language: Language = "zh", now: datetime = NOW) -> TurnContext:
    return TurnContext(caller, "thread-1", "turn-1", now, language)


def ago(days: float) -> datetime:
    """A moment that many days before now."""
    return NOW - timedelta(days=days)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment by the clock in Shanghai."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


def owned(key: str, **more: Any) -> dict[str, Any]:
    """What every row of 王芳's customers carries."""
    return {"id": key, "org_id": ORG, "owner_id": "per-wang", "region_id": "reg-east", **more}


def _company() -> Iterable[Any]:
    yield t.Organisation(id=ORG, name="测试公司")
    yield t.Region(id="reg-east", org_id=ORG, name="华东", manager_id="per-chen")
    yield t.Region(id="reg-south", org_id=ORG, name="华南")


def _people() -> Iterable[Any]:
    for caller in EVERYBODY:
        manager = "per-chen" if caller is WANG else None
        region = "reg-east" if caller in (WANG, CHEN) else None
        yield t.Person(
            id=caller.person_id,
            org_id=ORG,
            name=caller.name,
            role=caller.role,
            manager_id=manager,
            region_id=region,
        )


def _customers() -> Iterable[Any]:
    yield t.Customer(
        **owned(RENHE),
        name="仁和医院",
        short_name="仁和",
        industry="医疗",
        tier="key",
        kind="hospital",
        city="上海",
        employees=1200,
        customer_since=date(2023, 5, 1),
        technical_maturity="high",
        updated_at=ago(12),
    )
    yield t.Customer(**owned(EMPTY), name="空白科技有限公司")
    yield t.Customer(
        id="cus-shen", org_id=ORG, owner_id="per-li", region_id="reg-south", name="申江机械厂"
    )


def _renhe() -> Iterable[Any]:
    """Everything that a customer can have, with a stale contact, one who left, and open matters."""
    yield from _renhe_people()
    yield t.Interaction(
        **owned("int-1"),
        customer_id=RENHE,
        kind=InteractionKind.VISIT,
        occurred_at=ago(18),
        summary="谈 CT 升级,嫌价格高,王建国要三家比价",
        action_item="一周内给比价表",
        contact_ids=["con-wang"],
    )
    yield t.InteractionText(
        **owned("txt-1"),
        interaction_id="int-1",
        customer_id=RENHE,
        occurred_at=ago(18),
        text="你们这个价格比联影贵太多了,院长那边我没法交代",
    )
    yield t.Note(
        **owned("note-1"), customer_id=RENHE, text="王主任私下更看好我们的售后", written_at=ago(17)
    )
    yield t.Opportunity(
        **owned("opp-ct"),
        customer_id=RENHE,
        name="CT 升级",
        stage=Stage.QUOTING,
        stage_entered_at=ago(23),
        amount_minor=128_500_000,
        expected_close_on=TODAY + timedelta(days=9),
        main_competitor="联影",
        next_step="给三家比价表",
        buying_intent="high",
        opened_at=ago(90),
        updated_at=ago(2),
    )
    yield t.Opportunity(
        **owned("opp-us"),
        customer_id=RENHE,
        name="超声采购",
        stage=Stage.ENGAGING,
        amount_minor=None,
        opened_at=ago(40),
    )
    yield t.Commitment(
        **owned("com-1"),
        customer_id=RENHE,
        text="一周内给三家比价表",
        made_at=ago(18),
        due_on=TODAY - timedelta(days=11),
    )
    yield t.ServiceTicket(
        **owned("tic-1"),
        customer_id=RENHE,
        number="T-0031",
        kind="complaint",
        severity="high",
        title="设备频繁报警",
        description="联系电话 13912345678,每天报警三次",
        opened_at=ago(40),
    )
    yield t.CompetitorPresence(
        **owned("riv-1"),
        customer_id=RENHE,
        competitor="联影",
        product="uCT 780",
        share=0.35,
        gap="响应慢",
        contract_ends_on=TODAY + timedelta(days=60),
        seen_at=ago(20),
    )
    yield t.Contract(
        **owned("ctr-1"),
        customer_id=RENHE,
        number="HT-2025-031",
        amount_minor=50_000_000,
        signed_on=date(2025, 12, 20),
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31),
        payment_terms="季付",
        terms="维保全包",
    )
    yield t.CalendarEvent(
        **owned("evt-1"),
        customer_id=RENHE,
        title="续约谈判",
        location="上海院区",
        starts_at=at(TODAY + timedelta(days=1), 14),
        ends_at=at(TODAY + timedelta(days=1), 15, 30),
        contact_ids=["con-wang"],
    )
    yield t.OutsideSignal(
        **owned("sig-1"),
        customer_id=RENHE,
        kind="tender",
        title="仁和医院影像设备招标预告",
        publisher="采购网",
        published_at=ago(5),
    )


def _renhe_people() -> Iterable[Any]:
    yield t.Contact(
        **owned("con-wang"),
        customer_id=RENHE,
        name="王建国",
        title="设备科主任",
        buying_role=ContactRole.DECISION_MAKER,
        phone="13912345678",
        email="wjg@renhe.cn",
        wechat="wjg_renhe",
        attitude="supporter",
        verified_at=ago(18),
    )
    yield t.Contact(
        **owned("con-li"),
        customer_id=RENHE,
        name="李敏",
        title="影像科主任",
        buying_role=ContactRole.TECHNICAL,
        phone="13800001111",
        verified_at=ago(300),
    )
    yield t.Contact(
        **owned("con-zhao"),
        customer_id=RENHE,
        name="赵强",
        title="采购科长",
        buying_role=ContactRole.PROCUREMENT,
        phone="13711112222",
        status="left",
        left_on=date(2026, 3, 1),
        verified_at=ago(400),
    )
