"""Fields that no column holds: copied from related rows, or counted over them."""

from collections import Counter, defaultdict
from collections.abc import Mapping

from storage.identity import Visibility
from storage.importing.fields import target_named, targets
from storage.importing.mapping import DerivePart
from storage.importing.records import Record
from storage.importing.world import World

# A row belongs to the rep and the region of what it is about; the deal says it best.
_PARENTS = (("opportunity_id", "opportunity"), ("customer_id", "customer"), ("store_id", "store"))
NEED_OWNERS = frozenset({Visibility.CUSTOMER, Visibility.MONEY, Visibility.STORE})


def derive(world: World) -> None:
    """Fill derived fields, parents before children."""
    winners: dict[DerivePart, dict[str, str]] = {}
    for name, target in targets().items():
        for record in world.records.get(name, {}).values():
            if not record.alive:
                continue
            for field, derived in record.derive.items():
                if derived.most is not None and derived not in winners:
                    winners[derived] = _winners(world, derived)
                _fill(world, record, field, derived, winners)
            if target.visibility in NEED_OWNERS:
                inherit(world, record)


def inherit(world: World, record: Record) -> None:
    """Owner and region, where the mapping leaves them open: from the deal, customer or store that
    the row is about, and the region of its owner. Private words and diaries never inherit: they
    belong to their author.
    """
    values = record.values
    for name, mapped in record.inherited.items():  # of a derivation before this one
        values.pop(name)
        values |= {name: None} if mapped else {}
    record.inherited.clear()
    for name in ("owner_id", "region_id"):
        if values.get(name) is not None or name not in record.target.fields:
            continue
        found = None
        if name == "region_id":
            found = world.value("person", values.get("owner_id"), "region_id")
        for reference, table in _PARENTS:
            found = found or world.value(table, values.get(reference), name)
        if found is not None:
            record.inherited[name] = name in values
            values[name] = found


def _fill(
    world: World,
    record: Record,
    field: str,
    derived: DerivePart,
    winners: Mapping[DerivePart, Mapping[str, str]],
) -> None:
    if derived.most is not None:
        record.values[field] = winners[derived].get(record.id)
    elif derived.copy_ is not None:
        table, source = _split(derived.copy_)
        row = record.values.get(derived.via or "")
        record.values[field] = world.value(table, row, source)


def _winners(world: World, derived: DerivePart) -> dict[str, str]:
    table, source = _split(derived.most or "")
    return most_frequent(world, table, source, derived.via or "")


def _split(reference: str) -> tuple[str, str]:
    name, _, field = reference.partition(".")
    target = target_named(name)
    return (target.name if target is not None else name), field


def most_frequent(world: World, table: str, field: str, via: str) -> dict[str, str]:
    """For each row that ``via`` points to: the value that most rows of ``table`` have in ``field``.

    Ties go to the name that comes first in the alphabet, then to the id.
    """
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in world.rows(table):
        pointed, value = world.value(table, row, via), world.value(table, row, field)
        if pointed is not None and value is not None:
            counts[pointed][value] += 1
    refers = targets()[table].fields[field].refers

    def rank(item: tuple[str, int]) -> tuple[int, str, str]:
        value, count = item
        name = world.value(refers, value, "name") if refers is not None else None
        return -count, name or "", value

    return {row: min(found.items(), key=rank)[0] for row, found in counts.items()}
