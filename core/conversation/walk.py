"""Walking a flow: from a step on, until it has to wait for somebody or something.

A flow that ends gives way to the one below it, which goes on where it was left.
"""

from __future__ import annotations

from core.conversation.flow import Ask, Do, Flow, Person, Say, Step, Wait
from core.conversation.forms import FILL, FORM, together
from core.conversation.model import END, Act, Choice, HandOver, Remind, Urgency
from core.conversation.offers import OFFER, marked, offered
from core.conversation.scene import HOUSE, PERSON, Scene
from core.conversation.state import Frame, Waiting

STEPS = 200
"""Steps in one turn. The checker refuses silent loops; this bound keeps `advance` total all the same."""


def begin(scene: Scene, flow: Flow) -> None:
    """Start a flow on top of what is open. One that is already open is begun anew, not doubled."""
    scene.lost = 0
    scene.named.add(flow.name)
    scene.frames = [frame for frame in scene.frames if frame.flow != flow.name]
    scene.push(Frame(flow.name, flow.hash, flow.first))
    go(scene, flow.first)


def go(scene: Scene, target: str) -> None:
    """Walk the top frame from `target` until it waits or every frame has ended."""
    for _ in range(STEPS):
        if target == END:
            scene.frames.pop()
            target = resume(scene)
            if not target:
                return
            continue
        frame = scene.top
        flow = scene.flow(frame) if frame else None
        step = flow.steps.get(target) if flow else None
        if frame is None or flow is None or step is None:
            lose(scene)
            return
        if not isinstance(step, Say):
            stop(scene, frame, flow, step)
            return
        scene.say_of(flow, step.text, frame.slots)
        if step.picture:
            scene.show_of(flow, frame.slots.get(step.picture, ""), step.alt, frame.slots)
        target = step.next
    lose(scene)


def stop(scene: Scene, frame: Frame, flow: Flow, step: Step) -> None:
    """The step at which this turn ends: its effect is emitted and the frame waits."""
    match step:
        case Ask():
            trail = frame.trail
            if frame.waiting and frame.waiting.kind == "answer" and frame.step != step.name:
                trail = (*trail, frame.step)
            if step.name in trail:  # asked anew: what came after it is past
                trail = trail[: trail.index(step.name)]
            scene.wait(frame, step.name, "answer", 0, trail)
            scene.say_of(flow, step.text, frame.slots)
            scene.choices = labels(scene, flow, step)
        case Do():
            inputs = {slot: frame.slots.get(slot, "") for slot in step.inputs}
            scene.effects.append(Act(step.action, inputs, scene.visit))
            scene.wait(frame, step.name, "result", frame.tries, _past(frame))
        case Wait():
            scene.effects.append(Remind(step.seconds, scene.visit))
            scene.wait(frame, step.name, "time", frame.tries, _past(frame))
        case Person():
            hand_over(scene, step.skill, step.urgency, frame)
            scene.wait(frame, step.name, "result", frame.tries, frame.trail)


def _past(frame: Frame) -> tuple[str, ...]:
    """The trail with the question that was just answered."""
    if frame.waiting and frame.waiting.kind == "answer":
        return (*frame.trail, frame.step)
    return frame.trail


def hand_over(scene: Scene, skill: str, urgency: Urgency, frame: Frame | None) -> None:
    """Ask for a human. What the flow collected goes along, so that nobody asks again."""
    flow, slots = (frame.flow, frame.slots) if frame and not frame.flow.startswith(HOUSE) else ("", {})
    scene.effects.append(HandOver(skill, urgency, flow, slots, scene.visit, scene.kept))


def to_person(scene: Scene, urgency: Urgency, frame: Frame | None) -> None:
    """The engine itself brings a human: whoever the desk is, or the one for emergencies."""
    flow = scene.flow(frame) if frame else None
    skill = scene.holes.get("desk_emergency" if urgency == "emergency" else "desk", "")
    if flow is not None and flow.owner and urgency == "normal":
        skill = flow.owner  # whoever owns the flow knows most about it
    hand_over(scene, skill, urgency, frame)
    scene.push(Frame(PERSON, "", urgency, waiting=Waiting("result", scene.visit)))


def lose(scene: Scene) -> None:
    """The pinned version cannot be walked any more: a human goes on."""
    frame = scene.top
    scene.say("flow_gone")
    scene.frames = []
    to_person(scene, "normal", frame)


def resume(scene: Scene) -> str:
    """Go back to the frame below: the step it can go on with, or "" when it waits by itself."""
    frame = scene.top
    if frame is None or frame.waiting is None:
        return ""
    if frame.waiting.kind == "ready":
        return frame.waiting.step
    if frame.waiting.kind == "answer":
        scene.say("back_to")
        ask_again(scene)
    return ""


def carry_on(scene: Scene) -> None:
    """Whatever lay on top is gone: the frame below goes on, if it need not wait."""
    if target := resume(scene):
        go(scene, target)


def ask_again(scene: Scene, *, silently: bool = False) -> bool:
    """Show the open question of the top frame once more, with the buttons it had; False if there is none."""
    frame = scene.top
    if frame is None or frame.waiting is None or frame.waiting.kind != "answer":
        return False
    flow, step = scene.flow(frame), scene.step(frame)
    if flow is None or not isinstance(step, Ask):
        return False
    if not silently:
        scene.say_of(flow, step.text, frame.slots)
    scene.choices = labels(scene, flow, step)
    return True


def labels(scene: Scene, flow: Flow, step: Ask) -> tuple[Choice, ...]:
    """The buttons of a question in the language of the moment."""
    words = flow.words[scene.language].choices
    own = [Choice(name, words.get(name, name)) for name in step.choices]
    shown = (*[Choice(OFFER + name, name) for name in offered(step, scene.holes)], *own)
    if scene.top is not None:
        shown = marked(step, scene.top.slots, shown)
    if scene.forms and together(flow, step):
        shown = (Choice(FORM, scene.words.choices.get(FILL, FORM)), *shown)
    return shown


def back(scene: Scene) -> None:
    """返回: the question before; without one, leave this flow. May say nothing, when nothing is left."""
    frame = scene.top
    if frame is None:
        return
    if frame.flow.startswith(HOUSE) or not frame.trail:
        scene.frames.pop()
        carry_on(scene)
        return
    asked = frame.trail[-1]
    scene.put(frame._replace(step=asked, trail=frame.trail[:-1]))
    go(scene, asked)
