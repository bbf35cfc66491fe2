"""YAML is read in one place, by a safe loader, and without libyaml too."""

import ast
from pathlib import Path

import pytest
import yaml

from storage import yaml_text

ROOT = Path(__file__).parents[2]
ROOMS = ("bot", "agents", "tools", "knowledge_base", "prompts", "storage")
TEXT = "a: [1, 二, 'x']\nb: {c: 2026-11-21}\n"


def test_both_loaders_read_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = yaml_text.read_yaml(TEXT)
    monkeypatch.delattr(yaml, "CSafeLoader")
    assert yaml_text.safe_loader() is yaml.SafeLoader
    assert yaml_text.read_yaml(TEXT) == quick


@pytest.mark.parametrize("fast", [True, False])
def test_no_object_is_made_of_a_file(monkeypatch: pytest.MonkeyPatch, *, fast: bool) -> None:
    if not fast:
        monkeypatch.delattr(yaml, "CSafeLoader")
    with pytest.raises(yaml.YAMLError):
        yaml_text.read_yaml("!!python/object/apply:os.getcwd []")


def test_playbooks_are_read_without_libyaml(monkeypatch: pytest.MonkeyPatch) -> None:
    from knowledge_base.files import read_playbook

    path = next((ROOT / "knowledge_base" / "content" / "playbooks" / "zh").glob("*.yaml"))
    quick = read_playbook(path.name, path.read_bytes())
    monkeypatch.delattr(yaml, "CSafeLoader")
    assert read_playbook(path.name, path.read_bytes()) == quick


def test_nobody_else_chooses_a_loader() -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if "CSafeLoader" in {getattr(node, "attr", None), getattr(node, "value", None)}
    }
    # The planner's files are read by a loader of their own, which says where a mistake stands.
    assert found - {"agents/planner/language.py"} == {"storage/yaml_text.py"}
