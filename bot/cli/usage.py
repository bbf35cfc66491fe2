"""Wrong usage in the user's language."""

import re

import click

from bot.wording import Words

# What the framework says in one type for several things: "Got unexpected extra arguments (b c)".
_TAKES_NONE = "does not take a value"
_SURPLUS = re.compile(r"^Got unexpected extra argument.*?\((.*)\)$", re.DOTALL)


def usage_sentence(words: Words, error: click.UsageError) -> str:
    """What was wrong with the call, and where the right one is shown."""
    path = error.ctx.command_path if error.ctx else "salestwin"
    return words("usage.told", what=_what(words, error), path=path)


def _what(words: Words, error: click.UsageError) -> str:
    if isinstance(error, click.NoSuchOption):
        near = ", ".join(error.possibilities or ())
        key = "usage.option_near" if near else "usage.option"
        return words(key, option=error.option_name, near=near)
    if isinstance(error, click.exceptions.NoSuchCommand):
        return words("usage.command", name=error.command_name)
    if isinstance(error, click.MissingParameter):
        return words("usage.missing", name=_name(error))
    if isinstance(error, click.BadParameter):
        return words("usage.bad_value", name=_name(error), why=_why(words, error))
    if isinstance(error, click.BadOptionUsage):
        key = "takes_no_value" if _TAKES_NONE in error.message else "needs_value"
        return words(f"usage.{key}", option=error.option_name)
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return words("usage.no_command")
    surplus = _SURPLUS.search(error.message)
    return words("usage.surplus", what=surplus[1]) if surplus else words("usage.other")


def _why(words: Words, error: click.BadParameter) -> str:
    """What the parameter takes. The framework's own sentence is in English only."""
    kind = error.param.type if error.param is not None else None
    if isinstance(kind, click.Choice):
        return words("usage.one_of_these", known=", ".join(map(str, kind.choices)))
    if isinstance(kind, click.IntRange):
        return words("usage.number", least=kind.min, most=kind.max)
    return words("usage.not_such_a_value")


def _name(error: click.BadParameter) -> str:
    if error.param is None:
        return str(error.param_hint or "")
    if isinstance(error.param, click.Option):
        return max(error.param.opts, key=len)
    return error.param.make_metavar(error.ctx) if error.ctx else error.param.human_readable_name
