"""Who of the company speaks with a customer, and how that person writes."""

from storage.demo import data
from storage.demo.parties import Account


class Author:
    """Who led a conversation and what that person sounds like."""

    def __init__(self) -> None:
        self._left: dict[str, int] = {p["id"]: p["left"] for p in data.people() if "left" in p}
        self._people = {p["id"]: p for p in data.people()}
        self._order = list(self._people)

    def of(self, account: Account, ago: int) -> str:
        """The rep in charge on that day: before a hand-over it was the former one."""
        former = account.former
        return former if former is not None and ago > self._left[former] else account.owner

    def gone(self, account: Account, ago: int) -> bool:
        """The owner had left by that day and nobody took over."""
        return ago <= self._left.get(account.owner, 0)

    def names(self, person_id: str, language: str) -> tuple[str, str]:
        """How customers address the rep: short, and in letters."""
        person = self._people[person_id]
        first = person.get("call") or person["english"].split(" ")[0]
        name = first if language == "en" else person["name"][0]
        return name, data.load("organisation")["courtesy"][language].format(name=name)

    def styles(self, person_id: str) -> tuple[int, ...]:
        """Three of the ways to write minutes that this person is used to."""
        start = self._order.index(person_id)
        return tuple((start + step) % 6 for step in (0, 1, 3))
