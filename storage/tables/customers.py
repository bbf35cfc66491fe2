"""Customers, the people there, competitors and outside signals."""

from datetime import date, datetime
from typing import ClassVar

from sqlmodel import Field

from storage.columns import graded, json_list, moment, moment_or_none, money_or_none, word
from storage.identity import Visibility
from storage.tables.base import Owned, Sourced
from storage.vocabulary import ContactRole, Grade


class Customer(Owned, Sourced, table=True):
    """A company or institution that buys, or may buy. Money is yearly, in minor units."""

    __tablename__ = "customer"
    visibility: ClassVar[Visibility] = Visibility.CUSTOMER
    shared_by: ClassVar[str | None] = "id"

    name: str = Field(index=True)
    short_name: str | None = None
    english_name: str | None = None
    aliases: list[str] = json_list()
    industry: str | None = Field(default=None, index=True)
    tier: str | None = None  # key, large, medium, small
    kind: str = "company"  # company, government, hospital, school
    city: str | None = None
    country: str | None = None  # ISO 3166, two letters
    founded_year: int | None = None
    employees: int | None = None
    annual_revenue_minor: int | None = money_or_none()
    currency: str = "CNY"
    credit_code: str | None = None
    parent_id: str | None = None
    technical_maturity: str | None = None  # low, medium, high
    buying_cycle_days: int | None = None
    subsidy_dependency: float | None = None  # share of purchases paid by subsidies, 0..1
    website: str | None = None
    duplicate_of: str | None = None
    customer_since: date | None = None
    updated_at: datetime | None = moment_or_none()


class Contact(Owned, Sourced, table=True):
    """A person at a customer. ``verified_at`` older than 180 days, or ``left``: not a lead."""

    __tablename__ = "contact"
    visibility: ClassVar[Visibility] = Visibility.CUSTOMER
    shared_by: ClassVar[str | None] = "customer_id"

    customer_id: str = Field(foreign_key="customer.id", index=True)
    name: str | None = graded(Grade.L1)
    title: str | None = None
    department: str | None = None
    buying_role: ContactRole | None = word(ContactRole, default=None)
    phone: str | None = graded(Grade.L1)
    email: str | None = graded(Grade.L1)
    wechat: str | None = graded(Grade.L1)
    attitude: str | None = graded(Grade.L2)  # supporter, neutral, opponent
    status: str = "active"  # active, left, unknown
    verified_at: datetime | None = moment_or_none()
    left_on: date | None = None


class CompetitorPresence(Owned, Sourced, table=True):
    """A competitor's product in use, or in play, at a customer."""

    __tablename__ = "competitor_presence"
    visibility: ClassVar[Visibility] = Visibility.CUSTOMER
    shared_by: ClassVar[str | None] = "customer_id"

    customer_id: str = Field(foreign_key="customer.id", index=True)
    competitor: str = Field(index=True)
    product: str | None = None
    share: float | None = None  # of the customer's spending in this category, 0..1
    strength: str | None = None
    gap: str | None = None
    contract_ends_on: date | None = None
    seen_at: datetime = moment()


class OutsideSignal(Owned, Sourced, table=True):
    """News, a paper, a tender or a document about a customer."""

    __tablename__ = "outside_signal"
    visibility: ClassVar[Visibility] = Visibility.CUSTOMER
    shared_by: ClassVar[str | None] = "customer_id"

    customer_id: str = Field(foreign_key="customer.id", index=True)
    kind: str  # news, paper, tender, hiring, document, web_visit
    title: str
    text: str = ""
    keywords: list[str] = json_list()
    publisher: str | None = None
    published_at: datetime = moment(index=True)


class CustomerShare(Owned, Sourced, table=True):
    """A colleague of the owner who may read facts about the customer, never change them.

    ``owner_id`` is that colleague and ``region_id`` the colleague's region, so that people see
    their own shares and managers those of the team. Written by system units only (import).
    """

    __tablename__ = "customer_share"
    visibility: ClassVar[Visibility] = Visibility.CUSTOMER

    customer_id: str = Field(foreign_key="customer.id", index=True)
    reason: str = "deals"  # why: deals, task_group …
