"""Importing again: nothing twice, only what changed, and nothing of anybody else's."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, update

from storage.clock import FixedClock
from storage.database import Database
from storage.errors import StorageError
from storage.importing import ImportProblem, Progress, run
from storage.tables import Customer, CustomerShare, Opportunity, Organisation, Person
from tests.integration.import_kit import HEAD, LATER, NOW, Desk, new_desk

MAPPING = """\
people:
  - {name: Ada, role: rep}
  - {name: Bo, role: rep}
tables:
  - target: customer
    from: accounts
    key: id
    columns: {id: name, city: city}
    derive:
      owner_id: {most: opportunity.owner_id, via: customer_id}
  - target: opportunity
    from: deals
    key: id
    columns: {id: name, at: customer_id, who: owner_id, stage: stage}
shares: opportunity
"""
ACCOUNTS = "id,city\nAcme,Rome\nBeta,Oslo\n"
DEALS = "id,at,who,stage\n1,Acme,Ada,won\n2,Acme,Ada,won\n3,Acme,Bo,lost\n4,Beta,Bo,engaging\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = new_desk(tmp_path)
    desk.file("accounts.csv", ACCOUNTS)
    desk.file("deals.csv", DEALS)
    return desk


def owners(desk: Desk) -> dict[str, str]:
    people = {p.id: p.name for p in desk.rows(Person).values()}
    return {name: people[row.owner_id] for name, row in desk.rows(Customer).items()}


def test_the_same_again_changes_nothing(desk: Desk) -> None:
    first = desk.run(MAPPING)
    assert {t.table: t.taken for t in first.tables} == {
        "customer": 2,
        "person": 2,
        "opportunity": 4,
    }
    before = {model: desk.rows(model) for model in (Customer, Person, Opportunity, CustomerShare)}
    second = desk.run(MAPPING, now=LATER)
    assert {t.table: t.unchanged for t in second.tables} == {
        "customer": 2,
        "person": 2,
        "opportunity": 4,
    }
    assert sum(t.taken + t.updated + t.skipped for t in second.tables) == 0
    for model, rows in before.items():
        assert desk.rows(model) == rows
    assert all(row.recorded_at == NOW for row in desk.rows(Customer).values())


def test_only_changed_rows_are_written(desk: Desk) -> None:
    desk.run(MAPPING)
    desk.file("accounts.csv", ACCOUNTS.replace("Oslo", "Bergen") + "Gamma,Kyiv\n")
    report = desk.run(MAPPING, now=LATER).table("customer")
    assert (report.taken, report.updated, report.unchanged) == (1, 1, 1)
    rows = desk.rows(Customer)
    assert rows["Beta"].city == "Bergen"
    assert {name: row.recorded_at for name, row in rows.items()} == {
        "Acme": NOW,
        "Beta": LATER,
        "Gamma": LATER,
    }


def test_fields_that_the_mapping_does_not_name_are_left_alone(desk: Desk) -> None:
    desk.run(MAPPING)
    desk.change(update(Customer).where(Customer.name == "Beta").values(tier="key"))
    desk.file("accounts.csv", ACCOUNTS.replace("Oslo", "Bergen"))
    desk.run(MAPPING)
    row = desk.rows(Customer)["Beta"]
    assert (row.city, row.tier) == ("Bergen", "key")


def test_rows_that_people_keep_are_not_overwritten(desk: Desk) -> None:
    desk.run(MAPPING)
    desk.change(
        update(Customer).where(Customer.name == "Beta").values(source="manual", city="Bergen")
    )
    report = desk.run(MAPPING)
    assert [(r.code, r.key, r.outcome) for r in report.rows] == [
        ("made_by_people", "Beta", "skipped")
    ]
    assert desk.rows(Customer)["Beta"].city == "Bergen"
    assert report.table("opportunity").unchanged == 4


def test_rows_of_another_source_are_left_to_it(desk: Desk) -> None:
    desk.run(MAPPING)
    report = desk.run(desk.mapping(MAPPING, head=HEAD.replace("source: ledger", "source: other")))
    assert {r.code for r in report.rows} == {"other_source"}
    assert len(report.rows) == 8
    assert {row.source for row in desk.rows(Customer).values()} == {"ledger"}


def test_rows_that_left_the_source_stay_and_are_counted(desk: Desk) -> None:
    desk.run(MAPPING)
    desk.file("deals.csv", DEALS.replace("4,Beta,Bo,engaging\n", ""))
    report = desk.run(MAPPING)
    assert report.table("opportunity").absent == 1
    assert len(desk.rows(Opportunity)) == 4


def test_owners_and_shares_follow_the_deals(desk: Desk) -> None:
    report = desk.run(MAPPING)
    assert owners(desk) == {"Acme": "Ada", "Beta": "Bo"}
    assert report.shares is not None
    assert report.shares.granted == 1
    (share,) = desk.rows(CustomerShare).values()
    assert share.owner_id == desk.rows(Person)["Bo"].id
    more = "5,Acme,Bo,won\n6,Acme,Bo,won\n"
    desk.file("deals.csv", DEALS + more)
    report = desk.run(MAPPING)
    assert owners(desk)["Acme"] == "Bo"
    assert report.shares is not None
    assert (report.shares.granted, report.shares.withdrawn) == (1, 1)


def test_a_tie_goes_to_the_first_name(desk: Desk) -> None:
    desk.file("deals.csv", "id,at,who,stage\n1,Acme,Bo,won\n2,Acme,Ada,won\n3,Beta,Bo,won\n")
    desk.run(MAPPING)
    assert owners(desk)["Acme"] == "Ada"


def test_shares_that_others_granted_are_not_taken_back(desk: Desk) -> None:
    desk.run(MAPPING)
    people, customers = desk.rows(Person), desk.rows(Customer)
    row = {
        "id": "shr-by-hand",
        "org_id": "org-t",
        "source": "manual",
        "customer_id": customers["Beta"].id,
        "owner_id": people["Ada"].id,
        "reason": "deals",
    }
    desk.change(insert(CustomerShare).values(**row))
    report = desk.run(MAPPING)
    assert report.shares is not None
    assert report.shares.withdrawn == 0
    assert "shr-by-hand" in desk.rows(CustomerShare)


def test_deals_of_a_part_count_together_with_those_already_there(desk: Desk) -> None:
    desk.run(MAPPING)
    path = desk.file("deals.csv", "id,at,who,stage\n7,Acme,Bo,won\n")
    desk.run(MAPPING, path)
    desk.run(MAPPING, desk.folder / "export" / "accounts.csv")
    assert owners(desk)["Acme"] == "Ada"  # two of Ada's, two of Bo's: the tie goes to the name
    assert len(desk.rows(Opportunity)) == 5


def test_a_dry_run_reports_everything_and_writes_nothing(desk: Desk) -> None:
    report = desk.run(MAPPING, dry_run=True)
    assert report.code == "dry_run"
    assert report.table("opportunity").taken == 4
    assert sum(desk.count().values()) == 0
    desk.run(MAPPING)
    desk.file("accounts.csv", ACCOUNTS.replace("Oslo", "Bergen"))
    assert desk.run(MAPPING, dry_run=True).table("customer").updated == 1
    assert desk.rows(Customer)["Beta"].city == "Oslo"


def test_a_row_that_the_database_refuses_undoes_the_tables_before_it(desk: Desk) -> None:
    path = desk.database.path
    assert path is not None
    connection = sqlite3.connect(path)
    connection.execute(
        "CREATE TRIGGER fail BEFORE INSERT ON opportunity WHEN NEW.name = '3' "
        "BEGIN SELECT RAISE(ABORT, 'no threes here'); END"
    )
    connection.close()
    with pytest.raises(ImportProblem) as caught:
        desk.run(MAPPING)
    assert caught.value.code == "refused"
    assert "no threes here" in caught.value.sentence("en")
    assert caught.value.__cause__ is None  # the driver's error would hold the rows
    assert sum(desk.count().values()) == 0


def test_a_full_disk_leaves_nothing(desk: Desk) -> None:
    rows = "".join(f"{n},Acme,Ada,won\n" for n in range(5000))
    desk.file("deals.csv", f"id,at,who,stage\n{rows}")
    with desk.database.system("test", write=False) as session:
        pages = session.connection().exec_driver_sql("PRAGMA page_count").scalar()
        # As if the disk ended a little behind the empty database.
        session.connection().exec_driver_sql(f"PRAGMA max_page_count = {pages + 20}")
    with pytest.raises(StorageError) as caught:
        desk.run(MAPPING)
    assert caught.value.reason == "disk_full"
    assert sum(desk.count().values()) == 0


def test_an_interrupted_import_leaves_nothing(desk: Desk) -> None:
    def interrupt(progress: Progress) -> None:
        if progress.step == "write" and progress.table == "opportunity":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(
            desk.database,
            str(desk.folder / "export"),
            mapping=desk.mapping(MAPPING),
            clock=FixedClock(NOW),
            progress=interrupt,
        )
    assert sum(desk.count().values()) == 0


def test_progress_is_told_by_step_and_table(desk: Desk) -> None:
    heard: list[Progress] = []
    run(
        desk.database,
        str(desk.folder / "export"),
        mapping=desk.mapping(MAPPING),
        clock=FixedClock(NOW),
        progress=heard.append,
    )
    steps = [progress.step for progress in heard]
    assert steps == sorted(steps, key=["read", "link", "write"].index)
    assert Progress("write", "opportunity", 4, 4) in heard


def test_another_program_that_writes_is_waited_for_and_then_named(tmp_path: Path) -> None:
    desk = new_desk(tmp_path)
    desk.file("accounts.csv", ACCOUNTS)
    desk.file("deals.csv", DEALS)
    path = desk.database.path
    assert path is not None
    impatient = Desk(tmp_path, Database(f"sqlite:///{path}", wait=0.05))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageError) as caught:
        impatient.run(MAPPING)
    assert caught.value.reason == "locked"
    other.execute("ROLLBACK")
    other.close()
    assert impatient.run(MAPPING).table("customer").taken == 2


# -- the organisation ------------------------------------------------------------------------------


def organisation(desk: Desk) -> Organisation:
    with desk.database.system("test", write=False) as session:
        return session.scalars(select(Organisation)).one()


def test_names_that_changed_are_counted_for_caches(desk: Desk) -> None:
    desk.run(MAPPING)
    assert organisation(desk).version == 1
    desk.run(MAPPING)
    assert organisation(desk).version == 1
    desk.file("accounts.csv", ACCOUNTS.replace("Oslo", "Bergen"))
    desk.run(MAPPING)
    assert organisation(desk).version == 2


def test_settings_of_an_organisation_are_kept_and_told(desk: Desk) -> None:
    desk.run(MAPPING)
    head = HEAD.replace("currency: USD", "currency: EUR")
    report = desk.run(desk.mapping(MAPPING, head=head))
    assert [w.code for w in report.warnings] == ["organisation_kept"]
    assert organisation(desk).currency == "USD"


def test_the_demo_company_is_refused(desk: Desk) -> None:
    desk.change(
        insert(Organisation).values(
            id="org-t",
            name="Demo",
            kind="demo",
            version=1,
            currency="CNY",
            timezone="Asia/Shanghai",
            language="zh",
        )
    )
    with pytest.raises(ImportProblem) as caught:
        desk.run(MAPPING)
    assert caught.value.code == "demo_organisation"


def test_a_default_person(desk: Desk) -> None:
    head = HEAD.replace("language: en", "language: en, default_person: Bo")
    desk.run(desk.mapping(MAPPING, head=head))
    assert organisation(desk).default_person_id == desk.rows(Person)["Bo"].id


def test_a_default_person_who_is_not_there(desk: Desk) -> None:
    head = HEAD.replace("language: en", "language: en, default_person: Zoe")
    with pytest.raises(ImportProblem) as caught:
        desk.run(desk.mapping(MAPPING, head=head))
    assert caught.value.code == "default_person"
    assert sum(desk.count().values()) == 0


def test_two_organisations_do_not_meet(desk: Desk) -> None:
    desk.run(MAPPING)
    other = HEAD.replace("org-t", "org-u")
    report = desk.run(desk.mapping(MAPPING, head=other))
    assert report.table("customer").taken == 2
    assert desk.count()["customer"] == 4


def test_a_change_of_shares_alone_counts_for_the_names(desk: Desk) -> None:
    desk.run(MAPPING)
    (share,) = [row.model_dump() for row in desk.rows(CustomerShare).values()]
    desk.change(delete(CustomerShare))
    granted = desk.run(MAPPING).shares
    assert granted is not None
    assert (granted.granted, organisation(desk).version) == (1, 2)
    desk.change(insert(CustomerShare).values({**share, "id": "shr-old", "external_id": "old"}))
    withdrawn = desk.run(MAPPING).shares
    assert withdrawn is not None
    assert (withdrawn.withdrawn, organisation(desk).version) == (1, 3)
    desk.run(MAPPING)
    assert organisation(desk).version == 3


def test_a_country_that_nobody_named_is_unknown(desk: Desk) -> None:
    desk.run(MAPPING)
    assert {row.country for row in desk.rows(Customer).values()} == {None}
    desk.file("accounts.csv", "id,city,land\nAcme,Rome,IT\nBeta,Oslo,\n")
    desk.run(MAPPING.replace("city: city", "city: city, land: country"))
    assert {name: row.country for name, row in desk.rows(Customer).items()} == {
        "Acme": "IT",
        "Beta": None,
    }
