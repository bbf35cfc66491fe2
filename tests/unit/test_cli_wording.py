"""The command line's sentences: both languages say the same things."""

import string
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any

import pytest

from bot.cli.root import PLACES, root
from bot.wording import LANGUAGES, Words, topic_words

TOPICS = sorted({file.name.split(".")[0] for file in (resources.files("bot") / "words").iterdir()})


def sentences(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from sentences(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from sentences(inner, f"{path}.{place}")
    else:
        yield path, value


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("topic", TOPICS)
def test_both_languages_have_the_same_sentences_with_the_same_values(topic: str) -> None:
    chinese, english = (dict(sentences(topic_words(topic, code))) for code in LANGUAGES)
    assert chinese.keys() == english.keys()
    for path, text in chinese.items():
        if not path.endswith(".example"):
            assert placeholders(text) == placeholders(english[path]), path


def test_a_missing_key_is_a_defect_that_shows() -> None:
    with pytest.raises(KeyError, match="nothing"):
        Words("zh")("errors.nothing")
    with pytest.raises(KeyError, match="nosuchtopic"):
        Words("zh")("nosuchtopic.x")


def test_values_with_braces_stay_as_they_are() -> None:
    assert "{x}" in Words("zh")("usage.command", name="{x}")


@pytest.mark.parametrize("name", list(PLACES))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_has_help_for_each_option_and_an_example(name: str, language: Any) -> None:
    words = Words(language)
    command = root.get_command(None, name)  # type: ignore[arg-type]
    assert command is not None
    pairs = [(f"help.{name}", command)]
    pairs += [(f"help.{name}.{n}", c) for n, c in getattr(command, "commands", {}).items()]
    for key, part in pairs:
        assert words(f"{key}.summary")
        assert words(f"{key}.help")
        assert "salestwin" in words.entry(f"{key}.example")
        for param in part.params:
            if param.param_type_name == "option":
                assert words(f"{key}.options.{param.name}")
