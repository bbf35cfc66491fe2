"""The shape of a conversation file, and what every answer in it is measured by."""

from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from agents.answer import Answer, ToolRun
from tools.artifact import Outcome

FOLDER = Path(__file__).with_name("conversations")


class Strict(BaseModel):
    """A misspelt key in a file is an error, not an expectation that never fails."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Call(Strict):
    """A tool call. ``args`` must be among the arguments, ``about`` in the focus of the result.

    ``given`` are further arguments that only the endpoint's model says.
    """

    name: str
    args: dict[str, Any] = Field(default_factory=dict)
    about: str | None = None
    given: dict[str, Any] = Field(default_factory=dict)


class Expect(Strict):
    """What must be true of an answer; ``tools`` and ``actions`` are complete and in order."""

    outcome: Outcome
    tools: list[Call] = Field(default_factory=list)
    says: list[str] = Field(default_factory=list)
    never: list[str] = Field(default_factory=list)
    citations: bool | None = None
    actions: list[str] = Field(default_factory=list)

    def check(self, answer: Answer) -> None:
        """Fail on the first thing that is otherwise."""
        words = answer.answer.markdown
        seen = f"{answer.outcome} {[(t.name, t.args) for t in answer.tools]}\n{words}"
        assert answer.outcome == self.outcome, seen
        assert [run.name for run in answer.tools] == [call.name for call in self.tools], seen
        for call, run in zip(self.tools, answer.tools, strict=True):
            _check_call(call, run)
        assert [text for text in self.says if text not in words] == [], seen
        assert [text for text in self.never if text in words] == [], seen
        assert "⟦" not in words, seen
        assert [button.verb for button in answer.answer.actions] == self.actions, seen
        if self.citations is not None:
            assert bool(answer.answer.citations) == self.citations, seen


def _check_call(call: Call, run: ToolRun) -> None:
    got = {key: run.args.get(key) for key in call.args}
    assert got == call.args, run.args
    if call.about is not None:
        focus = (run.result or {}).get("focus", [])
        assert call.about in [entity["name"] for entity in focus], focus


class Turn(Strict):
    """One step: something said or a button pressed by somebody, or the program started anew.

    A text-only turn is left out with the endpoint, unless ``endpoint`` says what its model writes.
    """

    by: str = Field(default="", alias="as")
    thread: str = "main"
    say: str | None = None
    press: Literal["adopt", "edit", "ignore"] | None = None
    text: str | None = None
    restart: bool = False
    endpoint: str | None = None
    expect: Expect | None = None

    @model_validator(mode="after")
    def _one_step(self) -> "Turn":
        assert (self.say is not None) + (self.press is not None) + self.restart == 1
        assert self.restart or (self.by and self.expect)
        return self


class Conversation(Strict):
    """A whole file."""

    name: str
    company: Literal["demo", "crm"]
    now: datetime
    turns: list[Turn]


def read(path: Path) -> Conversation:
    """Raises ValidationError for a file that is not one."""
    return Conversation.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
