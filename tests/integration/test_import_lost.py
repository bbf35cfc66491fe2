"""Rows that are too long, tables of which nothing came in, and tables that are none."""

from pathlib import Path

import pytest

from storage.importing.mapping_file import parse_mapping
from storage.tables import Customer, Opportunity
from tests.integration.cli_kit import Program, new_program
from tests.integration.import_kit import HEAD, Desk, new_desk

MAPPING = """\
people: [{name: Ada, role: rep}]
tables:
  - target: customer
    from: accounts
    key: id
    columns: {id: name, who: owner_id, place: city}
"""
LONG = "长" * 200_000


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return new_desk(tmp_path)


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    return new_program(tmp_path / "home", monkeypatch)


def test_a_name_that_is_too_long_is_refused_and_told(desk: Desk) -> None:
    desk.file("accounts.csv", f"id,who,place\nA,Ada,Rome\n{LONG},Ada,Rome\nB,{LONG},x\n")
    report = desk.run(MAPPING)
    assert desk.rows(Customer).keys() == {"A"}
    assert [(r.code, r.outcome, r.line) for r in report.rows] == [
        ("too_long", "skipped", 3),
        ("unknown_name", "skipped", 4),
    ]
    assert "200000" in report.rows[0].say.en
    assert len(report.text("zh")) < 3000


@pytest.mark.parametrize(
    ("policy", "outcome", "city"), [("keep", "kept", "长" * 200), ("blank", "blanked", None)]
)
def test_the_mapping_may_have_a_long_text_cut_or_left_out(
    desk: Desk, policy: str, outcome: str, city: str | None
) -> None:
    desk.file("accounts.csv", f"id,who,place\nA,Ada,{LONG}\n")
    report = desk.run(f"{MAPPING}    problems: {policy}\n")
    assert report.rows[0].outcome == outcome
    assert desk.rows(Customer)["A"].city == city


def test_a_name_made_by_a_template_is_no_longer_than_any_other(desk: Desk) -> None:
    desk.file("deals.csv", f"id,a,b\n1,{'x' * 150},{'y' * 150}\n2,x,y\n")
    deals = """\
tables:
  - target: opportunity
    from: deals
    key: id
    defaults: {stage: engaging}
    derive: {name: {template: "{a} {b}"}}
"""
    report = desk.run(deals)
    assert desk.rows(Opportunity).keys() == {"2"}
    assert [(row.code, row.line) for row in report.rows] == [("too_long", 2)]


def test_a_correction_of_a_long_cell_shows_its_beginning(desk: Desk) -> None:
    desk.file("accounts.csv", f"id,who,place\nA,Ada, {LONG}\n")
    (repair,) = desk.run(MAPPING).repairs
    assert len(repair.examples[0].before) < 400


def test_rows_with_trouble_stand_in_the_order_of_the_file(desk: Desk) -> None:
    # Names are looked up after all rows were read: the key's trouble is met first.
    desk.file("accounts.csv", "id,who,place\nA,Zed,x\n,Ada,x\nB,Zed,x\nC,Ada,x\n,Ada,x\n")
    assert [row.line for row in desk.run(MAPPING).rows] == [2, 3, 4, 6]


def test_a_needed_field_is_named_by_its_column(desk: Desk) -> None:
    desk.file("accounts.csv", "id,label,who\n1,,Ada\n2,B,Ada\n")
    mapping = MAPPING.replace("{id: name, who: owner_id, place: city}", "{label: name}")
    (row,) = desk.run(mapping).rows
    assert row.say.zh == "accounts.csv 第 2 行 “label”列：这一项必填，却是空的。"
    assert "name" not in row.say.en


def test_a_table_of_which_nothing_came_in_is_the_headline(desk: Desk) -> None:
    desk.file("accounts.csv", "id,who,place\nA,Zed,x\nB,Zed,x\n")
    report = desk.run(MAPPING)
    assert report.lost == ["customer"]
    assert "导入完成" not in report.text("zh")
    assert "“客户”一行也没有取进来" in report.text("zh")
    assert "not one row of customers" in report.text("en")
    assert "Not one row of customers" in desk.run(MAPPING, dry_run=True).text("en")


@pytest.mark.parametrize("rows", ["A,Ada,x\nB,Zed,x\n", "A,Ada,skip\n", ""])
def test_some_rows_or_unwanted_ones_alone_are_no_loss(desk: Desk, rows: str) -> None:
    desk.file("accounts.csv", f"id,who,place\n{rows}")
    report = desk.run(MAPPING + "    skip_if: {place: [skip]}\n")
    assert report.lost == []
    assert "导入完成" in report.text("zh")


def test_a_lost_table_is_a_failure_of_the_command(fresh: Program) -> None:
    fresh("init", "--empty")
    folder = fresh.home.parent / "export"
    folder.mkdir()
    (folder / "accounts.csv").write_text("id,who,place\nA,Zed,x\n", "utf-8")
    mapping = fresh.home.parent / "m.yaml"
    mapping.write_text(HEAD + MAPPING, "utf-8")
    done = fresh("import", str(folder), "--mapping", str(mapping), "--json")
    assert (done.status, done.json["lost"]) == (1, ["customer"])
    (folder / "accounts.csv").write_text("id,who,place\nA,Ada,x\n", "utf-8")
    assert fresh("import", str(folder), "--mapping", str(mapping)).status == 0


# -- the draft -------------------------------------------------------------------------------------


def export(desk: Desk, dictionary: str) -> None:
    desk.file("accounts.csv", "account,sector\nAlpha,retail\n")
    desk.file("deals.csv", "opportunity_id,deal,sales_agent,deal_stage\n1,Pumps,Ada,Won\n")
    desk.file(dictionary, "account,sector,opportunity_id,deal,sales_agent,deal_stage\nx,,,,,\n")


@pytest.mark.parametrize("name", ["data_dictionary.csv", "数据字典.csv", "about.csv"])
def test_a_description_of_the_tables_is_no_table_of_its_own(desk: Desk, name: str) -> None:
    export(desk, name)
    report = desk.run(None)
    assert report.draft is not None
    tables = parse_mapping(report.draft, "draft.yaml")[0].tables
    assert [table.target for table in tables] == ["customer", "opportunity"]
    assert f"# {name} seems to describe" in report.draft or f'# "{name}" seems' in report.draft


def test_the_remarks_of_a_draft_are_in_the_language_of_the_command(fresh: Program) -> None:
    fresh("init", "--empty")
    path = fresh.home.parent / "deals.csv"
    path.write_text("id,deal,status,close_date,x\n1,Pumps,Won,3/4/2020,y\n", "utf-8")
    weather = fresh.home.parent / "weather.csv"
    weather.write_text("wind,rain\n1,2\n", "utf-8")
    for file in (path, weather):
        chinese = fresh("import", str(file)).out
        remarks = [line.split("#", 1)[1] for line in chinese.splitlines() if "#" in line]
        told = [remark for remark in remarks if not remark.endswith("?")]
        assert told
        assert all(any(c > "\u4dff" for c in remark) for remark in told), told
    fresh.set("SALESTWIN_LANG", "en")
    english = fresh("import", str(path)).out
    assert "# check" in english
    assert "请" not in english
