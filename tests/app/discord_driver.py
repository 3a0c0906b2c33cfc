"""A person in front of the real discord.py and the stand-in: in a direct chat, or in a server, where what they write
goes into a form."""

from __future__ import annotations

from bots.local.discord import DiscordStandIn, Exchange
from bots.local.discord_clicks import Click
from bots.local.discord_people import Channel, Person, Shown
from bots.local.discord_wire import Json
from bots.settings import Sending
from core.conversation.transcript import Line
from tests.app.processes import PATIENT
from tests.app.stage import Stage
from tests.discord.render import render

OPEN = Sending(per_second=0, chat_burst=0, chat_every=0)
ANSWER = "打字回答 / Type an answer"
FORM = ("一次填完", "Answer all at once")
"""A button that only a platform with forms has: no transcript names it."""
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
        self.person = person
        self._place = place
        self.heard = stage.heard
        self.pass_time = stage.pass_time

    async def say(self, text: str) -> None:
        """Type it: into the channel, or, where everybody would read it, into the form."""
        if self._place is None:
            chat = self._world.dm(self.person)
            before = chat.version
            self._world.say(self.person, text)
            await chat.until(lambda chat: chat.messages(by_bot=True, since=before), PATIENT)
            await self._stage.settled()
        else:
            await self.answered(self._world.press(self.person, self._newest(ANSWER), ANSWER))
            assert self.person.modal is not None
            await self.answered(self._world.submit(self.person, {self.person.modal.labels[0]: text}))

    async def press(self, label: str) -> None:
        """The newest button of that label."""
        await self.answered(self._world.press(self.person, self._newest(label), label))

    async def submit(self, values: dict[str, str]) -> None:
        """Send the form that is open, by the labels of its fields."""
        await self.answered(self._world.submit(self.person, values))

    async def use(self, command: str) -> None:
        """A slash command."""
        await self.answered(self._world.slash(self.person, command, channel=self._place))

    async def answered(self, click: Click) -> None:
        """Wait until the bot has acknowledged it, and until all that it caused has happened."""
        await click.channel.until(lambda _: click.acked_at is not None, PATIENT)
        await self._stage.settled()

    def _newest(self, label: str) -> Shown:
        return max((m for m in self._world.shown(self.person) if label in m.labels), key=lambda m: m.id)


def listen(stand_in: DiscordStandIn, stage: Stage) -> None:
    """Note everything that the bot says."""

    def heard(exchange: Exchange) -> None:
        if exchange.operation in SAYING and exchange.status < 300:
            answer = exchange.answer
            message = answer.get("resource", {}).get("message") if "interaction" in answer else answer
            if message and message["content"]:
                stage.said += _lines(message)

    stand_in.on_exchange = heard


def _lines(message: Json) -> list[Line]:
    shown = Shown(message, by_bot=True, changed=0)
    labels = [label for label in shown.labels if label not in (ANSWER, *FORM)]
    text = render(str(message["content"])).text
    return [Line("bot", text), *([Line("buttons", "", tuple(labels))] if labels else [])]
