"""The language files of customers, diary and notes: complete, typed and free of contradictions."""

import re
from pathlib import Path
from typing import Any, get_args

import pytest

from agents.planner.language import Example, LanguageFile, Wish, load_file
from tools.customers.schemas import BriefArguments, Section
from tools.diary.schemas import DayArguments
from tools.linking.forms import fold
from tools.notes.schemas import FindArguments, RecordArguments

ROOT = Path(__file__).parents[2] / "tools"
CAPABILITIES = ("customers", "diary", "notes")
ARGUMENTS: dict[str, Any] = {
    "fetch_customer_brief": BriefArguments,
    "my_day": DayArguments,
    "record_note": RecordArguments,
    "find_notes": FindArguments,
}
SLOT = re.compile(r"\{([a-z]+)\}")
EVERY = [(name, code) for name in CAPABILITIES for code in ("zh", "en")]


def load(name: str, code: str) -> LanguageFile:
    path = ROOT / name / f"language.{code}.yaml"
    return load_file(path.read_text(encoding="utf-8"), path.name)


def wishes(code: str) -> list[Wish]:
    return [wish for name in CAPABILITIES for wish in load(name, code).wishes]


def text_of(example: str | Example) -> str:
    return example.text if isinstance(example, Example) else example


def implied(wish: Wish) -> list[dict[str, Any]]:
    cues = [cue.get("set", {}) for cue in wish.cues if isinstance(cue, dict)]
    return cues + [example.set for example in wish.examples if isinstance(example, Example)]


@pytest.mark.parametrize(("name", "code"), EVERY)
def test_every_wish_is_said_in_many_ways(name: str, code: str) -> None:
    for wish in load(name, code).wishes:
        assert wish.tool in ARGUMENTS
        assert len(wish.examples) >= 60
        assert wish.label
        assert wish.offer
        assert wish.not_


@pytest.mark.parametrize(("name", "code"), EVERY)
def test_what_a_sentence_implies_fits_the_tool(name: str, code: str) -> None:
    for wish in load(name, code).wishes:
        model = ARGUMENTS[str(wish.tool)]
        assert set(wish.slots) == set(model.model_fields)
        for values in implied(wish):
            assert set(values) <= set(wish.slots)
            model.model_validate({"customer": "x", "text": "x"} | values)


@pytest.mark.parametrize("code", ["zh", "en"])
def test_every_section_can_be_asked_for(code: str) -> None:
    [wish] = load("customers", code).wishes
    counts = dict.fromkeys(get_args(Section), 0)
    for example in wish.examples:
        if isinstance(example, Example):
            for section in example.set["sections"]:
                counts[section] += 1
    assert min(counts.values()) >= 12


@pytest.mark.parametrize(("name", "code"), EVERY)
def test_slots_in_sentences_are_span_kinds(name: str, code: str) -> None:
    kinds = {"customer", "person", "contact", "product", "opportunity", "day", "text"}
    for wish in load(name, code).wishes:
        for sentence in (*map(text_of, wish.examples), *wish.not_):
            assert set(SLOT.findall(sentence)) <= kinds
            assert sentence.count("{") == len(SLOT.findall(sentence))


@pytest.mark.parametrize("code", ["zh", "en"])
def test_no_sentence_speaks_for_two_wishes_or_for_and_against_one(code: str) -> None:
    owners: dict[str, str | None] = {}
    for wish in wishes(code):
        own = {fold(text_of(example)) for example in wish.examples}
        assert [owners.setdefault(s, wish.tool) for s in own] == [wish.tool] * len(own)
        assert own.isdisjoint(map(fold, wish.not_))


@pytest.mark.parametrize("code", ["zh", "en"])
def test_only_dictation_is_announced_by_openers(code: str) -> None:
    for wish in wishes(code):
        assert bool(wish.openers) == (wish.tool == "record_note")
