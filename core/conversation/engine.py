"""The engine: (conversation, event) -> Turn. Pure, total and deterministic.

Rule 1: everything that decides what a person is told next lives in this room.
Rule 2: it waits for nothing and reads no clock, no disk, no network, no randomness.
Rule 3: an event that is no longer awaited changes nothing.
Rule 4: whatever a person sends, they get an answer, and a way to a human.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.channel import Abilities
from core.conversation import aloud, helped, house, hurry, lessons
from core.conversation.aloud import PAYLOAD
from core.conversation.answer import choose, given, hear
from core.conversation.filling import take_form
from core.conversation.flow import Do, Person
from core.conversation.fold import spoken
from core.conversation.library import Library
from core.conversation.model import Erase, Event, Finished, Joined, Message, Pressed, Said, Woke
from core.conversation.news import News, hears
from core.conversation.scene import HOUSE, PERSON, Scene
from core.conversation.state import Conversation, Frame, Turn, Waiting
from core.conversation.walk import begin, carry_on, go, to_person

SPEAK = "speaks"
"""The value by which an action says in which language the conversation goes on."""
FAILED = "failed"
"""The outcome of an action that raised, ran out of time or does not exist: a human takes over."""
BUTTONS = 6
"""The most buttons under the warning about a secret when the menu is open: more would bury what it says. Of a flow's
question none is left out: nobody would know that there was one more."""
BAITS = ("seed_phrase", "private_key")
"""Kinds that `bait_seed` answers where it is one of them."""
WORD = 40
"""Code points; no word that works everywhere is longer."""
URGENT = (HOUSE + "emergency", HOUSE + "human")
"""The words and doors that are heard even in a flood."""
TALK = ("start", "help")
"""Words that people also say to a human ("你好", "?"): in human mode they are no words of the bot's."""


class Engine:
    """The conversation engine over one immutable library.

    `house` holds what every text may use, and the skills `desk` (a human by default) and `desk_emergency`.
    """

    def __init__(
        self, library: Library, abilities: Mapping[str, Abilities], house: Mapping[str, str]
    ) -> None:
        self.library = library
        self._abilities = abilities
        self._holes = house
        self._words = {
            spoken(word): name
            for words in library.common.values()
            for name, written in words.words.items()
            for word in written
        }
        self._commands = {flow.command: flow for flow in library.flows.values() if flow.command}

    def advance(self, conversation: Conversation, event: Event, news: Sequence[News] = ()) -> Turn:
        """The next state and what to do; `news`: the open incidents. Never raises, whatever comes in whatever order."""
        forms, heard = self._can(conversation).forms, news if news and hears(event) else ()
        scene = Scene(self.library, self._holes, conversation, forms=forms, news=heard)
        match event:
            case Said():
                if self._cannot_wait(scene, event) or not hurry.put_aside(scene, event):
                    self._said(scene, event)
                    house.break_silence(scene)
            case Pressed(choice, hurried=True) if choice not in URGENT and not hurry.seeks_help(scene, event):
                hurry.press_aside(scene)
            case Pressed():
                self._pressed(scene, event)
                house.break_silence(scene)
            case Finished():
                self._finished(scene, event)
            case Woke():
                self._woke(scene, event)
            case Joined(public=public):
                if public:
                    aloud.say(scene, "group_hello", self._can(conversation).private_link)
                elif not house.resumed(scene):
                    house.greet(scene)
            case _:
                helped.take(scene, event)
        return scene.turn()

    def lesson(self, language: str, name: str) -> Message | None:
        """A lesson as it is sent, nothing asked and nothing awaited; None if there is none of this name."""
        return lessons.message(self.library, self._holes, language, name)

    def apologise(self, conversation: Conversation) -> Turn:
        """What a person is told when an event could not be handled: we are sorry, a human looks at it."""
        scene = Scene(self.library, self._holes, conversation)
        scene.say("poison_apology")
        scene.frames = []
        to_person(scene, "normal", conversation.frames[-1] if conversation.frames else None)
        return scene.turn()

    # --- a person wrote

    def _cannot_wait(self, scene: Scene, said: Said) -> bool:
        """A secret is warned of at once; whoever calls a human for the first time in a flood is heard at once."""
        if said.secrets:
            return True
        text = said.text.strip()
        flow = self._commands.get(text[1:]) if text.startswith("/") else None
        if flow is not None and hurry.helps(flow):
            return all(frame.flow != flow.name for frame in scene.frames)
        word = self._word(text.removeprefix("/"))
        if HOUSE + word not in URGENT:
            return False
        return "emergency" not in scene.called if word == "emergency" else not scene.with_human

    def _said(self, scene: Scene, said: Said) -> None:
        if said.attachment and not (said.secrets or said.public or scene.with_human):
            scene.keep(said.ref)
        if said.secrets:
            self._warn(scene, said)
        elif said.public:
            aloud.answer(scene, said, self._can(scene.before).private_link)
        elif said.attachment and not said.text:
            self._unreadable(scene, said)
        elif said.form and not scene.with_human:
            take_form(scene, said, self._words)
        elif not self._by_word(scene, said.text):
            if scene.with_human:
                house.noted(scene, said.text, said.ref)
            else:
                hear(scene, said)

    def _warn(self, scene: Scene, said: Said) -> None:
        """A secret was pasted: it is already masked. Erase it, say what to do now, ask again."""
        erases = self._can(scene.before).erase and bool(said.ref)
        if erases:
            scene.effects.append(Erase(said.ref))
        bait = "bait_seed" in said.secrets
        for kind in dict.fromkeys(said.secrets):
            if not bait or kind not in BAITS:  # what is offered as a bait is nobody's to save
                scene.say(f"secret.{kind}")
        scene.say("secret_erased" if erases else "secret_delete_yourself")
        if said.public:
            scene.choices = aloud.way(scene, self._can(scene.before).private_link)
        else:
            house.again(scene)
            in_menu = scene.top is None or house.is_door(scene.top.flow)
            scene.choices = (scene.door("emergency"), *scene.choices)[: BUTTONS if in_menu else None]

    def _unreadable(self, scene: Scene, said: Said) -> None:
        """A photo, a voice, a sticker: say what can be read, keep the reference, ask again."""
        if scene.with_human:
            house.noted(scene, f"[{said.attachment}]", said.ref)
            return
        scene.say(f"{said.attachment}_seen")
        house.again(scene)

    def _word(self, text: str) -> str:
        """The word that works everywhere which this text is, "" when it is none."""
        return self._words.get(spoken(text), "") if len(text) <= WORD else ""

    def _by_word(self, scene: Scene, text: str) -> bool:
        """The words that work everywhere, and commands. True when it was one."""
        text = text.strip()
        if text.startswith("/") and len(text) > 1:
            return self._by_command(scene, text[1:])
        word = self._word(text)
        if not word or (word in TALK and scene.with_human):
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
            scene.to_bot()
            begin(scene, self._commands[command])
            if rest:
                given(scene, rest)
        elif scene.with_human:
            return False
        else:
            house.suggest(scene, ())
        return True

    # --- a button

    def _pressed(self, scene: Scene, pressed: Pressed) -> None:
        if pressed.visit < 0:
            scene.say("not_yours")
            return
        top = scene.top
        awaited = top.waiting if top else None
        current = awaited is not None and awaited.kind == "answer" and awaited.visit == pressed.visit
        if current and top is not None and house.is_door(top.flow):
            scene.edits = pressed.ref  # a menu is navigated in place
        if house.is_door(pressed.choice):
            if house.knows(scene, pressed.choice[1:]):
                house.use_word(scene, pressed.choice[1:])
                return
        elif current and top is not None and choose(scene, top, pressed.choice):
            return
        scene.edits, scene.news = "", ()
        scene.say("menu_expired")
        house.again(scene)

    # --- a result, a reminder

    def _finished(self, scene: Scene, event: Finished) -> None:
        place = _awaiting(scene, "result", event.visit)
        if place is None:
            return
        frame = scene.frames[place]
        step = scene.step(frame)
        if frame.flow == PERSON or isinstance(step, Person):
            self._handed_over(scene, event, place)
        elif not isinstance(step, Do):
            _go_on(scene, place, frame, frame.step)  # the version is gone: says so and brings a human
        elif event.outcome in step.outcomes:
            scene.named.add(event.values.get("network", ""))
            frame = frame._replace(slots={**frame.slots, **event.values})
            if language := event.values.get(SPEAK):
                scene.speak(language)
            _go_on(scene, place, frame, step.outcomes[event.outcome])
        else:
            self._failed(scene, event, place)

    def _failed(self, scene: Scene, event: Finished, place: int) -> None:
        """A look-up did not come to an end: a human takes it up, and what covers it stays open."""
        frame, above = scene.frames[place], scene.frames[place + 1 :]
        scene.say("action_failed", event.values)
        called = bool(scene.called)
        scene.frames = scene.frames[:place]
        if not called:
            to_person(scene, "normal", frame._replace(slots={**frame.slots, **event.values}))
        scene.frames += above
        scene.uncover(place)
        carry_on(scene)

    def _handed_over(self, scene: Scene, event: Finished, place: int) -> None:
        """A ticket was opened: what the person writes goes to it, unless they went on to something else."""
        urgent = scene.urgency(scene.frames[place]) == "emergency"
        aside = not scene.uncover(place)
        if event.outcome != "opened":
            scene.say("human_failed", event.values)
        else:
            said = "handed_over_emergency" if urgent else "handed_over"
            later = "_aside" if aside else "_later" if "back_at" in event.values else ""
            scene.say(said + later, event.values)
            scene.kept = ()
        if aside:
            del scene.frames[place]
            return
        scene.frames = []
        if event.outcome == "opened":
            scene.mode = "human"
            scene.frames = [Frame(PERSON, "", "emergency")] if urgent else []
        scene.choices = (scene.door("menu"),)

    def _woke(self, scene: Scene, event: Woke) -> None:
        if (said := hurry.due(scene, event.visit)) is not None:
            self._said(scene, said)
            house.break_silence(scene)
            return
        place = _awaiting(scene, "time", event.visit)
        if place is None:
            return
        frame = scene.frames[place]
        _go_on(scene, place, frame, getattr(scene.step(frame), "next", frame.step))

    def _can(self, conversation: Conversation) -> Abilities:
        return self._abilities.get(conversation.address.channel) or Abilities()


def _awaiting(scene: Scene, kind: str, visit: int) -> int | None:
    for place, frame in enumerate(scene.frames):
        if frame.waiting and frame.waiting.kind == kind and frame.waiting.visit == visit:
            return place
    return None


def _go_on(scene: Scene, place: int, frame: Frame, target: str) -> None:
    """Walk on now when no other flow covers the frame, or else as soon as that has ended."""
    scene.frames[place] = frame
    if scene.uncover(place):
        go(scene, target)
        house.break_silence(scene)
    else:
        scene.frames[place] = frame._replace(waiting=Waiting("ready", scene.visit, target))
