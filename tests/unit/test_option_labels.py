"""Two of one name are told apart without the punctuation of one language."""

from agents.planner.understand import _label
from tools.artifact import Entity
from tools.customers.naming import option
from tools.linking.lexicon import Match

TWO = Match(Entity(kind="person", id="p-1", name="Wei Zhang"), "exact", 1.0, "Wei", None, "East")
ALONE = Match(Entity(kind="person", id="p-2", name="张伟"), "exact", 1.0, "张伟", None, "")


def test_a_hint_stands_behind_a_dot_in_either_language() -> None:
    assert option(TWO).label == _label(TWO) == "Wei Zhang · East"
    assert option(ALONE).label == _label(ALONE) == "张伟"
