"""A turn in the making: what is said, what changes, what is to be done. Collected here, then frozen.

Private to the engine: `Scene` is the only mutable thing in this room and lives for one `advance`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.conversation.flow import Flow, Person, Step, Words
from core.conversation.library import Library
from core.conversation.model import Act, Choice, Edit, Effect, Erase, Form, HandOver, Message, Rich, Send
from core.conversation.news import News, due
from core.conversation.picture import NAME, Picture
from core.conversation.state import Conversation, Frame, Turn, Waiting, WaitKind
from core.conversation.tickets import Left, Recall

HOUSE = "@"
"""Flows whose name begins so are the engine's own questions, and choices that do are doors: they always open."""
PERSON = "@person"
"""The frame of a hand-over that the engine itself began; without `waiting`, of an urgent ticket that is open."""
DEPTH = 5
"""Flows that may lie on top of each other; the oldest is dropped beyond that."""
KEPT = 5
"""References to unreadable attachments that are kept for a ticket."""


class Scene:
    """One turn in the making."""

    __slots__ = (
        "_heard", "before", "behind", "blocks", "choices", "edits", "effects", "form", "forms", "frames", "holes",
        "hurry", "kept", "language", "library", "lost", "mode", "named", "news", "picture", "told", "visit", "words",
    )  # fmt: skip

    def __init__(
        self,
        library: Library,
        house: Mapping[str, str],
        conversation: Conversation,
        *,
        forms: bool = False,
        news: Sequence[News] = (),
    ) -> None:
        self.library = library
        self.forms = forms
        self.form: Form | None = None
        self.before = conversation
        self.frames: list[Frame] = list(conversation.frames)
        self.mode = conversation.mode
        self.lost = conversation.lost
        self.kept = conversation.kept
        self.hurry, self.behind = conversation.hurry, conversation.behind
        self.told = conversation.told
        self.news = news
        self.named: set[str] = set()
        self.visit = conversation.revision + 1
        self.blocks: list[Rich] = []
        self.choices: tuple[Choice, ...] = ()
        self.picture: Picture | None = None
        self.effects: list[Effect] = []
        self.edits = ""
        self.holes = house
        self.speak(conversation.language)
        self._heard = self.language

    # --- words

    def speak(self, language: str) -> None:
        """Use this language from here on; one that is not configured becomes the default."""
        self.language = language if language in self.library.common else self.library.languages[0]
        self.words: Words = self.library.common[self.language]

    def say(self, key: str, holes: Mapping[str, str] | None = None) -> None:
        """Say a house text."""
        self.blocks.append(self._fill(self.words, key, holes))

    def say_of(self, flow: Flow, key: str, slots: Mapping[str, str]) -> None:
        """Say a text of a flow, with the slots as holes."""
        self.blocks.append(self._fill(flow.words[self.language], key, slots))

    def show_of(self, flow: Flow, name: str, alt: str, slots: Mapping[str, str]) -> None:
        """Show the picture of this name under what is said, the last one if there are several; no name, no picture."""
        if NAME.fullmatch(name):
            self.picture = Picture(name, self._fill(flow.words[self.language], alt, slots).text)

    def _fill(self, words: Words, key: str, holes: Mapping[str, str] | None) -> Rich:
        template = words.texts.get(key)
        if template is None:  # the checker refuses such flows; a frightened person still gets an answer
            return Rich("…")
        if not template.holes:
            return template.fill({}, self.language)
        hours = self.holes.get(f"hours.{self.language}", "")
        values = {**self.holes, "hours": hours, **(holes or {})}
        return template.fill(values, self.language, values.get("@zone") or self.holes.get("zone", "UTC"))

    def door(self, name: str) -> Choice:
        """A button that opens whenever it is pressed: @menu, @human, @emergency, @lang.xx."""
        return Choice(HOUSE + name, self.words.choices.get(name, name))

    def keep(self, ref: str) -> None:
        """Keep a reference to something that cannot be read, for the ticket that may follow."""
        if ref:
            self.kept = (*self.kept, ref)[-KEPT:]

    # --- frames

    @property
    def top(self) -> Frame | None:
        """The flow that the person sees."""
        return self.frames[-1] if self.frames else None

    def flow(self, frame: Frame) -> Flow | None:
        """The very version that a frame is pinned to."""
        return self.library.pinned.get(frame.version)

    def step(self, frame: Frame) -> Step | None:
        """Where a frame stands; None when its version, or the step, is gone."""
        flow = self.flow(frame)
        return flow.steps.get(frame.step) if flow else None

    def put(self, frame: Frame) -> None:
        """Replace the top frame."""
        self.frames[-1] = frame

    def push(self, frame: Frame) -> None:
        """Lay a frame on top; house questions below it go, and so does the oldest beyond the depth."""
        self.drop_house()
        self.frames.append(frame)
        del self.frames[:-DEPTH]

    def drop_house(self) -> None:
        """Take the engine's own questions away; a hand-over that is under way stays."""
        self.frames = [f for f in self.frames if not _asks(f)]

    def uncover(self, place: int) -> bool:
        """Take away a question of the house that alone covers a frame; True when nothing covers it now."""
        if all(_asks(frame) for frame in self.frames[place + 1 :]):
            del self.frames[place + 1 :]
        return place == len(self.frames) - 1

    def wait(self, frame: Frame, step: str, kind: WaitKind, tries: int, trail: tuple[str, ...]) -> None:
        """The top frame becomes this one at that step, and waits from this visit on."""
        waiting = Waiting(kind, self.visit)
        self.put(Frame(frame.flow, frame.version, step, frame.slots, tries, trail, waiting))

    # --- a human

    def urgency(self, frame: Frame) -> str:
        """Of the hand-over that a frame waits for or stands for; "" if it does neither."""
        if frame.flow == PERSON:
            return frame.step
        step = self.step(frame) if frame.waiting and frame.waiting.kind == "result" else None
        return step.urgency if isinstance(step, Person) else ""

    @property
    def called(self) -> set[str]:
        """The urgencies of the hand-overs that are under way, and of an urgent ticket that is open."""
        return {self.urgency(frame) for frame in self.frames} - {""}

    @property
    def with_human(self) -> bool:
        """Whether what the person writes is for a human, who was asked for or is there already."""
        return self.mode == "human" or (self.top is not None and bool(self.urgency(self.top)))

    def to_bot(self) -> None:
        """The bot talks again; the ticket stays as it is, and whoever has it is told."""
        if self.mode == "human":
            self.effects.append(Left())
        self.mode = "bot"
        self.frames = [frame for frame in self.frames if frame.flow != PERSON or frame.waiting]

    # --- the end

    def _hear_news(self) -> None:
        """Banners stand before everything else; a form would hide them, and an edit would take them away again."""
        if not self.news or not self.blocks or self.form:
            return
        heard = due(self.news, self.told, self.named)
        if not heard:
            return
        shown = [self._banner(one) for one in heard]
        self.blocks[:0] = [banner for banner in shown if banner]
        self.told = tuple(one.mark for one in self.news)
        self.edits = ""

    def _banner(self, one: News) -> Rich | None:
        what = one.what.get(self.language)
        holes = {"since": f"{one.since:.0f}", "what": what or "", "status": one.status}
        return self._fill(self.words, "incident", holes) if what else None

    @property
    def silent(self) -> bool:
        """Whether nothing is said, and nothing is under way that will speak."""
        return not self.blocks and not any(
            isinstance(effect, Act | HandOver | Recall) for effect in self.effects
        )

    def turn(self) -> Turn:
        """Freeze: the blocks leave as one message, and the revision moves if something changed."""
        self._hear_news()
        before = self.before
        language = before.language if self.language == self._heard else self.language
        now = (language, tuple(self.frames), self.mode, self.lost, self.kept)
        more = (self.hurry, self.behind, self.told)
        same = now == (before.language, before.frames, before.mode, before.lost, before.kept)
        if same and more == (before.hurry, before.behind, before.told):
            after = before
        else:
            after = Conversation(before.address, *now, self.visit, *more)
        effects = list(self.effects)
        if self.blocks:
            message = Message(tuple(self.blocks), self.choices, self._asked(), self.picture, form=self.form)
            # what must go, goes before anything is said
            first = sum(isinstance(effect, Erase) for effect in effects) if effects else 0
            effects.insert(first, Edit(self.edits, message) if self.edits else Send(message))
        return Turn(after, tuple(effects))

    def _asked(self) -> int:
        top = self.top
        return top.waiting.visit if top and top.waiting and top.waiting.kind == "answer" else 0


def _asks(frame: Frame) -> bool:
    """Whether this is a question of the house; a hand-over is none."""
    return frame.flow.startswith(HOUSE) and frame.flow != PERSON
