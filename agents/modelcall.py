"""The frame of everything that stands around a model call."""

from abc import abstractmethod
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from langchain.agents.middleware.types import AgentMiddleware, ModelRequest, ModelResponse

from tools.context import TurnContext

ModelHandler = Callable[[ModelRequest[TurnContext]], Awaitable[ModelResponse[Any]]]


class ModelMiddleware(AgentMiddleware[Any, TurnContext, Any]):
    """Stands around a model call and does nothing else.

    The hook is a plain function that returns the coroutine of a method: LangChain wraps *async*
    hooks in a tracer that changes threads twice per call even when tracing is off.
    """

    def awrap_model_call(
        self, request: ModelRequest[TurnContext], handler: ModelHandler
    ) -> Coroutine[Any, Any, ModelResponse[Any]]:
        return self.around(request, handler)

    @abstractmethod
    async def around(
        self, request: ModelRequest[TurnContext], handler: ModelHandler
    ) -> ModelResponse[Any]:
        """The model's reply; ``handler`` asks whatever stands further inside."""
