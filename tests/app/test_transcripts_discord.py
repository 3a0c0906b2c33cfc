"""The same transcripts through the real discord.py against the stand-in: in direct chats, and in a server, where
nobody else sees them and people write by a form."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from bots.local.discord import DiscordStandIn
from bots.local.discord_limits import UNLIMITED
from bots.settings import Discord, Secrets, Settings
from core.actions import Action
from core.conversation.library import Library
from tests.app.discord_driver import OPEN, DiscordDriver, listen
from tests.app.processes import PATIENT
from tests.app.stage import PARTS, Stage, running, same
from tests.playing import transcripts

SOME = 9
"""In a server every so many transcripts: what differs there is how one writes and who sees it."""
PLAYED = [
    *(pytest.param(slice(part, None, PARTS), True, id=f"direct-{part}") for part in range(PARTS)),
    pytest.param(slice(0, None, SOME), False, id="server"),
]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("chosen", "private"), PLAYED)
async def test_the_transcripts_hold_through_the_real_library(
    chosen: slice,
    private: bool,
    language: str,
    tmp_path: Path,
    settings: Settings,
    actions: dict[str, Action],
    library: Library,
) -> None:
    async with DiscordStandIn(limits=UNLIMITED) as stand_in:
        world = stand_in.world
        words = library.common[language].texts  # a bot cannot delete here what a person wrote
        instead = tuple(
            words[key].fill({}, language).text for key in ("secret_erased", "secret_delete_yourself")
        )
        stand_in.interactions.ack_window = PATIENT
        stage = Stage(lambda: True)

        listen(stand_in, stage)
        settings = settings.model_copy(
            update={"data": tmp_path, "discord": Discord(api_url=stand_in.url, rates=OPEN)}
        )
        secrets = Secrets().model_copy(update={"discord_token": SecretStr(stand_in.token)})
        async with running(stage, settings, secrets, actions):
            await stand_in.gateway.until_listening(PATIENT)
            for number, path in enumerate(transcripts(language)[chosen]):
                person = world.add_person(f"p{number}", locale={"zh": "zh-CN", "en": "en-GB"}[language])
                place = None if private else world.support
                if place is not None:
                    world.join(person, world.guild)
                driver = DiscordDriver(stage, stand_in, person, place)
                await driver.use("start")  # the locale comes with interactions only
                await driver.say("/cancel")
                stage.heard()
                await same(path, stage, driver, instead)
