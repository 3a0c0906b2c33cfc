"""Ten times kill -9 while both platforms are busy: nothing lost, nobody out of order, duplicates within the bound."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

from bots.local.discord import DiscordStandIn
from bots.local.discord_limits import UNLIMITED as DISCORD_UNLIMITED
from bots.local.telegram import TelegramStandIn
from bots.local.telegram_limits import UNLIMITED
from bots.settings import Settings
from core.conversation.library import Library
from tests.app.harness import BURST, expected, walk
from tests.app.processes import PATIENT, Nursery, environment, settled_process
from tests.app.talkers import before, check, on_discord, on_telegram

PEOPLE = 10
"""On each platform."""
KILLS = 10
IN_FLIGHT = 8
SEED = 31


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
    want = await expected(library, settings)
    texts = want.texts
    async with (
        TelegramStandIn(limits=UNLIMITED, seed=SEED) as telegram,
        DiscordStandIn(limits=DISCORD_UNLIMITED) as discord,
    ):
        telegram.world.updates.conflict_delay = 0.0
        here = [on_telegram(telegram, texts, f"t{n}") for n in range(PEOPLE)]
        there = [on_discord(discord, texts, f"d{n}") for n in range(PEOPLE)]
        people = [one for pair in zip(here, there, strict=True) for one in pair]
        env = environment(telegram, tmp_path, **before(discord), HELPLINE_RUNTIME__IN_FLIGHT=str(IN_FLIGHT))
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
        check(tmp_path / "helpline.db", people, want)
        again = {p.key: walk(texts, p.heard())[1] for p in people}
        assert sum(n for key, n in again.items() if key.startswith("telegram")) <= KILLS * IN_FLIGHT
        assert not any(n for key, n in again.items() if key.startswith("discord")), (
            "a nonce closes the window"
        )
