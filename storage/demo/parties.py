"""Customers and their people as the other parts of the generator need them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from storage.currencies import minor_units
from storage.demo import data
from storage.demo.noise import uniform

CURRENCY = {"CN": "CNY", "SG": "SGD", "MY": "MYR"}
RATES = {"CNY": 1.0, "SGD": 5.4, "MYR": 1.6, "USD": 7.1}  # yuan for one; fixed for the demo


@dataclass(slots=True)
class Somebody:
    """A contact as the generator needs it. ``call`` is how the rep addresses the person."""

    id: str
    name: str
    call: str
    department: str
    role: str
    left: int | None = None  # days since


@dataclass(slots=True)
class Account:
    """A customer as the generator needs it."""

    id: str
    name: str
    short: str
    english: str
    industry: str
    tier: str
    city: str
    language: str
    owner: str
    region: str
    currency: str
    cycle: int
    address: str
    other_address: str | None  # some records disagree about where the customer sits
    former: str | None
    since: int | None  # days ago of the first purchase
    duplicate: bool
    people: list[Somebody] = field(default_factory=list)

    def minor(self, yuan: float) -> int:
        """Yuan as minor units of the customer's currency, rounded to hundreds of units."""
        return minor_units(round(yuan / RATES[self.currency] / 100) * 100, self.currency)

    def rival(self, product: Mapping[str, Any]) -> dict[str, Any]:
        """The competitor met here for a product: always the same one."""
        rivals = data.rivals(product["sku"])
        return rivals[int(uniform(f"rival/{self.id}", len(rivals)) * len(rivals))]

    @property
    def lines(self) -> list[str]:
        """The product lines that it buys, the usual ones more than once."""
        return list(data.industry(self.industry)["lines"])

    @property
    def owned(self) -> dict[str, str]:
        """The two fields that every row about this customer carries."""
        return {"owner_id": self.owner, "region_id": self.region}
