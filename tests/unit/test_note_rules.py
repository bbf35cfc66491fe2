"""Which texts become notes, whose notes may be asked for, and what an edit may change."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.notes import rules
from tools.notes.effects import edit_record_note
from tools.notes.rules import THRESHOLDS


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("王主任下周休假", None),
        ("x", None),
        ("😀", None),
        ("", "empty_note"),
        (" \n\t　", "empty_note"),
        ("\u202e\u200b", "empty_note"),
        ("字" * THRESHOLDS.longest, None),
        ("字" * (THRESHOLDS.longest + 1), "note_too_long"),
        ("字" * 100_000, "note_too_long"),
        ("a\x00b", "unreadable_note"),
        ("a\ud800b", "unreadable_note"),
    ],
)
def test_a_note_has_something_to_say_and_fits(text: str, fault: str | None) -> None:
    assert rules.text_fault(text) == fault


@pytest.mark.parametrize(
    ("author", "own"),
    [
        ("我", True),
        (" 我自己 ", True),
        ("Me", True),
        ("王芳", True),
        ("per-wang", True),
        ("王芳芳", False),
        ("李强", False),
        ("", False),
    ],
)
def test_the_author_is_oneself_or_somebody_else(author: str, own: bool) -> None:
    assert rules.is_self(author, "王芳", "per-wang") is own


@pytest.mark.parametrize(
    ("query", "words"),
    [(None, ()), ("", ()), ("价格 比价", ("价格", "比价")), ("a b c d e f g", tuple("abcdef"))],
)
def test_search_words(query: str | None, words: tuple[str, ...]) -> None:
    assert rules.search_words(query) == words


@given(st.text(max_size=60))
def test_whatever_is_shown_of_a_private_text_is_recognised(text: str) -> None:
    pieces = rules.private_pieces(text)
    assert text in pieces
    for line in text.splitlines():
        assert len(line.strip()) < 2 or line.strip() in pieces


def test_an_edit_changes_the_text_and_nothing_else() -> None:
    args = {"text": "旧", "customer_id": "cus", "opportunity_id": None}
    assert edit_record_note(args, {"text": "新"}) == {**args, "text": "新"}
    assert args["text"] == "旧"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"text": " "}, "empty_note"),
        ({"text": "字" * 4001}, "note_too_long"),
        ({"customer_id": "other"}, "text_only"),
        ({"text": "新", "customer_id": "other"}, "text_only"),
        ({}, "text_only"),
    ],
)
def test_a_bad_edit_is_refused_with_a_code(change: dict[str, str], code: str) -> None:
    with pytest.raises(ValueError, match=f"^{code}$"):
        edit_record_note({"text": "旧"}, change)
