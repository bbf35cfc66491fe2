"""Column helpers shared by all tables: UTC times, graded fields, JSON lists."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Enum
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import Field

from storage.vocabulary import Grade


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC: aware in Python, ``timestamptz`` on PostgreSQL, naive UTC on SQLite."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(DateTime(timezone=dialect.name != "sqlite"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment needs a time zone: {value.isoformat()}")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def moment(*, index: bool = False) -> Any:
    """A required moment."""
    return Field(sa_type=UtcDateTime, index=index)


def moment_or_none(*, index: bool = False) -> Any:
    """A moment that may be unknown."""
    return Field(default=None, sa_type=UtcDateTime, index=index, nullable=True)


def graded(grade: Grade, default: Any = None) -> Any:
    """A field that only callers with ``grade`` may read, filter or sort by."""
    return Field(default=default, sa_column_kwargs={"info": {"grade": grade}})


def money() -> Any:
    """An amount in minor units (分, cents); 64 bits, because 21 million yuan overflow 32."""
    return Field(sa_type=BigInteger)


def money_or_none() -> Any:
    """An amount in minor units that may be unknown."""
    return Field(default=None, sa_type=BigInteger, nullable=True)


def word(vocabulary: type[StrEnum], *, index: bool = False, default: Any = ...) -> Any:
    """A field of a closed vocabulary; its code stands in the database, as plain text."""
    kind: Any = Enum(
        vocabulary, native_enum=False, length=32, values_callable=lambda v: [w.value for w in v]
    )
    return Field(default=default, sa_type=kind, index=index)


def json_list() -> Any:
    """A short list of strings or small objects, kept as JSON."""
    return Field(default_factory=list, sa_type=JSON)


def json_or_none() -> Any:
    """A small object that is not there yet: NULL in the database, not JSON's ``null``."""
    return Field(default=None, sa_type=cast("Any", JSON(none_as_null=True)), nullable=True)


def json_object() -> Any:
    """A small object, kept as JSON."""
    return Field(default_factory=dict, sa_type=JSON)
