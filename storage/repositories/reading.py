"""One helper for selects of several columns, whose row types the checker cannot follow."""

from collections.abc import Sequence
from typing import Any

from storage.session import PrincipalSession


def rows(session: PrincipalSession, statement: Any) -> Sequence[Any]:
    """Rows of a select of several columns; the caller unpacks them into its own dataclass."""
    return session.rows(statement)
