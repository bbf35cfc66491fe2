"""A strict OpenAI-compatible chat endpoint on loopback.

It validates requests as the real one does, answers by rule, fails on demand, and keeps every
request with its headers and address, so that tests can look for what must not have left.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.fakes.openai_rules import InvalidRequestError, validate

KEY = "sk-test-key"


@dataclass(frozen=True)
class Reply:
    """A completion. ``calls`` are (name, arguments): an object, or a string sent as it is."""

    text: str = ""
    calls: tuple[tuple[str, Any], ...] = ()
    piece: int = 7


@dataclass(frozen=True)
class Refuse:
    """An error status; ``retry_after`` in seconds goes into the header."""

    status: int
    retry_after: str | None = None


@dataclass(frozen=True)
class Hang:
    """No answer until the server closes; with ``after`` pieces, the stream stops in the middle."""

    after: int = 0


@dataclass(frozen=True)
class Drop:
    """The connection breaks: before the answer, or after some pieces of ``reply``."""

    after: int = 0
    reply: Reply = Reply("这是一个很长的回答，永远也说不完。")


@dataclass(frozen=True)
class Garbage:
    """A body that is no JSON, with status 200."""

    body: str = "<html>gateway</html>"


Outcome = Reply | Refuse | Hang | Drop | Garbage
Rule = Callable[[dict[str, Any]], Outcome]


@dataclass
class OpenAIServer:
    """``script`` is used up first, then ``rule`` answers. ``bodies`` are the parsed requests."""

    rule: Rule = lambda _body: Reply("ok")
    script: list[Outcome] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    address: str = ""
    _closing: asyncio.Event = field(default_factory=asyncio.Event)
    _calls: int = 0

    @property
    def everything(self) -> str:
        """All that ever arrived: request lines, headers and bodies, JSON escapes undone."""
        return "\n".join(self.raw)

    def outcome(self, body: dict[str, Any]) -> Outcome:
        """What this request gets."""
        return self.script.pop(0) if self.script else self.rule(body)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One request."""
        text = await request.text()
        head = f"{request.method} {request.path_qs}\n{dict(request.headers)}"
        try:
            body = json.loads(text)
        except ValueError:
            return _error(400, "We could not parse the JSON body of your request.")
        self.raw.append(f"{head}\n{json.dumps(body, ensure_ascii=False)}")
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return _error(401, "Incorrect API key provided.")
        self.bodies.append(body)
        try:
            validate(body)
        except InvalidRequestError as error:
            return _error(400, str(error))
        return await self._answer(request, body, self.outcome(body))

    async def _answer(
        self, request: web.Request, body: dict[str, Any], outcome: Outcome
    ) -> web.StreamResponse:
        match outcome:
            case Refuse(status, retry_after):
                headers = {"Retry-After": retry_after} if retry_after is not None else {}
                return _error(status, f"injected {status}", headers)
            case Garbage(garbage):
                return web.Response(text=garbage, content_type="application/json")
            case Hang(0):
                await self._closing.wait()
                return _error(503, "closing")
            case Drop(0):
                _break(request)
                return _error(500, "never sent")
            case Reply() as reply if not body.get("stream"):
                return web.json_response(self._completion(body, reply))
            case Reply() as reply:
                return await self._stream(request, body, reply, None)
            case Hang(after):
                reply = Reply("这是一个很长的回答，永远也说不完。")
                return await self._stream(request, body, reply, (after, "hang"))
            case Drop(after, reply):
                return await self._stream(request, body, reply, (after, "drop"))

    def _tool_calls(self, reply: Reply) -> list[dict[str, Any]]:
        made = []
        for name, args in reply.calls:
            self._calls += 1
            text = args if isinstance(args, str) else json.dumps(args, ensure_ascii=False)
            function = {"name": name, "arguments": text}
            made.append({"id": f"call_{self._calls}", "type": "function", "function": function})
        return made

    def _completion(self, body: dict[str, Any], reply: Reply) -> dict[str, Any]:
        message: dict[str, Any] = {"role": "assistant", "content": reply.text or None}
        if calls := self._tool_calls(reply):
            message["tool_calls"] = calls
        choice = {"index": 0, "message": message, "finish_reason": _finish(reply)}
        return {**_frame(body, "chat.completion"), "choices": [choice], "usage": _USAGE}

    async def _stream(
        self,
        request: web.Request,
        body: dict[str, Any],
        reply: Reply,
        fault: tuple[int, str] | None,
    ) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for number, chunk in enumerate(self._chunks(body, reply)):
            if fault is not None and number == fault[0]:
                if fault[1] == "hang":
                    await self._closing.wait()
                _break(request)
                return response
            await response.write(f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n".encode())
        await response.write(b"data: [DONE]\n\n")
        return response

    def _chunks(self, body: dict[str, Any], reply: Reply) -> list[dict[str, Any]]:
        deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
        size = reply.piece
        deltas += [{"content": reply.text[i : i + size]} for i in range(0, len(reply.text), size)]
        for index, made in enumerate(self._tool_calls(reply)):
            name, args = made["function"]["name"], made["function"]["arguments"]
            head = {**made, "function": {"name": name, "arguments": ""}}
            deltas.append({"tool_calls": [{"index": index, **head}]})
            for i in range(0, len(args), size):
                part = {"index": index, "function": {"arguments": args[i : i + size]}}
                deltas.append({"tool_calls": [part]})
        frame = _frame(body, "chat.completion.chunk")
        chunks = [
            {**frame, "choices": [{"index": 0, "delta": d, "finish_reason": None}]} for d in deltas
        ]
        end = {"index": 0, "delta": {}, "finish_reason": _finish(reply)}
        chunks.append({**frame, "choices": [end]})
        if (body.get("stream_options") or {}).get("include_usage"):
            chunks.append({**frame, "choices": [], "usage": _USAGE})
        return chunks


_USAGE = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}


def _finish(reply: Reply) -> str:
    return "tool_calls" if reply.calls else "stop"


def _frame(body: dict[str, Any], kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": kind, "created": 1, "model": body["model"]}


def _break(request: web.Request) -> None:
    transport = request.transport
    assert transport is not None
    transport.abort()


def _error(status: int, message: str, headers: dict[str, str] | None = None) -> web.Response:
    error = {"message": message, "type": "invalid_request_error", "param": None, "code": None}
    return web.json_response({"error": error}, status=status, headers=headers)


@asynccontextmanager
async def openai_server(rule: Rule | None = None) -> AsyncIterator[OpenAIServer]:
    """A running server; ``address`` is its base URL."""
    server = OpenAIServer()
    if rule is not None:
        server.rule = rule
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_post("/v1/chat/completions", server.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    server.address = f"http://{host}:{port}/v1"
    try:
        yield server
    finally:
        server._closing.set()
        await runner.cleanup()
