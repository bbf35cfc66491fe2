"""``salestwin tool``: the twin's tools, listed or run without a conversation."""

import json
from typing import Any

import click

from bot.cli.command import TwinGroup
from bot.cli.options import as_option, json_option
from bot.cli.shell import Shell
from bot.errors import WrongUseError
from bot.offers import told
from bot.text import argument
from bot.wording import Words

FAILED = 1


@click.group("tool", cls=TwinGroup)
def command() -> None:
    """List or run."""


@command.command("list")
@json_option
@click.pass_obj
def list_tools(shell: Shell, as_json: bool) -> None:
    """Every tool with its JSON Schema."""
    from bot.direct import described_tools

    tools = described_tools()
    if as_json:
        shell.json(tools)
        return
    for tool in tools:
        args = ", ".join(tool["schema"].get("properties", {})) or "—"
        shell.text(f"{tool['name']}({args})\n  {_about(shell.words, tool)}")


def _about(words: Words, tool: dict[str, Any]) -> str:
    """What a tool is for, as its capability tells people; else as a model reads it."""
    label, example = told(tool["name"], words.language, words("tool.some_customer"))
    if label is None:
        return " ".join(str(tool["description"]).split()).split(". ")[0]
    return words("tool.line" if example else "tool.label", label=label, example=example)


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
        from bot.direct import invoke
        from bot.identity import caller_for

        app = shell.build()
        try:
            shell.make_ready(app)
            caller = caller_for(app.database, person, app.clock, shell.words)
            return await invoke(app, caller, name, values, shell.words.language)
        finally:
            await app.close()

    text, result = shell.run(work())
    if as_json:
        shell.json({**result, "message": text})
    else:
        shell.text(text)
    return 0 if result["ok"] else FAILED


def _arguments(text: str) -> dict[str, Any]:
    try:
        values = json.loads(argument(text))
    except json.JSONDecodeError as error:
        raise WrongUseError("usage.json", line=error.lineno, column=error.colno) from None
    except (ValueError, RecursionError):
        raise WrongUseError("usage.no_object") from None
    if not isinstance(values, dict):
        raise WrongUseError("usage.no_object")
    return values
