"""Chat models by configuration: the embedded planner, or any OpenAI-compatible endpoint.

The OpenAI client is imported when an endpoint is configured and not before.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from langchain_core.language_models import BaseChatModel

from agents.endpoint import RetryPolicy
from storage.vocabulary import Egress

PLANNER = "planner"
_PREFIX = "openai:"


class ModelConfigError(ValueError):
    """The configured model cannot be used; the message says what to set."""


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """``name``: ``planner`` or ``openai:<model>``. Times in seconds."""

    name: str = PLANNER
    api_key: str | None = field(default=None, repr=False)
    base_url: str | None = None
    timeout: float = 60.0
    connect_timeout: float = 5.0
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    egress: Egress = "masked"


@dataclass(frozen=True, slots=True)
class RemoteModel:
    """A chat model behind an endpoint, its name in answers, and how to close its connections."""

    chat: BaseChatModel
    label: str
    close: Callable[[], Awaitable[None]]


def build_remote(options: ModelOptions) -> RemoteModel | None:
    """The configured remote model; None where the planner alone is wanted.

    Raises ``ModelConfigError`` for a name of another kind or a missing key.
    """
    if options.name == PLANNER:
        return None
    model = options.name.removeprefix(_PREFIX)
    if model == options.name or not model:
        raise ModelConfigError(f"SALESTWIN_MODEL={options.name}: use planner or openai:<model>")
    if not options.api_key:
        raise ModelConfigError(f"SALESTWIN_MODEL={options.name} needs OPENAI_API_KEY")
    silence_tracing()
    return _openai(model, options.api_key, options)


def _openai(model: str, api_key: str, options: ModelOptions) -> RemoteModel:
    from langchain_openai import ChatOpenAI
    from openai import DefaultAsyncHttpxClient, Timeout
    from pydantic import SecretStr

    timeout = Timeout(options.timeout, connect=options.connect_timeout)
    client = DefaultAsyncHttpxClient(timeout=timeout)  # our own, so that it can be closed
    chat = ChatOpenAI(
        model=model,
        api_key=SecretStr(api_key),
        base_url=options.base_url,
        timeout=timeout,
        max_retries=0,  # the fallback middleware retries and knows when not to
        stream_usage=True,
        use_responses_api=False,
        http_async_client=client,
    )
    return RemoteModel(chat, f"{_PREFIX}{model}", client.aclose)


def silence_tracing() -> None:
    """Keep conversations out of LangSmith, whose client comes with LangChain.

    What is said in code outweighs the environment, so nobody switches it on by accident.
    """
    from langsmith import configure

    configure(enabled=False)
