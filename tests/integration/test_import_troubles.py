"""Bad input: each trouble has a clear sentence, and the mapping decides what becomes of the row."""

from pathlib import Path
from typing import Any

import pytest

from storage.importing import ImportProblem, ImportReport
from storage.importing.report import RowLine
from storage.tables import Contact, Customer, Opportunity, Person
from tests.integration.import_kit import Desk, new_desk

PEOPLE = """\
people:
  - {name: Ada, role: rep}
  - {name: Bo, key: bo-1, role: rep, aliases: [Robert]}
  - {name: Bo, key: bo-2, role: rep}
"""
CUSTOMERS = """\
tables:
  - target: customer
    from: accounts
    key: id
    columns:
      id: name
      owner: owner_id
      money: annual_revenue_minor
      since: {to: customer_since, formats: "%m/%d/%Y"}
      staff: employees
"""
HEADER = "id,owner,money,since,staff\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return new_desk(tmp_path)


def trouble(desk: Desk, row: str, extra: str = "") -> tuple[RowLine, dict[str, Any], ImportReport]:
    """What one bad row between two good ones leads to."""
    desk.file("accounts.csv", f"{HEADER}Good,Ada,1,1/2/2020,3\n{row}\nLast,Ada,,,\n")
    report = desk.run(PEOPLE + CUSTOMERS + extra)
    rows = desk.rows(Customer)
    assert {"Good", "Last"} <= rows.keys()
    (line,) = report.rows
    assert (line.file, line.line) == ("accounts.csv", 3)
    for sentence in (line.say.zh, line.say.en):
        assert "accounts.csv" in sentence
        assert "{" not in sentence
    table = report.table("customer")
    assert table.read == 3 == table.taken + table.skipped
    return line, rows, report


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ("X,Ada,lots,,", "bad_money", "money"),
        ("X,Ada,-5,,", "negative_money", "money"),
        ("X,Ada,€5,,", "other_currency", "money"),
        ("X,Ada,,2/30/2020,", "bad_date", "since"),
        ("X,Ada,,1/1/0020,", "bad_year", "since"),
        ("X,Ada,,,12.5", "bad_integer", "staff"),
        ("X,Ada,,,many", "bad_number", "staff"),
        ("X,Adda,,,", "unknown_name", "owner"),
        ("X,Bo,,,", "ambiguous_name", "owner"),
        (",Ada,,,", "blank_key", "id"),
        ("Good,Ada,,,", "repeated_key", None),
        ("X,Ada,1", "ragged_row", None),
        ("X,Ada,1,,2,surplus", "ragged_row", None),
    ],
)
def test_a_bad_row_is_skipped_and_told(desk: Desk, row: str, code: str, column: str | None) -> None:
    line, rows, report = trouble(desk, row)
    assert (line.code, line.outcome, line.column) == (code, "skipped", column)
    assert "X" not in rows
    assert report.table("customer").skipped == 1


@pytest.mark.parametrize(
    ("row", "code", "field"),
    [
        ("X,Ada,lots,,", "bad_money", "annual_revenue_minor"),
        ("X,Ada,-5,,", "negative_money", "annual_revenue_minor"),
        ("X,Ada,,2/30/2020,", "bad_date", "customer_since"),
        ("X,Adda,,,", "unknown_name", "owner_id"),
        ("X,Bo,,,", "ambiguous_name", "owner_id"),
    ],
)
def test_the_mapping_may_leave_the_field_empty(desk: Desk, row: str, code: str, field: str) -> None:
    line, rows, _ = trouble(desk, row, "    problems: blank\n")
    assert (line.code, line.outcome) == (code, "blanked")
    assert getattr(rows["X"], field) is None


def test_the_mapping_may_keep_what_has_a_meaning(desk: Desk) -> None:
    line, rows, _ = trouble(desk, "X,Ada,-5,,", "    problems: keep\n")
    assert (line.code, line.outcome) == ("negative_money", "kept")
    assert rows["X"].annual_revenue_minor == -500


def test_keeping_what_has_none_leaves_the_field_empty(desk: Desk) -> None:
    line, rows, _ = trouble(desk, "X,Ada,lots,,", "    problems: keep\n")
    assert (line.outcome, rows["X"].annual_revenue_minor) == ("blanked", None)


def test_the_mapping_may_stop_at_a_problem(desk: Desk) -> None:
    with pytest.raises(ImportProblem) as caught:
        trouble(desk, "X,Ada,lots,,", "    problems: stop\n")
    assert (caught.value.code, caught.value.line, caught.value.column) == ("bad_money", 3, "money")
    assert sum(desk.count().values()) == 0


def test_ragged_rows_may_be_kept(desk: Desk) -> None:
    line, rows, _ = trouble(desk, "X,Ada,1", "    ragged: keep\n")
    assert (line.code, line.outcome) == ("ragged_row", "kept")
    assert rows["X"].annual_revenue_minor == 100


def test_a_near_name_is_offered(desk: Desk) -> None:
    line, _, _ = trouble(desk, "X,Adda,,,")
    assert 'There is no "Adda" in people. Did you mean "Ada"?' in line.say.en
    assert "“人员”里没有“Adda”。你是不是指“Ada”？" in line.say.zh


def test_the_first_of_two_rows_counts_and_the_second_names_it(desk: Desk) -> None:
    line, rows, _ = trouble(desk, "Good,Ada,7,,")
    assert rows["Good"].annual_revenue_minor == 100
    assert "line 2 of accounts.csv" in line.say.en


def test_unwanted_rows(desk: Desk) -> None:
    line, rows, _ = trouble(desk, "X,Ada,,,9", "    skip_if: {staff: [9, 10]}\n")
    assert (line.code, line.column) == ("unwanted", "staff")
    assert "X" not in rows


def test_needed_fields(desk: Desk) -> None:
    extra = "    required: [owner_id]\n"
    line, _, _ = trouble(desk, "X,,,,", extra)
    assert (line.code, line.column) == ("needed_blank", "owner")


def test_dates_in_the_wrong_order(desk: Desk) -> None:
    columns = "id: name\n      a: opened_at\n      b: closed_at\n      s: stage"
    mapping = f"""\
tables:
  - target: opportunity
    from: deals
    key: id
    columns:
      {columns}
    not_before: {{closed_at: opened_at}}
"""
    desk.file("deals.csv", "id,a,b,s\n1,2020-02-01,2020-01-01,won\n2,2020-02-01,2020-02-01,won\n")
    report = desk.run(mapping)
    assert [(r.code, r.line) for r in report.rows] == [("out_of_order", 2)]
    assert list(desk.rows(Opportunity)) == ["2"]
    blanked = desk.run(f"{mapping}    problems: blank\n")
    assert blanked.rows[0].outcome == "blanked"
    assert desk.rows(Opportunity)["1"].closed_at is None


def test_stages_that_the_vocabulary_does_not_know(desk: Desk) -> None:
    desk.file("deals.csv", "id,s\n1,Won\n2,Dreaming\n")
    report = desk.run(
        "tables:\n  - {target: opportunity, from: deals, key: id, columns: {id: name, s: stage}}\n"
    )
    (line,) = report.rows
    assert line.code == "unknown_value"
    assert "negotiating" in line.say.en
    assert list(desk.rows(Opportunity)) == ["1"]


def test_what_points_to_a_skipped_row_is_told_too(desk: Desk) -> None:
    desk.file("accounts.csv", f"{HEADER}Good,Ada,,,\nBad,Ada,lots,,\nLost,Nobody,,,\n")
    desk.file("contacts.csv", "who,at\nAnn,Good\nBen,Bad\nCy,Lost\n")
    contacts = (
        "  - {target: contact, from: contacts, key: who, columns: {who: name, at: customer_id}}\n"
    )
    report = desk.run(PEOPLE + CUSTOMERS + contacts)
    found = [(r.table, r.code, r.line) for r in report.rows]
    assert ("contact", "unknown_name", 3) in found
    assert ("contact", "skipped_name", 4) in found
    assert list(desk.rows(Contact)) == ["Ann"]


def test_a_chain_of_parents_falls_with_its_end(desk: Desk) -> None:
    desk.file("accounts.csv", "id,up,owner\nA,,Nobody\nB,A,Ada\nC,B,Ada\nD,,Ada\n")
    mapping = """\
tables:
  - target: customer
    from: accounts
    key: id
    columns: {id: name, up: parent_id, owner: owner_id}
"""
    desk.run(PEOPLE + mapping)
    assert list(desk.rows(Customer)) == ["D"]


def test_blanks_defaults_and_invisible_characters(desk: Desk) -> None:
    desk.file("accounts.csv", "id,owner,city\n A\u200bcme ,Robert,n/a\nBeta,?,Rome\n")
    mapping = """\
blanks: [N/A, "?"]
tables:
  - target: customer
    from: accounts
    key: id
    columns: {id: name, owner: owner_id, city: {to: city, default: Bonn}}
    defaults: {owner_id: Ada, tier: key, aliases: [one, two]}
"""
    report = desk.run(PEOPLE + mapping)
    rows, people = desk.rows(Customer), {p.id: p for p in desk.rows(Person).values()}
    assert {name: row.city for name, row in rows.items()} == {"Acme": "Bonn", "Beta": "Rome"}
    assert people[rows["Acme"].owner_id].aliases == ["Robert"]
    assert people[rows["Acme"].owner_id].external_id == "bo-1"
    assert people[rows["Beta"].owner_id].name == "Ada"
    assert rows["Beta"].tier == "key"
    assert rows["Beta"].aliases == ["one", "two"]
    assert {(r.rule, r.count) for r in report.repairs} == {("invisible", 1), ("spaces", 1)}
    assert report.table("customer").repaired == 1


def test_rows_that_nobody_owns_are_mentioned(desk: Desk) -> None:
    desk.file("accounts.csv", f"{HEADER}A,Ada,,,\nB,,,,\n")
    report = desk.run(PEOPLE + CUSTOMERS)
    assert [w.code for w in report.warnings] == ["no_owner"]
    assert "1 rows of customers" in report.warnings[0].say.en


def test_money_is_rounded_openly(desk: Desk) -> None:
    desk.file("accounts.csv", f"{HEADER}A,Ada,1.005,,\n")
    report = desk.run(PEOPLE + CUSTOMERS)
    (repair,) = report.repairs
    assert (repair.rule, repair.examples[0].after) == ("rounded", "1.01 USD")


# -- whole files -----------------------------------------------------------------------------------


def problem(desk: Desk, mapping: str = PEOPLE + CUSTOMERS, **more: Any) -> ImportProblem:
    with pytest.raises(ImportProblem) as caught:
        desk.run(mapping, **more)
    assert sum(desk.count().values()) == 0
    for language in ("zh", "en"):
        assert "{" not in caught.value.sentence(language)
    return caught.value


def test_an_empty_file(desk: Desk) -> None:
    desk.file("accounts.csv", "")
    found = problem(desk)
    assert (found.code, found.file) == ("empty_file", "accounts.csv")


def test_a_header_without_rows_is_told(desk: Desk) -> None:
    desk.file("accounts.csv", HEADER)
    report = desk.run(PEOPLE + CUSTOMERS)
    assert [w.code for w in report.warnings] == ["no_rows"]
    assert report.table("customer").read == 0


def test_a_missing_column(desk: Desk) -> None:
    desk.file("accounts.csv", "id,owners,money,since,staff\nA,Ada,,,\n")
    found = problem(desk)
    assert (found.code, found.file, found.column) == ("missing_column", "accounts.csv", "owner")
    assert 'Did you mean "owners"?' in found.sentence("en")
    assert "id, owners, money, since, staff" in found.sentence("en")


def test_a_missing_file(desk: Desk) -> None:
    desk.file("acounts.csv", HEADER)
    found = problem(desk)
    assert found.code == "missing_file"
    assert 'Did you mean "acounts"' in found.sentence("en")


def test_dates_without_a_format_are_never_guessed(desk: Desk) -> None:
    mapping = PEOPLE + CUSTOMERS.replace(', formats: "%m/%d/%Y"', "")
    desk.file("accounts.csv", f"{HEADER}A,Ada,,1/2/2020,\nB,Ada,,3/4/2020,\n")
    found = problem(desk, mapping)
    assert (found.code, found.column) == ("unclear_dates", "since")
    assert "1/2/2020, 3/4/2020" in found.sentence("en")
    desk.file("accounts.csv", f"{HEADER}A,Ada,,1/2/2020,\nB,Ada,,3/14/2020,\n")
    found = problem(desk, mapping)
    assert found.code == "unclear_dates_one_fits"
    assert "%m/%d/%Y" in found.sentence("en")


def test_sources_that_are_none(desk: Desk, tmp_path: Path) -> None:
    assert problem(desk, source=tmp_path / "nowhere").code == "source_missing"
    (tmp_path / "bare").mkdir()
    assert problem(desk, source=tmp_path / "bare").code == "empty_folder"
    for name, code in (
        ("a.xls", "old_excel"),
        ("a.pdf", "unknown_format"),
        ("a.xlsx", "not_excel"),
    ):
        (tmp_path / name).write_bytes(b"\xd0\xcf\x11\xe0 not a workbook")
        assert problem(desk, source=tmp_path / name).code == code


def test_one_file_of_another_name_is_enough_for_a_mapping_of_one(desk: Desk) -> None:
    path = desk.file("accounts-2026-03.csv", f"{HEADER}A,Ada,,,\n")
    report = desk.run(PEOPLE + CUSTOMERS, path)
    assert report.table("customer").taken == 1


def test_part_of_an_export(desk: Desk) -> None:
    """One file of several: what it holds is taken, and what is left out is said."""
    contacts = (
        "  - {target: contact, from: contacts, key: who, columns: {who: name, at: customer_id}}\n"
    )
    desk.file("accounts.csv", f"{HEADER}A,Ada,,,\n")
    path = desk.file("contacts.csv", "who,at\nAnn,A\n")
    desk.run(PEOPLE + CUSTOMERS)
    report = desk.run(PEOPLE + CUSTOMERS + contacts, path)
    assert report.table("contact").taken == 1
    assert [w.code for w in report.warnings] == ["left_out"]
    other = desk.file("other.csv", "x\n1\n")
    with pytest.raises(ImportProblem) as caught:
        desk.run(PEOPLE + CUSTOMERS + contacts, other)
    assert caught.value.code == "nothing_matches"


def test_gbk_and_utf8_give_the_same_rows(desk: Desk) -> None:
    text = HEADER + "华东第一医院,Ada,,,\n仁和医疗器械,Ada,,,\n"
    desk.file("accounts.csv", text.encode("gbk"))
    desk.run(PEOPLE + CUSTOMERS)
    assert (
        list(desk.rows(Customer)) == ["华东第一医院", "仁和医疗器械"]
        or len(desk.rows(Customer)) == 2
    )
    desk.file("accounts.csv", text)
    again = desk.run(PEOPLE + CUSTOMERS)
    assert again.table("customer").unchanged == 2
