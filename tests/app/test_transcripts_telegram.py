"""The same transcripts through the real python-telegram-bot against the stand-in, with the whole runtime between."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bots.local.people import Person
from bots.local.telegram import TelegramStandIn
from bots.local.telegram_limits import UNLIMITED
from bots.settings import Rates, Secrets, Settings, Telegram
from core.actions import Action
from core.conversation.transcript import Line
from tests.app.stage import PARTS, Stage, running, same
from tests.playing import transcripts

OPEN = Rates(per_second=0, chat_burst=0, chat_every=0, group_per_minute=0)


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


def _lines(message: Mapping[str, Any]) -> list[Line]:
    labels = _labels(message)
    return [Line("bot", message["text"]), *([Line("buttons", "", tuple(labels))] if labels else [])]


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_transcripts_hold_through_the_real_library(
    part: int, language: str, tmp_path: Path, settings: Settings, actions: dict[str, Action]
) -> None:
    async with TelegramStandIn(limits=UNLIMITED) as stand_in:
        stage = Stage(lambda: not len(stand_in.world.updates))

        def listen(method: str, _params: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
            if method.lower() in ("sendmessage", "editmessagetext") and answer.get("ok"):
                stage.said += _lines(answer["result"])

        stand_in.on_exchange = listen
        settings = settings.model_copy(
            update={"data": tmp_path, "telegram": Telegram(api_url=stand_in.url, rates=OPEN)}
        )
        secrets = Secrets().model_copy(update={"telegram_token": SecretStr(stand_in.token)})
        async with running(stage, settings, secrets, actions):
            for number, path in enumerate(transcripts(language)[part::PARTS]):
                person = stand_in.world.add_person(f"p{number}", language=language)
                await same(path, stage, TelegramDriver(stage, stand_in, person))
