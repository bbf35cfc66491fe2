"""All tables in one place, so that migrations and the rights test see every one of them."""

from storage.tables.activity import (
    CalendarEvent,
    Commitment,
    Interaction,
    InteractionText,
    Note,
    ServiceTicket,
)
from storage.tables.base import Owned, Scoped, Sourced
from storage.tables.capability import Certificate, Project, ProjectMember, Skill, Workload
from storage.tables.customers import (
    CompetitorPresence,
    Contact,
    Customer,
    CustomerShare,
    OutsideSignal,
)
from storage.tables.deals import (
    Contract,
    Opportunity,
    Order,
    Payment,
    Product,
    Quote,
    StageChange,
)
from storage.tables.library import LibraryChunk, LibraryItem
from storage.tables.operations import (
    Factor,
    FactorReading,
    Store,
    StoreDay,
    StoreEvent,
    Target,
)
from storage.tables.organisation import Organisation, Person, Region
from storage.tables.work import Lease, PendingAction, Turn

__all__ = [
    "CalendarEvent",
    "Certificate",
    "Commitment",
    "CompetitorPresence",
    "Contact",
    "Contract",
    "Customer",
    "CustomerShare",
    "Factor",
    "FactorReading",
    "Interaction",
    "InteractionText",
    "Lease",
    "LibraryChunk",
    "LibraryItem",
    "Note",
    "Opportunity",
    "Order",
    "Organisation",
    "OutsideSignal",
    "Owned",
    "Payment",
    "PendingAction",
    "Person",
    "Product",
    "Project",
    "ProjectMember",
    "Quote",
    "Region",
    "Scoped",
    "ServiceTicket",
    "Skill",
    "Sourced",
    "StageChange",
    "Store",
    "StoreDay",
    "StoreEvent",
    "Target",
    "Turn",
    "Workload",
]
