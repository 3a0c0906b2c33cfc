"""Ten times kill -9 while both platforms are busy: nothing lost, nobody out of order, duplicates within the bound."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bots.local.changes import Changes
from bots.local.discord import DiscordStandIn
from bots.local.discord_limits import UNLIMITED as DISCORD_UNLIMITED
from bots.local.telegram import TelegramStandIn
from bots.local.telegram_limits import UNLIMITED
from bots.settings import Sending, Settings
from core.conversation.library import Library
from tests.app.harness import BURST, REST, anonymous, expected, walk
from tests.app.processes import PATIENT, Nursery, environment, looked_up, settled_process
from tests.discord.render import render

PEOPLE = 10
"""On each platform."""
KILLS = 10
IN_FLIGHT = 8
SEED = 31


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
    own |= {"DISCORD_TOKEN": discord.token, "HELPLINE_DISCORD__API_URL": discord.url}
    return own | {"HELPLINE_RUNTIME__IN_FLIGHT": str(IN_FLIGHT)}


async def heard_by(telegram: TelegramStandIn, discord: DiscordStandIn) -> None:
    """Both have got something from this very process."""
    so_far = len(telegram.ledger), len(discord.ledger)
    async with asyncio.timeout(PATIENT):
        while len(telegram.ledger) == so_far[0] or len(discord.ledger) == so_far[1]:
            await asyncio.sleep(0.002)


async def test_ten_kills_with_both_platforms_busy_lose_nothing(
    tmp_path: Path, nursery: Nursery, library: Library, settings: Settings
) -> None:
    dice = random.Random(SEED)
    texts = (await expected(library, settings)).texts
    async with (
        TelegramStandIn(limits=UNLIMITED, seed=SEED) as telegram,
        DiscordStandIn(limits=DISCORD_UNLIMITED) as discord,
    ):
        telegram.world.updates.conflict_delay = 0.0
        here = [on_telegram(telegram, texts, f"t{n}") for n in range(PEOPLE)]
        there = [on_discord(discord, texts, f"d{n}") for n in range(PEOPLE)]
        people = [one for pair in zip(here, there, strict=True) for one in pair]
        env = environment(telegram, tmp_path, **before(discord))
        one = await nursery.start(env, tmp_path, "run")
        await discord.gateway.until_listening(PATIENT)
        for person in people:  # who has never written is in no list that a catch-up could read
            person.say(BURST[0])
        for person in people:
            await person.until(1)
        talks: list[asyncio.Task[None]] = []
        for _ in range(KILLS):
            for person in people[len(talks) : len(talks) + 2 * PEOPLE // KILLS]:
                talks.append(asyncio.create_task(person.talk(lambda: dice.uniform(0, 0.1))))
            await heard_by(telegram, discord)
            await asyncio.sleep(dice.uniform(0.0, 0.02))
            await one.kill()
            one = await nursery.start(env, tmp_path, "run")
        await asyncio.gather(*talks)
        await settled_process(telegram, tmp_path / "helpline.db")
        await one.kill()
        check(tmp_path / "helpline.db", people)
        again = {p.key: walk(texts, p.heard())[1] for p in people}
        assert sum(n for key, n in again.items() if key.startswith("telegram")) <= KILLS * IN_FLIGHT
        assert not any(n for key, n in again.items() if key.startswith("discord")), (
            "a nonce closes the window"
        )


def check(database: Path, people: Sequence[Talker]) -> None:
    """Each update had its effect once: one ticket and one note for everybody, nothing left open."""
    assert looked_up(database, "SELECT key FROM effect WHERE status <> 'done'") == []
    assert looked_up(database, "SELECT lane FROM event WHERE status <> 'turned'") == []
    turned = dict(looked_up(database, "SELECT lane, COUNT(*) FROM event GROUP BY lane"))
    tickets = dict(looked_up(database, "SELECT conversation, COUNT(*) FROM ticket GROUP BY conversation"))
    for person in people:
        assert turned[person.key] == len((*BURST, *REST)) + 1, person.key  # and one from the ticket
        assert tickets[person.key] == 1
    assert looked_up(database, "SELECT COUNT(*) FROM ticket_note") == [(len(people),)]
