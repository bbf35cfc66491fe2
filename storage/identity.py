"""Who asks, and how far that person sees.

``Caller`` is made from the database (never from a message or a model) and travels
as runtime context. ``REACH`` is the whole row policy: role × visibility → reach.
"""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from storage.vocabulary import Grade, Role


class Visibility(StrEnum):
    """What kind of table a row stands in; each kind has one policy line per role."""

    ORG = "org"  # everybody in the organisation: products, regions, directory, library
    CUSTOMER = "customer"  # customers, contacts, deals, interactions, tickets …
    MONEY = "money"  # quotes, contracts, orders, payments
    DIARY = "diary"  # calendar events
    TARGET = "target"  # targets and their attainment
    STORE = "store"  # stores and their daily facts
    PRIVATE = "private"  # L3: the author alone, for every role
    SYSTEM = "system"  # a person's own turns, threads and pending actions


class Reach(StrEnum):
    """How far a role reaches into one kind of table."""

    ALL = "all"
    TEAM = "team"  # rows of the caller, of the caller's people, and of regions the caller heads
    OWN = "own"
    NONE = "none"


def _row(
    customer: Reach, money: Reach, diary: Reach, target: Reach, store: Reach
) -> MappingProxyType[Visibility, Reach]:
    return MappingProxyType(
        {
            Visibility.ORG: Reach.ALL,
            Visibility.CUSTOMER: customer,
            Visibility.MONEY: money,
            Visibility.DIARY: diary,
            Visibility.TARGET: target,
            Visibility.STORE: store,
            Visibility.PRIVATE: Reach.OWN,
            Visibility.SYSTEM: Reach.OWN,
        }
    )


_A, _T, _O, _N = Reach.ALL, Reach.TEAM, Reach.OWN, Reach.NONE

REACH: MappingProxyType[Role, MappingProxyType[Visibility, Reach]] = MappingProxyType(
    {
        #                               customer money diary target store
        Role.REP: _row(_O, _O, _O, _O, _O),
        Role.REGIONAL_MANAGER: _row(_T, _T, _T, _T, _T),
        Role.KEY_ACCOUNT_DIRECTOR: _row(_T, _T, _T, _T, _T),
        Role.CRO: _row(_A, _A, _A, _A, _A),
        Role.FINANCE: _row(_A, _A, _O, _A, _A),
        Role.COMPLIANCE: _row(_A, _A, _O, _N, _N),
        Role.HR: _row(_N, _N, _O, _A, _N),
        Role.OPERATIONS: _row(_A, _A, _O, _A, _A),
        Role.CONSULTANT: _row(_O, _N, _O, _O, _N),
    }
)

# Kinds of tables that a caller may write at all. The rest is master data, or figures that other
# systems bring in; only set-up, import and publishing write those, in system units.
WRITABLE = frozenset({Visibility.CUSTOMER, Visibility.DIARY, Visibility.PRIVATE, Visibility.SYSTEM})

# L3 is absent on purpose: it is granted by authorship (Visibility.PRIVATE), never by role.
GRADES: MappingProxyType[Role, frozenset[Grade]] = MappingProxyType(
    {
        Role.REP: frozenset({Grade.L1, Grade.L2}),
        Role.REGIONAL_MANAGER: frozenset({Grade.L1, Grade.L2}),
        Role.KEY_ACCOUNT_DIRECTOR: frozenset({Grade.L1, Grade.L2}),
        Role.CRO: frozenset({Grade.L1, Grade.L2}),
        Role.FINANCE: frozenset(),
        Role.COMPLIANCE: frozenset({Grade.L2}),
        Role.HR: frozenset(),
        Role.OPERATIONS: frozenset({Grade.L1}),
        Role.CONSULTANT: frozenset({Grade.L2}),
    }
)


@dataclass(frozen=True, slots=True)
class Caller:
    """The person on whose behalf something runs.

    ``team_ids`` are the people who report to the caller, directly or further down;
    ``region_ids`` the regions that the caller heads (empty for a rep).
    """

    person_id: str
    org_id: str
    name: str
    role: Role
    team_ids: tuple[str, ...] = ()
    region_ids: tuple[str, ...] = ()
    language: str = "zh"
    timezone: str = "Asia/Shanghai"

    @property
    def grades(self) -> frozenset[Grade]:
        """The field grades that this role may read on rows in its reach."""
        return GRADES[self.role]

    def reach(self, visibility: Visibility) -> Reach:
        """How far this caller reaches into tables of that kind."""
        return REACH[self.role][visibility]

    @property
    def scope(self) -> "Scope":
        """What decides visibility, and nothing else: equal scopes see equal rows."""
        return Scope(self.org_id, self.person_id, self.role, self.team_ids, self.region_ids)


@dataclass(frozen=True, slots=True)
class Scope:
    """The part of a caller that row filters read; usable as a cache key."""

    org_id: str
    person_id: str
    role: Role
    team_ids: tuple[str, ...]
    region_ids: tuple[str, ...]
