"""The engine: (conversation, event) -> Turn. Pure, total and deterministic.

Rule 1: everything that decides what a person is told next lives in this room.
Rule 2: it waits for nothing and reads no clock, no disk, no network, no randomness.
Rule 3: an event that is no longer awaited changes nothing.
Rule 4: whatever a person sends, they get an answer, and a way to a human.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from core.channel import Abilities
from core.conversation import house
from core.conversation.flow import Ask, Do, Flow, Person
from core.conversation.fold import fold
from core.conversation.library import Library
from core.conversation.model import (
    Choice,
    Conversation,
    Erase,
    Event,
    Finished,
    Frame,
    Joined,
    Note,
    Pressed,
    Said,
    Turn,
    Waiting,
    Woke,
)
from core.conversation.readers import Read
from core.conversation.scene import Scene
from core.conversation.walk import ask_again, begin, go, to_person

FAILED = "failed"
"""The outcome of an action that raised, ran out of time or does not exist: a human takes over."""
PAYLOAD = "flow_"
"""A start payload (deep link) that leads straight to a flow."""


class Engine:
    """The conversation engine over one immutable library.

    `house` holds what every text may use: official_site, password_length, hours, zone, and the skills
    `desk` (a human by default) and `desk_emergency`.
    """

    def __init__(
        self, library: Library, abilities: Mapping[str, Abilities], house: Mapping[str, str]
    ) -> None:
        self.library = library
        self._abilities = abilities
        self._holes = house
        self._words = {
            fold(word): name
            for words in library.common.values()
            for name, spoken in words.words.items()
            for word in spoken
        }
        self._commands = {flow.command: flow for flow in library.flows.values() if flow.command}

    def advance(self, conversation: Conversation, event: Event) -> Turn:
        """The next state and what to do. Never raises, whatever comes in whatever order."""
        scene = Scene(self.library, self._holes, conversation)
        match event:
            case Said():
                self._said(scene, event)
            case Pressed():
                self._pressed(scene, event)
            case Finished():
                self._finished(scene, event)
            case Woke():
                self._woke(scene, event)
            case Joined(public=public):
                if public:
                    self._in_public(scene, "group_hello")
                elif not house.resumed(scene):
                    house.greet(scene)
        return scene.turn()

    def apologise(self, conversation: Conversation) -> Turn:
        """What a person is told when an event could not be handled: we are sorry, a human looks at it."""
        scene = Scene(self.library, self._holes, conversation)
        scene.say("poison_apology")
        scene.frames = []
        to_person(scene, "normal", conversation.frames[-1] if conversation.frames else None)
        return scene.turn()

    # --- a person wrote

    def _said(self, scene: Scene, said: Said) -> None:
        if said.secrets:
            self._warn(scene, said)
            return
        if said.public:
            self._in_public(scene, "private_only", self._flow_for(said.text))
            return
        if said.attachment:
            scene.kept = (*scene.kept, said.ref)
        if said.attachment and not said.text:
            self._unreadable(scene, said)
            return
        if self._by_word(scene, said.text):
            return
        if scene.mode == "human":
            scene.effects.append(Note(said.text, said.ref))
            scene.say("human_noted")
            scene.choices = (scene.door("menu"),)
            return
        top = scene.top
        if top is not None and top.waiting is not None and top.waiting.kind == "answer":
            self._answered(scene, top, said)
        elif top is not None and top.waiting is not None and top.waiting.kind == "result":
            self._meanwhile(scene, said)
        else:
            self._route(scene, said)

    def _warn(self, scene: Scene, said: Said) -> None:
        """A secret was pasted: it is already masked. Erase it, say what to do now, ask again."""
        erases = self._can(scene).erase and bool(said.ref)
        if erases:
            scene.effects.append(Erase(said.ref))
        for kind in dict.fromkeys(said.secrets):
            scene.say(f"secret.{kind}")
        scene.say("secret_erased" if erases else "secret_delete_yourself")
        if not said.public:
            house.again(scene)
            scene.choices = (scene.door("emergency"), *scene.choices)

    def _in_public(self, scene: Scene, text: str, flow: Flow | None = None) -> None:
        """In a group: nothing about an account, only the way into the private chat."""
        scene.say(text)
        link = self._can(scene).private_link
        if link:
            url = link.replace("{payload}", PAYLOAD + flow.command if flow and flow.command else "menu")
            scene.choices = (Choice("private_open", scene.door("private_open").label, url),)

    def _unreadable(self, scene: Scene, said: Said) -> None:
        """A photo, a voice, a sticker: say what can be read, keep the reference, ask again."""
        if scene.mode == "human":
            scene.effects.append(Note(f"[{said.attachment}]", said.ref))
            scene.say("human_noted")
            scene.choices = (scene.door("menu"),)
            return
        scene.say(f"{said.attachment}_seen")
        house.again(scene)

    def _by_word(self, scene: Scene, text: str) -> bool:
        """The words that work everywhere, and commands. True when it was one."""
        text = text.strip()
        if text.startswith("/") and len(text) > 1:
            return self._by_command(scene, text[1:])
        word = self._words.get(fold(text)) if len(text) <= 40 else None
        if word is None:
            return False
        house.use_word(scene, word)
        return True

    def _by_command(self, scene: Scene, text: str) -> bool:
        command, _, rest = text.partition(" ")
        command, rest = command.lower(), rest.strip()
        if command == "start" and rest.startswith(PAYLOAD):
            command = rest[len(PAYLOAD) :]
        if command == "language" and rest in self.library.languages:
            house.switch(scene, rest)
        elif command in house.WORDS:
            house.use_word(scene, command)
        elif command in self._commands:
            scene.mode = "bot"
            begin(scene, self._commands[command])
        elif scene.mode == "human":
            return False
        else:
            house.suggest(scene, ())
        return True

    def _answered(self, scene: Scene, frame: Frame, said: Said) -> None:
        """An answer to the open question: a typed button, what the reader takes, or a digression."""
        if frame.flow.startswith("@"):
            choice = _typed(said.text, [Choice(name, label) for name, label in frame.slots.items()])
            if choice:
                self._choose(scene, frame, choice)
            else:
                self._route(scene, said)
            return
        flow = scene.flow(frame)
        step = flow.steps.get(frame.step) if flow else None
        if flow is None or not isinstance(step, Ask):
            go(scene, frame.step)  # cannot be walked any more: says so and brings a human
            return
        read = self._read(step, said.text)
        if read is not None and not read.complaint:
            slots = {**frame.slots, step.text: read.value}
            scene.put(replace(frame, slots=slots))
            scene.lost = 0
            go(scene, step.next)
            return
        words = flow.words[scene.language].choices
        choice = _typed(said.text, [Choice(name, words.get(name, name)) for name in step.choices])
        if choice:
            self._choose(scene, frame, choice)
            return
        other = self._flow_for(said.text)
        if other is not None and other.name != frame.flow:
            begin(scene, other)
            return
        self._not_understood(scene, frame, step, said, read)

    def _not_understood(self, scene: Scene, frame: Frame, step: Ask, said: Said, read: Read | None) -> None:
        """Say what is wrong and ask again; after the last try the flow's own way out."""
        if said.edited:
            scene.say("edited_seen")
            ask_again(scene)
            return
        if frame.tries + 1 >= step.tries:
            go(scene, step.give_up)
            return
        scene.put(replace(frame, tries=frame.tries + 1))
        if read is not None:
            scene.say(read.complaint, read.holes)
        else:
            scene.say("forwarded_seen" if said.forwarded else "choose_please")
        ask_again(scene, silently=read is not None)

    def _read(self, step: Ask, text: str) -> Read | None:
        reader = self.library.readers.get(step.reads) if step.reads else None
        return reader(text) if reader else None

    def _meanwhile(self, scene: Scene, said: Said) -> None:
        """Something is being looked up: another topic may begin, anything else is told to wait a moment."""
        flow = self._flow_for(said.text)
        if flow is not None and scene.top is not None and flow.name != scene.top.flow:
            begin(scene, flow)
        else:
            scene.say("checking")

    def _route(self, scene: Scene, said: Said) -> None:
        """A free sentence with nothing open."""
        if said.edited:
            scene.say("edited_seen")
            house.again(scene)
            return
        ranking = self.library.router.route(said.text)
        flow = self.library.flows.get(ranking.sure)
        if flow is not None:
            scene.mode = "bot"
            begin(scene, flow)
            return
        if said.forwarded:
            scene.say("forwarded_seen")
        house.suggest(scene, ranking.nearest)

    def _flow_for(self, text: str) -> Flow | None:
        return self.library.flows.get(self.library.router.route(text).sure)

    # --- a button, a result, a reminder

    def _pressed(self, scene: Scene, pressed: Pressed) -> None:
        if pressed.visit < 0:
            scene.say("not_yours")
            return
        top = scene.top
        awaited = top.waiting if top else None
        current = awaited is not None and awaited.kind == "answer" and awaited.visit == pressed.visit
        if current and top is not None and top.flow.startswith("@"):
            scene.edits = pressed.ref  # a menu is navigated in place
        if house.is_door(pressed.choice):
            word = pressed.choice[1:]
            if word in house.WORDS or word[len(house.LANG) :] in self.library.languages:
                house.use_word(scene, word)
                return
        elif current and top is not None and self._choose(scene, top, pressed.choice):
            return
        scene.edits = ""
        scene.say("menu_expired")
        house.again(scene)

    def _choose(self, scene: Scene, frame: Frame, choice: str) -> bool:
        """Follow a choice of the open question; False when it has none of that name."""
        if house.is_door(choice):
            house.use_word(scene, choice[1:])
            return True
        if frame.flow.startswith("@"):
            return house.choose(scene, frame, choice)
        flow = scene.flow(frame)
        step = flow.steps.get(frame.step) if flow else None
        if not isinstance(step, Ask) or choice not in step.choices:
            return False
        scene.lost = 0
        go(scene, step.choices[choice])
        return True

    def _finished(self, scene: Scene, event: Finished) -> None:
        place = self._awaiting(scene, "result", event.visit)
        if place is None:
            return
        frame = scene.frames[place]
        flow = scene.flow(frame)
        step = flow.steps.get(frame.step) if flow else None
        if not isinstance(step, Do):
            urgency = step.urgency if isinstance(step, Person) else frame.step
            self._handed_over(scene, event, place, urgent=urgency == "emergency")
            return
        target = step.outcomes.get(event.outcome)
        frame = replace(frame, slots={**frame.slots, **event.values})
        if target is None:
            scene.say("action_failed", event.values)
            scene.frames = scene.frames[:place]
            to_person(scene, "normal", frame)
            return
        self._go_on(scene, place, frame, target)

    def _handed_over(self, scene: Scene, event: Finished, place: int, *, urgent: bool) -> None:
        """A ticket was opened: what the person writes goes to it, unless they went on to something else."""
        if event.outcome != "opened":
            scene.say("human_failed", event.values)
        else:
            scene.say("handed_over_emergency" if urgent else "handed_over", event.values)
            scene.kept = ()
        if place < len(scene.frames) - 1:
            del scene.frames[place]
            return
        scene.frames = []
        scene.mode = "human" if event.outcome == "opened" else scene.mode
        scene.choices = (scene.door("menu"),)

    def _woke(self, scene: Scene, event: Woke) -> None:
        place = self._awaiting(scene, "time", event.visit)
        if place is None:
            return
        frame = scene.frames[place]
        flow = scene.flow(frame)
        step = flow.steps.get(frame.step) if flow else None
        target = getattr(step, "next", "")
        self._go_on(scene, place, frame, target)

    def _go_on(self, scene: Scene, place: int, frame: Frame, target: str) -> None:
        """Walk on now when the frame is on top, or as soon as what covers it has ended."""
        scene.frames[place] = frame
        if place == len(scene.frames) - 1:
            go(scene, target)
        else:
            scene.frames[place] = replace(frame, waiting=Waiting("ready", scene.visit, target))

    @staticmethod
    def _awaiting(scene: Scene, kind: str, visit: int) -> int | None:
        for place, frame in enumerate(scene.frames):
            if frame.waiting and frame.waiting.kind == kind and frame.waiting.visit == visit:
                return place
        return None

    def _can(self, scene: Scene) -> Abilities:
        return self._abilities.get(scene.before.address.channel) or Abilities()


def _typed(text: str, choices: list[Choice]) -> str:
    """The choice whose label, or whose number, a person typed; "" if none."""
    typed = fold(text) if len(text) <= 80 else ""
    for number, choice in enumerate(choices, 1):
        if typed and typed in (fold(choice.label), str(number)):
            return choice.name
    return ""
