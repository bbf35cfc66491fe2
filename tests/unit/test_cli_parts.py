"""Small parts of the command line: names, slash commands, buttons, checks, figures, encodings."""

import io
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot import channels
from bot.__main__ import ROOMS, room_folders, strangers
from bot.bench.figures import BenchReport, Figure, report_lines
from bot.channels.slash import Slash, read_slash
from bot.channels.talk import pressed
from bot.checkup import ADAPTERS, CHANNELS, channel
from bot.identity import near_names, works_here
from bot.journal import note_defect
from bot.messages import Action
from bot.render.harmless import harmless
from bot.settings import Settings
from bot.text import argument, decoded, encodable
from bot.wording import Words


@dataclass
class Person:
    id: str
    name: str
    english_name: str | None = None
    aliases: list[str] = field(default_factory=list)
    active: bool = True
    timezone: str = "Asia/Shanghai"
    left_on: date | None = None


PEOPLE = [
    Person("p-1", "张伟", "Wei Zhang"),
    Person("p-2", "陈思远", "Simon Chen", ["老陈"]),
    Person("p-3", "张帆"),
    Person("p-4", "张力", active=False),
    Person("p-5", "Max Bloom"),
    Person("p-6", "张立", left_on=date(2026, 11, 21)),
    Person("p-7", "张丽", left_on=date(2026, 11, 22)),
]
MORNING = datetime(2026, 11, 20, 22, tzinfo=UTC)  # six o'clock on the 21st in Shanghai


@pytest.mark.parametrize(
    ("said", "near"),
    [
        ("张力", ["张伟", "张帆", "张丽"]),
        ("Simon Chan", ["陈思远"]),
        ("max  blom", ["Max Bloom"]),
        ("zzzzzz", []),
        ("", []),
    ],
)
def test_near_names_are_close_and_here(said: str, near: list[str]) -> None:
    here = [person for person in PEOPLE if works_here(person, MORNING)]
    assert near_names(said, here) == near


@pytest.mark.parametrize(
    ("zone", "left", "here"),
    [
        ("Asia/Shanghai", date(2026, 11, 21), False),  # where the day has begun already
        ("Europe/Berlin", date(2026, 11, 21), True),
        ("Asia/Shanghai", date(2026, 11, 22), True),
        ("Asia/Shanghai", None, True),
    ],
)
def test_somebody_leaves_with_the_day_of_the_own_place(
    zone: str, left: date | None, here: bool
) -> None:
    assert works_here(Person("p", "x", timezone=zone, left_on=left), MORNING) is here
    assert not works_here(Person("p", "x", active=False, timezone=zone, left_on=left), MORNING)


@pytest.mark.parametrize(
    ("line", "slash"),
    [
        ("/help", Slash("help")),
        ("／帮助", Slash("help")),
        ("  /as 陈思远 ", Slash("as", "陈思远")),
        ("/Lang EN", Slash("lang", "EN")),
        ("/hlep", Slash("hlep", known=False, near="help")),
        ("/zzzz", Slash("zzzz", known=False)),
        ("价格 1/2", None),
        ("", None),
    ],
)
def test_slash_commands(line: str, slash: Slash | None) -> None:
    assert read_slash(line) == slash


BUTTONS = (Action("act-1", "adopt", "采纳"), Action("act-1", "edit", "修改"))


@pytest.mark.parametrize(
    ("line", "verb"),
    [("1", "adopt"), (" 2 ", "edit"), ("２", "edit"), ("3", None), ("0", None), ("²", None)]
    + [(line, None) for line in ("", "1.", "-1", "001", "一", "1 2")],
)
def test_a_number_and_nothing_else_presses_a_button(line: str, verb: str | None) -> None:
    action = pressed(line, BUTTONS)
    assert (action.verb if action else None) == verb


def test_without_buttons_a_number_is_said() -> None:
    assert pressed("1", ()) is None


def settings(**values: str) -> Settings:
    return Settings(_env_file=None, **values)


@pytest.mark.parametrize(
    ("values", "state", "named"),
    [
        ({}, "off", "SLACK_APP_TOKEN"),
        ({"slack_bot_token": "x"}, "wrong", "SLACK_APP_TOKEN"),
        ({"slack_bot_token": "x", "slack_app_token": "y"}, "on", "socket"),
        ({"slack_bot_token": "x", "slack_signing_secret": "y"}, "on", "http"),
    ],
)
def test_a_channel_is_on_off_or_half_configured(
    values: dict[str, str], state: str, named: str
) -> None:
    check = channel("slack", settings(**values), Words("zh"), {"slack"})
    assert check.state == state
    assert named in check.detail


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_channel_without_an_adapter_is_never_on(language: str) -> None:
    words = Words("zh" if language == "zh" else "en")
    whole = settings(telegram_bot_token="x")
    assert channel("telegram", whole, words, {"telegram"}).state == "on"
    check = channel("telegram", whole, words, {"slack"})
    assert check.state == "off"
    assert words("doctor.no_adapter") in check.detail


def test_no_channel_is_called_on_before_there_is_an_adapter_for_it() -> None:
    folder = Path(channels.__file__).parent
    assert {name for name in CHANNELS if (folder / f"{name}.py").exists()} == ADAPTERS


def test_figures_have_the_shape_of_the_interface() -> None:
    ratio = Figure(61.0, "ms", ("bm25s, same run", 55.0), bar=100)
    report = BenchReport("retrieval", {"p95": ratio}, {"serve": "not here"}, machine="2 cores")
    assert report.as_json() == {
        "name": "retrieval",
        "machine": "2 cores",
        "figures": {
            "p95": {
                "value": 61.0,
                "unit": "ms",
                "beside": {"what": "bm25s, same run", "value": 55.0},
                "ratio": 1.109,
                "bar": 100,
                "holds": True,
            },
            "serve": {"skipped": "not here"},
        },
    }


@pytest.mark.parametrize(
    ("figure", "holds"),
    [
        (Figure(3.0, "s", bar=3.0), True),
        (Figure(3.1, "s", bar=3.0), False),
        (Figure(29.0, "/s", bar=30, least=True), False),
        (Figure(50.0, "ms", ("bare", 10.0), bar=2.5, of_ratio=True), False),
        (Figure(20.0, "ms", ("bare", 10.0), bar=2.5, of_ratio=True), True),
        (Figure(1.0, "s"), None),
    ],
)
def test_a_figure_knows_its_bar(figure: Figure, holds: bool | None) -> None:
    assert figure.holds is holds


def test_figures_for_people() -> None:
    report = BenchReport("turn", {"cpu": Figure(1.5, "ms", ("bare", 1.0), bar=2.5, of_ratio=True)})
    text = "\n".join(report_lines(report, Words("en")))
    assert "1.50×" in text
    assert "≤ 2.5×" in text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_typed_bytes_are_read_in_the_usual_encodings(encoding: str) -> None:
    assert decoded("我今天有什么安排？".encode(encoding)) == "我今天有什么安排？"


def test_bytes_in_no_encoding_do_not_stop_it() -> None:
    assert decoded(b"\xff\xfe\xff") != ""


def test_an_argument_in_gbk_is_read() -> None:
    as_python_gives_it = "今天".encode("gbk").decode("utf-8", "surrogateescape")
    assert argument(as_python_gives_it) == "今天"
    assert argument("今天") == "今天"


def test_what_a_terminal_cannot_show_is_replaced() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    assert encodable("a今", stream) == "a?"


def test_harmless_keeps_text_and_shows_what_would_act() -> None:
    family = "👨\u200d👩\u200d👧"
    assert harmless(f"价格\t{family}\r\nb") == f"价格\t{family}\nb"
    assert harmless("a\u202eb\x07\udc80") == "a‹U+202E›b‹U+0007›‹U+DC80›"


def test_all_six_packages_stand_together() -> None:
    folders = room_folders()
    assert set(folders) == set(ROOMS)
    assert strangers(folders) == ""


def test_a_package_of_another_program_is_named() -> None:
    folders: dict[str, Path | None] = {room: Path("/app") / room for room in ROOMS}
    folders["agents"] = Path("/site/agents")
    folders["tools"] = None
    assert strangers(folders) == f"agents ({Path('/site/agents')}), tools (missing)"


def test_the_log_says_where_and_not_what(tmp_path: Path) -> None:
    try:
        raise ValueError("Zhang Wei, 13800138000")
    except ValueError as error:
        path = note_defect(tmp_path, error)
    assert path is not None
    text = path.read_text(encoding="utf-8")
    assert "ValueError" in text
    assert "test_cli_parts.py" in text
    assert "Zhang" not in text
    assert "138" not in text


def test_a_log_that_cannot_be_written_is_no_second_failure(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file is in the way")
    assert note_defect(tmp_path, ValueError()) is None
