"""Nothing is said half in one language and half in another, whatever the terminal's own is."""

from pathlib import Path

import pytest

from bot.languages import asked_in
from bot.wording import Words
from storage.identity import Caller
from storage.vocabulary import Role
from tests.integration.cli_kit import Program, demo_program

NOTE = "note that Mr Jiang gets his budget at the end of the month"


@pytest.fixture
def demo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Program:
    return demo_program(tmp_path / "home", monkeypatch, tmp_path_factory)


def chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)


@pytest.mark.parametrize("interface", ["zh", "en"])
def test_what_stands_below_an_answer_is_in_its_language(interface: str, demo: Program) -> None:
    demo.set("SALESTWIN_LANG", interface)
    done = demo("ask", NOTE)
    assert not chinese(done.out)
    assert "(until 03-03 09:30)" in done.out
    assert done.err.startswith("Waiting for you: salestwin act")
    done = demo("ask", "记一下：江总月底拿预算")
    assert "（03-03 09:30 前有效）" in done.out
    assert done.err.startswith("等你决定：salestwin act")


def test_the_last_line_of_the_sources_is_in_its_language(demo: Program) -> None:
    done = demo("ask", "they say it's too expensive, what now")
    assert "sources not shown" in done.out.splitlines()[-1]
    done = demo("ask", "客户说太贵了怎么办")
    assert "条出处" in done.out.splitlines()[-1]


def test_sections_in_a_source_have_their_names(demo: Program) -> None:
    lines = demo("ask", "沐宁妇儿医院的情况给我说说").out.splitlines()
    sources = [line for line in lines if line.startswith("[") and " · " in line]
    assert sources
    assert any("风险与机会" in line for line in sources)
    assert not any(f" · {code}" in line for line in sources for code in ("risks", "deals"))


@pytest.mark.parametrize(("said", "told"), [(NOTE, "Noted"), ("记一下：江总月底拿预算", "已记下")])
@pytest.mark.parametrize("interface", ["zh", "en"])
def test_a_decision_is_answered_in_the_language_it_was_asked_for(
    interface: str, said: str, told: str, demo: Program
) -> None:
    demo.set("SALESTWIN_LANG", interface)
    action = demo("ask", "--json", said).json["answer"]["actions"][0]["id"]
    done = demo("act", action, "adopt")
    assert done.out.startswith(told)
    again = demo("act", action, "adopt").out
    assert ("before" in again) == (told == "Noted")


def caller(language: str) -> Caller:
    return Caller("p", "org", "x", Role.REP, language=language)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_nobodys_action_is_answered_in_the_own_language(language: str) -> None:
    assert asked_in(None, caller(language)) == language


def test_in_chat_a_button_answers_in_the_language_in_which_it_was_shown(demo: Program) -> None:
    done = demo.chat(NOTE, "1")
    assert "Noted" in done.out
    assert "已记下" not in done.out
    done = demo.chat("记一下：江总月底拿预算", "/lang en", "1")
    assert "Noted" in done.out


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["act", "act-1", "take"], "adopt, edit, ignore"),
        (["ask", "--as"], "--as"),
        (["ask", "--as"], "salestwin ask --help"),
        (["ask", "--json=1", "hi"], "--json"),
        (["people", "everybody"], "everybody"),
        (["serve", "--port", "70000"], "65535"),
        (["serve", "--port", "x"], "65535"),
        (["act"], "ACTION_ID"),
    ],
)
def test_wrong_usage_is_said_in_one_language(argv: list[str], told: str, demo: Program) -> None:
    for language in ("zh", "en"):
        demo.set("SALESTWIN_LANG", language)
        done = demo(*argv)
        assert done.status == 2
        assert told in done.err
        assert chinese(done.err) == (language == "zh")
        assert ".。" not in done.err
        assert "'" not in done.err
        if language == "zh":
            for word in ("is not", "requires", "Got", "range", "valid", "take"):
                assert word not in done.err.replace("take", "", argv.count("take"))


@pytest.mark.parametrize(("argv", "key"), [("--as", "needs_value"), ("--json=1", "takes_no_value")])
def test_an_option_with_too_much_or_too_little(argv: str, key: str, demo: Program) -> None:
    option = argv.partition("=")[0]
    assert demo("ask", "hi", argv).err.startswith(Words("zh")(f"usage.{key}", option=option))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_list_of_tools_is_for_people(language: str, demo: Program) -> None:
    demo.set("SALESTWIN_LANG", language)
    lines = demo("tool", "list").out.splitlines()
    names, about = lines[::2], lines[1::2]
    assert any(name.startswith("my_day(") for name in names)
    assert all(chinese(line) == (language == "zh") for line in about), about
    assert not any("{" in line for line in about)
