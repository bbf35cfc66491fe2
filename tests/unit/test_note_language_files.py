"""The language and sentences files of customers, diary and notes: complete and consistent."""

import re
from pathlib import Path
from typing import Any, get_args

import pytest

from agents.planner.language import LanguageFile, Wish, load_file
from agents.planner.sentences import Example, Said, load_said
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


def said(name: str, code: str) -> list[Said]:
    path = ROOT / name / f"sentences.{code}.yaml"
    return load_said(path.read_text(encoding="utf-8"), path.name).sentences


def text_of(example: str | Example) -> str:
    return example.text if isinstance(example, Example) else example


def implied(wish: Wish, sentences: list[Said]) -> list[dict[str, Any]]:
    cues = [cue.get("set", {}) for cue in wish.cues if isinstance(cue, dict)]
    own = [e for one in sentences if one.wish == wish.key for e in one.examples]
    return cues + [example.set for example in own if isinstance(example, Example)]


@pytest.mark.parametrize(("name", "code"), EVERY)
def test_every_wish_is_said_in_many_ways(name: str, code: str) -> None:
    for wish in load(name, code).wishes:
        assert wish.tool in ARGUMENTS
        assert wish.label
        assert wish.offer
        [own] = [one for one in said(name, code) if one.wish == wish.tool]
        assert len(own.examples) >= 60
        assert own.not_


@pytest.mark.parametrize(("name", "code"), EVERY)
def test_what_a_sentence_implies_fits_the_tool(name: str, code: str) -> None:
    for wish in load(name, code).wishes:
        model = ARGUMENTS[str(wish.tool)]
        assert set(wish.slots) == set(model.model_fields)
        for values in implied(wish, said(name, code)):
            assert set(values) <= set(wish.slots)
            model.model_validate({"customer": "x", "text": "x"} | values)


@pytest.mark.parametrize("code", ["zh", "en"])
def test_every_section_can_be_asked_for(code: str) -> None:
    [wish] = said("customers", code)
    counts = dict.fromkeys(get_args(Section), 0)
    for example in wish.examples:
        if isinstance(example, Example):
            for section in example.set["sections"]:
                counts[section] += 1
    assert min(counts.values()) >= 12


@pytest.mark.parametrize(("name", "code"), EVERY)
def test_slots_in_sentences_are_span_kinds(name: str, code: str) -> None:
    kinds = {"customer", "person", "contact", "product", "opportunity", "day", "text"}
    for wish in said(name, code):
        for sentence in (*map(text_of, wish.examples), *wish.messages, *wish.not_):
            assert set(SLOT.findall(sentence)) <= kinds
            assert sentence.count("{") == len(SLOT.findall(sentence))


@pytest.mark.parametrize("code", ["zh", "en"])
def test_no_sentence_speaks_for_two_wishes_or_for_and_against_one(code: str) -> None:
    owners: dict[str, str] = {}
    for wish in (one for name in CAPABILITIES for one in said(name, code)):
        own = {fold(sentence) for sentence in (*map(text_of, wish.examples), *wish.messages)}
        assert [owners.setdefault(s, wish.wish) for s in own] == [wish.wish] * len(own)
        assert own.isdisjoint(map(fold, wish.not_))


@pytest.mark.parametrize("code", ["zh", "en"])
def test_only_dictation_is_announced_by_openers(code: str) -> None:
    for wish in wishes(code):
        assert bool(wish.openers) == (wish.tool == "record_note")
