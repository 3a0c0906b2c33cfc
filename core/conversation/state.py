"""The state of a conversation: all that is remembered of one person in one chat, and what a turn makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

from core.conversation.model import Address, Effect

WaitKind = Literal["answer", "result", "time", "ready"]


class Waiting(NamedTuple):
    """What a frame waits for, since which visit.

    `answer`: a reply to its question. `result`: an action or hand-over. `time`: a reminder.
    `ready`: it need not wait any more (`step` is where it goes on), but another frame covers it.
    """

    kind: WaitKind
    visit: int
    step: str = ""


class Frame(NamedTuple):
    """One flow in progress, pinned to the content hash (`version`) that it began with.

    A flow whose name begins with "@" is the engine's own question: @menu, @language, @suggest.
    `tries` counts bad answers to the present question; `trail` holds the questions answered before it.
    """

    flow: str
    version: str
    step: str
    slots: Mapping[str, str] = MappingProxyType({})
    tries: int = 0
    trail: tuple[str, ...] = ()
    waiting: Waiting | None = None


class Conversation(NamedTuple):
    """All that is remembered of one person in one chat. `frames[-1]` is what they see now.

    `revision` rises by one exactly when something else in here changed. `lost` counts sentences
    in a row that led nowhere, so that "I did not understand" is never said twice. `kept` holds references
    to what the person sent and the bot cannot read, for the ticket that may follow. `hurry` and `behind`: see
    `hurry.py`. `told`: the banners that were heard, see `news.py`.
    """

    address: Address
    language: str
    frames: tuple[Frame, ...] = ()
    mode: Literal["bot", "human"] = "bot"
    lost: int = 0
    kept: tuple[str, ...] = ()
    revision: int = 0
    hurry: int = 0
    behind: str = ""
    told: tuple[str, ...] = ()


class Turn(NamedTuple):
    """The engine's answer to one event."""

    conversation: Conversation
    effects: tuple[Effect, ...] = ()
