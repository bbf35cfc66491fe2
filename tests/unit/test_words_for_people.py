"""How people are spoken to: one form of address, short names, and whom to ask."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.cells import cell_len

from bot.channels.greeting import Appointment, Greeting, greeting_spans
from bot.offers import starters, told
from bot.render.table import shortened
from bot.wording import Words
from prompts.library import render
from storage.identity import Caller
from storage.vocabulary import Role

ROOT = Path(__file__).parents[2]
CUSTOMER_SPEAKS = "您"  # in playbooks and in what customers are told; never to our own people
LONG = "长" * 200_000


def word_files() -> Iterator[Path]:
    for folder in ("bot/words", "prompts", "storage/importing/words", "scripts"):
        yield from (file for file in (ROOT / folder).rglob("*") if ".zh." in file.name)
    yield from (ROOT / "storage/importing/words/zh.yaml", ROOT / "scripts/words.json")


@pytest.mark.parametrize("file", list(word_files()), ids=lambda file: file.name)
def test_people_are_spoken_to_in_one_form(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    assert not [line for line in lines if CUSTOMER_SPEAKS in line]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_refused_decision_says_whom_to_ask_where_that_is_known(language: str) -> None:
    values = {"state": "refused", "reason": "not_the_approver", "title": "", "before": ""}
    alone = render("decision", language, values)
    assert alone
    named = render("decision", language, {**values, "approver": "周雅琴"})
    assert named.count("周雅琴") == 2
    assert "周雅琴" not in alone


@pytest.mark.parametrize("language", ["zh", "en"])
def test_damaged_conversations_are_told_from_a_damaged_database(language: str) -> None:
    def said(detail: str) -> str:
        return render("problem", language, {"reason": "storage_corrupt", "detail": detail})

    assert ("改名" in said("/h/conversations.db")) == (language == "zh")
    assert ("Rename" in said("/h/conversations.db")) == (language == "en")
    assert said("/h/salestwin.db") != said("/h/conversations.db").replace(
        "conversations", "salestwin"
    )


def test_a_greeting_fits_the_screen_whatever_names_are_in_it() -> None:
    caller = Caller("p", "org", LONG, Role.REP)
    now = datetime(2026, 3, 2, 9, tzinfo=UTC)
    today = (Appointment("09:00", LONG, LONG),)
    greeting = Greeting(caller, now, today=today, examples=["x"], waiting=[LONG])
    text = "".join(text for text, _ in greeting_spans(greeting, Words("zh")))
    assert max(map(cell_len, text.splitlines())) < 100
    assert text.count("…") == 3


@pytest.mark.parametrize(
    ("text", "cells", "shown"),
    [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("客户甲", 6, "客户甲"), ("客户甲乙", 6, "客户…"),
     ("a\n b", 9, "a b"), ("", 5, ""), (LONG, 7, "长长长…"), (" " * 999, 5, "…")],
)  # fmt: skip
def test_what_is_shortened_fits(text: str, cells: int, shown: str) -> None:
    assert shortened(text, cells) == shown


def test_examples_have_no_name_that_is_a_page_long() -> None:
    assert any("翎川精密" in example for example in starters("zh", "翎川精密"))
    assert max(map(len, starters("zh", LONG))) < 100
    assert not any("{" in example for example in starters("zh", LONG))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_tool_is_told_with_an_example(language: str) -> None:
    label, example = told("fetch_customer_brief", "zh" if language == "zh" else "en", "ACME")
    assert label
    assert "ACME" in example
    assert told("nothing_like_that", "zh", "") == (None, "")
