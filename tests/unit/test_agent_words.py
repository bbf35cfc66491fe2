"""Every reason that the program knows has a sentence, in both languages alike."""

import re
from pathlib import Path
from typing import Any, get_args

import pytest

from agents.answer import nothing_done
from agents.endpoint import classify
from agents.persona import fill, prompt_of
from agents.text import InputProblem
from agents.wording import problem
from prompts.library import render
from storage.approvals import Decision, State
from storage.tables.work import PendingAction
from storage.vocabulary import ActionState
from tests.fakes.agent_world import ANNA, BEN, NOW, context
from tools.artifact import Choice, NotFound, Option, Refusal
from tools.context import Language

LANGUAGES: tuple[Language, ...] = ("zh", "en")
ROOT = Path(__file__).parents[2]
STORAGE = "missing not_migrated locked corrupt disk_full read_only newer unreachable"
RUNTIME = (
    "internal interrupted timeout busy bad_arguments unknown_tool too_large too_many_steps "
    "no_answer unproven unproven_waiting"
)
HAN = re.compile(r"[\u4e00-\u9fff]")


class StatusError(Exception):
    def __init__(self, status: int) -> None:
        self.status_code = status


ENDPOINT = [classify(StatusError(s)).reason for s in (400, 401, 403, 404, 429, 500)] + [
    classify(TimeoutError()).reason,
    classify(KeyError()).reason,
    classify(RuntimeError()).reason,
    "unreachable",
]
PROBLEMS = [
    *get_args(InputProblem),
    *RUNTIME.split(),
    *(f"storage_{reason}" for reason in STORAGE.split()),
    *(f"model_{reason}" for reason in ENDPOINT),
]


def said_in_tools(kind: str) -> list[str]:
    found = set()
    for file in (ROOT / "tools").rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        found.update(re.findall(rf'\b{kind}\(\s*reason="([a-z_]+)"', text))
    assert found, "the tools name their reasons"
    return sorted(found)


@pytest.mark.parametrize("reason", [*PROBLEMS, *said_in_tools("Problem")])
def test_problems(reason: str) -> None:
    zh, en = problem(reason, "zh", "细节"), problem(reason, "en", "detail")
    assert f"（{reason}" not in zh  # that is how an unknown reason is told
    assert f"({reason}" not in en
    assert HAN.search(zh)
    assert not HAN.search(en)


@pytest.mark.parametrize("reason", said_in_tools("Refusal"))
def test_refusals_say_why_and_whom_to_ask(reason: str) -> None:
    for language in LANGUAGES:
        values = Refusal(reason=reason, subject="李强", ask="陈刚").model_dump(mode="json")
        words = render("refusal", language, values)
        assert "陈刚" in words
        assert reason not in words
        alone = render("refusal", language, {**values, "subject": "", "ask": None})
        assert alone
        assert "None" not in alone


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_unknown_reason_is_still_a_sentence(language: Language) -> None:
    assert "new_reason" in problem("new_reason", language)
    assert render("refusal", language, {"reason": "x", "subject": "", "ask": None})


@pytest.mark.parametrize("language", LANGUAGES)
def test_not_found_and_choice(language: Language) -> None:
    missing = NotFound(what="customer", name="花星", near=["华星医疗"]).model_dump(mode="json")
    assert "花星" in render("not_found", language, missing)
    assert "华星医疗" in render("not_found", language, missing)
    assert "华星" not in render("not_found", language, {**missing, "near": []})
    options = [Option(label="华星医疗(上海)", say="c1"), Option(label="华星科技", say="c2")]
    choice = Choice(what="customer", name="华星", options=options).model_dump(mode="json")
    assert render("choice", language, choice).splitlines()[1:] == [
        "1. 华星医疗(上海)",
        "2. 华星科技",
    ]


def action(state: ActionState) -> PendingAction:
    return PendingAction(
        id="act-1",
        org_id="org-1",
        owner_id=ANNA.person_id,
        approver_id=ANNA.person_id,
        thread_id="t",
        turn_id="x",
        tool="keep",
        title="笔记X",
        args={},
        args_hash="",
        state=state,
        asked_at=NOW,
        expires_at=NOW,
    )


@pytest.mark.parametrize("state", get_args(State))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_end_of_a_decision_has_words_and_an_outcome(state: State, language: Language) -> None:
    from agents.cards import worded

    for before in ActionState:
        decision = Decision(state, None if state == "unknown" else action(before), "no_effect")
        told = worded(decision, ANNA, language)
        assert told.text
        assert (told.outcome == "answered") == (state in ("done", "ignored"))
        assert "笔记X" not in worded(decision, BEN, language).text


@pytest.mark.parametrize(
    "reason",
    [
        "not_the_approver", "changed_since_asked", "not_editable", "nothing_to_edit", "no_effect",
        "empty_note", "note_too_long", "unreadable_note", "requester_left", "approver_inactive",
        "some_new_code",
    ],
)  # fmt: skip
def test_every_refused_click_is_explained(reason: str) -> None:
    from agents.cards import worded

    said = {
        worded(Decision("refused", action(ActionState.PENDING), reason), ANNA, language).text
        for language in LANGUAGES
    }
    assert len(said) == 2
    assert reason == "some_new_code" or not any(reason in text for text in said)


def test_the_persona_is_filled_and_its_hash_is_that_of_the_file() -> None:
    for language in LANGUAGES:
        filled = fill("twin", context(language=language))
        assert "$" not in filled
        for part in (ANNA.name, "2026-11-21", "16:00"):
            assert part in filled
        assert prompt_of("twin", language).label == prompt_of("twin", language).label
        assert re.fullmatch(rf"twin\.{language}@[0-9a-f]{{6}}", prompt_of("twin", language).label)


def test_the_personas_day_is_the_callers_own() -> None:
    from dataclasses import replace

    far = replace(ANNA, timezone="Pacific/Honolulu")
    assert "2026-11-20" in fill("twin", context(far))


@pytest.mark.parametrize(("waiting", "earlier"), [(True, []), (False, ["甲", "乙"])])
def test_the_truth_about_deeds(waiting: bool, earlier: list[str]) -> None:
    values: dict[str, Any] = {"waiting": waiting, "earlier": earlier}
    zh, en = nothing_done("zh", **values), nothing_done("en", **values)
    assert ("甲、乙" in zh, "甲, 乙" in en) == (bool(earlier), bool(earlier))
