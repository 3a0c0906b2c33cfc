"""Lessons: what is sent, and what happens when somebody presses an answer, days later or in the middle of a flow.

An answer is a door ("@lesson.", the name, a dot and the answer): it opens at any moment, explains, and leaves
everything else of the conversation exactly as it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from core.conversation.flow import LESSON_CHOICES, Flow, Lesson
from core.conversation.library import Library
from core.conversation.model import Address, Choice, Mark, Message, Rich
from core.conversation.scene import HOUSE, Scene
from core.conversation.state import Conversation

ANSWER = "lesson."
EVERY = "all"
"""The topic that stands for all of them."""


def course(library: Library) -> tuple[Flow, Sequence[Lesson]] | None:
    """The flow that teaches and its lessons in their order; None where no flow does."""
    flow = next((flow for flow in library.flows.values() if flow.lessons), None)
    return (flow, tuple(flow.lessons.values())) if flow else None


def following(lessons: Sequence[Lesson], topics: Set[str], given: Set[str]) -> Lesson | None:
    """The next lesson for somebody who asked for these topics and was given those; None at the end."""
    wanted = (one for one in lessons if EVERY in topics or one.topic in topics)
    return next((one for one in wanted if one.name not in given), None)


def message(library: Library, house: Mapping[str, str], language: str, name: str) -> Message | None:
    """A lesson in one language, with the answers to its question and a way out; None if there is none such."""
    flow, lesson = _find(library, name)
    if flow is None or lesson is None:
        return None
    scene = Scene(library, house, Conversation(Address("", "", ""), language))
    for part in ("title", "body", "question"):
        scene.say_of(flow, f"lesson.{name}.{part}", {})
    title, *rest = scene.blocks
    labels = flow.words[scene.language].choices
    answers = (Choice(HOUSE + key, labels.get(key, key)) for key in lesson.choices)
    bold = Rich(title.text, (Mark(0, len(title.text), "bold"),))
    return Message((bold, *rest), (*answers, scene.door("unsubscribe")))


def knows(library: Library, word: str) -> bool:
    """Whether this is an answer to a lesson that is on offer."""
    name, _, choice = word.removeprefix(ANSWER).partition(".")
    return word.startswith(ANSWER) and choice in LESSON_CHOICES and _find(library, name)[1] is not None


def explain(scene: Scene, word: str) -> None:
    """Say what is right or wrong about an answer. Nothing else changes; an open question keeps its buttons."""
    name, _, choice = word.removeprefix(ANSWER).partition(".")
    flow, _ = _find(scene.library, name)
    if flow is not None:
        scene.edits = ""  # whatever message the button hung under stays to be read
        scene.say_of(flow, f"lesson.{name}.explain.{choice}", {})


def _find(library: Library, name: str) -> tuple[Flow | None, Lesson | None]:
    flow = next((flow for flow in library.flows.values() if name in flow.lessons), None)
    return flow, flow.lessons[name] if flow else None
