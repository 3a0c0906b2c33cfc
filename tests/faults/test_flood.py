"""A hostile flood from end to end: the flooder is told once, everybody else is answered, memory stays bounded."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from bots.local.people import Json, Person
from bots.local.telegram import TelegramStandIn
from bots.local.telegram_limits import UNLIMITED
from bots.settings import Settings
from core.config import Runtime
from core.conversation.library import Library
from tests.app.harness import ROOT, in_process, settled
from tests.app.processes import PATIENT
from tests.conversation.chat import house_text

FLOOD = 2_000
BURST = 20
SETTINGS = Settings(flows=ROOT / "flows").model_copy(update={"runtime": Runtime(person_burst=BURST)})


def resident() -> int:
    """Pages of memory that this process really uses."""
    return int(Path("/proc/self/statm").read_text().split()[1])


def update(person: Person, text: str) -> Json:
    chat = {"id": person.id, "type": "private", "first_name": person.first_name}
    body = {
        "message_id": 900_000,
        "date": int(time.time()),
        "chat": chat,
        "from": person.as_user(),
        "text": text,
    }
    return {"message": body}


async def pour(stand_in: TelegramStandIn, person: Person, count: int, begin: int = 0) -> None:
    """As fast as the platform hands over."""
    person.started = True
    for number in range(begin, begin + count):
        stand_in.world.inject(update(person, f"第 {number} 句"))
        while len(stand_in.world.updates) > 300:
            await asyncio.sleep(0.001)


async def test_row_25_a_flood_is_told_once_answered_together_and_hinders_nobody(
    tmp_path: Path, library: Library
) -> None:
    async with (
        TelegramStandIn(limits=UNLIMITED, seed=1) as stand_in,
        in_process(stand_in, tmp_path, settings=SETTINGS) as service,
    ):
        world = stand_in.world
        flood, other = world.add_person("flood"), world.add_person("other")
        chat, quiet = world.private(flood), world.private(other)
        began = time.perf_counter()
        await pour(stand_in, flood, FLOOD // 2)
        asked = time.perf_counter()
        world.say(other, "菜单")
        await quiet.reply(quiet.version, PATIENT)
        waited = time.perf_counter() - asked
        await pour(stand_in, flood, FLOOD // 2, FLOOD // 2)
        poured = time.perf_counter() - began - waited
        world.inject(update(flood, "紧急"))
        await settled(stand_in, service)
        texts = [row.text for row in stand_in.ledger.sent(flood.id)]
        wait = house_text(library, "please_wait")
        assert texts.count(wait) == 1
        assert len(texts) < BURST + FLOOD / 100
        assert any("1001" in text for text in texts), "the emergency was heard in the middle of it"
        assert waited < poured, "whoever else writes does not wait for the flood"
        async with asyncio.timeout(PATIENT):
            while not await service.store.desk.of(f"telegram-main|{flood.id}|{flood.id}", 1):
                await asyncio.sleep(0.05)
        assert chat.version


async def test_memory_does_not_grow_with_ten_times_the_load(tmp_path: Path) -> None:
    """As a ratio: what the second, ten times larger load adds, against the whole process."""
    async with (
        TelegramStandIn(limits=UNLIMITED, seed=1) as stand_in,
        in_process(stand_in, tmp_path, settings=SETTINGS) as service,
    ):
        stand_in.ledger.add = lambda row: None  # type: ignore[method-assign]
        person = stand_in.world.add_person("flood")
        await pour(stand_in, person, 150)
        await settled(stand_in, service)
        before = resident()
        await pour(stand_in, person, 1_500, 150)
        await settled(stand_in, service)
        after = resident()
        assert after / before < 1.2, f"{before} -> {after} pages"
