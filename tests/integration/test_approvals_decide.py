"""A pending action is decided once, by the right person, and carried out once."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlmodel import col

from storage import approvals
from storage.approvals import EffectContext, canonical_hash
from storage.database import Database
from storage.errors import RightsError, StorageError
from storage.session import PrincipalSession
from storage.tables import Note, PendingAction, Person
from storage.vocabulary import ActionState
from tests.fakes.approval_office import (
    ANN,
    BEN,
    BOSS,
    NOW,
    STRANGER,
    TTL,
    ask,
    change_text,
    click,
    keep_note,
    notes,
    staff,
    stored,
)


@pytest.fixture
def office(any_database: Database) -> Database:
    staff(any_database)
    return any_database


def test_nothing_happens_before_somebody_decides(office: Database) -> None:
    action = ask(office)
    assert notes(office) == []
    kept = stored(office)
    assert (kept.owner_id, kept.approver_id, kept.state) == ("ann", "ann", ActionState.PENDING)
    assert kept.args == {"text": "价格太高"}
    assert kept.args_hash == action.args_hash == canonical_hash({"text": "价格太高"})
    assert (kept.asked_at, kept.expires_at) == (NOW, NOW + TTL)
    assert (kept.executed, kept.receipt, kept.decided_by) == (None, None, None)


def test_adopting_carries_out_exactly_what_was_asked(office: Database) -> None:
    ask(office)
    decision = click(office)
    assert decision.state == "done"
    assert decision.receipt == {"note": "act-1-0", "by": "ann", "for": "ann"}
    assert notes(office) == ["价格太高"]
    kept = stored(office)
    assert (kept.state, kept.decision, kept.decided_by) == (ActionState.DONE, "adopt", "ann")
    assert kept.decided_at == NOW + timedelta(minutes=1)
    assert kept.executed == {"args_hash": kept.args_hash}
    assert kept.receipt == decision.receipt


def test_ignoring_does_nothing(office: Database) -> None:
    ask(office)
    assert click(office, "ignore").state == "ignored"
    assert notes(office) == []
    assert (stored(office).state, stored(office).decision) == (ActionState.IGNORED, "ignore")


def test_an_edit_runs_what_was_edited_and_keeps_what_was_asked(office: Database) -> None:
    ask(office)
    assert click(office, "edit", edit={"text": "价格可谈"}).state == "done"
    assert notes(office) == ["价格可谈"]
    kept = stored(office)
    asked, ran = canonical_hash({"text": "价格太高"}), canonical_hash({"text": "价格可谈"})
    assert (kept.args_hash, kept.executed) == (asked, {"args_hash": ran})
    assert kept.decision == "edit"


@pytest.mark.parametrize(
    ("edit", "reason"), [({"text": "  "}, "empty_text"), (None, "nothing_to_edit")]
)
def test_an_edit_that_will_not_do_leaves_the_card_waiting(
    office: Database, edit: dict[str, Any] | None, reason: str
) -> None:
    ask(office)
    decision = click(office, "edit", edit=edit)
    assert (decision.state, decision.reason) == ("refused", reason)
    assert stored(office).state == ActionState.PENDING
    assert click(office).state == "done"


# What is left of somebody's words once an action has ended


@pytest.mark.parametrize(
    "end", ["adopt", "edit", "ignore", "expired", "swept", "failed", "revised"]
)
def test_an_ended_action_keeps_ids_and_hashes_and_no_words(office: Database, end: str) -> None:
    args = {"text": "价格太高", "customer": "华星", "customer_id": "c-1", "product_ids": ["p-1"]}
    ask(office, args=args)
    match end:
        case "expired":
            assert click(office, now=NOW + TTL).state == "expired"
        case "swept":
            with office.system("expire") as session:
                assert approvals.expire_due(session, NOW + TTL) == 1
        case "failed":
            assert click(office, effect=cannot).state == "failed"
        case "revised":
            assert change(office, "价格可谈").state == "revised"
        case "adopt" | "edit" | "ignore":
            assert click(office, end, edit={"text": "价格可谈"}).state in ("done", "ignored")
    kept = stored(office)
    assert kept.state != ActionState.PENDING
    assert kept.args == {"customer_id": "c-1", "product_ids": ["p-1"]}
    assert kept.args_hash == canonical_hash(args)
    if end in ("adopt", "edit"):
        ran = {**args, "text": "价格可谈" if end == "edit" else "价格太高"}
        assert kept.executed == {**kept.args, "args_hash": canonical_hash(ran)}
    else:
        assert kept.executed is None
    with office.system("look", write=False) as session:
        row = session.execute(text("SELECT * FROM pending_action WHERE id = 'act-1'")).one()
    assert "价格" not in str(row)
    assert "\\u4ef7" not in str(row)


def test_what_ran_is_told_once_though_it_is_not_kept(office: Database) -> None:
    ask(office)
    assert click(office).args == {"text": "价格太高"}
    assert click(office).args is None


def cannot(_s: PrincipalSession, _c: EffectContext, _a: dict[str, Any]) -> dict[str, Any]:
    raise ValueError("customer_gone")


# A proposal that is changed before anybody decides


def change(office: Database, wording: str, by: Any = ANN, **more: Any) -> approvals.Decision:
    values = {"now": NOW + timedelta(minutes=1), **more}
    return approvals.revise(
        office,
        by,
        "act-1",
        {"text": wording} if wording else {},
        turn_id="turn-2",
        editors={"record_note": change_text},
        new_id=lambda _prefix: "act-2",
        **values,
    )


def test_a_changed_proposal_takes_the_place_of_the_first_and_runs_nothing(
    office: Database,
) -> None:
    first = ask(office)
    decision = change(office, "价格可谈")
    assert (decision.state, notes(office)) == ("revised", [])
    new = stored(office, "act-2")
    assert new == decision.action
    assert (new.args, new.turn_id, new.state) == ({"text": "价格可谈"}, "turn-2", "pending")
    assert new.args_hash == canonical_hash(new.args)
    assert new.expires_at - new.asked_at == first.expires_at - first.asked_at == TTL
    assert (new.owner_id, new.approver_id, new.thread_id, new.tool, new.title) == (
        first.owner_id, first.approver_id, first.thread_id, first.tool, first.title,
    )  # fmt: skip
    old = stored(office)
    assert (old.state, old.decision, old.receipt) == (
        ActionState.IGNORED, "edit", {"replaced_by": "act-2"},
    )  # fmt: skip
    assert click(office).state == "already"
    assert click(office, key="act-2").state == "done"
    assert notes(office) == ["价格可谈"]


@pytest.mark.parametrize(
    ("wording", "more", "state", "reason"),
    [
        ("", {}, "refused", "nothing_to_edit"),
        ("  ", {}, "refused", "empty_text"),
        ("x", {"by": BEN}, "refused", "not_the_approver"),
        ("x", {"by": STRANGER}, "unknown", ""),
        ("x", {"now": NOW + TTL}, "expired", ""),
    ],
)
def test_a_change_that_may_not_be(
    office: Database, wording: str, more: dict[str, Any], state: str, reason: str
) -> None:
    ask(office)
    decision = change(office, wording, **more)
    assert (decision.state, decision.reason) == (state, reason)
    with office.system("look", write=False) as session:
        assert session.get(PendingAction, "act-2") is None
    if state != "expired":
        assert stored(office).args == {"text": "价格太高"}


def test_what_was_decided_is_not_changed(office: Database) -> None:
    ask(office)
    click(office)
    assert change(office, "x").state == "already"
    assert notes(office) == ["价格太高"]


def test_an_edit_never_reaches_another_tool(office: Database) -> None:
    called: list[str] = []

    def pay(_s: PrincipalSession, _c: EffectContext, _a: dict[str, Any]) -> dict[str, Any]:
        called.append("pay")
        return {}

    ask(office)
    decision = approvals.decide(
        office,
        ANN,
        "act-1",
        "edit",
        args_edit={"tool": "pay", "text": "x"},
        now=NOW,
        effects={"record_note": keep_note, "pay": pay},
        editors={"record_note": lambda args, edit: {**args, **edit}},
    )
    assert decision.state == "done"
    assert (called, notes(office), stored(office).tool) == ([], ["x"], "record_note")


def test_a_tool_without_an_editor_is_adopted_or_ignored_only(office: Database) -> None:
    ask(office)
    decision = approvals.decide(
        office, ANN, "act-1", "edit", args_edit={"text": "x"}, now=NOW,
        effects={"record_note": keep_note},
    )  # fmt: skip
    assert (decision.state, decision.reason) == ("refused", "not_editable")


def test_an_action_of_a_tool_that_this_program_has_not_waits_for_one_that_has(
    office: Database,
) -> None:
    ask(office, tool="of_another_version")
    decision = click(office)
    assert (decision.state, decision.reason) == ("refused", "no_effect")
    assert stored(office).state == ActionState.PENDING
    assert click(office, "ignore").state == "ignored"


def test_a_second_click_of_any_kind_finds_it_decided(office: Database) -> None:
    ask(office)
    first = click(office)
    for verb in ("adopt", "edit", "ignore"):
        again = click(office, verb, edit={"text": "x"})
        assert again.state == "already"
        assert again.receipt == first.receipt
        assert again.action is not None
        assert (again.action.decision, again.action.decided_by) == ("adopt", "ann")
    assert notes(office) == ["价格太高"]


def test_a_late_click_does_nothing(office: Database) -> None:
    ask(office)
    assert click(office, now=NOW + TTL).state == "expired"
    assert stored(office).state == ActionState.EXPIRED
    assert stored(office).decided_by is None
    for verb in ("adopt", "ignore"):
        assert click(office, verb).state == "expired"
    assert notes(office) == []


def test_the_last_moment_counts(office: Database) -> None:
    ask(office)
    assert click(office, now=NOW + TTL - timedelta(microseconds=1)).state == "done"


def test_what_waits_too_long_is_closed(office: Database) -> None:
    ask(office, key="act-1")
    ask(office, key="act-2", now=NOW + TTL)
    ask(office, key="act-3")
    click(office, key="act-3")
    with office.system("expire") as session:
        assert approvals.expire_due(session, NOW + TTL) == 1
        assert approvals.expire_due(session, NOW + TTL) == 0
    states = [stored(office, f"act-{n}").state for n in (1, 2, 3)]
    assert states == [ActionState.EXPIRED, ActionState.PENDING, ActionState.DONE]
    assert click(office).state == "expired"


def test_the_wrong_person_is_refused_and_the_card_waits(office: Database) -> None:
    ask(office)
    for other in (BEN, BOSS):
        for verb in ("adopt", "edit", "ignore"):
            decision = click(office, verb, by=other, edit={"text": "x"})
            assert (decision.state, decision.reason) == ("refused", "not_the_approver")
    assert stored(office).state == ActionState.PENDING
    assert notes(office) == []


def test_somebody_of_another_organisation_learns_nothing(office: Database) -> None:
    ask(office)
    assert click(office, by=STRANGER) == click(office, by=STRANGER, key="there is none")
    assert click(office, by=STRANGER).state == "unknown"


def test_the_requester_does_not_decide_what_somebody_else_must(office: Database) -> None:
    ask(office, by=ANN, approver="boss")
    assert click(office, by=ANN).reason == "not_the_approver"
    assert click(office, by=BOSS).receipt == {"note": "act-1-0", "by": "ann", "for": "boss"}
    with office.system("check", write=False) as session:
        assert session.scalars(select(col(Note.owner_id))).all() == ["ann"]


def test_the_effect_has_the_requesters_rights_as_they_are_now(office: Database) -> None:
    def of_the_team(
        session: PrincipalSession, context: EffectContext, _args: dict[str, Any]
    ) -> dict[str, Any]:
        caller = session.caller
        return {
            "same": caller == context.requester,
            "role": caller.role,
            "team": list(caller.team_ids),
            "people": len(session.scalars(select(Note))),
        }

    ask(office, by=BOSS, approver="ann")
    with office.system("demote") as session:
        session.execute(update(Person).where(col(Person.id) == "ben").values(manager_id=None))
    assert click(office, effect=of_the_team).receipt == {
        "same": True,
        "role": "regional_manager",
        "team": ["ann"],
        "people": 0,
    }


@pytest.mark.parametrize("whose", ["owner", "approver"])
@pytest.mark.parametrize(
    ("values", "why"), [({"active": False}, "inactive"), ({"left_on": NOW.date()}, "left")]
)
def test_nobody_acts_for_somebody_who_left(
    office: Database, whose: str, values: dict[str, Any], why: str
) -> None:
    ask(office, by=BEN, approver="ann")
    gone = "ben" if whose == "owner" else "ann"
    with office.system("leave") as session:
        session.execute(update(Person).where(col(Person.id) == gone).values(**values))
    decision = click(office)
    assert decision.state == "refused"
    assert decision.reason == f"{'requester' if whose == 'owner' else 'approver'}_{why}"
    assert notes(office) == []
    assert click(office, "ignore").state == "ignored"


def test_an_effect_that_fails_takes_back_all_that_it_did(office: Database) -> None:
    def half(
        session: PrincipalSession, context: EffectContext, args: dict[str, Any]
    ) -> dict[str, Any]:
        keep_note(session, context, args)
        session.commit()
        raise ValueError("customer_gone")

    ask(office)
    decision = click(office, effect=half)
    assert (decision.state, decision.reason) == ("failed", "customer_gone")
    assert notes(office) == []
    kept = stored(office)
    assert (kept.state, kept.receipt, kept.executed) == (
        ActionState.FAILED,
        {"error": "customer_gone"},
        None,
    )
    assert (kept.decision, kept.decided_by) == ("adopt", "ann")
    assert click(office).state == "already"
    assert notes(office) == []


def test_the_text_of_an_error_stays_out_of_the_row(office: Database) -> None:
    def fail(_s: PrincipalSession, _c: EffectContext, _a: dict[str, Any]) -> dict[str, Any]:
        raise RuntimeError("王建国 13912345678")

    ask(office)
    assert click(office, effect=fail).reason == "RuntimeError"
    assert stored(office).receipt == {"error": "RuntimeError"}


def test_an_effect_past_the_requesters_rights_fails(office: Database) -> None:
    def foreign(
        session: PrincipalSession, context: EffectContext, _args: dict[str, Any]
    ) -> dict[str, Any]:
        session.add(
            Note(
                id="x", org_id="org", owner_id=context.approver.person_id, text="t", written_at=NOW
            )
        )
        return {}

    ask(office, by=BEN, approver="ann")
    assert click(office, effect=foreign).reason == "ForeignWriteError"
    assert notes(office) == []


def test_a_receipt_that_is_no_json_fails_the_whole(office: Database) -> None:
    def odd(
        session: PrincipalSession, context: EffectContext, args: dict[str, Any]
    ) -> dict[str, Any]:
        return {**keep_note(session, context, args), "now": NOW}

    ask(office)
    assert click(office, effect=odd).state == "failed"
    assert notes(office) == []


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, SystemExit])
def test_an_interruption_leaves_the_card_waiting(
    office: Database, interruption: type[BaseException]
) -> None:
    def interrupted(
        session: PrincipalSession, context: EffectContext, args: dict[str, Any]
    ) -> dict[str, Any]:
        keep_note(session, context, args)
        raise interruption

    ask(office)
    with pytest.raises(interruption):
        click(office, effect=interrupted)
    assert notes(office) == []
    assert stored(office).state == ActionState.PENDING
    assert click(office).state == "done"


def test_a_database_that_fails_leaves_the_card_waiting(office: Database) -> None:
    def no_table(session: PrincipalSession, _c: Any, _a: Any) -> dict[str, Any]:
        session.scalars(select(col(PendingAction.id)))
        raise StorageError("disk_full", "x.db")

    ask(office)
    with pytest.raises(StorageError):
        click(office, effect=no_table)
    assert stored(office).state == ActionState.PENDING


def test_arguments_that_were_changed_behind_the_card_do_not_run(office: Database) -> None:
    ask(office)
    with office.system("tamper") as session:
        session.execute(text("""UPDATE pending_action SET args = '{"text": "x"}'"""))
    decision = click(office)
    assert (decision.state, decision.reason) == ("refused", "changed_since_asked")
    assert notes(office) == []


def test_an_approver_must_be_somebody_who_works_here(office: Database) -> None:
    with pytest.raises(RightsError):
        ask(office, approver="nobody")
    with office.system("leave") as session:
        session.execute(update(Person).where(col(Person.id) == "ben").values(active=False))
    with pytest.raises(RightsError):
        ask(office, approver="ben")


@pytest.mark.parametrize(
    ("hour", "works"), [(15, True), (16, False)], ids=["before midnight there", "after it"]
)
def test_a_leaving_day_begins_with_the_day_where_the_person_is(
    office: Database, hour: int, works: bool
) -> None:
    # In Shanghai the 22nd begins at 16:00 UTC on the 21st.
    now = NOW.replace(hour=hour)
    ask(office, by=BEN, approver="ann", now=now)
    with office.system("leave") as session:
        leave = update(Person).where(col(Person.id) == "ben")
        session.execute(leave.values(left_on=NOW.date() + timedelta(days=1)))
    if works:
        assert ask(office, approver="ben", key="act-2", now=now).approver_id == "ben"
    else:
        with pytest.raises(RightsError):
            ask(office, approver="ben", key="act-2", now=now)
    decision = click(office, now=now)
    assert (decision.state, decision.reason) == (
        ("done", "") if works else ("refused", "requester_left")
    )


def test_arguments_must_be_plain_json(office: Database) -> None:
    for odd in ({"when": NOW}, {"amount": float("nan")}, {"set": {1}}):
        with pytest.raises((TypeError, ValueError)):
            ask(office, args=odd)


def test_those_concerned_see_the_card_and_nobody_else(office: Database) -> None:
    ask(office, by=ANN, approver="boss", key="act-2", now=NOW + timedelta(minutes=2))
    ask(office, by=ANN, approver="boss", key="act-1")
    ask(office, by=ANN, approver="boss", key="act-3", thread="another")
    for caller, visible in ((ANN, ["act-1", "act-2"]), (BOSS, ["act-1", "act-2"]), (BEN, [])):
        with office.principal(caller, "cards") as session:
            waiting = approvals.pending_in_thread(session, "thread")
            assert [action.id for action in waiting] == visible
            assert bool(approvals.get(session, "act-1")) is bool(visible)
    click(office, by=BOSS)
    with office.principal(ANN, "cards") as session:
        assert [a.id for a in approvals.pending_in_thread(session, "thread")] == ["act-2"]
        assert approvals.get(session, "act-1").state == ActionState.DONE  # type: ignore[union-attr]
