"""The environment, read here and nowhere else. ``.env`` in the working folder counts too.

A value that cannot be used raises ``SettingsError``, which names the variable; the sentence
that says what to do stands under the variable's name in ``bot/words/settings``.
"""

import os
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.wording import LANGUAGES, Language

DATABASE_FILE = "salestwin.db"
ZONE = "Asia/Shanghai"
_MODEL = re.compile(r"planner|openai:\S+")
_EMBEDDINGS = re.compile(r"local|openai:\S+")
Egress = Literal["masked", "L1", "L2", "L3"]
_GRADES: tuple[Egress, ...] = ("masked", "L1", "L2", "L3")


class SettingsError(Exception):
    """Variables that cannot be used, as pairs of name and shown value (None for a secret)."""

    def __init__(self, problems: list[tuple[str, str | None]]) -> None:
        super().__init__(", ".join(name for name, _ in problems))
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
    scheme, separator, rest = value.get_secret_value().partition("://")
    backend = scheme.split("+")[0]
    if not separator or not rest or backend not in ("sqlite", "postgresql", "postgres"):
        raise ValueError("not such a URL")
    if backend == "sqlite":
        return value
    return SecretStr(f"postgresql+psycopg://{rest}")


Web = Annotated[str, _url("http", "https")]
Socket = Annotated[str, _url("ws", "wss")]


def _moment(value: datetime | str) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


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

    home: Path = Field(default=Path(".salestwin"), alias="SALESTWIN_HOME")
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
        return f"sqlite:///{self.home.expanduser().absolute() / DATABASE_FILE}"

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
        raise SettingsError(_problems(error)) from None
    except UnicodeDecodeError:
        raise SettingsError([(".env", None)]) from None
    if settings.model != "planner" and not (settings.openai_api_key or settings.openai_base_url):
        raise SettingsError([("OPENAI_API_KEY", None)])
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
        "SALESTWIN_DATABASE_URL": "",
        "PYTHONPATH": str(Path(__file__).resolve().parents[1]),
    }


def _problems(error: ValidationError) -> list[tuple[str, str | None]]:
    values: Mapping[str, Any] = os.environ
    problems = []
    for detail in error.errors(include_input=False, include_url=False):
        name = str(detail["loc"][0])
        problems.append((name, _shown(name, values.get(name))))
    return problems


def _shown(variable: str, value: str | None) -> str | None:
    field = Settings.model_fields[variable_names()[variable]]
    if value is None or "SecretStr" in str(field.annotation):
        return None
    return value[:80]
