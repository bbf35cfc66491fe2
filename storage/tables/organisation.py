"""Organisation, regions and people."""

from datetime import date, datetime
from typing import ClassVar

from sqlmodel import Field, SQLModel

from storage.columns import graded, json_list, moment_or_none, word
from storage.identity import Visibility
from storage.tables.base import Scoped, Sourced
from storage.vocabulary import Grade, Role


class Organisation(SQLModel, table=True):
    """A company that uses the product. ``kind`` is ``demo`` or ``real``."""

    __tablename__ = "organisation"
    visibility: ClassVar[Visibility] = Visibility.ORG

    id: str = Field(primary_key=True)
    name: str
    kind: str = "real"
    currency: str = "CNY"
    timezone: str = "Asia/Shanghai"
    language: str = "zh"
    # The day the demo data was last laid out for; demo dates move with the clock.
    demo_day: date | None = None
    # Counts changes of names and people, so that cached name lists know when they are old.
    version: int = 1
    default_person_id: str | None = None


class Region(Scoped, Sourced, table=True):
    """A sales region. ``manager_id`` is its one head, if it has one."""

    __tablename__ = "region"
    visibility: ClassVar[Visibility] = Visibility.ORG

    name: str
    english_name: str | None = None
    aliases: list[str] = json_list()
    parent_id: str | None = None
    manager_id: str | None = Field(default=None, index=True)


class Person(Scoped, Sourced, table=True):
    """Somebody who works here; the directory is open to colleagues, contact data is L1."""

    __tablename__ = "person"
    visibility: ClassVar[Visibility] = Visibility.ORG

    name: str = Field(index=True)
    english_name: str | None = None
    aliases: list[str] = json_list()
    role: Role = word(Role, index=True)
    title: str | None = None
    manager_id: str | None = Field(default=None, index=True)
    region_id: str | None = Field(default=None, index=True)
    verticals: list[str] = json_list()
    location: str | None = None
    timezone: str = "Asia/Shanghai"
    language: str = "zh"
    phone: str | None = graded(Grade.L1)
    email: str | None = graded(Grade.L1)
    active: bool = True
    joined_on: date | None = None
    left_on: date | None = None
    updated_at: datetime | None = moment_or_none()
