"""The platform delivers an update again and again, in any order: it has one effect."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from bots.local.people import Json
from bots.local.telegram import TelegramStandIn
from bots.local.telegram_limits import UNLIMITED
from bots.settings import Settings
from core.config import Store
from core.conversation.library import Library
from tests.app.harness import BURST, History, Recorder, converse, expected, in_process, settled

TIMES = 3


@pytest.mark.parametrize(("seed", "engine"), [(1, "sqlite"), (2, "postgres")])
async def test_old_updates_three_times_in_any_order_change_nothing(
    tmp_path: Path,
    library: Library,
    settings: Settings,
    seed: int,
    engine: str,
    request: pytest.FixtureRequest,
) -> None:
    recorder, own = Recorder(), settings
    database: Path | str = tmp_path / "helpline.db"
    if engine == "postgres":
        database = request.getfixturevalue("postgres").ready()
        own = settings.model_copy(update={"store": Store(url=str(database))})
    async with TelegramStandIn(limits=UNLIMITED, seed=seed, on_exchange=recorder) as stand_in:
        person = stand_in.world.add_person("小明")
        want = await expected(library, settings)
        history = History(stand_in, database, want, [person])
        async with in_process(stand_in, tmp_path, settings=own) as service:
            await converse(history, person)
            await settled(stand_in, service)
        answered = len(stand_in.ledger)
        again = list(recorder.updates.values()) * TIMES
        random.Random(seed).shuffle(again)
        await redeliver(stand_in, again)
        async with in_process(
            stand_in, tmp_path, settings=own
        ) as service:  # the first poll of a start takes whatever is there
            await settled(stand_in, service)
        assert recorder.fetched == (1 + TIMES) * len(recorder.updates), "they really came again"
        assert len(stand_in.ledger) == answered
        history.check(0)


async def test_each_update_three_times_from_the_first_moment_on(
    tmp_path: Path, library: Library, settings: Settings
) -> None:
    recorder, dice = Recorder(), random.Random(3)
    async with TelegramStandIn(limits=UNLIMITED, seed=3, on_exchange=recorder) as stand_in:
        person = stand_in.world.add_person("小明")
        for text in BURST:
            stand_in.world.say(person, text)
        async with in_process(stand_in, tmp_path / "first") as service:
            await settled(stand_in, service)
        answered = len(stand_in.ledger.sent(person.id))
        order = list(recorder.updates.values())
        for place in range(len(order), 0, -1):  # repetitions anywhere behind the first
            for _ in range(TIMES - 1):
                order.insert(dice.randint(place, len(order)), order[place - 1])
        await redeliver(stand_in, order)
        async with in_process(stand_in, tmp_path / "second") as service:
            await settled(stand_in, service)
        heard = [row.text for row in stand_in.ledger.sent(person.id)]
        assert heard[answered:] == heard[:answered]
        assert len(heard) == 2 * len(BURST)


async def redeliver(stand_in: TelegramStandIn, updates: list[Json]) -> None:
    """The platform has forgotten what it knew of acknowledgements: the poll of the bot before is ended, too."""
    await stand_in.stop()
    await stand_in.start()
    for update in updates:
        stand_in.world.inject(update)
