"""A person's phone before the real python-telegram-bot and the stand-in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bots.local.people import Person
from bots.local.telegram import TelegramStandIn
from core.conversation.transcript import Line
from tests.app.stage import Stage


class TelegramDriver:
    """A person's phone."""

    def __init__(self, stage: Stage, stand_in: TelegramStandIn, person: Person) -> None:
        self._stage = stage
        self._world = stand_in.world
        self._person = person
        self.heard = stage.heard
        self.pass_time = stage.pass_time

    async def say(self, text: str) -> None:
        """Type it."""
        self._world.say(self._person, text)
        await self._stage.settled()

    async def press(self, label: str) -> None:
        """The newest button of that label."""
        chat = self._world.private(self._person)
        message = max(m.id for m in chat.shown.values() if m.by_bot and label in _labels(m.message))
        self._world.press(self._person, message, label)
        await self._stage.settled()


def _labels(message: Mapping[str, Any]) -> list[str]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["text"] for row in rows for button in row]


def lines_of(message: Mapping[str, Any]) -> list[Line]:
    """A message as a transcript writes it."""
    labels = _labels(message)
    return [Line("bot", message["text"]), *([Line("buttons", "", tuple(labels))] if labels else [])]
