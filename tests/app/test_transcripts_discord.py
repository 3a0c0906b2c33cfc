"""The same transcripts through the real discord.py against the stand-in: in direct chats, and in a server, where
nobody else sees them and people write by a form."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from bots.local.discord import DiscordStandIn, Exchange
from bots.local.discord_clicks import Click
from bots.local.discord_limits import UNLIMITED
from bots.local.discord_people import Channel, Person, Shown
from bots.local.discord_wire import Json
from bots.settings import Discord, Secrets, Sending, Settings
from core.actions import Action
from core.conversation.library import Library
from core.conversation.transcript import Line
from tests.app.processes import PATIENT
from tests.app.stage import PARTS, Stage, running, same
from tests.discord.render import render
from tests.playing import transcripts

OPEN = Sending(per_second=0, chat_burst=0, chat_every=0)
ANSWER = "打字回答 / Type an answer"
SOME = 12
"""In a server every so many transcripts: what differs there is how one writes and who sees it."""
SAYING = (
    "create_message",
    "update_message",
    "create_interaction_response",
    "update_original_webhook_message",
    "execute_webhook",
)


class DiscordDriver:
    """A person in front of Discord; with a `place`, in that channel of a server."""

    def __init__(self, stage: Stage, stand_in: DiscordStandIn, person: Person, place: Channel | None) -> None:
        self._stage = stage
        self._world = stand_in.world
        self._person = person
        self._place = place
        self.heard = stage.heard
        self.pass_time = stage.pass_time

    async def say(self, text: str) -> None:
        """Type it: into the channel, or, where everybody would read it, into the form."""
        if self._place is None:
            chat = self._world.dm(self._person)
            before = chat.version
            self._world.say(self._person, text)
            await chat.until(lambda chat: chat.last(by_bot=True).changed > before, PATIENT)
            await self._stage.settled()
        else:
            await self._answered(self._world.press(self._person, self._newest(ANSWER), ANSWER))
            assert self._person.modal is not None
            await self._answered(self._world.submit(self._person, {self._person.modal.labels[0]: text}))

    async def press(self, label: str) -> None:
        """The newest button of that label."""
        await self._answered(self._world.press(self._person, self._newest(label), label))

    async def use(self, command: str) -> None:
        """A slash command."""
        await self._answered(self._world.slash(self._person, command, channel=self._place))

    async def _answered(self, click: Click) -> None:
        await click.channel.until(lambda _: click.acked_at is not None, PATIENT)
        await self._stage.settled()

    def _newest(self, label: str) -> Shown:
        return max((m for m in self._world.shown(self._person) if label in m.labels), key=lambda m: m.id)


def _lines(message: Json) -> list[Line]:
    shown = Shown(message, by_bot=True, changed=0)
    labels = [label for label in shown.labels if label != ANSWER]
    text = render(str(message["content"])).text
    return [Line("bot", text), *([Line("buttons", "", tuple(labels))] if labels else [])]


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("private", [True, False], ids=["direct", "server"])
async def test_the_transcripts_hold_through_the_real_library(
    part: int,
    language: str,
    private: bool,
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

        def listen(exchange: Exchange) -> None:
            if exchange.operation in SAYING and exchange.status < 300:
                answer = exchange.answer
                message = answer.get("resource", {}).get("message") if "interaction" in answer else answer
                if message and message["content"]:
                    stage.said += _lines(message)

        stand_in.on_exchange = listen
        settings = settings.model_copy(
            update={"data": tmp_path, "discord": Discord(api_url=stand_in.url, rates=OPEN)}
        )
        secrets = Secrets().model_copy(update={"discord_token": SecretStr(stand_in.token)})
        async with running(stage, settings, secrets, actions):
            await stand_in.gateway.until_listening()
            for number, path in enumerate(transcripts(language)[part::PARTS][:: 1 if private else SOME]):
                person = world.add_person(f"p{number}", locale={"zh": "zh-CN", "en": "en-GB"}[language])
                place = None if private else world.support
                if place is not None:
                    world.join(person, world.guild)
                driver = DiscordDriver(stage, stand_in, person, place)
                await driver.use("start")  # the locale comes with interactions only
                await driver.say("/cancel")
                stage.heard()
                await same(path, stage, driver, instead)
