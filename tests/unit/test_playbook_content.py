"""The shipped playbooks keep the promises that the library makes about them."""

import re
from collections import Counter, defaultdict
from functools import cache

import pytest

from knowledge_base.files import read_library
from knowledge_base.fit import WEIGHTS
from knowledge_base.passages import passages
from knowledge_base.playbook import Playbook
from knowledge_base.scenario import Objection
from knowledge_base.shelving import read_files, shipped_folder
from knowledge_base.words import cues, industry_code

_CJK = re.compile("[\u3400-\u9fff]")
# Articles whose number and content were looked up; no other may be cited.
_KNOWN_LAW = {"《反不正当竞争法》", "《个人信息保护法》", "《广告绝对化用语执法指南》"}
_ABSOLUTE = re.compile(
    "全网最|史上最|国家级|百分之百成功|保证中标|绝对有效|guaranteed success|100% effective"
)


@cache
def shipped() -> tuple[Playbook, ...]:
    return tuple(read_library(read_files(shipped_folder())))


@cache
def editions() -> dict[str, list[Playbook]]:
    found = defaultdict(list)
    for playbook in shipped():
        found[playbook.id].append(playbook)
    return dict(found)


def lines(playbook: Playbook) -> list[str]:
    said = [playbook.title, playbook.summary]
    said += [line for step in playbook.steps for line in step.lines]
    said += [line for risk in playbook.risks for line in (risk.check, risk.instead) if line]
    return said


def test_there_are_enough_in_both_languages() -> None:
    count = Counter(playbook.language for playbook in shipped())
    assert count["zh"] >= 18
    assert count["en"] >= 8
    own = [books for books in editions().values() if {b.language for b in books} == {"en"}]
    assert own
    assert sum(len(books) == 2 for books in editions().values()) >= 8


def test_every_objection_has_a_playbook_in_both_languages() -> None:
    for language in ("zh", "en"):
        held = {o for b in shipped() if b.language == language for o in b.scenario.objection}
        assert held == set(Objection)


def test_editions_of_one_playbook_correspond_place_by_place() -> None:
    for books in editions().values():
        shapes = {
            (len(b.steps), len(b.risks), b.version, b.scenario.objection, b.scenario.occasion)
            for b in books
        }
        assert len(shapes) == 1, books[0].id


def test_every_line_that_can_be_quoted_stands_word_for_word_in_its_file() -> None:
    texts = {
        (book.id, book.language): content.decode()
        for (_, content), book in zip(read_files(shipped_folder()), shipped(), strict=True)
    }
    for book in shipped():
        for passage in passages(book):
            for line in passage.text.split("\n"):
                assert line in texts[book.id, book.language], (book.id, line)


def test_the_file_name_says_what_is_inside() -> None:
    for (name, _), book in zip(read_files(shipped_folder()), shipped(), strict=True):
        assert name.startswith(f"{book.language}/{book.id}-")


def test_no_number_is_claimed_that_nobody_measured() -> None:
    assert all(m.baseline is None for book in shipped() for m in book.metrics)
    share = re.compile(r"\d+(?:\.\d+)?\s*%|百分之[一二三四五六七八九十]")
    claims = [line for book in shipped() for line in lines(book) if share.search(line)]
    assert claims == []


def test_only_laws_that_were_looked_up_are_cited() -> None:
    cited = {
        law
        for book in shipped()
        for line in (*lines(book), *book.sources)
        for law in re.findall("《[^》]+》", line)
    }
    assert cited
    assert cited <= _KNOWN_LAW


def test_scripts_make_no_absolute_claims() -> None:
    said = [line for book in shipped() for step in book.steps for line in step.script]
    assert not [line for line in said if _ABSOLUTE.search(line)]


def test_english_editions_are_english() -> None:
    for book in shipped():
        if book.language == "en":
            assert not [line for line in lines(book) if _CJK.search(line)], book.id


def test_every_step_says_or_leaves_something() -> None:
    for book in shipped():
        assert all(step.script or step.tool or step.evidence for step in book.steps), book.id
        assert sum(bool(step.script) for step in book.steps) >= 3, book.id
        assert any(step.evidence for step in book.steps), book.id
        assert len(book.risks) >= 3, book.id


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_phrase_speaks_for_two_playbooks(language: str) -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    for book in shipped():
        if book.language == language:
            for phrase in book.triggers:
                owners[phrase].add(book.id)
    assert {phrase: ids for phrase, ids in owners.items() if len(ids) > 1} == {}


def test_every_phrase_says_something_without_fillers() -> None:
    empty = [(book.id, p) for book in shipped() for p in book.triggers if not cues(p)]
    assert empty == []


def test_scenarios_use_the_known_industries_and_slots() -> None:
    for book in shipped():
        assert all(industry_code(name) == name for name in book.scenario.industry), book.id
        assert set(book.scenario.required) <= set(WEIGHTS)
        assert book.scenario.objection or book.scenario.occasion, book.id


def test_a_chinese_only_playbook_can_be_found_in_english() -> None:
    for books in editions().values():
        if {book.language for book in books} == {"zh"}:
            assert sum(p.isascii() for p in books[0].triggers) >= 3, books[0].id
