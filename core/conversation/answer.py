"""What a person wrote, as an answer: a button typed out, what the reader takes, another topic, or not understood.

The order: the label of a button, the reader, the number of a button, a digression; then it counts as a try.
"""

from __future__ import annotations

from collections.abc import Mapping

from core.conversation import house
from core.conversation.filling import not_understood, show_form, understood
from core.conversation.flow import Ask, Flow
from core.conversation.fold import fold
from core.conversation.forms import FORM
from core.conversation.model import Said
from core.conversation.offers import CHOSEN, OFFER, offered
from core.conversation.readers import Read
from core.conversation.scene import Scene
from core.conversation.state import Frame
from core.conversation.suspect import CHECK, asks
from core.conversation.walk import begin, go, labels

LABEL = 80
"""Code points; nobody types a label longer than this."""


def hear(scene: Scene, said: Said) -> None:
    """A person wrote, and it is for the bot: what it means depends on what the top frame waits for."""
    top = scene.top
    kind = top.waiting.kind if top and top.waiting else ""
    if top is not None and kind == "answer":
        if house.is_door(top.flow):
            _to_house(scene, top, said)
        else:
            _to_flow(scene, top, said)
    elif top is not None and kind == "result":
        _meanwhile(scene, top, said)
    else:
        _freely(scene, said)


def choose(scene: Scene, frame: Frame, choice: str) -> bool:
    """Follow a choice of the open question; False when it has none of that name."""
    if house.is_door(frame.flow):
        return house.choose(scene, frame, choice)
    step = scene.step(frame)
    if isinstance(step, Ask) and choice == FORM:
        return show_form(scene, frame, step)
    if not isinstance(step, Ask):
        return False
    if choice.startswith(OFFER) and choice.removeprefix(OFFER) in offered(step, scene.holes):
        _take(scene, frame, step, Read(choice.removeprefix(OFFER)))
        return True
    if choice not in step.choices:
        return False
    scene.lost = 0
    if step.keeps:
        scene.put(frame._replace(slots={**frame.slots, step.text: choice}))
    go(scene, step.choices[choice])
    return True


def topic(scene: Scene, text: str) -> Flow | None:
    """The flow that a sentence surely means."""
    return scene.library.flows.get(scene.library.router.route(text).sure)


def _to_house(scene: Scene, frame: Frame, said: Said) -> None:
    """An answer to the menu and its like; or to the flow's question that lies below."""
    choice = _label(said.text, frame.slots) or _number(said.text, frame.slots)
    if choice and choose(scene, frame, choice):
        return
    below = scene.frames[-2] if len(scene.frames) > 1 else None
    if below is not None and below.waiting and below.waiting.kind == "answer" and not topic(scene, said.text):
        step = scene.step(below)
        read = understood(scene, step, said.text) if isinstance(step, Ask) else None
        if isinstance(step, Ask) and read is not None and not read.complaint:
            scene.drop_house()
            _take(scene, below, step, read)
            return
    _freely(scene, said)


def _to_flow(scene: Scene, frame: Frame, said: Said) -> None:
    """An answer to a flow's question."""
    flow, step = scene.flow(frame), scene.step(frame)
    if flow is None or not isinstance(step, Ask):
        go(scene, frame.step)  # cannot be walked any more: says so and brings a human
        return
    shown = {choice.name: choice.label.removeprefix(CHOSEN) for choice in labels(scene, flow, step)}
    read = understood(scene, step, said.text)
    if choice := _label(said.text, shown):
        choose(scene, frame, choice)
    elif read is not None and not read.complaint:
        _take(scene, frame, step, read)
    elif choice := _number(said.text, shown):
        choose(scene, frame, choice)
    elif not _digress(scene, frame, said, read=read is not None):
        not_understood(scene, frame, step, said, read)


def _take(scene: Scene, frame: Frame, step: Ask, read: Read) -> None:
    scene.put(frame._replace(slots={**frame.slots, step.text: read.value}))
    scene.lost = 0
    go(scene, step.next)


def given(scene: Scene, text: str) -> None:
    """What stood behind the command that began a flow answers its first question, if it can; it is not asked then."""
    frame = scene.top
    step = scene.step(frame) if frame else None
    if frame is None or not isinstance(step, Ask):
        return
    read = understood(scene, step, text)
    if read is not None and not read.complaint:
        scene.blocks.pop()
        scene.choices = ()
        _take(scene, frame, step, read)


def _digress(scene: Scene, frame: Frame, said: Said, *, read: bool = False) -> bool:
    """Another topic, when the sentence surely means one, or what was pasted belongs to one and no reader of the open
    question saw it first. What was edited is too old to begin anything."""
    if said.edited:
        return False
    other = topic(scene, said.text)
    other = other if other is None or other.name != frame.flow else None
    return _begun(scene, "" if read else said.text, other)


def _begun(scene: Scene, text: str, flow: Flow | None) -> bool:
    """Begin the flow that a sentence means, else the one to which what was pasted belongs; it has the answer to its
    first question then. False when there is neither."""
    pasted = _taking(scene, text) if text else None
    if (flow := flow or pasted) is None:
        return False
    begin(scene, flow)
    if flow is pasted:
        given(scene, text)
    return True


def _taking(scene: Scene, text: str) -> Flow | None:
    """The flow that takes what was pasted out of the blue, or that compares what somebody asks about."""
    for flow in scene.library.flows.values():
        reader = scene.library.readers.get(flow.takes)
        if reader is not None and not reader(text).complaint:
            return flow
    return scene.library.flows.get(CHECK) if asks(text) else None


def _meanwhile(scene: Scene, frame: Frame, said: Said) -> None:
    """Something is being looked up: another topic may begin, anything else is told to wait a moment."""
    if not _digress(scene, frame, said):
        scene.say("checking")


def _freely(scene: Scene, said: Said) -> None:
    """A free sentence with nothing open."""
    if said.edited:
        scene.say("edited_seen")
        house.again(scene)
        return
    ranking = scene.library.router.route(said.text)
    if _begun(scene, said.text, scene.library.flows.get(ranking.sure)):
        return
    if said.forwarded:
        scene.say("forwarded_seen")
    house.suggest(scene, ranking.nearest)


def _label(text: str, shown: Mapping[str, str]) -> str:
    """The choice whose label a person typed; "" if none."""
    typed = fold(text) if len(text) <= LABEL else ""
    return next((name for name, label in shown.items() if typed and typed == fold(label)), "")


def _number(text: str, shown: Mapping[str, str]) -> str:
    """The choice whose place a person typed, from 1; "" if none."""
    typed = fold(text) if len(text) <= LABEL else ""
    return next((name for place, name in enumerate(shown, 1) if typed == str(place)), "")
