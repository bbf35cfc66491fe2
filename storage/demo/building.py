"""Lays the demo company out in an empty database."""

from storage.clock import Clock
from storage.database import Database, count_rows
from storage.demo.accounts import add_accounts
from storage.demo.deals import add_deals
from storage.demo.diary import add_diary
from storage.demo.directory import add_directory
from storage.demo.factors import add_factors
from storage.demo.money import add_money
from storage.demo.pool import add_pool
from storage.demo.series import all_series
from storage.demo.signals import add_signals
from storage.demo.size import Size
from storage.demo.stores import add_stores
from storage.demo.talks import add_talks
from storage.demo.world import Book, World
from storage.demo.writing import Progress, insert, write

_STEPS = 7


def lay_out(world: World, progress: Progress) -> Book:
    """All rows that are told in days before today."""
    book = Book()
    add_directory(world, book)
    add_stores(world, book)
    add_factors(book)
    progress("compose", 1, _STEPS)
    accounts = add_accounts(world, book)
    progress("compose", 2, _STEPS)
    deals = add_deals(world, book, accounts)
    progress("compose", 3, _STEPS)
    add_money(world, book, deals)
    progress("compose", 4, _STEPS)
    met = add_talks(world, book, accounts, deals)
    progress("compose", 5, _STEPS)
    add_diary(world, book, accounts, deals, met)
    add_signals(world, book, accounts, deals)
    progress("compose", 6, _STEPS)
    add_pool(world, book, accounts)
    progress("compose", 7, _STEPS)
    return book


def build_company(
    database: Database, clock: Clock, seed: int, size: Size, progress: Progress
) -> None:
    """See ``storage.demo.build``."""
    world = World.at(clock, seed, size)
    book = lay_out(world, progress)
    series = list(all_series())
    with database.system("demo build") as session:
        write(session, book, progress)
        for done, one in enumerate(series):
            window = one.window(world.today, size.history_days)
            insert(session, one.model, one.rows(window))
            progress(one.label, done + 1, len(series))
        count_rows(session)
