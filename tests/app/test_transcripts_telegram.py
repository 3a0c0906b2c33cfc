"""The same transcripts through the real python-telegram-bot against the stand-in, with the whole runtime between."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bots.local.telegram import TelegramStandIn
from bots.local.telegram_limits import UNLIMITED
from bots.settings import Rates, Secrets, Settings, Telegram
from core.actions import Action
from tests.app.stage import PARTS, Stage, running, same
from tests.app.telegram_driver import TelegramDriver, lines_of
from tests.playing import transcripts

OPEN = Rates(per_second=0, chat_burst=0, chat_every=0, group_per_minute=0)


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_transcripts_hold_through_the_real_library(
    part: int, language: str, tmp_path: Path, settings: Settings, actions: dict[str, Action]
) -> None:
    async with TelegramStandIn(limits=UNLIMITED) as stand_in:
        stage = Stage(lambda: not len(stand_in.world.updates))

        def listen(method: str, _params: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
            if method.lower() in ("sendmessage", "editmessagetext") and answer.get("ok"):
                stage.said += lines_of(answer["result"])

        stand_in.on_exchange = listen
        settings = settings.model_copy(
            update={"data": tmp_path, "telegram": Telegram(api_url=stand_in.url, rates=OPEN)}
        )
        secrets = Secrets().model_copy(update={"telegram_token": SecretStr(stand_in.token)})
        async with running(stage, settings, secrets, actions):
            for number, path in enumerate(transcripts(language)[part::PARTS]):
                person = stand_in.world.add_person(f"p{number}", language=language)
                await same(path, stage, TelegramDriver(stage, stand_in, person))
