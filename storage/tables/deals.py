"""Products, opportunities with stage history, and the money behind them.

Every amount is an integer in minor units (分, cents) with its currency beside it.
"""

from datetime import date, datetime
from typing import ClassVar

from sqlmodel import Field

from storage.columns import graded, json_list, moment, moment_or_none, money, money_or_none, word
from storage.identity import Visibility
from storage.tables.base import Owned, Scoped, Sourced
from storage.vocabulary import Grade, Stage


class Product(Scoped, Sourced, table=True):
    """Something for sale, with its list price."""

    __tablename__ = "product"
    visibility: ClassVar[Visibility] = Visibility.ORG

    sku: str | None = None
    name: str = Field(index=True)
    english_name: str | None = None
    aliases: list[str] = json_list()
    line: str | None = None
    vertical: str | None = None
    unit: str | None = None
    list_price_minor: int | None = money_or_none()
    currency: str = "CNY"
    description: str = ""
    active: bool = True


class Opportunity(Owned, Sourced, table=True):
    """A possible purchase. ``stage_entered_at`` is unknown when a source keeps no history."""

    __tablename__ = "opportunity"
    visibility: ClassVar[Visibility] = Visibility.CUSTOMER

    customer_id: str | None = Field(default=None, foreign_key="customer.id", index=True)
    product_id: str | None = Field(default=None, foreign_key="product.id", index=True)
    name: str
    stage: Stage = word(Stage, index=True)
    stage_entered_at: datetime | None = moment_or_none(index=True)
    amount_minor: int | None = money_or_none()
    currency: str = "CNY"
    opened_at: datetime | None = moment_or_none(index=True)
    expected_close_on: date | None = None
    closed_at: datetime | None = moment_or_none(index=True)
    loss_reason: str | None = None
    main_competitor: str | None = None
    next_step: str | None = None
    buying_intent: str | None = graded(Grade.L2)  # high, medium, low
    updated_at: datetime | None = moment_or_none()


class StageChange(Owned, Sourced, table=True):
    """One stay of an opportunity in one stage; ``left_at`` is empty for the present one."""

    __tablename__ = "stage_change"
    visibility: ClassVar[Visibility] = Visibility.CUSTOMER

    opportunity_id: str = Field(foreign_key="opportunity.id", index=True)
    stage: Stage = word(Stage)
    entered_at: datetime = moment(index=True)
    left_at: datetime | None = moment_or_none()


class Quote(Owned, Sourced, table=True):
    """An offer; ``discount`` is the share taken off the list price, 0..1."""

    __tablename__ = "quote"
    visibility: ClassVar[Visibility] = Visibility.MONEY

    customer_id: str = Field(foreign_key="customer.id", index=True)
    opportunity_id: str | None = Field(default=None, foreign_key="opportunity.id", index=True)
    version: int = 1
    amount_minor: int = money()
    currency: str = "CNY"
    discount: float = 0.0
    status: str = "sent"  # draft, sent, accepted, rejected, expired
    sent_at: datetime | None = moment_or_none()
    valid_until: date | None = None


class Contract(Owned, Sourced, table=True):
    """A signed agreement with its term and its main conditions in words."""

    __tablename__ = "contract"
    visibility: ClassVar[Visibility] = Visibility.MONEY

    customer_id: str = Field(foreign_key="customer.id", index=True)
    opportunity_id: str | None = Field(default=None, foreign_key="opportunity.id", index=True)
    number: str
    amount_minor: int = money()
    currency: str = "CNY"
    signed_on: date | None = None
    starts_on: date | None = None
    ends_on: date | None = Field(default=None, index=True)
    payment_terms: str | None = None
    terms: str = ""
    status: str = "active"  # active, ended, terminated


class Order(Owned, Sourced, table=True):
    """A purchase order with its delivery."""

    __tablename__ = "sales_order"
    visibility: ClassVar[Visibility] = Visibility.MONEY

    customer_id: str = Field(foreign_key="customer.id", index=True)
    contract_id: str | None = Field(default=None, foreign_key="contract.id", index=True)
    product_id: str | None = Field(default=None, foreign_key="product.id")
    quantity: int = 1
    amount_minor: int = money()
    currency: str = "CNY"
    ordered_on: date = Field(index=True)
    delivered_on: date | None = None
    status: str = "open"  # open, delivered, cancelled


class Payment(Owned, Sourced, table=True):
    """Money due and money received."""

    __tablename__ = "payment"
    visibility: ClassVar[Visibility] = Visibility.MONEY

    customer_id: str = Field(foreign_key="customer.id", index=True)
    contract_id: str | None = Field(default=None, foreign_key="contract.id", index=True)
    amount_minor: int = money()
    currency: str = "CNY"
    due_on: date = Field(index=True)
    paid_on: date | None = None
    status: str = "due"  # due, paid, overdue, refunded
