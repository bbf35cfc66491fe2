"""``salestwin serve``: stays up, ticks, answers health checks."""

import click

from bot.cli.command import TwinCommand
from bot.cli.shell import Shell


@click.command("serve", cls=TwinCommand)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8765, show_default=True, type=click.IntRange(0, 65535))
@click.pass_obj
def command(shell: Shell, host: str, port: int) -> None:
    """Serve until the program is told to end."""
    from bot.server import Server

    with shell.ready_app(shell.build_lasting()) as app:

        def started(address: str, bound: int) -> None:
            shell.text(shell.words("serve.started", host=address, port=bound))

        async def work() -> None:
            await Server(app, host, port, started).run()

        shell.run(work())
        shell.text(shell.words("serve.ended"))
