"""``salestwin tool``: the twin's tools, listed or run without a conversation."""

import json
from typing import Any

import click

from bot.cli.command import TwinGroup
from bot.cli.options import as_option, json_option
from bot.cli.progress import progress_of
from bot.cli.shell import Shell
from bot.errors import WrongUseError
from bot.text import argument

FAILED = 1


@click.group("tool", cls=TwinGroup)
def command() -> None:
    """List or run."""


@command.command("list")
@json_option
@click.pass_obj
def list_tools(shell: Shell, as_json: bool) -> None:
    """Every tool with its JSON Schema."""
    from bot.direct import all_tools, describe

    tools = [describe(tool) for tool in all_tools()]
    if as_json:
        shell.json(tools)
        return
    for tool in tools:
        args = ", ".join(tool["schema"].get("properties", {})) or "—"
        sentence = " ".join(tool["description"].split()).split(". ")[0].rstrip(".")
        shell.text(f"{tool['name']}({args})\n  {sentence}.")


@command.command("run")
@click.argument("name", metavar="NAME")
@as_option
@click.option("--args", metavar="JSON", default="{}")
@json_option
@click.pass_obj
def run_tool(shell: Shell, name: str, person: str | None, args: str, as_json: bool) -> int:
    """Run one tool with somebody's rights; 1 if it failed."""
    values = _arguments(args)

    async def work() -> tuple[str, dict[str, Any]]:
        from bot.container import build
        from bot.direct import invoke
        from bot.identity import caller_for

        app = build(shell.settings)
        try:
            app.make_ready(progress_of(shell))
            caller = caller_for(app.database, person, app.clock, shell.words)
            return await invoke(app, caller, name, values, shell.words.language)
        finally:
            await app.close()

    text, result = shell.run(work())
    if as_json:
        shell.json(result)
    else:
        shell.text(text)
    return 0 if result["ok"] else FAILED


def _arguments(text: str) -> dict[str, Any]:
    try:
        values = json.loads(argument(text))
    except ValueError as error:
        raise WrongUseError("usage.json", why=str(error)) from None
    if not isinstance(values, dict):
        raise WrongUseError("usage.json", why=type(values).__name__)
    return values
