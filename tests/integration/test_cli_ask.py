"""``ask``, ``act``, ``tool`` and ``import`` as scripts use them: JSON and exit status."""

from pathlib import Path
from typing import Any

import pytest

from tests.integration.cli_kit import ANSWER_FIELDS, REP, Program, demo_program

NOTE = "记一下：客户想三月交货"


@pytest.fixture
def demo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Program:
    return demo_program(tmp_path / "home", monkeypatch, tmp_path_factory)


def test_the_answer_has_every_field_of_the_interface(demo: Program) -> None:
    done = demo("ask", "--json", "我今天有哪些安排？")
    assert done.status == 0
    answer = done.json
    assert answer.keys() == ANSWER_FIELDS
    assert answer["outcome"] == "answered"
    assert answer["answer"].keys() == {"markdown", "citations", "tables", "charts", "actions"}
    assert answer["answer"]["citations"][0].keys() == {"id", "title", "locator", "quote"}
    assert [tool["name"] for tool in answer["tools"]] == ["my_day"]
    assert answer["tools"][0].keys() == {"name", "args", "ok", "result", "ms"}
    assert answer["tools"][0]["result"]["today"] == "2026-03-02"
    assert answer["plan"] is None
    assert answer["model"] == "planner"
    assert answer["prompt"].startswith("twin.zh@")
    assert answer["ms"].keys() == {"total", "model", "tools"}


def test_the_answer_for_people_has_no_colour_and_no_json(demo: Program) -> None:
    done = demo("ask", "What is on my plate today?")
    assert done.status == 0
    assert "\x1b" not in done.out
    assert "**" not in done.out
    assert "Diary" in done.out


@pytest.mark.parametrize("person", [REP, "陈思远", "Simon Chen", "simon chen", " 陈思远 "])
def test_a_person_is_meant_by_id_name_or_english_name(person: str, demo: Program) -> None:
    named = demo("ask", "--json", "--as", person, "我今天有哪些安排？").json
    default = demo("ask", "--json", "我今天有哪些安排？").json
    assert named["answer"]["markdown"] == default["answer"]["markdown"]


def test_an_unknown_person_is_wrong_usage_with_near_names(demo: Program) -> None:
    done = demo("ask", "--json", "--as", "陈思元", "hi")
    assert done.status == 2
    assert "陈思远" in done.err
    assert done.json.keys() == ANSWER_FIELDS | {"error"}
    assert (done.json["outcome"], done.json["error"]["code"]) == ("error", "errors.unknown_person")


def test_a_name_of_two_people_is_asked_about(demo: Program) -> None:
    done = demo("ask", "--as", "张伟", "hi")
    assert done.status == 2
    assert "p-zhang-wei-east" in done.err
    assert "p-zhang-wei-south" in done.err


def test_who_has_left_is_not_spoken_for(demo: Program) -> None:
    people = demo("people", "--json").json
    gone = next(person for person in people if not person["active"])
    done = demo("ask", "--as", gone["id"], "hi")
    assert done.status == 2
    assert gone["name"] in done.err


@pytest.mark.parametrize("text", ["", "   ", "\n", "\u200b\u2060"])
def test_nothing_to_say_is_wrong_usage(text: str, demo: Program) -> None:
    done = demo("ask", "--json", text)
    assert done.status == 2
    assert done.json.keys() == ANSWER_FIELDS | {"error"}
    assert demo("ask").status == 2


@pytest.mark.parametrize(
    "argv",
    [
        ["ask", "--json"],
        ["ask", "--json", "--as"],
        ["ask", "--json", "--nope", "hi"],
        ["act", "--json"],
        ["act", "--json", "act-1", "take"],
        ["act", "--json", "act-1", "adopt", "--text", "x"],
        ["act", "--json", "--as", "nobody", "act-1", "adopt"],
    ],
)
def test_wrong_usage_has_the_shape_of_an_answer_too(argv: list[str], demo: Program) -> None:
    done = demo(*argv)
    assert done.status == 2
    assert done.json.keys() == ANSWER_FIELDS | {"error"}
    assert done.json["answer"]["markdown"] == done.json["error"]["message"]
    assert done.json["error"]["message"] in done.err


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_the_text_may_come_from_standard_input(encoding: str, demo: Program) -> None:
    done = demo("ask", "--json", "-", stdin="我今天有哪些安排？".encode(encoding))
    assert [tool["name"] for tool in done.json["tools"]] == ["my_day"]


def test_a_message_that_is_too_long_gets_a_sentence_and_fails(demo: Program) -> None:
    done = demo("ask", "--json", "-", stdin=("价" * 100_000).encode())
    assert done.status == 1
    assert done.json["outcome"] == "error"
    assert 0 < len(done.json["answer"]["markdown"]) < 300


@pytest.mark.parametrize("text", ["\u202e今天\x07有什么安排", "🤔🤔🤔", "ça va 今天 план?"])
def test_odd_characters_are_answered(text: str, demo: Program) -> None:
    done = demo("ask", text)
    assert done.status == 0
    assert done.out.strip()
    assert "\x07" not in done.out


def test_not_understanding_and_refusing_are_done(demo: Program) -> None:
    unknown = demo("ask", "--json", "帮我订一张去火星的机票")
    assert (unknown.status, unknown.json["outcome"]) == (0, "unknown")
    refused = demo("ask", "--json", "--as", "周雅琴", "看看陈思远的笔记")
    assert (refused.status, refused.json["outcome"]) == (0, "refused")


def test_a_thread_goes_on_across_programs(demo: Program) -> None:
    first = demo("ask", "--json", "--thread", "t1", "沐宁妇儿医院的情况给我说说").json
    second = demo("ask", "--json", "--thread", "t1", "他们上次投诉是什么时候？").json
    assert first["thread"] == second["thread"] == "t1"
    about = [tool["result"]["focus"][0]["name"] for tool in (first["tools"] + second["tools"])]
    assert len(set(about)) == 1
    elsewhere = demo("ask", "--json", "他们上次投诉是什么时候？").json
    assert elsewhere["outcome"] == "asked"
    assert elsewhere["thread"] not in ("", "t1")


def test_a_note_waits_is_decided_once_and_the_second_click_is_told_so(demo: Program) -> None:
    asked = demo("ask", "--json", NOTE).json
    assert asked["outcome"] == "pending"
    actions = asked["answer"]["actions"]
    assert [action["verb"] for action in actions] == ["adopt", "edit", "ignore"]
    assert actions[0].keys() == {"id", "verb", "label", "expires_at"}

    done = demo("act", "--json", actions[0]["id"], "adopt")
    assert done.status == 0
    assert done.json.keys() == ANSWER_FIELDS
    assert done.json["outcome"] == "answered"
    assert done.json["tools"][0]["name"] == "record_note"

    again = demo("act", "--json", actions[0]["id"], "adopt")
    assert (again.status, again.json["outcome"]) == (0, "refused")
    notes = demo("tool", "run", "find_notes", "--json", "--args", '{"query": "三月"}').json
    assert len(notes["result"]["notes"]) == 1


def test_an_edit_takes_its_text_and_needs_one(demo: Program) -> None:
    action = demo("ask", "--json", NOTE).json["answer"]["actions"][0]["id"]
    assert demo("act", action, "edit").status == 2
    assert demo("act", action, "edit", "--text", "周五再联系").status == 0
    notes = demo("tool", "run", "find_notes", "--json", "--args", '{"query": "周五"}').json
    assert [note["text"] for note in notes["result"]["notes"]] == ["周五再联系"]


def test_only_the_right_person_decides(demo: Program) -> None:
    action = demo("ask", "--json", NOTE).json["answer"]["actions"][0]["id"]
    other = demo("act", "--json", "--as", "周雅琴", action, "adopt")
    assert (other.status, other.json["outcome"]) == (0, "refused")
    unknown = demo("act", "--json", "act-000000000000", "ignore")
    assert (unknown.status, unknown.json["outcome"]) == (0, "unknown")
    assert demo("act", action, "delete").status == 2


def test_the_answer_for_people_tells_how_to_decide(demo: Program) -> None:
    done = demo("ask", NOTE)
    assert "1  采纳" in done.out
    assert f"salestwin act --as {REP} act-" in done.err


def test_tools_are_listed_with_schemas_in_which_nobody_is_named(demo: Program) -> None:
    tools = {tool["name"]: tool for tool in demo("tool", "list", "--json").json}
    assert {"fetch_customer_brief", "search_playbook", "my_day", "record_note"} <= tools.keys()
    for tool in tools.values():
        assert tool["schema"]["type"] == "object"
        assert tool["description"]
        assert not {"caller", "runtime", "person_id"} & tool["schema"]["properties"].keys()
    assert "my_day" in demo("tool", "list").out


def test_a_tool_runs_with_the_persons_rights(demo: Program) -> None:
    done = demo("tool", "run", "my_day", "--as", REP, "--args", '{"day": "2026-03-03"}', "--json")
    assert done.status == 0
    assert done.json.keys() == {"name", "args", "ok", "result", "ms", "message"}
    assert (
        done.json["message"] in demo("tool", "run", "my_day", "--args", '{"day": "2026-03-03"}').out
    )
    assert (done.json["ok"], done.json["result"]["day"]) == (True, "2026-03-03")


def test_a_tool_that_fails_says_so_in_a_sentence(demo: Program) -> None:
    done = demo("tool", "run", "my_day", "--args", '{"day": "tomorrow"}', "--json")
    assert (done.status, done.json["ok"]) == (1, False)
    assert "tomorrow" in done.json["message"]
    assert "，或说“明天”" not in done.json["message"]  # that is what was said


@pytest.mark.parametrize(
    "argv",
    [
        ["run", "nope"],
        ["run", "my_day", "--args", "{"],
        ["run", "my_day", "--args", "[]"],
        ["run", "my_day", "--args", '{"person_id": "p-1"}'],
        ["run", "my_day", "--args", '{"days": "many"}'],
        ["run", "my_day", "--as", "nobody"],
        [],
    ],
)
def test_a_tool_that_is_called_wrongly(argv: list[str], demo: Program) -> None:
    done = demo("tool", *argv)
    assert done.status == 2
    assert done.err.strip()
    assert done.out == ""


@pytest.mark.parametrize(
    ("argv", "named"),
    [
        (["people", "--jsn"], "--json"),
        (["peple"], "peple"),
        (["eval", "nope"], "understanding"),
        (["bench", "nope"], "turn"),
        (["import"], "PATH"),
        (["tool", "run", "my_day", "--args", "{'a"], "--args"),
        (["tool", "run", "my_day", "--args", "[]"], "--args"),
        (["import", ".", "--mapping", "nowhere.yaml"], "nowhere.yaml"),
        ([], "--help"),
    ],
)
def test_wrong_usage_is_told_in_ones_language(argv: list[str], named: str, demo: Program) -> None:
    done = demo(*argv)
    assert done.status == 2
    assert named in done.err
    demo.set("SALESTWIN_LANG", "en")
    assert demo(*argv).err != done.err


MAPPING = """\
version: 1
source: ledger
organisation: {id: org-t, name: T, currency: USD, timezone: Europe/Berlin, language: en}
people:
  - {name: Ada Reed, role: cro}
tables:
  - target: customer
    from: accounts
    key: account
    columns:
      account: name
"""


def test_an_import_reports_and_repeats_without_doubling(demo: Program) -> None:
    folder = demo.home.parent / "export"
    folder.mkdir()
    (folder / "accounts.csv").write_text("account\nAcme\nBolt\n", encoding="utf-8")
    mapping = demo.home.parent / "map.yaml"
    mapping.write_text(MAPPING, encoding="utf-8")
    call = ["import", str(folder), "--mapping", str(mapping)]

    dry = demo(*call, "--dry-run", "--json")
    assert (dry.status, dry.json["code"]) == (0, "dry_run"), dry.err
    assert "Ada Reed" not in demo("people").out

    taken = demo(*call, "--json").json
    assert taken["code"] == "imported"
    assert _counts(taken) == {"person": (1, 0), "customer": (2, 0)}
    assert _counts(demo(*call, "--json").json) == {"person": (0, 1), "customer": (0, 2)}
    assert demo("ask", "--as", "Ada Reed", "what is on my plate today?").status == 0


def _counts(report: dict[str, Any]) -> dict[str, tuple[int, int]]:
    return {line["table"]: (line["taken"], line["unchanged"]) for line in report["tables"]}


def test_an_import_without_a_mapping_proposes_one_and_fails(demo: Program) -> None:
    file = demo.home.parent / "accounts.csv"
    file.write_text("account\nAcme\n", encoding="utf-8")
    done = demo("import", str(file), "--json")
    assert (done.status, done.json["code"]) == (1, "mapping_needed")


def test_an_import_of_nothing_is_named(demo: Program) -> None:
    done = demo("import", "no/such/folder", "--json")
    assert done.status == 1
    assert done.json["error"]["code"].startswith("import.")
    assert "no/such/folder" in done.err


@pytest.mark.parametrize("verb", ["adopt", "ignore"])
def test_only_an_edit_takes_a_text(verb: str, demo: Program) -> None:
    action = demo("ask", "--json", NOTE).json["answer"]["actions"][0]["id"]
    done = demo("act", "--json", action, verb, "--text", "周五再联系")
    assert (done.status, done.json["error"]["code"]) == (2, "errors.text_for_edit")
    assert "edit" in done.err
    assert demo("act", "--json", action, "adopt").json["outcome"] == "answered"  # it still waited


def test_a_note_that_is_too_long_is_a_question_proposed_or_edited(demo: Program) -> None:
    long = "字" * 4001
    said = demo("ask", "--json", f"记一下：{long}")
    action = demo("ask", "--json", NOTE).json["answer"]["actions"][0]["id"]
    edited = demo("act", "--json", action, "edit", "--text", long)
    for done in (said, edited):
        assert (done.status, done.json["outcome"]) == (0, "asked")
        assert "太长" in done.json["answer"]["markdown"]
