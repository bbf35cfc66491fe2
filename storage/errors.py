"""What can go wrong with data and rights, in types that upper rooms turn into words."""


class StorageError(Exception):
    """The database cannot be used. ``reason`` is a stable code, ``detail`` says which file or URL.

    Reasons: ``missing``, ``not_migrated``, ``locked``, ``corrupt``, ``disk_full``,
    ``read_only``, ``newer``, ``unreachable``, ``no_driver``, ``not_a_file`` (something else stands
    in its place), ``not_a_folder`` (a file stands where its folder should be).
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class RightsError(Exception):
    """A statement went past the caller's rights. It is a defect of the calling code."""


class UnscopedStatementError(RightsError):
    """A statement that row filters cannot reach: Core table, text, raw connection."""


class GradeError(RightsError):
    """A statement reads, filters or sorts by a field above the caller's grades."""


class ForeignWriteError(RightsError):
    """A write of a row that the caller does not own or may not reach."""


class NotACallerError(Exception):
    """Nobody can act as that person. ``reason`` is ``unknown``, ``inactive`` or ``left``."""

    def __init__(self, reason: str, person_id: str) -> None:
        super().__init__(f"{reason}: {person_id}")
        self.reason = reason
        self.person_id = person_id


class LeaseBusyError(Exception):
    """Another program holds that name and did not give it up in time."""


class LeaseLostError(LeaseBusyError):
    """A claim ran out while it was needed: another program may be at work by now."""
