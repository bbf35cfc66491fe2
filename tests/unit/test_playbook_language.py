"""The language files of the playbook tool: rich, loadable, and true to the tool's arguments."""

from importlib import resources

import pytest

from agents.planner.language import Wish, load_file
from agents.planner.sentences import Said, load_said
from tools.playbooks.schemas import SearchArguments


def wish(language: str) -> Wish:
    name = f"language.{language}.yaml"
    text = (resources.files("tools.playbooks") / name).read_text(encoding="utf-8")
    (only,) = load_file(text, name).wishes
    return only


def said(language: str) -> Said:
    name = f"sentences.{language}.yaml"
    text = (resources.files("tools.playbooks") / name).read_text(encoding="utf-8")
    (only,) = load_said(text, name).sentences
    return only


@pytest.mark.parametrize("language", ["zh", "en"])
def test_there_are_many_different_examples_and_near_misses(language: str) -> None:
    found = said(language)
    assert found.wish == wish(language).tool == "search_playbook"
    assert len(found.examples) >= 60
    assert len({str(example) for example in found.examples}) == len(found.examples)
    assert len(found.not_) >= 10
    assert not {str(example) for example in found.examples} & set(found.not_)
    assert len(wish(language).cues) >= 20


@pytest.mark.parametrize("language", ["zh", "en"])
def test_slots_are_arguments_of_the_tool(language: str) -> None:
    slots = wish(language).slots
    assert set(slots) <= set(SearchArguments.model_fields)
    assert slots["query"].required
    assert slots["query"].source == ["text"]
