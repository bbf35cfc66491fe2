"""The report as text and JSON, and the draft that comes where there is no mapping."""

import json
from pathlib import Path

import pytest

from storage.importing import ImportProblem, ImportReport
from storage.importing.mapping_file import parse_mapping
from tests.integration.import_kit import Desk, new_desk

MAPPING = """\
people: [{name: Ada, role: rep}]
tables:
  - target: customer
    from: accounts
    key: id
    repair: {sector: {Helth: Health}}
    columns: {id: name, who: owner_id, sector: industry}
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return new_desk(tmp_path)


def test_text_in_both_languages(desk: Desk) -> None:
    rows = "A,Ada,Helth,x\nB,Ada,Helth,y\nC,Zed,Health,z\n"
    desk.file("accounts.csv", f"id,who,sector,colour\n{rows}")
    report = desk.run(MAPPING)
    english, chinese = report.text("en"), report.text("zh")
    assert "customers: 3 read, 2 new, 0 updated, 0 unchanged, 1 skipped, 2 repaired." in english
    assert 'customers, column "sector": Helth → Health, 2 times' in english
    assert 'accounts.csv, line 4, column "who": There is no "Zed" in people. [skipped]' in english
    assert "accounts.csv: colour" in english
    assert "客户：读取 3 行，新增 2，更新 0，未变 0，跳过 1，修复 2 行。" in chinese
    assert "客户“sector”列：Helth → Health，共 2 处" in chinese
    assert "accounts.csv 第 4 行 “who”列：“人员”里没有“Zed”。［跳过］" in chinese
    assert "试运行" in desk.run(MAPPING, dry_run=True).text("zh")
    assert "Dry run" in desk.run(MAPPING, dry_run=True).text("en")


def test_long_lists_are_cut_in_text_and_counted(desk: Desk) -> None:
    rows = "".join(f"C{n},Zed,x\n" for n in range(1500))
    desk.file("accounts.csv", f"id,who,sector\n{rows}")
    report = desk.run(MAPPING)
    assert report.table("customer").skipped == 1500
    assert len(report.rows) == 1000
    assert [(o.code, o.count) for o in report.outcomes] == [("unknown_name", 1500)]
    text = report.text("en")
    assert "and 1480 more" in text
    assert text.count("[skipped]") == 20


def test_json_is_whole_and_reads_back(desk: Desk) -> None:
    desk.file("accounts.csv", "id,who,sector\nA,Ada,Helth\nB,Zed,x\n")
    report = desk.run(MAPPING)
    data = json.loads(report.model_dump_json())
    assert data["code"] == "imported"
    assert data["organisation"] == {"id": "org-t", "name": "T", "created": True}
    assert data["repairs"][0]["examples"] == [
        {"before": "Helth", "after": "Health", "file": "accounts.csv", "line": 2}
    ]
    assert data["rows"][0]["say"].keys() == {"zh", "en"}
    assert ImportReport.model_validate(data) == report


# -- without a mapping -----------------------------------------------------------------------------


def test_without_a_mapping_nothing_is_imported_and_a_draft_is_proposed(desk: Desk) -> None:
    desk.file("accounts.csv", "account,sector,colour\nAlpha,retail,red\n")
    desk.file(
        "deals.csv",
        "opportunity_id,deal,sales_agent,account,deal_stage,close_date\n"
        "1,Pumps,Ada,Alpha,Won,3/4/2020\n",
    )
    report = desk.run(None)
    assert report.code == "mapping_needed"
    assert sum(desk.count().values()) == 0
    assert report.draft is not None
    assert report.draft in report.text("en")
    assert "mapping is needed" in report.text("en")
    assert "需要映射文件" in report.text("zh")
    mapping, _ = parse_mapping(report.draft, "draft.yaml")
    accounts, deals = mapping.tables
    assert (accounts.target, accounts.key) == ("customer", ["account"])
    assert {c: p[0].to for c, p in accounts.columns.items()} == {
        "account": "name",
        "sector": "industry",
    }
    assert "# colour: ?" in report.draft
    assert (deals.target, deals.key) == ("opportunity", ["opportunity_id"])
    assert deals.columns["account"][0].to == "customer_id"


def test_a_draft_leaves_unclear_dates_to_a_person(desk: Desk) -> None:
    desk.file("deals.csv", "id,deal,stage,close_date\n1,Pumps,Won,3/4/2020\n")
    report = desk.run(None)
    assert report.draft is not None
    assert "which number is the day?" in report.draft
    path = desk.folder / "draft.yaml"
    path.write_text(report.draft, encoding="utf-8")
    with pytest.raises(ImportProblem) as caught:
        desk.run(path)
    assert caught.value.code == "unclear_dates"
    path.write_text(report.draft.replace("formats: []", 'formats: "%m/%d/%Y"'), encoding="utf-8")
    assert desk.run(path).table("opportunity").taken == 1


def test_a_draft_for_chinese_headers(desk: Desk) -> None:
    text = "客户名称,行业,负责人,城市,备注\n东湖医院,医疗,陈默,东湖,x\n"
    desk.file("客户.csv", text.encode("gbk"))
    report = desk.run(None)
    assert report.draft is not None
    mapping, _ = parse_mapping(report.draft, "draft.yaml")
    assert mapping.tables[0].target == "customer"
    assert {c: p[0].to for c, p in mapping.tables[0].columns.items()} == {
        "客户名称": "name",
        "行业": "industry",
        "负责人": "owner_id",
        "城市": "city",
    }


def test_what_is_not_recognised_is_said(desk: Desk) -> None:
    desk.file("weather.csv", "wind,rain\n1,2\n")
    desk.file("empty.csv", "")
    report = desk.run(None)
    assert report.draft is not None
    assert "# weather.csv was not recognised; its columns: wind, rain" in report.draft
    assert [w.code for w in report.warnings] == ["empty_file"]
    assert "empty.csv" in report.text("zh")


def test_a_draft_with_names_that_yaml_would_misread(desk: Desk) -> None:
    desk.file("accounts.csv", 'account,"sector: {x}",#,no,- a\nA,b,c,d,e\n')
    report = desk.run(None)
    assert report.draft is not None
    mapping, _ = parse_mapping(report.draft, "draft.yaml")
    assert mapping.tables[0].columns.keys() == {"account"}
