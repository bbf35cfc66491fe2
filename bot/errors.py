"""What ends a command without a result, as a key of ``bot/words`` and never as a sentence."""

from typing import Any


class CommandError(Exception):
    """The command cannot do its work (exit status 1).

    ``key`` names the sentence; ``code`` is what programs read (the key, unless another room
    has a code of its own).
    """

    status = 1

    def __init__(self, key: str, *, code: str | None = None, **values: Any) -> None:
        super().__init__(key)
        self.key = key
        self.code = code or key
        self.values = values


class WrongUseError(CommandError):
    """The command was called wrongly (exit status 2)."""

    status = 2
