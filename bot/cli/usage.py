"""Wrong usage in the user's language."""

import click

from bot.wording import Words


def usage_sentence(words: Words, error: click.UsageError) -> str:
    """What was wrong with the call, and where the right one is shown."""
    path = error.ctx.command_path if error.ctx else "salestwin"
    return f"{_what(words, error)} {words('usage.hint', path=path)}"


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
        return words("usage.bad_value", name=_name(error), why=error.message)
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return words("usage.no_command")
    return words("usage.other", why=error.format_message())


def _name(error: click.BadParameter) -> str:
    if error.param is None:
        return str(error.param_hint or "")
    if isinstance(error.param, click.Option):
        return max(error.param.opts, key=len)
    return error.param.make_metavar(error.ctx) if error.ctx else error.param.human_readable_name
