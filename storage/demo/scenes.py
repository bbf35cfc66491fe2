"""Composes one conversation: what was said, what the company keeps of it, what comes of it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import accumulate
from random import Random
from typing import Any

from storage.demo import data
from storage.demo.phrases import phrase

_OBJECTIONS = frozenset({"price", "delivery", "competitor", "budget", "reconsider"})
_PEOPLE = frozenset({"legal", "finance", "stakeholder", "silent", "intent"})
_MOODS = ("mood_good", "mood_flat", "mood_bad")
_SENTENCE = re.compile(r"(?<=\. )[a-z]")
_CAPITAL = re.compile(r"(?<=[:.?!] )the(?= director| counsel)")
_MINUTES = {
    "visit": (35, 95),
    "call": (4, 28),
    "meeting": (45, 120),
    "chat": (3, 15),
    "mail": (5, 10),
}
_DRAWS = 4


@dataclass(frozen=True, slots=True)
class Promise:
    """Something promised: ``by`` us or the customer, to be kept within ``days``."""

    by: str
    text: str
    days: int


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is complained about."""

    title: str
    severity: str
    text: str


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a conversation takes place: ``scene`` is a stage, ``won``, ``lost`` or ``care``.

    ``slots`` fill the sentences; ``special`` are slots that differ for one subject (legal,
    finance). ``styles`` are the author's habits of writing minutes.
    """

    language: str
    scene: str
    industry: str
    product: Mapping[str, Any]
    slots: Mapping[str, str]
    special: Mapping[str, Mapping[str, str]]
    styles: Sequence[int]


@dataclass(slots=True)
class Talk:
    """A finished conversation; a complaint opens a ticket."""

    kind: str
    minutes: int
    subjects: tuple[str, ...]
    summary: str = ""
    text: str = ""
    action: str = ""
    promises: list[Promise] = field(default_factory=list)
    complaint: Complaint | None = None


@cache
def _weights(group: str, name: str) -> tuple[tuple[str, ...], tuple[float, ...]]:
    """What may come, with weights that are summed up as ``choices`` likes them."""
    scenes = data.load("talk/scenes")
    table = scenes[group][name]
    table = table["subjects"] if group == "stages" else table
    return tuple(table), tuple(accumulate(table.values()))


def compose(rng: Random, setting: Setting) -> Talk:
    """One conversation for the setting."""
    subjects = _subjects(rng, setting)
    kinds, weights = _weights("kinds", setting.scene)
    kind = rng.choices(kinds, cum_weights=weights)[0]
    if subjects == ("silent",):
        kind = rng.choice(("chat", "call", "mail"))
    talk = Talk(kind, rng.randint(*_MINUTES[kind]), subjects)
    setting = replace(setting, slots={**setting.slots, "mins": str(max(talk.minutes, 3))})
    clauses, spoken = [], []
    for subject in subjects:
        clause, words = _subject(rng, setting, subject, talk)
        clauses.append(clause)
        spoken.append(words)
    promise = _promise(rng, setting, talk, spoken)
    mood, mood_words = _mood(rng, setting, talk)
    talk.summary = _summary(rng, setting, talk, clauses, promise, mood)
    talk.text = _text(rng, setting, talk, spoken, mood_words)
    talk.action = _action(rng, setting, talk)
    return talk


def _subjects(rng: Random, setting: Setting) -> tuple[str, ...]:
    names, weights = _weights("stages", setting.scene)
    wanted = rng.choices((1, 2, 3), (3, 5, 2))[0]
    chosen: set[str] = set()
    while len(chosen) < wanted:
        chosen.add(rng.choices(names, cum_weights=weights)[0])
    if "silent" in chosen:
        return ("silent",)
    order: list[str] = data.load("talk/scenes")["order"]
    fitting = {subject_for(setting.product, subject) for subject in chosen}
    return tuple(sorted(fitting, key=order.index))


def sort_of(product: Mapping[str, Any]) -> str:
    """``hardware``, ``software``, ``service`` or ``project``."""
    usual = "software" if product["line"] == "software" else "hardware"
    return str(product.get("sort", usual))


def subject_for(product: Mapping[str, Any], subject: str) -> str:
    """Nobody asks for the delivery date of a service plan."""
    sort = sort_of(product)
    if sort == "service" and subject in ("need", "question", "delivery", "acceptance"):
        return "renewal"
    return "question" if sort == "software" and subject == "delivery" else subject


@cache
def fitting(language: str, subject: str, industry: str, product_id: str) -> list[dict[str, Any]]:
    """The sentences about a subject that suit a customer's industry and a product."""
    product = next(p for p in data.products() if p["id"] == product_id)
    hardware = sort_of(product) == "hardware"
    return [
        entry
        for entry in _entries(language, subject, product["line"])
        if product["sku"] in entry.get("sku", (product["sku"],))
        and industry in entry.get("industry", (industry,))
        and (hardware or not entry.get("hardware"))
    ]


def _entries(language: str, subject: str, line: str) -> list[dict[str, Any]]:
    words = data.talk(language)
    found: list[dict[str, Any]]
    if subject in _OBJECTIONS:
        found = words["objections"][subject]
    elif subject in _PEOPLE:
        found = words["people"][subject]
    elif subject in ("us", "customer"):
        found = words["promises"][subject]
    elif subject == "small":
        found = words["frame"]["small"]
    elif subject == "complaint":
        found = words["service"]["complaint"][line]
    elif subject in ("need", "question"):
        found = words[f"{subject}s"][line]
    else:
        found = words["service"][subject]
    return found


def _spoken_by_one(entry: Mapping[str, Any]) -> bool:
    """Whether nobody but the partner of the talk speaks in it."""
    return not entry["say"].startswith("{who2}")


def _draws(rng: Random) -> tuple[float, ...]:
    return tuple(rng.random() for _ in range(_DRAWS))


def _subject(rng: Random, setting: Setting, subject: str, talk: Talk) -> tuple[str, str]:
    """Summary clause and spoken words of one subject."""
    slots = {**setting.slots, **setting.special.get(subject, {})}
    entries = fitting(setting.language, subject, setting.industry, setting.product["id"])
    if talk.kind not in ("visit", "meeting"):
        entries = [entry for entry in entries if _spoken_by_one(entry)] or entries
    entry, draws = rng.choice(entries), _draws(rng)
    clause = phrase(entry["sum"]).render(slots, draws)
    words = phrase(entry["say"]).render(slots, draws)
    service = data.talk(setting.language)["service"]
    if subject in _OBJECTIONS and rng.random() < 0.8:
        replies = data.talk(setting.language)["objections"][f"{subject}_reply"]
        words += "\n" + phrase(rng.choice(replies)).render(setting.slots, _draws(rng))
    if subject == "complaint":
        severity = "normal" if rng.random() < 0.4 else entry["severity"]
        title = phrase(entry["title"]).render(slots, draws)
        talk.complaint = Complaint(title, severity, _tidy(setting.language, clause))
        words += "\n" + phrase(rng.choice(service["reply"])).render(setting.slots, _draws(rng))
    return clause, words


def _promise(rng: Random, setting: Setting, talk: Talk, spoken: list[str]) -> str:
    """Perhaps a promise; returns its summary clause and adds the words spoken."""
    chance = data.load("talk/scenes")["stages"][setting.scene]["promise"]
    if talk.subjects == ("silent",) or rng.random() >= chance:
        return ""
    by = "us" if rng.random() < 0.68 else "customer"
    promises = data.talk(setting.language)["promises"]
    entries = fitting(setting.language, by, setting.industry, setting.product["id"])
    entry, draws = rng.choice(entries), _draws(rng)
    days = rng.randint(*entry["days"])
    near = next(words for limit, words in promises["within"].items() if days <= int(limit))
    slots = {**setting.slots, "within": rng.choice(near)}
    talk.promises.append(Promise(by, phrase(entry["text"]).render(slots, draws), days))
    spoken.append(phrase(entry["say"]).render(slots, draws))
    return phrase(entry["sum"]).render(slots, draws)


def _mood(rng: Random, setting: Setting, talk: Talk) -> tuple[str, str]:
    weights = data.load("talk/scenes")["stages"][setting.scene]["mood"]
    if talk.complaint is not None:
        weights = data.load("talk/scenes")["mood_of_complaint"]
    moods = data.talk(setting.language)["frame"][rng.choices(_MOODS, weights)[0]]
    entry = rng.choice([mood for mood in moods if talk.kind in mood.get("only", (talk.kind,))])
    draws = _draws(rng)
    render = (phrase(entry[key]).render(setting.slots, draws) for key in ("sum", "say"))
    return next(render), next(render)


def _summary(
    rng: Random, setting: Setting, talk: Talk, clauses: list[str], promise: str, mood: str
) -> str:
    shape = data.load("talk/scenes")[setting.language]
    if talk.subjects == ("silent",):
        return _tidy(setting.language, clauses[0] + shape["end"].strip())
    frame = data.talk(setting.language)["frame"]
    opening = phrase(rng.choice(frame[f"sum_{talk.kind}"])).render(setting.slots, _draws(rng))
    pattern = shape["summary"][rng.choice(setting.styles) if rng.random() < 0.75 else 0]
    if "{second}" in pattern and len(clauses) < 2:
        pattern = shape["summary"][0]
    end, numbers = shape["end"], shape["numbers"]
    text = pattern.format(
        open=opening,
        who=setting.slots["who"],
        body=shape["join"].join(clauses),
        first=clauses[0] + end,
        second=end.join(clauses[1:]) + end,
        promise=promise + end if promise else "",
        promise_item=f"{numbers[2]}{promise}{end}" if promise else "",
        mood=mood,
    )
    return _tidy(setting.language, text)


def _tidy(language: str, text: str) -> str:
    text = text.strip()
    if language == "en":
        text = _SENTENCE.sub(lambda match: match.group().upper(), text)
        return text[0].upper() + text[1:]
    return text


def _text(rng: Random, setting: Setting, talk: Talk, spoken: list[str], mood: str) -> str:
    """The words in the order spoken; a mail is written by the customer alone."""
    if talk.subjects == ("silent",):
        return spoken[0]
    frame = data.talk(setting.language)["frame"]
    opening = phrase(rng.choice(frame[f"say_{talk.kind}"])).render(setting.slots, _draws(rng))
    if talk.kind == "mail":
        return opening.rstrip() + "\n" + _letter(setting, spoken)
    lines = [opening, *spoken]
    if rng.random() < 0.7:
        lines.append(mood)
    text = "\n".join(lines)
    return _CAPITAL.sub("The", text) if setting.language == "en" else text


def _letter(setting: Setting, spoken: list[str]) -> str:
    shape = data.load("talk/scenes")[setting.language]
    mine, points = shape["me"], list[str]()
    for words in spoken:
        said = (line for line in words.split("\n") if not line.startswith((mine, "（", "(")))
        points.extend(line.split("：" if "：" in line else ": ", 1)[-1] for line in said)
    numbers = shape["numbers"]
    body = "\n".join(f"{numbers[i % len(numbers)]} {point}" for i, point in enumerate(points))
    return body + str(shape["sign"]).format_map(setting.slots)


def _action(rng: Random, setting: Setting, talk: Talk) -> str:
    actions = data.talk(setting.language)["next"]["action"]
    key = "service" if talk.complaint else setting.scene
    return phrase(rng.choice(actions[key])).render(setting.slots, _draws(rng))
