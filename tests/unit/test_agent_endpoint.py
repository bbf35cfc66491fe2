"""What each way of failing means for a model endpoint."""

import json
from types import SimpleNamespace

import pytest

from agents.endpoint import Failure, RetryPolicy, classify, wait_before
from agents.models import ModelConfigError, ModelOptions, build_remote


class StatusError(Exception):
    def __init__(self, status: int, **headers: str) -> None:
        super().__init__("secret text of the endpoint")
        self.status_code = status
        self.response = SimpleNamespace(
            headers={k.replace("_", "-"): v for k, v in headers.items()}
        )


class ConnectError(Exception):
    pass


class APIConnectionError(Exception):
    pass


class APITimeoutError(APIConnectionError):
    pass


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (StatusError(401), Failure("unauthorised", "401")),
        (StatusError(403), Failure("forbidden", "403")),
        (StatusError(404), Failure("not_found", "404")),
        (StatusError(400), Failure("rejected", "400")),
        (StatusError(422), Failure("rejected", "422")),
        (StatusError(429), Failure("limited", "429", retry=True)),
        (StatusError(429, retry_after="3"), Failure("limited", "429", retry=True, wait=3.0)),
        (StatusError(429, retry_after_ms="250"), Failure("limited", "429", retry=True, wait=0.25)),
        (StatusError(429, retry_after="Fri, 21 Nov"), Failure("limited", "429", retry=True)),
        (StatusError(429, retry_after="-5"), Failure("limited", "429", retry=True, wait=0.0)),
        (StatusError(500), Failure("server", "500", retry=True)),
        (StatusError(503, retry_after="1"), Failure("server", "503", retry=True, wait=1.0)),
        (caused(APIConnectionError(), ConnectError()), Failure("unreachable", "unreachable")),
        (APIConnectionError(), Failure("unreachable", "connection lost", retry=True)),
        (APITimeoutError(), Failure("timeout", "timeout", retry=True)),
        (TimeoutError(), Failure("timeout", "timeout", retry=True)),
        (json.JSONDecodeError("x", "y", 0), Failure("malformed", "malformed reply", retry=True)),
        (KeyError("choices"), Failure("malformed", "malformed reply", retry=True)),
        (RuntimeError("?"), Failure("failed", "RuntimeError")),
    ],
)
def test_errors_by_status_and_kind(error: Exception, failure: Failure) -> None:
    assert classify(error) == failure


def test_waits_grow_end_and_obey_the_endpoint_within_reason() -> None:
    policy = RetryPolicy(retries=2, first_wait=0.5, max_wait=10)
    again = Failure("server", "500", retry=True)
    assert [wait_before(again, n, policy) for n in range(3)] == [0.5, 1.0, None]
    assert wait_before(Failure("limited", "429", retry=True, wait=4), 0, policy) == 4
    assert wait_before(Failure("limited", "429", retry=True, wait=60), 0, policy) is None
    assert wait_before(Failure("unauthorised", "401"), 0, policy) is None


@pytest.mark.parametrize("name", ["gpt-4o", "openai:", "anthropic:x", ""])
def test_an_unknown_model_name_is_named_with_what_to_do(name: str) -> None:
    with pytest.raises(ModelConfigError, match="use planner or openai:<model>"):
        build_remote(ModelOptions(name=name, api_key="k"))


def test_a_missing_key_is_named_and_a_key_is_never_shown() -> None:
    with pytest.raises(ModelConfigError, match="OPENAI_API_KEY"):
        build_remote(ModelOptions(name="openai:qwen-max"))
    assert "sk-secret" not in repr(ModelOptions(name="openai:x", api_key="sk-secret"))


def test_the_planner_needs_no_endpoint() -> None:
    assert build_remote(ModelOptions()) is None
