"""One hash over all rows of the demo organisation, to compare two companies."""

import hashlib

from sqlalchemy import String, select, type_coerce

from storage import tables
from storage.database import Database
from storage.demo.world import ORG_ID
from storage.demo.writing import table_of

_OWN_STATE = frozenset({"Turn", "PendingAction", "Lease", "LibraryItem", "LibraryChunk"})


def fingerprint(database: Database) -> str:
    """SHA-256 over every row in the order of its id; the twin's own state is left out."""
    total = hashlib.sha256()
    with database.system("demo digest", write=False) as session:
        for name in sorted(tables.__all__):
            model = getattr(tables, name)
            if name in _OWN_STATE or getattr(model, "__table__", None) is None:
                continue
            table = table_of(model)
            owner = table.c.org_id if "org_id" in table.c else table.c.id
            columns = [type_coerce(column, String) for column in table.columns]
            statement = select(*columns).where(owner == ORG_ID).order_by(table.c.id)
            for row in session.connection().execute(statement):
                total.update(repr(tuple(row)).encode())
    return total.hexdigest()
