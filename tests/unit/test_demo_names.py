"""The demo's names: complete, unique where they must be, ambiguous where people need it."""

from collections import Counter

from storage.demo import data

PEOPLE = {person["id"]: person for person in data.people()}
CUSTOMERS = data.customers()


def test_the_organisation_has_the_promised_shape() -> None:
    regions = {region["id"]: region for region in data.regions()}
    assert len(regions) == 8
    per_region = Counter(rep["region"] for rep in data.reps())
    assert per_region == dict.fromkeys(regions, 5)
    managers = {region["manager"] for region in regions.values()}
    assert len(managers) == 8
    for region in regions.values():
        manager = PEOPLE[region["manager"]]
        assert (manager["role"], manager["region"]) == ("regional_manager", region["id"])
        assert PEOPLE[manager["manager"]]["role"] == "key_account_director"
    for rep in data.reps():
        assert rep["manager"] == regions[rep["region"]]["manager"]
    roles = Counter(person["role"] for person in data.people())
    assert roles["cro"] == 1
    assert min(roles[role] for role in ("finance", "compliance", "hr", "operations")) >= 2


def test_the_pool_covers_every_vertical() -> None:
    pool = data.consultants()
    assert len(pool) == 237
    verticals = Counter(vertical for person in pool for vertical in person["verticals"])
    assert set(verticals) == set(data.load("industries")["industries"])
    assert len(verticals) == 12
    assert min(verticals.values()) >= 15


def test_ids_are_unique_and_point_to_each_other() -> None:
    everybody = [*PEOPLE, *(person["id"] for person in data.consultants())]
    assert len(everybody) == len(set(everybody))
    ids = [customer["id"] for customer in CUSTOMERS]
    assert len(ids) == len(set(ids)) >= 600
    for customer in CUSTOMERS:
        owner = PEOPLE[customer["owner"]]
        assert owner["role"] == "rep"
        assert owner["region"] == customer["region"]
        assert customer.get("copy_of") is None or customer["copy_of"] in ids
        former = customer.get("former")
        assert former is None or "left" in PEOPLE[former]


def test_customer_names_are_unique_though_some_are_alike() -> None:
    names = Counter(customer["name"] for customer in CUSTOMERS)
    shorts = Counter(customer["short"] for customer in CUSTOMERS if "short" in customer)
    assert max(names.values()) == max(shorts.values()) == 1
    copies = [customer for customer in CUSTOMERS if "copy_of" in customer]
    assert len(copies) >= 10
    mine = [c["short"] for c in CUSTOMERS if c["owner"] == "p-chen-siyuan" and "short" in c]
    assert len(mine) == 18
    assert {"翎川精密", "翎川供应链"} <= set(mine)


def test_two_reps_in_different_regions_share_a_name() -> None:
    homes = [person["region"] for person in data.reps() if person["name"] == "张伟"]
    assert sorted(homes) == ["r-east", "r-south"]


def test_somebody_left_with_customers_still_in_hand() -> None:
    gone = {person["id"] for person in data.people() if "left" in person}
    still = {customer["owner"] for customer in CUSTOMERS} & gone
    handed = {customer["former"] for customer in CUSTOMERS if "former" in customer}
    assert still
    assert handed - still


def test_every_product_line_has_products_and_competitors() -> None:
    lines = set(data.load("products")["lines"])
    assert {product["line"] for product in data.products()} == lines
    assert {rival["line"] for rival in data.load("competitors")["competitors"]} == lines
    for product in data.products():
        assert {rival["line"] for rival in data.rivals(product["sku"])} == {product["line"]}
