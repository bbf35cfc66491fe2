"""``serve``: the program that stays up – clockwork and health, later the chat gateways.

``GET /health`` answers while the process lives; ``GET /ready`` answers 200 once turns can run and
housekeeping works, 503 otherwise. Neither says anything about people or customers.
"""

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from bot.errors import CommandError
from bot.scheduler import Housekeeping, start_ticking

if TYPE_CHECKING:
    from aiohttp import web

    from bot.container import App

_FAILING = 3  # ticks in a row after which the program calls itself not ready


class Server:
    """One serving process over an app. ``started`` hears the address once it listens."""

    def __init__(
        self, app: "App", host: str, port: int, started: Callable[[str, int], None]
    ) -> None:
        self._app = app
        self._host = host
        self._port = port
        self._started = started
        self._housekeeping = Housekeeping(app)
        self._ready = False
        self._stop = asyncio.Event()

    async def run(self) -> None:
        """Serve until SIGINT or SIGTERM; ends gracefully.

        Raises CommandError where it cannot listen: the port is taken, the host is not ours.
        """
        from aiohttp import web

        runner = web.AppRunner(self._routes(), access_log=None)
        await runner.setup()
        try:
            await self._listen(web.TCPSite(runner, self._host, self._port))
            await self._serve(runner)
        finally:
            await runner.cleanup()

    def stop(self) -> None:
        """Ask for the end."""
        self._stop.set()

    async def _listen(self, site: "web.TCPSite") -> None:
        try:
            await site.start()
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise CommandError("serve.taken", host=self._host, port=self._port, why=why) from error

    async def _serve(self, runner: "web.AppRunner") -> None:
        self._listen_for_signals()
        await asyncio.to_thread(self._app.warm)
        await self._app.start()
        await self._housekeeping.tick()
        scheduler = start_ticking(self._housekeeping.tick)
        self._ready = True
        address = runner.addresses[0]
        self._started(str(address[0]), int(address[1]))
        try:
            await self._stop.wait()
        finally:
            self._ready = False
            scheduler.shutdown(wait=False)
            await self._app.close()

    def _listen_for_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            with suppress(NotImplementedError):  # a loop of another system has no signal handlers
                loop.add_signal_handler(number, self.stop)

    def _routes(self) -> "web.Application":
        from aiohttp import web

        async def health(_request: web.Request) -> web.Response:
            return web.json_response({"status": "ok"})

        async def ready(_request: web.Request) -> web.Response:
            good = self._ready and self._housekeeping.failures < _FAILING
            body = {"status": "ready" if good else "not_ready"}
            return web.json_response(body, status=200 if good else 503)

        application = web.Application()
        application.router.add_get("/health", health)
        application.router.add_get("/ready", ready)
        return application
