"""The request rules of the chat completions API, as far as a chat client can break them."""

import json
import re
from typing import Any

_TEXT = """
model messages stream stream_options tools tool_choice parallel_tool_calls temperature top_p n
stop max_tokens max_completion_tokens presence_penalty frequency_penalty seed user metadata store
response_format logit_bias logprobs top_logprobs reasoning_effort
"""
_FIELDS = frozenset(_TEXT.split())
_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")


class InvalidRequestError(Exception):
    """What the endpoint answers with status 400."""


def _require(condition: object, message: str) -> None:
    if not condition:
        raise InvalidRequestError(message)


def validate(body: dict[str, Any]) -> None:
    """Raises ``InvalidRequestError`` for a request that the real endpoint refuses."""
    _require(isinstance(body.get("model"), str), "you must provide a model parameter")
    unknown = sorted(body.keys() - _FIELDS)
    _require(not unknown, f"Unrecognized request argument supplied: {', '.join(unknown)}")
    _require(not body.get("stream_options") or body.get("stream"), "stream_options need stream")
    names = _tools(body)
    _messages(body.get("messages"), names)


def _tools(body: dict[str, Any]) -> set[str]:
    tools = body.get("tools")
    _require(tools is None or tools, "[] is too short - 'tools'")
    _require(tools or "tool_choice" not in body, "'tool_choice' is only allowed with 'tools'")
    names = set()
    for tool in tools or ():
        function = tool.get("function") or {}
        _require(tool.get("type") == "function", "tools[].type must be function")
        _require(_NAME.fullmatch(function.get("name") or ""), "Invalid 'tools[].function.name'")
        _require(function.get("parameters", {}).get("type") == "object", "parameters: no object")
        names.add(function["name"])
    return names


def _messages(messages: Any, names: set[str]) -> None:
    _require(isinstance(messages, list) and messages, "[] is too short - 'messages'")
    waiting: set[str] = set()
    for message in messages:
        role = message.get("role")
        if role == "tool":
            call_id = message.get("tool_call_id")
            _require(call_id, "Missing parameter 'tool_call_id'")
            _require(
                call_id in waiting,
                "messages with role 'tool' must answer a preceding message with 'tool_calls'",
            )
            waiting.discard(call_id)
            _require(isinstance(message.get("content"), str | list), "tool content: no text")
            continue
        _require(
            not waiting,
            "An assistant message with 'tool_calls' must be followed by tool messages for each "
            f"'tool_call_id'. Missing: {', '.join(sorted(waiting))}",
        )
        _require(role in ("system", "developer", "user", "assistant"), f"Invalid role {role!r}")
        if role == "assistant":
            waiting = _assistant(message, names)
        else:
            _require(isinstance(message.get("content"), str | list), f"{role} content: no text")
    _require(not waiting, "tool calls at the end without their results")


def _assistant(message: dict[str, Any], names: set[str]) -> set[str]:
    calls = message.get("tool_calls")
    _require(calls is None or calls, "[] is too short - 'tool_calls'")
    _require(message.get("content") or calls, "assistant message without content or tool_calls")
    ids = set()
    for call in calls or ():
        function = call.get("function") or {}
        _require(call.get("id") and call.get("type") == "function", "tool_calls[]: id and type")
        _require(function.get("name") in names, f"unknown function {function.get('name')!r}")
        arguments = function.get("arguments")
        _require(isinstance(arguments, str), "tool_calls[].function.arguments must be a string")
        try:
            json.loads(arguments)
        except ValueError as error:
            raise InvalidRequestError("tool_calls[].function.arguments: no JSON") from error
        ids.add(call["id"])
    return ids
