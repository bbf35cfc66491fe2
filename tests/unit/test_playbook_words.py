"""Fillers, synonyms, industry names and locators."""

import pytest

from knowledge_base.words import cues, industry_code, locator, terms, words


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("客户说太贵了怎么办", "太贵"),
        ("對方說太貴了，我該怎麼辦", "太贵了"),
        ("友商报价更低", "竞争对手价格更低"),
        ("the customer says it's too expensive, what do I do?", "too expensive"),
        ("how do I handle a rival", "competitor"),
        ("our supplier", "vendors"),
    ],
)
def test_the_same_thing_said_differently_has_the_same_cues(left: str, right: str) -> None:
    assert cues(left) == cues(right)


def test_a_filler_parts_what_stands_on_its_two_sides() -> None:
    assert "价再" not in cues("降价的再考虑")


@pytest.mark.parametrize("text", ["客户怎么办", "有什么战法", "what should I do", "?", ""])
def test_nothing_but_fillers_leaves_no_cues(text: str) -> None:
    assert cues(text) == []


def test_terms_keep_fillers_and_unify_synonyms() -> None:
    assert "怎么" in terms("怎么办")
    assert terms("友商") == terms("竞品")


def test_no_synonym_stands_in_two_groups() -> None:
    known = words()
    assert not set(known.synonyms) & set(known.synonyms.values())
    assert not set(known.synonym_stems) & set(known.synonym_stems.values())


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("医院", "healthcare"),
        ("Hospital", "healthcare"),
        ("medical_dealer", "healthcare"),
        ("retail_chain", "retail"),
        ("新能源", "energy"),
        ("醫療", "healthcare"),
        ("养鸭业", None),
        ("", None),
    ],
)
def test_industries_by_any_name(name: str, code: str | None) -> None:
    assert industry_code(name) == code


def test_places_are_cited_in_the_language_of_the_edition() -> None:
    assert locator("zh", "step", 2) == "第2步"
    assert locator("en", "risk", 1) == "risk 1"
