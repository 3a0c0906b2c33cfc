"""What the desk sends into a person's conversation: an answer, the end of a ticket, and how tickets stand.

Whoever is in the middle of a flow stays there, and has a button that leads to the human. Whoever is in none talks
to the human from then on: what they write next is meant for the one who wrote.
"""

from __future__ import annotations

from core.conversation.model import Rich
from core.conversation.scene import HOUSE, PERSON, Scene
from core.conversation.texts import plain
from core.conversation.tickets import Answered, Closed, Desked, Noticed, Recalled

REPLY = "reply"
"""The word and the door that lead from a flow to the ticket that is open already."""


def take(scene: Scene, event: Desked) -> None:
    """Tell the person what came from the desk."""
    match event:
        case Answered():
            _answered(scene, event)
        case Closed():
            _closed(scene, event)
        case Recalled():
            _recalled(scene, event)
        case Noticed():
            _noticed(scene, event)


def _answered(scene: Scene, event: Answered) -> None:
    scene.edits = event.edits
    first, *rest = event.text.split("\n")  # a hole takes one line
    scene.say("staff_says", {"alias": event.alias, "number": event.number, "text": first})
    said = scene.blocks[-1]
    scene.blocks[-1] = Rich("\n".join((said.text, *map(plain, rest))), said.marks)
    if scene.with_human:
        return
    if event.edits or any(frame.flow == PERSON or not frame.flow.startswith(HOUSE) for frame in scene.frames):
        scene.choices = (scene.door(REPLY), scene.door("menu"))
        return
    scene.mode, scene.frames = "human", []
    scene.say("staff_here")
    scene.choices = (scene.door("menu"),)


def _closed(scene: Scene, event: Closed) -> None:
    scene.say("ticket_closed", {"number": event.number})
    if scene.mode == "human" and not event.others:
        scene.mode = "bot"  # nobody needs to be told that the person left
        scene.frames = [frame for frame in scene.frames if frame.flow != PERSON or frame.waiting]
    scene.choices = (scene.door("menu"), scene.door("human"))


def _recalled(scene: Scene, event: Recalled) -> None:
    scene.say("tickets" if event.tickets else "tickets_none")
    for ticket in event.tickets:
        scene.say(f"ticket.{ticket.state}", {"number": ticket.number, "opened": ticket.opened_at})
    scene.choices = (scene.door("menu"), scene.door("human"))


def _noticed(scene: Scene, event: Noticed) -> None:
    """What the person waits for has news. Whatever they are in the middle of stays as it is."""
    scene.edits = event.edits
    scene.say(event.text, event.values)
    flow = scene.library.flows.get(event.flow)
    if flow is not None and event.also in flow.words[scene.language].texts:
        scene.say_of(flow, event.also, event.values)
    if not event.edits:
        scene.choices = (scene.door("menu"), scene.door("human"))
