"""Every code has its sentence in both languages, with the same blanks to fill."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.importing import ImportProblem
from storage.importing.fields import targets
from storage.importing.problems import Place, Trouble, where, words

ROOM = Path(__file__).parents[2] / "storage" / "importing"
_CALLS = {"ImportProblem": 0, "CellError": 0, "Trouble": 0, "notice": 0, "row": 1, "_settle": 3}


def _codes() -> Iterator[str]:
    """Codes that stand as text in calls which report something."""
    for path in ROOM.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
            place = _CALLS.get(name or "")
            if place is None or place >= len(node.args):
                continue
            argument = node.args[place]
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield argument.value


def test_every_code_has_words() -> None:
    codes = set(_codes())
    assert len(codes) > 50
    for language in ("zh", "en"):
        assert codes <= words(language)["problems"].keys()


def test_both_languages_say_the_same_things() -> None:
    chinese, english = words("zh"), words("en")
    assert chinese["problems"].keys() == english["problems"].keys()
    assert chinese["labels"]["table"].keys() == english["labels"]["table"].keys()
    assert chinese["reasons"].keys() == english["reasons"].keys()
    for code, text in english["problems"].items():
        blanks = [set(re.findall(r"\{(\w+)\}", t)) for t in (text, chinese["problems"][code])]
        assert blanks[0] == blanks[1], code


def test_every_table_has_a_name_for_people() -> None:
    assert targets().keys() <= words("zh")["labels"]["table"].keys()


@pytest.mark.parametrize(
    ("language", "expected"),
    [("zh", "a.csv 第 3 行 “x”列："), ("en", 'a.csv, line 3, column "x": ')],
)
def test_places(language: str, expected: str) -> None:
    assert where(Place("a.csv", 3, "x"), language) == expected
    assert where(Place(), language) == ""


def test_quoted_cells_cannot_disturb_a_sentence() -> None:
    trouble = Trouble("bad_date", Place("a.csv"), {"value": "{0}\u202e\n\x1b[31m" + "x" * 1000})
    sentence = trouble.sentence("en")
    assert "{0}" in sentence
    assert not set("\u202e\n\x1b") & set(sentence)
    assert len(sentence) < 500


def test_a_problem_is_text_too() -> None:
    assert "unknown" not in str(ImportProblem("source_missing", file="x"))
    assert str(ImportProblem("source_missing", file="x")).startswith("x: ")
