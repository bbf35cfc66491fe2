"""``fetch_customer_brief`` over a real database: what it says, marks, and leaves unknown."""

from datetime import date

from storage import tables as t
from storage.vocabulary import ContactRole, Stage
from tests.integration.brief_kit import brief, facts, words
from tests.integration.tool_world import EMPTY, RENHE, World, ago, owned


async def test_the_whole_brief_is_on_one_screen_with_the_gravest_first(world: World) -> None:
    result = await brief(world)
    text = words(result)
    assert len(text.splitlines()) <= 45
    assert [risk.code for risk in result.risks or ()] == [
        "open_complaint",
        "commitment_overdue",
        "stage_stale",
        "contract_ending",
    ]
    assert result.more["risks"] == 1
    order = [
        text.index(word) for word in ("仁和医院", "投诉未关闭", "续约谈判", "王建国**，设备科")
    ]
    assert order == sorted(order)


async def test_every_fact_names_its_source_and_what_it_has_of_a_date(world: World) -> None:
    found = facts(await brief(world))
    assert len(found) >= 12
    assert all(fact.source for fact in found)
    assert all(fact.date is not None for fact in found)
    sources = {fact.source for fact in found}
    assert {"拜访记录 2026-11-03", "合同 HT-2025-031", "工单 T-0031", "采购网"} <= sources


async def test_facts_carry_the_values_of_their_records(world: World) -> None:
    result = await brief(world)
    deals = {deal.text: deal for deal in result.deals or ()}
    assert (deals["CT 升级"].stage_days, deals["CT 升级"].stage_limit) == (23, 14)
    assert (deals["CT 升级"].amount_minor, deals["CT 升级"].currency) == (128_500_000, "CNY")
    assert [(c.text, c.days_left) for c in result.contracts or ()] == [("HT-2025-031", 40)]
    assert [(p.overdue_days, p.due_on) for p in result.commitments or ()] == [
        (11, date(2026, 11, 10))
    ]
    assert [(m.text, m.people) for m in result.next_meeting or ()] == [("续约谈判", ["王建国"])]


async def test_unknown_stays_unknown(world: World) -> None:
    result = await brief(world)
    deal = next(d for d in result.deals or () if d.text == "超声采购")
    assert (deal.stage_days, deal.amount_minor, deal.mark) == (None, None, "missing")
    assert result.overview is not None
    assert result.overview.unknown == ["annual_revenue", "buying_cycle_days"]
    assert "停留天数未知，金额未知，预计成交日未知" in words(result)
    assert "stage age unknown, amount unknown, expected close unknown" in words(result, "en")


async def test_an_empty_customer_is_told_in_three_lines_without_invention(world: World) -> None:
    result = await brief(world, "空白科技")
    assert facts(result) == []
    assert result.risks == []
    text = words(result)
    assert "没有记录**：联系人、商机、承诺、工单与投诉、竞品、合同与回款、往来" in text
    assert "还不知道**：行业、客户级别、城市" in text
    assert "no decision" not in words(result, "en")


async def test_stale_contacts_are_marked_and_who_left_comes_last_and_is_no_lead(
    world: World,
) -> None:
    people = (await brief(world, "仁和医院", "people")).people or []
    assert [(p.name, p.lead, p.mark, p.status) for p in people] == [
        ("王建国", True, None, "active"),
        ("李敏", False, "stale", "active"),
        ("赵强", False, None, "left"),
    ]
    text = words(await brief(world, "仁和医院", "people"))
    assert "谁拍板：王建国，设备科主任" in text
    assert "李敏**，影像科主任，13800001111 ⚠久未核实（上次在 10 个月前）" in text
    left = next(line for line in text.splitlines() if "赵强" in line)
    assert "已离职（3月1日，9 个月前），不要再找" in left
    assert "13711112222" not in left


async def test_two_decision_makers_stand_side_by_side(world: World) -> None:
    world.add(
        t.Contact(
            **owned("con-2"),
            customer_id=RENHE,
            name="周院长",
            title="副院长",
            buying_role=ContactRole.DECISION_MAKER,
            verified_at=ago(3),
        )
    )
    result = await brief(world, "仁和医院", "people")
    marks = {p.name: p.mark for p in result.people or ()}
    assert marks["周院长"] == marks["王建国"] == "contradicted"
    [clash] = result.contradictions
    assert clash.code == "decision_makers"
    assert [side.text for side in clash.sides] == [
        "周院长 · 副院长",
        "王建国 · 设备科主任 · 13912345678",
    ]
    assert "谁拍板：记录里有 2 位在职决策人，请核实" in words(result)
    assert "Who decides: 2 active decision makers on record" in words(result, "en")


async def test_other_contradictions_are_shown_with_both_values(world: World) -> None:
    world.add(
        t.Opportunity(
            **owned("opp-usd"),
            customer_id=RENHE,
            name="进口备件",
            stage=Stage.ENGAGING,
            currency="USD",
            amount_minor=100,
        )
    )
    world.add(
        t.CompetitorPresence(
            **owned("riv-2"), customer_id=RENHE, competitor="东软", share=0.8, seen_at=ago(2)
        )
    )
    result = await brief(world)
    sides = {c.code: [side.text for side in c.sides] for c in result.contradictions}
    assert sides == {
        "currency": ["仁和医院 · CNY", "进口备件 · USD"],
        "shares": ["东软 · 80%", "联影 · 35%"],
    }
    assert "说法不一，请核实" in words(result)


async def test_who_left_without_a_successor_is_a_risk_not_a_lead(world: World) -> None:
    world.add(
        t.Opportunity(**owned("opp-e"), customer_id=EMPTY, name="新项目", stage=Stage.ENGAGING),
        t.Contact(
            **owned("con-e"),
            customer_id=EMPTY,
            name="钱工",
            buying_role=ContactRole.DECISION_MAKER,
            status="left",
        ),
    )
    result = await brief(world, "空白科技", "people", "risks")
    assert [r.code for r in result.risks or ()] == ["decision_maker_left", "never_contacted"]
    assert "谁拍板：未知（登记的决策人已离职）" in words(result)


async def test_everything_personal_that_is_shown_is_listed_for_egress(world: World) -> None:
    result = await brief(world)
    listed = {item.text for item in result.sensitive}
    assert {"王建国", "李敏", "赵强", "13912345678", "13800001111"} <= listed
    dumped = result.model_dump_json(exclude={"sensitive"})
    assert all(item.text in dumped for item in result.sensitive)


async def test_deals_come_as_a_table_with_units(world: World) -> None:
    [table] = (await brief(world)).tables
    assert [(c.key, c.unit) for c in table.columns][:4] == [
        ("opportunity", None),
        ("stage", None),
        ("stage_days", "天"),
        ("amount", "CNY"),
    ]
    assert table.rows[0][:4] == ["CT 升级", "报价", 23, 1_285_000.0]
    assert table.rows[1][2:4] == [None, None]


async def test_citations_point_at_records(world: World) -> None:
    result = await brief(world)
    ids = [citation.id for citation in result.citations]
    assert len(ids) == len(set(ids)) <= 12
    first = result.citations[0]
    assert (first.id, first.title, first.quote) == ("tic-1", "工单 T-0031", "设备频繁报警")
