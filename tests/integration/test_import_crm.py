"""The shipped CRM mapping, on an invented export of the same shape and on a real one if it lies
beside the project.
"""

import csv
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col

from storage.importing import ImportReport
from storage.repositories.people import caller_of, find_person
from storage.tables import (
    Customer,
    CustomerShare,
    Opportunity,
    Organisation,
    Person,
    Product,
    Region,
)
from storage.vocabulary import OPEN_STAGES, Role, Stage
from tests.integration.import_kit import LATER, Desk, new_desk

ROOT = Path(__file__).parents[2]
MAPPING = ROOT / "examples" / "import" / "crm-sales-opportunities.yaml"
REAL = ROOT.parent / "shared" / "data" / "crm"

_TEAMS = [
    ("Ada Reed", "Max Bloom", "Central"),
    ("Ben Stone", "Max Bloom", "Central"),
    ("Cy Young", "Nora Finch", "Central"),
    ("Dee Park", "Otto Hale", "West"),
    ("Eve Moss", "Otto Hale", "West"),
]
_ACCOUNTS = [
    ("Alpha Corp", "technolgy", "1996", "1100.04", "2822", "United States", ""),
    ("Beta & Sons", "medical", "1999", "251.41", "495", "Philipines", "Alpha Corp"),
    ("Gamma", "retail", "2002", "0.5", "12", "Kenya", ""),
]
_PRODUCTS = [("GTX Basic", "GTX", "550"), ("GTX Pro", "GTX", "4821"), ("MG Special", "MG", "55")]


def _deals() -> list[tuple[str, ...]]:
    """60 deals in a fixed pattern: 5 reps, 3 products, some without account, every stage."""
    stages = ("Won", "Lost", "Engaging", "Prospecting")
    deals = []
    for n in range(60):
        stage, agent = stages[n % 4], _TEAMS[n % 4][0]
        product = ("GTX Basic", "GTXPro", "MG Special")[n % 3]
        open_ = stage in {"Engaging", "Prospecting"}
        account = "" if open_ and n % 5 == 0 else _ACCOUNTS[(n // 2) % 3][0]
        engaged = "" if stage == "Prospecting" else f"{n % 12 + 1}/{n % 28 + 1}/2016"
        closed = "" if open_ else f"{n % 12 + 1}/{n % 28 + 1}/2017"
        value = "" if open_ else ("0" if stage == "Lost" else str(500 + n))
        deals.append((f"K{n:03}", agent, product, account, stage, engaged, closed, value))
    return deals


def _write(path: Path, header: str, rows: list[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header.split(","))
        writer.writerows(rows)


def invented(folder: Path) -> Path:
    """An export of the same shape, every row of it invented."""
    folder.mkdir()
    _write(folder / "sales_teams.csv", "sales_agent,manager,regional_office", list(_TEAMS))
    _write(folder / "products.csv", "product,series,sales_price", list(_PRODUCTS))
    header = "account,sector,year_established,revenue,employees,office_location,subsidiary_of"
    _write(folder / "accounts.csv", header, list(_ACCOUNTS))
    header = "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date"
    _write(folder / "sales_pipeline.csv", f"{header},close_value", _deals())
    return folder


@dataclass(frozen=True, slots=True)
class Export:
    """An export as it stands in its files, next to what the import made of it."""

    folder: Path
    desk: Desk
    report: ImportReport

    def source(self, name: str) -> list[dict[str, str]]:
        with (self.folder / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))


@pytest.fixture(scope="module", params=["invented", *(["real"] if REAL.is_dir() else [])])
def export(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Export:
    place = tmp_path_factory.mktemp("crm")
    folder = REAL if request.param == "real" else invented(place / "export")
    desk = new_desk(place)
    return Export(folder, desk, desk.run(MAPPING, folder))


def _us(text: str) -> date:
    month, day, year = map(int, text.split("/"))
    return date(year, month, day)


def test_everything_is_taken_and_nothing_skipped(export: Export) -> None:
    report = export.report
    deals, teams = export.source("sales_pipeline.csv"), export.source("sales_teams.csv")
    assert report.table("opportunity").taken == len(deals)
    assert report.table("customer").taken == len(export.source("accounts.csv"))
    assert report.table("product").taken == len(export.source("products.csv"))
    assert report.table("region").taken == len({row["regional_office"] for row in teams})
    managers = {row["manager"] for row in teams}
    assert report.table("person").taken == len(teams) + len(managers) + 1
    assert report.rows == []
    assert all(t.skipped == t.updated == 0 for t in report.tables)
    for line in report.tables:
        done = line.taken + line.updated + line.unchanged + line.merged + line.skipped
        assert line.read == done
    if export.folder == REAL:
        figures = {t.table: t.taken for t in report.tables}
        assert figures == {
            "customer": 85, "person": 42, "product": 7, "region": 3, "opportunity": 8800
        }  # fmt: skip


def test_repairs_are_reported_with_their_counts(export: Export) -> None:
    deals, accounts = export.source("sales_pipeline.csv"), export.source("accounts.csv")
    found = {(r.table, r.column, r.rule): r for r in export.report.repairs}
    wrong = sum(row["product"] == "GTXPro" for row in deals)
    assert wrong > 0
    repair = found["opportunity", "product", "GTXPro → GTX Pro"]
    assert repair.count == wrong
    assert (repair.examples[0].before, repair.examples[0].after) == ("GTXPro", "GTX Pro")
    assert repair.examples[0].file == "sales_pipeline.csv"
    sectors = sum(row["sector"] == "technolgy" for row in accounts)
    assert found["customer", "sector", "technolgy → technology"].count == sectors > 0
    products = {p.id: p.name for p in export.desk.rows(Product).values()}
    rows = export.desk.rows(Opportunity)
    for deal in deals:
        expected = deal["product"].replace("GTXPro", "GTX Pro")
        assert products[rows[deal["opportunity_id"]].product_id] == expected
    assert "technolgy" not in {c.industry for c in export.desk.rows(Customer).values()}


def test_deals_say_what_the_export_says(export: Export) -> None:
    customers = {c.id: c.name for c in export.desk.rows(Customer).values()}
    people = {p.id: p for p in export.desk.rows(Person).values()}
    rows = export.desk.rows(Opportunity)
    for deal in export.source("sales_pipeline.csv"):
        row = rows[deal["opportunity_id"]]
        assert row.stage.value == deal["deal_stage"].lower()
        assert customers.get(row.customer_id, "") == deal["account"]
        assert people[row.owner_id].name == deal["sales_agent"]
        assert row.region_id == people[row.owner_id].region_id
        value = deal["close_value"]
        assert row.amount_minor == (int(value) * 100 if value else None)
        assert row.currency == "USD"
        assert row.source == "crm-sales-opportunities"
        opened, closed = deal["engage_date"], deal["close_date"]
        assert (row.opened_at and row.opened_at.date()) == (_us(opened) if opened else None)
        assert (row.closed_at and row.closed_at.date()) == (_us(closed) if closed else None)
        assert row.expected_close_on is None


def test_open_deals_stay_open_and_only_known_stage_dates_are_there(export: Export) -> None:
    for row in export.desk.rows(Opportunity).values():
        assert (row.closed_at is None) == (row.stage in OPEN_STAGES)
        match row.stage:
            case Stage.PROSPECTING:
                assert row.stage_entered_at is None
            case Stage.ENGAGING:
                assert row.stage_entered_at == row.opened_at is not None
            case _:
                assert row.stage_entered_at == row.closed_at


def test_people_managers_and_regions_are_linked(export: Export) -> None:
    people, regions = export.desk.rows(Person), export.desk.rows(Region)
    for row in export.source("sales_teams.csv"):
        rep, manager = people[row["sales_agent"]], people[row["manager"]]
        region = regions[row["regional_office"]]
        assert (rep.role, manager.role) == (Role.REP, Role.REGIONAL_MANAGER)
        assert rep.manager_id == manager.id
        assert rep.region_id == manager.region_id == region.id
        assert rep.active
        assert manager.active
    # Two managers share a region, so none of them is its head.
    assert {region.manager_id for region in regions.values()} == {None}
    assert people["CRO"].role is Role.CRO
    assert {p.timezone for p in people.values()} == {"America/Chicago"}
    assert {p.language for p in people.values()} == {"en"}


def test_accounts(export: Export) -> None:
    rows = export.desk.rows(Customer)
    for account in export.source("accounts.csv"):
        row = rows[account["account"]]
        parent = account["subsidiary_of"]
        assert row.parent_id == (rows[parent].id if parent else None)
        assert row.annual_revenue_minor == round(float(account["revenue"]) * 100_000_000)
        assert row.employees == int(account["employees"])
        assert len(row.country) == 2
    assert "PH" in {row.country for row in rows.values()}


def test_an_account_belongs_to_the_rep_with_most_deals_and_is_shared_with_the_others(
    export: Export,
) -> None:
    people = {p.id: p for p in export.desk.rows(Person).values()}
    customers = export.desk.rows(Customer)
    deals: dict[str, Counter[str]] = {}
    for row in export.source("sales_pipeline.csv"):
        if row["account"]:
            deals.setdefault(row["account"], Counter())[row["sales_agent"]] += 1
    shared = {(s.customer_id, s.owner_id) for s in export.desk.rows(CustomerShare).values()}
    expected = set()
    for account, counts in deals.items():
        most = min(counts, key=lambda name: (-counts[name], name))
        assert people[customers[account].owner_id].name == most
        expected |= {(customers[account].id, n) for n in counts if n != most}
    assert {(customer, people[person].name) for customer, person in shared} == expected
    assert export.report.shares is not None
    assert export.report.shares.granted == len(expected) > 0
    for share in export.desk.rows(CustomerShare).values():
        assert share.region_id == people[share.owner_id].region_id


def _seen_by(export: Export, name: str) -> tuple[set[str], set[str]]:
    """Accounts and deals that a person finds."""
    with export.desk.database.system("test", write=False) as session:
        (person,) = find_person(session, name, "org-crm")
        caller = caller_of(session, person.id)
    with export.desk.database.principal(caller, "test") as mine:
        accounts = mine.scalars(select(col(Customer.name)))
        deals = mine.scalars(select(col(Opportunity.external_id)))
    return set(accounts), {deal for deal in deals if deal is not None}


def test_every_rep_finds_the_own_deals_and_the_accounts_behind_them(export: Export) -> None:
    deals = export.source("sales_pipeline.csv")
    for rep in {row["sales_agent"] for row in export.source("sales_teams.csv")}:
        own = [row for row in deals if row["sales_agent"] == rep]
        accounts = {row["account"] for row in own} - {""}
        assert _seen_by(export, rep) == (accounts, {row["opportunity_id"] for row in own})


def test_every_manager_finds_what_the_team_finds(export: Export) -> None:
    deals, teams = export.source("sales_pipeline.csv"), export.source("sales_teams.csv")
    for manager in {row["manager"] for row in teams}:
        team = {row["sales_agent"] for row in teams if row["manager"] == manager}
        own = [row for row in deals if row["sales_agent"] in team]
        accounts = {row["account"] for row in own} - {""}
        assert _seen_by(export, manager) == (accounts, {row["opportunity_id"] for row in own})


def test_the_declared_cro_finds_everything(export: Export) -> None:
    accounts = {row["account"] for row in export.source("accounts.csv")}
    deals = {row["opportunity_id"] for row in export.source("sales_pipeline.csv")}
    assert _seen_by(export, "CRO") == (accounts, deals)


def test_the_organisation(export: Export) -> None:
    with export.desk.database.system("test", write=False) as session:
        organisation = session.get(Organisation, "org-crm")
    assert organisation is not None
    assert (organisation.kind, organisation.currency) == ("real", "USD")


def test_again_changes_nothing(export: Export) -> None:
    before = export.desk.rows(Opportunity)
    again = export.desk.run(MAPPING, export.folder, now=LATER)
    for line in again.tables:
        assert line.taken == line.updated == line.skipped == line.absent == 0
        assert line.unchanged == export.report.table(line.table).taken
    assert again.shares is not None
    assert (again.shares.granted, again.shares.withdrawn) == (0, 0)
    assert export.desk.rows(Opportunity) == before


def test_a_day_is_that_day_in_the_organisation(tmp_path: Path) -> None:
    desk = new_desk(tmp_path)
    desk.run(MAPPING, invented(tmp_path / "crm"))
    assert desk.rows(Opportunity)["K000"].opened_at == datetime(2016, 1, 1, 18, 0, tzinfo=UTC)
