"""The environment: every variable, every wrong value in one line."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.settings import (
    Settings,
    SettingsError,
    SettingsProblem,
    load_settings,
    spoken_language,
    unknown_variables,
    variable_names,
)
from bot.wording import Words

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No variable of the machine, and no ``.env`` of the project."""
    for name in (*variable_names(), "LC_ALL", "LC_MESSAGES", "LANG", "SALESTWIN_MODLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_the_defaults_need_nothing() -> None:
    settings = load_settings()
    assert settings.home == Path(".salestwin")
    assert settings.database == f"sqlite:///{Path.cwd()}/.salestwin/salestwin.db"
    assert (settings.model, settings.embeddings, settings.egress) == ("planner", "local", "masked")
    assert settings.spoken == "zh"
    assert settings.moment is None


def test_example_file_documents_every_variable_in_order() -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert re.findall(r"^([A-Z_]+)=", text, re.MULTILINE) == list(variable_names())


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_variable_has_a_sentence_that_says_what_to_do(language: str) -> None:
    words = Words("zh" if language == "zh" else "en")
    for variable in variable_names():
        assert words(f"settings.{variable}")


def test_env_file_counts_and_the_environment_outweighs_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("SALESTWIN_LANG=en\nSALESTWIN_TZ=Europe/Paris\n", "utf-8")
    monkeypatch.setenv("SALESTWIN_TZ", "UTC")
    settings = load_settings()
    assert (settings.spoken, settings.timezone) == ("en", "UTC")


def test_env_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("SALESTWIN_HOME=数据".encode("gbk"))
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert caught.value.problems == (SettingsProblem(".env", "unreadable"),)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SALESTWIN_TZ", "Mars/Base"),
        ("SALESTWIN_LANG", "fr"),
        ("SALESTWIN_NOW", "tomorrow"),
        ("SALESTWIN_NOW", "1750000000"),
        ("SALESTWIN_MODEL", "gpt"),
        ("SALESTWIN_EMBEDDINGS", "openai:"),
        ("SALESTWIN_EGRESS", "L4"),
        ("SALESTWIN_CHROMA_URL", "chroma:8000"),
        ("OPENAI_BASE_URL", "ftp://x"),
        ("WECOM_WS_URL", "https://x"),
    ],
)
def test_a_wrong_value_is_named_and_shown(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert caught.value.problems == (SettingsProblem(variable, "wrong", value),)


def test_several_wrong_values_are_all_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALESTWIN_TZ", "x")
    monkeypatch.setenv("SALESTWIN_EGRESS", "x")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert [one.variable for one in caught.value.problems] == ["SALESTWIN_TZ", "SALESTWIN_EGRESS"]


def test_a_database_url_is_never_shown_for_it_may_hold_a_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SALESTWIN_DATABASE_URL", "mysql://u:secret@h/db")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert caught.value.problems == (SettingsProblem("SALESTWIN_DATABASE_URL", "wrong"),)
    assert "secret" not in repr(caught.value)


def test_secrets_do_not_show_in_what_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "sk-1234567890"
    for variable in ("OPENAI_API_KEY", "SLACK_BOT_TOKEN", "WECOM_AES_KEY", "TELEGRAM_BOT_TOKEN"):
        monkeypatch.setenv(variable, secret)
    monkeypatch.setenv("SALESTWIN_DATABASE_URL", f"postgresql://u:{secret}@h/db")
    settings = load_settings()
    assert secret not in repr(settings) + str(settings) + settings.model_dump_json()


def test_postgres_is_driven_by_psycopg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALESTWIN_DATABASE_URL", "postgres://u:p@h/db")
    assert load_settings().database == "postgresql+psycopg://u:p@h/db"


def test_a_remote_model_needs_a_key_or_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALESTWIN_MODEL", "openai:qwen-max")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert caught.value.problems == (SettingsProblem("OPENAI_API_KEY", "missing"),)
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1/")
    assert load_settings().openai_base_url == "http://127.0.0.1:9/v1"


def test_a_time_without_zone_is_meant_in_the_configured_zone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SALESTWIN_NOW", "2026-03-02T09:00:00")
    moment = load_settings().moment
    assert moment is not None
    assert moment.astimezone(UTC) == datetime(2026, 3, 2, 1, tzinfo=UTC)


def test_empty_is_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALESTWIN_TZ", "")
    assert load_settings().timezone == "Asia/Shanghai"


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({}, "zh"),
        ({"LANG": "C.UTF-8"}, "zh"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "SALESTWIN_LANG": "en"}, "en"),
    ],
)
def test_the_language_of_the_command_line(
    variables: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert spoken_language() == language
    assert load_settings().spoken == language


def test_a_misspelt_variable_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALESTWIN_MODLE", "planner")
    assert unknown_variables() == ["SALESTWIN_MODLE"]


def test_settings_do_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().model = "x"  # type: ignore[misc]
