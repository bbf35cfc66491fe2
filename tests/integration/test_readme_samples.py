"""What the READMEs show is what the demo says: every shown piece, in its order.

A sample may leave out lines and, where it has ``…``, parts of a line; it may not say anything else.
"""

import re
from pathlib import Path

import pytest

from tests.integration.cli_kit import Program, demo_program

ROOT = Path(__file__).parents[2]
# Who speaks in a sample, and how that person takes the seat. The demo's rep sits there already.
SPEAKERS = {"陈思远": None, "Simon": None, "周雅琴（区域经理）": "/as 周雅琴"}
TWIN = ("分身", "twin")
DAYS = {"README.zh.md": "2026年3月2日", "README.md": "2 March 2026"}  # the day of ``demo_program``


@pytest.fixture
def demo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Program:
    return demo_program(tmp_path / "home", monkeypatch, tmp_path_factory)


def sample(readme: str) -> tuple[list[str], list[str]]:
    """The lines that the first block of a README types, and the pieces of answers that it shows."""
    text = (ROOT / readme).read_text(encoding="utf-8")
    block = text.split("```")[1]
    assert DAYS[readme] in text.split("```")[2][:200]
    typed: list[str] = []
    shown: list[str] = []
    for line in block.strip().splitlines():
        speaker, mark, said = line.partition(" > ")
        if mark:
            seat = SPEAKERS[speaker.strip()]
            typed += [seat, said] if seat else [said]
            continue
        pieces = line.strip().removeprefix(TWIN[0]).removeprefix(TWIN[1]).split("…")
        shown += [piece for part in pieces if (piece := flat(part))]
    return typed, shown


def flat(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


@pytest.mark.parametrize("readme", list(DAYS))
def test_the_sample_of_a_readme_is_what_the_demo_says(readme: str, demo: Program) -> None:
    typed, shown = sample(readme)
    assert len(typed) >= 4
    assert len(shown) >= 10
    out, place = flat(demo.chat(*typed).out), 0
    for piece in shown:
        found = out.find(piece, place)
        assert found >= 0, (
            f"{readme}: {piece!r} is not said after {out[max(0, place - 60) : place]!r}"
        )
        place = found + len(piece)
