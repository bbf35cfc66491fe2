"""What is too long, too deep, in no known money or in an unmarked encoding, is said and refused."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from storage.importing.convert import Converter
from storage.importing.csv_files import sniff_encoding
from storage.importing.fields import LONGEST_NAME, LONGEST_TEXT, targets
from storage.importing.mapping import ColumnPart
from storage.importing.mapping_file import parse_mapping
from storage.importing.problems import ImportProblem, nearest
from storage.importing.troubles import CellError

HEAD = """\
version: 1
source: ledger
organisation: {id: org-t, name: T, currency: USD, timezone: Europe/Berlin, language: en}
"""
TABLE = "tables:\n  - {target: person, from: team, key: n, columns: {n: name}"
COLUMNS = """\
tables:
  - target: person
    from: team
    key: n
    columns:
      n: name
"""


def read(table: str, field: str, cell: object) -> Any:
    target = targets()[table].fields[field]
    return Converter(ColumnPart(to=field), target, "USD", ZoneInfo("UTC"))(cell)


def mistake(text: str) -> ImportProblem:
    with pytest.raises(ImportProblem) as caught:
        parse_mapping(text, "m.yaml")
    return caught.value


@pytest.mark.parametrize(
    ("table", "field", "longest"),
    [
        ("customer", "name", LONGEST_NAME),
        ("contact", "title", LONGEST_NAME),
        ("note", "text", LONGEST_TEXT),
        ("interaction", "summary", LONGEST_TEXT),
    ],
)
def test_a_text_has_a_greatest_length(table: str, field: str, longest: int) -> None:
    assert read(table, field, "x" * longest) == "x" * longest
    with pytest.raises(CellError) as caught:
        read(table, field, "x" * (longest + 1))
    assert caught.value.code == "too_long"
    assert caught.value.kept == "x" * longest
    assert (caught.value.details["length"], caught.value.details["limit"]) == (longest + 1, longest)
    assert len(str(caught.value.details["value"])) < 50


def test_so_has_each_thing_in_a_list() -> None:
    assert read("customer", "aliases", "a;b") == ["a", "b"]
    with pytest.raises(CellError):
        read("customer", "aliases", "a;" + "b" * (LONGEST_NAME + 1))
    with pytest.raises(CellError):
        read("customer", "aliases", "a;" * LONGEST_TEXT)


def test_what_is_no_name_is_compared_with_none() -> None:
    assert nearest("Adda", ["Ada"]) == "Ada"
    assert nearest("a" * 301, ["a" * 300]) == ""


def test_money_that_does_not_exist_is_refused() -> None:
    assert read("customer", "currency", "eur") == "EUR"
    with pytest.raises(CellError) as caught:
        read("customer", "currency", "ZZZ")
    assert caught.value.code == "unknown_currency"
    problem = mistake(HEAD.replace("USD", "ZZZ") + TABLE + "}")
    assert (problem.code, problem.line) == ("mapping_invalid", 3)
    assert "ISO 4217" in problem.sentence("en")


def test_a_name_in_the_mapping_is_no_longer_than_an_imported_one() -> None:
    people = f"people: [{{name: {'x' * 201}, role: rep}}]\n"
    problem = mistake(HEAD + people + TABLE + "}")
    assert (problem.code, problem.line) == ("mapping_invalid", 4)
    assert "too long" in problem.sentence("en")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: &a [*a, *a]\n", "mapping_deep"),
        ("a: &a {b: *a}\n", "mapping_deep"),
        ("[" * 5000 + "]" * 5000, "mapping_deep"),
        ("a0: &a0 [x]\n" + "".join(
            f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
        ), "mapping_deep"),
        ("!!python/object/apply:os.system [ls]\n", "mapping_tag"),
        ("version: !!python/name:os.system x\n", "mapping_tag"),
        ("version: !mine 1\n", "mapping_tag"),
        ("- a\n- b\n", "mapping_shape"),
        ("just words\n", "mapping_shape"),
        ("# nothing\n", "mapping_empty"),
    ],
)  # fmt: skip
def test_a_mapping_that_is_none_is_named_for_what_it_is(text: str, code: str) -> None:
    problem = mistake(text)
    assert problem.code == code
    assert problem.sentence("zh") != problem.sentence("en")


def test_an_anchor_that_is_used_well_is_fine() -> None:
    text = HEAD + "blanks: &none [N/A]\n" + TABLE + ", defaults: {role: rep}, blanks: *none}"
    assert parse_mapping(text, "m.yaml")[0].tables[0].blanks == ["N/A"]


@pytest.mark.parametrize(
    ("table", "line"),
    [
        (TABLE + ", defaults: {role: boss}}", 5),
        (COLUMNS + "      r: {to: role, default: boss}\n", 10),
    ],
)
def test_a_default_that_cannot_be_is_placed_and_what_can_be_is_named(table: str, line: int) -> None:
    problem = mistake(HEAD + table)
    assert (problem.code, problem.file, problem.line) == ("mapping_default_of", "m.yaml", line)
    assert "boss" in problem.sentence("en")
    assert "regional_manager" in problem.sentence("en")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-8", "gb18030"])
@pytest.mark.parametrize("text", ["客户名称,行业\n东湖医院,医疗\n", "name,city\nAda,Rome\n"])
def test_an_encoding_without_a_mark_is_recognised(encoding: str, text: str) -> None:
    found = sniff_encoding(text.encode(encoding))
    assert found is not None
    assert text.encode(encoding).decode(found) == text


def test_a_stray_zero_byte_makes_no_wide_text() -> None:
    assert sniff_encoding("客户,行业\n甲\x00,乙乙\n".encode()) == "utf-8"
    assert sniff_encoding(bytes(range(256)) * 2) is None
