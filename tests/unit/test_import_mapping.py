"""The mapping file: every mistake has a code, a line and a sentence in both languages."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.importing.mapping import ImportMapping
from storage.importing.mapping_file import parse_mapping, read_mapping
from storage.importing.problems import ImportProblem
from storage.importing.records import joined_key, stable_id

EXAMPLES = sorted((Path(__file__).parents[2] / "examples" / "import").glob("*.yaml"))
GOOD = """\
version: 1
source: ledger
organisation: {id: org-t, name: T, currency: USD, timezone: Europe/Berlin, language: en}
tables:
  - target: customer
    from: accounts
    key: account
    columns:
      account: name
      sector: {to: industry, values: {NO: Norway, 1: one}}
      joined: {to: customer_since, formats: "%d/%m/%Y"}
"""
_TICKET, _TALK = "{no: number, at: opened_at}", "{how: kind, at: occurred_at}"
_FIELD, _TABLE = "mapping_unknown_field", "mapping_unknown_table"


def mistake(text: str) -> ImportProblem:
    with pytest.raises(ImportProblem) as caught:
        parse_mapping(text, "m.yaml")
    problem = caught.value
    assert problem.file == "m.yaml"
    for language in ("zh", "en"):
        assert "m.yaml" in problem.sentence(language)
        assert "{" not in problem.sentence(language)
    return problem


def parsed(text: str) -> ImportMapping:
    return parse_mapping(text, "m.yaml")[0]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_shipped_examples_are_right(path: Path) -> None:
    mapping, _ = read_mapping(path)
    assert mapping.tables


def test_there_are_examples_of_every_kind_of_source() -> None:
    assert {path.name for path in EXAMPLES} >= {
        "crm-sales-opportunities.yaml",
        "excel-zh.yaml",
        "sql-source.yaml",
    }


def test_short_forms() -> None:
    table = parsed(GOOD).tables[0]
    assert table.key == ["account"]
    assert table.from_.table == "accounts"
    assert [part.to for part in table.columns["account"]] == ["name"]
    assert table.columns["joined"][0].formats == ["%d/%m/%Y"]


def test_keys_and_words_stay_as_they_are_written() -> None:
    values = parsed(GOOD).tables[0].columns["sector"][0].values
    assert values == {"NO": "Norway", "1": "one"}
    table = parsed(GOOD + "    skip_if: {sector: [on, 2017-01-01, true, 007]}\n").tables[0]
    assert table.skip_if["sector"] == ["on", "2017-01-01", "true", "7"]


@pytest.mark.parametrize(
    ("change", "code", "line"),
    [
        (("version: 1", "version: 2"), "mapping_invalid", 1),
        (("source: ledger\n", ""), "mapping_missing_key", 1),
        (("Europe/Berlin", "Europe/Nowhere"), "mapping_invalid", 3),
        (("USD", "dollars"), "mapping_invalid", 3),
        (("target: customer", "target: custmer"), "mapping_unknown_table", 5),
        (("target: customer", "target: turn"), "mapping_unknown_table", 5),
        (("target: customer", "target: organisation"), "mapping_unknown_table", 5),
        (("account: name", "account: nmae"), "mapping_unknown_field", 9),
        (("account: name", "account: org_id"), "mapping_own_field", 9),
        (("account: name", "account: short_name"), "mapping_unfilled", 5),
        (("key: account", "keys: account"), "mapping_missing_key", 5),
        (("to: industry", "into: industry"), "mapping_missing_key", 10),
        (("to: industry,", "to: industry, colour: red,"), "mapping_unknown_key", 10),
        (("to: industry,", "to: industry, type: money,"), "mapping_type", 10),
        (("to: industry,", "to: industry, problems: shrug,"), "mapping_invalid", 10),
        (("account: name", "account: name\n      account: city"), "mapping_repeated_key", 10),
        (("    columns:", "   columns:"), "mapping_syntax", 8),
    ],
)
def test_mistakes_have_a_code_and_a_line(change: tuple[str, str], code: str, line: int) -> None:
    problem = mistake(GOOD.replace(*change, 1))
    assert (problem.code, problem.line) == (code, line)


@pytest.mark.parametrize(
    ("extra", "code", "line"),
    [
        ("    derive: {city: {most: opportunity.x, via: customer_id}}\n", _FIELD, 12),
        ("    derive: {city: {most: deal.owner_id, via: customer_id}}\n", _TABLE, 12),
        ("    derive: {city: {most: opportunity.owner_id}}\n", "mapping_invalid", 12),
        ("    derive: {city: {copy: region.name, via: customer_id}}\n", _FIELD, 12),
        ("    derive: {city: {template: x, copy: region.name, via: a}}\n", "mapping_invalid", 12),
        ("    required: [nme]\n", _FIELD, 12),
        ("    not_before: {closing: name}\n", _FIELD, 12),
        ("    defaults: {teir: key}\n", _FIELD, 12),
        ("shares: product\n", "mapping_share", 12),
        ("    lookup: x\n", "mapping_unknown_key", 12),
    ],
)
def test_mistakes_in_the_further_sections(extra: str, code: str, line: int) -> None:
    problem = mistake(GOOD + extra)
    assert (problem.code, problem.line) == (code, line)


def test_a_near_name_is_offered() -> None:
    problem = mistake(GOOD.replace("account: name", "account: nmae"))
    assert 'Did you mean "name"?' in problem.sentence("en")
    assert "你是不是指“name”" in problem.sentence("zh")


def test_a_reference_needs_a_table_unless_it_is_clear() -> None:
    text = GOOD.replace("target: customer", "target: target").replace(
        "account: name", "account: subject_id"
    )
    assert mistake(text.replace("industry", "metric")).code == "mapping_lookup"


@pytest.mark.parametrize(
    ("target", "columns", "derive", "at_fault"),
    [
        ("contact", "{person: [name, title]}", "", True),
        ("contact", "{person: name, post: title}", "", False),
        ("contact", "{mood: [{to: attitude}, {to: title, values: {a: b}}]}", "", False),
        ("contact", "{person: name}", "{department: {template: 'of {person}'}}", True),
        ("contact", "{person: name, post: title}", "{department: {template: '{post}'}}", False),
        ("service_ticket", _TICKET, "{title: {copy: contact.name, via: customer_id}}", True),
        ("service_ticket", _TICKET, "{title: {most: interaction.summary, via: customer_id}}", True),
        ("service_ticket", _TICKET, "{title: {copy: note.text, via: customer_id}}", True),
        (
            "service_ticket",
            _TICKET.replace("no: number", "no: [number, title]"),
            "{description: {most: interaction.summary, via: customer_id}}",
            False,
        ),
        ("interaction", _TALK, "{summary: {copy: contact.name, via: customer_id}}", True),
    ],
)
def test_no_field_shows_what_its_source_hides(
    target: str, columns: str, derive: str, at_fault: bool
) -> None:
    head = GOOD.replace("target: customer", f"target: {target}").split("    columns:")[0]
    text = f"{head}    columns: {columns}\n    defaults: {{customer_id: Acme}}\n"
    text += f"    derive: {derive}\n" if derive else ""
    if not at_fault:
        assert parsed(text).tables[0].target == target
        return
    problem = mistake(text)
    assert problem.code == "mapping_grade"
    assert "L" in problem.sentence("zh")


def test_private_words_need_their_author() -> None:
    text = GOOD.replace("target: customer", "target: note").split("    columns:")[0]
    problem = mistake(text + "    columns: {words: text, day: written_at}\n")
    assert problem.code == "mapping_unfilled"
    assert "owner_id" in problem.sentence("en")


@pytest.mark.parametrize("text", ["", "- a\n", "just words\n"])
def test_no_mapping_in_the_file(text: str) -> None:
    assert mistake(text).code == ("mapping_shape" if text else "mapping_empty")


def test_unreadable_files(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    with pytest.raises(ImportProblem) as caught:
        read_mapping(path)
    assert caught.value.code == "mapping_unreadable"
    path.write_bytes(GOOD.replace("name: T", "name: 公司").encode("gbk"))
    with pytest.raises(ImportProblem) as caught:
        read_mapping(path)
    assert caught.value.code == "mapping_encoding"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert read_mapping(path)[0].source == "ledger"


@given(
    st.lists(st.text(max_size=8), min_size=1, max_size=4),
    st.lists(st.text(max_size=8), min_size=1, max_size=4),
)
def test_different_keys_never_become_one(first: list[str], second: list[str]) -> None:
    if len(first) == len(second) and first != second:
        assert joined_key(first) != joined_key(second)


def test_ids_depend_on_organisation_table_and_key_alone() -> None:
    one = stable_id("org-a", "customer", "cus", "Acme")
    assert one == stable_id("org-a", "customer", "cus", "Acme")
    assert one == "cus-" + one[4:]
    others = {
        stable_id("org-b", "customer", "cus", "Acme"),
        stable_id("org-a", "product", "cus", "Acme"),
        stable_id("org-a", "customer", "cus", "Acme "),
    }
    assert one not in others
    assert len(others) == 3
