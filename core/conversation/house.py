"""The engine's own questions: the menu, the language, "did you mean", and the words that work everywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.chain.hexes import HANDLE
from core.conversation import lessons
from core.conversation.model import Choice, Unsubscribe
from core.conversation.scene import HOUSE, Scene
from core.conversation.state import Frame, Waiting
from core.conversation.tickets import Note, Recall
from core.conversation.walk import ask_again, back, begin, carry_on, to_person

MENU, LANGUAGE, SUGGEST = "@menu", "@language", "@suggest"
LANG = "lang."
"""Words and doors that switch the language directly: "lang." and its code."""


def _ask(scene: Scene, name: str, choices: Sequence[Choice]) -> None:
    """Lay a question of the house on top. Its choices are remembered as slots: name -> label."""
    scene.push(
        Frame(name, "", "ask", {c.name: c.label for c in choices}, waiting=Waiting("answer", scene.visit))
    )
    scene.choices = tuple(choices)


def again(scene: Scene) -> None:
    """Show what is open once more, be it a flow's question or one of the house."""
    top = scene.top
    if top is not None and top.flow in (MENU, LANGUAGE, SUGGEST):
        open_to = scene.library.flows  # a reload may have taken a flow away
        choices = (Choice(name, label) for name, label in top.slots.items())
        scene.choices = tuple(c for c in choices if is_door(c.name) or c.name in open_to)
    elif not ask_again(scene):
        scene.choices = (scene.door("menu"), scene.door("human"))


def flow_choices(scene: Scene, names: Sequence[str]) -> list[Choice]:
    """Flows as buttons, labelled as in the menu."""
    choices = []
    for name in names:
        flow = scene.library.flows.get(name)
        label = flow and flow.menu and flow.words[scene.language].texts.get(flow.menu)
        if flow and label:
            choices.append(Choice(name, label.fill({}, scene.language).text))
    return choices


def menu(scene: Scene, text: str = "menu") -> None:
    """The main menu: every flow that wants to be in it, the languages, a human."""
    scene.to_bot()
    scene.say(text)
    choices = flow_choices(scene, list(scene.library.flows))
    others = [code for code in scene.library.languages if code != scene.language]
    choices += [scene.door(LANG + code) for code in others] + [scene.door("human")]
    _ask(scene, MENU, choices)


def greet(scene: Scene, text: str = "greeting") -> None:
    """Who we are, what we never ask, and the menu with the languages."""
    scene.say(text)
    menu(scene)


def resumed(scene: Scene) -> bool:
    """Somebody came back: show the question that they left open; False if there is none."""
    top = scene.top
    if top is None or top.flow.startswith(HOUSE) or not top.waiting or top.waiting.kind != "answer":
        return False
    scene.say("resumed")
    return ask_again(scene)


def choose_language(scene: Scene) -> None:
    """Ask for the language; the place in a flow is kept below."""
    scene.say("language_ask")
    _ask(scene, LANGUAGE, [scene.door(LANG + code) for code in scene.library.languages])


def switch(scene: Scene, language: str) -> None:
    """Speak another language and show the open question in it: the place is not lost."""
    scene.speak(language)
    in_menu = scene.top is not None and scene.top.flow == MENU
    scene.drop_house()
    scene.say("language_set")
    if scene.mode == "human":
        scene.say("human_mode")
        scene.choices = (scene.door("menu"),)
        return
    if in_menu or scene.top is None:
        menu(scene)
        return
    if not ask_again(scene):
        carry_on(scene)


def suggest(scene: Scene, nearest: Sequence[str]) -> None:
    """Not sure: the nearest topics and a human. A second time in a row, a human comes first."""
    scene.lost += 1
    choices = flow_choices(scene, nearest or list(scene.library.flows))
    if scene.lost > 1:
        scene.say("lost_again")
        choices = [scene.door("human"), *choices, scene.door("menu")]
    else:
        scene.say("suggest" if nearest else "suggest_nothing")
        choices = [*choices, scene.door("human")]
    _ask(scene, SUGGEST, choices)


def person(scene: Scene, *, emergency: bool = False) -> None:
    """A human, now. In an emergency the first steps to safety come before anything else."""
    if emergency:
        scene.say("emergency")
    called = scene.called
    if not emergency and (called or scene.mode == "human"):
        scene.say("human_mode")
        scene.choices = (scene.door("menu"),)
        return
    if "emergency" in called:  # the urgent ticket is already on its way
        scene.choices = (scene.door("menu"),)
        return
    scene.drop_house()
    subject = next((frame for frame in reversed(scene.frames) if not is_door(frame.flow)), None)
    to_person(scene, "emergency" if emergency else "normal", subject)


def cancel(scene: Scene) -> None:
    """取消: drop everything that is open; what a reminder was set for is no longer awaited,
    and a human who reads along is left: the ticket stays open."""
    scene.frames = []
    scene.to_bot()
    scene.say("cancelled")
    scene.choices = (scene.door("menu"),)


def unsubscribe(scene: Scene) -> None:
    """Nothing more comes that nobody asked for; whatever is open stays open."""
    scene.effects.append(Unsubscribe())
    scene.say("unsubscribed")


def ask_tickets(scene: Scene) -> None:
    """How are my tickets? Whatever is open stays open."""
    scene.effects.append(Recall())


def reply(scene: Scene) -> None:
    """Back to the human whose answer came while something else was open."""
    if scene.with_human:
        person(scene)
        return
    scene.drop_house()
    to_person(scene, "normal", None)


WORDS: dict[str, Callable[[Scene], None]] = {
    "menu": menu,
    "back": back,
    "cancel": cancel,
    "human": person,
    "emergency": lambda scene: person(scene, emergency=True),
    "language": choose_language,
    "unsubscribe": unsubscribe,
    "ticket": ask_tickets,
    "reply": reply,
    "start": greet,
    "help": lambda scene: greet(scene, "help"),
}
"""The words that work everywhere, so that no flow can forget them."""


def use_word(scene: Scene, word: str) -> None:
    """Do what a word that works everywhere says, or explain an answer to a lesson."""
    if lessons.knows(scene.library, word):
        lessons.explain(scene, word)
        return
    scene.lost = 0
    if word.startswith(LANG):
        switch(scene, word[len(LANG) :])
    else:
        WORDS[word](scene)


def knows(scene: Scene, word: str) -> bool:
    """Whether this is a word that works everywhere, a language on offer, or an answer to a lesson."""
    language = word[len(LANG) :] if word.startswith(LANG) else ""
    return word in WORDS or language in scene.library.languages or lessons.knows(scene.library, word)


def noted(scene: Scene, text: str, ref: str) -> None:
    """What a person writes or sends goes to their ticket. A ticket that is being opened will have it."""
    scene.effects.append(Note(text, ref))
    scene.say("human_noted" if scene.mode == "human" else "human_mode")
    if HANDLE.search(text):
        scene.say("hex_hidden")
    scene.choices = (scene.door("menu"),)


def break_silence(scene: Scene) -> None:
    """A flow ended or waits without a word, or there is nothing to go back to: show what else there is to do."""
    if scene.silent:
        menu(scene)


def choose(scene: Scene, frame: Frame, choice: str) -> bool:
    """In a question of the house a choice is a door or the name of a flow; False if it is none (any more)."""
    if is_door(choice) and knows(scene, choice[1:]):
        use_word(scene, choice[1:])
        return True
    flow = scene.library.flows.get(choice) if choice in frame.slots else None
    if flow is None:
        return False
    scene.to_bot()
    begin(scene, flow)
    return True


def is_door(choice: str) -> bool:
    """Doors work at any moment."""
    return choice.startswith(HOUSE)
