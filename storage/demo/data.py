"""Reads the data files that stand beside this package."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, cast

from storage.yaml_text import read_yaml

Records = Sequence[dict[str, Any]]

_FOLDER = Path(__file__).parent / "data"
_TALK = (
    "frame",
    "needs",
    "questions",
    "objections",
    "people",
    "promises",
    "service",
    "next",
    "notes",
)


@cache
def load(name: str) -> Any:
    """The content of ``data/<name>.yaml``."""
    text = (_FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    return read_yaml(text)


def people() -> Records:
    """Everybody but the consultants."""
    return cast("Records", load("people")["people"])


def consultants() -> Records:
    """The capability pool."""
    return cast("Records", load("consultants")["consultants"])


@cache
def reps() -> Records:
    """The reps who work here today."""
    return [person for person in people() if person["role"] == "rep" and "left" not in person]


def regions() -> Records:
    """The sales regions."""
    return cast("Records", load("regions")["regions"])


def products() -> Records:
    """Everything for sale."""
    return cast("Records", load("products")["products"])


def industry(code: str) -> Mapping[str, Any]:
    """How customers of an industry buy."""
    return cast("Mapping[str, Any]", load("industries")["industries"][code])


@cache
def catalogue(code: str, line: str) -> Records:
    """The products of a line that customers of an industry buy."""
    fitting = industry(code)["skus"].get(line)
    return [
        product
        for product in products()
        if product["line"] == line and (fitting is None or product["sku"] in fitting)
    ]


@cache
def rivals(sku: str) -> Records:
    """The competitors that stand against a product."""
    return [rival for rival in load("competitors")["competitors"] if sku in rival["sku"]]


@cache
def departments(language: str, industry_code: str) -> list[str]:
    """The departments of such a customer that work with what is bought."""
    files = load("contacts")
    posts = files[language][files["groups"][industry_code]]
    return [p["dept"] for p in posts if p["role"] in ("champion", "technical", "user")]


def customers() -> list[dict[str, Any]]:
    """All customers with their ``region`` added."""
    return [
        {**customer, "region": region["id"]}
        for region in regions()
        for customer in load(f"customers/{region['code']}")["customers"]
    ]


@cache
def talk(language: str) -> dict[str, Any]:
    """The word material of conversations in one language, by file."""
    return {name: load(f"talk/{language}/{name}") for name in _TALK}
