"""Organisation, regions, people, products: rows that hardly involve chance."""

from typing import Any

from storage.demo import data
from storage.demo.world import DEFAULT_PERSON_ID, ORG_ID, TIMEZONE, Book, World
from storage.tables import Organisation, Person, Product, Region
from storage.vocabulary import Role


def add_directory(world: World, book: Book) -> None:
    """The organisation itself, its regions, its people and what it sells."""
    book.add(
        Organisation,
        id=ORG_ID,
        name=data.load("organisation")["name"],
        kind="demo",
        timezone=TIMEZONE,
        demo_day=world.today,
        default_person_id=DEFAULT_PERSON_ID,
    )
    for region in data.regions():
        book.add(
            Region,
            id=region["id"],
            name=region["name"],
            english_name=region["english"],
            aliases=region["aliases"],
            manager_id=region["manager"],
        )
    rng = world.rng("people")
    for person in data.people():
        _add_person(world, book, person, rng.randint(2, 60))
    for person in data.consultants():
        manager = data.load("organisation")["pool_manager"]
        whole = {**person, "role": "consultant", "manager": manager, "days": rng.randint(120, 2600)}
        _add_person(world, book, whole, rng.randint(2, 60))
    for product in data.products():
        _add_product(book, product)


def _add_person(world: World, book: Book, person: dict[str, Any], updated: int) -> None:
    language = person.get("lang", "zh")
    foreign = person.get("tz", TIMEZONE) != TIMEZONE
    left = person.get("left")
    number = len(book.rows[Person]) + 1
    book.add(
        Person,
        id=person["id"],
        name=person["name"],
        english_name=person["english"],
        aliases=person.get("aliases", []),
        role=Role(person["role"]),
        title=person["title_en" if foreign else "title"],
        manager_id=person.get("manager"),
        region_id=person.get("region"),
        verticals=person.get("verticals", []),
        location=person.get("location"),
        timezone=person.get("tz", TIMEZONE),
        language=language if language in {"zh", "en"} else "en",
        # 154 is no public mobile range: the pattern is right and nobody can be called.
        phone=f"154{number * 7919 % 100000000:08d}",
        email=f"{person['id'][2:].replace('-', '.')}@farsail.example",
        active=left is None,
        joined_on=world.day(person["days"]),
        left_on=None if left is None else world.day(left),
        updated_at=world.moment(updated, 600),
        external_id=f"HR-{number:05d}",
    )


def _add_product(book: Book, product: dict[str, Any]) -> None:
    book.add(
        Product,
        id=product["id"],
        sku=product["sku"],
        name=product["name"],
        english_name=product["english"],
        aliases=product["aliases"],
        line=product["line"],
        vertical=None,
        unit=product["unit"],
        list_price_minor=product["price"] * 100,
        description=product["about"],
        external_id=product["sku"],
    )
