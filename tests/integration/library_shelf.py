"""Small libraries of a test's own: playbook files written from a few words."""

import asyncio
from pathlib import Path
from typing import Any

import yaml

from knowledge_base.search import Library, PlaybookHit
from knowledge_base.shelving import SyncReport, renew
from storage.clock import Clock
from storage.database import Database
from storage.identity import Caller
from storage.vocabulary import Role

ORG = "org"
REP = Caller("per-rep", ORG, "王芳", Role.REP)
MANAGER = Caller("per-man", ORG, "陈刚", Role.REGIONAL_MANAGER)
FINANCE = Caller("per-fin", ORG, "钱敏", Role.FINANCE)
STRANGER = Caller("per-else", "other", "别人", Role.CRO)


def playbook(code: str, *triggers: str, **changes: Any) -> dict[str, Any]:
    """The fields of a small valid playbook."""
    fields: dict[str, Any] = {
        "id": code,
        "language": "zh",
        "title": f"战法{code}",
        "summary": "一句话说明",
        "version": 1,
        "owner": "测试组",
        "review_on": "2027-06-30",
        "compliance_status": "approved",
        "scenario": {},
        "triggers": [*triggers, "占位甲", "占位乙", "占位丙"][: max(3, len(triggers))],
        "steps": [
            {"what": "第一件事要做", "script": ["第一句话可以说"]},
            {"what": "第二件事要做", "evidence": "第二件事留痕"},
        ],
        "risks": [{"check": "不该发生的事", "instead": "该做的事"}],
        "metrics": [{"name": "有结论的占比", "unit": "%", "window_days": 30, "direction": "up"}],
        "sources": ["测试"],
    }
    return fields | changes


def write(folder: Path, *books: dict[str, Any]) -> Path:
    """The playbooks as files, one each, in ``folder``; other files there are removed."""
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.yaml"):
        old.unlink()
    for book in books:
        text = yaml.safe_dump(book, allow_unicode=True, sort_keys=False)
        (folder / f"{book['language']}-{book['id']}.yaml").write_text(text, encoding="utf-8")
    return folder


async def sync(
    library: Library, org_id: str, clock: Clock, folder: Path | None = None
) -> SyncReport:
    """Bring the playbooks to the state of the files, as set-up does."""
    return await asyncio.to_thread(renew, library._database, org_id, clock, folder)


async def search(library: Library, caller: Caller, text: str, **more: Any) -> list[PlaybookHit]:
    """The playbooks that fit, best first."""
    return list((await library.find(caller, text, **more)).hits)


def index_size(database: Database) -> int:
    """How many passages the full-text index holds."""
    with database.system("test", write=False) as session:
        count = session.connection().exec_driver_sql("SELECT count(*) FROM library_fts").scalar()
    return int(count or 0)
