"""Tools whose coroutine takes its arguments, the runtime, and nothing else of LangChain's."""

from typing import Any

from langchain_core.tools import StructuredTool


class PlainTool(StructuredTool):
    """A ``StructuredTool`` that hands its coroutine the arguments as they are.

    With each call the base class reads the coroutine's signature and type hints to find out
    whether it wants callbacks or a config. Ours never do.
    """

    async def _arun(self, *args: Any, **kwargs: Any) -> Any:
        if self.coroutine is None:
            raise NotImplementedError(f"{self.name} has no coroutine")
        return await self.coroutine(*args, **kwargs)
