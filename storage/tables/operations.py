"""Stores with daily facts, targets and the factors that move them."""

from datetime import date, datetime
from typing import ClassVar

from sqlmodel import Field

from storage.columns import moment_or_none, money
from storage.identity import Visibility
from storage.tables.base import Owned, Scoped, Sourced


class Store(Owned, Sourced, table=True):
    """A shop. ``owner_id`` is the rep in charge of it."""

    __tablename__ = "store"
    visibility: ClassVar[Visibility] = Visibility.STORE

    code: str = Field(index=True)
    name: str
    kind: str = "street"  # mall, community, street, outlet
    city: str | None = None
    area_sqm: int | None = None
    opened_on: date | None = None
    closed_on: date | None = None


class StoreDay(Owned, table=True):
    """One store on one day; ratios (AOV, conversion) are computed, never stored."""

    __tablename__ = "store_day"
    visibility: ClassVar[Visibility] = Visibility.STORE

    store_id: str = Field(foreign_key="store.id", index=True)
    day: date = Field(index=True)
    sales_minor: int = money()
    gross_profit_minor: int = money()
    currency: str = "CNY"
    traffic: int
    orders: int
    units: int


class StoreEvent(Owned, Sourced, table=True):
    """Something that disturbs sales: a promotion, a competitor's opening, weather, works."""

    __tablename__ = "store_event"
    visibility: ClassVar[Visibility] = Visibility.STORE

    store_id: str | None = Field(default=None, foreign_key="store.id", index=True)
    kind: str
    title: str
    starts_on: date
    ends_on: date


class Target(Owned, Sourced, table=True):
    """A target of one subject, month and product line (``None`` = all lines)."""

    __tablename__ = "target"
    visibility: ClassVar[Visibility] = Visibility.TARGET

    level: str  # company, region, person, store
    subject_id: str = Field(index=True)
    month: date = Field(index=True)
    product_line: str | None = None
    metric: str = "signed"  # signed (contract value), sales (store sales)
    amount_minor: int = money()
    currency: str = "CNY"
    version: int = 1


class Factor(Scoped, Sourced, table=True):
    """One of the dynamic factors (TGT-2) with the facts needed to judge its readings."""

    __tablename__ = "factor"
    visibility: ClassVar[Visibility] = Visibility.ORG

    code: str = Field(index=True)
    name: str
    english_name: str
    unit: str
    expected_sign: int  # +1 raises sales, -1 lowers them, 0 unknown
    provider: str
    owner_role: str
    fresh_days: int  # a reading older than this is stale
    description: str = ""


class FactorReading(Scoped, Sourced, table=True):
    """A factor's value for a region (``None`` = whole company) on a day."""

    __tablename__ = "factor_reading"
    visibility: ClassVar[Visibility] = Visibility.ORG

    factor_id: str = Field(foreign_key="factor.id", index=True)
    region_id: str | None = Field(default=None, index=True)
    day: date = Field(index=True)
    value: float
    read_at: datetime | None = moment_or_none()
