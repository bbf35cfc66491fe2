"""Whole conversations on whole companies, with the planner and with a real endpoint as model."""

import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import pytest
from sqlalchemy import select
from sqlmodel import col

from agents.answer import Answer
from bot.container import App, build
from bot.settings import DATABASE_FILE, Settings, variable_names
from knowledge_base.shelving import renew
from storage import demo, importing
from storage.clock import FixedClock
from storage.database import Database
from storage.identity import Caller
from storage.migrate import migrate
from storage.repositories.people import caller_of, find_person
from storage.tables import Contact, InteractionText, Note
from tests.e2e.conversation import FOLDER, Call, Conversation, Turn, read
from tests.fakes.openai_server import KEY, OpenAIServer, Reply, openai_server
from tests.integration.test_import_crm import MAPPING, invented

Model = Literal["planner", "endpoint"]
Homes = dict[str, Path]

MODEL = "openai:test"
# A Monday morning in Shanghai. A file with another day has its demo company moved there.
BUILT = FixedClock(datetime(2026, 3, 2, 1, 30, tzinfo=UTC))
ORGS = {"demo": demo.ORG_ID, "crm": "org-crm"}
_DICTATED = re.compile(r"⟦words:\d+⟧")
_CJK = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Homes:
    """One finished home of each company; tests take copies."""
    root = tmp_path_factory.mktemp("homes")
    for company, org in ORGS.items():
        (root / company).mkdir()
        database = Database(f"sqlite:///{root / company / DATABASE_FILE}")
        migrate(database)
        if company == "demo":
            demo.build(database, BUILT, size=demo.SMALL)
        else:
            folder = invented(root / "export")
            importing.run(database, str(folder), mapping=MAPPING, clock=BUILT, dry_run=False)
        renew(database, org, BUILT)
        database.close()
    _learn(root / "demo")
    shutil.copytree(root / "demo" / "understanding", root / "crm" / "understanding")
    return {company: root / company for company in ORGS}


def _learn(home: Path) -> None:
    app = build(Settings(home=home, _env_file=None), clock=BUILT)
    for language in ("zh", "en"):
        app.planner.understander(language)
    app.release()


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in variable_names():
        monkeypatch.delenv(name, raising=False)


@dataclass
class Stage:
    """One conversation under way on a home of its own."""

    play: Conversation
    settings: Settings
    server: OpenAIServer | None
    app: App
    action: str = ""
    dictated: list[str] = field(default_factory=list)

    async def step(self, turn: Turn) -> None:
        """Take one turn, and look at its answer."""
        if turn.restart:
            await self.app.close()
            self.app = await _started(self.play, self.settings)
        elif turn.expect is not None and not self._is_left_out(turn):
            answer = await self._answer(turn)
            self._remember(turn, answer)
            if self.server is not None and turn.endpoint is not None:
                assert answer.answer.markdown == turn.endpoint
                return
            turn.expect.check(answer)

    async def _answer(self, turn: Turn) -> Answer:
        caller = self._caller(turn.by)
        if turn.press is not None:
            assert self.action, "nothing waits that could be pressed"
            return await self.app.turns.act(caller, self.action, turn.press, turn.text)
        if self.server is not None:
            self.server.rule = lambda body: _played(turn, body)
        answer = await self.app.turns.ask(caller, turn.thread, turn.say or "")
        # A typed decision is carried out without asking any model.
        assert answer.model in (self.settings.model, "none"), answer.answer.markdown
        return answer

    def _remember(self, turn: Turn, answer: Answer) -> None:
        if answer.answer.actions:
            self.action = answer.answer.actions[0].id
        notes = [run.args["text"] for run in answer.tools if run.name == "record_note"]
        self.dictated += [*notes, *([turn.text] if turn.text else [])]

    def _is_left_out(self, turn: Turn) -> bool:
        assert turn.expect is not None
        alone = turn.expect.outcome in ("unknown", "asked") and not turn.expect.tools
        return self.server is not None and alone and turn.press is None and turn.endpoint is None

    def _caller(self, name: str) -> Caller:
        with self.app.database.system("conversation", write=False) as session:
            (person,) = find_person(session, name, ORGS[self.play.company])
            return caller_of(session, person.id, self.play.now.date())


async def _started(play: Conversation, settings: Settings) -> App:
    app = build(settings, clock=FixedClock(play.now))
    app.make_ready()
    await app.start()
    return app


def _played(turn: Turn, body: dict[str, Any]) -> Reply:
    """The fake model: calls what the file expects, then repeats what the tools said."""
    messages = body["messages"]
    if messages[-1]["role"] != "tool":
        assert turn.expect is not None
        said = messages[-1]["content"]
        calls = tuple((call.name, _arguments(call, said)) for call in turn.expect.tools)
        return Reply(turn.endpoint or "", calls)
    last = max(n for n, message in enumerate(messages) if message["role"] != "tool")
    return Reply("\n\n".join(message["content"] for message in messages[last + 1 :]))


def _arguments(call: Call, said: str) -> dict[str, Any]:
    args = {**call.args, **call.given}
    if call.name == "fetch_customer_brief":
        args.setdefault("customer", call.about)
    if call.name == "search_playbook":
        args.setdefault("query", said)
    if call.name == "record_note":
        # The note itself never came: the model hands its placeholder on.
        hidden = _DICTATED.search(said)
        assert hidden, said
        args["text"] = hidden.group()
    return args


def _leaks(stage: Stage, sent: str) -> list[str]:
    """Phones of contacts, private words, and pieces of what was dictated here."""
    with stage.app.database.system("conversation", write=False) as session:
        phones = list(session.scalars(select(col(Contact.phone))))
        private = list(session.scalars(select(col(Note.text))))
        private += session.scalars(select(col(InteractionText.text)))
    pieces = [piece for text in stage.dictated for piece in _pieces(text)]
    numbers = [phone for phone in phones if phone]
    return [s for s in (*numbers, *private, *pieces) if len(s) >= 7 and s in sent]


def _pieces(text: str) -> list[str]:
    size = 8 if _CJK.search(text) else 24
    return [text[i : i + size] for i in range(max(1, len(text) - size + 1))]


@asynccontextmanager
async def _model(model: Model) -> AsyncIterator[tuple[OpenAIServer | None, dict[str, Any]]]:
    if model == "planner":
        yield None, {}
        return
    async with openai_server() as server:
        yield server, {"model": MODEL, "openai_base_url": server.address, "openai_api_key": KEY}


@pytest.mark.parametrize("model", ["planner", "endpoint"])
@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
async def test_conversation(path: Path, model: Model, homes: Homes, tmp_path: Path) -> None:
    play = read(path)
    home = tmp_path / "home"
    shutil.copytree(homes[play.company], home)
    async with _model(model) as (server, options):
        settings = Settings(home=home, _env_file=None, **options)
        stage = Stage(play, settings, server, await _started(play, settings))
        try:
            for turn in play.turns:
                await stage.step(turn)
            if server is not None:
                assert server.bodies
                assert _leaks(stage, server.everything) == []
        finally:
            await stage.app.close()
