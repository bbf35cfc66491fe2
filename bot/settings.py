"""The environment, read here and nowhere else. ``.env`` in the working folder counts too.

(What the libraries are told through it is written in ``bot/libraries.py``, which says why.)

A value that cannot be used raises ``SettingsError``, which names the variable; the sentence
that says what to do stands under the variable's name in ``bot/words/settings``.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.wording import LANGUAGES
from storage.vocabulary import Egress, Language

DATABASE_FILE = "salestwin.db"
ZONE = "Asia/Shanghai"
_MODEL = re.compile(r"planner|openai:\S+")
_EMBEDDINGS = re.compile(r"local|openai:\S+")
_GRADES: tuple[Egress, ...] = ("masked", "L1", "L2", "L3")
# Years in which one can look a lifetime back and ahead without leaving the calendar.
_FIRST_YEAR, _LAST_YEAR = 1970, 2199


@dataclass(frozen=True, slots=True)
class SettingsProblem:
    """What is the matter with a variable, or with the file of them (``unreadable``).

    ``value`` is what it was set to, None where that is a secret.
    """

    variable: str
    kind: Literal["missing", "wrong", "unreadable"]
    value: str | None = None


class SettingsError(Exception):
    """Variables that cannot be used."""

    def __init__(self, *problems: SettingsProblem) -> None:
        super().__init__(", ".join(problem.variable for problem in problems))
        self.problems = problems


def _url(*schemes: str) -> AfterValidator:
    def check(value: str) -> str:
        scheme, separator, rest = value.partition("://")
        if scheme not in schemes or not separator or not rest:
            raise ValueError("not such a URL")
        return value.rstrip("/")

    return AfterValidator(check)


def _matching(pattern: re.Pattern[str]) -> AfterValidator:
    def check(value: str) -> str:
        if not pattern.fullmatch(value):
            raise ValueError("not such a value")
        return value

    return AfterValidator(check)


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("no such zone") from error
    return name


def _language(value: str) -> str:
    short = value.strip().lower().replace("_", "-").split("-")[0]
    if short not in LANGUAGES:
        raise ValueError("no such language")
    return short


def _egress(value: str) -> Egress:
    for grade in _GRADES:
        if value.strip().lower() == grade.lower():
            return grade
    raise ValueError("no such grade")


def _database(value: SecretStr) -> SecretStr:
    """The URL with the driver that this program uses; it brings no other."""
    scheme, separator, rest = value.get_secret_value().partition("://")
    if separator and rest:
        if scheme in ("sqlite", "sqlite+pysqlite"):
            return SecretStr(f"sqlite://{rest}")
        if scheme.split("+")[0] in ("postgresql", "postgres"):
            return SecretStr(f"postgresql+psycopg://{rest}")
    raise ValueError("not such a URL")


Web = Annotated[str, _url("http", "https")]
Socket = Annotated[str, _url("ws", "wss")]


def _home(path: Path) -> Path:
    try:
        return path.expanduser()
    except RuntimeError as error:  # "~nobody/…"
        raise ValueError("no such person on this machine") from error


def _moment(value: datetime | str) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise ValueError("no year to go by")
    return moment


Moment = Annotated[datetime, BeforeValidator(_moment)]


class Settings(BaseSettings):
    """What the environment says. Field order is the order of ``.env.example``."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        extra="ignore",
        case_sensitive=True,
        env_ignore_empty=True,
        frozen=True,
        hide_input_in_errors=True,
        validate_by_name=True,
        validate_by_alias=True,
    )

    home: Annotated[Path, AfterValidator(_home)] = Field(
        default=Path(".salestwin"), alias="SALESTWIN_HOME"
    )
    database_url: Annotated[SecretStr, AfterValidator(_database)] | None = Field(
        default=None, alias="SALESTWIN_DATABASE_URL"
    )
    chroma_url: Web | None = Field(default=None, alias="SALESTWIN_CHROMA_URL")
    now: Moment | None = Field(default=None, alias="SALESTWIN_NOW")
    timezone: Annotated[str, AfterValidator(_known_zone)] = Field(
        default=ZONE, alias="SALESTWIN_TZ"
    )
    language: Annotated[Language, BeforeValidator(_language)] | None = Field(
        default=None, alias="SALESTWIN_LANG"
    )

    model: Annotated[str, _matching(_MODEL)] = Field(default="planner", alias="SALESTWIN_MODEL")
    openai_api_key: SecretStr | None = Field(default=None, alias="OPENAI_API_KEY")
    openai_base_url: Web | None = Field(default=None, alias="OPENAI_BASE_URL")
    embeddings: Annotated[str, _matching(_EMBEDDINGS)] = Field(
        default="local", alias="SALESTWIN_EMBEDDINGS"
    )
    egress: Annotated[Egress, BeforeValidator(_egress)] = Field(
        default="masked", alias="SALESTWIN_EGRESS"
    )

    slack_bot_token: SecretStr | None = Field(default=None, alias="SLACK_BOT_TOKEN")
    slack_app_token: SecretStr | None = Field(default=None, alias="SLACK_APP_TOKEN")
    slack_signing_secret: SecretStr | None = Field(default=None, alias="SLACK_SIGNING_SECRET")
    slack_api_url: Web | None = Field(default=None, alias="SLACK_API_URL")
    telegram_bot_token: SecretStr | None = Field(default=None, alias="TELEGRAM_BOT_TOKEN")
    telegram_api_url: Web | None = Field(default=None, alias="TELEGRAM_API_URL")
    telegram_file_url: Web | None = Field(default=None, alias="TELEGRAM_FILE_URL")
    telegram_webhook_secret: SecretStr | None = Field(default=None, alias="TELEGRAM_WEBHOOK_SECRET")
    wecom_bot_id: str | None = Field(default=None, alias="WECOM_BOT_ID")
    wecom_bot_secret: SecretStr | None = Field(default=None, alias="WECOM_BOT_SECRET")
    wecom_ws_url: Socket | None = Field(default=None, alias="WECOM_WS_URL")
    wecom_corp_id: str | None = Field(default=None, alias="WECOM_CORP_ID")
    wecom_agent_id: str | None = Field(default=None, alias="WECOM_AGENT_ID")
    wecom_secret: SecretStr | None = Field(default=None, alias="WECOM_SECRET")
    wecom_token: SecretStr | None = Field(default=None, alias="WECOM_TOKEN")
    wecom_aes_key: SecretStr | None = Field(default=None, alias="WECOM_AES_KEY")
    wecom_api_url: Web | None = Field(default=None, alias="WECOM_API_URL")

    @property
    def database(self) -> str:
        """The database URL in force; it may hold a password and is never printed."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return _file_url(self.home)

    @property
    def moment(self) -> datetime | None:
        """``SALESTWIN_NOW`` with its zone; without one it is meant in ``SALESTWIN_TZ``."""
        if self.now is None or self.now.tzinfo is not None:
            return self.now
        return self.now.replace(tzinfo=ZoneInfo(self.timezone))

    @property
    def spoken(self) -> Language:
        """The language of the command line."""
        return self.language or spoken_language()


def load_settings() -> Settings:
    """The settings of this process. Raises SettingsError."""
    try:
        settings = Settings()
    except ValidationError as error:
        raise SettingsError(*_problems(error)) from None
    except UnicodeDecodeError:
        raise SettingsError(SettingsProblem(".env", "unreadable")) from None
    if settings.model != "planner" and not (settings.openai_api_key or settings.openai_base_url):
        raise SettingsError(SettingsProblem("OPENAI_API_KEY", "missing"))
    return settings


def spoken_language() -> Language:
    """The language of the command line where no settings could be read; Chinese by default."""
    for name in ("SALESTWIN_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        short = os.environ.get(name, "").lower()[:2]
        if short in LANGUAGES:
            return short
    return "zh"


def variable_names() -> dict[str, str]:
    """Field name by variable, in the order of ``.env.example``."""
    return {str(field.alias): name for name, field in Settings.model_fields.items()}


def unknown_variables() -> list[str]:
    """Variables that look like ours and are none; most likely misspelt."""
    known = variable_names()
    return sorted(
        name for name in os.environ if name.startswith("SALESTWIN_") and name not in known
    )


def child_environment(home: Path) -> dict[str, str]:
    """The environment for this program started anew on another home, with its own database."""
    return {
        **os.environ,
        "SALESTWIN_HOME": str(home),
        # Said outright: an empty value would let a .env lead to somebody's own database.
        "SALESTWIN_DATABASE_URL": _file_url(home),
        "PYTHONPATH": str(Path(__file__).resolve().parents[1]),
    }


def _file_url(home: Path) -> str:
    return f"sqlite:///{home.absolute() / DATABASE_FILE}"


def _problems(error: ValidationError) -> Iterator[SettingsProblem]:
    """One problem per variable, wherever its value came from: the environment or ``.env``."""
    for detail in error.errors(include_url=False):
        variable = str(detail["loc"][0])
        if detail["type"] == "missing":
            yield SettingsProblem(variable, "missing")
        else:
            yield SettingsProblem(variable, "wrong", _shown(variable, detail["input"]))


def _shown(variable: str, value: Any) -> str | None:
    field = Settings.model_fields[variable_names()[variable]]
    return None if "SecretStr" in str(field.annotation) else str(value)[:80]
