"""The commands and where each stands. A new command is one line here and one file beside it."""

from types import MappingProxyType

from bot.cli.command import LazyGroup

PLACES = MappingProxyType(
    {
        "init": "bot.cli.init",
        "people": "bot.cli.people",
        "chat": "bot.cli.chat",
        "ask": "bot.cli.ask",
        "act": "bot.cli.act",
        "tool": "bot.cli.tool",
        "import": "bot.cli.importing",
        "eval": "bot.cli.evaluate",
        "bench": "bot.cli.bench",
        "serve": "bot.cli.serve",
        "doctor": "bot.cli.doctor",
    }
)

root = LazyGroup("salestwin", places=PLACES)
