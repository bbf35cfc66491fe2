"""Rules decide on values alone: the linter refuses whatever reads, writes or words things."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("bot", "agents", "tools", "knowledge_base", "prompts", "storage")
REFUSED = {
    "clock": "storage.clock",
    "names": "storage.repositories.names",
    "labels": "prompts.filters",
    "library": "knowledge_base.search",
    "cases": "tools.pure.service",
    "database": "sqlalchemy",
}


def test_rules_that_read_something_are_refused(tmp_path: Path) -> None:
    for room in ROOMS:
        module(tmp_path / room / "__init__.py")
    for name in {*REFUSED.values(), "storage.vocabulary"}:
        if name.partition(".")[0] in ROOMS:
            module(tmp_path.joinpath(*name.split(".")).with_suffix(".py"))
    for folder, name in {**REFUSED, "pure": "storage.vocabulary"}.items():
        module(tmp_path / "tools" / folder / "rules.py", f"import {name}\n")
    (tmp_path / "pyproject.toml").write_text(contract("rules are pure"), encoding="utf-8")
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-cache"], cwd=tmp_path, capture_output=True, text=True)  # noqa: S603, PLW1510 - our own checks, which shall fail
    told = " ".join(done.stdout.split())
    for folder, name in REFUSED.items():
        assert f"tools.{folder}.rules -> {name}" in told, told
    assert "tools.pure.rules ->" not in told


def contract(begins: str) -> str:
    """The linter's settings with that contract alone."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    settings = text[text.index("[tool.importlinter]") :].partition("[tool.pytest")[0]
    head, *contracts = settings.split("[[tool.importlinter.contracts]]")
    (wanted,) = [part for part in contracts if f'name = "{begins}' in part]
    return f"{head}[[tool.importlinter.contracts]]{wanted}"


def module(path: Path, text: str = "") -> None:
    """A module with the packages around it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    (path.parent / "__init__.py").touch()
    path.write_text(text, encoding="utf-8")
