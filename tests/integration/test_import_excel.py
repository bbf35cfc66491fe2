"""A workbook with Chinese headers, written here, through the shipped mapping."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from storage.importing import ImportProblem
from storage.tables import Contact, Customer, Opportunity, Person, Product, Region
from storage.vocabulary import ContactRole, Role, Stage
from tests.integration.import_kit import Desk, new_desk

MAPPING = Path(__file__).parents[2] / "examples" / "import" / "excel-zh.yaml"
Rows = list[list[Any]]

DAY = datetime(2026, 1, 5)  # noqa: DTZ001 - cells have no zone

PEOPLE: Rows = [
    ["工号", "姓名", "岗位", "大区", "直属上级", "手机", "入职日期", "状态"],
    [1001, "周岚", "大区经理", "华东", None, "13800000001", DAY, "在职"],
    [1002, "陈默", "销售代表", "华东", "周岚", 13800000002, "2021年3月15日", "在职"],
    [1003, "林夏", "销售代表", "华南", "周岚", "无", "2020/7/1", "离职"],
    [1004, "何静", "财务", None, None, None, None, "在职"],
]
PRODUCTS: Rows = [
    ["编码", "名称", "产品线", "标价（元）"],
    ["P-1", "监护仪 A", "监护", "12,800.00"],
    ["P-2", "输液泵 B", "输注", 3600],
]
CUSTOMERS: Rows = [
    ["客户一览", None, None, None, None, None, None, None],
    ["客户编号", "客户名称", "简称", "行业", "城市", "年采购额（万元）", "负责人", "上级单位"],
    ["K1", "东湖市第一医院", "东湖一院", "医疗器戒", "东湖", 320.5, "陈默", None],
    ["K2", "东湖市第一医院西院", "-", "医疗器械", "东湖", "待补充", "陈默", "东湖一院"],
    ["K3", "云岭康复中心", None, "医疗", "云岭", 10, "林夏", "没有这家"],
    ["K4", "无主客户", None, "医疗", "云岭", 10, None, None],
]
CONTACTS: Rows = [
    ["客户", "姓名", "职务", "手机", "决策角色", "最近核实"],
    ["K1", "苏主任", "设备科主任", 13900000001, "决策人", DAY],
    ["东湖一院", "钱工", "工程师", None, "技术", None],
]
DEALS: Rows = [
    ["商机", None, "归属", None, "进展", None, None, None, None],
    ["商机编号", "商机名称", "客户", "产品", "阶段", "金额（元）", "创建日期", "预计签约", "关闭日期"],  # noqa: E501
    ["S1", "一院监护仪", "K1", "P-1", "报价", "25.6万", DAY, date(2026, 5, 1), None],
    ["S2", "西院输液泵", "K2", "输液泵 B", "赢单", 72000, "2025-11-03", None, "2026-01-20"],
    ["S3", "康复中心试用", "K3", None, "需求确认", "面议", "2026-02-01", None, None],
    ["S4", "坏阶段", "K1", None, "聊天", 1, None, None, None],
    ["S5", "公式错", "K1", None, "方案", "#REF!", None, None, None],
]  # fmt: skip
SHEETS = {"人员": PEOPLE, "产品": PRODUCTS, "客户": CUSTOMERS, "联系人": CONTACTS, "商机": DEALS}


def workbook(path: Path, sheets: dict[str, Rows]) -> Path:
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        if rows[0][1:2] == [None]:
            sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=2)
    book.save(path)
    book.close()
    return path


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return new_desk(tmp_path)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return workbook(tmp_path / "台账.xlsx", {**SHEETS, "备注": [["说明"], ["随便写写"]]})


def test_people_and_regions(desk: Desk, book: Path) -> None:
    desk.run(MAPPING, book)
    people, regions = desk.rows(Person), desk.rows(Region)
    assert set(regions) == {"华东", "华南"}
    chen, zhou = people["1002"], people["1001"]
    assert (chen.name, chen.role, zhou.role) == ("陈默", Role.REP, Role.REGIONAL_MANAGER)
    assert (chen.manager_id, chen.region_id) == (zhou.id, regions["华东"].id)
    assert (chen.phone, chen.joined_on) == ("13800000002", date(2021, 3, 15))
    assert people["1003"].phone is None
    assert (people["1003"].active, chen.active) == (False, True)
    assert people["1004"].role is Role.FINANCE
    assert people["1004"].region_id is None
    assert people["销售总监"].role is Role.CRO


def test_customers_with_units_repairs_and_parents(desk: Desk, book: Path) -> None:
    report = desk.run(MAPPING, book)
    rows = desk.rows(Customer)
    assert rows["K1"].annual_revenue_minor == 320_500_000
    assert rows["K1"].industry == "医疗器械"
    assert (rows["K2"].short_name, rows["K2"].annual_revenue_minor) == (None, None)
    assert rows["K2"].parent_id == rows["K1"].id
    assert rows["K3"].parent_id is None
    assert "K4" not in rows
    found = {(r.table, r.key, r.code, r.outcome) for r in report.rows}
    assert ("customer", "K3", "unknown_name", "blanked") in found
    assert ("customer", "K4", "needed_blank", "skipped") in found
    (repair,) = [r for r in report.repairs if r.column == "行业"]
    assert (repair.rule, repair.count, repair.examples[0].line) == ("医疗器戒 → 医疗器械", 1, 3)


def test_contacts_and_products(desk: Desk, book: Path) -> None:
    desk.run(MAPPING, book)
    customers, people = desk.rows(Customer), desk.rows(Person)
    su, qian = desk.rows(Contact)["K1|苏主任"], desk.rows(Contact)["东湖一院|钱工"]
    assert (su.buying_role, su.phone) == (ContactRole.DECISION_MAKER, "13900000001")
    assert su.verified_at == datetime(2026, 1, 5, 4, 0, tzinfo=UTC)
    # Owner and region are those of the customer.
    assert su.customer_id == qian.customer_id == customers["K1"].id
    assert su.owner_id == qian.owner_id == people["1002"].id
    assert su.region_id == people["1002"].region_id
    assert desk.rows(Product)["P-1"].list_price_minor == 1_280_000


def test_deals(desk: Desk, book: Path) -> None:
    report = desk.run(MAPPING, book)
    rows, products = desk.rows(Opportunity), desk.rows(Product)
    assert set(rows) == {"S1", "S2", "S3", "S5"}
    assert (rows["S1"].stage, rows["S1"].amount_minor) == (Stage.QUOTING, 25_600_000)
    assert rows["S1"].expected_close_on == date(2026, 5, 1)
    assert rows["S2"].closed_at == datetime(2026, 1, 20, 4, 0, tzinfo=UTC)
    assert rows["S2"].product_id == products["P-2"].id
    assert rows["S1"].owner_id == desk.rows(Customer)["K1"].owner_id
    assert rows["S3"].amount_minor is rows["S5"].amount_minor is None
    found = {(r.key, r.code, r.outcome) for r in report.rows if r.table == "opportunity"}
    assert ("S3", "bad_money", "blanked") in found
    assert ("S4", "unknown_value", "skipped") in found
    assert (None, "formula_error", "blanked") in found


def test_places_name_the_sheet_and_its_row(desk: Desk, book: Path) -> None:
    report = desk.run(MAPPING, book)
    (line,) = [r for r in report.rows if r.key == "S4"]
    assert (line.file, line.line, line.column) == ("台账.xlsx › 商机", 6, "阶段")
    assert line.say.zh.startswith("台账.xlsx › 商机 第 6 行 “阶段”列：“聊天”")
    assert [w.code for w in report.warnings] == ["unused_files"]
    assert "备注" in report.warnings[0].say.zh


def test_again_changes_nothing(desk: Desk, book: Path) -> None:
    first = desk.run(MAPPING, book)
    again = desk.run(MAPPING, book)
    assert sum(t.taken + t.updated for t in again.tables) == 0
    assert sum(t.unchanged for t in again.tables) == sum(t.taken for t in first.tables)


def test_a_sheet_or_column_that_is_missing(desk: Desk, tmp_path: Path) -> None:
    renamed = {("客户表" if name == "客户" else name): rows for name, rows in SHEETS.items()}
    folder = tmp_path / "export"
    folder.mkdir()
    workbook(folder / "a.xlsx", renamed)
    mapping = """\
tables:
  - target: product
    from: {file: a.xlsx, sheet: 产口}
    key: 编码
    columns: {名称: name}
"""
    with pytest.raises(ImportProblem) as caught:
        desk.run(mapping)
    assert caught.value.code == "missing_sheet"
    assert "产品" in caught.value.sentence("zh")
    with pytest.raises(ImportProblem) as caught:
        desk.run(mapping.replace("产口", "产品").replace("编码", "代码"))
    assert (caught.value.code, caught.value.column) == ("missing_column", "代码")
    report = desk.run(mapping.replace("产口", "产品"))
    assert report.table("product").taken == 2
