"""What a single value can be wrong with. Pure."""

from storage.importing.problems import Detail


class CellError(Exception):
    """A cell cannot become a value of its field.

    ``kept`` is the value that it has if the mapping says to keep it all the same; most troubles
    leave nothing to keep.
    """

    def __init__(self, code: str, *, kept: object = None, **details: Detail) -> None:
        super().__init__(code)
        self.code = code
        self.kept = kept
        self.details = details
