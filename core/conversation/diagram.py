"""A flow as a Mermaid diagram, drawn from the same table of exits that the engine walks."""

from __future__ import annotations

from collections.abc import Iterator

from core.conversation.flow import Ask, Do, Flow, Person, Say, Step, Wait, exits
from core.conversation.model import END

LONGEST = 40
"""Characters of a text that a node shows."""
_SAFE = frozenset(" _-.，。？！：、…")


def mermaid(flow: Flow, language: str) -> str:
    """The diagram of a flow with the texts of one language. A text that is absent shows its key."""
    numbers = {name: f"s{number}" for number, name in enumerate(flow.steps)} | {END: "done"}
    lines = ["flowchart TD", f'    begin(["{_escaped(flow.name)}"]) --> {numbers.get(flow.first, "done")}']
    for name, step in flow.steps.items():
        lines.append(f"    {numbers[name]}{_node(flow, step, language)}")
        lines.extend(f"    {edge}" for edge in _edges(flow, step, language, numbers))
    return "\n".join([*lines, '    done(["●"])', ""])


def _edges(flow: Flow, step: Step, language: str, numbers: dict[str, str]) -> Iterator[str]:
    words = flow.words.get(language)
    for label, target in exits(step):
        shown = words.choices.get(label, label) if words and isinstance(step, Ask) else label
        arrow = f'-->|"{_escaped(shown)}"|' if shown else "-->"
        if target in numbers:
            yield f"{numbers[step.name]} {arrow} {numbers[target]}"


def _node(flow: Flow, step: Step, language: str) -> str:
    """The shape says the verb, the text says what a person reads."""
    match step:
        case Say(text=key):
            return f'["{_text(flow, key, language)}"]'
        case Ask(text=key):
            return f'{{{{"{_text(flow, key, language)}"}}}}'
        case Do(action=action):
            return f'[["{_escaped(action)}"]]'
        case Wait(seconds=seconds):
            return f'(("{_duration(seconds)}"))'
        case Person(skill=skill, urgency=urgency):
            return f'[/"{_escaped(skill)}{" !" if urgency == "emergency" else ""}"/]'


def _text(flow: Flow, key: str, language: str) -> str:
    words = flow.words.get(language)
    template = words.texts.get(key) if words else None
    first = (template.source if template else key).strip().split("\n")[0].replace("**", "")
    return _escaped(first if len(first) <= LONGEST else first[: LONGEST - 1] + "…")


def _duration(seconds: float) -> str:
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:.0f}{unit}"
    return f"{seconds:g}s"


def _escaped(text: str) -> str:
    """Every character that Mermaid or HTML could take for its own, as a numbered entity."""
    return "".join(char if char.isalnum() or char in _SAFE else f"#{ord(char)};" for char in text)
