"""A series from its folder to people's chats, through the real adapter; the bot of a second day, and a stop."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bots.settings import Settings
from core.broadcast.curriculum import Curriculum
from core.broadcast.folder import hash_of
from core.conversation.library import Library
from tests.app.harness import settled
from tests.app.newsroom import newsroom
from tests.app.processes import PATIENT


async def test_a_lesson_reaches_everybody_once_and_the_next_one_waits_for_its_day(
    tmp_path: Path, settings: Settings, library: Library
) -> None:
    async with newsroom(tmp_path, settings, library, people=3) as room:
        wall = datetime.now(UTC) + timedelta(hours=8, minutes=-1)
        files = {
            "series.yaml": f'class: education\naudience: {{everybody: true}}\nevery: 1\nat: "{wall:%H:%M}"\nhours: 6\n',
            "01_hello.yaml": "texts:\n  zh: 第一课\n  en: lesson one\n",
            "02_fees.yaml": "texts:\n  zh: 第二课\n  en: lesson two\n",
        }
        lessons, store = Curriculum(room.office), room.service.store
        await lessons.submit("first_steps", files, "ada", room.staff.code("ada"))
        waiting = await lessons.lessons("first_steps")
        await lessons.approve("first_steps", hash_of(waiting), "bob", room.staff.code("bob"))
        await room.service.drips.look()
        await settled(room.stand_in, room.service)
        assert not any(room.heard(person) for person in room.people), "it was approved after its time"

        yesterday = "UPDATE broadcast SET changed_at = changed_at - 600"
        await store.database.write(lambda db: db.execute(yesterday).rowcount)  # type: ignore[attr-defined]
        async with asyncio.timeout(PATIENT):
            while not all(room.heard(person) for person in room.people):
                await room.service.drips.look()
                await asyncio.sleep(0.01)
        await settled(room.stand_in, room.service)
        assert [len(room.heard(person)) for person in room.people] == [1, 1, 1]
        assert all("第一课" in room.heard(person)[0] for person in room.people)
        first = (await lessons.lessons("first_steps"))[0]
        tally = {one.outcome: one.people for one in await store.broadcasts.tally(first.name, first.version)}
        assert tally == {"sent": 3}

        made, old = await room.office.recall(first.name, "bob", room.staff.code("bob"))
        assert (made, old) == (3, 0)
        room.service.worker.poke()
        await settled(room.stand_in, room.service)
        assert not any(room.heard(person) for person in room.people)
        assert (await lessons.lessons("first_steps"))[0].state == "cancelled"
