"""A flow as data: five verbs, no expressions. Built by `load.py`, walked by the engine, checked by `check.py`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from core.conversation.model import Urgency
from core.conversation.texts import Template


@dataclass(frozen=True, slots=True)
class Say:
    """Say a text and go on. `picture`: the slot in which an action left a picture's name; `alt`: the text that tells it."""

    name: str
    text: str
    next: str
    picture: str = ""
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask: a reader for free text (filling the slot named like the text), buttons, or both."""

    name: str
    text: str
    reads: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    """Choice name -> step."""
    tries: int = 3
    give_up: str = ""
    next: str = ""
    """Where a text that the reader accepted leads; empty when there is no reader."""
    keeps: bool = False
    """Whether a choice fills the slot, too, with its name: the answer is wanted later."""
    joins: bool = False
    """Whether it may stand in one form with the question that comes next."""
    offers: str = ""
    """A list of the house's: each name on it is a button that answers like the same word typed, see `offers.py`."""


@dataclass(frozen=True, slots=True)
class Do:
    """Perform a registered action with slots as inputs; each of its outcomes leads somewhere."""

    name: str
    action: str
    inputs: tuple[str, ...] = ()
    outcomes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wait:
    """Let time pass, then go on by itself."""

    name: str
    seconds: float
    next: str


@dataclass(frozen=True, slots=True)
class Person:
    """hand_over: open a ticket for a human of this skill. The flow ends here."""

    name: str
    skill: str
    urgency: Urgency = "normal"


Step = Say | Ask | Do | Wait | Person


LESSON_CHOICES = ("a", "b", "c")
"""The answers that every lesson offers to its question."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson of a course: which topic it belongs to, and the right answer. Its words are texts of the flow."""

    name: str
    topic: str
    answer: str

    @property
    def texts(self) -> tuple[str, ...]:
        """The keys of its texts: title, body, question, and an explanation for each answer."""
        explained = (f"lesson.{self.name}.explain.{choice}" for choice in LESSON_CHOICES)
        return (*(f"lesson.{self.name}.{part}" for part in ("title", "body", "question")), *explained)

    @property
    def choices(self) -> tuple[str, ...]:
        """The keys of its buttons' labels."""
        return tuple(f"lesson.{self.name}.{choice}" for choice in LESSON_CHOICES)


@dataclass(frozen=True, slots=True)
class Words:
    """All texts of one flow (or of the house, `flows/common`) in one language."""

    texts: Mapping[str, Template]
    choices: Mapping[str, str]
    phrases: tuple[str, ...] = ()
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Only in `common`: the words that work everywhere, such as menu -> (菜单, 主菜单)."""


@dataclass(frozen=True, slots=True)
class Flow:
    """One flow of one version. `hash` is the SHA-256 of its sources; conversations are pinned to it."""

    name: str
    version: int
    hash: str
    owner: str
    command: str
    menu: str
    """The text key of its button in the main menu; empty when it is not in the menu."""
    first: str
    steps: Mapping[str, Step]
    words: Mapping[str, Words]
    """Language -> texts."""
    lessons: Mapping[str, Lesson] = field(default_factory=dict)
    """The course that people subscribe to, in its order; most flows have none."""
    takes: str = ""
    """The reader of what may be pasted out of the blue: it leads here, and answers the first question."""


def exits(step: Step) -> Iterator[tuple[str, str]]:
    """Every way out of a step as (label, target): the one table behind engine, checker and drawing."""
    match step:
        case Say(next=target) | Wait(next=target):
            yield "", target
        case Ask():
            for choice, target in step.choices.items():
                yield choice, target
            if step.reads:
                yield step.reads, step.next
            yield "give_up", step.give_up
        case Do():
            yield from step.outcomes.items()
        case Person():
            return
