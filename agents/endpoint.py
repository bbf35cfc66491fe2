"""What a failing model endpoint means: try again, and when, or take the planner. Pure."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import ValidationError


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """``retries`` after the first attempt; seconds before them; no wait beyond ``max_wait``."""

    retries: int = 2
    first_wait: float = 0.5
    max_wait: float = 10.0


@dataclass(frozen=True, slots=True)
class Failure:
    """``reason`` names the sentence ``model_<reason>``; ``short`` stands in ``Answer.model``.

    ``wait`` is what the endpoint asked for, in seconds.
    """

    reason: str
    short: str
    retry: bool = False
    wait: float | None = None


_STATUS = {401: "unauthorised", 403: "forbidden", 404: "not_found", 408: "server", 409: "server"}
# Nobody listens there: a second attempt would only make the person wait.
_DEAD = {"ConnectError", "ConnectTimeout", "UnsupportedProtocol", "InvalidURL", "ProxyError"}
_TIMEOUT = {"APITimeoutError", "TimeoutException", "TimeoutError", "StreamChunkTimeoutError"}
_DROPPED = {"APIConnectionError", "RemoteProtocolError", "ReadError", "TransportError"}
_MALFORMED = (json.JSONDecodeError, ValidationError, KeyError, TypeError, ValueError, IndexError)


def classify(error: BaseException) -> Failure:
    """Reads an exception of the client by status and type name (the client may not be imported)."""
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        return _by_status(status, error)
    names = set(_names(error))
    if names & _DEAD:
        return Failure("unreachable", "unreachable")
    if names & _TIMEOUT:
        return Failure("timeout", "timeout", retry=True)
    if names & _DROPPED:
        return Failure("unreachable", "connection lost", retry=True)
    if isinstance(error, _MALFORMED) or "APIError" in names:
        return Failure("malformed", "malformed reply", retry=True)
    return Failure("failed", type(error).__name__)


def _by_status(status: int, error: BaseException) -> Failure:
    short = str(status)
    if status == 429:
        return Failure("limited", short, retry=True, wait=_retry_after(error))
    if status >= 500:
        return Failure("server", short, retry=True, wait=_retry_after(error))
    return Failure(_STATUS.get(status, "rejected"), short, retry=status in (408, 409))


def _retry_after(error: BaseException) -> float | None:
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    try:
        if (milliseconds := headers.get("retry-after-ms")) is not None:
            return max(0.0, float(milliseconds) / 1000)
        return max(0.0, float(headers.get("retry-after", "")))
    except ValueError:
        return None


def _names(error: BaseException | None) -> Iterator[str]:
    """Type names of an exception, its bases and its causes."""
    while error is not None:
        yield from (cls.__name__ for cls in type(error).__mro__)
        error = error.__cause__ or error.__context__


def wait_before(failure: Failure, attempt: int, policy: RetryPolicy) -> float | None:
    """Seconds before attempt ``attempt + 1`` (0 was the first), or None: give up."""
    if not failure.retry or attempt >= policy.retries:
        return None
    wait = failure.wait if failure.wait is not None else policy.first_wait * 2**attempt
    return wait if wait <= policy.max_wait else None
