"""How much of the demo company is built."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """``customers_per_rep`` None means all; the default rep always keeps every customer.

    ``history_days`` is how far back the shops' daily facts and the factor readings reach.
    """

    customers_per_rep: int | None = None
    history_days: int = 730


FULL = Size()
# The same people, products and shops with few customers: for tests that need a company at hand.
SMALL = Size(customers_per_rep=3, history_days=45)
