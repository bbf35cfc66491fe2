"""Threads, processes and restarts: however often a button is pressed, the effect happens once."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from storage.database import Database
from storage.identity import Caller
from storage.tables import Note, PendingAction
from storage.vocabulary import ActionState, Verb
from tests.fakes.approval_office import (
    ANN,
    BEN,
    BOSS,
    NOW,
    STRANGER,
    TTL,
    ask,
    click,
    notes,
    staff,
    stored,
)

ROOT = Path(__file__).parents[2]
CLICKS = 20

_OTHER_PROGRAM = """
import sys
from storage.database import Database
from tests.fakes.approval_office import click

database = Database(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
print(click(database).state, flush=True)
database.close()
"""


def test_twenty_threads_make_one_effect(any_database: Database) -> None:
    staff(any_database)
    ask(any_database)
    together = Barrier(CLICKS)

    def press(number: int) -> str:
        together.wait()
        verb: Verb = "ignore" if number % 5 == 4 else "adopt"
        return click(any_database, verb).state

    with ThreadPoolExecutor(CLICKS) as pool:
        states = sorted(pool.map(press, range(CLICKS)))
    assert states.count("already") == CLICKS - 1
    (won,) = set(states) - {"already"}
    assert notes(any_database) == (["价格太高"] if won == "done" else [])


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_two_programs_make_one_effect(kind: str, request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue(f"{kind}_url")
    database = Database(url)
    staff(database)
    ask(database)
    programs = [
        subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-c", _OTHER_PROGRAM, url],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for program in programs:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
    for program in programs:
        assert program.stdin is not None
        program.stdin.write("go\n")
        program.stdin.flush()
    states = sorted(program.communicate(timeout=60)[0].strip() for program in programs)
    assert states == ["already", "already", "done"]
    assert notes(database) == ["价格太高"]
    database.close()


def test_a_restart_between_asking_and_deciding_loses_nothing(sqlite_url: str) -> None:
    first = Database(sqlite_url)
    staff(first)
    ask(first)
    first.close()
    second = Database(sqlite_url)
    assert click(second).state == "done"
    second.close()
    third = Database(sqlite_url)
    assert click(third).state == "already"
    assert notes(third) == ["价格太高"]
    third.close()


def test_a_program_killed_in_the_middle_of_an_effect_leaves_the_card_waiting(
    sqlite_url: str,
) -> None:
    database = Database(sqlite_url)
    staff(database)
    ask(database)
    program = """
import os, sys
from storage.database import Database
from tests.fakes.approval_office import click, keep_note

def effect(session, context, args):
    keep_note(session, context, args)
    os._exit(9)

click(Database(sys.argv[1]), effect=effect)
"""
    command = [sys.executable, "-c", program, sqlite_url]
    done = subprocess.run(command, cwd=ROOT, check=False)  # noqa: S603 - our own program
    assert done.returncode == 9
    assert notes(database) == []
    assert stored(database).state == ActionState.PENDING
    assert click(database).state == "done"
    assert notes(database) == ["价格太高"]
    database.close()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, databases: object) -> Database:
    opened = Database(databases.sqlite(tmp_path_factory.mktemp("office")))  # type: ignore[attr-defined]
    staff(opened)
    return opened


ONE_CLICK = st.tuples(
    st.sampled_from(["adopt", "edit", "ignore"]),
    st.sampled_from([ANN, BEN, BOSS, STRANGER]),
    st.sampled_from([None, {"text": "edited"}, {"text": ""}]),
    st.integers(min_value=0, max_value=90),
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from([ANN, BEN, BOSS]), st.lists(ONE_CLICK, max_size=8))
def test_any_sequence_of_clicks_has_at_most_one_effect(
    office: Database,
    approver: Caller,
    clicks: list[tuple[Verb, Caller, dict[str, str] | None, int]],
) -> None:
    """Against a model of a few lines: minutes pass, and the first valid click decides."""
    with office.system("clear") as session:
        session.execute(delete(Note))
        session.execute(delete(PendingAction))
    ask(office, approver=approver.person_id)
    state, wrote, minute = "pending", [], 0
    for verb, by, edit, minutes in clicks:
        minute += minutes
        answer = click(office, verb, by=by, edit=edit, now=NOW + timedelta(minutes=minute)).state
        if by.org_id != "org":
            expected = "unknown"
        elif by != approver:
            expected = "refused"
        elif state == "expired":
            expected = "expired"
        elif state != "pending":
            expected = "already"
        elif timedelta(minutes=minute) >= TTL:
            expected = state = "expired"
        elif verb == "ignore":
            expected = state = "ignored"
        elif verb == "edit" and not (edit or {}).get("text"):
            expected = "refused"
        else:
            expected = state = "done"
            wrote = ["edited" if verb == "edit" else "价格太高"]
        assert answer == expected
        assert stored(office).state == state
        assert notes(office) == wrote


def test_the_hash_is_of_the_meaning_not_of_the_writing() -> None:
    from storage.approvals import canonical_hash

    assert canonical_hash({"a": 1, "b": [1, {"c": "价"}]}) == canonical_hash(
        {"b": [1, {"c": "价"}], "a": 1}
    )
    assert canonical_hash({"a": 1}) != canonical_hash({"a": "1"})
    assert canonical_hash({}) == (
        "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    )
