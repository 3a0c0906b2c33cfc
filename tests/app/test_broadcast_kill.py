"""A broadcast under kill -9."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

from bots.local.telegram import TelegramStandIn
from bots.local.telegram_limits import UNLIMITED
from bots.settings import Settings
from core.conversation.library import Library
from tests.app.newsroom import PICTURED, newsroom, plan
from tests.app.processes import PATIENT, Nursery, environment, looked_up


async def test_kill_9_in_the_middle_doubles_nothing_and_names_what_is_uncertain(
    tmp_path: Path, settings: Settings, library: Library, nursery: Nursery
) -> None:
    people, in_flight, moments = 40, 8, ("receipt 2", "receipt 1", "receipt 1")
    database = tmp_path / "helpline.db"
    async with TelegramStandIn(limits=UNLIMITED, seed=3) as stand_in:
        async with newsroom(tmp_path, settings, library, people, 3600.0, stand_in) as room:
            await room.approved(PICTURED)
            await room.until("running")
        with closing(sqlite3.connect(database)) as db, db:
            db.execute("UPDATE broadcast SET stage = 3")
        stand_in.world.updates.conflict_delay = 0.0
        night = {"HELPLINE_BROADCAST__QUIET_FROM": "00:00", "HELPLINE_BROADCAST__QUIET_TO": "00:00"}
        env = environment(stand_in, tmp_path, HELPLINE_RUNTIME__IN_FLIGHT=str(in_flight), **night)
        for moment in moments:
            one = await nursery.start(env, tmp_path, "run", die=moment)
            assert await one.ended() == -signal.SIGKILL, one.said
        one = await nursery.start(env, tmp_path, "run")
        async with asyncio.timeout(PATIENT):
            while looked_up(database, "SELECT state FROM broadcast") != [("finished",)]:
                await asyncio.sleep(0.05)
        await one.kill()
        got = {str(person.id): len(room.heard(person)) for person in room.people}
        shown = [
            one for person in room.people for one in stand_in.world.private(person).messages(by_bot=True)
        ]
        photos = {one.message["photo"][-1]["file_id"] for one in shown if "photo" in one.message}
        assert len(photos) <= len(moments) + 1, (
            "a process that begins anew knows what it uploaded, or uploads once"
        )
        kept = [stand_in.world.files.get(photo) for photo in photos]
        assert {one.data for one in kept if one} == {plan("plan.png")}
    outcomes = dict(looked_up(database, "SELECT person, outcome FROM delivery"))
    uncertain = {who for who, outcome in outcomes.items() if outcome == "uncertain"}
    assert set(outcomes) == set(got)
    assert max(got.values()) == 1, "nobody gets it twice"
    assert {who for who, count in got.items() if not count} <= uncertain
    assert 1 <= len(uncertain) <= len(moments) * in_flight // 2
    tally = dict(looked_up(database, "SELECT outcome, SUM(people) FROM delivery_tally GROUP BY outcome"))
    assert tally == {"sent": people - len(uncertain), "uncertain": len(uncertain)}
