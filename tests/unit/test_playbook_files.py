"""Playbook files: what is accepted, and complaints that name file and line."""

from pathlib import Path
from typing import Any

import pytest

from knowledge_base.files import ContentError, playbook_files, read_library, read_playbook
from knowledge_base.playbook import Playbook, json_schema
from storage.vocabulary import Role

GOOD = """\
id: pb-900
language: zh
title: 测试战法
summary: 测试用的一句话
version: 1
owner: 测试组
review_on: 2027-01-31
compliance_status: approved
scenario:
  objection: [price_complaint]
triggers:
  - 太贵了
  - 价格高
  - 要折扣
steps:
  - what: 先问清楚
    script:
      - 您说的贵是和什么比？
  - what: 再谈条件
risks:
  - check: 口头答应折扣
metrics:
  - name: 进入下一阶段的占比
    unit: "%"
    window_days: 30
    direction: up
    baseline: null
sources:
  - 测试
"""


def read(text: str, name: str = "zh/pb-900.yaml") -> Playbook:
    return read_playbook(name, text.encode())


def complaints(text: str | bytes, name: str = "zh/pb-900.yaml") -> list[str]:
    content = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(ContentError) as caught:
        read_playbook(name, content)
    return [str(complaint) for complaint in caught.value.complaints]


def test_a_yaml_file_is_a_playbook() -> None:
    playbook = read(GOOD)
    assert playbook.id == "pb-900"
    assert playbook.steps[0].script == ("您说的贵是和什么比？",)
    assert playbook.audience == ()
    assert playbook.metrics[0].baseline is None


def test_a_markdown_file_has_the_fields_as_head_and_the_background_as_body() -> None:
    playbook = read(f"---\n{GOOD}---\n\n为什么这样打。\n\n第二段。\n", "zh/pb-900.md")
    assert playbook.background == "为什么这样打。\n\n第二段。"
    assert playbook == read(GOOD).model_copy(update={"background": playbook.background})


def test_a_byte_order_mark_is_no_fault() -> None:
    assert read_playbook("a.yaml", b"\xef\xbb\xbf" + GOOD.encode()).id == "pb-900"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("id: pb-900", "id: 900", ":1: id: "),
        ("language: zh", "language: fr", ":2: language: Input should be 'zh' or 'en'"),
        ("version: 1", "version: 0", ":5: version: "),
        ("review_on: 2027-01-31", "review_on: soon", ":7: review_on: "),
        ("objection: [price_complaint]", "objection: [price]", ":10: scenario.objection.1: "),
        ("objection: [price_complaint]", "mood: [bad]", ":10: scenario.mood: "),
        ("  - 要折扣\n", "", ":11: triggers: "),
        ("      - 您说的贵是和什么比？", "      - ''", ":18: steps.1.script.1: "),
        ("  - what: 再谈条件", "  - wath: 再谈条件", ":19: steps.2.what: Field required"),
        ("    baseline: null", "    baseline: 12.5", ":23: metrics.1: Value error, a base"),
        ("window_days: 30", "window_days: 0", ":25: metrics.1.window_days: "),
        ("sources:\n  - 测试\n", "", ":1: sources: Field required"),
        ("summary: 测试用的一句话", 'summary: "看\\u202e这里"', ":4: summary: Value error"),
        ("version: 1", "version: 1\nversion: 2", ":6: version stands here a second"),
        ("version: 1", "version: &v 1\nowner: *v", ":6: anchors and aliases"),
        ("review_on: 2027-01-31", "review_on: 2027-02-31", "a value is impossible"),
        ("owner: 测试组", "owner: !!python/object:os.system x", ":6: not YAML"),
        ("version: 1", "version: 1\n  bad", ":"),
    ],
)  # fmt: skip
def test_every_complaint_names_file_line_and_field(old: str, new: str, expected: str) -> None:
    assert old in GOOD
    found = complaints(GOOD.replace(old, new, 1))
    assert any(expected in line.removeprefix("zh/pb-900.yaml") for line in found), found


def test_lines_of_a_markdown_file_count_from_the_top_of_the_file() -> None:
    text = f"---\n{GOOD}---\n正文\n".replace("version: 1", "version: 0", 1)
    assert complaints(text, "pb-900.md") == [
        "pb-900.md:6: version: Input should be greater than or equal to 1"
    ]


def test_all_faults_of_a_file_are_listed() -> None:
    text = GOOD.replace("version: 1", "version: 0").replace("window_days: 30", "window_days: -1")
    assert [line.split(": ")[1] for line in complaints(text)] == [
        "version",
        "metrics.1.window_days",
    ]


@pytest.mark.parametrize(
    ("content", "name", "expected"),
    [
        (b"", "a.yaml", "a.yaml:1: the file is empty"),
        (b"- 1\n- 2\n", "a.yaml", "a.yaml:1: the file must be a mapping of fields"),
        (b"id: pb-900\ntitle: \xff\xfe", "a.yaml", "a.yaml:2: not UTF-8: save the file as UTF-8"),
        (b"[" * 100_000, "a.yaml", "a.yaml:1: nested too deeply"),
        (b"x" * 300_000, "a.yaml", "a.yaml:1: larger than 200 kB"),
        (b"id: pb-900\n", "a.md", "a.md:1: a Markdown playbook begins with its fields"),
        (b"---\nid: pb-900\n", "a.md", "a.md:1: a Markdown playbook begins with its fields"),
    ],
)
def test_files_that_are_no_playbooks_at_all(content: bytes, name: str, expected: str) -> None:
    assert any(line.startswith(expected) for line in complaints(content, name))


def test_a_library_lists_the_complaints_of_all_its_files() -> None:
    files = [("a.yaml", b""), ("b.yaml", GOOD.encode()), ("c.yaml", b"- 1")]
    with pytest.raises(ContentError) as caught:
        read_library(files)
    assert [complaint.file for complaint in caught.value.complaints] == ["a.yaml", "c.yaml"]


def test_one_id_in_one_language_stands_in_one_file() -> None:
    english = GOOD.replace("language: zh", "language: en")
    assert len(read_library([("a.yaml", GOOD.encode()), ("b.yaml", english.encode())])) == 2
    with pytest.raises(ContentError, match=r"c\.yaml:1: pb-900 in language zh stands in a\.yaml"):
        read_library([("a.yaml", GOOD.encode()), ("c.yaml", GOOD.encode())])


def test_files_are_found_in_a_fixed_order_and_others_are_left_alone(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.md", "notes.txt", "sub/c.yml"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    assert [path.name for path in playbook_files(tmp_path)] == ["a.md", "b.yaml", "c.yml"]


def test_audience_is_made_of_roles() -> None:
    text = GOOD.replace("scenario:", "audience: [regional_manager]\nscenario:", 1)
    assert read(text).audience == (Role.REGIONAL_MANAGER,)
    assert "audience.1" in complaints(text.replace("regional_manager", "boss"))[0]


def test_the_schema_describes_every_field() -> None:
    schema: dict[str, Any] = json_schema()
    assert set(schema["properties"]) == set(Playbook.model_fields)
    assert schema["additionalProperties"] is False
    assert "price_complaint" in schema["$defs"]["Objection"]["enum"]
