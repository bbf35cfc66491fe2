"""The import is about tables and fields, not about CRM: stores, talks, orders by the same means."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from storage.importing import ImportProblem
from storage.tables import (
    Contact,
    Customer,
    Interaction,
    InteractionText,
    Order,
    Person,
    Region,
    Store,
    StoreDay,
)
from storage.vocabulary import InteractionKind
from tests.integration.import_kit import Desk, new_desk

PEOPLE = """\
people:
  - {name: Ada, role: rep, region: North}
  - {name: Bo, role: rep, region: South, manager: Ada, language: zh}
"""
REGIONS = """\
tables:
  - {target: region, from: regions, key: name, columns: {name: name, head: manager_id}}
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = new_desk(tmp_path)
    desk.file("regions.csv", "name,head\nNorth,Ada\nSouth,\n")
    return desk


def test_declared_people_find_regions_and_managers_and_regions_find_heads(desk: Desk) -> None:
    desk.run(PEOPLE + REGIONS)
    people, regions = desk.rows(Person), desk.rows(Region)
    assert people["Bo"].manager_id == people["Ada"].id
    assert people["Bo"].region_id == regions["South"].id
    assert regions["North"].manager_id == people["Ada"].id
    assert (people["Ada"].language, people["Bo"].language) == ("en", "zh")


def test_a_declared_person_in_an_unknown_region_stops_with_a_line(desk: Desk) -> None:
    with pytest.raises(ImportProblem) as caught:
        desk.run(PEOPLE.replace("South", "Sooth") + REGIONS)
    assert (caught.value.code, caught.value.file) == ("unknown_name", "mapping.yaml")
    assert caught.value.line == 6
    assert 'Did you mean "South"?' in caught.value.sentence("en")


def test_stores_and_their_days(desk: Desk) -> None:
    desk.file("stores.csv", "no;name;who\n7;Harbour;Bo\n")
    desk.file(
        "days.csv",
        "store;day;sales;profit;visitors;tickets;pieces\n"
        "7;2026-01-01;1.204,50;300,25;80;20;31\n7;2026-01-02;900;210;75;18;25\n",
    )
    mapping = """\
  - {target: store, from: stores, key: no, columns: {no: code, name: name, who: owner_id}}
  - target: store day
    from: days
    key: [store, day]
    columns:
      store: store_id
      day: day
      sales: {to: sales_minor, decimal: ","}
      profit: {to: gross_profit_minor, decimal: ","}
      visitors: traffic
      tickets: orders
      pieces: units
"""
    desk.run(PEOPLE + REGIONS + mapping)
    (store,) = desk.rows(Store).values()
    days = sorted(desk.rows(StoreDay).values(), key=lambda row: row.day)
    assert [row.day for row in days] == [date(2026, 1, 1), date(2026, 1, 2)]
    assert (days[0].sales_minor, days[0].gross_profit_minor) == (120_450, 30_025)
    assert {(row.store_id, row.owner_id, row.region_id) for row in days} == {
        (store.id, store.owner_id, store.region_id)
    }
    again = desk.run(PEOPLE + REGIONS + mapping)
    assert again.table("store_day").unchanged == 2
    assert len(desk.rows(StoreDay)) == 2


TALKS = """\
  - target: customer
    from: accounts
    key: id
    columns: {id: name, who: owner_id}
  - {target: contact, from: contacts, key: name, columns: {name: name, at: customer_id}}
  - target: interaction
    from: talks
    key: no
    columns:
      no: []
      at: customer_id
      kind: {to: kind, values: {phone: call}}
      when: {to: occurred_at, type: date, timezone: UTC}
      with: contact_ids
    derive:
      region_id: {copy: person.region_id, via: owner_id}
  - target: interaction_text
    from: talks
    key: no
    columns:
      no: interaction_id
      at: customer_id
      author: owner_id
      when: {to: occurred_at, timezone: UTC}
      words: text
"""


def test_talks_belong_to_the_customer_and_their_words_to_the_author(desk: Desk) -> None:
    desk.file("accounts.csv", "id,who\nAcme,Ada\n")
    desk.file("contacts.csv", "name,at\nZoe,Acme\nYan,Acme\n")
    desk.file(
        "talks.csv",
        "no,at,kind,when,with,author,words\n"
        "1,Acme,phone,2026-01-05 09:00,Zoe;Yan,Bo,Too dear.\n"
        "2,Acme,visit,2026-01-06 09:00,,,Who said that?\n",
    )
    report = desk.run(PEOPLE + REGIONS + TALKS)
    people, contacts = desk.rows(Person), desk.rows(Contact)
    talk = desk.rows(Interaction)["1"]
    assert talk.kind is InteractionKind.CALL
    assert talk.occurred_at == datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    assert talk.contact_ids == [contacts["Zoe"].id, contacts["Yan"].id]
    assert talk.owner_id == desk.rows(Customer)["Acme"].owner_id == people["Ada"].id
    (words,) = desk.rows(InteractionText).values()
    assert (words.owner_id, words.text) == (people["Bo"].id, "Too dear.")
    # Words without an author are nobody's to read: they are not given to the customer's owner.
    assert [(r.table, r.code, r.line) for r in report.rows] == [
        ("interaction_text", "needed_blank", 3)
    ]


def test_orders_under_their_everyday_name(desk: Desk) -> None:
    desk.file("accounts.csv", "id,who\nAcme,Ada\n")
    desk.file("orders.csv", "no\tat\tamount\tday\n9\tAcme\t¥1,200\t2026-02-01\n")
    mapping = """\
  - {target: customer, from: accounts, key: id, columns: {id: name, who: owner_id}}
  - target: order
    from: orders
    key: no
    columns:
      at: customer_id
      amount: {to: amount_minor, currency: JPY}
      day: ordered_on
"""
    desk.run(PEOPLE + REGIONS + mapping)
    (order,) = desk.rows(Order).values()
    assert (order.amount_minor, order.currency) == (1200, "JPY")
    assert order.owner_id == desk.rows(Person)["Ada"].id
    assert order.quantity == 1
