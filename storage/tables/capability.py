"""The capability pool (TEAM-1): skills, certificates, projects and who worked together."""

from datetime import date
from typing import ClassVar

from sqlmodel import Field

from storage.columns import json_list
from storage.identity import Visibility
from storage.tables.base import Scoped, Sourced


class Skill(Scoped, Sourced, table=True):
    """What a person can do; ``level`` 1 (knows) to 5 (leads)."""

    __tablename__ = "skill"
    visibility: ClassVar[Visibility] = Visibility.ORG

    person_id: str = Field(foreign_key="person.id", index=True)
    kind: str  # skill, language, vertical, regulation
    name: str = Field(index=True)
    level: int = 1


class Certificate(Scoped, Sourced, table=True):
    """A certificate with its validity; past ``valid_until`` it does not count."""

    __tablename__ = "certificate"
    visibility: ClassVar[Visibility] = Visibility.ORG

    person_id: str = Field(foreign_key="person.id", index=True)
    name: str = Field(index=True)
    issuer: str | None = None
    issued_on: date
    valid_until: date | None = None


class Project(Scoped, Sourced, table=True):
    """Past or running joint work with its outcome."""

    __tablename__ = "project"
    visibility: ClassVar[Visibility] = Visibility.ORG

    name: str
    vertical: str | None = None
    customer_id: str | None = None
    started_on: date
    ended_on: date | None = None
    outcome: str | None = None  # success, partial, failure; empty while running
    tags: list[str] = json_list()
    summary: str = ""


class ProjectMember(Scoped, table=True):
    """Who worked in a project, as what, and for how many hours."""

    __tablename__ = "project_member"
    visibility: ClassVar[Visibility] = Visibility.ORG

    project_id: str = Field(foreign_key="project.id", index=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    role: str | None = None
    hours: int | None = None


class Workload(Scoped, table=True):
    """Booked hours of a person in the week that starts on ``week`` (a Monday)."""

    __tablename__ = "workload"
    visibility: ClassVar[Visibility] = Visibility.ORG

    person_id: str = Field(foreign_key="person.id", index=True)
    week: date = Field(index=True)
    booked_hours: float
    capacity_hours: float = 40.0
