"""The one way in which a running graph learns who asks: its runtime context."""

from typing import Any

from tools.context import TurnContext


class MissingCallerError(RuntimeError):
    """A graph ran without a ``TurnContext``. It is a defect of the calling code."""


def require_context(runtime: Any) -> TurnContext:
    """The turn's context. Raises ``MissingCallerError``: nobody means no run, never a default."""
    context = getattr(runtime, "context", None)
    if not isinstance(context, TurnContext):
        raise MissingCallerError("the agent runs for a known caller only")
    return context


def current_context() -> TurnContext:
    """The context of the graph run that this code is called from (for chat models)."""
    from langgraph.runtime import get_runtime

    return require_context(get_runtime())
