"""Filling in: a question's reader, what is said when it accepts nothing, and several questions in one form."""

from __future__ import annotations

from collections.abc import Mapping

from core.conversation import house
from core.conversation.flow import Ask
from core.conversation.fold import spoken
from core.conversation.forms import form, together
from core.conversation.model import Said
from core.conversation.readers import Read
from core.conversation.scene import Scene
from core.conversation.state import Frame
from core.conversation.walk import ask_again, go

CALLS = ("emergency", "human")
"""Words that are meant even in a field of a form."""


def understood(scene: Scene, step: Ask, text: str) -> Read | None:
    """What the reader of a question makes of a text; None where there is none."""
    reader = scene.library.readers.get(step.reads) if step.reads else None
    return reader(text) if reader else None


def not_understood(scene: Scene, frame: Frame, step: Ask, said: Said, read: Read | None) -> None:
    """Say what is wrong and ask again; after the last try the flow's own way out."""
    if said.edited:
        scene.say("edited_seen")
        ask_again(scene)
        return
    if frame.tries + 1 >= step.tries:
        if read is not None:  # what was wrong is worth knowing, even when a human takes over now
            scene.say(read.complaint, read.holes)
        go(scene, step.give_up)
        return
    scene.put(frame._replace(tries=frame.tries + 1))
    if read is not None:
        scene.say(read.complaint, read.holes)
    else:
        scene.say("forwarded_seen" if said.forwarded else "choose_please")
    ask_again(scene, silently=read is not None)


def take_form(scene: Scene, said: Said, words: Mapping[str, str]) -> None:
    """A form came back. One that is awaited no more is like a button that is; whoever calls for a human in one of
    its fields gets one. `words`: how a word that works everywhere is spoken -> the word."""
    call = next((word for line in said.text.split("\n") if (word := words.get(spoken(line))) in CALLS), "")
    if said.form < 0:
        scene.say("not_yours")
    elif call:
        house.use_word(scene, call)
    elif not _fill(scene, said):
        scene.say("menu_expired")
        house.again(scene)


def show_form(scene: Scene, frame: Frame, step: Ask) -> bool:
    """The question once more, and the form in its place where it can be opened at this moment."""
    flow = scene.flow(frame)
    asked = together(flow, step) if flow and scene.forms else ()
    if flow is None or not asked:
        return False
    ask_again(scene)
    scene.form = form(flow, asked, scene.language)
    return True


def _fill(scene: Scene, said: Said) -> bool:
    """A form came back, a line for each field: answers to questions in a row, as far as they are accepted. The
    first that is not, or that has no line, is asked by itself. False when this form is not awaited any more."""
    frame = scene.top
    flow, step = (scene.flow(frame), scene.step(frame)) if frame else (None, None)
    awaited = frame is not None and frame.waiting is not None and frame.waiting.visit == said.form
    asked = together(flow, step) if flow and isinstance(step, Ask) and awaited else ()
    if frame is None or not asked:
        return False
    scene.lost = 0
    slots, target = frame.slots, asked[0].name
    for ask, text in zip(asked, said.text.split("\n"), strict=False):
        read = understood(scene, ask, text)
        if read is None or read.complaint:
            _not_accepted(scene, frame._replace(slots=slots), ask, said, read)
            return True
        slots, target = {**slots, ask.text: read.value}, ask.next
    scene.put(frame._replace(slots=slots))
    go(scene, target)
    return True


def _not_accepted(scene: Scene, frame: Frame, ask: Ask, said: Said, read: Read | None) -> None:
    """A field is wrong: the first like any wrong answer, a later one becomes the open question."""
    if ask.name == frame.step:
        not_understood(scene, frame, ask, said, read)
        return
    scene.put(frame)
    if read is not None:
        scene.say(read.complaint, read.holes)
    go(scene, ask.name)
