"""A person who writes faster than anybody could answer: what they say is put together and answered as one.

The first such message is answered with one "please wait", and a reminder is set; what comes until it is due is kept
in the conversation, so nothing is lost by a crash. Then it is heard as one text. 紧急 and a first 人工 never wait, nor
do the presses of whoever was robbed.

`hurry` of a conversation is the visit of the reminder that is awaited, `TOLD` when none is and the person knows that
they are too fast, and 0 for everybody else.
"""

from __future__ import annotations

from core.conversation.flow import Flow, Person
from core.conversation.model import Pressed, Remind, Said
from core.conversation.scene import Scene

WAIT = 5.0
"""Seconds for which messages are put together."""
MOST = 4_000
"""Characters that are kept; of more, the newest."""
TOLD = -1
CUT = "…"


def put_aside(scene: Scene, said: Said) -> bool:
    """Whether this message is kept for later. What must not wait, secrets above all, is never asked about here."""
    if not said.hurried and scene.hurry <= 0:
        scene.hurry = 0  # calm again
        return False
    if scene.hurry == 0:
        _please_wait(scene)
    if said.public:  # a group is told the same each time: once is enough
        scene.hurry = scene.hurry or TOLD
        return True
    if scene.hurry <= 0:
        scene.hurry = scene.visit
        scene.effects.append(Remind(WAIT, scene.visit))
    _keep(scene, said)
    return True


def _keep(scene: Scene, said: Said) -> None:
    """A line for each message; the same one again is the same line."""
    if said.attachment and not said.text:
        if not scene.with_human:
            scene.keep(said.ref)
        line = f"[{said.attachment}]"
    else:
        line = said.text.strip()
    if line and line != scene.behind.rpartition("\n")[2]:
        scene.behind = f"{scene.behind}\n{line}".strip("\n")
    if len(scene.behind) > MOST:
        scene.behind = CUT + scene.behind[-MOST + 1 :].lstrip(CUT)


def due(scene: Scene, visit: int) -> Said | None:
    """What was put together, when this is the reminder that was set for it."""
    if not visit or visit != scene.hurry:
        return None
    text, scene.behind, scene.hurry = scene.behind, "", TOLD
    if text.startswith(CUT) and len(text) > MOST // 2:  # not somebody who began with three dots
        scene.say("hurry_cut")
    return Said(text)


def press_aside(scene: Scene) -> None:
    """A press among too many: told once, then silence; the buttons stay good."""
    if scene.hurry == 0:
        _please_wait(scene)
        scene.hurry = TOLD


def helps(flow: Flow) -> bool:
    """Whether a flow is for those to whom it has happened: it calls its own people as an emergency."""
    return any(
        isinstance(step, Person) and step.urgency == "emergency" and step.skill == flow.owner
        for step in flow.steps.values()
    )


def seeks_help(scene: Scene, pressed: Pressed) -> bool:
    """Whether a press begins such a flow or goes on in one. It is answered at once: each one answers the question
    that is open, so there are no more of them than questions."""
    top = scene.top
    if top is None or top.waiting is None or top.waiting.visit != pressed.visit:
        return False
    flow = scene.library.flows.get(pressed.choice) or scene.flow(top)
    return flow is not None and helps(flow)


def _please_wait(scene: Scene) -> None:
    scene.say("please_wait")
    scene.choices = (scene.door("emergency"), scene.door("human"))
