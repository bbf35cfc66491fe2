"""What the endpoint really received: no phone, no id, no name, no private words – in any turn."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from agents.egress import EgressOptions
from agents.events import Delta, Final
from storage.database import Database
from storage.vocabulary import Egress, Grade
from tests.fakes.action_world import ActionWorld
from tests.fakes.agent_world import ANNA, Words, service, tool
from tests.fakes.endpoint_world import LABEL, Endpoint, endpoint
from tests.fakes.openai_server import Reply
from tools.artifact import Sensitive

NAME, PHONE, MAIL, WECHAT = "王建国", "139-4567-1234", "wang@renhe-hospital.cn", "wang_jg88"
IDCARD = "11010519900307123X"
WORDS = "我们院长最不喜欢别人催，预算其实已经批了九十万。"
NOTE = "他女儿明年高考，三月之前别约晚饭。"
COLLEAGUE = "赵小敏"
SECRETS = [NAME, PHONE, "13945671234", MAIL, WECHAT, IDCARD, COLLEAGUE, ANNA.name]
PLACEHOLDER = re.compile(r"⟦(\w+):\d+⟧")


def brief(_topic: str, _context: Any) -> Words:
    return Words(
        text=f"联系人{NAME}，电话{PHONE}，邮箱{MAIL}，微信{WECHAT}。客户说：“{WORDS}”意向：高",
        sensitive=[
            Sensitive(text=NAME, grade=Grade.L1, kind="person"),
            Sensitive(text=PHONE, grade=Grade.L1, kind="phone"),
            Sensitive(text=MAIL, grade=Grade.L1, kind="mail"),
            Sensitive(text=WECHAT, grade=Grade.L1, kind="wechat"),
            Sensitive(text="意向：高", grade=Grade.L2, kind="words"),
            Sensitive(text=WORDS, grade=Grade.L3, kind="words"),
        ],
    )


def pieces(text: str, size: int = 6) -> list[str]:
    return [text[i : i + size] for i in range(len(text) - size + 1)]


def leaks(world: Endpoint, *private: str) -> list[str]:
    sent = world.server.everything
    flat = re.sub(r"[\s\-]", "", sent)
    found = [s for s in SECRETS if s in sent or re.sub(r"[\s\-]", "", s) in flat]
    return found + [p for text in private for p in pieces(text) if p in sent]


def helpful(body: dict[str, Any]) -> Reply:
    """Calls the brief with whatever the person's message holds, then repeats all it was told."""
    last = body["messages"][-1]
    if last["role"] == "user":
        return Reply(calls=(("brief", {"topic": last["content"]}),), piece=3)
    return Reply(f"结果如下：{last['content']}。", piece=3)


async def names(_caller: Any) -> list[str]:
    return [COLLEAGUE, NAME]


def world_of(path: Path, level: Egress = "masked") -> Any:
    options = EgressOptions(level=level, names=names)
    return endpoint(path, [tool("brief", brief)], egress=options)


@pytest.mark.parametrize("streaming", [False, True])
async def test_nothing_leaves_and_the_person_sees_everything(
    streaming: bool, tmp_path: Path
) -> None:
    async with world_of(tmp_path) as world:
        world.server.rule = helpful
        text = f"{NAME}的情况？电话{PHONE}，身份证{IDCARD}，问{COLLEAGUE}，记一下：{NOTE}"
        if streaming:
            events = [e async for e in world.turns.run(ANNA, "t", text)]
            shown = "".join(e.text for e in events if isinstance(e, Delta))
            answer = events[-1].answer if isinstance(events[-1], Final) else None
            assert answer is not None
            assert shown == answer.answer.markdown
        else:
            answer = await world.turns.ask(ANNA, "t", text)
        assert answer.model == LABEL
        for plain in (NAME, PHONE, MAIL, WECHAT, WORDS):
            assert plain in answer.answer.markdown
        assert "⟦" not in answer.model_dump_json()
        assert answer.tools[0].args == {"topic": text}  # the tool got plain words
        assert leaks(world, NOTE, WORDS) == []
        kinds = set(PLACEHOLDER.findall(world.server.everything))
        assert kinds == {"person", "phone", "mail", "wechat", "id", "words"}


async def test_follow_ups_hide_what_earlier_turns_brought_up(tmp_path: Path) -> None:
    async with world_of(tmp_path) as world:
        world.server.rule = helpful
        await world.turns.ask(ANNA, "t", f"记一下：{NOTE}")
        for text in ("再说一遍", f"他说“{WORDS[:12]}”是什么意思", NOTE[3:12]):
            world.server.rule = lambda _body, said=text: Reply(f"关于{said}")
            answer = await world.turns.ask(ANNA, "t", text)
            assert answer.model == LABEL
        assert leaks(world, NOTE, WORDS) == []


async def test_words_to_hide_are_hidden_even_when_their_turn_has_left_the_thread(
    tmp_path: Path,
) -> None:
    async with world_of(tmp_path) as world:
        world.server.rule = helpful
        await world.turns.ask(ANNA, "t", "情况")
        world.server.rule = lambda _body: Reply("嗯")
        for n in range(20):
            await world.turns.ask(ANNA, "t", f"第{n}句")
        assert "结果如下" not in json.dumps(world.server.bodies[-1], ensure_ascii=False)
        await world.turns.ask(ANNA, "t", f"你上次说{WORDS[2:16]}")
        assert leaks(world, WORDS) == []


async def test_equal_words_keep_their_placeholder_within_a_turn(tmp_path: Path) -> None:
    async with world_of(tmp_path) as world:
        world.server.rule = helpful
        await world.turns.ask(ANNA, "t", f"{NAME}的情况")
        first, second = (b["messages"] for b in world.server.bodies)
        mark = PLACEHOLDER.search(first[1]["content"])
        assert mark is not None
        assert mark.group() in second[1]["content"]
        assert mark.group() in second[-1]["content"]


@pytest.mark.parametrize(
    ("level", "plain", "hidden"),
    [
        ("masked", [], [NAME, PHONE, MAIL, IDCARD, "意向：高", WORDS]),
        ("L1", [NAME, PHONE, MAIL], [IDCARD, "意向：高", WORDS]),
        ("L2", [NAME, PHONE, MAIL, "意向：高"], [IDCARD, WORDS]),
        ("L3", [NAME, PHONE, MAIL, "意向：高", WORDS, IDCARD], []),
    ],
)
async def test_the_level_decides_what_leaves(
    level: Egress, plain: list[str], hidden: list[str], tmp_path: Path
) -> None:
    async with world_of(tmp_path, level) as world:
        world.server.rule = helpful
        answer = await world.turns.ask(ANNA, "t", f"{NAME}的情况，身份证{IDCARD}")
        sent = world.server.everything
        assert [p for p in plain if p not in sent] == []
        assert [h for h in hidden if h in sent] == []
        assert WORDS in answer.answer.markdown


async def test_a_note_and_its_edit_stay_at_home_through_the_whole_cycle(
    database: Database, tmp_path: Path
) -> None:
    home = ActionWorld(database)

    def keeping(body: dict[str, Any]) -> Reply:
        last = body["messages"][-1]
        if last["role"] == "user" and "记" in last["content"]:
            note = PLACEHOLDER.search(last["content"])
            assert note is not None
            return Reply(calls=(("keep", {"text": note.group()}),))
        return Reply("请确认。" if last["role"] == "tool" else "好。")

    async with endpoint(tmp_path, [home.tool]) as world:
        world.server.rule = keeping
        world.turns = service(world.agent, model=LABEL, actions=home.actions)
        asked = await world.turns.ask(ANNA, "t", f"记一下：{NOTE}")
        assert asked.outcome == "pending"
        assert asked.tools[0].args == {"text": NOTE.removesuffix("。")}
        edited = "他儿子明年中考，四月之前别约晚饭"
        done = await world.turns.act(ANNA, asked.answer.actions[0].id, "edit", edited)
        assert done.outcome == "answered"
        assert home.ran == [(ANNA.person_id, {"text": edited})]
        answer = await world.turns.ask(ANNA, "t", "刚才做了什么")
        assert answer.model == LABEL
        assert leaks(world, NOTE, edited) == []


async def test_masking_that_fails_sends_nothing_at_all(tmp_path: Path) -> None:
    def broken(_caller: Any) -> list[str]:
        raise RuntimeError("no names today")

    options = EgressOptions(names=broken)
    async with endpoint(tmp_path, [tool("brief", brief)], egress=options) as world:
        answer = await world.turns.ask(ANNA, "t", "情况")
        assert world.server.raw == []
        assert answer.model == f"planner ({LABEL} failed: RuntimeError)"


async def test_the_local_planner_sees_plain_words(tmp_path: Path) -> None:
    async with world_of(tmp_path) as world:
        from tests.fakes.openai_server import Refuse

        world.server.script = [Refuse(401)]
        await world.turns.ask(ANNA, "t", f"{NAME}的电话{PHONE}")
        assert world.planner.seen[0][-1].content == f"{NAME}的电话{PHONE}"
