"""Commands whose help comes from ``bot/words/help``: no sentence stands beside the code."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import click

from bot.wording import Words

_GAP = 2


def words_of(ctx: click.Context) -> Words:
    """The words of the running command line."""
    words: Words = ctx.find_root().obj.words
    return words


def _key(ctx: click.Context, command: click.Command) -> str:
    """``help.tool.run`` for ``salestwin tool run``; ``help.salestwin`` for the root."""
    names = []
    here: click.Context | None = ctx
    while here is not None and here.parent is not None:
        names.append(here.info_name or "")
        here = here.parent
    return ".".join(["help", *reversed(names)]) if names else f"help.{command.name}"


class _Spoken(click.Command):
    """``--help`` itself says what it does in the user's language."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = error.ctx or ctx  # some of the parser's errors do not know where they are
            raise

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = words_of(ctx)("help.words.help_option")
        return option


class TwinCommand(_Spoken):
    """A command with help, options and an example in the user's language."""

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        words = words_of(ctx)
        formatter.write(_help(words, _key(ctx, self), ctx, self))


class TwinGroup(_Spoken, click.Group):
    """A group of commands of one file."""

    command_class = TwinCommand

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        words = words_of(ctx)
        key = _key(ctx, self)
        formatter.write(_help(words, key, ctx, self) + _commands(words, key, self, ctx))


class LazyGroup(TwinGroup):
    """The root: knows where each command stands and imports only the one that is called."""

    def __init__(self, *args: Any, places: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._places = places

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(self._places)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        cmd_name: str,
    ) -> click.Command | None:
        place = self._places.get(cmd_name)
        if place is None:
            return None
        command: click.Command = import_module(place).command
        return command


def _help(words: Words, key: str, ctx: click.Context, command: click.Command) -> str:
    pieces = " ".join(command.collect_usage_pieces(ctx))
    rows = _options(words, key, ctx, command)
    parts = [
        f"{words('help.words.usage')} {ctx.command_path} {pieces}",
        str(words.entry(f"{key}.help")).rstrip(),
        f"{words('help.words.options')}\n{_aligned(rows)}",
        f"{words('help.words.example')}\n{_indented(str(words.entry(f'{key}.example')))}",
    ]
    return "\n\n".join(parts) + "\n"


def _options(
    words: Words, key: str, ctx: click.Context, command: click.Command
) -> list[tuple[str, str]]:
    rows = []
    for param in command.get_params(ctx):
        record = param.get_help_record(ctx)
        if isinstance(param, click.Option) and record is not None:
            text = param.help or words(f"{key}.options.{param.name}")
            rows.append((record[0], text))
    return rows


def _commands(words: Words, key: str, group: click.Group, ctx: click.Context) -> str:
    prefix = "help" if key == f"help.{group.name}" and ctx.parent is None else key
    rows = [(name, words(f"{prefix}.{name}.summary")) for name in group.list_commands(ctx)]
    return f"\n{words('help.words.commands')}\n{_aligned(rows)}\n"


def _aligned(rows: Sequence[tuple[str, str]]) -> str:
    width = max((len(left) for left, _ in rows), default=0) + _GAP
    return "\n".join(f"  {left.ljust(width)}{right}" for left, right in rows)


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.strip().splitlines())
