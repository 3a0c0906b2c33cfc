"""A conversation with the engine alone: what a test says, presses and lets happen, and what it hears."""

from __future__ import annotations

from collections.abc import Mapping

from core.channel import Abilities
from core.conversation.engine import Engine
from core.conversation.library import Library
from core.conversation.model import (
    Act,
    Address,
    Choice,
    Edit,
    Effect,
    Event,
    Finished,
    HandOver,
    Message,
    Pressed,
    Remind,
    Said,
    Send,
    Woke,
)
from core.conversation.state import Conversation, Turn
from core.conversation.texts import join
from core.conversation.tickets import Note

HOUSE: Mapping[str, str] = {
    "official_site": "https://helpline.example",
    "password_length": "14",
    "zone": "Asia/Shanghai",
    "hours.zh": "周一至周五",
    "hours.en": "Mon to Fri",
    "desk": "account",
    "desk_emergency": "security",
}
HASH = "0x" + "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"
LINK = "https://link.example/?start={payload}"
FORM: Mapping[str, str] = {"network": "Ethereum", "node": "eth-1", "checked_at": "1795343400", "block": "1"}


def engine_of(library: Library) -> Engine:
    """An engine for three channels: one where the bot can erase and has private links, one with forms, one with
    neither."""
    able = Abilities(erase=True, private_link=LINK)
    return Engine(library, {"able": able, "forms": Abilities(forms=True)}, HOUSE)


class Chat:
    """One person. `turn` is the newest turn, `last` keeps the newest effect of each kind."""

    def __init__(self, library: Library, language: str = "zh", channel: str = "able") -> None:
        self.engine = engine_of(library)
        self.conversation = Conversation(Address(channel, "7", "7"), language)
        self.turn = Turn(self.conversation)
        self.last: dict[type[Effect], Effect] = {}
        self.labels: dict[str, tuple[str, int]] = {}

    def hear(self, event: Event) -> str:
        """Any event; what is said to it."""
        self.turn = self.engine.advance(self.conversation, event)
        self.conversation = self.turn.conversation
        self.last |= {type(effect): effect for effect in self.turn.effects}
        for message in self.messages:
            self.labels |= {c.label: (c.name, message.visit) for c in message.choices}
        return self.text

    def say(self, text: str, ref: str = "m", **more: object) -> str:
        """The person writes."""
        return self.hear(Said(text, ref, **more))  # type: ignore[arg-type]

    def press(self, label: str) -> str:
        """A button of this label, the newest there was."""
        choice, visit = self.labels[label]
        return self.hear(Pressed(choice, visit, "our"))

    def finish(self, outcome: str, **values: str) -> str:
        """The newest look-up ends."""
        act = self.last[Act]
        assert isinstance(act, Act)
        return self.hear(Finished(act.visit, outcome, {**FORM, **values}))

    def open_ticket(self, number: int = 1001) -> str:
        """The newest hand-over becomes a ticket."""
        return self.hear(Finished(self.handed.visit, "opened", {"number": str(number)}))

    def wake(self) -> str:
        """The newest reminder is due."""
        remind = self.last[Remind]
        assert isinstance(remind, Remind)
        return self.hear(Woke(remind.visit))

    def at(self, *steps: str) -> bool:
        """Whether these are the open flows and steps, "flow.step", from below to the top."""
        return [f"{frame.flow}.{frame.step}" for frame in self.conversation.frames] == list(steps)

    @property
    def messages(self) -> list[Message]:
        """What the newest turn says."""
        return [effect.message for effect in self.turn.effects if isinstance(effect, Send | Edit)]

    @property
    def text(self) -> str:
        """All of it as plain text."""
        return "\n".join(join(message.blocks).text for message in self.messages)

    @property
    def buttons(self) -> list[str]:
        """The labels of the newest message."""
        return [choice.label for choice in self.choices]

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The buttons of the newest message."""
        return self.messages[-1].choices if self.messages else ()

    @property
    def handed(self) -> HandOver:
        """The newest hand-over there was."""
        hand = self.last[HandOver]
        assert isinstance(hand, HandOver)
        return hand

    @property
    def handed_now(self) -> int:
        """How many hand-overs the newest turn asks for."""
        return sum(isinstance(effect, HandOver) for effect in self.turn.effects)

    @property
    def notes(self) -> list[Note]:
        """What the newest turn adds to the ticket."""
        return [effect for effect in self.turn.effects if isinstance(effect, Note)]


def house_text(library: Library, key: str, language: str = "zh", **holes: str) -> str:
    """A text of the house, filled."""
    template = library.common[language].texts[key]
    hours = HOUSE[f"hours.{language}"]
    return template.fill({**HOUSE, "hours": hours, **holes}, language, HOUSE["zone"]).text


def flow_text(library: Library, flow: str, key: str, language: str = "zh", **holes: str) -> str:
    """A text of a flow, filled."""
    template = library.flows[flow].words[language].texts[key]
    return template.fill({**HOUSE, **holes}, language, HOUSE["zone"]).text
