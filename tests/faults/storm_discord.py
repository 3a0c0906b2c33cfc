"""One storm on Discord: the real discord.py, whose calls fail, whose session gets lost, and which is killed.

The books are those of the other storm. A repeated nonce makes no second message, so not one duplicate is allowed,
whatever was ambiguous; and a refusal for the rates (429) can be explained only by a process that was killed, and with
it the knowledge of what its chats had got.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from bots.local.discord import DiscordStandIn
from bots.local.discord_limits import Limits
from bots.local.faults import BAD_GATEWAY, BAD_GATEWAY_BEFORE, CLOSE_BEFORE, RESET, SLOW_DOWN, Fault
from bots.settings import Settings
from core.conversation.library import Library
from tests.app.harness import BURST, expected, walk
from tests.app.processes import PATIENT, Nursery, environment, settled_process
from tests.app.talkers import Talker, before, check, on_discord
from tests.faults.rates import most_within
from tests.faults.storm import IN_FLIGHT, SHORT, Books, Storm, busy

CHAT, SPAN = 3, 0.5
"""Messages in one chat, and the seconds of that window."""
AGAIN = 6.0
"""Seconds after which the library has begun a new session by itself; the first kill comes before that."""
LIMITS = Limits(buckets={"create_message": (CHAT, SPAN)}, others=(0, 0.0), per_second=0, identify=(0, 0.0))
SENDS: Mapping[Fault, float] = {
    SLOW_DOWN: 0.02, BAD_GATEWAY: 0.02, BAD_GATEWAY_BEFORE: 0.01, CLOSE_BEFORE: 0.03, RESET: 0.03, SHORT: 0.03,
}  # fmt: skip
"""What meets a message, and how often."""
READS: Mapping[Fault, float] = {CLOSE_BEFORE: 0.1, RESET: 0.1}
"""What meets a look at what was said meanwhile."""


async def rage_on_discord(
    storm: Storm, folder: Path, nursery: Nursery, library: Library, settings: Settings, url: str = ""
) -> Books:
    """One storm from its first word to the checked books, on a file in `folder` or on the server at `url`.

    Raises:
        AssertionError: something was lost, doubled, or out of order, or sent faster than Discord takes it.
    """
    dice, began = random.Random(storm.seed), time.monotonic()
    want, place = await expected(library, settings), url or folder / "helpline.db"
    more = {"HELPLINE_STORE__URL": url, "HELPLINE_RUNTIME__LEASE_SECONDS": "1"} if url else {}
    more |= {"HELPLINE_RUNTIME__IN_FLIGHT": str(IN_FLIGHT)}
    async with DiscordStandIn(limits=LIMITS) as stand_in:
        people = [on_discord(stand_in, want.texts, f"p{n}") for n in range(storm.people)]
        env = environment(None, folder, **before(stand_in), **more)
        one = await nursery.start(env, folder, "run")
        await _met(stand_in, people)
        stand_in.faults._dice.seed(storm.seed)
        stand_in.faults.chance("create_message", SENDS)
        stand_in.faults.chance("list_messages", READS)
        talks = [asyncio.create_task(person.talk(lambda: dice.uniform(0, 0.2))) for person in people]
        for number in range(storm.kills):
            await busy(stand_in.ledger, talks, dice)
            stand_in.gateway.lose_session()
            await asyncio.sleep(AGAIN if number else dice.uniform(0.0, 0.3))
            await one.kill()
            one = await nursery.start(env, folder, "run")
        async with asyncio.timeout(2 * PATIENT):
            await asyncio.gather(*talks)
        stand_in.faults.clear()
        await settled_process(None, place)
        await one.kill()
    check(place, people, want)
    return _books(storm, stand_in, sum(walk(want.texts, person.heard())[1] for person in people), began)


async def _met(stand_in: DiscordStandIn, people: Sequence[Talker]) -> None:
    """Everybody has had an answer: who has never written is in no list that a catch-up could read."""
    await stand_in.gateway.until_listening(PATIENT)
    for person in people:
        person.say(BURST[0])
    for person in people:
        await person.until(1)


def _books(storm: Storm, stand_in: DiscordStandIn, again: int, began: float) -> Books:
    assert again == 0, "a nonce closes the window"
    refused = len(stand_in.limits.invalid)
    assert refused <= storm.kills * storm.people, f"{refused} calls were more than Discord takes"
    times = sorted(row.at for row in stand_in.ledger.sent())
    return Books(
        storm.seed, storm.people * 6, len(times), storm.kills, len(stand_in.faults.applied), again, 0, refused,
        most_within(times, 1.0), time.monotonic() - began,
    )  # fmt: skip
