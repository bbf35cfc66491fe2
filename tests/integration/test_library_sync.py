"""Filling the shelf: one transaction, incremental, per organisation, on both databases."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import select

from knowledge_base.files import ContentError
from knowledge_base.search import Library
from storage import fulltext
from storage.clock import FixedClock
from storage.database import Database
from storage.tables import LibraryChunk, LibraryItem
from tests.integration.library_shelf import (
    MANAGER,
    ORG,
    REP,
    STRANGER,
    index_size,
    playbook,
    search,
    sync,
    write,
)

NOW = FixedClock(datetime(2026, 11, 21, 2, 0, tzinfo=UTC))
LATER = FixedClock(datetime(2026, 11, 22, 2, 0, tzinfo=UTC))


def chunk_count(database: Database) -> int:
    with database.system("test", write=False) as session:
        return len(session.scalars(select(LibraryChunk.id)).all())


async def codes(library: Library, text: str) -> list[str]:
    hits = await search(library, REP, text, language="zh")
    return [hit.playbook.id for hit in hits]


async def test_the_shipped_library_goes_in_once(fresh_database: Database) -> None:
    library = Library(fresh_database, NOW)
    first = await sync(library, ORG, NOW)
    again = await sync(library, ORG, LATER)
    assert len(first.added) >= 26
    assert (first.updated, first.removed, first.unchanged) == ((), (), 0)
    assert (again.added, again.updated, again.removed) == ((), (), ())
    assert again.unchanged == len(first.added)
    assert index_size(fresh_database) == chunk_count(fresh_database) > 0
    hits = await search(library, REP, "客户说太贵了怎么办", language="zh")
    assert hits[0].playbook.id == "pb-001"


async def test_only_what_changed_is_written_again(database: Database, tmp_path: Path) -> None:
    library = Library(database, NOW)
    price, stall = playbook("pb-901", "客户嫌太贵"), playbook("pb-902", "单子停滞不动")
    await sync(library, ORG, NOW, write(tmp_path / "b", price, stall))
    changed = playbook("pb-902", "合同快要到期")
    new = playbook("pb-903", "交期实在太长")
    report = await sync(library, ORG, LATER, write(tmp_path / "b", price, changed, new))
    assert report.added == ("pb-903.zh",)
    assert report.updated == ("pb-902.zh",)
    assert report.unchanged == 1
    with database.system("test", write=False) as session:
        items = session.scalars(select(LibraryItem).order_by(LibraryItem.code)).all()
    assert [item.indexed_at for item in items] == [NOW.now(), LATER.now(), LATER.now()]
    assert await codes(library, "单子停滞不动") == []
    assert await codes(library, "合同快要到期") == ["pb-902"]
    assert await codes(library, "交期实在太长") == ["pb-903"]


async def test_what_is_gone_leaves_no_trace(fresh_database: Database, tmp_path: Path) -> None:
    library = Library(fresh_database, NOW)
    folder = write(tmp_path / "b", playbook("pb-901", "客户嫌太贵"), playbook("pb-902", "单子停滞"))
    await sync(library, ORG, NOW, folder)
    report = await sync(library, ORG, NOW, write(tmp_path / "b", playbook("pb-902", "单子停滞")))
    assert report.removed == ("pb-901.zh",)
    assert await codes(library, "客户嫌太贵") == []
    assert index_size(fresh_database) == chunk_count(fresh_database) == 4
    assert fulltext.candidates(fresh_database, ORG, ["太贵"]) == []


async def test_a_warm_library_shows_the_new_revision(database: Database, tmp_path: Path) -> None:
    library = Library(database, NOW)
    await sync(library, ORG, NOW, write(tmp_path / "b", playbook("pb-901", "客户嫌太贵")))
    await codes(library, "客户嫌太贵")
    steps = [{"what": "改过的第一步", "script": ["改过的话"]}, {"what": "改过的第二步"}]
    changed = playbook("pb-901", "客户嫌太贵", steps=steps, version=2)
    await sync(library, ORG, NOW, write(tmp_path / "b", changed))
    (hit,) = await search(library, REP, "客户嫌太贵", language="zh")
    assert (hit.playbook.version, hit.quote.text) == (2, "改过的第一步")


async def test_a_bad_file_changes_nothing(database: Database, tmp_path: Path) -> None:
    library = Library(database, NOW)
    await sync(library, ORG, NOW, write(tmp_path / "b", playbook("pb-901", "客户嫌太贵")))
    broken = playbook("pb-902", "单子停滞", version=0)
    with pytest.raises(ContentError, match=r"zh-pb-902\.yaml:5: version"):
        await sync(library, ORG, NOW, write(tmp_path / "b", broken))
    assert await codes(library, "客户嫌太贵") == ["pb-901"]


async def test_items_of_the_company_itself_are_left_alone(
    database: Database, tmp_path: Path
) -> None:
    library = Library(database, NOW)
    await sync(library, ORG, NOW, write(tmp_path / "b", playbook("pb-901", "客户嫌太贵")))
    with database.system("test") as session:
        item = session.scalars(select(LibraryItem)).one()
        item.origin = "company"
    report = await sync(library, ORG, NOW, write(tmp_path / "b", playbook("pb-902", "单子停滞")))
    assert (report.added, report.removed) == (("pb-902.zh",), ())
    assert await codes(library, "客户嫌太贵") == ["pb-901"]
    shipped = playbook("pb-901", "换了的说法", version=9), playbook("pb-902", "单子停滞")
    again = await sync(library, ORG, NOW, write(tmp_path / "b", *shipped))
    assert (again.added, again.updated, again.unchanged) == ((), (), 1)
    assert await codes(library, "客户嫌太贵") == ["pb-901"]


async def test_each_organisation_has_a_shelf_of_its_own(
    fresh_database: Database, tmp_path: Path
) -> None:
    library = Library(fresh_database, NOW)
    await sync(library, ORG, NOW, write(tmp_path / "b", playbook("pb-901", "客户嫌太贵")))
    assert await search(library, STRANGER, "客户嫌太贵", language="zh") == []
    await sync(library, "other", NOW, write(tmp_path / "b", playbook("pb-777", "客户嫌太贵")))
    assert await codes(library, "客户嫌太贵") == ["pb-901"]
    (hit,) = await search(library, STRANGER, "客户嫌太贵", language="zh")
    assert hit.playbook.id == "pb-777"


async def test_two_programs_may_sync_one_after_the_other(
    database: Database, tmp_path: Path
) -> None:
    folder = write(tmp_path / "b", playbook("pb-901", "客户嫌太贵"))
    other = Database(database.url.render_as_string(hide_password=False))
    try:
        assert (await sync(Library(database, NOW), ORG, NOW, folder)).added == ("pb-901.zh",)
        assert (await sync(Library(other, NOW), ORG, NOW, folder)).unchanged == 1
    finally:
        other.close()
    hits = await search(Library(database, NOW), MANAGER, "客户嫌太贵", language="zh")
    assert [hit.playbook.id for hit in hits] == ["pb-901"]
