"""Whether a tool run is an expected call, argument by argument. Pure.

The rules are those of ``evals/understanding/README.md``. An argument that the set does not name
is free; a call without arguments may have any.
"""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

# Arguments that have a meaning when they are left out, on both sides.
_DEFAULTS: Mapping[str, Mapping[str, Any]] = {"my_day": {"days": 1, "scope": "mine"}}


@dataclass(frozen=True, slots=True)
class Run:
    """A tool run: its arguments, what the names in them were resolved to, the caller's today."""

    name: str
    args: Mapping[str, Any]
    today: date
    meant: Mapping[str, frozenset[str]] = field(default_factory=dict)
    asks: bool = False


def fits(call: Mapping[str, Any], run: Run) -> bool:
    """Whether the run has the tool and the arguments of the expected call."""
    if call["name"] != run.name:
        return False
    args = call.get("args")
    if args is None:
        return True
    defaults = _DEFAULTS.get(run.name, {}) if "day" in args else {}
    expected = {**defaults, **args}
    if run.name == "fetch_customer_brief" and "customer" in args:
        expected.setdefault("sections", [])
    actual = {**_DEFAULTS.get(run.name, {}), **_given(run.args)}
    return all(
        _RULES.get(name, _same)(value, name, actual, run) for name, value in expected.items()
    )


def _given(args: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in args.items() if value is not None}


def _named(expected: Any, name: str, actual: Mapping[str, Any], run: Run) -> bool:
    """An id: what the given name was resolved to. None: no name may be given."""
    if expected is None:
        return name not in actual
    return expected == actual.get(name) or expected in run.meant.get(name, frozenset())


def _sections(expected: Any, name: str, actual: Mapping[str, Any], run: Run) -> bool:
    """Those expected are among those asked for; none expected is the whole brief."""
    del run
    asked = set(actual.get(name, ()))
    return set(expected) <= asked if expected else not asked


def _day(expected: Any, name: str, actual: Mapping[str, Any], run: Run) -> bool:
    return bool(expected == actual.get(name, run.today.isoformat()))


def _words(expected: Any, name: str, actual: Mapping[str, Any], run: Run) -> bool:
    """These words stand in the text as they are."""
    del run
    return _text(str(expected)) in _text(str(actual.get(name, "")))


def _same(expected: Any, name: str, actual: Mapping[str, Any], run: Run) -> bool:
    del run
    return bool(expected == actual.get(name))


def _text(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())


_RULES: Mapping[str, Callable[[Any, str, Mapping[str, Any], Run], bool]] = {
    "customer": _named,
    "author": _named,
    "person": _named,
    "sections": _sections,
    "day": _day,
    "text": _words,
}
