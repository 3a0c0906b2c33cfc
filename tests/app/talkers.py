"""People on either platform who say the script of the harness, and the books of what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bots.local.changes import Changes
from bots.local.discord import DiscordStandIn
from bots.local.telegram import TelegramStandIn
from bots.settings import Sending
from core.conversation.model import Address
from core.conversation.wire import load_conversation
from tests.app.harness import BURST, REST, Expected, anonymous, walk
from tests.app.processes import PATIENT, looked_up
from tests.discord.render import render


@dataclass
class Talker:
    """Somebody on either platform, who says the script; `texts` is what they must hear."""

    key: str
    texts: Sequence[str]
    chat: Changes
    say: Callable[[str], object]
    heard: Callable[[], list[str]]

    @property
    def reached(self) -> int:
        return walk(self.texts, self.heard())[0]

    async def until(self, count: int) -> None:
        await self.chat.until(lambda _: self.reached >= count, 2 * PATIENT)

    async def talk(self, pause: Callable[[], float]) -> None:
        """The beginning in one breath, the rest when the answers have come."""
        for text in BURST[1:]:
            self.say(text)
            await asyncio.sleep(pause())
        await self.until(len(BURST))
        self.say(REST[0])
        await self.until(len(self.texts) - 1)
        self.say(REST[1])
        await self.until(len(self.texts))


def on_telegram(stand_in: TelegramStandIn, texts: Sequence[str], name: str) -> Talker:
    world = stand_in.world
    person = world.add_person(name)

    def heard() -> list[str]:
        return [anonymous(row.text) for row in stand_in.ledger.sent(person.id)]

    key = f"telegram-main|{person.id}|{person.id}"
    return Talker(key, texts, world.private(person), lambda text: world.say(person, text), heard)


def on_discord(stand_in: DiscordStandIn, texts: Sequence[str], name: str) -> Talker:
    world = stand_in.world
    person = world.add_person(name)
    chat = world.dm(person)

    def heard() -> list[str]:
        return [anonymous(render(row.text).text) for row in stand_in.ledger.sent(chat.id)]

    key = f"discord-main|{person.id}|{person.id}"
    return Talker(key, texts, chat, lambda text: world.say(person, text), heard)


def before(discord: DiscordStandIn) -> dict[str, str]:
    """What leads a process to this stand-in, too."""
    own = {f"HELPLINE_DISCORD__RATES__{name.upper()}": "0" for name in Sending.model_fields}
    return own | {"DISCORD_TOKEN": discord.token, "HELPLINE_DISCORD__API_URL": discord.url}


def check(database: Path | str, people: Sequence[Talker], want: Expected) -> None:
    """Each update had its effect once: everybody heard everything in order and is where they must be, with one
    ticket and one note, and nothing is left open."""
    assert looked_up(database, "SELECT key FROM effect WHERE status <> 'done'") == []
    assert looked_up(database, "SELECT lane FROM event WHERE status <> 'turned'") == []
    turned = dict(looked_up(database, "SELECT lane, COUNT(*) FROM event GROUP BY lane"))
    tickets = dict(looked_up(database, "SELECT conversation, COUNT(*) FROM ticket GROUP BY conversation"))
    states = dict(looked_up(database, "SELECT key, state FROM conversation"))
    for person in people:
        assert person.reached == len(person.texts), f"{person.key} lacks answers"
        assert turned[person.key] == len((*BURST, *REST)) + 1, person.key  # and one from the ticket
        assert tickets[person.key] == 1
        channel, chat, user = person.key.split("|")
        own = want.conversation._replace(address=Address(channel, chat, user))
        assert load_conversation(states[person.key]) == own
    assert looked_up(database, "SELECT COUNT(*) FROM ticket_note") == [(len(people),)]
