"""Reads the data files that stand beside this package."""

from functools import cache
from pathlib import Path
from typing import Any

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
    import yaml

    text = (_FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506


def people() -> list[dict[str, Any]]:
    """Everybody but the consultants."""
    return list(load("people")["people"])


def consultants() -> list[dict[str, Any]]:
    """The capability pool."""
    return list(load("consultants")["consultants"])


def reps() -> list[dict[str, Any]]:
    """The reps who work here today."""
    return [person for person in people() if person["role"] == "rep" and "left" not in person]


def regions() -> list[dict[str, Any]]:
    """The sales regions."""
    return list(load("regions")["regions"])


def products() -> list[dict[str, Any]]:
    """Everything for sale."""
    return list(load("products")["products"])


def industry(code: str) -> dict[str, Any]:
    """How customers of an industry buy."""
    return dict(load("industries")["industries"][code])


@cache
def catalogue(code: str, line: str) -> tuple[dict[str, Any], ...]:
    """The products of a line that customers of an industry buy."""
    fitting = industry(code)["skus"].get(line)
    return tuple(
        product
        for product in products()
        if product["line"] == line and (fitting is None or product["sku"] in fitting)
    )


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
