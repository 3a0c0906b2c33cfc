"""A flow as a drawing, made from the same table of exits that the engine walks: boxes and arrows, or Mermaid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from core.conversation.flow import Ask, Do, Flow, Person, Say, Step, Wait, exits
from core.conversation.model import END

LONGEST = 40
"""Characters of a text that a box shows."""
_SAFE = frozenset(" _-.，。？！：、…")

Verb = Literal["say", "ask", "do", "wait", "hand_over"]
SHAPES: dict[Verb, tuple[str, str]] = {
    "say": ('["', '"]'),
    "ask": ('{{"', '"}}'),
    "do": ('[["', '"]]'),
    "wait": ('(("', '"))'),
    "hand_over": ('[/"', '"/]'),
}
"""How Mermaid writes a verb's shape."""


@dataclass(frozen=True, slots=True)
class Box:
    """One step: its name, its verb, and what a person reads there (or the action, the time, the skill)."""

    name: str
    verb: Verb
    text: str


@dataclass(frozen=True, slots=True)
class Arrow:
    """One way out of a step, to a step or to END; `label` is the button, the outcome or the reader."""

    source: str
    target: str
    label: str


def boxes(flow: Flow, language: str) -> list[Box]:
    """Every step, with the texts of one language. A text that is absent shows its key."""
    return [_box(flow, step, language) for step in flow.steps.values()]


def arrows(flow: Flow, language: str) -> list[Arrow]:
    """Every way from one step to another or to the end."""
    return [arrow for step in flow.steps.values() for arrow in _arrows(flow, step, language)]


def mermaid(flow: Flow, language: str) -> str:
    """The diagram of a flow with the texts of one language."""
    numbers = {name: f"s{number}" for number, name in enumerate(flow.steps)} | {END: "done"}
    lines = ["flowchart TD", f'    begin(["{_escaped(flow.name)}"]) --> {numbers.get(flow.first, "done")}']
    for name, step in flow.steps.items():
        box = _box(flow, step, language)
        left, right = SHAPES[box.verb]
        lines.append(f"    {numbers[name]}{left}{_escaped(box.text)}{right}")
        for arrow in _arrows(flow, step, language):
            label = f'-->|"{_escaped(arrow.label)}"|' if arrow.label else "-->"
            lines.append(f"    {numbers[name]} {label} {numbers[arrow.target]}")
    return "\n".join([*lines, '    done(["●"])', ""])


def _arrows(flow: Flow, step: Step, language: str) -> Iterator[Arrow]:
    words = flow.words.get(language)
    for label, target in exits(step):
        if target in flow.steps or target == END:
            shown = words.choices.get(label, label) if words and isinstance(step, Ask) else label
            yield Arrow(step.name, target, shown)


def _box(flow: Flow, step: Step, language: str) -> Box:
    match step:
        case Say(text=key):
            return Box(step.name, "say", _text(flow, key, language))
        case Ask(text=key):
            return Box(step.name, "ask", _text(flow, key, language))
        case Do(action=action):
            return Box(step.name, "do", action)
        case Wait(seconds=seconds):
            return Box(step.name, "wait", _duration(seconds))
        case Person(skill=skill, urgency=urgency):
            return Box(step.name, "hand_over", f"{skill} !" if urgency == "emergency" else skill)


def _text(flow: Flow, key: str, language: str) -> str:
    words = flow.words.get(language)
    template = words.texts.get(key) if words else None
    first = (template.source if template else key).strip().split("\n")[0].replace("**", "")
    return first if len(first) <= LONGEST else first[: LONGEST - 1] + "…"


def _duration(seconds: float) -> str:
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:.0f}{unit}"
    return f"{seconds:g}s"


def _escaped(text: str) -> str:
    """Every character that Mermaid or HTML could take for its own, as a numbered entity."""
    return "".join(char if char.isalnum() or char in _SAFE else f"#{ord(char)};" for char in text)
