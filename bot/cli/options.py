"""Options that several commands share; their help stands in ``bot/words/help``."""

import click

as_option = click.option("--as", "person", metavar="PERSON")
json_option = click.option("--json", "as_json", is_flag=True)
