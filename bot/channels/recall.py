"""What the up key brings back in the line editor. Importing this loads the line editor."""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Sequence

from prompt_toolkit.history import History


class Recall(History):
    """Lines of the person at the console: those of this session, above them those kept before.

    It waits until it is known who that is, and forgets everything when somebody else sits down.
    It stores nothing: what may be kept is known only when a line has been answered.
    """

    def __init__(self) -> None:
        super().__init__()
        self._known = asyncio.Event()

    def belong_to(self, kept: Sequence[str]) -> None:
        """From now on these are the lines, oldest first; what a former person typed is gone.

        What was typed before anybody was known is the first person's.
        """
        typed = [] if self._known.is_set() else self._loaded_strings
        self._loaded_strings = [*typed, *reversed(kept)]
        self._known.set()

    async def load(self) -> AsyncGenerator[str, None]:
        await self._known.wait()
        for line in tuple(self._loaded_strings):
            yield line

    def load_history_strings(self) -> Iterable[str]:
        """Nothing: they come with ``belong_to``."""
        return ()

    def store_string(self, string: str) -> None:
        """Nowhere."""
